#include "rules/policy.h"

#include "base/buf.h"
#include "rules/setting.h"

#include <check.h>
#include <string.h>

/* What differs from a member's authentic post on an open list; what decides, and how. */
struct change {
	const char *name;
	void (*make)(struct policy_input *in, struct list *list, struct verdict *v);
	const char *rule;
	enum decision decision;
	enum decision approved; /* the same after a moderator accepted it */
};

static struct arena *arena;
static struct site site;
static const struct policy_command *heard; /* of the filter command; NULL: there is none */

static void setup(void)
{
	arena = arena_new();
	heard = NULL;
	setting_defaults(arena, SETTING_SITE, &site);
}

static void teardown(void)
{
	arena_free(arena);
}

static struct message parsed(const char *text)
{
	struct message m;
	struct err e;
	ck_assert(message_parse(arena, span_str(text), &m, &e));
	return m;
}

#define CHANGE(name) static void name(struct policy_input *in, struct list *list, struct verdict *v)
#define UNUSED       (void)in, (void)list, (void)v

CHANGE(nothing)
{
	UNUSED;
}
CHANGE(large)
{
	UNUSED;
	in->size = 26 * 1024 * 1024;
}
CHANGE(large_for_list)
{
	UNUSED;
	list->message_size = 100;
	in->size = 101;
}
CHANGE(cut)
{
	UNUSED;
	in->truncated = true;
}
CHANGE(no_from)
{
	UNUSED;
	in->author = SPAN("");
}
CHANGE(null_sender)
{
	UNUSED;
	in->mail_from = SPAN("");
}
CHANGE(again)
{
	UNUSED;
	in->duplicate = in->same_bytes = true;
}
CHANGE(same_id)
{
	UNUSED;
	in->duplicate = true;
}
CHANGE(dns)
{
	UNUSED;
	v->temporary = true;
}
CHANGE(dns_too_long)
{
	UNUSED;
	v->temporary = true;
	in->patient = false;
}
CHANGE(chain)
{
	UNUSED;
	v->dkim2.result = AUTH_FAIL;
	v->dkim2.text = SPAN("FAIL: x");
}
CHANGE(chain_accepted)
{
	chain(in, list, v);
	list->broken_signature = LIST_ACTION_ACCEPT;
}
CHANGE(chain_rejected)
{
	chain(in, list, v);
	list->broken_signature = LIST_ACTION_REJECT;
}
CHANGE(chain_temporary)
{
	UNUSED;
	v->dkim2.result = AUTH_TEMPERROR;
	in->patient = false;
}
CHANGE(moderated)
{
	UNUSED;
	list->moderated = true;
}
CHANGE(stranger)
{
	UNUSED;
	in->member = false;
}
CHANGE(stranger_accepted)
{
	UNUSED;
	in->member = false;
	list->nonmember = LIST_ACTION_ACCEPT;
}
CHANGE(stranger_discarded)
{
	UNUSED;
	in->member = false;
	list->nonmember = LIST_ACTION_DISCARD;
}
CHANGE(bare)
{
	UNUSED;
	v->from_authentic = false;
}
CHANGE(bare_of_signer)
{
	UNUSED;
	v->from_authentic = false;
	in->domain_signs = true;
}
CHANGE(bare_held)
{
	UNUSED;
	v->from_authentic = false;
	list->unauthenticated = LIST_BARE_HOLD;
}
CHANGE(bare_rejected)
{
	UNUSED;
	v->from_authentic = false;
	list->unauthenticated = LIST_BARE_REJECT;
}
CHANGE(bare_accepted)
{
	bare_of_signer(in, list, v);
	list->unauthenticated = LIST_BARE_ACCEPT;
}

