/* templates ls, show, check. */
#include "base/file.h"
#include "base/folder.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "flow/notices.h"
#include "rules/route.h"
#include "store/lists.h"

#include <string.h>

static const char *const levels[] = {
	[NOTICE_LIST] = "list",
	[NOTICE_SITE] = "site",
	[NOTICE_BUILT_IN] = "built-in",
};

/* What a command looks at: a list, a site, or, where there is none, the program. */
struct view {
	struct list list;
	bool has_list;
	struct notice_source where;
	struct span language;
};

static bool has_site(const struct call *call)
{
	return call->config || file_exists("ladle.conf") || file_exists(LADLE_CONFIG);
}

/* LIST may be NULL. */
static bool open_view(struct call *call, const char *list, struct view *v)
{
	const char *language = call_opt(call, "--language");
	const struct list *of = NULL;
	*v = (struct view){ .language = span_str(language) };
	if (list) {
		if (!call_list(call, list, &v->list)) {
			return false;
		}
		of = &v->list;
		v->has_list = true;
	}
	if (language && !notice_language_valid(v->language)) {
		return call_usage(call, "\"%s\" is not a language such as en, de or pt-br",
		                  language);
	}
	if (!list && !has_site(call)) {
		return true;
	}
	if (!call_context(call, 0)) {
		return false;
	}
	v->where = notices_source(call->arena, call->context, of);
	v->language = language ? v->language : notices_language(call->context, of);
	return true;
}

/* The file that holds the chosen text; empty for a built-in one. */
static struct span file_of(struct call *call, const struct view *v, const struct notice *row,
                           const struct notice_choice *c)
{
	if (c->level == NOTICE_BUILT_IN) {
		return SPAN("");
	}
	const char *folder = notices_folder(call->arena, call->context,
	                                    c->level == NOTICE_LIST ? &v->list : NULL);
	return arena_printf(call->arena, "%s/%.*s/%s.txt", folder, SPAN_FMT(c->language),
	                    row->name);
}

static void ls_json(struct call *call, struct json *j, const struct view *v,
                    const struct notice *row, const struct notice_choice *c)
{
	struct template_names names = notice_names(call->arena, row);
	json_open(j, '{');
	json_kstr(j, "name", row->name);
	json_kspan(j, "language", c->language);
	json_kstr(j, "level", levels[c->level]);
	json_kspan(j, "file", file_of(call, v, row, c));
	json_kstr(j, "summary", row->help);
	json_key(j, "variables");
	json_open(j, '[');
	for (size_t i = 0; i < names.n; i++) {
		json_str(j, names.v[i]);
	}
	json_close(j);
	json_close(j);
}

static bool ls_run(struct call *call)
{
	struct view v;
	struct json j = JSON_INIT(&call->out);
	if (!open_view(call, call_arg(call, 0), &v)) {
		return false;
	}
	call_open(call, &j, '[');
	for (size_t i = 0; i < notices_count; i++) {
		struct notice_choice c;
		const struct notice *row = &notices[i];
		if (!notice_choose(call->arena, &v.where, row, v.language, &c)) {
			return err_set(&call->err, ERR_BUG, "", "no text \"%s\"", row->name);
		}
		if (call->json) {
			ls_json(call, &j, &v, row, &c);
		} else {
			buf_printf(&call->out, "%s\t%.*s\t%s\t%s\n", row->name,
			           SPAN_FMT(c.language), levels[c.level], row->help);
		}
	}
	call_close(call, &j);
	return true;
}

