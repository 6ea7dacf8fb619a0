#include "net/smtp_reply.h"

#include <check.h>
#include <string.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

static const struct {
	struct span in;
	enum smtp_reply_state state;
	long code;
	const char *text;
} cases[] = {
	{ SPAN_INIT("250 ok\r\n"), SMTP_REPLY_DONE, 250, "250 ok" },
	{ SPAN_INIT("250\r\n"), SMTP_REPLY_DONE, 250, "250" },
	{ SPAN_INIT("250 \r\n"), SMTP_REPLY_DONE, 250, "250" },
	{ SPAN_INIT("250 ok\n"), SMTP_REPLY_DONE, 250, "250 ok" },
	{ SPAN_INIT("250 ok  \t\r\n"), SMTP_REPLY_DONE, 250, "250 ok" },
	{ SPAN_INIT("200 x\r\n"), SMTP_REPLY_DONE, 200, "200 x" },
	{ SPAN_INIT("599 x\r\n"), SMTP_REPLY_DONE, 599, "599 x" },
	/* several lines */
	{ SPAN_INIT("550-no\r\n550 such user\r\n"), SMTP_REPLY_DONE, 550, "550 no such user" },
	{ SPAN_INIT("550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n"), SMTP_REPLY_DONE, 550,
	  "550 5.1.1 no such user" },
	{ SPAN_INIT("550-5.1.1 no\r\n550 5.1.2 such\r\n"), SMTP_REPLY_DONE, 550,
	  "550 5.1.1 no 5.1.2 such" },
	{ SPAN_INIT("550-5.1.1 no\r\n550 such\r\n"), SMTP_REPLY_DONE, 550, "550 5.1.1 no such" },
	{ SPAN_INIT("550-no\r\n550 5.1.1 such\r\n"), SMTP_REPLY_DONE, 550, "550 no 5.1.1 such" },
	{ SPAN_INIT("550-5.7.1 a\r\n550-5.7.1\r\n550-\r\n550 5.7.1 \r\n"), SMTP_REPLY_DONE, 550,
	  "550 5.7.1 a 5.7.1 5.7.1" },
	{ SPAN_INIT("550-\r\n550\r\n"), SMTP_REPLY_DONE, 550, "550 " },
	/* the last line's code counts */
	{ SPAN_INIT("250-a\r\n550 b\r\n"), SMTP_REPLY_DONE, 550, "250 a b" },
	/* printable */
	{ SPAN_INIT("250 a\x1b[31m\tb\x7f\r\n"), SMTP_REPLY_DONE, 250, "250 a?[31m b?" },
	{ SPAN_INIT("250 a\0b\r\n"), SMTP_REPLY_DONE, 250, "250 a?b" },
	{ SPAN_INIT("250 a\rb\r\n"), SMTP_REPLY_DONE, 250, "250 a?b" },
	{ SPAN_INIT("250 gr\xc3\xbc\xc3\x9f\r\n"), SMTP_REPLY_DONE, 250, "250 gr\xc3\xbc\xc3\x9f" },
	{ SPAN_INIT("250 gr\xfc\xff\r\n"), SMTP_REPLY_DONE, 250, "250 gr??" },
	{ SPAN_INIT("250 \xc2\x9b\xc2\xa0\r\n"), SMTP_REPLY_DONE, 250, "250 ?\xc2\xa0" },
	/* not finished */
	{ SPAN_INIT(""), SMTP_REPLY_MORE, 0, "" },
	{ SPAN_INIT("250 ok"), SMTP_REPLY_MORE, 0, "" },
	{ SPAN_INIT("250 ok\r"), SMTP_REPLY_MORE, 0, "" },
	{ SPAN_INIT("250-ok\r\n"), SMTP_REPLY_MORE, 250, "250 ok" },
	/* no replies */
	{ SPAN_INIT("\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: " },
	{ SPAN_INIT("25\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: 25" },
	{ SPAN_INIT("2500 x\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: 2500 x" },
	{ SPAN_INIT("250ok\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: 250ok" },
	{ SPAN_INIT(" 250 ok\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply:  250 ok" },
	{ SPAN_INIT("2x0 ok\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: 2x0 ok" },
	{ SPAN_INIT("25\xb9 ok\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: 25? ok" },
	{ SPAN_INIT("150 ok\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: 150 ok" },
	{ SPAN_INIT("650 ok\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: 650 ok" },
	{ SPAN_INIT("-50 ok\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: -50 ok" },
	{ SPAN_INIT("HTTP/1.1 400 Bad Request\r\n"), SMTP_REPLY_BROKEN, 0,
	  "not an SMTP reply: HTTP/1.1 400 Bad Request" },
	{ SPAN_INIT("250-ok\r\nfoo\r\n250 x\r\n"), SMTP_REPLY_BROKEN, 0, "not an SMTP reply: foo" },
};

/* In pieces of STEP bytes. */
static enum smtp_reply_state feed(struct smtp_reply *r, struct span in, size_t step)
{
	enum smtp_reply_state state = SMTP_REPLY_MORE;

	for (size_t at = 0; at < in.n && state == SMTP_REPLY_MORE; at += step) {
		struct span piece = span_sub(in, at, at + step);

		state = smtp_reply_feed(r, &piece);
	}
	return state;
}

START_TEST(table)
{
	for (size_t step = 1; step <= cases[_i].in.n + 1; step++) {
		struct smtp_reply r = { 0 };

		ck_assert_int_eq(feed(&r, cases[_i].in, step), cases[_i].state);
		ck_assert_int_eq(r.code, cases[_i].code);
		ck_assert_str_eq(r.text, cases[_i].text);
		ck_assert_uint_eq(r.length, strlen(r.text));
	}
}
END_TEST

/* Each call takes what belongs to one reply and leaves the rest. */
START_TEST(one_at_a_time)
{
	struct span in = SPAN("250-a\r\n250 b\r\n354 go\r\n4");
	struct smtp_reply r = { 0 };

	ck_assert_int_eq(smtp_reply_feed(&r, &in), SMTP_REPLY_DONE);
	ck_assert_str_eq(r.text, "250 a b");
	ck_assert(span_is(in, "354 go\r\n4"));
	smtp_reply_clear(&r);
	ck_assert_int_eq(smtp_reply_feed(&r, &in), SMTP_REPLY_DONE);
	ck_assert_str_eq(r.text, "354 go");
	smtp_reply_clear(&r);
	ck_assert_int_eq(smtp_reply_feed(&r, &in), SMTP_REPLY_MORE);
	ck_assert_uint_eq(in.n, 0);
	in = SPAN("21 bye\r\n");
	ck_assert_int_eq(smtp_reply_feed(&r, &in), SMTP_REPLY_DONE);
	ck_assert_str_eq(r.text, "421 bye");
}
END_TEST

static const struct {
	struct span in;
	unsigned offers;
} offers[] = {
	{ SPAN_INIT("250 PIPELINING\r\n"), 0 }, /* the first line is the server's name */
	{ SPAN_INIT("250-PIPELINING\r\n250 x\r\n"), 0 },
	{ SPAN_INIT("250-x\r\n250 PIPELINING\r\n"), SMTP_OFFER_PIPELINING },
	{ SPAN_INIT("250-x\r\n250-pipelining\r\n250 SmtpUtf8\r\n"),
	  SMTP_OFFER_PIPELINING | SMTP_OFFER_SMTPUTF8 },
	{ SPAN_INIT("250-x\r\n250-SIZE 1000\r\n250 8BITMIME\r\n"), SMTP_OFFER_SIZE | SMTP_OFFER_8BITMIME },
	{ SPAN_INIT("250-x\r\n250-SIZES\r\n250-XSIZE\r\n250 SMTPUTF8X\r\n"), 0 },
	{ SPAN_INIT("250-x\r\n250- SIZE\r\n250 \r\n"), 0 },
};

START_TEST(offered)
{
	struct smtp_reply r = { 0 };
	struct span in = offers[_i].in;

	ck_assert_int_eq(smtp_reply_feed(&r, &in), SMTP_REPLY_DONE);
	ck_assert_uint_eq(r.offers, offers[_i].offers);
	smtp_reply_clear(&r);
	ck_assert_uint_eq(r.offers, 0);
}
END_TEST

START_TEST(long_text_is_cut)
{
	struct smtp_reply r = { 0 };
	struct span in = SPAN("250-abcdefgh\r\n");

	for (int i = 0; i < 100; i++) {
		struct span line = in;

		ck_assert_int_eq(smtp_reply_feed(&r, &line), SMTP_REPLY_MORE);
	}
	ck_assert_uint_eq(r.length, SMTP_REPLY_TEXT - 1);
	ck_assert_uint_eq(strlen(r.text), SMTP_REPLY_TEXT - 1);
}
END_TEST

/* Not in the middle of a character. */
START_TEST(utf8_is_cut_whole)
{
	char to[6];

	ck_assert_uint_eq(smtp_reply_print(to, sizeof(to), SPAN("abcd\xc3\xbc")), 4);
	ck_assert_str_eq(to, "abcd");
	ck_assert_uint_eq(smtp_reply_print(to, sizeof(to), SPAN("abc\xc3\xbcx")), 5);
	ck_assert_str_eq(to, "abc\xc3\xbc");
	ck_assert_uint_eq(smtp_reply_print(to, 1, SPAN("abc")), 0);
	ck_assert_str_eq(to, "");
}
END_TEST

/* A long line is one line; what does not end is broken, with or without line ends. */
START_TEST(endless)
{
	static const struct span pieces[] = { SPAN_INIT("x"), SPAN_INIT("250-x\r\n") };
	struct smtp_reply r = { 0 };
	enum smtp_reply_state state = SMTP_REPLY_MORE;
	size_t fed = 0;
	struct span in = SPAN("250-");

	if (_i == 0)
		ck_assert_int_eq(smtp_reply_feed(&r, &in), SMTP_REPLY_MORE);
	while (state == SMTP_REPLY_MORE && fed < 10 * SMTP_REPLY_BYTES) {
		in = pieces[_i];
		fed += in.n;
		state = smtp_reply_feed(&r, &in);
	}
	ck_assert_int_eq(state, SMTP_REPLY_BROKEN);
	ck_assert_uint_le(fed, SMTP_REPLY_BYTES + pieces[_i].n);
	ck_assert_int_eq(strncmp(r.text, "a reply that does not end: 250-x", 32), 0);
}
END_TEST

START_TEST(long_line)
{
	char line[5000];
	struct smtp_reply r = { 0 };
	struct span in = { line, sizeof(line) };

	memset(line, 'x', sizeof(line));
	memcpy(line, "550 ", 4);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	ck_assert_int_eq(smtp_reply_feed(&r, &in), SMTP_REPLY_DONE);
	ck_assert_int_eq(r.code, 550);
	ck_assert_uint_eq(r.length, SMTP_REPLY_TEXT - 1);
}
END_TEST

Suite *smtp_reply_suite(void);
Suite *smtp_reply_suite(void)
{
	Suite *s = suite_create("net/smtp_reply");
	TCase *c = tcase_create("smtp_reply");

	tcase_add_loop_test(c, table, 0, LENGTH(cases));
	tcase_add_test(c, one_at_a_time);
	tcase_add_loop_test(c, offered, 0, LENGTH(offers));
	tcase_add_test(c, long_text_is_cut);
	tcase_add_test(c, utf8_is_cut_whole);
	tcase_add_loop_test(c, endless, 0, 2);
	tcase_add_test(c, long_line);
	suite_add_tcase(s, c);
	return s;
}
