/* Sizes and times with and without a letter, at the ends of what fits. */

#include "base/unit.h"

#include <check.h>

static const struct {
	struct span text;
	enum unit unit;
	bool good;
	uint64_t want;
} cases[] = {
	{ SPAN_INIT("0"), UNIT_NONE, true, 0 },
	{ SPAN_INIT("42"), UNIT_NONE, true, 42 },
	{ SPAN_INIT("42k"), UNIT_NONE, false, 0 },
	{ SPAN_INIT(""), UNIT_NONE, false, 0 },
	{ SPAN_INIT("500"), UNIT_SIZE, true, 500 },
	{ SPAN_INIT("500k"), UNIT_SIZE, true, 512000 },
	{ SPAN_INIT("500K"), UNIT_SIZE, true, 512000 },
	{ SPAN_INIT("25M"), UNIT_SIZE, true, 26214400 },
	{ SPAN_INIT("3G"), UNIT_SIZE, true, 3221225472 },
	{ SPAN_INIT("25m"), UNIT_SIZE, false, 0 },
	{ SPAN_INIT("k"), UNIT_SIZE, false, 0 },
	{ SPAN_INIT("1kk"), UNIT_SIZE, false, 0 },
	{ SPAN_INIT("1 k"), UNIT_SIZE, false, 0 },
	{ SPAN_INIT("-1k"), UNIT_SIZE, false, 0 },
	{ SPAN_INIT("1\0"), UNIT_SIZE, false, 0 },
	{ SPAN_INIT("30"), UNIT_DURATION, true, 30 },
	{ SPAN_INIT("30s"), UNIT_DURATION, true, 30 },
	{ SPAN_INIT("5m"), UNIT_DURATION, true, 300 },
	{ SPAN_INIT("2h"), UNIT_DURATION, true, 7200 },
	{ SPAN_INIT("5d"), UNIT_DURATION, true, 432000 },
	{ SPAN_INIT("5w"), UNIT_DURATION, false, 0 },
	{ SPAN_INIT("18446744073709551615"), UNIT_SIZE, true, UINT64_MAX },
	{ SPAN_INIT("18446744073709551616"), UNIT_SIZE, false, 0 },
	{ SPAN_INIT("18014398509481983k"), UNIT_SIZE, true, 18446744073709550592u },
	{ SPAN_INIT("18014398509481984k"), UNIT_SIZE, false, 0 },
};

START_TEST(reads)
{
	uint64_t got = 1;
	ck_assert_int_eq(unit_read(cases[_i].text, cases[_i].unit, &got), cases[_i].good);
	if (cases[_i].good) {
		ck_assert_uint_eq(got, cases[_i].want);
	}
}
END_TEST

START_TEST(splits)
{
	uint64_t number, factor;
	ck_assert(unit_split(SPAN("12h"), UNIT_DURATION, &number, &factor));
	ck_assert_uint_eq(number, 12);
	ck_assert_uint_eq(factor, UNIT_HOUR);
	ck_assert(unit_split(SPAN("12"), UNIT_DURATION, &number, &factor));
	ck_assert_uint_eq(number, 12);
	ck_assert_uint_eq(factor, 1);
	ck_assert(!unit_split(SPAN("h"), UNIT_DURATION, &number, &factor));
}
END_TEST

Suite *unit_suite(void);
Suite *unit_suite(void)
{
	Suite *suite = suite_create("unit");
	TCase *c = tcase_create("unit");
	tcase_add_loop_test(c, reads, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(c, splits);
	suite_add_tcase(suite, c);
	return suite;
}
