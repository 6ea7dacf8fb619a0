#include "net/smtp_content.h"

#include "base/buf.h"

#include <check.h>
#include <string.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

static const struct {
	struct span in;
	struct span wire;
} cases[] = {
	{ SPAN_INIT(""), SPAN_INIT(".\r\n") },
	{ SPAN_INIT("\r\n"), SPAN_INIT("\r\n.\r\n") },
	{ SPAN_INIT("a: b\r\n\r\nc\r\n"), SPAN_INIT("a: b\r\n\r\nc\r\n.\r\n") },
	/* no CRLF at the end */
	{ SPAN_INIT("a"), SPAN_INIT("a\r\n.\r\n") },
	{ SPAN_INIT("a\r\nb"), SPAN_INIT("a\r\nb\r\n.\r\n") },
	{ SPAN_INIT("a\r"), SPAN_INIT("a\r\r\n.\r\n") },
	/* dots */
	{ SPAN_INIT("."), SPAN_INIT("..\r\n.\r\n") },
	{ SPAN_INIT(".\r\n"), SPAN_INIT("..\r\n.\r\n") },
	{ SPAN_INIT("..\r\n"), SPAN_INIT("...\r\n.\r\n") },
	{ SPAN_INIT("a\r\n.\r\nMAIL FROM:<x@y>\r\n"), SPAN_INIT("a\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n") },
	{ SPAN_INIT(".a\r\n.b\r\nc.\r\n.\r\n.\r\n"), SPAN_INIT("..a\r\n..b\r\nc.\r\n..\r\n..\r\n.\r\n") },
	{ SPAN_INIT("a.b\r\n"), SPAN_INIT("a.b\r\n.\r\n") },
	{ SPAN_INIT("\r\n.\r\n.."), SPAN_INIT("\r\n..\r\n...\r\n.\r\n") },
	/* a CR alone ends no line */
	{ SPAN_INIT("a\r.b\r\n"), SPAN_INIT("a\r.b\r\n.\r\n") },
	{ SPAN_INIT("a\r\r\n.b\r\n"), SPAN_INIT("a\r\r\n..b\r\n.\r\n") },
	/* any bytes */
	{ SPAN_INIT("\0\xff\x80\r\n.\0\r\n"), SPAN_INIT("\0\xff\x80\r\n..\0\r\n.\r\n") },
};

static struct span wire(struct buf *out, const struct segment *segments, size_t count, size_t size)
{
	struct smtp_content c;
	char piece[512];

	buf_clear(out);
	smtp_content_start(&c, segments, count);
	while (!c.ended) {
		size_t n = smtp_content_take(&c, piece, size);

		ck_assert_uint_gt(n, 0);
		ck_assert_uint_le(n, size);
		buf_add(out, (struct span){ piece, n });
	}
	ck_assert_uint_eq(smtp_content_take(&c, piece, size), 0);
	return buf_span(out);
}

/* The same bytes, however the message is cut and however large the buffer is. */
START_TEST(stuffing)
{
	struct span in = cases[_i].in;
	struct buf out = BUF_INIT;
	bool eight_bit;

	for (size_t i = 0; i <= in.n; i++) {
		for (size_t k = i; k <= in.n; k++) {
			struct segment cut[] = { { span_sub(in, 0, i), true }, { span_sub(in, i, k), false },
				{ span_from(in, k), true } };

			ck_assert(smtp_content_check(cut, 3, &eight_bit));
			for (size_t size = 8; size < 24; size++)
				ck_assert(span_eq(wire(&out, cut, 3, size), cases[_i].wire));
		}
	}
	buf_free(&out);
}
END_TEST

static const struct {
	struct span in;
	bool strict;
	bool eight_bit;
} checks[] = {
	{ SPAN_INIT(""), true, false },
	{ SPAN_INIT("a\r\nb\r\n"), true, false },
	{ SPAN_INIT("a\r\r\n"), true, false },
	{ SPAN_INIT("a\rb"), true, false },
	{ SPAN_INIT("\n"), false, false },
	{ SPAN_INIT("a\nb\r\n"), false, false },
	{ SPAN_INIT("a\r\n\nb\r\n"), false, false },
	{ SPAN_INIT("a\r\nb\n"), false, false },
	{ SPAN_INIT("a\r\n\n"), false, false },
	{ SPAN_INIT("\r\n.\n.\r\n"), false, false },
	{ SPAN_INIT("aaaaaaa\x80\r\n"), true, true },
	{ SPAN_INIT("aaaaaaaa\x80"), true, true },
	{ SPAN_INIT("aaaaaaaaaaaaaaa\xff"), true, true },
	{ SPAN_INIT("aaaaaaaaaaaaaaa\x7f"), true, false },
};

START_TEST(check)
{
	struct span in = checks[_i].in;
	bool eight_bit = false;

	for (size_t i = 0; i <= in.n; i++) {
		for (size_t k = i; k <= in.n; k++) {
			struct segment cut[] = { { span_sub(in, 0, i), true }, { span_sub(in, i, k), true },
				{ span_from(in, k), true } };

			ck_assert_int_eq(smtp_content_check(cut, 3, &eight_bit), checks[_i].strict);
			if (checks[_i].strict)
				ck_assert_int_eq(eight_bit, checks[_i].eight_bit);
		}
	}
	ck_assert(smtp_content_check(NULL, 0, &eight_bit));
	ck_assert(!eight_bit);
}
END_TEST

Suite *smtp_content_suite(void);
Suite *smtp_content_suite(void)
{
	Suite *s = suite_create("net/smtp_content");
	TCase *c = tcase_create("smtp_content");

	tcase_add_loop_test(c, stuffing, 0, LENGTH(cases));
	tcase_add_loop_test(c, check, 0, LENGTH(checks));
	suite_add_tcase(s, c);
	return s;
}
