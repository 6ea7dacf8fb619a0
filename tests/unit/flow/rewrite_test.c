#include "flow/rewrite.h"

#include "flow/variant.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static unsigned chance;

static void setup(void)
{
	arena = arena_new();
	chance = 1;
}

static void teardown(void)
{
	arena_free(arena);
}

static size_t roll(size_t n)
{
	chance = chance * 1664525 + 1013904223;
	return (chance >> 16) % n;
}

/* Edits of the body anywhere, from the front to the back. */
static struct edits *some_edits(const struct message *m)
{
	struct edits *x = edit_new(arena, m);
	size_t at = 0;
	while (at < m->body.n) {
		size_t drop = roll(4);
		at += roll(12);
		if (at + drop > m->body.n) {
			break;
		}
		edit_body(x, at, drop, roll(2) ? SPAN("<in>") : SPAN(""));
		at += drop;
	}
	edit_field_top(x, SPAN("X"), SPAN("y"));
	return x;
}

static struct span joined(const struct segments *s)
{
	struct buf out = BUF_INIT;
	size_t bytes = 0;
	for (size_t i = 0; i < s->n; i++) {
		buf_add(&out, s->v[i].bytes);
		bytes += s->v[i].bytes.n;
	}
	ck_assert_uint_eq(bytes, s->bytes);
	return buf_move(&out, arena);
}

#define TEXT SPAN("Subject: x\r\n\r\n0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

/* However many passes there were: the body over the stored message is the body. */
START_TEST(any_passes)
{
	struct err e = { 0 };
	for (int round = 0; round < 500; round++) {
		struct message m;
		struct rewrite w;
		ck_assert(message_parse(arena, TEXT, &m, &e));
		rewrite_begin(&w, arena, &m);
		for (size_t pass = roll(4); pass > 0; pass--) {
			ck_assert_msg(rewrite_pass(&w, some_edits(&w.message), &e), "%s", e.text);
			ck_assert(span_eq(joined(&w.body), w.message.body));
		}
		struct edits *x = some_edits(&w.message);
		ck_assert_msg(edit_finish(x, &e), "%s", e.text);
		struct segments body = edit_segments(x), decoded;
		struct segments stored = rewrite_body(&w, &body);
		ck_assert(span_eq(joined(&stored), joined(&body)));
		struct span text = variant_encode(arena, &stored, w.stored);
		ck_assert_msg(variant_decode(arena, text, TEXT, &decoded, &e), "%s", e.text);
		ck_assert(span_eq(joined(&decoded), joined(&body)));
		rewrite_end(&w);
	}
}
END_TEST

/* What was not touched is still a range of the stored message: nothing is kept twice. */
START_TEST(keeps_ranges)
{
	struct err e = { 0 };
	struct message m;
	struct rewrite w;
	ck_assert(message_parse(arena, TEXT, &m, &e));
	rewrite_begin(&w, arena, &m);
	struct edits *x = edit_new(arena, &w.message);
	edit_body(x, 10, 26, SPAN("..."));
	ck_assert(rewrite_pass(&w, x, &e));
	ck_assert(w.changed);
	x = edit_new(arena, &w.message);
	edit_body(x, w.message.body.n, 0, SPAN("!"));
	ck_assert(edit_finish(x, &e));
	struct segments body = edit_segments(x);
	struct segments stored = rewrite_body(&w, &body);
	struct span text = variant_encode(arena, &stored, w.stored);
	ck_assert_msg(span_is(text, "k 14 10\ni 3\n...\nk 50 26\ni 1\n!\n"), "%.*s", SPAN_FMT(text));
	rewrite_end(&w);
}
END_TEST

START_TEST(empty_body)
{
	struct err e = { 0 };
	struct message m;
	struct rewrite w;
	ck_assert(message_parse(arena, SPAN("Subject: x\r\n"), &m, &e));
	rewrite_begin(&w, arena, &m);
	ck_assert(!w.changed);
	struct edits *x = edit_new(arena, &w.message);
	edit_field_top(x, SPAN("X"), SPAN("y"));
	ck_assert(rewrite_pass(&w, x, &e));
	ck_assert_uint_eq(w.body.n, 0);
	ck_assert(span_is(w.message.raw, "X: y\r\nSubject: x\r\n\r\n"));
	rewrite_end(&w);
}
END_TEST

Suite *rewrite_suite(void);

Suite *rewrite_suite(void)
{
	Suite *s = suite_create("flow/rewrite");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, any_passes);
	tcase_add_test(c, keeps_ranges);
	tcase_add_test(c, empty_body);
	suite_add_tcase(s, c);
	return s;
}
