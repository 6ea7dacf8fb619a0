/* held ls, show, accept, discard. */
#include "cli/commands.h"
#include "flow/process.h"
#include "rules/route.h"
#include "store/blob.h"
#include "store/held.h"
#include "store/lists.h"

#include <string.h>

#define PAGE 1000

static bool list_name(struct call *call, int64_t id, struct span *out)
{
	struct list list;
	bool found;
	if (!store_list_get(call->context->store, call->arena, id, &list, &found, &call->err)) {
		return false;
	}
	*out = found ? route_make(call->arena, &list, '+', SPAN("")) : SPAN("-");
	return true;
}

static bool print_held(struct call *call, struct json *j, const struct held *h)
{
	struct span list;
	if (!list_name(call, h->list, &list)) {
		return false;
	}
	if (!call->json) {
		buf_printf(&call->out, "%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", (long long)h->id,
		           SPAN_FMT(list), SPAN_FMT(call_time(call, h->arrived)),
		           SPAN_FMT(h->author), SPAN_FMT(h->subject), SPAN_FMT(h->reason));
		return true;
	}
	json_open(j, '{');
	json_kint(j, "id", h->id);
	json_kspan(j, "list", list);
	json_kint(j, "arrived", h->arrived);
	json_kspan(j, "author", h->author);
	json_kspan(j, "mail_from", h->mail_from);
	json_kspan(j, "recipient", h->recipient);
	json_kspan(j, "subject", h->subject);
	json_kspan(j, "message_id", h->message_id);
	json_kint(j, "size", h->size);
	json_kspan(j, "rule", h->rule);
	json_kspan(j, "reason", h->reason);
	json_close(j);
	return true;
}

static bool print_page(struct call *call, struct json *j, int64_t list, int64_t *after, size_t *n)
{
	struct held *rows;
	enum held_state state = call_opt(call, "--refused") ? HELD_REFUSED : HELD_WAITING;
	if (!store_held_ls(call->context->store, call->arena, list, state, *after, PAGE, &rows, n,
	                   &call->err)) {
		return false;
	}
	for (size_t i = 0; i < *n; i++) {
		*after = rows[i].id;
		if (!print_held(call, j, &rows[i])) {
			return false;
		}
	}
	call_flush(call);
	return true;
}

static bool ls_run(struct call *call)
{
	struct list list = { 0 };
	struct json j = JSON_INIT(&call->out);
	if (call->count > 0 ? !call_list(call, call->args[0], &list)
	                    : !call_context(call, CONTEXT_STORE)) {
		return false;
	}
	call_open(call, &j, '[');
	int64_t after = 0;
	for (size_t n = PAGE; n == PAGE;) {
		if (!print_page(call, &j, list.id, &after, &n)) {
			return false;
		}
	}
	call_close(call, &j);
	return true;
}

static const struct opt ls_opts[] = {
	{ "--refused", NULL, "those that were refused instead of those that wait" },
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

static bool read_id(struct call *call, const char *text, int64_t *id)
{
	uint64_t v;
	if (!span_u64(span_str(text), &v) || v > INT64_MAX) {
		return call_usage(call, "\"%s\" is not the number of a held message", text);
	}
	*id = (int64_t)v;
	return true;
}

static bool find(struct call *call, const char *text, struct held *out)
{
	int64_t id = 0;
	bool found;
	if (!read_id(call, text, &id) || !call_context(call, CONTEXT_STORE) ||
	    !store_held_get(call->context->store, call->arena, id, out, &found, &call->err)) {
		return false;
	}
	return found ||
	       err_set(&call->err, ERR_PERMANENT, "", "no held message %s (ladle held ls)", text);
}

static bool show_run(struct call *call)
{
	struct held h;
	struct file_map map;
	struct json j = JSON_INIT(&call->out);
	if (!find(call, call->args[0], &h)) {
		return false;
	}
	if (call->json) {
		bool ok = print_held(call, &j, &h);
		buf_chr(&call->out, '\n');
		return ok;
	}
	if (!blob_map(call->context->paths.msg, h.blob, &map, &call->err)) {
		return false;
	}
	bool raw = call_opt(call, "--raw") != NULL;
	if (!raw) {
		buf_printf(&call->out,
		           "# held %lld: %.*s (%.*s)\n# from <%.*s> to <%.*s>, %lld octets\n",
		           (long long)h.id, SPAN_FMT(h.reason), SPAN_FMT(h.rule),
		           SPAN_FMT(h.mail_from), SPAN_FMT(h.recipient), (long long)h.size);
	}
	call_flush(call);
	call->raw = raw;
	buf_add(&call->out, map.bytes);
	file_unmap(&map);
	return true;
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

static bool accept_run(struct call *call)
{
	for (int i = 0; i < call->count; i++) {
		int64_t id = 0;
		if (!read_id(call, call->args[i], &id) ||
		    !call_context(call, CONTEXT_STORE | CONTEXT_DNS | CONTEXT_SECRET) ||
		    !process_held(call->context, id, &call->err)) {
			return false;
		}
		buf_printf(&call->out, "accepted %lld\n", (long long)id);
		call_flush(call);
	}
	return true;
}

const struct command cmd_held_accept = {
	.name = "held accept",
	.arguments = "ID…",
	.summary = "Distribute held messages",
	.min = 1,
	.max = -1,
	.run = accept_run,
};

static bool discard_run(struct call *call)
{
	for (int i = 0; i < call->count; i++) {
		struct held h;
		bool changed;
		if (!find(call, call->args[i], &h) ||
		    !store_held_decide(call->context->store, h.id, HELD_DISCARDED,
		                       call->context->env.now(&call->context->env), &changed,
		                       &call->err)) {
			return false;
		}
		if (!changed) {
			return err_set(&call->err, ERR_PERMANENT, "",
			               "held message %s was decided already", call->args[i]);
		}
		buf_printf(&call->out, "discarded %s\n", call->args[i]);
	}
	return true;
}

const struct command cmd_held_discard = {
	.name = "held discard",
	.arguments = "ID…",
	.summary = "Discard held messages, telling nobody",
	.min = 1,
	.max = -1,
	.run = discard_run,
};
