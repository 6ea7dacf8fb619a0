/* rules show, set, check, test, presets. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/decision.h"
#include "flow/explain.h"
#include "mail/addr.h"
#include "rules/route.h"
#include "rules/rule_preset.h"
#include "store/lists.h"

static const struct opt json_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

/* A text with a line end, so that it can be edited as a file. */
static void put_text(struct buf *out, struct span text)
{
	buf_add(out, text);
	if (text.n > 0 && !span_ends(text, SPAN("\n"))) {
		buf_chr(out, '\n');
	}
}

/* Of the list, and before them those of the site. */
static void rules_json(struct call *call, struct span address, struct span list)
{
	struct json j = JSON_INIT(&call->out);
	call_open(call, &j, '{');
	json_kspan(&j, "list", address);
	json_kspan(&j, "site_rules", call->context->site.rules);
	json_kspan(&j, "rules", list);
	call_close(call, &j);
}

static bool show_run(struct call *call)
{
	struct list list;
	if (!call_list(call, call->args[0], &list)) {
		return false;
	}
	if (call->json) {
		rules_json(call, route_list(call->arena, &list), list.rules);
	} else {
		put_text(&call->out, list.rules);
	}
	return true;
}

const struct command cmd_rules_show = {
	.name = "rules show",
	.arguments = "LIST",
	.summary = "Print the rules of a list",
	.min = 1,
	.max = 1,
	.opts = json_opts,
	.run = show_run,
};

/*
 * The rules in FILE or, with "-", on standard input, checked, into LIST. Lines may end
 * as they do elsewhere.
 */
static bool read_rules(struct call *call, const char *file, struct list *list)
{
	const struct setting *row = setting_find(SETTING_LIST, SPAN("rules"));
	struct buf text = BUF_INIT, lines = BUF_INIT;
	bool ok = file_read(file, LIMIT_SETTING, &text, &call->err);
	for (struct span rest = buf_span(&text); ok && rest.p && rest.n > 0;) {
		buf_add(&lines, span_rtrim(span_cut(&rest, '\n')));
		buf_chr(&lines, '\n');
	}
	struct span value = setting_escape(call->arena, span_rtrim(buf_span(&lines)));
	ok = ok && (setting_put(call->arena, row, value, list, &call->err) ||
	            err_prefix(&call->err, "%s", file ? file : "-"));
	buf_free(&text);
	buf_free(&lines);
	return ok;
}

static bool find_preset(struct call *call, const char *name, const struct rule_preset **out)
{
	*out = rule_preset_find(span_str(name));
	return *out || call_usage(call, "no preset \"%s\" (ladle rules presets)", name);
}

static bool use_preset(struct call *call, const char *name, struct list *list)
{
	const struct rule_preset *preset;
	return find_preset(call, name, &preset) &&
	       setting_put(call->arena, setting_find(SETTING_LIST, SPAN("rules")),
	                   span_str(preset->text), list, &call->err);
}

static bool set_run(struct call *call)
{
	const struct setting *row = setting_find(SETTING_LIST, SPAN("rules"));
	const char *name = call_opt(call, "--preset");
	struct list list;
	if ((name != NULL) == (call->count > 1)) {
		return call_usage(call, "a FILE or --preset NAME is wanted");
	}
	if (!call_list(call, call->args[0], &list) ||
	    !(name ? use_preset(call, name, &list) : read_rules(call, call->args[1], &list))) {
		return false;
	}
	struct span value = setting_text(call->arena, row, &list);
	return store_begin(call->context->store, &call->err) &&
	       call_commit(call,
	                   store_list_set(call->context->store, list.id, row, value, &call->err) &&
	                           call_audit(call, &list, "list set", span_str(row->name), value));
}

static const struct opt set_opts[] = {
	{ "--preset", "NAME", "the rules of this name, in place of a FILE" },
	{ NULL, NULL, NULL },
};

const struct command cmd_rules_set = {
	.name = "rules set",
	.arguments = "LIST FILE|- | --preset NAME LIST",
	.summary = "Give a list the rules in a file",
	.min = 1,
	.max = 2,
	.opts = set_opts,
	.run = set_run,
};

static bool check_run(struct call *call)
{
	struct list list;
	struct rule_set set;
	if (!read_rules(call, call_arg(call, 0), &list) ||
	    !rule_parse(call->arena, list.rules, &set, &call->err)) {
		return false;
	}
	buf_printf(&call->out, "%zu rule%s\n", set.n, set.n == 1 ? "" : "s");
	return true;
}

const struct command cmd_rules_check = {
	.name = "rules check",
	.arguments = "[FILE]",
	.summary = "Say whether a file holds rules, and where not",
	.min = 0,
	.max = 1,
	.run = check_run,
};

static void test_json(struct call *call, const struct arrival *a)
{
	struct json j = JSON_INIT(&call->out);
	call_open(call, &j, '{');
	decision_json(&j, a);
	call_close(call, &j);
}

static bool test_run(struct call *call)
{
	const char *given = call_opt(call, "--rules"), *from = call_opt(call, "-f");
	struct list list;
	struct explain x;
	struct dns *dns = NULL;
	struct list as_if;
	struct span text, sender;
	if (!call_context(call, CONTEXT_STORE | CONTEXT_SECRET) ||
	    !call_list(call, call->args[0], &list) ||
	    !call_message(call, call_arg(call, 1), &text) ||
	    !explain_sender(call->arena, from, text, &sender, &call->err) ||
	    (given && !read_rules(call, given, &as_if))) {
		return false;
	}
	bool ok = call_keysource(call, &dns, &call->context->keys);
	struct span address = route_list(call->arena, &list);
	if (ok) {
		ok = explain_rules(call->context, call->arena, text, sender, address,
		                   given ? &as_if.rules : NULL, &x, &call->err);
	}
	if (ok && call->json) {
		test_json(call, &x.a);
	} else if (ok) {
		decision_text(&call->out, &x.a);
	}
	dns_free(dns);
	return ok;
}

static const struct opt test_opts[] = {
	{ "-f", "SENDER", "MAIL FROM it comes with; '' is the null sender (default: the author)" },
	{ "--rules", "FILE", "as if the list had these rules" },
	{ "--dns", "FILE|SERVER", "as for verify (default: the site's servers)" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_rules_test = {
	.name = "rules test",
	.arguments = "[-f SENDER] [--rules FILE] LIST [FILE]",
	.summary = "Show which rule decides about a message, and why none before it does",
	.min = 1,
	.max = 2,
	.opts = test_opts,
	.run = test_run,
};

static bool presets_run(struct call *call)
{
	const char *name = call_arg(call, 0);
	for (size_t i = 0; !name && i < rule_presets_count; i++) {
		buf_printf(&call->out, "%s\t%s\n", rule_presets[i].name, rule_presets[i].what);
	}
	if (!name) {
		return true;
	}
	const struct rule_preset *preset;
	if (!find_preset(call, name, &preset)) {
		return false;
	}
	put_text(&call->out, setting_unescape(call->arena, span_str(preset->text)));
	return true;
}

const struct command cmd_rules_presets = {
	.name = "rules presets",
	.arguments = "[NAME]",
	.summary = "Show rules to begin with",
	.min = 0,
	.max = 1,
	.run = presets_run,
};
