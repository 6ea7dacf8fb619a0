#include "mail/word.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <check.h>
#include <string.h>
#include <time.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))
#define CHECK_SPAN(got, want)                                                                      \
	ck_assert_msg(span_eq((got), (want)), "got \"%.*s\", want \"%.*s\"", SPAN_FMT(got),        \
	              SPAN_FMT(want))
#define BAD "\xef\xbf\xbd"
#define OE  "\xc3\xb6"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

static const struct {
	struct span text;
	struct span want;
} decodes[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("plain  text "), SPAN_INIT("plain  text ") },
	{ SPAN_INIT("J" OE), SPAN_INIT("J" OE) },
	/* RFC 2047 section 8 */
	{ SPAN_INIT("=?ISO-8859-1?Q?a?="), SPAN_INIT("a") },
	{ SPAN_INIT("=?ISO-8859-1?Q?a?= b"), SPAN_INIT("a b") },
	{ SPAN_INIT("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?="), SPAN_INIT("ab") },
	{ SPAN_INIT("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?="), SPAN_INIT("ab") },
	{ SPAN_INIT("=?ISO-8859-1?Q?a_b?="), SPAN_INIT("a b") },
	{ SPAN_INIT("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?="), SPAN_INIT("a b") },
	{ SPAN_INIT("=?US-ASCII?Q?Keith_Moore?= <m@b>"), SPAN_INIT("Keith Moore <m@b>") },
	{ SPAN_INIT("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= "
	            "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?="),
	  SPAN_INIT("If you can read this you understand the example.") },
	/* white space is dropped only between two words */
	{ SPAN_INIT(" =?utf-8?q?a?=\t=?utf-8?q?b?=  c =?utf-8?q?d?= "), SPAN_INIT(" ab  c d ") },
	{ SPAN_INIT("=?utf-8?q?a?= x =?utf-8?q?b?="), SPAN_INIT("a x b") },
	{ SPAN_INIT("=?utf-8?q?a?==?utf-8?q?b?="), SPAN_INIT("ab") },
	{ SPAN_INIT("Re:=?utf-8?q?a?=b"), SPAN_INIT("Re:ab") },
	/* character sets */
	{ SPAN_INIT("=?iso-8859-1?q?J=F6?="), SPAN_INIT("J" OE) },
	{ SPAN_INIT("=?iso-8859-1?q?=80?="), SPAN_INIT("\xe2\x82\xac") },
	{ SPAN_INIT("=?iso-8859-15?q?=A4?="), SPAN_INIT("\xe2\x82\xac") },
	{ SPAN_INIT("=?koi8-r?b?7sHU?="), SPAN_INIT("\xd0\x9d\xd0\xb0\xd1\x82") },
	{ SPAN_INIT("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?="), SPAN_INIT("\xe6\x97\xa5\xe6\x9c\xac") },
	{ SPAN_INIT("=?Shift_JIS?B?k/qWew==?="), SPAN_INIT("\xe6\x97\xa5\xe6\x9c\xac") },
	{ SPAN_INIT("=?gb2312?B?zuQ=?="), SPAN_INIT("\xe6\xad\xa6") },
	{ SPAN_INIT("=?us-ascii*en-us?q?Andr" OE "?="), SPAN_INIT("Andr" OE) },
	{ SPAN_INIT("=?iso-8859-1*de?q?J=F6?="), SPAN_INIT("J" OE) },
	{ SPAN_INIT("=?x-unknown?q?J=F6?="), SPAN_INIT("=?x-unknown?q?J=F6?=") },
	{ SPAN_INIT("=?utf-8?q?a?= =?x-no?q?b?= =?utf-8?q?c?="), SPAN_INIT("a =?x-no?q?b?= c") },
	{ SPAN_INIT("=?utf-8//IGNORE?q?a?="), SPAN_INIT("=?utf-8//IGNORE?q?a?=") },
	{ SPAN_INIT("=?../../x?q?a?="), SPAN_INIT("=?../../x?q?a?=") },
	{ SPAN_INIT("=??q?a?="), SPAN_INIT("=??q?a?=") },
	{ SPAN_INIT("=?*en?q?a?="), SPAN_INIT("=?*en?q?a?=") },
	/* split inside a character */
	{ SPAN_INIT("=?utf-8?q?J=C3?= =?utf-8?q?=B6?="), SPAN_INIT("J" OE) },
	{ SPAN_INIT("=?utf-8?b?SsM=?= =?UTF-8?q?=B6x?="), SPAN_INIT("J" OE "x") },
	{ SPAN_INIT("=?utf-8?q?=C3?= x =?utf-8?q?=B6?="), SPAN_INIT(BAD " x " BAD) },
	/* not well-formed */
	{ SPAN_INIT("=?utf-8?q?a b?="), SPAN_INIT("=?utf-8?q?a b?=") },
	{ SPAN_INIT("=?utf-8?q?a"), SPAN_INIT("=?utf-8?q?a") },
	{ SPAN_INIT("=?utf-8?q?a?"), SPAN_INIT("=?utf-8?q?a?") },
	{ SPAN_INIT("=?utf-8?q?"), SPAN_INIT("=?utf-8?q?") },
	{ SPAN_INIT("=?utf-8?"), SPAN_INIT("=?utf-8?") },
	{ SPAN_INIT("=?"), SPAN_INIT("=?") },
	{ SPAN_INIT("=?utf-8?x?a?="), SPAN_INIT("=?utf-8?x?a?=") },
	{ SPAN_INIT("=?utf-8?qq?a?="), SPAN_INIT("=?utf-8?qq?a?=") },
	{ SPAN_INIT("=?utf-8?b?Y?="), SPAN_INIT("=?utf-8?b?Y?=") },
	{ SPAN_INIT("=?utf-8?b?!!?="), SPAN_INIT("=?utf-8?b?!!?=") },
	{ SPAN_INIT("=?utf-8?q?a?b?="), SPAN_INIT("=?utf-8?q?a?b?=") },
	{ SPAN_INIT("=?=?utf-8?q?a?="), SPAN_INIT("=?a") },
	{ SPAN_INIT("=?utf-8?b?YQ?="), SPAN_INIT("a") },
	{ SPAN_INIT("=?utf-8?q?\?="), SPAN_INIT("") },
	{ SPAN_INIT("=?utf-8?q?=4?="), SPAN_INIT("=4") },
	{ SPAN_INIT("=?utf-8?q?a=?="), SPAN_INIT("a=") },
	{ SPAN_INIT("=?utf-8?q?=zz=6f?="), SPAN_INIT("=zzo") },
	/* bytes that must not come through */
	{ SPAN_INIT("J\xf6 x"), SPAN_INIT("J" BAD " x") },
	{ SPAN_INIT("a\0b\rc\nd\x7f"
	            "e\tf"),
	  SPAN_INIT("a b c d e f") },
	{ SPAN_INIT("=?utf-8?q?a=0D=0ABcc:_x=00?="), SPAN_INIT("a  Bcc: x ") },
	{ SPAN_INIT("=?utf-8?q?=FF=C0=80?="), SPAN_INIT(BAD BAD BAD) },
	{ SPAN_INIT("=?utf-16be?b?AA0ACgBB?="), SPAN_INIT("  A") },
	{ SPAN_INIT("=?utf-16be?b?AEEA?="), SPAN_INIT("A" BAD) },
	{ SPAN_INIT("=?euc-jp?q?=A4=A2=FF?="), SPAN_INIT("\xe3\x81\x82" BAD) },
};

