#include "mail/charset.h"

#include <check.h>
#include <string.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))
#define BAD           "\xef\xbf\xbd"

/* WANT: NULL when the character set must be unknown. */
static const struct {
	struct span name, bytes;
	const char *want;
} in[] = {
	{ SPAN_INIT("utf-8"), SPAN_INIT("J\xc3\xb6"), "J\xc3\xb6" },
	{ SPAN_INIT("UTF8"), SPAN_INIT("J\xf6"), "J" BAD },
	{ SPAN_INIT("us-ascii"), SPAN_INIT("J\xc3\xb6"), "J\xc3\xb6" },
	{ SPAN_INIT("ISO-8859-1"), SPAN_INIT("J\xf6"), "J\xc3\xb6" },
	{ SPAN_INIT("iso-8859-8-i"), SPAN_INIT("\xe0"), "\xd7\x90" },
	{ SPAN_INIT("windows-1252"), SPAN_INIT("\x81x"), BAD "x" },
	{ SPAN_INIT("ks_c_5601-1987"), SPAN_INIT("\xb0\xa1"), "\xea\xb0\x80" },
	{ SPAN_INIT("utf-16le"), SPAN_INIT("a\0"), "a" },
	{ SPAN_INIT("utf-7"), SPAN_INIT("+APY-"), "\xc3\xb6" },
	{ SPAN_INIT("utf-8"), SPAN_INIT(""), "" },
	{ SPAN_INIT(""), SPAN_INIT("a"), NULL },
	{ SPAN_INIT("x-none"), SPAN_INIT("a"), NULL },
	{ SPAN_INIT("utf-8//TRANSLIT"), SPAN_INIT("a"), NULL },
	{ SPAN_INIT("utf-8\0"), SPAN_INIT("a"), NULL },
	{ SPAN_INIT("utf-8 "), SPAN_INIT("a"), NULL },
	{ SPAN_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), SPAN_INIT("a"), NULL },
};

START_TEST(to_utf8)
{
	struct buf out = BUF_INIT;
	bool ok;

	buf_str(&out, ">");
	ok = charset_to_utf8(&out, in[_i].name, in[_i].bytes);
	ck_assert_int_eq(ok, in[_i].want != NULL);
	ck_assert_str_eq(out.p + 1, ok ? in[_i].want : "");
	buf_free(&out);
}
END_TEST

/* WANT: NULL when it cannot be written so. */
static const struct {
	struct span name, text;
	const char *want;
} out_of[] = {
	{ SPAN_INIT("utf-8"), SPAN_INIT("J\xc3\xb6"), "J\xc3\xb6" },
	{ SPAN_INIT("iso-8859-1"), SPAN_INIT("J\xc3\xb6"), "J\xf6" },
	{ SPAN_INIT("iso-8859-1"), SPAN_INIT("\xe2\x82\xac"), NULL },
	{ SPAN_INIT("windows-1252"), SPAN_INIT("\xe2\x82\xac"), "\x80" },
	{ SPAN_INIT("us-ascii"), SPAN_INIT("abc"), "abc" },
	{ SPAN_INIT("us-ascii"), SPAN_INIT("J\xc3\xb6"), NULL },
	{ SPAN_INIT("iso-2022-jp"), SPAN_INIT("\xe6\x97\xa5\xe6\x9c\xac"), "\x1b$BF|K\\\x1b(B" },
	{ SPAN_INIT("utf-8"), SPAN_INIT("J\xf6"), NULL },
	{ SPAN_INIT("x-none"), SPAN_INIT("a"), NULL },
	{ SPAN_INIT("us-ascii//TRANSLIT"), SPAN_INIT("J\xc3\xb6"), NULL },
};

START_TEST(from_utf8)
{
	struct buf out = BUF_INIT;
	bool ok;

	buf_str(&out, ">");
	ok = charset_from_utf8(&out, out_of[_i].name, out_of[_i].text);
	ck_assert_int_eq(ok, out_of[_i].want != NULL);
	ck_assert_str_eq(out.p + 1, ok ? out_of[_i].want : "");
	buf_free(&out);
}
END_TEST

/* More than is converted at a time, and a character across that border. */
START_TEST(long_text)
{
	struct buf text = BUF_INIT, bytes = BUF_INIT, back = BUF_INIT;

	buf_chr(&text, 'a');
	for (int i = 0; i < 5000; i++) {
		buf_str(&text, "\xc3\xb6");
	}
	ck_assert(charset_from_utf8(&bytes, SPAN("iso-8859-1"), buf_span(&text)));
	ck_assert_int_eq((int)bytes.n, 5001);
	ck_assert(charset_to_utf8(&back, SPAN("iso-8859-1"), buf_span(&bytes)));
	ck_assert(span_eq(buf_span(&back), buf_span(&text)));
	buf_free(&text);
	buf_free(&bytes);
	buf_free(&back);
}
END_TEST

START_TEST(one_number_for_one_set)
{
	struct charsets *sets = charset_open();
	int latin = charset_find(sets, SPAN("iso-8859-1"));

	ck_assert_int_ge(latin, 0);
	ck_assert_int_eq(charset_find(sets, SPAN("Latin1")), latin);
	ck_assert_int_ne(charset_find(sets, SPAN("utf-8")), latin);
	ck_assert_int_eq(charset_find(sets, SPAN("x-none")), -1);
	ck_assert_int_eq(charset_find(sets, SPAN("x-none")), -1);
	charset_close(sets);
	charset_close(NULL);
}
END_TEST

Suite *charset_suite(void)
{
	Suite *suite = suite_create("charset");
	TCase *tc = tcase_create("charset");

	tcase_add_loop_test(tc, to_utf8, 0, LENGTH(in));
	tcase_add_loop_test(tc, from_utf8, 0, LENGTH(out_of));
	tcase_add_test(tc, long_text);
	tcase_add_test(tc, one_number_for_one_set);
	suite_add_tcase(suite, tc);
	return suite;
}
