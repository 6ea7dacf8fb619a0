#include "mail/cfws.h"

#include <check.h>

static const struct {
	struct span s;
	size_t skipped; /* octets that cfws_skip leaves out */
} blanks[] = {
	{ SPAN_INIT(""), 0 },
	{ SPAN_INIT("a (b)"), 0 },
	{ SPAN_INIT(" \t\r\n a"), 5 },
	{ SPAN_INIT("(b)a"), 3 },
	{ SPAN_INIT("(b) (c)\r\n a"), 10 },
	{ SPAN_INIT("(b (c) d)a"), 9 },
	{ SPAN_INIT("(\\))a"), 4 },
	{ SPAN_INIT("(\\\\)a"), 4 },
	{ SPAN_INIT("(\"))a"), 3 },
	{ SPAN_INIT("(a\0)b"), 4 },
	{ SPAN_INIT("\\(a)"), 0 },
	{ SPAN_INIT(") a"), 0 },
	{ SPAN_INIT("(open"), 5 },
	{ SPAN_INIT("((open)"), 7 },
	{ SPAN_INIT("(open\\"), 6 },
};

START_TEST(skip)
{
	struct span s = blanks[_i].s, rest = cfws_skip(s);

	ck_assert_uint_eq(rest.n, s.n - blanks[_i].skipped);
	ck_assert(rest.n == 0 || rest.p == s.p + blanks[_i].skipped);
}
END_TEST

static const struct {
	struct span s;
	size_t length;
} strings[] = {
	{ SPAN_INIT("\"\""), 2 },
	{ SPAN_INIT("\"a b\" c"), 5 },
	{ SPAN_INIT("\"a\\\"b\""), 6 },
	{ SPAN_INIT("\"(\" )"), 3 },
	{ SPAN_INIT("\"a\0\""), 4 },
	{ SPAN_INIT("\""), 0 },
	{ SPAN_INIT("\"open"), 0 },
	{ SPAN_INIT("\"open\\\""), 0 },
	{ SPAN_INIT("\"open\\"), 0 },
};

START_TEST(quoted)
{
	ck_assert_uint_eq(cfws_quoted(strings[_i].s), strings[_i].length);
}
END_TEST

Suite *cfws_suite(void)
{
	Suite *suite = suite_create("cfws");
	TCase *tc = tcase_create("cfws");

	tcase_add_loop_test(tc, skip, 0, (int)(sizeof(blanks) / sizeof(*blanks)));
	tcase_add_loop_test(tc, quoted, 0, (int)(sizeof(strings) / sizeof(*strings)));
	suite_add_tcase(suite, tc);
	return suite;
}