CHANGE(handed_stranger)
{
	UNUSED;
	in->member = false;
	in->handed = true;
}
CHANGE(handed_stranger_signed)
{
	handed_stranger(in, list, v);
	v->dkim2.result = AUTH_PASS;
}
CHANGE(handed_broken)
{
	handed_stranger(in, list, v);
	chain_accepted(in, list, v);
}
CHANGE(handed_bare_of_signer)
{
	handed_stranger(in, list, v);
	bare_of_signer(in, list, v);
}
CHANGE(handed_bare_rejected)
{
	handed_stranger(in, list, v);
	bare_rejected(in, list, v);
}
CHANGE(handed_moderated)
{
	handed_stranger(in, list, v);
	list->moderated = true;
}
CHANGE(handed_again)
{
	handed_stranger(in, list, v);
	in->duplicate = true;
}
CHANGE(replay)
{
	UNUSED;
	in->replay = in->duplicate = true;
}
CHANGE(replay_accepted)
{
	replay(in, list, v);
	list->replay = LIST_ACTION_ACCEPT;
}
CHANGE(replay_discarded)
{
	replay(in, list, v);
	list->replay = LIST_ACTION_DISCARD;
}
CHANGE(replay_same_bytes)
{
	replay(in, list, v);
	in->same_bytes = true;
}
/* A bare post whose author's domain has a record. */
static void asks(struct verdict *v, enum dmarc_policy policy, bool testing)
{
	v->from_authentic = false;
	v->dmarc = (struct dmarc_result){ .result = AUTH_FAIL,
		                          .author = SPAN("b.example"),
		                          .found = SPAN("b.example"),
		                          .policy = policy,
		                          .testing = testing };
}
CHANGE(bare_none)
{
	UNUSED;
	asks(v, DMARC_POLICY_NONE, false);
}
CHANGE(bare_quarantine)
{
	UNUSED;
	asks(v, DMARC_POLICY_QUARANTINE, false);
}
CHANGE(bare_reject)
{
	UNUSED;
	asks(v, DMARC_POLICY_REJECT, false);
}
CHANGE(bare_reject_test)
{
	UNUSED;
	asks(v, DMARC_POLICY_REJECT, true);
}
CHANGE(bare_quarantine_test)
{
	UNUSED;
	asks(v, DMARC_POLICY_QUARANTINE, true);
}
CHANGE(bare_reject_accepted)
{
	bare_reject(in, list, v);
	list->unauthenticated = LIST_BARE_ACCEPT;
}
CHANGE(proved_reject)
{
	UNUSED;
	asks(v, DMARC_POLICY_REJECT, false);
	v->from_authentic = true;
}
CHANGE(unknown)
{
	UNUSED;
	v->from_authentic = false;
	v->dmarc.result = AUTH_TEMPERROR;
}
CHANGE(unknown_too_long)
{
	unknown(in, list, v);
	in->patient = false;
}
CHANGE(unknown_proved)
{
	unknown(in, list, v);
	v->from_authentic = true;
}
CHANGE(unknown_accepted)
{
	unknown(in, list, v);
	list->unauthenticated = LIST_BARE_ACCEPT;
}
CHANGE(unknown_held)
{
	unknown(in, list, v);
	list->unauthenticated = LIST_BARE_HOLD;
}
CHANGE(unknown_of_signer)
{
	unknown(in, list, v);
	in->domain_signs = true;
}
CHANGE(unknown_of_stranger)
{
	unknown(in, list, v);
	in->member = false;
}
#define CONTENT(name, action_)                                                                     \
	CHANGE(name)                                                                               \
	{                                                                                          \
		static const struct filter_result result = { .action = action_,                    \
			                                     .reason = { "part 2", 6 } };          \
		UNUSED;                                                                            \
		in->content = &result;                                                             \
	}
CONTENT(content_kept, FILTER_KEEP)
CONTENT(content_stripped, FILTER_STRIP)
CONTENT(content_held, FILTER_HOLD)
CONTENT(content_rejected, FILTER_REJECT)
CONTENT(content_discarded, FILTER_DISCARD)
/* What a stranger must not send needs no moderator. */
CHANGE(content_of_stranger)
{
	content_discarded(in, list, v);
	in->member = false;
	list->moderated = true;
}

CHANGE(in_emergency)
{
	UNUSED;
	list->emergency = true;
}
CHANGE(emergency_owner)
{
	in_emergency(in, list, v);
	list->owners = SPAN("x@y.example, A@B.example");
}
CHANGE(emergency_bare_owner)
{
	emergency_owner(in, list, v);
	v->from_authentic = false;
}
CHANGE(moderated_moderator)
{
	moderated(in, list, v);
	list->moderators = SPAN("a@b.example");
}
CHANGE(flagged)
{
	UNUSED;
	in->member_moderated = true;
}
CHANGE(first)
{
	UNUSED;
	list->moderate_first = 3;
	in->posts = 2;
}
CHANGE(fourth)
{
	UNUSED;
	list->moderate_first = 3;
	in->posts = 3;
}

