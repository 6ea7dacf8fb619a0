/* member add, rm, ls, set, import, export. */
#include "base/ascii.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "mail/addr.h"
#include "mail/word.h"
#include "rules/route.h"
#include "store/lists.h"
#include "store/members.h"

#include <stdio.h>
#include <string.h>

#define PAGE 10000

static const char *const deliveries[] = { [MEMBER_MAIL] = "mail", [MEMBER_NOMAIL] = "nomail" };

static bool delivery_of(struct call *call, const char *text, uint64_t *out)
{
	for (uint64_t i = 0; i < sizeof(deliveries) / sizeof(deliveries[0]); i++) {
		if (strcmp(text, deliveries[i]) == 0) {
			*out = i;
			return true;
		}
	}
	return call_usage(call, "\"%s\" is no delivery mode: mail or nomail", text);
}

/* "Name <address>" or a bare address. */
static bool read_address(struct call *call, struct arena *arena, struct span text, struct member *m,
                         struct span *key)
{
	struct mailboxes boxes = addr_parse(arena, text);
	if (!utf8_valid(text)) {
		return err_set(&call->err, ERR_PERMANENT, "5.1.3", "not UTF-8: \"%.*s\"",
		               SPAN_FMT(text));
	}
	if (boxes.broken || boxes.n != 1 || boxes.group || boxes.v[0].domain.n == 0) {
		return err_set(&call->err, ERR_PERMANENT, "5.1.3", "not an address: \"%.*s\"",
		               SPAN_FMT(text));
	}
	m->name = word_decode(arena, boxes.v[0].name);
	return addr_canonical(arena, boxes.v[0].addr, &m->address, &call->err) &&
	       addr_key(arena, boxes.v[0].addr, key, &call->err);
}

/* A list that is its own member would send each post to itself. */
static bool not_itself(struct call *call, const struct list *list, struct span address)
{
	struct span own = route_make(call->arena, list, '+', SPAN(""));
	bool itself = addr_same(address, own);
	for (struct span rest = list->aliases; !itself && rest.p && rest.n > 0;) {
		itself = addr_same(address, span_trim(span_cut(&rest, ',')));
	}
	return !itself || err_set(&call->err, ERR_PERMANENT, "", "\"%.*s\" is the list itself",
	                          SPAN_FMT(address));
}

struct tally {
	int64_t added, present, bad;
};

static bool add_one(struct call *call, const struct list *list, struct arena *arena,
                    struct span text, struct tally *tally)
{
	struct member m = { .joined = call->context->env.now(&call->context->env) };
	struct span key, rest = text;
	bool added;
	const char *delivery = call_opt(call, "--delivery");
	/* Behind a tabulator, as member export writes it: the delivery mode. */
	text = span_cut(&rest, '\t');
	if (rest.n > 0) {
		delivery = arena_str(arena, rest);
	}
	if ((delivery && !delivery_of(call, delivery, &m.delivery)) ||
	    !read_address(call, arena, text, &m, &key) || !not_itself(call, list, m.address) ||
	    !store_member_add(call->context->store, list->id, &m, key, &added, &call->err)) {
		return false;
	}
	tally->added += added;
	tally->present += !added;
	return true;
}

static bool add_all(struct call *call, const struct list *list)
{
	struct tally tally = { 0 };
	for (int i = 1; i < call->count; i++) {
		if (!add_one(call, list, call->arena, span_str(call->args[i]), &tally)) {
			return false;
		}
	}
	buf_printf(&call->out, "added %lld", (long long)tally.added);
	if (tally.present > 0) {
		buf_printf(&call->out, ", %lld already there", (long long)tally.present);
	}
	buf_chr(&call->out, '\n');
	return true;
}

/* Find the list, then WORK in one transaction. */
static bool in_transaction(struct call *call, bool (*work)(struct call *, const struct list *))
{
	struct list list;
	if (!call_list(call, call->args[0], &list) ||
	    !store_begin(call->context->store, &call->err)) {
		return false;
	}
	return call_commit(call, work(call, &list));
}

static bool add_run(struct call *call)
{
	return in_transaction(call, add_all);
}

static const struct opt add_opts[] = {
	{ "--delivery", "MODE", "mail (default) or nomail" },
	{ NULL, NULL, NULL },
};

const struct command cmd_member_add = {
	.name = "member add",
	.arguments = "LIST ADDRESS…",
	.summary = "Add members, without asking them",
	.min = 2,
	.max = -1,
	.opts = add_opts,
	.run = add_run,
};

static bool rm_all(struct call *call, const struct list *list)
{
	int64_t removed_count = 0;
	for (int i = 1; i < call->count; i++) {
		struct span key;
		bool removed;
		if (!addr_key(call->arena, span_str(call->args[i]), &key, &call->err) ||
		    !store_member_rm(call->context->store, list->id, key, &removed, &call->err)) {
			return false;
		}
		if (!removed) {
			return err_set(&call->err, ERR_PERMANENT, "", "\"%s\" is not a member",
			               call->args[i]);
		}
		removed_count++;
	}
	buf_printf(&call->out, "removed %lld\n", (long long)removed_count);
	return true;
}

