/* held ls, show. */
#include "cli/cmd_held.h"

#include "base/limits.h"
#include "flow/moderate.h"
#include "rules/route.h"
#include "store/blob.h"
#include "store/lists.h"

#include <string.h>

#define PAGE 1000

/* What is printed, and the list of the row before: rows of one list stand together as a rule. */
struct listing {
	struct call *call;
	struct json j;
	struct held_filter filter;
	enum held_state state;
	int64_t after;
	int64_t list_id; /* 0: none yet */
	struct list list;
	struct span name; /* address of the list, "-" for none */
};

static bool load_list(struct listing *l, int64_t id)
{
	struct call *call = l->call;
	bool found = false;
	if (id != 0 && id == l->list_id) {
		return true;
	}
	setting_defaults(call->arena, SETTING_LIST, &l->list);
	if (id != 0 &&
	    !store_list_get(call->context->store, call->arena, id, &l->list, &found, &call->err)) {
		return false;
	}
	l->list_id = id;
	l->name = found ? route_list(call->arena, &l->list) : SPAN("-");
	return true;
}

static int64_t expires(const struct listing *l, const struct held *h)
{
	return h->state == HELD_WAITING && l->list.hold_expiry > 0
	               ? h->arrived + (int64_t)l->list.hold_expiry
	               : 0;
}

/* Until when the message can go on as its author signed it. */
static int64_t signature_ends(const struct held *h)
{
	return h->signed_at > 0 ? h->signed_at + LIMIT_SIGNATURE_AGE : 0;
}

static void print_json(struct listing *l, const struct held *h)
{
	struct json *j = &l->j;
	json_open(j, '{');
	json_kint(j, "id", h->id);
	json_kstr(j, "kind", held_kind_name(h->kind));
	json_kstr(j, "state", held_state_name(h->state));
	json_kspan(j, "list", l->name);
	json_kint(j, "arrived", h->arrived);
	json_kint(j, "expires", expires(l, h));
	json_kint(j, "signature_ends", signature_ends(h));
	json_kspan(j, "author", h->author);
	json_kspan(j, "mail_from", h->mail_from);
	json_kspan(j, "recipient", h->recipient);
	json_kspan(j, "subject", h->subject);
	json_kspan(j, "message_id", h->message_id);
	json_kint(j, "size", h->size);
	json_kspan(j, "rule", h->rule);
	json_kspan(j, "reason", h->reason);
	json_kbool(j, "asked", h->asked);
	json_kint(j, "decided", h->decided);
	json_kspan(j, "decided_by", h->decided_by);
	json_kspan(j, "channel", h->channel);
	json_kspan(j, "note", h->note);
	json_close(j);
}

static bool print_held(struct listing *l, const struct held *h)
{
	struct call *call = l->call;
	if (!load_list(l, h->list)) {
		return false;
	}
	if (call->json) {
		print_json(l, h);
		return true;
	}
	buf_printf(&call->out, "%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", (long long)h->id,
	           SPAN_FMT(l->name), SPAN_FMT(call_time(call, h->arrived)), SPAN_FMT(h->author),
	           SPAN_FMT(h->subject), SPAN_FMT(h->reason));
	return true;
}

static bool print_page(struct listing *l, size_t *n)
{
	struct call *call = l->call;
	struct arena *arena = arena_new();
	struct held *rows;
	bool ok = store_held_ls(call->context->store, arena, l->filter.list, l->state, l->after,
	                        PAGE, &rows, n, &call->err);
	for (size_t i = 0; ok && i < *n; i++) {
		l->after = rows[i].id;
		ok = !held_fits(&l->filter, &rows[i]) || print_held(l, &rows[i]);
	}
	arena_free(arena);
	call_flush(call);
	return ok;
}

static bool print_count(struct listing *l, const struct held_count *count)
{
	if (!load_list(l, count->list)) {
		return false;
	}
	if (!l->call->json) {
		buf_printf(&l->call->out, "%lld\t%.*s\t%.*s\t%.*s\n", (long long)count->n,
		           SPAN_FMT(l->name), SPAN_FMT(count->rule),
		           SPAN_FMT(call_time(l->call, count->oldest)));
		return true;
	}
	json_open(&l->j, '{');
	json_kint(&l->j, "count", count->n);
	json_kspan(&l->j, "list", l->name);
	json_kspan(&l->j, "rule", count->rule);
	json_kint(&l->j, "oldest", count->oldest);
	json_close(&l->j);
	return true;
}

static bool print_counts(struct listing *l)
{
	struct held_count *counts;
	size_t n;
	bool ok = store_held_counts(l->call->context->store, l->call->arena, l->filter.list,
	                            l->state, &counts, &n, &l->call->err);
	for (size_t i = 0; ok && i < n; i++) {
		ok = print_count(l, &counts[i]);
	}
	return ok;
}

