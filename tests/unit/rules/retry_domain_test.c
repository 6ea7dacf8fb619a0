#include "rules/retry_domain.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define SLOW SPAN("slow.example")

START_TEST(rests_longer_each_time)
{
	static const int64_t want[] = { 810, 1620, 3240, 6480, 12960, 12960, 12960 };
	struct retry_domains d = { .n = 0 };
	int64_t now = 1000;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		ck_assert_int_eq(retry_domain_until(&d, SLOW, now), 0);
		retry_domain_limited(&d, SLOW, now);
		ck_assert_int_eq(retry_domain_until(&d, SPAN("SLOW.example"), now), now + want[i]);
		now += want[i];
	}
	ck_assert_uint_eq(d.n, 1);
}
END_TEST

START_TEST(what_was_under_way_counts_once)
{
	struct retry_domains d = { .n = 0 };
	for (int i = 0; i < 10; i++) {
		retry_domain_limited(&d, SLOW, 1000 + i);
	}
	ck_assert_int_eq(retry_domain_until(&d, SLOW, 1010), 1810);
	ck_assert_int_eq(retry_domain_until(&d, SPAN("other.example"), 1010), 0);
}
END_TEST

START_TEST(one_copy_ends_it)
{
	struct retry_domains d = { .n = 0 };
	retry_domain_limited(&d, SPAN("a.example"), 0);
	retry_domain_limited(&d, SLOW, 0);
	retry_domain_limited(&d, SLOW, 810);
	retry_domain_took(&d, SPAN("a.example"));
	ck_assert_int_eq(retry_domain_until(&d, SPAN("a.example"), 1), 0);
	ck_assert_int_eq(retry_domain_until(&d, SLOW, 811), 810 + 1620);
	retry_domain_took(&d, SLOW);
	retry_domain_took(&d, SLOW);
	retry_domain_limited(&d, SLOW, 5000);
	ck_assert_int_eq(retry_domain_until(&d, SLOW, 5000), 5810);
}
END_TEST

START_TEST(bounded)
{
	struct retry_domains d = { .n = 0 };
	char name[300];
	for (int i = 0; i < 3 * RETRY_DOMAINS; i++) {
		snprintf(name, sizeof(name), "d%d.example", i);
		retry_domain_limited(&d, span_str(name), i);
		ck_assert_int_eq(retry_domain_until(&d, span_str(name), i), i + 810);
	}
	ck_assert_uint_eq(d.n, RETRY_DOMAINS);
	ck_assert_int_eq(retry_domain_until(&d, SPAN("d0.example"), 1), 0);
	/* The longest name that fits, one that does not, and none. */
	memset(name, 'x', sizeof(name));
	retry_domain_limited(&d, (struct span){ name, 256 }, 200);
	ck_assert_int_eq(retry_domain_until(&d, (struct span){ name, 256 }, 200), 1010);
	retry_domain_limited(&d, (struct span){ name, 257 }, 200);
	ck_assert_int_eq(retry_domain_until(&d, (struct span){ name, 257 }, 200), 0);
	retry_domain_limited(&d, SPAN(""), 200);
	ck_assert_int_eq(retry_domain_until(&d, SPAN(""), 200), 0);
}
END_TEST

Suite *retry_domain_suite(void)
{
	Suite *suite = suite_create("retry_domain");
	TCase *tc = tcase_create("retry_domain");
	tcase_add_test(tc, rests_longer_each_time);
	tcase_add_test(tc, what_was_under_way_counts_once);
	tcase_add_test(tc, one_copy_ends_it);
	tcase_add_test(tc, bounded);
	suite_add_tcase(suite, tc);
	return suite;
}
