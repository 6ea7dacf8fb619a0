/*
 * Writing a notice: the candidates for its text in order, the first without a fault
 * is filled with values. The last one, the built-in English text, is in the program
 * and has no fault: that is tested.
 */
#include "rules/notice.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "rules/route.h"

#include <string.h>

#define ENGLISH SPAN("en")

const struct notice_variable *notice_variable_find(struct span name)
{
	for (size_t i = 0; i < notice_variables_count; i++) {
		if (span_is(name, notice_variables[i].name)) {
			return &notice_variables[i];
		}
	}
	return NULL;
}

const struct notice *notice_find(struct span name)
{
	for (size_t i = 0; i < notices_count; i++) {
		if (span_is(name, notices[i].name)) {
			return &notices[i];
		}
	}
	return NULL;
}

/* Add the words of LIST, without the mark of those that are needed. */
static void add_names(struct arena *arena, const char *list, const char **names, size_t *n)
{
	struct span rest = span_str(list);
	while (rest.p && rest.n > 0) {
		struct span word = span_cut(&rest, ' ');
		names[(*n)++] = arena_str(arena, span_from(word, word.p[0] == '!'));
	}
}

struct template_names notice_names(struct arena *arena, const struct notice *row)
{
	const char **names = arena_array(arena, notice_variables_count, sizeof(*names));
	size_t n = 0;
	add_names(arena, notice_common, names, &n);
	add_names(arena, row ? row->variables : "", names, &n);
	return (struct template_names){ names, n };
}

struct span notice_builtin_text(struct span language, struct span name)
{
	for (size_t i = 0; i < notice_builtins_count; i++) {
		if (span_is(name, notice_builtins[i].name) &&
		    span_is(language, notice_builtins[i].language)) {
			return span_str(notice_builtins[i].text);
		}
	}
	return SPAN_END;
}

bool notice_language_valid(struct span language)
{
	size_t dash = span_chr(language, '-');
	struct span main = span_sub(language, 0, dash == SPAN_NONE ? language.n : dash);
	bool ok = main.n >= 2 && main.n <= 3 && language.n <= 35 && language.n != main.n + 1;
	for (size_t i = 0; i < language.n; i++) {
		char c = language.p[i];
		bool letter = c >= 'a' && c <= 'z';
		ok = ok && (letter || (i >= main.n && (c == '-' || ascii_digit(c))));
	}
	return ok;
}

void notice_set(struct notice_vars *vars, const char *name, struct span value)
{
	size_t i = 0;
	while (i < vars->n && !span_is(vars->v[i].name, name)) {
		i++;
	}
	if (i < NOTICE_VARS) {
		vars->v[i] = (struct notice_var){ span_str(name), value };
		vars->n = i < vars->n ? vars->n : i + 1;
	}
}

void notice_set_flag(struct notice_vars *vars, const char *name, bool flag)
{
	notice_set(vars, name, flag ? SPAN("yes") : SPAN(""));
}

void notice_set_common(struct arena *arena, struct notice_vars *vars, const struct site *site,
                       const struct list *list, struct span recipient)
{
	static const char *const words[] = { "owner", "request", "subscribe", "unsubscribe",
		                             "help" };
	char delimiter = site_delimiter(site);
	notice_set(vars, "recipient", recipient);
	notice_set(vars, "domain", list ? list->domain : site->hostname);
	if (!list) {
		return;
	}
	notice_set(vars, "list", list->local);
	notice_set(vars, "address", route_list(arena, list));
	notice_set(vars, "description", list->description);
	notice_set(vars, "archive", list->archive_url);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		notice_set(vars, words[i], route_make(arena, list, delimiter, span_str(words[i])));
	}
	if (list->help_url.n > 0) {
		notice_set(vars, "help", list->help_url);
	}
}