/* Rules: those of the list, of the site. */
static const struct rule_set *rules(const char *text)
{
	struct rule_set *set = ARENA_NEW(arena, struct rule_set);
	struct err e = { 0 };
	ck_assert_msg(rule_parse(arena, span_str(text), set, &e), "%s", e.text);
	return set;
}
#define RULES(name, site_, list_)                                                                  \
	CHANGE(name)                                                                               \
	{                                                                                          \
		UNUSED;                                                                            \
		in->site_rules = rules(site_);                                                     \
		in->list_rules = rules(list_);                                                     \
		in->member = false;                                                                \
	}
RULES(rule_accepts, "", "tag x\naccept if size < 2k")
RULES(rule_passes, "", "accept if size > 2k")
RULES(rule_holds, "", "accept if member\nhold")
RULES(rule_rejects, "", "#\nreject \"no\" if not member\naccept")
RULES(rule_discards, "", "discard if not member")
RULES(site_first, "hold \"site\"", "accept")
RULES(list_second, "hold \"site\" if member", "accept")
CHANGE(rule_behind_a_loop)
{
	rule_accepts(in, list, v);
	in->duplicate = in->same_bytes = true;
}
CHANGE(rule_in_emergency)
{
	rule_accepts(in, list, v);
	list->emergency = true;
}
CHANGE(rule_before_moderated)
{
	rule_accepts(in, list, v);
	list->moderated = true;
	list->moderate_first = 1;
}
CHANGE(member_unknown)
{
	UNUSED;
	v->from_authentic = false;
	v->dmarc.result = AUTH_TEMPERROR;
	in->patient = false;
	in->list_rules = rules("reject \"no\" if not member");
}

#define COMMAND(name, decision_)                                                                   \
	CHANGE(name)                                                                               \
	{                                                                                          \
		static const struct policy_command said = { decision_, { "virus", 5 } };           \
		UNUSED;                                                                            \
		list->filter_command = SPAN("/bin/x");                                             \
		heard = &said;                                                                     \
	}
COMMAND(command_accepts, DECISION_ACCEPT)
COMMAND(command_holds, DECISION_HOLD)
COMMAND(command_rejects, DECISION_REJECT)
COMMAND(command_discards, DECISION_DISCARD)
COMMAND(command_fails, DECISION_PUT_BACK)
CHANGE(command_after_rules)
{
	command_rejects(in, list, v);
	in->list_rules = rules("accept");
}
CHANGE(command_unasked)
{
	command_rejects(in, list, v);
	in->member = false;
}

CHANGE(altered_on_the_way)
{
	UNUSED;
	v->dkim2.result = AUTH_PASS;
	v->dkim2.altered_by = SPAN("mx.evil.example");
}
CHANGE(altered_accepted)
{
	altered_on_the_way(in, list, v);
	list->altered = LIST_ACTION_ACCEPT;
}
CHANGE(altered_by_trusted)
{
	altered_on_the_way(in, list, v);
	list->trusted_hops = SPAN("good.example evil.example");
}
CHANGE(altered_and_handed)
{
	altered_on_the_way(in, list, v);
	in->handed = true;
}

