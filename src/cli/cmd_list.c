/* list create, ls, show, set, unset, rm. */
#include "cli/commands.h"
#include "flow/keys.h"
#include "flow/notices.h"
#include "mail/addr.h"
#include "mail/idn.h"
#include "rules/route.h"
#include "rules/rule_preset.h"
#include "store/lists.h"
#include "store/members.h"

#include <string.h>

static bool unknown_setting(struct call *call, struct span key)
{
	return call_usage(call, "unknown setting \"%.*s\"%s (ladle list show LIST shows all)",
	                  SPAN_FMT(key), setting_hint(call->arena, SETTING_LIST, key).p);
}

/* Arguments FROM… as KEY=VALUE, checked against the list first, kept then. */
static bool check_settings(struct call *call, int from, struct list *list)
{
	for (int i = from; i < call->count; i++) {
		struct span text = span_str(call->args[i]);
		size_t equals = span_chr(text, '=');
		if (equals == SPAN_NONE) {
			return call_usage(call, "\"%s\" is not KEY=VALUE", call->args[i]);
		}
		struct span key = span_sub(text, 0, equals);
		const struct setting *row = setting_find(SETTING_LIST, key);
		if (!row) {
			return unknown_setting(call, key);
		}
		if (!setting_put(call->arena, row, span_from(text, equals + 1), list, &call->err)) {
			return false;
		}
	}
	if (list->language.n > 0 && !notices_language_known(call->context, list, list->language)) {
		return call_usage(call,
		                  "language: there are no texts in \"%.*s\" (ladle-templates(1))",
		                  SPAN_FMT(list->language));
	}
	return true;
}

static bool keep_settings(struct call *call, int from, const struct list *list)
{
	for (int i = from; i < call->count; i++) {
		struct span text = span_str(call->args[i]);
		const struct setting *row =
			setting_find(SETTING_LIST, span_sub(text, 0, span_chr(text, '=')));
		struct span value = setting_text(call->arena, row, list);
		if (!store_list_set(call->context->store, list->id, row, value, &call->err) ||
		    !call_audit(call, list, "list set", span_str(row->name), value)) {
			return false;
		}
	}
	return true;
}

/* A list that signs cannot send without a key. */
static bool say_no_key(struct call *call, const struct list *list, struct span domain)
{
	bool present = true;
	if (list->sign &&
	    !keys_present(call->arena, &call->context->paths, domain, &present, &call->err)) {
		return false;
	}
	if (!present) {
		buf_printf(&call->out, "its domain has no key to sign with: ladle key gen %.*s\n",
		           SPAN_FMT(domain));
	}
	return true;
}

/* --preset: rules to begin with. */
static bool use_preset(struct call *call, struct list *list)
{
	const char *name = call_opt(call, "--preset");
	const struct rule_preset *preset = name ? rule_preset_find(span_str(name)) : NULL;
	if (!name) {
		return true;
	}
	return preset ? setting_put(call->arena, setting_find(SETTING_LIST, SPAN("rules")),
	                            span_str(preset->text), list, &call->err)
	              : call_usage(call, "no preset \"%s\" (ladle rules presets)", name);
}

static bool keep_rules(struct call *call, const struct list *list)
{
	const struct setting *row = setting_find(SETTING_LIST, SPAN("rules"));
	return store_list_set(call->context->store, list->id, row,
	                      setting_text(call->arena, row, list), &call->err);
}

static bool create_run(struct call *call)
{
	struct list list = { 0 };
	struct span key;
	struct context *c = call_context(call, CONTEXT_STORE);
	setting_defaults(call->arena, SETTING_LIST, &list);
	if (!c || !addr_key(call->arena, span_str(call->args[0]), &key, &call->err) ||
	    !route_name_valid(addr_local(key), &call->err) || !use_preset(call, &list) ||
	    !check_settings(call, 1, &list)) {
		return false;
	}
	list.local = addr_local(key);
	list.domain = addr_domain(key);
	buf_printf(&call->out, "created %.*s\n", SPAN_FMT(key));
	if (!say_no_key(call, &list, addr_domain(key))) {
		return false;
	}
	return store_begin(c->store, &call->err) &&
	       call_commit(call,
	                   store_list_create(c->store, addr_local(key), addr_domain(key),
	                                     c->env.now(&c->env), &list.id, &call->err) &&
	                           call_audit(call, &list, "list create", SPAN(""), SPAN("")) &&
	                           keep_rules(call, &list) && keep_settings(call, 1, &list));
}

static const struct opt create_opts[] = {
	{ "--preset", "NAME", "rules to begin with: ladle rules presets shows them" },
	{ NULL, NULL, NULL },
};

const struct command cmd_list_create = {
	.name = "list create",
	.arguments = "[--preset NAME] NAME@DOMAIN [KEY=VALUE…]",
	.summary = "Make a list",
	.min = 1,
	.max = -1,
	.opts = create_opts,
	.run = create_run,
};

