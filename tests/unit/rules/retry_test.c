#include "rules/retry.h"

#include <check.h>

START_TEST(grows)
{
	int64_t next, last = 0;
	for (unsigned n = 1; n < 12; n++) {
		ck_assert(retry_next(RETRY_USUAL, n, 1000, 1000, 5 * 86400, 0, &next));
		ck_assert_int_ge(next - 1000, last);
		ck_assert_int_le(next - 1000, 14400);
		last = next - 1000;
	}
	ck_assert_int_eq(last, 14400 - 1440);
}
END_TEST

START_TEST(spreads)
{
	int64_t a, b;
	retry_next(RETRY_USUAL, 1, 0, 0, 86400, 0, &a);
	retry_next(RETRY_USUAL, 1, 0, 0, 86400, 60, &b);
	ck_assert_int_eq(a, 270);
	ck_assert_int_eq(b, 330);
}
END_TEST

START_TEST(ends)
{
	int64_t next;
	ck_assert(retry_next(RETRY_USUAL, 3, 0, 86400, 2 * 86400, 0, &next));
	ck_assert(!retry_next(RETRY_USUAL, 30, 0, 86400, 86400, 0, &next));
}
END_TEST

START_TEST(rests)
{
	static const int64_t want[] = { 5, 5, 10, 20, 40, 80, 160, 300, 300 };
	for (unsigned n = 0; n < sizeof(want) / sizeof(want[0]); n++) {
		ck_assert_int_eq(retry_rest(n), want[n]);
	}
	ck_assert_int_eq(retry_rest(4000000000u), 300);
}
END_TEST

static const struct {
	const char *reply;
	enum retry_pace pace;
} replies[] = {
	{ "450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted, see x", RETRY_GREYLISTED },
	{ "451 4.7.1 Graylisting in action, please come back later", RETRY_GREYLISTED },
	{ "421 4.7.28 Gmail has detected an unusual rate of mail", RETRY_LIMITED },
	{ "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume", RETRY_LIMITED },
	{ "451 4.7.650 The mail server has been temporarily rate limited", RETRY_LIMITED },
	{ "450 4.7.1 Too many messages, slow down", RETRY_LIMITED },
	{ "452 4.2.2 mailbox is full", RETRY_USUAL },
	{ "451 4.3.0 try again", RETRY_USUAL },
	{ "550 5.7.1 too many messages", RETRY_USUAL },
	{ "4", RETRY_USUAL },
	{ "greylisted", RETRY_USUAL },
	{ "", RETRY_USUAL },
};

START_TEST(paces)
{
	enum retry_pace got = retry_pace_of(span_str(replies[_i].reply));
	ck_assert_msg(got == replies[_i].pace, "%s: %d", replies[_i].reply, (int)got);
}
END_TEST

/* The first waits: the least and the most that any seed makes of them. */
START_TEST(first_waits)
{
	static const int64_t least[] = { 270, 310, 810 }, most[] = { 330, 372, 990 };
	for (int pace = 0; pace < RETRY_PACES; pace++) {
		int64_t low = INT64_MAX, high = 0, next, again;
		for (uint64_t seed = 0; seed < 1000; seed++) {
			ck_assert(retry_next((enum retry_pace)pace, 1, 0, 0, 86400, seed, &next));
			low = next < low ? next : low;
			high = next > high ? next : high;
		}
		ck_assert_int_eq(low, least[pace]);
		ck_assert_int_eq(high, most[pace]);
		ck_assert(retry_next((enum retry_pace)pace, 2, 0, 0, 86400, 0, &again));
		ck_assert_int_eq(again, 2 * least[pace]);
	}
}
END_TEST

Suite *retry_suite(void)
{
	Suite *suite = suite_create("retry");
	TCase *tc = tcase_create("retry");
	tcase_add_test(tc, grows);
	tcase_add_test(tc, spreads);
	tcase_add_test(tc, ends);
	tcase_add_test(tc, rests);
	tcase_add_loop_test(tc, paces, 0, (int)(sizeof(replies) / sizeof(replies[0])));
	tcase_add_test(tc, first_waits);
	suite_add_tcase(suite, tc);
	return suite;
}
