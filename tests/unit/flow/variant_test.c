#include "flow/variant.h"

#include <check.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define RAW SPAN("0123456789")

/* What fits the ten octets of RAW, and the body that it stands for. */
static const struct {
	struct span text;
	size_t segments;
	const char *body;
} good[] = {
	{ SPAN_INIT(""), 0, "" },
	{ SPAN_INIT("k 0 10\n"), 1, "0123456789" },
	{ SPAN_INIT("k 9 1\n"), 1, "9" },
	{ SPAN_INIT("k 10 0\n"), 1, "" },
	{ SPAN_INIT("k 5 3\nk 0 2\nk 5 1\n"), 3, "567015" },
	{ SPAN_INIT("i 0\n\n"), 1, "" },
	{ SPAN_INIT("i 3\nabc\n"), 1, "abc" },
	{ SPAN_INIT("i 2\n\n\n\n"), 1, "\n\n" },
	{ SPAN_INIT("i 7\nk 0 10\n\n"), 1, "k 0 10\n" },
	{ SPAN_INIT("k 0 3\ni 2\nab\nk 3 7\ni 1\n!\n"), 4, "012ab3456789!" },
};

static struct span joined(const struct segments *s)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < s->n; i++) {
		buf_add(&out, s->v[i].bytes);
	}
	return buf_move(&out, arena);
}

START_TEST(decode_good)
{
	struct err e = { 0 };
	struct segments out;
	ck_assert_msg(variant_decode(arena, good[_i].text, RAW, &out, &e), "%s", e.text);
	ck_assert_uint_eq(out.n, good[_i].segments);
	ck_assert_msg(span_is(joined(&out), good[_i].body), "%.*s", SPAN_FMT(joined(&out)));
	ck_assert_uint_eq(out.bytes, strlen(good[_i].body));
}
END_TEST

START_TEST(decode_keeps_pointers)
{
	struct err e;
	struct segments out;
	struct span raw = RAW;
	ck_assert(variant_decode(arena, SPAN("k 4 2\ni 1\nx\n"), raw, &out, &e));
	ck_assert_ptr_eq(out.v[0].bytes.p, raw.p + 4);
	ck_assert(out.v[0].kept && !out.v[1].kept);
}
END_TEST

/* Each alone, and behind something good. */
static const struct span bad[] = {
	SPAN_INIT("k"),
	SPAN_INIT("k "),
	SPAN_INIT("\n"),
	SPAN_INIT("\0"),
	SPAN_INIT("k\n"),
	SPAN_INIT("k \n"),
	SPAN_INIT("k 0 10"),
	SPAN_INIT("k 0 11\n"),
	SPAN_INIT("k 11 0\n"),
	SPAN_INIT("k 5 6\n"),
	SPAN_INIT("k 18446744073709551615 1\n"),
	SPAN_INIT("k 1 18446744073709551615\n"),
	SPAN_INIT("k 10 18446744073709551606\n"),
	SPAN_INIT("k 18446744073709551616 1\n"),
	SPAN_INIT("k -1 1\n"),
	SPAN_INIT("k +1 1\n"),
	SPAN_INIT("k 0x1 1\n"),
	SPAN_INIT("k 1\n"),
	SPAN_INIT("k 1 \n"),
	SPAN_INIT("k  1 1\n"),
	SPAN_INIT("k 1 1 \n"),
	SPAN_INIT("k 1 1 1\n"),
	SPAN_INIT("k 1 1\r\n"),
	SPAN_INIT("k\t1 1\n"),
	SPAN_INIT("k1 1\n"),
	SPAN_INIT("K 1 1\n"),
	SPAN_INIT("x 1 1\n"),
	SPAN_INIT("x 1\na\n"),
	SPAN_INIT("I 1\na\n"),
	SPAN_INIT("\0 1\na\n"),
	SPAN_INIT("1 1\n"),
	SPAN_INIT("i\n"),
	SPAN_INIT("i \n"),
	SPAN_INIT("i 1"),
	SPAN_INIT("i 1\n"),
	SPAN_INIT("i 3\nabc"),
	SPAN_INIT("i 3\nab\n"),
	SPAN_INIT("i 3\nabcd\n"),
	SPAN_INIT("i 3\nabcdk 0 3\n"),
	SPAN_INIT("i 1\na\rk 0 3\n"),
	SPAN_INIT("i 0\n"),
	SPAN_INIT("i 3 3\nabc\n"),
	SPAN_INIT("i -3\nabc\n"),
	SPAN_INIT("i 18446744073709551615\nabc\n"),
	SPAN_INIT("i 18446744073709551616\nabc\n"),
};