static bool ls_run(struct call *call)
{
	struct list *all;
	size_t n;
	struct context *c = call_context(call, CONTEXT_STORE);
	if (!c || !store_list_all(c->store, call->arena, &all, &n, &call->err)) {
		return false;
	}
	struct json j = JSON_INIT(&call->out);
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		int64_t members;
		if (!store_member_count(c->store, all[i].id, &members, &call->err)) {
			return false;
		}
		struct span address = route_list(call->arena, &all[i]);
		if (call->json) {
			json_open(&j, '{');
			json_kspan(&j, "list", address);
			json_kint(&j, "members", members);
			json_kspan(&j, "description", all[i].description);
			json_close(&j);
		} else {
			buf_printf(&call->out, "%.*s\t%lld\t%.*s\n", SPAN_FMT(address),
			           (long long)members, SPAN_FMT(all[i].description));
		}
	}
	call_close(call, &j);
	return true;
}

static const struct opt json_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_list_ls = {
	.name = "list ls",
	.arguments = "",
	.summary = "Show all lists: address, members, description",
	.min = 0,
	.max = 0,
	.opts = json_opts,
	.run = ls_run,
};

static bool show_run(struct call *call)
{
	struct list list;
	if (!call_list(call, call->args[0], &list)) {
		return false;
	}
	struct json j = JSON_INIT(&call->out);
	struct span address = route_list(call->arena, &list);
	if (call->json) {
		json_open(&j, '{');
		json_kspan(&j, "list", address);
	} else {
		buf_printf(&call->out, "# %.*s\n", SPAN_FMT(address));
	}
	for (size_t i = 0; i < settings_count; i++) {
		if (settings[i].scope != SETTING_LIST) {
			continue;
		}
		struct span value = setting_text(call->arena, &settings[i], &list);
		if (call->json) {
			json_kspan(&j, settings[i].name, value);
		} else {
			buf_printf(&call->out, "%s = %.*s\n", settings[i].name, SPAN_FMT(value));
		}
	}
	call_close(call, &j);
	return true;
}

const struct command cmd_list_show = {
	.name = "list show",
	.arguments = "LIST",
	.summary = "Show the settings of a list",
	.min = 1,
	.max = 1,
	.opts = json_opts,
	.run = show_run,
};

static bool set_run(struct call *call)
{
	struct list list;
	if (!call_list(call, call->args[0], &list) || !check_settings(call, 1, &list) ||
	    !store_begin(call->context->store, &call->err)) {
		return false;
	}
	return call_commit(call, keep_settings(call, 1, &list));
}

const struct command cmd_list_set = {
	.name = "list set",
	.arguments = "LIST KEY=VALUE…",
	.summary = "Change settings of a list",
	.min = 2,
	.max = -1,
	.run = set_run,
};

/* The defaults of the settings that are named, all checked before the first is put. */
static bool unset_all(struct call *call, struct list *list)
{
	for (int i = 1; i < call->count; i++) {
		struct span key = span_str(call->args[i]);
		const struct setting *row = setting_find(SETTING_LIST, key);
		if (!row) {
			return span_chr(key, '=') == SPAN_NONE
			               ? unknown_setting(call, key)
			               : call_usage(call, "\"%s\": only the name is wanted",
			                            call->args[i]);
		}
		if (!setting_put(call->arena, row, span_str(row->preset), list, &call->err)) {
			return false;
		}
	}
	return true;
}

static bool unset_run(struct call *call)
{
	struct list list;
	if (!call_list(call, call->args[0], &list) || !unset_all(call, &list) ||
	    !store_begin(call->context->store, &call->err)) {
		return false;
	}
	return call_commit(call, keep_settings(call, 1, &list));
}

const struct command cmd_list_unset = {
	.name = "list unset",
	.arguments = "LIST KEY…",
	.summary = "Give settings of a list their default again",
	.min = 2,
	.max = -1,
	.run = unset_run,
};

static bool rm_run(struct call *call)
{
	struct list list;
	int64_t members;
	if (!call_list(call, call->args[0], &list) ||
	    !store_member_count(call->context->store, list.id, &members, &call->err)) {
		return false;
	}
	if (members > 0 && !call_opt(call, "--force")) {
		return err_set(&call->err, ERR_MISUSE, "",
		               "\"%s\" has %lld members: --force removes it", call->args[0],
		               (long long)members);
	}
	return store_begin(call->context->store, &call->err) &&
	       call_commit(call, store_list_rm(call->context->store, list.id, &call->err) &&
	                                 call_audit(call, &list, "list rm", SPAN(""),
	                                            arena_printf(call->arena, "%lld members",
	                                                         (long long)members)));
}

static const struct opt rm_opts[] = {
	{ "--force", NULL, "also a list that has members" },
	{ NULL, NULL, NULL },
};

const struct command cmd_list_rm = {
	.name = "list rm",
	.arguments = "[--force] LIST",
	.summary = "Remove a list with its members, posts and held mail",
	.min = 1,
	.max = 1,
	.opts = rm_opts,
	.run = rm_run,
};
