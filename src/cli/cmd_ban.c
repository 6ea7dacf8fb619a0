/* ban add, rm, ls; audit. */
#include "base/unit.h"
#include "cli/commands.h"
#include "rules/route.h"
#include "store/audit.h"
#include "store/bans.h"
#include "store/lists.h"

#define PAGE 2000

/* Of --list; without it the site, list 0. */
static bool read_scope(struct call *call, struct list *list)
{
	const char *name = call_opt(call, "--list");
	*list = (struct list){ .local = SPAN(""), .domain = SPAN("") };
	return name ? call_list(call, name, list) : call_context(call, CONTEXT_STORE) != NULL;
}

static bool add_all(struct call *call, const struct list *list, int64_t days)
{
	int64_t now = call->context->env.now(&call->context->env);
	const char *reason = call_opt(call, "--reason");
	int64_t count = 0;
	for (int i = 0; i < call->count; i++) {
		struct ban b = { .list = list->id,
			         .reason = span_str(reason ? reason : ""),
			         .created = now,
			         .expires = days > 0 ? now + days * UNIT_DAY : 0 };
		bool added;
		if (!ban_read(call->arena, span_str(call->args[i]), &b, &call->err) ||
		    !store_ban_add(call->context->store, &b, &added, &call->err) ||
		    !call_audit(call, list, "ban add", b.pattern, b.reason)) {
			return false;
		}
		count += added;
	}
	buf_printf(&call->out, "banned %lld, changed %lld\n", (long long)count,
	           (long long)(call->count - count));
	return true;
}

static bool add_run(struct call *call)
{
	struct list list;
	int64_t days;
	if (!call_number(call, "--days", 0, &days) || !read_scope(call, &list)) {
		return false;
	}
	if (days > 36500) {
		return call_usage(call, "--days: at most 36500");
	}
	return store_begin(call->context->store, &call->err) &&
	       call_commit(call, add_all(call, &list, days));
}

static const struct opt add_opts[] = {
	{ "--list", "LIST", "for this list; without it for the whole site" },
	{ "--days", "N", "for so many days; without it for ever" },
	{ "--reason", "TEXT", "why, for those who read the bans" },
	{ NULL, NULL, NULL },
};

const struct command cmd_ban_add = {
	.name = "ban add",
	.arguments = "ADDRESS|DOMAIN|^REGEX…",
	.summary = "Keep addresses from subscribing and posting",
	.min = 1,
	.max = -1,
	.opts = add_opts,
	.run = add_run,
};

static bool rm_all(struct call *call, const struct list *list)
{
	for (int i = 0; i < call->count; i++) {
		struct ban b = { .list = list->id };
		bool removed;
		if (!ban_read(call->arena, span_str(call->args[i]), &b, &call->err) ||
		    !store_ban_rm(call->context->store, &b, &removed, &call->err)) {
			return false;
		}
		if (!removed) {
			return err_set(&call->err, ERR_PERMANENT, "", "\"%s\" is not banned",
			               call->args[i]);
		}
		if (!call_audit(call, list, "ban rm", b.pattern, SPAN(""))) {
			return false;
		}
	}
	return true;
}

static bool rm_run(struct call *call)
{
	struct list list;
	return read_scope(call, &list) && store_begin(call->context->store, &call->err) &&
	       call_commit(call, rm_all(call, &list));
}

static const struct opt rm_opts[] = {
	{ "--list", "LIST", "of this list; without it of the whole site" },
	{ NULL, NULL, NULL },
};

const struct command cmd_ban_rm = {
	.name = "ban rm",
	.arguments = "ADDRESS|DOMAIN|^REGEX…",
	.summary = "Take bans back",
	.min = 1,
	.max = -1,
	.opts = rm_opts,
	.run = rm_run,
};