START_TEST(decode_bad)
{
	struct segments out;
	for (int behind = 0; behind < 2; behind++) {
		struct err e = { 0 };
		struct span text = arena_join(arena, behind ? SPAN("k 0 10\ni 1\nx\n") : SPAN(""),
		                              bad[_i], SPAN_END);
		ck_assert(!variant_decode(arena, text, RAW, &out, &e));
		ck_assert_int_eq(e.class, ERR_BUG);
	}
}
END_TEST

/* Of a text that fits, no part but those that end with a segment does. */
START_TEST(decode_cut)
{
	struct err e;
	struct segments out;
	struct span whole = SPAN("k 0 3\ni 2\na\n\nk 3 7\n");
	for (size_t n = 1; n < whole.n; n++) {
		bool border = n == 6 || n == 13;
		ck_assert_msg(variant_decode(arena, span_sub(whole, 0, n), RAW, &out, &e) == border,
		              "%zu octets", n);
	}
}
END_TEST

/* The stored message is not the one it was made for. */
START_TEST(decode_shorter_message)
{
	struct err e;
	struct segments out;
	ck_assert(!variant_decode(arena, SPAN("k 0 10\n"), SPAN("012345678"), &out, &e));
	ck_assert(!variant_decode(arena, SPAN("k 0 1\n"), SPAN(""), &out, &e));
}
END_TEST

/* Segments of RAW as text and back: the same, but for empty ones. */
static void round_trip(struct segment *v, size_t n, struct span raw)
{
	struct err e = { 0 };
	struct segments in = { .v = v, .n = n }, out;
	size_t k = 0;
	struct span text = variant_encode(arena, &in, raw);
	ck_assert_msg(variant_decode(arena, text, raw, &out, &e), "%s", e.text);
	for (size_t i = 0; i < n; i++) {
		if (v[i].bytes.n > 0) {
			ck_assert(k < out.n && out.v[k].kept == v[i].kept);
			ck_assert(span_eq(out.v[k].bytes, v[i].bytes));
			ck_assert(!v[i].kept || out.v[k].bytes.p == v[i].bytes.p);
			k++;
		}
	}
	ck_assert_uint_eq(k, out.n);
}

START_TEST(encode_and_decode)
{
	struct span raw = RAW;
	struct segment v[] = {
		{ span_sub(raw, 0, 4), true },
		{ SPAN(""), false },
		{ SPAN("\n\0k 0 1\ni 9\n\r\n\xff"), false },
		{ span_sub(raw, 4, 4), true },
		{ span_sub(raw, 4, 10), true },
		{ SPAN("\n"), false },
	};
	for (size_t n = 0; n <= sizeof(v) / sizeof(v[0]); n++) {
		round_trip(v, n, raw);
	}
}
END_TEST

/* Any cut of any bytes into kept and inserted pieces. */
START_TEST(encode_and_decode_any)
{
	char bytes[64];
	uint32_t chance = 12345;
	for (int round = 0; round < 500; round++) {
		struct segment v[16];
		size_t n = 0;
		for (size_t i = 0; i < sizeof(bytes); i++) {
			chance = chance * 1664525 + 1013904223;
			bytes[i] = "ik 0123\n\r\0x"[(chance >> 16) % 11];
		}
		struct span raw = { bytes, sizeof(bytes) };
		for (size_t at = 0; at < raw.n && n < 16; n++) {
			chance = chance * 1664525 + 1013904223;
			size_t length = (chance >> 20) % 9;
			bool kept = chance >> 31;
			struct span piece = span_sub(raw, at, at + length);
			v[n] = (struct segment){ kept ? piece : arena_copy(arena, piece), kept };
			at += length;
		}
		round_trip(v, n, raw);
	}
}
END_TEST

Suite *variant_suite(void);

Suite *variant_suite(void)
{
	Suite *s = suite_create("flow/variant");
	TCase *c = tcase_create("body");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, decode_good, 0, LENGTH(good));
	tcase_add_loop_test(c, decode_bad, 0, LENGTH(bad));
	tcase_add_test(c, decode_keeps_pointers);
	tcase_add_test(c, decode_cut);
	tcase_add_test(c, decode_shorter_message);
	tcase_add_test(c, encode_and_decode);
	tcase_add_test(c, encode_and_decode_any);
	suite_add_tcase(s, c);
	return s;
}
