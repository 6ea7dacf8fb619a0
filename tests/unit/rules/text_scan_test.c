#include "rules/text_scan.h"

#include "base/codec.h"

#include <check.h>

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* LF for CRLF. WANT: p(gp) s(ignature) f(lows on) o(pen shift). */
static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "text\n", "" },
	{ "-----BEGIN PGP MESSAGE-----\n", "p" },
	{ "x -----BEGIN PGP MESSAGE-----\n", "" },
	{ "x\n-----BEGIN PGP SIGNED MESSAGE-----\n", "p" },
	{ "-- \nAnn\n", "s" },
	{ "x\n-- \nAnn\n", "s" },
	{ "x\n--\nAnn\n", "" },
	{ "x\n-- ", "" },
	{ "x\n-- \n", "s" },
	{ "x \n", "f" },
	{ "x ", "f" },
	{ "x \n\n", "" },
	{ "\x1b$BF|", "o" },
	{ "\x1b$BF|\x1b(B", "" },
	{ "\x1b$BF|\x1b(J x\n", "" },
	{ "\x1b(B\x1b$B", "o" },
};

static const enum mime_encoding encodings[] = { MIME_8BIT, MIME_QP, MIME_BASE64 };

/* A part with FILL bytes of lines before the text. */
static void check(int i, enum mime_encoding encoding, size_t fill)
{
	struct buf text = BUF_INIT, body = BUF_INIT;
	while (text.n < fill) {
		buf_str(&text, text.n % 77 < 75 ? "x" : "\r\n");
	}
	buf_str(&text, fill > 0 && text.p[text.n - 1] != '\n' ? "\r\n" : "");
	for (const char *p = cases[i].text; *p; p++) {
		buf_str(&text, *p == '\n' ? "\r" : "");
		buf_chr(&text, *p);
	}
	if (encoding == MIME_QP) {
		codec_qp(&body, buf_span(&text));
	} else if (encoding == MIME_BASE64) {
		struct buf line = BUF_INIT;
		codec_base64(&line, buf_span(&text));
		for (struct span rest = buf_span(&line); rest.n > 0; rest = span_from(rest, 76)) {
			buf_add(&body, span_sub(rest, 0, 76));
			buf_str(&body, "\r\n");
		}
		buf_free(&line);
	} else {
		buf_add(&body, buf_span(&text));
	}
	struct part part = { .encoding = encoding, .body = buf_span(&body) };
	struct text_scan s = text_scan(&part);
	char got[5] = "";
	size_t n = 0;
	if (s.pgp) {
		got[n++] = 'p';
	}
	if (s.signature) {
		got[n++] = 's';
	}
	if (s.flows_on) {
		got[n++] = 'f';
	}
	if (!s.ends_in_ascii) {
		got[n++] = 'o';
	}
	ck_assert_msg(span_is(span_str(cases[i].want), got), "%d in %d, %zu: %s", i, encoding, fill,
	              got);
	buf_free(&text);
	buf_free(&body);
}

START_TEST(scan)
{
	for (int e = 0; e < LENGTH(encodings); e++) {
		check(_i, encodings[e], 0);
	}
}
END_TEST

/* The text lies on the border of two windows of 256 kB, in each encoding's own size. */
START_TEST(scan_across_windows)
{
	static const size_t borders[] = { 262144, 255336, 191592 };
	for (int e = 0; e < LENGTH(encodings); e++) {
		for (size_t k = (size_t)e; k < 60; k += 4) {
			check(4, encodings[e], borders[e] - 45 + k);
			check(6, encodings[e], borders[e] - 45 + k);
			check(16, encodings[e], borders[e] - 45 + k);
		}
	}
}
END_TEST

Suite *text_scan_suite(void);

Suite *text_scan_suite(void)
{
	Suite *suite = suite_create("text_scan");
	TCase *tc = tcase_create("text_scan");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, scan, 0, LENGTH(cases));
	tcase_add_test(tc, scan_across_windows);
	suite_add_tcase(suite, tc);
	return suite;
}