START_TEST(decode)
{
	struct span got = word_decode(arena, decodes[_i].text);

	CHECK_SPAN(got, decodes[_i].want);
}
END_TEST

/* After 16 unknown names no further one is asked for; known ones before still work. */
START_TEST(many_charsets)
{
	struct buf text = BUF_INIT;
	struct span got;

	buf_str(&text, "=?utf-8?q?a?=");
	for (int i = 0; i < 100; i++) {
		buf_printf(&text, " =?x-%d?q?b?=", i);
	}
	buf_str(&text, " =?koi8-r?q?c?= =?utf-8?q?d?=");
	got = word_decode(arena, buf_span(&text));
	buf_free(&text);
	ck_assert(span_starts(got, SPAN("a =?x-0?q?b?= ")));
	ck_assert(span_ends(got, SPAN(" =?koi8-r?q?c?= d")));
}
END_TEST

static const char *const repeated[] = {
	"=?",
	"=?a",
	"=?a?",
	"=?a?q",
	"=?a?q?",
	"=?a?q?b",
	"=?utf-8?q?b?=",
	"=?utf-8?q?b?= ",
	"=?utf-8?b?YQ==?=",
	"=?utf-7?q?+AP?=",
	"=?iso-2022-jp?b?GyRC?=",
	"=?euc-jp?q?=FF?=",
	"=?x?q?b?= ",
	"=",
	"?",
	" ",
	"\xff",
	"\r\n",
	"=?utf-8?q?=C3?= ",
};