static bool print_rows(struct listing *l)
{
	for (size_t n = PAGE; n == PAGE;) {
		if (!print_page(l, &n)) {
			return false;
		}
	}
	return true;
}

static bool ls_run(struct call *call)
{
	struct listing l = { .call = call, .j = JSON_INIT(&call->out) };
	struct list list = { 0 };
	bool chosen;
	if (!held_filter_read(call, &l.filter, &chosen) ||
	    (call->count > 0 ? !call_list(call, call->args[0], &list)
	                     : !call_context(call, CONTEXT_STORE))) {
		return false;
	}
	l.filter.list = list.id != 0 ? list.id : l.filter.list;
	l.state = call_opt(call, "--refused") ? HELD_REFUSED : HELD_WAITING;
	call_open(call, &l.j, '[');
	bool ok = call_opt(call, "--count") ? print_counts(&l) : print_rows(&l);
	call_close(call, &l.j);
	return ok;
}

static const struct opt ls_opts[] = {
	{ "--refused", NULL, "those that were refused instead of those that wait" },
	{ "--count", NULL, "only how many, by list and rule, and since when" },
	HELD_FILTER_OPTS,
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_held_ls = {
	.name = "held ls",
	.arguments = "[LIST]",
	.summary = "Show held messages: id, list, arrival, author, subject, reason",
	.min = 0,
	.max = 1,
	.opts = ls_opts,
	.run = ls_run,
};

static bool find(struct call *call, const char *text, struct held *out)
{
	int64_t id = 0;
	bool found;
	if (!held_id(call, text, &id) || !call_context(call, CONTEXT_STORE) ||
	    !store_held_get(call->context->store, call->arena, id, out, &found, &call->err)) {
		return false;
	}
	return found ||
	       err_set(&call->err, ERR_PERMANENT, "", "no held message %s (ladle held ls)", text);
}

/* What the message itself does not say, as comments before it. */
static void print_head(struct listing *l, const struct held *h)
{
	struct call *call = l->call;
	struct buf *out = &call->out;
	buf_printf(out, "# held %lld: %.*s (%.*s)\n", (long long)h->id, SPAN_FMT(h->reason),
	           SPAN_FMT(h->rule));
	if (h->kind != HELD_POST) {
		buf_printf(out, "# %.*s (%.*s) wants to %s %.*s\n", SPAN_FMT(h->author),
		           SPAN_FMT(h->subject), held_kind_name(h->kind), SPAN_FMT(l->name));
	} else {
		buf_printf(out, "# from <%.*s> to <%.*s>, %lld octets\n", SPAN_FMT(h->mail_from),
		           SPAN_FMT(h->recipient), (long long)h->size);
	}
	if (h->state == HELD_WAITING && h->asked) {
		buf_str(out, "# its author was asked to confirm it; no moderator has seen it\n");
	}
	if (expires(l, h) > 0) {
		buf_printf(out, "# waits until %.*s, then it is %s\n",
		           SPAN_FMT(call_time(call, expires(l, h))),
		           l->list.hold_expired == LIST_EXPIRED_REJECT ? "refused" : "discarded");
	}
	if (h->state == HELD_WAITING && h->signed_at > 0) {
		buf_printf(out,
		           "# its DKIM2 signature is good until %.*s; later it leaves without\n",
		           SPAN_FMT(call_time(call, signature_ends(h))));
	}
	if (h->state != HELD_WAITING) {
		buf_printf(out, "# %.*s\n", SPAN_FMT(moderate_outcome(call->arena, h)));
	}
	if (h->note.n > 0) {
		buf_printf(out, "# reason: %.*s\n", SPAN_FMT(h->note));
	}
}

static bool print_message(struct call *call, const struct held *h, bool raw)
{
	struct file_map map;
	if (h->blob.n == 0) {
		return true;
	}
	if (!blob_map(call->context->paths.msg, h->blob, &map, &call->err)) {
		return false;
	}
	call_flush(call);
	call->raw = raw;
	buf_add(&call->out, map.bytes);
	file_unmap(&map);
	return true;
}

static bool show_run(struct call *call)
{
	struct listing l = { .call = call, .j = JSON_INIT(&call->out) };
	struct held h;
	bool raw = call_opt(call, "--raw") != NULL;
	if (!find(call, call->args[0], &h) || !load_list(&l, h.list)) {
		return false;
	}
	if (call->json) {
		print_json(&l, &h);
		buf_chr(&call->out, '\n');
		return true;
	}
	if (!raw) {
		print_head(&l, &h);
	}
	return print_message(call, &h, raw);
}

static const struct opt show_opts[] = {
	{ "--raw", NULL, "only the message, byte for byte" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_held_show = {
	.name = "held show",
	.arguments = "ID",
	.summary = "Show one with its message",
	.min = 1,
	.max = 1,
	.opts = show_opts,
	.run = show_run,
};
