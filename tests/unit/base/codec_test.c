/*
 * Codecs: RFC 4648 section 10 vectors, RFC 2045 rules one case a line, round
 * trips, and time that grows with the size only.
 */

#include "base/codec.h"
#include "base/utf8.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

typedef void (*encoder)(struct buf *out, struct span in);
typedef bool (*decoder)(struct buf *out, struct span in);

/* From a heap copy of exactly its size; OUT starts with something that has to stay. */
static struct buf run(encoder encode, struct span in)
{
	char *copy = malloc(in.n ? in.n : 1);
	struct buf out = BUF_INIT;

	if (in.n) {
		memcpy(copy, in.p, in.n);
	}
	buf_str(&out, "#");
	encode(&out, (struct span){ copy, in.n });
	free(copy);
	ck_assert_int_eq(out.p[0], '#');
	ck_assert_uint_lt(out.n, out.cap);
	ck_assert_int_eq(out.p[out.n], '\0');
	return out;
}

static void check_out(struct buf *out, struct span want)
{
	struct span got = span_from(buf_span(out), 1);

	ck_assert_msg(span_eq(got, want), "got \"%.*s\", want \"%.*s\"", SPAN_FMT(got),
	              SPAN_FMT(want));
	buf_free(out);
}

static void check_decoder(decoder decode, struct span in, bool good, struct span want)
{
	struct buf out = BUF_INIT;
	char *copy = malloc(in.n ? in.n : 1);

	if (in.n) {
		memcpy(copy, in.p, in.n);
	}
	buf_str(&out, "#");
	ck_assert_int_eq(decode(&out, (struct span){ copy, in.n }), good);
	free(copy);
	check_out(&out, want);
}

struct pair {
	struct span plain, coded;
};

static const struct pair base64_pairs[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("f"), SPAN_INIT("Zg==") },
	{ SPAN_INIT("fo"), SPAN_INIT("Zm8=") },
	{ SPAN_INIT("foo"), SPAN_INIT("Zm9v") },
	{ SPAN_INIT("foob"), SPAN_INIT("Zm9vYg==") },
	{ SPAN_INIT("fooba"), SPAN_INIT("Zm9vYmE=") },
	{ SPAN_INIT("foobar"), SPAN_INIT("Zm9vYmFy") },
	{ SPAN_INIT("\0\0\0"), SPAN_INIT("AAAA") },
	{ SPAN_INIT("\xff\xff\xff"), SPAN_INIT("////") },
	{ SPAN_INIT("\xfb\xef\xbe\xff"), SPAN_INIT("++++/w==") },
};

START_TEST(base64_vectors)
{
	struct buf out = run(codec_base64, base64_pairs[_i].plain);

	check_out(&out, base64_pairs[_i].coded);
	check_decoder(codec_unbase64, base64_pairs[_i].coded, true, base64_pairs[_i].plain);
	ck_assert(codec_base64_canonical(base64_pairs[_i].coded));
	out = run(codec_unbase64_lenient, base64_pairs[_i].coded);
	check_out(&out, base64_pairs[_i].plain);
}
END_TEST

