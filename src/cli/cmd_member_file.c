/* member ls, export, import, sync: whole lists of members. */
#include "base/ascii.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/roster.h"
#include "rules/member.h"

#include <stdio.h>

#define PAGE  2000 /* members read at a time */
#define FIRST 50   /* of the first page: what is printed first is not kept waiting */
#define BULK  4096 /* members added between two looks at the progress; a multiple of 64 */

/* Members of a file whose order is kept; more are added by address, which is quicker. */
#define IN_ORDER 10000

/* ---- ls, export ---- */

/* NAME in front of an address, in UTF-8 as it is: for files and people, not for mail. */
static void print_name(struct buf *out, struct span name)
{
	bool plain = true;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		plain = plain &&
		        (ascii_alnum(c) || ascii_8bit(c) || c == ' ' || c == '-' || c == '_');
	}
	buf_str(out, plain ? "" : "\"");
	for (size_t i = 0; i < name.n; i++) {
		buf_str(out, name.p[i] == '"' || name.p[i] == '\\' ? "\\" : "");
		buf_chr(out, ascii_cntrl(name.p[i]) ? ' ' : name.p[i]);
	}
	buf_str(out, plain ? " <" : "\" <");
}

static void print_json(struct json *j, struct arena *arena, const struct member *m)
{
	json_open(j, '{');
	json_kspan(j, "address", m->address);
	json_kspan(j, "name", m->name);
	json_kstr(j, "delivery", member_delivery_name(m->delivery));
	json_kspan(j, "options", member_words(arena, m));
	json_kint(j, "joined", m->joined);
	json_close(j);
}

static void print_bare(struct call *call, struct arena *arena, const struct member *m)
{
	struct span words = member_words(arena, m);
	if (m->name.n > 0) {
		print_name(&call->out, m->name);
	}
	buf_add(&call->out, m->address);
	buf_str(&call->out, m->name.n > 0 ? ">" : "");
	if (words.n > 0) {
		buf_chr(&call->out, '\t');
		buf_add(&call->out, words);
	}
	buf_chr(&call->out, '\n');
}

static void print_member(struct call *call, struct json *j, struct arena *arena,
                         const struct member *m, bool bare)
{
	if (call->json) {
		print_json(j, arena, m);
	} else if (bare) {
		print_bare(call, arena, m);
	} else {
		struct span words = member_words(arena, m);
		buf_printf(&call->out, "%.*s\t%.*s\t%.*s\t%.*s\n", SPAN_FMT(m->address),
		           SPAN_FMT(words.n > 0 ? words : SPAN("mail")),
		           SPAN_FMT(call_time(call, m->joined)), SPAN_FMT(m->name));
	}
}

/* Page by page, so that a million members need no memory. */
static bool print_members(struct call *call, bool bare)
{
	struct list list;
	struct json j = JSON_INIT(&call->out);
	if (!call_list(call, call->args[0], &list)) {
		return false;
	}
	call_open(call, &j, '[');
	int64_t after = 0;
	struct arena *whole = call->arena;
	size_t want = FIRST;
	for (bool more = true; more; want = PAGE) {
		struct arena *arena = arena_new();
		struct member *page;
		size_t n = 0;
		bool ok = store_member_page(call->context->store, arena, list.id, after, want,
		                            &page, &n, &call->err);
		more = n == want;
		call->arena = arena; /* for what call_time makes */
		for (size_t i = 0; ok && i < n; i++) {
			print_member(call, &j, arena, &page[i], bare);
			after = page[i].id;
		}
		call->arena = whole;
		call_flush(call);
		arena_free(arena);
		if (!ok || fflush(stdout) != 0) {
			return ok;
		}
	}
	call_close(call, &j);
	return true;
}

static bool ls_run(struct call *call)
{
	return print_members(call, false);
}

static bool export_run(struct call *call)
{
	return print_members(call, true);
}

static const struct opt json_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_member_ls = {
	.name = "member ls",
	.arguments = "LIST",
	.summary = "Show members: address, delivery and options, since when, name",
	.min = 1,
	.max = 1,
	.opts = json_opts,
	.run = ls_run,
};

const struct command cmd_member_export = {
	.name = "member export",
	.arguments = "LIST",
	.summary = "Print members, one a line, as member import reads them",
	.min = 1,
	.max = 1,
	.opts = json_opts,
	.run = export_run,
};

/* ---- import, sync ---- */

/* Read the file of the command line, then WORK in one transaction. */
static bool with_file(struct call *call, int argument,
                      bool (*work)(struct call *, const struct list *, const struct roster *))
{
	const char *file = call->count > argument ? call->args[argument] : "-";
	struct list list;
	struct roster roster;
	struct member preset;
	struct buf text = BUF_INIT;
	bool ok = call_list(call, call->args[0], &list) && call_member_preset(call, &preset) &&
	          call_file(call, file, LIMIT_IMPORT, &text) &&
	          roster_read(call, &list, buf_span(&text), file, &preset, &roster) &&
	          store_begin(call->context->store, &call->err) &&
	          call_commit(call, work(call, &list, &roster));
	buf_free(&text);
	return ok;
}

static bool add_bulk(struct call *call, const struct list *list, const struct roster *roster,
                     int64_t *added)
{
	struct progress progress;
	int64_t now = call->context->env.now(&call->context->env);
	bool ok = true;
	*added = 0;
	progress_start(&progress, "import", roster->n);
	for (size_t i = 0; ok && i < roster->n; i += BULK) {
		size_t n = roster->n - i < BULK ? roster->n - i : BULK;
		int64_t some;
		progress_show(&progress, i);
		ok = store_member_add_many(call->context->store, list->id, now, roster->v + i, n,
		                           &some, &call->err);
		*added += some;
	}
	progress_end(&progress);
	return ok;
}

