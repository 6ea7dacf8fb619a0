#include "rules/retry.h"

#include <check.h>

START_TEST(grows)
{
	int64_t next, last = 0;
	for (unsigned n = 1; n < 12; n++) {
		ck_assert(retry_next(n, 1000, 1000, 5 * 86400, 0, &next));
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
	retry_next(1, 0, 0, 86400, 0, &a);
	retry_next(1, 0, 0, 86400, 60, &b);
	ck_assert_int_eq(a, 270);
	ck_assert_int_eq(b, 330);
}
END_TEST

START_TEST(ends)
{
	int64_t next;
	ck_assert(retry_next(3, 0, 86400, 2 * 86400, 0, &next));
	ck_assert(!retry_next(30, 0, 86400, 86400, 0, &next));
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

Suite *retry_suite(void)
{
	Suite *suite = suite_create("retry");
	TCase *tc = tcase_create("retry");
	tcase_add_test(tc, grows);
	tcase_add_test(tc, spreads);
	tcase_add_test(tc, ends);
	tcase_add_test(tc, rests);
	suite_add_tcase(suite, tc);
	return suite;
}