static const struct {
	struct span text;
	bool good;
	struct span want;
	bool canonical;
} strict[] = {
	{ SPAN_INIT(" Zm9v\r\n\tYm\n Fy "), true, SPAN_INIT("foobar"), true },
	{ SPAN_INIT("Z g = ="), true, SPAN_INIT("f"), true },
	{ SPAN_INIT(" \r\n"), true, SPAN_INIT(""), true },
	{ SPAN_INIT("Zg"), true, SPAN_INIT("f"), false },
	{ SPAN_INIT("Zg="), true, SPAN_INIT("f"), false },
	{ SPAN_INIT("Zm8"), true, SPAN_INIT("fo"), false },
	{ SPAN_INIT("Zh=="), true, SPAN_INIT("f"), false }, /* unused bits set */
	{ SPAN_INIT("Zm9="), true, SPAN_INIT("fo"), false },
	{ SPAN_INIT("Z"), false, SPAN_INIT(""), false },
	{ SPAN_INIT("Z==="), false, SPAN_INIT(""), false },
	{ SPAN_INIT("Zm9vY"), false, SPAN_INIT("foo"), false },
	{ SPAN_INIT("Zm9v="), false, SPAN_INIT("foo"), false },
	{ SPAN_INIT("Zm9v===="), false, SPAN_INIT("foo"), false },
	{ SPAN_INIT("Zm8=="), false, SPAN_INIT("fo"), false },
	{ SPAN_INIT("Zg==="), false, SPAN_INIT("f"), false },
	{ SPAN_INIT("="), false, SPAN_INIT(""), false },
	{ SPAN_INIT("===="), false, SPAN_INIT(""), false },
	{ SPAN_INIT("Zg==Zg=="), false, SPAN_INIT("f"), false },
	{ SPAN_INIT("Zg=Z"), false, SPAN_INIT("f"), false },
	{ SPAN_INIT("Zm9v!mFy"), false, SPAN_INIT("foo"), false },
	{ SPAN_INIT("Zm9vYmF-"), false, SPAN_INIT("fooba"), false },
	{ SPAN_INIT("Zm_v"), false, SPAN_INIT("f"), false },
	{ SPAN_INIT("Zm9v\0"), false, SPAN_INIT("foo"), false },
	{ SPAN_INIT("Zm9v\v"), false, SPAN_INIT("foo"), false },
	{ SPAN_INIT("Zm9\xff"), false, SPAN_INIT("fo"), false },
	{ SPAN_INIT("Zg==!"), false, SPAN_INIT("f"), false },
};

START_TEST(base64_strict)
{
	check_decoder(codec_unbase64, strict[_i].text, strict[_i].good, strict[_i].want);
	ck_assert_int_eq(codec_base64_canonical(strict[_i].text), strict[_i].canonical);
}
END_TEST

static const struct pair lenient[] = {
	{ SPAN_INIT("foobar"), SPAN_INIT("Z!m\xff"
	                                 "9-v_Ym\0Fy*") },
	{ SPAN_INIT("f"), SPAN_INIT("Zg==Zm9v") },
	{ SPAN_INIT("f"), SPAN_INIT("Zg=Zm9v") },
	{ SPAN_INIT("foo"), SPAN_INIT("Zm9v=Zm9v") },
	{ SPAN_INIT("foo"), SPAN_INIT("Zm9vY") },
	{ SPAN_INIT("foob"), SPAN_INIT("Zm9vYg") },
	{ SPAN_INIT(""), SPAN_INIT("=Zm9v") },
	{ SPAN_INIT(""), SPAN_INIT("!!!") },
	{ SPAN_INIT(""), SPAN_INIT("Z") },
};

START_TEST(base64_lenient)
{
	struct buf out = run(codec_unbase64_lenient, lenient[_i].coded);

	check_out(&out, lenient[_i].plain);
}
END_TEST

static const struct pair qp_decodings[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n") },
	{ SPAN_INIT("a=b\xe4"), SPAN_INIT("a=3Db=E4") },
	{ SPAN_INIT("a\xe4z"), SPAN_INIT("a=e4z") },
	{ SPAN_INIT("ab"), SPAN_INIT("a=\r\nb") },
	{ SPAN_INIT("a b"), SPAN_INIT("a =\r\nb") },
	{ SPAN_INIT("ab"), SPAN_INIT("a= \t\r\nb") },
	{ SPAN_INIT("ab"), SPAN_INIT("a=\nb") },
	{ SPAN_INIT("a"), SPAN_INIT("a=") },
	{ SPAN_INIT("a"), SPAN_INIT("a=  ") },
	{ SPAN_INIT("a\r\nb"), SPAN_INIT("a \t\r\nb \t") },
	{ SPAN_INIT("a \r\n"), SPAN_INIT("a=20\r\n") },
	{ SPAN_INIT("a\nb\n"), SPAN_INIT("a\nb \n") },
	{ SPAN_INIT("a=G1=1"), SPAN_INIT("a=G1=1") },
	{ SPAN_INIT("==x"), SPAN_INIT("==x") },
	{ SPAN_INIT("=A"), SPAN_INIT("==41") },
	{ SPAN_INIT("="), SPAN_INIT("==\r\n") },
	{ SPAN_INIT("=4"), SPAN_INIT("=4") },
	{ SPAN_INIT("=4\r\n1"), SPAN_INIT("=4\r\n1") },
	{ SPAN_INIT("\xff\0a\rb"), SPAN_INIT("\xff\0a\rb") },
	{ SPAN_INIT("\r\n\r\n"), SPAN_INIT("\r\n\r\n") },
	{ SPAN_INIT("\n"), SPAN_INIT("=\r\n\n") },
	{ SPAN_INIT("\r\n"), SPAN_INIT("=0D=0A") },
	{ SPAN_INIT("a \r"), SPAN_INIT("a \r") },
	{ SPAN_INIT("a=\r"), SPAN_INIT("a=\r") },
};

