#include "mail/date.h"

#include <check.h>

static const struct {
	int64_t t;
	const char *mail, *iso;
} dates[] = {
	{ 0, "Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z" },
	{ 1795804201, "Fri, 27 Nov 2026 18:30:01 +0000", "2026-11-27T18:30:01Z" },
	{ 951782400, "Tue, 29 Feb 2000 00:00:00 +0000", "2000-02-29T00:00:00Z" },
	{ 951868799, "Tue, 29 Feb 2000 23:59:59 +0000", "2000-02-29T23:59:59Z" },
	{ 4107542400, "Mon, 01 Mar 2100 00:00:00 +0000", "2100-03-01T00:00:00Z" },
	{ 2147483648, "Tue, 19 Jan 2038 03:14:08 +0000", "2038-01-19T03:14:08Z" },
	{ -1, "Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59Z" },
	{ 253402300799, "Fri, 31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59Z" },
	/* outside of four digits: the nearest date that can be written */
	{ 253402300800, "Fri, 31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59Z" },
	{ INT64_MAX, "Fri, 31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59Z" },
	{ -62135596800, "Mon, 01 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00Z" },
	{ INT64_MIN, "Mon, 01 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00Z" },
};

START_TEST(date)
{
	struct arena *arena = arena_new();
	struct span mail = date_format(arena, dates[_i].t);
	struct span iso = date_iso(arena, dates[_i].t);

	ck_assert_msg(span_is(mail, dates[_i].mail), "%.*s", SPAN_FMT(mail));
	ck_assert_msg(span_is(iso, dates[_i].iso), "%.*s", SPAN_FMT(iso));
	arena_free(arena);
}
END_TEST

Suite *date_suite(void)
{
	Suite *suite = suite_create("date");
	TCase *tc = tcase_create("date");

	tcase_add_loop_test(tc, date, 0, (int)(sizeof(dates) / sizeof(*dates)));
	suite_add_tcase(suite, tc);
	return suite;
}
