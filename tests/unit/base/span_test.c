/* Spans: tables of cases, empty and NULL spans in each function, NUL bytes as data. */

#include "base/span.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))
#define NOTHING                                                                                    \
	{                                                                                          \
		NULL, 0                                                                            \
	}

static void check_span(struct span got, struct span want)
{
	ck_assert_uint_eq(got.n, want.n);
	if (want.n) {
		ck_assert_mem_eq(got.p, want.p, want.n);
	}
}

/* A heap copy of exactly its size, so that a sanitizer sees a read outside. */
static struct span exact(struct span s)
{
	char *p = malloc(s.n ? s.n : 1);

	if (s.n) {
		memcpy(p, s.p, s.n);
	}
	return (struct span){ p, s.n };
}

static void drop(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

static const struct {
	struct span s;
	size_t from, to;
	struct span want;
} subs[] = {
	{ SPAN_INIT("abcdef"), 1, 3, SPAN_INIT("bc") },
	{ SPAN_INIT("abcdef"), 0, 6, SPAN_INIT("abcdef") },
	{ SPAN_INIT("abcdef"), 4, 99, SPAN_INIT("ef") },
	{ SPAN_INIT("abcdef"), 99, 100, SPAN_INIT("") },
	{ SPAN_INIT("abcdef"), 3, 2, SPAN_INIT("") },
	{ SPAN_INIT("abcdef"), 0, SIZE_MAX, SPAN_INIT("abcdef") },
	{ SPAN_INIT("abcdef"), SIZE_MAX, SIZE_MAX, SPAN_INIT("") },
	{ NOTHING, 1, 3, NOTHING },
};

START_TEST(sub)
{
	check_span(span_sub(subs[_i].s, subs[_i].from, subs[_i].to), subs[_i].want);
	if (subs[_i].to >= subs[_i].s.n) {
		check_span(span_from(subs[_i].s, subs[_i].from), subs[_i].want);
	}
}
END_TEST

START_TEST(str)
{
	check_span(span_str("abc"), SPAN("abc"));
	check_span(span_str(""), SPAN(""));
	ck_assert_ptr_null(span_str(NULL).p);
	ck_assert_uint_eq(span_str(NULL).n, 0);
}
END_TEST

static const struct {
	struct span a, b;
	bool eq, ieq;
	int cmp, icmp;
} pairs[] = {
	{ SPAN_INIT("abc"), SPAN_INIT("abc"), true, true, 0, 0 },
	{ SPAN_INIT("abc"), SPAN_INIT("aBC"), false, true, 1, 0 },
	{ SPAN_INIT("abc"), SPAN_INIT("ab"), false, false, 1, 1 },
	{ SPAN_INIT("ab"), SPAN_INIT("abc"), false, false, -1, -1 },
	{ SPAN_INIT("abc"), SPAN_INIT("abd"), false, false, -1, -1 },
	{ SPAN_INIT("a\0b"), SPAN_INIT("a\0b"), true, true, 0, 0 },
	{ SPAN_INIT("a\0b"), SPAN_INIT("a\0c"), false, false, -1, -1 },
	{ SPAN_INIT("\xc3\x84"), SPAN_INIT("\xc3\xa4"), false, false, -1, -1 },
	{ SPAN_INIT("["), SPAN_INIT("{"), false, false, -1, -1 },
	{ SPAN_INIT("@"), SPAN_INIT("`"), false, false, -1, -1 },
	{ SPAN_INIT("\xff"), SPAN_INIT("a"), false, false, 1, 1 },
	{ NOTHING, SPAN_INIT(""), true, true, 0, 0 },
	{ NOTHING, NOTHING, true, true, 0, 0 },
	{ NOTHING, SPAN_INIT("a"), false, false, -1, -1 },
	{ SPAN_INIT("B"), SPAN_INIT("a"), false, false, -1, 1 },
	{ SPAN_INIT("_"), SPAN_INIT("A"), false, false, 1, -1 },
	{ SPAN_INIT("AB"), SPAN_INIT("abc"), false, false, -1, -1 },
};

START_TEST(compare)
{
	struct span a = exact(pairs[_i].a), b = exact(pairs[_i].b);
	int order = span_cmp(a, b);

	ck_assert_int_eq(span_eq(a, b), pairs[_i].eq);
	ck_assert_int_eq(span_ieq(a, b), pairs[_i].ieq);
	ck_assert_int_eq((order > 0) - (order < 0), pairs[_i].cmp);
	order = span_cmp(b, a);
	ck_assert_int_eq((order > 0) - (order < 0), -pairs[_i].cmp);
	ck_assert_int_eq(span_icmp(a, b), pairs[_i].icmp);
	ck_assert_int_eq(span_icmp(b, a), -pairs[_i].icmp);
	ck_assert_int_eq(span_eq(pairs[_i].a, pairs[_i].b), pairs[_i].eq);
	drop(a);
	drop(b);
}
END_TEST

START_TEST(is)
{
	ck_assert(span_is(SPAN("abc"), "abc"));
	ck_assert(!span_is(SPAN("abc"), "abcd"));
	ck_assert(!span_is(SPAN("abc\0"), "abc"));
	ck_assert(!span_is(SPAN("ABC"), "abc"));
	ck_assert(span_iis(SPAN("ABC"), "abc"));
	ck_assert(!span_iis(SPAN("ABC"), "ab"));
}
END_TEST

static const struct {
	struct span s, part;
	bool starts, istarts, ends, iends;
} affixes[] = {
	{ SPAN_INIT("abcabc"), SPAN_INIT("abc"), true, true, true, true },
	{ SPAN_INIT("abcABC"), SPAN_INIT("abc"), true, true, false, true },
	{ SPAN_INIT("ABCabc"), SPAN_INIT("abc"), false, true, true, true },
	{ SPAN_INIT("abc"), SPAN_INIT(""), true, true, true, true },
	{ SPAN_INIT("abc"), SPAN_INIT("abcd"), false, false, false, false },
	{ SPAN_INIT("abc"), SPAN_INIT("bc"), false, false, true, true },
	{ NOTHING, SPAN_INIT("a"), false, false, false, false },
	{ NOTHING, NOTHING, true, true, true, true },
};

START_TEST(affix)
{
	struct span s = affixes[_i].s, part = affixes[_i].part;

	ck_assert_int_eq(span_starts(s, part), affixes[_i].starts);
	ck_assert_int_eq(span_istarts(s, part), affixes[_i].istarts);
	ck_assert_int_eq(span_ends(s, part), affixes[_i].ends);
	ck_assert_int_eq(span_iends(s, part), affixes[_i].iends);
}
END_TEST

static const struct {
	struct span s, needle;
	size_t at, iat;
} finds[] = {
	{ SPAN_INIT("hello world"), SPAN_INIT("o w"), 4, 4 },
	{ SPAN_INIT("hello World"), SPAN_INIT("world"), SPAN_NONE, 6 },
	{ SPAN_INIT("aaab"), SPAN_INIT("aab"), 1, 1 },
	{ SPAN_INIT("abc"), SPAN_INIT("abc"), 0, 0 },
	{ SPAN_INIT("abc"), SPAN_INIT("abcd"), SPAN_NONE, SPAN_NONE },
	{ SPAN_INIT("abc"), SPAN_INIT(""), 0, 0 },
	{ SPAN_INIT("a\0bc"), SPAN_INIT("\0b"), 1, 1 },
	{ SPAN_INIT("abC"), SPAN_INIT("c"), SPAN_NONE, 2 },
	{ NOTHING, SPAN_INIT("a"), SPAN_NONE, SPAN_NONE },
	{ NOTHING, NOTHING, 0, 0 },
};

START_TEST(find)
{
	struct span s = exact(finds[_i].s);

	ck_assert_uint_eq(span_find(s, finds[_i].needle), finds[_i].at);
	ck_assert_uint_eq(span_ifind(s, finds[_i].needle), finds[_i].iat);
	ck_assert_uint_eq(span_find(finds[_i].s, finds[_i].needle), finds[_i].at);
	drop(s);
}
END_TEST

START_TEST(chr)
{
	ck_assert_uint_eq(span_chr(SPAN("abcabc"), 'b'), 1);
	ck_assert_uint_eq(span_rchr(SPAN("abcabc"), 'b'), 4);
	ck_assert_uint_eq(span_chr(SPAN("abc"), 'x'), SPAN_NONE);
	ck_assert_uint_eq(span_rchr(SPAN("abc"), 'x'), SPAN_NONE);
	ck_assert_uint_eq(span_chr(SPAN("a\0b"), '\0'), 1);
	ck_assert_uint_eq(span_chr(SPAN("a\xff"), '\xff'), 1);
	ck_assert_uint_eq(span_chr(span_str(NULL), 'a'), SPAN_NONE);
	ck_assert_uint_eq(span_rchr(span_str(NULL), 'a'), SPAN_NONE);
}
END_TEST

static const struct {
	struct span s, trim, rtrim;
} trims[] = {
	{ SPAN_INIT(" a b\t\r\n"), SPAN_INIT("a b"), SPAN_INIT(" a b") },
	{ SPAN_INIT("a"), SPAN_INIT("a"), SPAN_INIT("a") },
	{ SPAN_INIT(" \t\r\n "), SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("\0 a\v"), SPAN_INIT("\0 a\v"), SPAN_INIT("\0 a\v") },
	{ SPAN_INIT("\xa0"
	            "a"),
	  SPAN_INIT("\xa0"
	            "a"),
	  SPAN_INIT("\xa0"
	            "a") },
	{ NOTHING, NOTHING, NOTHING },
};

START_TEST(trim)
{
	check_span(span_trim(trims[_i].s), trims[_i].trim);
	check_span(span_rtrim(trims[_i].s), trims[_i].rtrim);
}
END_TEST

/* Pieces of a text, joined by "|" and each ended by it, are easy to compare. */
static const struct {
	struct span s;
	const char *pieces;
} cuts[] = {
	{ SPAN_INIT("a,b,c"), "a|b|c|" }, { SPAN_INIT(",a,"), "|a||" }, { SPAN_INIT(""), "|" },
	{ SPAN_INIT(","), "||" },         { SPAN_INIT("abc"), "abc|" }, { NOTHING, "" },
};

START_TEST(cut)
{
	struct span rest = cuts[_i].s;
	char got[64] = "";
	size_t n = 0;

	while (rest.p) {
		struct span piece = span_cut(&rest, ',');

		memcpy(got + n, piece.p, piece.n);
		n += piece.n;
		got[n++] = '|';
	}
	got[n] = '\0';
	ck_assert_str_eq(got, cuts[_i].pieces);
}
END_TEST

static const struct {
	struct span s;
	struct span lines[4];
} line_cases[] = {
	{ SPAN_INIT("a\r\nbc\r\n"), { SPAN_INIT("a\r\n"), SPAN_INIT("bc\r\n") } },
	{ SPAN_INIT("a\r\nbc"), { SPAN_INIT("a\r\n"), SPAN_INIT("bc") } },
	{ SPAN_INIT("\r\n\r\n"), { SPAN_INIT("\r\n"), SPAN_INIT("\r\n") } },
	{ SPAN_INIT("a\nb\rc\r\n\n"), { SPAN_INIT("a\nb\rc\r\n"), SPAN_INIT("\n") } },
	{ SPAN_INIT("\n\r\n"), { SPAN_INIT("\n\r\n") } },
	{ SPAN_INIT("\n\n\r"), { SPAN_INIT("\n\n\r") } },
	{ SPAN_INIT("\r\r\n"), { SPAN_INIT("\r\r\n") } },
	{ SPAN_INIT("a\r"), { SPAN_INIT("a\r") } },
	{ SPAN_INIT(""), { NOTHING } },
	{ NOTHING, { NOTHING } },
};

START_TEST(line)
{
	struct span whole = exact(line_cases[_i].s);
	struct span rest = whole;

	for (int i = 0; line_cases[_i].lines[i].n; i++) {
		check_span(span_line(&rest), line_cases[_i].lines[i]);
	}
	ck_assert_uint_eq(rest.n, 0);
	ck_assert_uint_eq(span_line(&rest).n, 0);
	drop(whole);
}
END_TEST

/* The "\r" of the line before must not count as the one of a "\n" that starts the rest. */
START_TEST(line_starts_with_lf)
{
	struct span rest = span_from(SPAN("a\r\nb"), 2);

	check_span(span_line(&rest), SPAN("\nb"));
}
END_TEST

static const struct {
	struct span s;
	bool good;
	uint64_t want;
} numbers[] = {
	{ SPAN_INIT("0"), true, 0 },
	{ SPAN_INIT("007"), true, 7 },
	{ SPAN_INIT("18446744073709551615"), true, UINT64_MAX },
	{ SPAN_INIT("18446744073709551616"), false, 0 },
	{ SPAN_INIT("28446744073709551615"), false, 0 },
	{ SPAN_INIT("99999999999999999999999"), false, 0 },
	{ SPAN_INIT(""), false, 0 },
	{ NOTHING, false, 0 },
	{ SPAN_INIT(" 1"), false, 0 },
	{ SPAN_INIT("1 "), false, 0 },
	{ SPAN_INIT("+1"), false, 0 },
	{ SPAN_INIT("-1"), false, 0 },
	{ SPAN_INIT("1a"), false, 0 },
	{ SPAN_INIT("1\0"), false, 0 },
	{ SPAN_INIT("\xd9\xa1"), false, 0 },
};

START_TEST(u64)
{
	struct span s = exact(numbers[_i].s);
	uint64_t got = 42;

	ck_assert_int_eq(span_u64(s, &got), numbers[_i].good);
	ck_assert_uint_eq(got, numbers[_i].good ? numbers[_i].want : 42);
	drop(s);
}
END_TEST

Suite *span_suite(void)
{
	Suite *suite = suite_create("span");
	TCase *tc = tcase_create("span");

	tcase_add_loop_test(tc, sub, 0, COUNT(subs));
	tcase_add_test(tc, str);
	tcase_add_loop_test(tc, compare, 0, COUNT(pairs));
	tcase_add_test(tc, is);
	tcase_add_loop_test(tc, affix, 0, COUNT(affixes));
	tcase_add_loop_test(tc, find, 0, COUNT(finds));
	tcase_add_test(tc, chr);
	tcase_add_loop_test(tc, trim, 0, COUNT(trims));
	tcase_add_loop_test(tc, cut, 0, COUNT(cuts));
	tcase_add_loop_test(tc, line, 0, COUNT(line_cases));
	tcase_add_test(tc, line_starts_with_lf);
	tcase_add_loop_test(tc, u64, 0, COUNT(numbers));
	suite_add_tcase(suite, tc);
	return suite;
}