static const struct change changes[] = {
	{ "emergency", in_emergency, "emergency", DECISION_HOLD, DECISION_ACCEPT },
	{ "emergency, owner", emergency_owner, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "emergency, said to be owner", emergency_bare_owner, "emergency", DECISION_HOLD,
	  DECISION_ACCEPT },
	{ "moderated, moderator", moderated_moderator, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "flagged", flagged, "moderated-member", DECISION_HOLD, DECISION_ACCEPT },
	{ "first posts", first, "moderate-first", DECISION_HOLD, DECISION_ACCEPT },
	{ "no first post", fourth, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "rule accepts", rule_accepts, "rules:2", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "no rule decides", rule_passes, "nonmember", DECISION_HOLD, DECISION_ACCEPT },
	{ "rule holds", rule_holds, "rules:2", DECISION_HOLD, DECISION_ACCEPT },
	{ "rule rejects", rule_rejects, "rules:2", DECISION_REJECT, DECISION_ACCEPT },
	{ "rule discards", rule_discards, "rules:1", DECISION_DISCARD, DECISION_ACCEPT },
	{ "site first", site_first, "site-rules:1", DECISION_HOLD, DECISION_ACCEPT },
	{ "list second", list_second, "rules:1", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "rule behind a loop", rule_behind_a_loop, "duplicate", DECISION_DISCARD,
	  DECISION_DISCARD },
	{ "rule in emergency", rule_in_emergency, "emergency", DECISION_HOLD, DECISION_ACCEPT },
	{ "rule before settings", rule_before_moderated, "rules:2", DECISION_ACCEPT,
	  DECISION_ACCEPT },
	{ "member unknown", member_unknown, "rules:1", DECISION_HOLD, DECISION_ACCEPT },
	{ "command accepts", command_accepts, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "command holds", command_holds, "filter-command", DECISION_HOLD, DECISION_ACCEPT },
	{ "command rejects", command_rejects, "filter-command", DECISION_REJECT, DECISION_REJECT },
	{ "command discards", command_discards, "filter-command", DECISION_DISCARD,
	  DECISION_DISCARD },
	{ "command fails", command_fails, "filter-command", DECISION_PUT_BACK, DECISION_PUT_BACK },
	{ "command after rules", command_after_rules, "filter-command", DECISION_REJECT,
	  DECISION_REJECT },
	{ "command not asked", command_unasked, "nonmember", DECISION_HOLD, DECISION_REJECT },
	{ "altered", altered_on_the_way, "altered", DECISION_HOLD, DECISION_ACCEPT },
	{ "altered, accepted", altered_accepted, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "altered, trusted", altered_by_trusted, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "altered, handed", altered_and_handed, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "handed, a stranger", handed_stranger, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "handed, signed", handed_stranger_signed, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "handed, broken", handed_broken, "nonmember", DECISION_HOLD, DECISION_ACCEPT },
	{ "handed, bare", handed_bare_of_signer, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "handed, bare is rejected", handed_bare_rejected, "unauthenticated", DECISION_REJECT,
	  DECISION_ACCEPT },
	{ "handed, moderated", handed_moderated, "moderated", DECISION_HOLD, DECISION_ACCEPT },
	{ "handed, a second way", handed_again, "same-id", DECISION_DISCARD, DECISION_ACCEPT },
	{ "replay", replay, "replay", DECISION_HOLD, DECISION_ACCEPT },
	{ "replay accepted", replay_accepted, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "replay discarded", replay_discarded, "replay", DECISION_DISCARD, DECISION_ACCEPT },
	{ "replay, same bytes", replay_same_bytes, "duplicate", DECISION_DISCARD,
	  DECISION_DISCARD },
	{ "nothing", nothing, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "large", large, "size", DECISION_HOLD, DECISION_HOLD },
	{ "large for list", large_for_list, "size", DECISION_HOLD, DECISION_HOLD },
	{ "cut", cut, "size", DECISION_HOLD, DECISION_HOLD },
	{ "no from", no_from, "author", DECISION_HOLD, DECISION_HOLD },
	{ "null sender", null_sender, "automatic", DECISION_HOLD, DECISION_ACCEPT },
	{ "again", again, "duplicate", DECISION_DISCARD, DECISION_DISCARD },
	{ "same id", same_id, "same-id", DECISION_HOLD, DECISION_ACCEPT },
	{ "dns", dns, "dns", DECISION_PUT_BACK, DECISION_PUT_BACK },
	{ "dns too long", dns_too_long, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "chain", chain, "broken-signature", DECISION_HOLD, DECISION_ACCEPT },
	{ "chain accepted", chain_accepted, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "chain rejected", chain_rejected, "broken-signature", DECISION_REJECT, DECISION_ACCEPT },
	{ "chain temporary", chain_temporary, "broken-signature", DECISION_HOLD, DECISION_ACCEPT },
	{ "moderated", moderated, "moderated", DECISION_HOLD, DECISION_ACCEPT },
	{ "stranger", stranger, "nonmember", DECISION_HOLD, DECISION_ACCEPT },
	{ "stranger accepted", stranger_accepted, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "stranger discarded", stranger_discarded, "nonmember", DECISION_DISCARD,
	  DECISION_ACCEPT },
	{ "bare", bare, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "bare of signer", bare_of_signer, "unauthenticated", DECISION_HOLD, DECISION_ACCEPT },
	{ "bare held", bare_held, "unauthenticated", DECISION_HOLD, DECISION_ACCEPT },
	{ "bare rejected", bare_rejected, "unauthenticated", DECISION_REJECT, DECISION_ACCEPT },
	{ "content kept", content_kept, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "content stripped", content_stripped, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "content held", content_held, "content", DECISION_HOLD, DECISION_ACCEPT },
	{ "content rejected", content_rejected, "content", DECISION_REJECT, DECISION_REJECT },
	{ "content discarded", content_discarded, "content", DECISION_DISCARD, DECISION_DISCARD },
	{ "content of stranger", content_of_stranger, "content", DECISION_DISCARD,
	  DECISION_DISCARD },
	{ "bare accepted", bare_accepted, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "bare none", bare_none, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "bare quarantine", bare_quarantine, "unauthenticated", DECISION_HOLD, DECISION_ACCEPT },
	{ "bare reject", bare_reject, "unauthenticated", DECISION_HOLD, DECISION_ACCEPT },
	{ "bare reject, t=y", bare_reject_test, "unauthenticated", DECISION_HOLD, DECISION_ACCEPT },
	{ "bare quarantine, t=y", bare_quarantine_test, "accept", DECISION_ACCEPT,
	  DECISION_ACCEPT },
	{ "bare reject accepted", bare_reject_accepted, "accept", DECISION_ACCEPT,
	  DECISION_ACCEPT },
	{ "proved reject", proved_reject, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "unknown", unknown, "dmarc", DECISION_PUT_BACK, DECISION_ACCEPT },
	{ "unknown too long", unknown_too_long, "dmarc", DECISION_HOLD, DECISION_ACCEPT },
	{ "unknown proved", unknown_proved, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "unknown accepted", unknown_accepted, "accept", DECISION_ACCEPT, DECISION_ACCEPT },
	{ "unknown held", unknown_held, "unauthenticated", DECISION_HOLD, DECISION_ACCEPT },
	{ "unknown of signer", unknown_of_signer, "unauthenticated", DECISION_HOLD,
	  DECISION_ACCEPT },
	{ "unknown of stranger", unknown_of_stranger, "nonmember", DECISION_HOLD, DECISION_ACCEPT },
};

