/* UTF-8: the borders of RFC 3629 section 4, and every 1 to 3 byte sequence against a decoder. */

#include "base/utf8.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static const struct {
	struct span s;
	size_t len;
	bool valid;
} cases[] = {
	{ SPAN_INIT("a"), 1, true },
	{ SPAN_INIT("\0"), 1, true },
	{ SPAN_INIT("\x7f"), 1, true },
	{ SPAN_INIT("\xc2\x80"), 2, true },
	{ SPAN_INIT("\xdf\xbf"), 2, true },
	{ SPAN_INIT("\xe0\xa0\x80"), 3, true },
	{ SPAN_INIT("\xed\x9f\xbf"), 3, true },
	{ SPAN_INIT("\xee\x80\x80"), 3, true },
	{ SPAN_INIT("\xef\xbf\xbf"), 3, true },
	{ SPAN_INIT("\xf0\x90\x80\x80"), 4, true },
	{ SPAN_INIT("\xf4\x8f\xbf\xbf"), 4, true },
	{ SPAN_INIT("\x80"), 0, false },
	{ SPAN_INIT("\xc0\x80"), 0, false }, /* overlong */
	{ SPAN_INIT("\xc1\xbf"), 0, false },
	{ SPAN_INIT("\xe0\x9f\xbf"), 0, false },
	{ SPAN_INIT("\xf0\x8f\xbf\xbf"), 0, false },
	{ SPAN_INIT("\xed\xa0\x80"), 0, false }, /* surrogates */
	{ SPAN_INIT("\xed\xbf\xbf"), 0, false },
	{ SPAN_INIT("\xf4\x90\x80\x80"), 0, false }, /* above U+10FFFF */
	{ SPAN_INIT("\xf5\x80\x80\x80"), 0, false },
	{ SPAN_INIT("\xff"), 0, false },
	{ SPAN_INIT("\xc2"), 0, false }, /* cut short */
	{ SPAN_INIT("\xe2\x82"), 0, false },
	{ SPAN_INIT("\xf0\x9f\xa5"), 0, false },
	{ SPAN_INIT("\xc2"
	            "a"),
	  0, false },
	{ SPAN_INIT("\xe2\x82"
	            "a"),
	  0, false },
	{ SPAN_INIT("\xf0\x9f\xa5"
	            "a"),
	  0, false },
	{ SPAN_INIT("abcdefgh\xc3\xa4"
	            "abcdefgh"),
	  1, true },
	{ SPAN_INIT("abcdefgh\xc3"), 1, false },
	{ SPAN_INIT("abcdefghabcdefg\xff"), 1, false },
	{ SPAN_INIT("\xc3\xa4"
	            "a"),
	  2, true },
	{ SPAN_INIT(""), 0, true },
	{ { NULL, 0 }, 0, true },
};

START_TEST(table)
{
	struct span s = cases[_i].s;
	char *copy = malloc(s.n ? s.n : 1);

	if (s.n) {
		memcpy(copy, s.p, s.n);
	}
	s.p = copy;
	ck_assert_uint_eq(utf8_len(s), cases[_i].len);
	ck_assert_int_eq(utf8_valid(s), cases[_i].valid);
	free(copy);
}
END_TEST

/* The code point of a well-formed three byte pattern, decided by arithmetic only. */
static bool three_bytes_good(unsigned a, unsigned b, unsigned c)
{
	unsigned point = (a & 15) << 12 | (b & 63) << 6 | (c & 63);

	return a >> 4 == 14 && b >> 6 == 2 && c >> 6 == 2 && point >= 0x800 &&
	       !(point >= 0xd800 && point <= 0xdfff);
}

static bool two_bytes_good(unsigned a, unsigned b)
{
	return a >> 5 == 6 && b >> 6 == 2 && ((a & 31) << 6 | (b & 63)) >= 0x80;
}

START_TEST(all_short_sequences)
{
	for (unsigned i = 0x800000; i < 0x1000000; i++) {
		char p[3] = { (char)(i >> 16), (char)(i >> 8), (char)i };
		size_t want = 0;

		if (three_bytes_good(i >> 16, i >> 8 & 255, i & 255)) {
			want = 3;
		} else if (two_bytes_good(i >> 16, i >> 8 & 255)) {
			want = 2;
		}
		if (utf8_len((struct span){ p, 3 }) != want) {
			ck_abort_msg("bytes %06x", i);
		}
	}
}
END_TEST

START_TEST(ascii)
{
	char text[40];

	ck_assert(utf8_ascii(SPAN("")));
	ck_assert(utf8_ascii(span_str(NULL)));
	memset(text, 'a', sizeof(text));
	for (size_t n = 1; n <= sizeof(text); n++) {
		ck_assert(utf8_ascii((struct span){ text, n }));
		for (size_t i = 0; i < n; i++) {
			text[i] = '\x80';
			ck_assert(!utf8_ascii((struct span){ text, n }));
			ck_assert(!utf8_valid((struct span){ text, n }));
			text[i] = 'a';
		}
	}
}
END_TEST

Suite *utf8_suite(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tc = tcase_create("utf8");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, table, 0, COUNT(cases));
	tcase_add_test(tc, all_short_sequences);
	tcase_add_test(tc, ascii);
	suite_add_tcase(suite, tc);
	return suite;
}