static const struct opt ls_opts[] = {
	{ "--language", "LANGUAGE", "of this one instead of the list's or the site's" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_templates_ls = {
	.name = "templates ls",
	.arguments = "[LIST]",
	.summary = "Show the mail that Ladle writes: name, language, whose text is used, when",
	.min = 0,
	.max = 1,
	.opts = ls_opts,
	.run = ls_run,
};

/* --- show ---------------------------------------------------------------------- */

static void print_variables(struct call *call, const struct notice *row)
{
	struct template_names names = notice_names(call->arena, row);
	for (size_t i = 0; i < names.n; i++) {
		const struct notice_variable *v = notice_variable_find(span_str(names.v[i]));
		buf_printf(&call->out, "{%s}\t%s\n", v->name, v->help);
	}
}

static bool print_example(struct call *call, const struct view *v, const struct notice *row)
{
	struct template_names names = notice_names(call->arena, row);
	struct notice_vars vars = { .n = 0 };
	struct notice_text text;
	for (size_t i = 0; i < names.n; i++) {
		const struct notice_variable *variable = notice_variable_find(span_str(names.v[i]));
		notice_set(&vars, variable->name, span_str(variable->example));
	}
	if (v->has_list) {
		notice_set_common(call->arena, &vars, &call->context->site, &v->list,
		                  SPAN("joe@example.com"));
	}
	if (!notice_render(call->arena, &v->where, span_str(row->name), v->language, vars.v, vars.n,
	                   &text, &call->err)) {
		return false;
	}
	buf_printf(&call->out, "Subject: %.*s\n\n", SPAN_FMT(text.subject));
	buf_add(&call->out, text.text);
	return true;
}

static bool show_run(struct call *call)
{
	struct view v;
	struct notice_choice c;
	const struct notice *row = notice_find(span_str(call->args[0]));
	if (!row) {
		return call_usage(call, "no notice \"%s\" (ladle templates ls shows all)",
		                  call->args[0]);
	}
	if (call_opt(call, "--variables")) {
		print_variables(call, row);
		return true;
	}
	if (!open_view(call, call_arg(call, 1), &v)) {
		return false;
	}
	if (call_opt(call, "--built-in")) {
		v.where = (struct notice_source){ 0 };
	}
	if (call_opt(call, "--example")) {
		return print_example(call, &v, row);
	}
	if (!notice_choose(call->arena, &v.where, row, v.language, &c)) {
		return err_set(&call->err, ERR_BUG, "", "no text \"%s\"", row->name);
	}
	buf_add(&call->out, c.bytes);
	return true;
}

static const struct opt show_opts[] = {
	{ "--language", "LANGUAGE", "of this one instead of the list's or the site's" },
	{ "--built-in", NULL, "the built-in text, also where there is another" },
	{ "--example", NULL, "as mail, with examples for what varies" },
	{ "--variables", NULL, "the variables that the text may use, instead of the text" },
	{ NULL, NULL, NULL },
};

const struct command cmd_templates_show = {
	.name = "templates show",
	.arguments = "NAME [LIST]",
	.summary = "Show the text of one, as a file has it",
	.min = 1,
	.max = 2,
	.opts = show_opts,
	.run = show_run,
};

/* --- check --------------------------------------------------------------------- */

struct checked {
	struct call *call;
	size_t texts, faults;
};

static void found(struct checked *c, const char *file, unsigned line, struct span text)
{
	buf_printf(&c->call->out, "%s:", file);
	if (line > 0) {
		buf_printf(&c->call->out, "%u:", line);
	}
	buf_printf(&c->call->out, " %.*s\n", SPAN_FMT(text));
	c->faults++;
}

/* Is the last part of PATH the name of a notice, with ".txt"? NULL when not. */
static const struct notice *named(const char *path)
{
	struct span name = span_str(path);
	size_t slash = span_rchr(name, '/');
	name = span_from(name, slash == SPAN_NONE ? 0 : slash + 1);
	return span_ends(name, SPAN(".txt")) ? notice_find(span_sub(name, 0, name.n - 4)) : NULL;
}

static void check_file(struct checked *c, const char *path)
{
	const struct notice *row = named(path);
	struct notice_file file = { 0 };
	struct buf text = BUF_INIT;
	struct err e;
	c->texts++;
	if (!file_read(path, LIMIT_CONFIG, &text, &e)) {
		found(c, path, 0, span_str(e.text));
		buf_free(&text);
		return;
	}
	if (!row) {
		found(c, path, 0, SPAN("no notice has this name (ladle templates ls)"));
	}
	notice_parse(c->call->arena, row, buf_move(&text, c->call->arena), &file);
	for (size_t i = 0; i < file.nfaults; i++) {
		found(c, path, file.faults[i].line, file.faults[i].text);
	}
}

/* Calls EACH with the path and the name of all that is in FOLDER. */
static void walk(struct checked *c, const char *folder,
                 void (*each)(struct checked *c, const char *path, struct span name))
{
	struct span *names;
	size_t n;
	struct err e;
	if (!folder_names(c->call->arena, folder, SPAN(""), &names, &n, &e)) {
		found(c, folder, 0, span_str(e.text));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		each(c, arena_printf(c->call->arena, "%s/%.*s", folder, SPAN_FMT(names[i])).p,
		     names[i]);
	}
}

static void in_language(struct checked *c, const char *path, struct span name)
{
	(void)name;
	check_file(c, path);
}

static void in_list(struct checked *c, const char *path, struct span name)
{
	if (notice_language_valid(name)) {
		walk(c, path, in_language);
	} else {
		found(c, path, 0, SPAN("not the name of a language"));
	}
}

/* The folder of a list has the list's own address as its name, nothing else is looked at. */
static void in_list_folder(struct checked *c, const char *path, struct span name)
{
	struct call *call = c->call;
	struct list list;
	if (!call_list(call, arena_str(call->arena, name), &list)) {
		found(c, path, 0, span_str(call->err.text));
		return;
	}
	const char *folder = notices_folder(call->arena, call->context, &list);
	if (strcmp(folder, path) == 0) {
		walk(c, path, in_list);
	} else {
		found(c, path, 0,
		      arena_printf(call->arena, "not read: the texts of this list belong into %s",
		                   folder));
	}
}

static void in_site(struct checked *c, const char *path, struct span name)
{
	if (span_chr(name, '@') == SPAN_NONE) {
		in_list(c, path, name);
	} else {
		in_list_folder(c, path, name);
	}
}

static bool check_languages(struct checked *c)
{
	struct call *call = c->call;
	struct list *all;
	size_t n;
	if (!notices_language_known(call->context, NULL, call->context->site.language)) {
		found(c, call->context->paths.config, 0,
		      SPAN("language: there are no texts in it"));
	}
	if (!store_list_all(call->context->store, call->arena, &all, &n, &call->err)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!notices_language_known(call->context, &all[i],
		                            notices_language(call->context, &all[i]))) {
			struct span name = route_list(call->arena, &all[i]);
			found(c, name.p, 0, SPAN("language: there are no texts in it"));
		}
	}
	return true;
}

static bool check_run(struct call *call)
{
	struct checked c = { .call = call };
	for (int i = 0; i < call->count; i++) {
		check_file(&c, call->args[i]);
	}
	if (call->count == 0) {
		if (!call_context(call, CONTEXT_STORE) || !check_languages(&c)) {
			return false;
		}
		if (file_exists(call->context->paths.templates)) {
			walk(&c, call->context->paths.templates, in_site);
		}
	}
	if (c.faults > 0) {
		return err_set(&call->err, ERR_PERMANENT, "", "%zu faults in %zu texts", c.faults,
		               c.texts);
	}
	buf_printf(&call->out, "%zu texts without a fault\n", c.texts);
	return true;
}

const struct command cmd_templates_check = {
	.name = "templates check",
	.arguments = "[FILE…]",
	.summary = "Look for faults in the site's texts, or in files",
	.min = 0,
	.max = -1,
	.run = check_run,
};
