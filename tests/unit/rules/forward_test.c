#include "rules/forward.h"

#include <check.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

#define MAIL "From: a@b.example\r\n\r\nhelp\r\n"

static const struct {
	const char *message;
	enum auth_result dkim2;
	enum egress_custody custody;
	bool unsigned_list, large, impatient;
	enum decision decision;
	const char *want; /* the rule; of what goes on: its signatures */
} cases[] = {
	{ MAIL, AUTH_NONE, EGRESS_FITS, 0, 0, 0, DECISION_DISCARD, "plain" },
	{ MAIL, AUTH_NONE, EGRESS_NO_KEY, 0, 0, 0, DECISION_DISCARD, "plain" },
	{ MAIL, AUTH_PASS, EGRESS_FITS, 0, 0, 0, DECISION_DISCARD, "continues" },
	{ MAIL, AUTH_PASS, EGRESS_BY_HOP, 0, 0, 0, DECISION_DISCARD, "by hop" },
	{ MAIL, AUTH_PASS, EGRESS_NO_KEY, 0, 0, 0, DECISION_HOLD, "custody" },
	{ MAIL, AUTH_FAIL, EGRESS_FITS, 0, 0, 0, DECISION_HOLD, "broken-signature" },
	{ MAIL, AUTH_PERMERROR, EGRESS_FITS, 0, 0, 0, DECISION_HOLD, "broken-signature" },
	{ MAIL, AUTH_TEMPERROR, EGRESS_FITS, 0, 0, 0, DECISION_PUT_BACK, "dns" },
	{ MAIL, AUTH_TEMPERROR, EGRESS_FITS, 0, 0, 1, DECISION_HOLD, "broken-signature" },
	{ MAIL, AUTH_PASS, EGRESS_FITS, 1, 0, 0, DECISION_DISCARD, "opaque" },
	{ MAIL, AUTH_FAIL, EGRESS_NO_KEY, 1, 0, 0, DECISION_DISCARD, "opaque" },
	{ MAIL, AUTH_PASS, EGRESS_FITS, 0, 1, 0, DECISION_HOLD, "size" },
	{ "Auto-Submitted: auto-replied\r\n" MAIL, AUTH_NONE, EGRESS_FITS, 0, 0, 0,
	  DECISION_DISCARD, "plain" },
	{ "X-Loop: dev.lists.example\r\n" MAIL, AUTH_PASS, EGRESS_FITS, 0, 0, 0, DECISION_HOLD,
	  "loop" },
	{ "X-Loop: other.lists.example\r\n" MAIL, AUTH_NONE, EGRESS_FITS, 0, 0, 0,
	  DECISION_DISCARD, "plain" },
	{ "no header\r\n", AUTH_NONE, EGRESS_FITS, 0, 0, 0, DECISION_HOLD, "header" },
	{ MAIL "bare\n", AUTH_NONE, EGRESS_FITS, 0, 0, 0, DECISION_HOLD, "header" },
};

static const char *told(const struct forward_choice *f)
{
	if (f->decision != DECISION_DISCARD) {
		return f->rule;
	}
	return f->opaque ? "opaque" : f->by_hop ? "by hop" : f->continues ? "continues" : "plain";
}

START_TEST(choose)
{
	struct list list = { .sign = !cases[_i].unsigned_list };
	struct verdict verdict = { .dkim2.result = cases[_i].dkim2 };
	struct message m;
	ck_assert(message_parse(arena, span_str(cases[_i].message), &m, NULL));
	struct forward_input in = {
		.list = &list,
		.message = &m,
		.verdict = &verdict,
		.list_id = SPAN("dev.lists.example"),
		.size = cases[_i].large ? 11 : 10,
		.limit = 10,
		.patient = !cases[_i].impatient,
		.custody = cases[_i].custody,
	};
	struct forward_choice out = forward_choose(&in);
	ck_assert_str_eq(decision_name(out.decision), decision_name(cases[_i].decision));
	ck_assert_str_eq(told(&out), cases[_i].want);
	ck_assert_ptr_nonnull(out.reason);
	in.truncated = true;
	ck_assert_str_eq(forward_choose(&in).rule, "size");
}
END_TEST

Suite *forward_suite(void);

Suite *forward_suite(void)
{
	Suite *suite = suite_create("rules/forward");
	TCase *c = tcase_create("forward");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, choose, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(suite, c);
	return suite;
}