static bool rm_run(struct call *call)
{
	return in_transaction(call, rm_all);
}

const struct command cmd_member_rm = {
	.name = "member rm",
	.arguments = "LIST ADDRESS…",
	.summary = "Remove members",
	.min = 2,
	.max = -1,
	.run = rm_run,
};

static bool set_all(struct call *call, const struct list *list)
{
	uint64_t delivery = MEMBER_MAIL;
	const char *mode = call_opt(call, "--delivery");
	if (!mode) {
		return call_usage(call, "nothing to set: --delivery MODE");
	}
	if (!delivery_of(call, mode, &delivery)) {
		return false;
	}
	for (int i = 1; i < call->count; i++) {
		struct span key;
		bool found;
		if (!addr_key(call->arena, span_str(call->args[i]), &key, &call->err) ||
		    !store_member_set_delivery(call->context->store, list->id, key, delivery,
		                               &found, &call->err)) {
			return false;
		}
		if (!found) {
			return err_set(&call->err, ERR_PERMANENT, "", "\"%s\" is not a member",
			               call->args[i]);
		}
	}
	return true;
}

static bool set_run(struct call *call)
{
	return in_transaction(call, set_all);
}

const struct command cmd_member_set = {
	.name = "member set",
	.arguments = "LIST --delivery MODE ADDRESS…",
	.summary = "Change how members get mail",
	.min = 2,
	.max = -1,
	.opts = add_opts,
	.run = set_run,
};

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

static void print_member(struct call *call, struct json *j, const struct member *m, bool bare)
{
	if (call->json) {
		json_open(j, '{');
		json_kspan(j, "address", m->address);
		json_kspan(j, "name", m->name);
		json_kstr(j, "delivery", deliveries[m->delivery]);
		json_kint(j, "joined", m->joined);
		json_close(j);
	} else if (bare) {
		bool usual = m->delivery == MEMBER_MAIL;
		if (m->name.n > 0) {
			print_name(&call->out, m->name);
		}
		buf_printf(&call->out, "%.*s%s%s%s\n", SPAN_FMT(m->address),
		           m->name.n > 0 ? ">" : "", usual ? "" : "\t",
		           usual ? "" : deliveries[m->delivery]);
	} else {
		buf_printf(&call->out, "%.*s\t%s\t%.*s\t%.*s\n", SPAN_FMT(m->address),
		           deliveries[m->delivery], SPAN_FMT(call_time(call, m->joined)),
		           SPAN_FMT(m->name));
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
	for (size_t n = PAGE; n == PAGE;) {
		struct arena *arena = arena_new();
		struct member *page;
		bool ok = store_member_page(call->context->store, arena, list.id, after, PAGE,
		                            &page, &n, &call->err);
		for (size_t i = 0; ok && i < n; i++) {
			print_member(call, &j, &page[i], bare);
			after = page[i].id;
		}
		call_flush(call);
		arena_free(arena);
		if (!ok) {
			return false;
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
	.summary = "Show members: address, delivery, since when, name",
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

/* ---- import ---- */

static bool import_lines(struct call *call, const struct list *list, struct span text,
                         const char *file)
{
	struct tally tally = { 0 };
	int64_t line_number = 0;
	if (span_starts(text, SPAN("\xef\xbb\xbf"))) {
		text = span_from(text, 3); /* the mark that some programs put before UTF-8 */
	}
	for (struct span rest = text; rest.p && rest.n > 0;) {
		struct span line = span_trim(span_cut(&rest, '\n'));
		struct arena *arena = arena_new();
		line_number++;
		bool skip = line.n == 0 || line.p[0] == '#';
		bool ok = skip || add_one(call, list, arena, line, &tally);
		arena_free(arena);
		if (!ok) {
			return err_prefix(&call->err, "%s:%lld", file, (long long)line_number);
		}
	}
	buf_printf(&call->out, "added %lld, %lld already there\n", (long long)tally.added,
	           (long long)tally.present);
	return true;
}

static bool import_all(struct call *call, const struct list *list)
{
	const char *file = call->count > 1 ? call->args[1] : "-";
	struct buf text = BUF_INIT;
	bool ok = file_read(file, LIMIT_IMPORT, &text, &call->err) &&
	          import_lines(call, list, buf_span(&text), file);
	buf_free(&text);
	return ok;
}

static bool import_run(struct call *call)
{
	return in_transaction(call, import_all);
}

const struct command cmd_member_import = {
	.name = "member import",
	.arguments = "LIST [FILE]",
	.summary = "Add members from a file, one a line: address or Name <address>",
	.min = 1,
	.max = 2,
	.opts = add_opts,
	.run = import_run,
};