START_TEST(qp_decodes)
{
	struct buf out = run(codec_unqp, qp_decodings[_i].coded);

	check_out(&out, qp_decodings[_i].plain);
}
END_TEST

#define A10 "aaaaaaaaaa"
#define A70 A10 A10 A10 A10 A10 A10 A10
#define A75 A70 "aaaaa"
#define AE  "\xc3\xa4"
#define QAE "=C3=A4"

static const struct pair qp_encodings[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("a b\tc\r\n"), SPAN_INIT("a b\tc\r\n") },
	{ SPAN_INIT("a=b"), SPAN_INIT("a=3Db") },
	{ SPAN_INIT(AE "\r\n"), SPAN_INIT(QAE "\r\n") },
	{ SPAN_INIT("\0\x7f\xff"), SPAN_INIT("=00=7F=FF") },
	{ SPAN_INIT("a \r\nb\t\r\n"), SPAN_INIT("a=20\r\nb=09\r\n") },
	{ SPAN_INIT("a  "), SPAN_INIT("a =20") },
	{ SPAN_INIT(" \r\n"), SPAN_INIT("=20\r\n") },
	{ SPAN_INIT("a\nb\rc"), SPAN_INIT("a=0Ab=0Dc") },
	{ SPAN_INIT("a\r\r\n"), SPAN_INIT("a=0D\r\n") },
	{ SPAN_INIT("\n\r\n"), SPAN_INIT("=0A\r\n") },
	{ SPAN_INIT("a \n"), SPAN_INIT("a =0A") },
	{ SPAN_INIT(".\r\n..\r\na.b"), SPAN_INIT("=2E\r\n=2E.\r\na.b") },
	{ SPAN_INIT("From x\r\nFrom\r\n From x"), SPAN_INIT("=46rom x\r\nFrom\r\n From x") },
	{ SPAN_INIT("from x\r\nFrom:"), SPAN_INIT("from x\r\nFrom:") },
	{ SPAN_INIT(A75), SPAN_INIT(A75) },
	{ SPAN_INIT(A75 "a"), SPAN_INIT(A75 "a") },
	{ SPAN_INIT(A75 "a\r\n"), SPAN_INIT(A75 "a\r\n") },
	{ SPAN_INIT(A75 "."), SPAN_INIT(A75 ".") },
	{ SPAN_INIT(A75 "ab"), SPAN_INIT(A75 "=\r\nab") },
	{ SPAN_INIT(A75 A75), SPAN_INIT(A75 "=\r\n" A75) },
	{ SPAN_INIT(A75 ".b"), SPAN_INIT(A75 "=\r\n=2Eb") },
	{ SPAN_INIT(A75 "From b"), SPAN_INIT(A75 "=\r\n=46rom b") },
	{ SPAN_INIT("a"
	            " \t \r\n"),
	  SPAN_INIT("a \t=20\r\n") },
	{ SPAN_INIT(A70 "aaa "
	                "\r\n"),
	  SPAN_INIT(A70 "aaa=20\r\n") },
	{ SPAN_INIT(A70 "aaaa "
	                "\r\n"),
	  SPAN_INIT(A70 "aaaa=\r\n=20\r\n") },
	{ SPAN_INIT(A70 "aaaa b"), SPAN_INIT(A70 "aaaa b") },
	{ SPAN_INIT(A75 " \r\n"), SPAN_INIT(A75 "=\r\n=20\r\n") },
	{ SPAN_INIT(A70 AE), SPAN_INIT(A70 QAE) }, /* 76 columns */
	{ SPAN_INIT(A70 "a" AE), SPAN_INIT(A70 "a=\r\n" QAE) },
	{ SPAN_INIT(A70 AE "b"), SPAN_INIT(A70 "=\r\n" QAE "b") },
	{ SPAN_INIT(A70 "\xf0\x9f\xa5\x84"
	                "b"),
	  SPAN_INIT(A70 "=\r\n=F0=9F=A5=84b") },
	{ SPAN_INIT(A70 "\xff\xfe"), SPAN_INIT(A70 "=FF=FE") },
	{ SPAN_INIT(A70 "\xff\xfe"
	                "b"),
	  SPAN_INIT(A70 "=FF=\r\n=FEb") },
};

