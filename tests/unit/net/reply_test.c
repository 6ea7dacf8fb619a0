#include "net/reply.h"

#include <check.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

static const struct {
	struct reply_input in; /* transport_ok, code, stage, misuse, failures */
	enum outcome outcome;
	bool relay_down;
} cases[] = {
	/* the content accepted */
	{ { true, 250, REPLY_DATA, false, 0 }, OUTCOME_SENT, false },
	{ { true, 200, REPLY_DATA, false, 0 }, OUTCOME_SENT, false },
	{ { true, 299, REPLY_DATA, false, 9 }, OUTCOME_SENT, false },
	/* a yes that is no promise */
	{ { false, 250, REPLY_DATA, false, 1 }, OUTCOME_DEFERRED, false },
	{ { true, 250, REPLY_ENVELOPE, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 250, REPLY_CONNECT, false, 0 }, OUTCOME_DEFERRED, true },
	{ { true, 354, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 354, REPLY_ENVELOPE, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 0, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 199, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 600, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, -250, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	/* later */
	{ { true, 450, REPLY_ENVELOPE, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 452, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	{ { false, 451, REPLY_DATA, false, 1 }, OUTCOME_DEFERRED, false },
	{ { false, 451, REPLY_DATA, false, 9 }, OUTCOME_DEFERRED, false },
	/* never */
	{ { true, 550, REPLY_ENVELOPE, false, 0 }, OUTCOME_FAILED, false },
	{ { true, 501, REPLY_ENVELOPE, false, 0 }, OUTCOME_FAILED, false },
	{ { true, 552, REPLY_ENVELOPE, false, 0 }, OUTCOME_FAILED, false },
	{ { true, 553, REPLY_DATA, false, 0 }, OUTCOME_FAILED, false },
	{ { true, 556, REPLY_ENVELOPE, false, 0 }, OUTCOME_FAILED, false },
	{ { false, 550, REPLY_ENVELOPE, false, 1 }, OUTCOME_FAILED, false },
	{ { true, 529, REPLY_ENVELOPE, false, 0 }, OUTCOME_FAILED, false },
	{ { true, 539, REPLY_ENVELOPE, false, 0 }, OUTCOME_FAILED, false },
	/* about the relay */
	{ { true, 421, REPLY_ENVELOPE, false, 0 }, OUTCOME_DEFERRED, true },
	{ { true, 421, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, true },
	{ { true, 420, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 422, REPLY_DATA, false, 0 }, OUTCOME_DEFERRED, false },
	{ { true, 521, REPLY_ENVELOPE, false, 0 }, OUTCOME_DEFERRED, true },
	{ { true, 530, REPLY_ENVELOPE, false, 0 }, OUTCOME_DEFERRED, true },
	{ { true, 538, REPLY_ENVELOPE, false, 0 }, OUTCOME_DEFERRED, true },
	/* before the relay has heard of the message */
	{ { true, 554, REPLY_CONNECT, false, 0 }, OUTCOME_DEFERRED, true },
	{ { true, 550, REPLY_CONNECT, false, 0 }, OUTCOME_DEFERRED, true },
	{ { true, 421, REPLY_CONNECT, false, 0 }, OUTCOME_DEFERRED, true },
	{ { false, 0, REPLY_CONNECT, false, 1 }, OUTCOME_DEFERRED, true },
	/* no reply */
	{ { false, 0, REPLY_ENVELOPE, false, 1 }, OUTCOME_DEFERRED, false },
	{ { false, 0, REPLY_DATA, false, 2 }, OUTCOME_DEFERRED, false },
	{ { false, 0, REPLY_DATA, false, 3 }, OUTCOME_DEFERRED, true },
	{ { false, 0, REPLY_ENVELOPE, false, 3 }, OUTCOME_DEFERRED, true },
	{ { false, 0, REPLY_ENVELOPE, false, 100 }, OUTCOME_DEFERRED, true },
	/* not to be tried */
	{ { false, 0, REPLY_CONNECT, true, 0 }, OUTCOME_FAILED, false },
	{ { true, 421, REPLY_CONNECT, true, 9 }, OUTCOME_FAILED, false },
	{ { true, 250, REPLY_DATA, true, 0 }, OUTCOME_FAILED, false },
};

START_TEST(classify)
{
	struct reply_class got = reply_classify(&cases[_i].in);

	ck_assert_str_eq(outcome_name(got.outcome), outcome_name(cases[_i].outcome));
	ck_assert_int_eq(got.relay_down, cases[_i].relay_down);
}
END_TEST

/* Whatever comes in: no copy is sent but by a 2yz to its content, none fails but by a 5yz or misuse. */
START_TEST(every_code)
{
	for (int bits = 0; bits < 4 * 3; bits++) {
		struct reply_input in = { .transport_ok = bits & 1, .misuse = bits & 2,
			.stage = (enum reply_stage)(bits / 4) };

		for (in.code = -1000; in.code < 2000; in.code++) {
			enum outcome got = reply_classify(&in).outcome;
			bool yes = in.code >= 200 && in.code < 300, no = in.code >= 500 && in.code < 600;

			if (got == OUTCOME_SENT)
				ck_assert(yes && in.transport_ok && !in.misuse && in.stage == REPLY_DATA);
			if (got == OUTCOME_FAILED)
				ck_assert(in.misuse || (no && in.stage != REPLY_CONNECT));
		}
	}
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(outcome_name(OUTCOME_SENT), "sent");
	ck_assert_str_eq(outcome_name(OUTCOME_DEFERRED), "deferred");
	ck_assert_str_eq(outcome_name(OUTCOME_FAILED), "failed");
}
END_TEST

Suite *reply_suite(void);
Suite *reply_suite(void)
{
	Suite *s = suite_create("net/reply");
	TCase *c = tcase_create("reply");

	tcase_add_loop_test(c, classify, 0, LENGTH(cases));
	tcase_add_test(c, every_code);
	tcase_add_test(c, names);
	suite_add_tcase(s, c);
	return s;
}