static void print_ban(struct call *call, struct json *j, const struct list *list,
                      const struct ban *b)
{
	const char *scope = b->list == 0 ? "site" : "list";
	if (call->json) {
		json_open(j, '{');
		json_kstr(j, "scope", scope);
		if (b->list != 0) {
			json_kspan(j, "list", route_list(call->arena, list));
		}
		json_kstr(j, "kind", ban_kind_name(b->kind));
		json_kspan(j, "pattern", b->pattern);
		json_kspan(j, "reason", b->reason);
		json_kint(j, "created", b->created);
		json_kint(j, "expires", b->expires);
		json_close(j);
	} else {
		buf_printf(&call->out, "%s\t%s\t%.*s\t%.*s\t%.*s\n", scope, ban_kind_name(b->kind),
		           SPAN_FMT(b->pattern), SPAN_FMT(call_time(call, b->expires)),
		           SPAN_FMT(b->reason));
	}
}

static bool ls_run(struct call *call)
{
	struct list list;
	struct ban *v;
	size_t n;
	struct json j = JSON_INIT(&call->out);
	if (!read_scope(call, &list) ||
	    !store_ban_ls(call->context->store, call->arena, list.id, &v, &n, &call->err)) {
		return false;
	}
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		print_ban(call, &j, &list, &v[i]);
	}
	call_close(call, &j);
	return true;
}

static const struct opt ls_opts[] = {
	{ "--list", "LIST", "of this list and of the site" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_ban_ls = {
	.name = "ban ls",
	.arguments = "",
	.summary = "Show bans: scope, kind, pattern, until when, reason",
	.min = 0,
	.max = 0,
	.opts = ls_opts,
	.run = ls_run,
};

/* ---- audit ---- */

static void print_audit(struct call *call, struct json *j, const struct audit *a)
{
	if (call->json) {
		json_open(j, '{');
		json_kint(j, "id", a->id);
		json_kint(j, "at", a->at);
		json_kspan(j, "list", a->list_address);
		json_kspan(j, "channel", a->channel);
		json_kspan(j, "actor", a->actor);
		json_kspan(j, "what", a->what);
		json_kspan(j, "subject", a->subject);
		json_kspan(j, "detail", a->detail);
		json_close(j);
	} else {
		buf_printf(&call->out, "%.*s\t%.*s\t%.*s:%.*s\t%.*s\t%.*s\t%.*s\n",
		           SPAN_FMT(call_time(call, a->at)),
		           SPAN_FMT(a->list == 0 ? SPAN("site") : a->list_address),
		           SPAN_FMT(a->channel), SPAN_FMT(a->actor), SPAN_FMT(a->what),
		           SPAN_FMT(a->subject), SPAN_FMT(a->detail));
	}
}

static bool audit_run(struct call *call)
{
	struct list list = { .id = -1 };
	struct json j = JSON_INIT(&call->out);
	struct arena *whole = call->arena;
	if (call->count > 0 ? !call_list(call, call->args[0], &list)
	                    : !call_context(call, CONTEXT_STORE)) {
		return false;
	}
	call_open(call, &j, '[');
	int64_t after = 0;
	for (size_t n = PAGE; n == PAGE;) {
		struct audit *v;
		struct arena *arena = arena_new();
		bool ok = store_audit_ls(call->context->store, arena, list.id, after, PAGE, &v, &n,
		                         &call->err);
		call->arena = arena;
		for (size_t i = 0; ok && i < n; i++) {
			print_audit(call, &j, &v[i]);
			after = v[i].id;
		}
		call->arena = whole;
		call_flush(call);
		arena_free(arena);
		if (!ok) {
			return false;
		}
	}
	call_close(call, &j);
	return true;
}

static const struct opt audit_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_audit = {
	.name = "audit",
	.arguments = "[LIST]",
	.summary = "Show who changed what: when, list, channel and who, what, of whom, details",
	.min = 0,
	.max = 1,
	.opts = audit_opts,
	.run = audit_run,
};