START_TEST(qp_encodes)
{
	struct buf out = run(codec_qp, qp_encodings[_i].plain);

	check_out(&out, qp_encodings[_i].coded);
	out = run(codec_unqp, qp_encodings[_i].coded);
	check_out(&out, qp_encodings[_i].plain);
}
END_TEST

static const struct {
	struct span text;
	bool good;
	struct span want;
} hex_cases[] = {
	{ SPAN_INIT(""), true, SPAN_INIT("") },
	{ SPAN_INIT("00ff1a"), true, SPAN_INIT("\0\xff\x1a") },
	{ SPAN_INIT("00FF1A"), true, SPAN_INIT("\0\xff\x1a") },
	{ SPAN_INIT("0"), false, SPAN_INIT("") },
	{ SPAN_INIT("41g0"), false, SPAN_INIT("A") },
	{ SPAN_INIT("41 0"), false, SPAN_INIT("A") },
	{ SPAN_INIT("410x"), false, SPAN_INIT("A") },
	{ SPAN_INIT("\xff\xff"), false, SPAN_INIT("") },
};

START_TEST(hex)
{
	struct buf out;

	check_decoder(codec_unhex, hex_cases[_i].text, hex_cases[_i].good, hex_cases[_i].want);
	out = run(codec_hex, SPAN("\0\x0f\xf0\xff"));
	check_out(&out, SPAN("000ff0ff"));
}
END_TEST

static const struct pair base32_pairs[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("f"), SPAN_INIT("my") },
	{ SPAN_INIT("fo"), SPAN_INIT("mzxq") },
	{ SPAN_INIT("foo"), SPAN_INIT("mzxw6") },
	{ SPAN_INIT("foob"), SPAN_INIT("mzxw6yq") },
	{ SPAN_INIT("fooba"), SPAN_INIT("mzxw6ytb") },
	{ SPAN_INIT("foobar"), SPAN_INIT("mzxw6ytboi") },
	{ SPAN_INIT("\xff\xff\xff\xff\xff"), SPAN_INIT("77777777") },
};

START_TEST(base32_vectors)
{
	struct buf out = run(codec_base32, base32_pairs[_i].plain);

	check_out(&out, base32_pairs[_i].coded);
	check_decoder(codec_unbase32, base32_pairs[_i].coded, true, base32_pairs[_i].plain);
}
END_TEST

static const struct {
	struct span text;
	bool good;
} base32_cases[] = {
	{ SPAN_INIT("MZXW6YTB"), true },   { SPAN_INIT("mZxW6yTb"), true },
	{ SPAN_INIT("m"), false },         { SPAN_INIT("mzx"), false },
	{ SPAN_INIT("mzxw6y"), false },    { SPAN_INIT("mz"), false },
	{ SPAN_INIT("a"), false },         { SPAN_INIT("mzxw6ytba"), false },
	{ SPAN_INIT("aaa"), false },       { SPAN_INIT("aaaaaa"), false },
	{ SPAN_INIT("mzxw6ytb="), false }, { SPAN_INIT("mzxw1ytb"), false },
	{ SPAN_INIT("mzxw0ytb"), false },  { SPAN_INIT("mzxw8ytb"), false },
	{ SPAN_INIT("mzxw ytb"), false },  { SPAN_INIT("mzxw\xffytb"), false },
};

START_TEST(base32_strict)
{
	struct buf out = BUF_INIT;

	ck_assert_int_eq(codec_unbase32(&out, base32_cases[_i].text), base32_cases[_i].good);
	if (base32_cases[_i].good) {
		ck_assert_str_eq(out.p, "fooba");
	}
	buf_free(&out);
}
END_TEST

/* Bytes of all kinds, the same in every run. */
static void fill(char *p, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = (char)(seed >> 24);
	}
}