static bool import_all(struct call *call, const struct list *list, const struct roster *roster)
{
	int64_t added, present;
	struct roster all = *roster;
	if (all.n <= IN_ORDER) {
		roster_in_order(&all);
	}
	if (!add_bulk(call, list, &all, &added) || !call_member_limit(call, list, 0)) {
		return false;
	}
	present = (int64_t)roster->n - added + roster->repeated;
	buf_printf(&call->out, "added %lld, %lld already there\n", (long long)added,
	           (long long)present);
	return added == 0 || call_audit(call, list, "member import", SPAN(""),
	                                arena_printf(call->arena, "%lld added", (long long)added));
}

static bool import_run(struct call *call)
{
	return with_file(call, 1, import_all);
}

static const struct opt import_opts[] = {
	OPT_MEMBER_MODE,
	OPT_MEMBER_SET,
	{ NULL, NULL, NULL },
};

const struct command cmd_member_import = {
	.name = "member import",
	.arguments = "LIST [FILE]",
	.summary = "Add members from a file, one a line: address or Name <address>",
	.min = 1,
	.max = 2,
	.opts = import_opts,
	.run = import_run,
};

struct sync {
	bool dry;
	int64_t added, removed;
};

static void print_change(struct call *call, const struct sync *sync, char sign, struct span address)
{
	if (sync->dry) {
		buf_printf(&call->out, "%c %.*s\n", sign, SPAN_FMT(address));
	}
}

static bool sync_rm(struct call *call, const struct list *list, struct sync *sync,
                    const struct member_key *who)
{
	bool removed = true;
	print_change(call, sync, '-', who->address);
	sync->removed++;
	return sync->dry ||
	       (store_member_rm(call->context->store, list->id, who->key, &removed, &call->err) &&
	        call_audit(call, list, "member rm", who->address, SPAN("sync")));
}

static bool sync_add(struct call *call, const struct list *list, struct sync *sync,
                     const struct new_member *const *who)
{
	int64_t added = 0;
	int64_t now = call->context->env.now(&call->context->env);
	print_change(call, sync, '+', (*who)->address);
	sync->added++;
	return sync->dry || (store_member_add_many(call->context->store, list->id, now, who, 1,
	                                           &added, &call->err) &&
	                     call_audit(call, list, "member add", (*who)->address, SPAN("sync")));
}

/* The file and the list, both ascending by key, side by side. */
static bool sync_page(struct call *call, const struct list *list, const struct roster *roster,
                      size_t *at, const struct member_key *page, size_t n, struct sync *sync)
{
	for (size_t i = 0; i < n; i++) {
		int order = 1;
		while (*at < roster->n &&
		       (order = span_cmp(roster->v[*at]->key, page[i].key)) < 0) {
			if (!sync_add(call, list, sync, &roster->v[(*at)++])) {
				return false;
			}
		}
		if (*at < roster->n && order == 0) {
			(*at)++;
		} else if (!sync_rm(call, list, sync, &page[i])) {
			return false;
		}
	}
	return true;
}

static bool sync_pages(struct call *call, const struct list *list, const struct roster *roster,
                       size_t *at, struct sync *sync)
{
	struct buf after = BUF_INIT;
	bool ok = true;
	for (size_t n = PAGE; ok && n == PAGE;) {
		struct arena *arena = arena_new();
		struct member_key *page;
		ok = store_member_keys(call->context->store, arena, list->id, buf_span(&after),
		                       PAGE, &page, &n, &call->err);
		ok = ok && sync_page(call, list, roster, at, page, n, sync);
		buf_clear(&after);
		if (ok && n > 0) {
			buf_add(&after, page[n - 1].key);
		}
		arena_free(arena);
	}
	buf_free(&after);
	return ok;
}

static bool sync_all(struct call *call, const struct list *list, const struct roster *roster)
{
	struct sync sync = { .dry = call_opt(call, "--dry-run") };
	size_t at = 0;
	if (roster->n == 0) {
		return err_set(&call->err, ERR_PERMANENT, "",
		               "the file names nobody: every member would be removed");
	}
	if (!sync_pages(call, list, roster, &at, &sync)) {
		return false;
	}
	while (at < roster->n) {
		if (!sync_add(call, list, &sync, &roster->v[at++])) {
			return false;
		}
	}
	buf_printf(&call->out, "%s %lld, removed %lld\n", sync.dry ? "would have added" : "added",
	           (long long)sync.added, (long long)sync.removed);
	return call_member_limit(call, list, sync.dry ? sync.added - sync.removed : 0);
}

static bool sync_run(struct call *call)
{
	return with_file(call, 1, sync_all);
}

static const struct opt sync_opts[] = {
	OPT_MEMBER_MODE,
	OPT_MEMBER_SET,
	{ "--dry-run", NULL, "show what would change, and change nothing" },
	{ NULL, NULL, NULL },
};

const struct command cmd_member_sync = {
	.name = "member sync",
	.arguments = "LIST [FILE]",
	.summary = "Make the members those of a file: add who is missing, remove who is not in it",
	.min = 1,
	.max = 2,
	.opts = sync_opts,
	.run = sync_run,
};