static struct policy_input input(struct list *list, struct message *m, struct verdict *v)
{
	*v = (struct verdict){ .from_authentic = true };
	setting_defaults(arena, SETTING_LIST, list);
	return (struct policy_input){
		.site = &site,
		.list = list,
		.message = m,
		.verdict = v,
		.list_id = SPAN("dev.lists.example"),
		.mail_from = SPAN("a@b.example"),
		.author = SPAN("a@b.example"),
		.size = 1000,
		.member = true,
		.patient = true,
	};
}

/* As flow does it: the filter command sees what is accepted. */
static struct policy_result decide(const struct policy_input *in)
{
	struct policy_result r = policy_decide(arena, in);
	if (heard && r.decision == DECISION_ACCEPT) {
		policy_hear(in, heard, &r);
	}
	return r;
}

/* One row decided, none before it, and none behind it was asked. */
static void check_rows(const struct policy_result *r)
{
	size_t at = 0;
	bool command = strcmp(r->rule, "filter-command") == 0;
	while (at < r->n && r->rows[at].step != POLICY_DECIDED) {
		ck_assert(command || r->rows[at].step != POLICY_BEHIND);
		at++;
	}
	ck_assert_uint_lt(at, r->n);
	ck_assert_str_eq(r->rows[at].rule, r->rule);
	while (++at < r->n) { /* the filter command comes last, and sees what is accepted */
		ck_assert(r->rows[at].step == POLICY_BEHIND ||
		          (at + 1 == r->n && r->decision == DECISION_ACCEPT));
	}
}

START_TEST(decided)
{
	const struct change *c = &changes[_i];
	struct list list = { 0 };
	struct verdict v;
	struct message m = parsed("From: a@b.example\r\n\r\nx\r\n");
	struct policy_input in = input(&list, &m, &v);
	c->make(&in, &list, &v);
	struct policy_result r = decide(&in);
	ck_assert_msg(strcmp(r.rule, c->rule) == 0, "%s: %s", c->name, r.rule);
	ck_assert_msg(r.decision == c->decision, "%s: %s", c->name, decision_name(r.decision));
	ck_assert_uint_gt(r.reason.n, 0);
	check_rows(&r);
	in.approved = true;
	r = decide(&in);
	check_rows(&r);
	ck_assert_msg(r.decision == c->approved, "%s, approved: %s", c->name,
	              decision_name(r.decision));
}
END_TEST