/* VALUE as it may be in mail of ours: printable UTF-8, one line unless LINES. */
static struct span clean(struct arena *arena, struct span value, bool lines)
{
	struct buf out = BUF_INIT;
	for (value = span_sub(span_trim(value), 0, LIMIT_TEMPLATE); value.n > 0;) {
		size_t n = utf8_printable(value);
		if (n > 0) {
			buf_add(&out, span_sub(value, 0, n));
		} else if (value.p[0] == '\n' && lines) {
			buf_chr(&out, '\n');
		} else if (value.p[0] != '\r' || !lines) {
			buf_chr(&out, ascii_fws(value.p[0]) ? ' ' : '?');
		}
		value = span_from(value, n > 0 ? n : 1);
	}
	return buf_move(&out, arena);
}

static struct span *values_of(struct arena *arena, struct template_names names,
                              const struct notice_var *vars, size_t n)
{
	struct span *values = arena_array(arena, names.n, sizeof(*values));
	for (size_t i = 0; i < names.n; i++) {
		struct span name = span_str(names.v[i]);
		const struct notice_variable *variable = notice_variable_find(name);
		for (size_t j = 0; j < n; j++) {
			if (span_eq(vars[j].name, name)) {
				values[i] =
					clean(arena, vars[j].value, variable && variable->lines);
			}
		}
	}
	return values;
}

/* One candidate: true when there is one, and it has no fault. */
static bool candidate(struct arena *arena, const struct notice_source *where,
                      const struct notice *row, struct notice_choice *c)
{
	struct span name = span_str(row->name);
	c->bytes = SPAN_END;
	if (c->level == NOTICE_BUILT_IN) {
		c->bytes = notice_builtin_text(c->language, name);
	} else if (where && where->read) {
		c->bytes = where->read(where->ctx, arena, c->level, c->language, name);
	}
	if (!c->bytes.p || notice_parse(arena, row, c->bytes, &c->file)) {
		return c->bytes.p != NULL;
	}
	if (where && where->complain) {
		where->complain(where->ctx, c->level, c->language, name, &c->file.faults[0]);
	}
	return false;
}

bool notice_choose(struct arena *arena, const struct notice_source *where, const struct notice *row,
                   struct span language, struct notice_choice *out)
{
	size_t dash = span_chr(language, '-');
	struct span languages[] = { language, span_sub(language, 0, dash == SPAN_NONE ? 0 : dash),
		                    ENGLISH };
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		if (!notice_language_valid(languages[i])) {
			continue; /* it would be the name of a folder */
		}
		for (int level = NOTICE_LIST; level <= NOTICE_BUILT_IN; level++) {
			out->language = languages[i];
			out->level = (enum notice_level)level;
			if (candidate(arena, where, row, out)) {
				return true;
			}
		}
	}
	/* A program that was built with a bad text: its last candidate, as well as it goes. */
	return out->bytes.p && out->file.text.n > 0;
}

bool notice_render(struct arena *arena, const struct notice_source *where, struct span name,
                   struct span language, const struct notice_var *vars, size_t n,
                   struct notice_text *out, struct err *e)
{
	const struct notice *row = notice_find(name);
	struct notice_choice choice;
	if (!row) {
		return err_set(e, ERR_BUG, "", "no notice \"%.*s\"", SPAN_FMT(name));
	}
	for (size_t i = 0; i < n; i++) {
		if (!notice_variable_find(vars[i].name)) {
			return err_set(e, ERR_BUG, "", "no variable \"%.*s\" of notices",
			               SPAN_FMT(vars[i].name));
		}
	}
	if (!notice_choose(arena, where, row, language, &choice)) {
		return err_set(e, ERR_BUG, "", "no text for notice \"%s\"", row->name);
	}
	struct template_names names = notice_names(arena, row);
	const struct span *values = values_of(arena, names, vars, n);
	const struct notice_file *file = &choice.file;
	struct span subject = template_fill(arena, file->subject, names, values, TEMPLATE_PLAIN);
	struct span text = template_fill(arena, file->text, names, values, TEMPLATE_PLAIN);
	*out = (struct notice_text){ .subject = clean(arena, subject, false),
		                     .text = notice_flow(arena, text),
		                     .language = choice.language,
		                     .level = choice.level };
	return true;
}