static void check_lines(struct span text)
{
	while (text.n) {
		struct span line = span_line(&text);

		ck_assert_uint_le(span_trim(line).n, 76);
		ck_assert(!span_starts(line, SPAN(".")) && !span_starts(line, SPAN("From ")));
		for (size_t i = 0; i < line.n; i++) {
			ck_assert((line.p[i] >= ' ' && line.p[i] < 0x7f) || line.p[i] == '\t' ||
			          i + 2 >= line.n);
		}
	}
}

START_TEST(round_trips)
{
	char *p = malloc(1000);
	struct span plain = { p, 1000 };
	struct buf coded, out = BUF_INIT;

	for (uint32_t i = 0; i < 300; i++) {
		plain.n = i;
		fill(p, plain.n, i);
		coded = run(codec_base64, plain);
		check_decoder(codec_unbase64, span_from(buf_span(&coded), 1), true, plain);
		buf_free(&coded);
		coded = run(codec_base32, plain);
		check_decoder(codec_unbase32, span_from(buf_span(&coded), 1), true, plain);
		buf_free(&coded);
		coded = run(codec_hex, plain);
		check_decoder(codec_unhex, span_from(buf_span(&coded), 1), true, plain);
		buf_free(&coded);
		coded = run(codec_qp, plain);
		check_lines(span_from(buf_span(&coded), 1));
		out = run(codec_unqp, span_from(buf_span(&coded), 1));
		check_out(&out, plain);
		buf_free(&coded);
	}
	free(p);
}
END_TEST

/* Text of words, dots, umlauts and long lines, as bodies are. */
START_TEST(qp_text_round_trips)
{
	static const char *const words[] = {
		".", "From ", "x", " ",  "\t", "\r\n", AE, "\xf0\x9f\xa5\x84",
		"=", "\xff",  A10, "\n",
	};
	struct buf text = BUF_INIT, coded, out;
	uint32_t seed = (uint32_t)_i;

	for (int i = 0; i < 3000; i++) {
		seed = seed * 1664525 + 1013904223;
		buf_str(&text, words[(seed >> 16) % COUNT(words)]);
	}
	coded = run(codec_qp, buf_span(&text));
	check_lines(span_from(buf_span(&coded), 1));
	out = run(codec_unqp, span_from(buf_span(&coded), 1));
	check_out(&out, buf_span(&text));
	buf_free(&coded);
	buf_free(&text);
}
END_TEST

/* A megabyte of what could be slow: far more than the time limit when a loop is quadratic. */
static const struct {
	const char *unit;
	encoder code;
} heavy[] = {
	{ "A", codec_unbase64_lenient },
	{ "A!", codec_unbase64_lenient },
	{ "=", codec_unqp },
	{ "=\r\n", codec_unqp },
	{ " \t", codec_unqp },
	{ " \r\n", codec_unqp },
	{ " ", codec_qp },
	{ "\r", codec_qp },
	{ "=", codec_qp },
	{ "a", codec_qp },
	{ "\xff", codec_qp },
	{ "a", codec_base64 },
	{ "a", codec_base32 },
	{ "a", codec_hex },
};

START_TEST(linear)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < 500000; i++) {
		buf_str(&text, heavy[_i].unit);
	}
	heavy[_i].code(&out, buf_span(&text));
	buf_free(&out);
	buf_free(&text);
}
END_TEST

Suite *codec_suite(void)
{
	Suite *suite = suite_create("codec");
	TCase *tc = tcase_create("codec");

	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, base64_vectors, 0, COUNT(base64_pairs));
	tcase_add_loop_test(tc, base64_strict, 0, COUNT(strict));
	tcase_add_loop_test(tc, base64_lenient, 0, COUNT(lenient));
	tcase_add_loop_test(tc, qp_decodes, 0, COUNT(qp_decodings));
	tcase_add_loop_test(tc, qp_encodes, 0, COUNT(qp_encodings));
	tcase_add_loop_test(tc, hex, 0, COUNT(hex_cases));
	tcase_add_loop_test(tc, base32_vectors, 0, COUNT(base32_pairs));
	tcase_add_loop_test(tc, base32_strict, 0, COUNT(base32_cases));
	tcase_add_test(tc, round_trips);
	tcase_add_loop_test(tc, qp_text_round_trips, 0, 10);
	tcase_add_loop_test(tc, linear, 0, COUNT(heavy));
	suite_add_tcase(suite, tc);
	return suite;
}