/* The reason says which of the two made `auto` hold it. */
static const struct {
	void (*make)(struct policy_input *in, struct list *list, struct verdict *v);
	const char *reason;
} reasons[] = {
	{ bare_held, "no signature proves that the author wrote this" },
	{ bare_of_signer, "no signature proves that the author wrote this, and mail of the author's"
	                  " domain was signed before" },
	{ bare_reject, "no signature proves that the author wrote this, and b.example asks by DMARC"
	               " to reject what is not proved" },
	{ bare_reject_test, "no signature proves that the author wrote this, and b.example asks by"
	                    " DMARC to quarantine what is not proved" },
	{ chain, "DKIM2: FAIL: x" },
};

START_TEST(explained)
{
	struct list list = { 0 };
	struct verdict v;
	struct message m = parsed("From: a@b.example\r\n\r\nx\r\n");
	struct policy_input in = input(&list, &m, &v);
	reasons[_i].make(&in, &list, &v);
	struct span reason = policy_decide(arena, &in).reason;
	ck_assert_msg(span_is(reason, reasons[_i].reason), "%.*s", SPAN_FMT(reason));
}
END_TEST

/* Headers that stop a message by themselves. */
static const struct {
	const char *text, *rule;
} headers[] = {
	{ "List-Id: The list <dev.lists.example>\r\n", "loop" },
	{ "List-Id: <DEV.lists.example>\r\n", "loop" },
	{ "List-Id: <other.lists.example>\r\n", "accept" },
	{ "List-Id: dev.lists.example\r\n", "accept" },
	{ "X-Loop: dev.lists.example\r\n", "loop" },
	{ "X-Loop: elsewhere\r\nX-Loop:\r\n dev.lists.example\r\n", "loop" },
	{ "Auto-Submitted: auto-replied\r\n", "automatic" },
	{ "Auto-Submitted: no\r\n", "accept" },
	{ "Precedence: auto_reply\r\n", "automatic" },
	{ "Precedence: bulk\r\n", "accept" },
	{ "X-Autoreply: yes\r\n", "automatic" },
	{ "Content-Type: multipart/report; report-type=delivery-status\r\n", "automatic" },
	{ "Content-Type: multipart/mixed\r\n", "accept" },
	{ "Subject: a\rb\r\n", "header" },
	{ "Subject: a\nb: c\r\n", "header" },
};

START_TEST(by_header)
{
	struct list list = { 0 };
	struct verdict v;
	struct span text = arena_join(arena, span_str(headers[_i].text),
	                              SPAN("From: a@b.example\r\n\r\nx\r\n"), SPAN_END);
	struct message m = parsed(text.p);
	struct policy_input in = input(&list, &m, &v);
	struct policy_result r = policy_decide(arena, &in);
	if (strcmp(r.rule, "loop") == 0) { /* between our own lists that is nobody's business */
		ck_assert_int_eq(r.decision, DECISION_HOLD);
		in.handed = true;
		ck_assert_int_eq(policy_decide(arena, &in).decision, DECISION_DISCARD);
	}
	ck_assert_msg(strcmp(r.rule, headers[_i].rule) == 0, "%s: %s", headers[_i].text, r.rule);
}
END_TEST

START_TEST(hops)
{
	struct list list = { 0 };
	struct verdict v;
	struct buf text = BUF_INIT;
	for (int i = 0; i < 51; i++) {
		buf_str(&text, "Received: x\r\n");
	}
	buf_str(&text, "From: a@b.example\r\n\r\n");
	struct message m = parsed(text.p);
	struct policy_input in = input(&list, &m, &v);
	ck_assert_str_eq(policy_decide(arena, &in).rule, "loop");
	buf_free(&text);
}
END_TEST

Suite *policy_suite(void)
{
	Suite *suite = suite_create("policy");
	TCase *tc = tcase_create("policy");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, decided, 0, (int)(sizeof(changes) / sizeof(changes[0])));
	tcase_add_loop_test(tc, explained, 0, (int)(sizeof(reasons) / sizeof(reasons[0])));
	tcase_add_loop_test(tc, by_header, 0, (int)(sizeof(headers) / sizeof(headers[0])));
	tcase_add_test(tc, hops);
	suite_add_tcase(suite, tc);
	return suite;
}