START_TEST(linear)
{
	struct buf text = BUF_INIT;
	struct timespec from, to;
	struct span got;

	while (text.n < LIMIT_HEADER) {
		buf_str(&text, repeated[_i]);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	got = word_decode(arena, buf_span(&text));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	ck_assert(utf8_valid(got));
	buf_free(&text);
	ck_assert_int_le(to.tv_sec - from.tv_sec, 1);
}
END_TEST

START_TEST(length)
{
	ck_assert_int_eq((int)word_length(SPAN("=?a?q?b?=c")), 9);
	ck_assert_int_eq((int)word_length(SPAN(" =?a?q?b?=")), 0);
	ck_assert_int_eq((int)word_length(SPAN("=?a?q?b?")), 0);
	ck_assert_int_eq((int)word_length(SPAN("")), 0);
}
END_TEST

static const struct {
	struct span text;
	bool phrase;
	const char *want;
} encodes[] = {
	{ SPAN_INIT(""), false, "" },
	{ SPAN_INIT("plain = ? text"), false, "plain = ? text" },
	{ SPAN_INIT("a\r\nb\tc"), false, "a  b\tc" },
	{ SPAN_INIT("J" OE), false, "=?utf-8?B?SsO2?=" },
	{ SPAN_INIT("J" OE " (x), y"), false, "=?utf-8?Q?J=C3=B6_(x),_y?=" },
	{ SPAN_INIT("J" OE " (x), y."), true, "=?utf-8?B?SsO2ICh4KSwgeS4=?=" },
	{ SPAN_INIT("J" OE " Johannes Johannes (x)."), true,
	  "=?utf-8?Q?J=C3=B6_Johannes_Johannes_=28x=29=2E?=" },
	{ SPAN_INIT("Johannes Johannes Johannes_a=?" OE), false,
	  "=?utf-8?Q?Johannes_Johannes_Johannes=5Fa=3D=3F=C3=B6?=" },
	{ SPAN_INIT("words and =?b"), false, "=?utf-8?Q?words_and_=3D=3Fb?=" },
	{ SPAN_INIT("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), false, "=?utf-8?B?5pel5pys6Kqe?=" },
	{ SPAN_INIT("\xff"), false, "=?utf-8?B?77+9?=" },
};

START_TEST(encode)
{
	struct span got = word_encode(arena, encodes[_i].text, encodes[_i].phrase);

	CHECK_SPAN(got, span_str(encodes[_i].want));
}
END_TEST

static void check_words(struct span encoded)
{
	struct span rest = encoded;

	while (rest.p) {
		struct span word = span_cut(&rest, ' '), text = word_decode(arena, word);

		ck_assert_int_le((int)word.n, 75);
		ck_assert_int_eq((int)word_length(word), (int)word.n);
		/* Each word for itself holds whole characters. */
		ck_assert(span_find(text, SPAN(BAD)) == SPAN_NONE);
	}
}

/* Texts of every length, of characters of every length. */
START_TEST(encode_and_back)
{
	static const char *const characters[] = { "a", OE, "\xe2\x82\xac", "\xf0\x9f\x98\x80",
		                                  " ", "=" };
	struct buf text = BUF_INIT;
	unsigned seed = 1;

	buf_str(&text, OE);
	for (int i = 0; i < 400; i++) {
		struct span got;

		seed = seed * 1103515245 + 12345;
		buf_str(&text, characters[(seed >> 16) % (_i ? 6 : 2)]);
		got = word_encode(arena, buf_span(&text), _i == 2);
		check_words(got);
		CHECK_SPAN(word_decode(arena, got), buf_span(&text));
	}
	buf_free(&text);
}
END_TEST

#define W10 "aaaaaaaaa "
#define W70 W10 W10 W10 W10 W10 W10 W10

static const struct {
	struct span name, value;
	const char *want;
} folds[] = {
	{ SPAN_INIT("A"), SPAN_INIT(""), "A: \r\n" },
	{ SPAN_INIT("Subject"), SPAN_INIT("a b"), "Subject: a b\r\n" },
	{ SPAN_INIT("A"), SPAN_INIT(W70 "bbb"), "A: " W70 "bbb\r\n" },
	{ SPAN_INIT("A"), SPAN_INIT(W70 "bbbb"),
	  "A: aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa\r\n bbbb\r\n" },
	{ SPAN_INIT("A"), SPAN_INIT(W70 "bbb   "), "A: " W70 "bbb   \r\n" },
	{ SPAN_INIT("A"), SPAN_INIT(W70 " \t  bbbb"),
	  "A: aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa aaaaaaaaa\r\n  \t  bbbb\r\n" },
	{ SPAN_INIT("Subject"),
	  SPAN_INIT("=?utf-8?Q?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?="),
	  "Subject:\r\n =?utf-8?Q?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?=\r\n" },
	{ SPAN_INIT("List-Help"),
	  SPAN_INIT(
		  "<https://lists.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>, b"),
	  "List-Help: <https://lists.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>,\r\n b\r\n" },
	{ SPAN_INIT("A"), SPAN_INIT("x\r\nBcc: y"), "A: x  Bcc: y\r\n" },
};

START_TEST(fold)
{
	struct span got = word_fold(arena, folds[_i].name, folds[_i].value);

	CHECK_SPAN(got, span_str(folds[_i].want));
}
END_TEST

/* TEXT, and the pieces it should have: raw spans, words in brackets, each ended by '|'. */
static const struct {
	const char *text, *want;
} piece_texts[] = {
	{ "", "" },
	{ "plain", "plain|" },
	{ "=?utf-8?q?a?=", "[=?utf-8?q?a?=]|" },
	{ "Re: =?utf-8?q?a?= b", "Re: |[=?utf-8?q?a?=]| b|" },
	{ "=?utf-8?q?a?= =?utf-8?q?b?=", "[=?utf-8?q?a?=]|[ =?utf-8?q?b?=]|" },
	/* a character split between words */
	{ "=?utf-8?q?a=C3?= =?utf-8?q?=B6b?= =?utf-8?q?c?=",
	  "[=?utf-8?q?a=C3?= =?utf-8?q?=B6b?=]|[ =?utf-8?q?c?=]|" },
	{ "=?utf-8?q?=E6?= =?utf-8?q?=97?= =?utf-8?q?=A5?=",
	  "[=?utf-8?q?=E6?= =?utf-8?q?=97?= =?utf-8?q?=A5?=]|" },
	/* a shift that goes on in the next word */
	{ "=?iso-2022-jp?b?GyRCRnw=?= =?iso-2022-jp?b?S1wbKEI=?=",
	  "[=?iso-2022-jp?b?GyRCRnw=?= =?iso-2022-jp?b?S1wbKEI=?=]|" },
	{ "=?x-none?q?a?= =?utf-8?q?b?=", "=?x-none?q?a?= |[=?utf-8?q?b?=]|" },
	{ "=?utf-8?q?a", "=?utf-8?q?a|" },
	{ "=?x-\x90?q?a?=?utf-8?q?b?=", "=?x-\x90?q?a?|[=?utf-8?q?b?=]|" },
	{ "=?utf-8?b?####?= x", "=?utf-8?b?####?= x|" },
};

START_TEST(pieces)
{
	struct word_pieces p = word_pieces(arena, span_str(piece_texts[_i].text));
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < p.n; i++) {
		buf_printf(&out, p.v[i].words ? "[%.*s]|" : "%.*s|", SPAN_FMT(p.v[i].raw));
	}
	CHECK_SPAN(buf_span(&out), span_str(piece_texts[_i].want));
	buf_free(&out);
}
END_TEST

/* Raw spans and texts put together again. */
static void check_pieces(struct span text)
{
	struct word_pieces p = word_pieces(arena, text);
	struct buf raw = BUF_INIT, decoded = BUF_INIT;

	for (size_t i = 0; i < p.n; i++) {
		buf_add(&raw, p.v[i].raw);
		buf_add(&decoded, p.v[i].text);
	}
	CHECK_SPAN(buf_span(&raw), text);
	CHECK_SPAN(buf_span(&decoded), word_decode(arena, text));
	buf_free(&raw);
	buf_free(&decoded);
}

START_TEST(pieces_of_everything)
{
	for (int i = 0; i < LENGTH(decodes); i++) {
		check_pieces(decodes[i].text);
	}
}
END_TEST

/* Hundreds of words, each with half of a character of the next. */
START_TEST(pieces_are_linear)
{
	struct buf text = BUF_INIT;

	for (int i = 0; i < 5000; i++) {
		buf_str(&text, "=?utf-8?q?=B6=C3?= ");
	}
	check_pieces(buf_span(&text));
	buf_clear(&text);
	for (int i = 0; i < 5000; i++) {
		buf_str(&text, "=?utf-8?q?x?= y ");
	}
	check_pieces(buf_span(&text));
	buf_free(&text);
}
END_TEST

START_TEST(piece_offset)
{
	struct span raw = SPAN("a\xc3\xb6\xff" "b");
	struct word_piece p = { raw, word_decode(arena, raw), false };

	CHECK_SPAN(p.text, SPAN("a\xc3\xb6" BAD "b"));
	ck_assert_uint_eq(word_piece_offset(&p, 0), 0);
	ck_assert_uint_eq(word_piece_offset(&p, 1), 1);
	ck_assert_uint_eq(word_piece_offset(&p, 2), 1);
	ck_assert_uint_eq(word_piece_offset(&p, 3), 3);
	ck_assert_uint_eq(word_piece_offset(&p, 6), 4);
	ck_assert_uint_eq(word_piece_offset(&p, 7), 5);
}
END_TEST

Suite *word_suite(void)
{
	Suite *suite = suite_create("word");
	TCase *tc = tcase_create("word");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, decode, 0, LENGTH(decodes));
	tcase_add_test(tc, many_charsets);
	tcase_add_loop_test(tc, linear, 0, LENGTH(repeated));
	tcase_add_test(tc, length);
	tcase_add_loop_test(tc, encode, 0, LENGTH(encodes));
	tcase_add_loop_test(tc, encode_and_back, 0, 3);
	tcase_add_loop_test(tc, pieces, 0, LENGTH(piece_texts));
	tcase_add_test(tc, pieces_of_everything);
	tcase_add_test(tc, pieces_are_linear);
	tcase_add_test(tc, piece_offset);
	tcase_add_loop_test(tc, fold, 0, LENGTH(folds));
	suite_add_tcase(suite, tc);
	return suite;
}
