#include "net/smtp_address.h"

#include <check.h>
#include <string.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

/* WIRE NULL: refused. */
static const struct {
	struct span in;
	const char *wire;
	bool utf8;
} cases[] = {
	{ SPAN_INIT("a@b.example"), "a@b.example", false },
	{ SPAN_INIT("Dev+b-x@LISTS.Example"), "Dev+b-x@lists.example", false },
	{ SPAN_INIT("a@b.example."), "a@b.example", false },
	{ SPAN_INIT("a@[192.0.2.1]"), "a@[192.0.2.1]", false },
	{ SPAN_INIT("a@[IPv6:2001:db8::1]"), "a@[IPv6:2001:db8::1]", false },
	{ SPAN_INIT("\"a b\"@c.example"), "\"a b\"@c.example", false },
	{ SPAN_INIT("\"a@b\"@c.example"), "\"a@b\"@c.example", false },
	{ SPAN_INIT("\"a\\\"b\"@c.example"), "\"a\\\"b\"@c.example", false },
	{ SPAN_INIT("-a@b.example"), "-a@b.example", false },
	/* U-labels; only the local part needs SMTPUTF8 */
	{ SPAN_INIT("a@b\xc3\xbc" "cher.example"), "a@xn--bcher-kva.example", false },
	{ SPAN_INIT("\xce\xa9@b.example"), "\xce\xa9@b.example", true },
	{ SPAN_INIT("\xce\xa9@b\xc3\xbc" "cher.example"), "\xce\xa9@xn--bcher-kva.example", true },
	/* never */
	{ SPAN_INIT(""), NULL, false },
	{ SPAN_INIT("a"), NULL, false },
	{ SPAN_INIT("@b.example"), NULL, false },
	{ SPAN_INIT("a@"), NULL, false },
	{ SPAN_INIT("a@."), NULL, false },
	{ SPAN_INIT("a@b..c"), NULL, false },
	{ SPAN_INIT("<a@b.example>"), NULL, false },
	{ SPAN_INIT("<>"), NULL, false },
	{ SPAN_INIT("a@b.example>"), NULL, false },
	{ SPAN_INIT("a@b.example> SIZE=1"), NULL, false },
	{ SPAN_INIT("\"a>b\"@c.example"), NULL, false },
	{ SPAN_INIT("a<b@c.example"), NULL, false },
	{ SPAN_INIT("@r.example:a@b.example"), NULL, false },
	{ SPAN_INIT("a b@c.example"), NULL, false },
	{ SPAN_INIT("a@b.example SIZE=1"), NULL, false },
	{ SPAN_INIT("a@b.example\r\nRSET"), NULL, false },
	{ SPAN_INIT("a\r\nRSET\r\n@b.example"), NULL, false },
	{ SPAN_INIT("\"a\r\nRSET\r\n\"@b.example"), NULL, false },
	{ SPAN_INIT("a@b.example\n"), NULL, false },
	{ SPAN_INIT("a@b.example\r"), NULL, false },
	{ SPAN_INIT("a\0@b.example"), NULL, false },
	{ SPAN_INIT("a@b.example\0"), NULL, false },
	{ SPAN_INIT("a@b\0.example"), NULL, false },
	{ SPAN_INIT("a\t@b.example"), NULL, false },
	{ SPAN_INIT("a\x7f@b.example"), NULL, false },
	{ SPAN_INIT("a\xff@b.example"), NULL, false },
	{ SPAN_INIT("a@b\xff.example"), NULL, false },
	{ SPAN_INIT("\"a@b.example"), NULL, false },
	{ SPAN_INIT("\"a\"b\"@c.example"), NULL, false },
	{ SPAN_INIT("a@[192.0.2.1"), NULL, false },
	{ SPAN_INIT("a@[x y]"), NULL, false },
	{ SPAN_INIT("a@b_c.example/x"), NULL, false },
	{ SPAN_INIT("a,b@c.example"), NULL, false },
	/* a full-width full stop is a dot, a character that becomes a slash no part of a domain */
	{ SPAN_INIT("a@b\xef\xbc\x8e" "example"), "a@b.example", false },
	{ SPAN_INIT("a@b\xe2\x84\x80.example"), NULL, false },
};

START_TEST(table)
{
	struct buf out = BUF_INIT;
	struct err e = { 0 };
	bool utf8 = false, ok;

	buf_str(&out, "<");
	ok = smtp_address_wire(cases[_i].in, &out, &utf8, &e);
	ck_assert_int_eq(ok, cases[_i].wire != NULL);
	if (ok) {
		ck_assert_str_eq(out.p + 1, cases[_i].wire);
		ck_assert_int_eq(utf8, cases[_i].utf8);
	} else {
		ck_assert_uint_eq(out.n, 1);
		ck_assert_int_eq(e.class, ERR_PERMANENT);
		ck_assert_int_eq(strncmp(e.status, "5.1.", 4), 0);
	}
	buf_free(&out);
}
END_TEST

START_TEST(utf8_is_never_cleared)
{
	struct buf out = BUF_INIT;
	struct err e;
	bool utf8 = true;

	ck_assert(smtp_address_wire(SPAN("a@b.example"), &out, &utf8, &e));
	ck_assert(utf8);
	buf_free(&out);
}
END_TEST

START_TEST(too_long)
{
	char text[400];
	struct buf out = BUF_INIT;
	struct err e;
	bool utf8 = false;

	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 10, "@b.example", 10);
	ck_assert(!smtp_address_wire((struct span){ text, sizeof(text) }, &out, &utf8, &e));
	buf_free(&out);
}
END_TEST

Suite *smtp_address_suite(void);
Suite *smtp_address_suite(void)
{
	Suite *s = suite_create("net/smtp_address");
	TCase *c = tcase_create("smtp_address");

	tcase_add_loop_test(c, table, 0, LENGTH(cases));
	tcase_add_test(c, utf8_is_never_cleared);
	tcase_add_test(c, too_long);
	suite_add_tcase(s, c);
	return s;
}
