/*
 * Input: rules, an empty line, a message. Whatever they are: what parses can be asked, each
 * answer says why, and printing a setting and reading it gives the same rules.
 */
#include "rules/policy.h"
#include "rules/rule_ask.h"
#include "rules/setting.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void ask_all(struct arena *arena, struct rule_set *set, const struct message *m)
{
	struct site site = { .message_size = 1 << 20 };
	struct list list = { .local = SPAN("dev"), .domain = SPAN("lists.example") };
	struct verdict verdict = { .from_authentic = true };
	struct policy_input in = {
		.site = &site, .list = &list, .message = m, .verdict = &verdict,
		.list_id = SPAN("dev.lists.example"), .mail_from = SPAN("a@b.example"),
		.author = SPAN("a@b.example"), .size = m->raw.n, .member = true, .list_rules = set,
	};
	for (size_t i = 0; i < set->n; i++) {
		struct rule_said said = rule_ask(arena, set, &set->v[i], &in);
		require(said.why.n > 0 && said.answer <= RULE_UNKNOWN);
	}
	struct policy_result result = policy_decide(arena, &in);
	require(result.n > set->n && result.reason.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span all = { (const char *)data, size };
	size_t at = span_find(all, SPAN("\n\n"));
	struct rule_set set, again;
	struct err e = { 0 };
	struct message m;
	struct span text = span_sub(all, 0, at == SPAN_NONE ? size : at);
	if (!rule_parse(arena, text, &set, &e)) {
		require(e.class == ERR_MISUSE && span_starts(span_str(e.text), SPAN("line ")));
	} else {
		struct span kept = setting_unescape(arena, setting_escape(arena, text));
		require(span_eq(kept, text) && rule_parse(arena, kept, &again, &e));
		require(again.n == set.n && again.nnodes == set.nnodes);
		if (at != SPAN_NONE && message_parse(arena, span_from(all, at + 2), &m, NULL)) {
			ask_all(arena, &set, &m);
		}
	}
	arena_free(arena);
	return 0;
}
