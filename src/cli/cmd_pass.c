/* list pass: tokens with which somebody posts without being moderated. */
#include "base/utf8.h"
#include "cli/commands.h"
#include "rules/moderation.h"
#include "rules/revise.h"
#include "store/passes.h"

#include <string.h>

#define PASS_BYTES 16
#define LABEL_MAX  200

static bool make(struct call *call, const struct list *list, const char *label)
{
	struct context *c = call->context;
	char random[PASS_BYTES];
	int64_t id;
	if (strlen(label) > LABEL_MAX || !utf8_valid(span_str(label))) {
		return call_usage(call, "the label must be UTF-8 of at most %d bytes", LABEL_MAX);
	}
	c->env.random(&c->env, random, sizeof(random));
	struct span pass = moderation_pass(call->arena, (struct span){ random, sizeof(random) });
	if (!store_pass_add(c->store, list->id, moderation_pass_hash(call->arena, pass),
	                    span_str(label), c->env.now(&c->env), &id, &call->err)) {
		return false;
	}
	struct span address = route_make(call->arena, list, site_delimiter(&c->site),
	                                 arena_join(call->arena, SPAN("post-"), pass, SPAN_END));
	struct json j = JSON_INIT(&call->out);
	if (call->json) {
		json_open(&j, '{');
		json_kint(&j, "id", id);
		json_kspan(&j, "address", address);
		json_kspan(&j, "field", SPAN(REVISE_PASS));
		json_kspan(&j, "pass", pass);
		json_close(&j);
		buf_chr(&call->out, '\n');
	} else {
		buf_printf(&call->out, "pass %lld, shown only now\n%.*s\n" REVISE_PASS ": %.*s\n",
		           (long long)id, SPAN_FMT(address), SPAN_FMT(pass));
	}
	return true;
}

static bool revoke(struct call *call, const struct list *list, int64_t id)
{
	bool removed;
	if (!store_pass_rm(call->context->store, list->id, id, &removed, &call->err)) {
		return false;
	}
	return removed || err_set(&call->err, ERR_PERMANENT, "", "\"%.*s\" has no pass %lld",
	                          SPAN_FMT(list->local), (long long)id);
}

static bool show(struct call *call, const struct list *list)
{
	struct json j = JSON_INIT(&call->out);
	struct pass *v;
	size_t n;
	if (!store_pass_ls(call->context->store, call->arena, list->id, &v, &n, &call->err)) {
		return false;
	}
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		if (call->json) {
			json_open(&j, '{');
			json_kint(&j, "id", v[i].id);
			json_kspan(&j, "label", v[i].label);
			json_kint(&j, "created", v[i].created);
			json_kint(&j, "used", v[i].used);
			json_kint(&j, "uses", v[i].uses);
			json_close(&j);
		} else {
			buf_printf(&call->out, "%lld\t%.*s\t%.*s\t%lld\t%.*s\n", (long long)v[i].id,
			           SPAN_FMT(call_time(call, v[i].created)),
			           SPAN_FMT(call_time(call, v[i].used)), (long long)v[i].uses,
			           SPAN_FMT(v[i].label));
		}
	}
	call_close(call, &j);
	return true;
}

static bool pass_run(struct call *call)
{
	const char *label = call_opt(call, "--new");
	struct list list;
	int64_t id;
	if (!call_number(call, "--rm", 0, &id) || !call_list(call, call->args[0], &list)) {
		return false;
	}
	if (label && call_opt(call, "--rm")) {
		return call_usage(call, "either --new or --rm");
	}
	return label                    ? make(call, &list, label)
	       : call_opt(call, "--rm") ? revoke(call, &list, id)
	                                : show(call, &list);
}

static const struct opt pass_opts[] = {
	{ "--new", "LABEL", "make one; LABEL says for whom" },
	{ "--rm", "ID", "revoke one" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_list_pass = {
	.name = "list pass",
	.arguments = "LIST",
	.summary = "Passes with which somebody posts unmoderated: id, made, last used, uses, label",
	.min = 1,
	.max = 1,
	.opts = pass_opts,
	.run = pass_run,
};
