/* aliases: what the mail server must know. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "rules/mta.h"
#include "rules/robot.h"
#include "rules/route.h"
#include "store/lists.h"

#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PATH without links and dots, or as it is. */
static struct span absolute(struct arena *arena, const char *path)
{
	char real[PATH_MAX];
	return arena_copy(arena, span_str(realpath(path, real) ? real : path));
}

/* Whose the data is: as whom Ladle must be run. */
static struct span owner(struct call *call)
{
	struct stat st;
	struct passwd *user = NULL;
	if (stat(call->context->paths.data, &st) == 0) {
		user = getpwuid(st.st_uid);
	}
	return user ? arena_copy(call->arena, span_str(user->pw_name)) : SPAN("ladle");
}

/* The addresses for all lists are to be delivered as lists are. */
static void add_robots(struct call *call, struct list **lists, size_t *n)
{
	struct span rest = call->context->site.robot;
	struct list robot, *v = NULL;
	size_t count = 0, cap = 0;
	for (size_t i = 0; i < *n; i++) {
		*ARENA_PUSH(call->arena, v, count, cap) = (*lists)[i];
	}
	while (robot_next(call->arena, &rest, &robot)) {
		*ARENA_PUSH(call->arena, v, count, cap) = robot;
	}
	*lists = v;
	*n = count;
}

static bool open_mta(struct call *call, struct mta *m, struct list **lists, size_t *n)
{
	struct context *c = call_context(call, CONTEXT_STORE);
	if (!c || !store_list_all(c->store, call->arena, lists, n, &call->err)) {
		return false;
	}
	*m = (struct mta){ .arena = call->arena, .delimiter = site_delimiter(&c->site) };
	m->program = absolute(call->arena, "/proc/self/exe");
	m->config = absolute(call->arena, c->paths.config);
	m->user = owner(call);
	add_robots(call, lists, n);
	for (size_t i = 0; i < *n; i++) {
		mta_add(m, &(*lists)[i]);
	}
	return true;
}

static const struct mta_kind *find_kind(struct call *call, const char *name)
{
	struct buf known = BUF_INIT;
	for (size_t i = 0; i < mta_kinds_count; i++) {
		if (strcmp(name, mta_kinds[i].name) == 0) {
			buf_free(&known);
			return &mta_kinds[i];
		}
		buf_printf(&known, " %s", mta_kinds[i].name);
	}
	call_usage(call, "no file \"%s\", there are%.*s", name, SPAN_FMT(buf_span(&known)));
	buf_free(&known);
	return NULL;
}

/* Every address of every list, for scripts: one a line, or by list. */
static void print_addresses(struct call *call, const struct list *lists, size_t n)
{
	struct json j = JSON_INIT(&call->out);
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		struct mta one = { .arena = call->arena, .delimiter = '+' };
		struct span name = route_list(call->arena, &lists[i]);
		mta_add(&one, &lists[i]);
		if (call->json) {
			json_open(&j, '{');
			json_kspan(&j, "list", name);
			json_key(&j, "addresses");
			json_open(&j, '[');
		}
		for (size_t k = 0; k < one.n; k++) {
			size_t count;
			struct span *forms = mta_forms(&one, &one.addresses[k], &count);
			for (size_t f = 0; f < count && call->json; f++) {
				json_span(&j, forms[f]);
			}
			for (size_t f = 0; f < count && !call->json; f++) {
				buf_printf(&call->out, "%.*s\n", SPAN_FMT(forms[f]));
			}
		}
		if (call->json) {
			json_close(&j);
			json_close(&j);
		}
	}
	call_close(call, &j);
}

static bool check(struct call *call, const struct mta *m, const struct mta_kind *kind,
                  const char *file)
{
	struct mta_findings found = { 0 };
	struct buf text = BUF_INIT;
	if (!file_read(file, LIMIT_CONFIG, &text, &call->err)) {
		buf_free(&text);
		return false;
	}
	kind->check(m, buf_move(&text, call->arena), &found);
	for (size_t i = 0; i < found.n; i++) {
		if (found.v[i].line > 0) {
			buf_printf(&call->out, "%s:%u: ", file, found.v[i].line);
		} else {
			buf_printf(&call->out, "%s: ", file);
		}
		buf_printf(&call->out, "%.*s\n", SPAN_FMT(found.v[i].text));
	}
	call->exit = found.n > 0 ? 1 : 0;
	return true;
}

static bool aliases_run(struct call *call)
{
	struct mta m;
	struct list *lists;
	size_t n;
	const char *name = call_arg(call, 0), *file = call_opt(call, "--check");
	const struct mta_kind *kind = name ? find_kind(call, name) : NULL;
	if (name && !kind) {
		return false;
	}
	if (!name && file) {
		return call_usage(call, "--check wants the kind of file, too");
	}
	if (name && call->json) {
		return call_usage(call, "--json prints addresses, not files");
	}
	if (!open_mta(call, &m, &lists, &n)) {
		return false;
	}
	if (file) {
		return check(call, &m, kind, file);
	}
	if (kind) {
		kind->print(&m, &call->out);
	} else {
		print_addresses(call, lists, n);
	}
	return true;
}

static const struct opt aliases_opts[] = {
	{ "--check", "PATH", "compare this file: exit 1 and say what is missing, wrong or extra" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_aliases = {
	.name = "aliases",
	.arguments = "[FILE]",
	.summary = "Show what the mail server must know: all addresses, or one of its files",
	.min = 0,
	.max = 1,
	.opts = aliases_opts,
	.run = aliases_run,
};
