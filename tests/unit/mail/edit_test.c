#include "mail/edit.h"

#include "base/buf.h"
#include "corpus.h"
#include "fuzz/edit_model.h"

#include <check.h>

static struct arena *arena;
static struct message m;
static struct edits *x;
static struct err e;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

static void start(struct span raw)
{
	ck_assert(message_parse(arena, raw, &m, &e));
	x = edit_new(arena, &m);
}

static void check_print(struct span want)
{
	struct span got;

	ck_assert_msg(edit_finish(x, &e), "%s", e.text);
	ck_assert(x->finished);
	got = edit_print(x);
	ck_assert_msg(span_eq(got, want), "\"%.*s\" is not \"%.*s\"", SPAN_FMT(got),
	              SPAN_FMT(want));
}

static void check_refused(const char *text)
{
	ck_assert(!edit_finish(x, &e));
	ck_assert(!x->finished);
	ck_assert_int_eq(e.class, ERR_BUG);
	ck_assert_msg(span_find(span_str(e.text), span_str(text)) != SPAN_NONE, "%s", e.text);
}

#define PLAIN SPAN("A: 1\r\nB: 2\r\nA: 3\r\n\r\nhello\r\nworld\r\n")

/* What comes out when nothing was edited. */
static const struct {
	struct span raw, want;
} untouched[] = {
	{ SPAN_INIT("A: b\r\n\r\nx\r\n"), SPAN_INIT("A: b\r\n\r\nx\r\n") },
	{ SPAN_INIT("A: b\r\n\r\n"), SPAN_INIT("A: b\r\n\r\n") },
	{ SPAN_INIT("\r\nx"), SPAN_INIT("\r\nx") },
	{ SPAN_INIT("A: b\r\n"), SPAN_INIT("A: b\r\n\r\n") },
	{ SPAN_INIT("A: b"), SPAN_INIT("A: b\r\n\r\n") },
	{ SPAN_INIT("A: b\r"), SPAN_INIT("A: b\r\r\n\r\n") },
	{ SPAN_INIT("A: b\n"), SPAN_INIT("A: b\n\r\n\r\n") },
	{ SPAN_INIT("A: b\r\nno field\r\n"), SPAN_INIT("A: b\r\n\r\nno field\r\n") },
	{ SPAN_INIT("no field\r\n"), SPAN_INIT("\r\nno field\r\n") },
	{ SPAN_INIT(" folded\r\n"), SPAN_INIT("\r\n folded\r\n") },
	{ SPAN_INIT(""), SPAN_INIT("\r\n") },
};

START_TEST(nothing)
{
	start(untouched[_i].raw);
	check_print(untouched[_i].want);
}
END_TEST

START_TEST(top_in_order_of_calls)
{
	start(PLAIN);
	edit_field_replace(x, 0, SPAN("A: one\r\n"));
	edit_field_top(x, SPAN("X"), SPAN("first"));
	edit_raw_top(x, SPAN("Y: second\r\n folded\r\n"));
	edit_field_top(x, SPAN("Z"), SPAN(""));
	check_print(SPAN("X: first\r\nY: second\r\n folded\r\nZ: \r\nA: one\r\n"
	                 "B: 2\r\nA: 3\r\n\r\nhello\r\nworld\r\n"));
}
END_TEST

START_TEST(fields)
{
	start(PLAIN);
	edit_field_insert(x, 0, SPAN("I: late\r\n"));
	edit_field_replace(x, 1, SPAN("B: two\r\n"));
	edit_field_insert(x, 0, SPAN("J: later\r\n"));
	edit_field_drop(x, 2);
	edit_field_insert(x, 2, SPAN("K: at the end\r\n"));
	check_print(SPAN("A: 1\r\nI: late\r\nJ: later\r\nB: two\r\nK: at the end\r\n\r\n"
	                 "hello\r\nworld\r\n"));
	ck_assert(edit_field_kept(x, 0));
	ck_assert(!edit_field_kept(x, 1));
	ck_assert(!edit_field_kept(x, 2));
}
END_TEST

START_TEST(drop_all)
{
	start(PLAIN);
	ck_assert_uint_eq(edit_field_drop_all(x, "a"), 2);
	ck_assert_uint_eq(edit_field_drop_all(x, "none"), 0);
	check_print(SPAN("B: 2\r\n\r\nhello\r\nworld\r\n"));
	ck_assert(edit_field_kept(x, 1));
}
END_TEST

START_TEST(no_header_left)
{
	start(SPAN("A: 1\r\n\r\nx"));
	edit_field_drop(x, 0);
	check_print(SPAN("\r\nx"));
}
END_TEST

START_TEST(body)
{
	start(PLAIN);
	edit_body(x, 14, 0, SPAN("-- \r\n"));
	edit_body(x, 0, 5, SPAN("HELLO"));
	edit_body(x, 0, 0, SPAN("before\r\n"));
	edit_body(x, 14, 0, SPAN("footer\r\n"));
	edit_body(x, 7, 7, SPAN(""));
	check_print(SPAN("A: 1\r\nB: 2\r\nA: 3\r\n\r\nbefore\r\nHELLO\r\n-- \r\nfooter\r\n"));
}
END_TEST

START_TEST(segments)
{
	struct segments s;

	start(PLAIN);
	edit_body(x, 5, 0, SPAN("!"));
	edit_body(x, 9, 0, SPAN(""));
	edit_body(x, 10, 4, SPAN(""));
	ck_assert(edit_finish(x, &e));
	s = edit_segments(x);
	ck_assert_uint_eq(s.n, 3);
	ck_assert_uint_eq(s.bytes, 11);
	ck_assert(s.v[0].kept && s.v[0].bytes.p == m.body.p && s.v[0].bytes.n == 5);
	ck_assert(!s.v[1].kept && span_is(s.v[1].bytes, "!"));
	ck_assert(s.v[2].kept && s.v[2].bytes.p == m.body.p + 5 && s.v[2].bytes.n == 5);
}
END_TEST

/* Header and body meet at one offset, and the order of calls must not mix them. */
START_TEST(no_separator)
{
	start(SPAN("A: 1\r\nno field\r\n"));
	edit_body(x, 0, 0, SPAN("text\r\n"));
	edit_field_insert(x, 0, SPAN("B: 2\r\n"));
	edit_body(x, 0, 2, SPAN("NO"));
	check_print(SPAN("A: 1\r\nB: 2\r\n\r\ntext\r\nNO field\r\n"));
	start(SPAN("no field\r\n"));
	edit_body(x, 0, 0, SPAN("text\r\n"));
	edit_field_top(x, SPAN("B"), SPAN("2"));
	check_print(SPAN("B: 2\r\n\r\ntext\r\nno field\r\n"));
}
END_TEST

START_TEST(last_field_without_line_end)
{
	start(SPAN("A: 1\r\nB: 2"));
	edit_field_insert(x, 1, SPAN("C: 3\r\n"));
	edit_body(x, 0, 0, SPAN("text\r\n"));
	check_print(SPAN("A: 1\r\nB: 2\r\nC: 3\r\n\r\ntext\r\n"));
	start(SPAN("A: 1\r\nB: 2"));
	edit_field_drop(x, 1);
	edit_field_insert(x, 1, SPAN("C: 3\r\n"));
	check_print(SPAN("A: 1\r\nC: 3\r\n\r\n"));
}
END_TEST

START_TEST(inserts_are_copied)
{
	char field[] = "X: y\r\n";

	start(PLAIN);
	edit_raw_top(x, span_str(field));
	field[0] = '\n';
	ck_assert(edit_finish(x, &e));
	ck_assert(span_starts(edit_header(x), SPAN("X: y\r\n")));
}
END_TEST

START_TEST(overlaps)
{
	start(PLAIN);
	edit_field_drop(x, 1);
	edit_field_replace(x, 1, SPAN("B: x\r\n"));
	check_refused("overlaps");
	start(PLAIN);
	edit_body(x, 0, 5, SPAN(""));
	edit_body(x, 4, 2, SPAN(""));
	check_refused("overlaps");
	start(PLAIN);
	edit_body(x, 0, 5, SPAN(""));
	edit_body(x, 3, 0, SPAN("inside"));
	check_refused("overlaps");
	start(PLAIN);
	edit_body(x, 2, 2, SPAN("one"));
	edit_body(x, 2, 2, SPAN("two"));
	check_refused("overlaps");
	start(PLAIN);
	edit_body(x, 0, 5, SPAN(""));
	edit_body(x, 5, 2, SPAN("fine"));
	ck_assert(edit_finish(x, &e));
}
END_TEST

START_TEST(outside)
{
	start(PLAIN);
	edit_field_drop(x, 3);
	check_refused("outside the header");
	start(PLAIN);
	edit_field_insert(x, SIZE_MAX, SPAN("A: b\r\n"));
	check_refused("outside the header");
	start(PLAIN);
	edit_body(x, 15, 0, SPAN("x"));
	check_refused("outside the body");
	start(PLAIN);
	edit_body(x, 15, 0, SPAN(""));
	check_refused("outside the body");
	start(PLAIN);
	edit_body(x, 14, 1, SPAN(""));
	check_refused("outside the body");
	start(PLAIN);
	edit_body(x, 1, SIZE_MAX, SPAN(""));
	check_refused("outside the body");
	start(PLAIN);
	edit_body(x, SIZE_MAX - 3, 5, SPAN(""));
	check_refused("outside the body");
}
END_TEST

/* By hand, since the calls cannot make such edits. */
START_TEST(field_boundaries)
{
	start(PLAIN);
	edit_raw_top(x, SPAN("X: y\r\n"));
	x->v[0].at = 3;
	check_refused("starts inside a field");
	start(PLAIN);
	edit_field_drop(x, 0);
	x->v[0].drop = 7;
	check_refused("ends inside a field");
	start(PLAIN);
	edit_field_drop(x, 0);
	x->v[0].drop = 20;
	check_refused("outside the header");
	start(PLAIN);
	edit_field_drop(x, 0);
	x->v[0].at = 18;
	x->v[0].drop = 2;
	check_refused("outside the header");
	start(PLAIN);
	edit_body(x, 0, 1, SPAN(""));
	x->v[0].at = 18;
	check_refused("overlaps");
	start(PLAIN);
	edit_field_drop(x, 0);
	x->v[0].drop = 12;
	check_print(SPAN("A: 3\r\n\r\nhello\r\nworld\r\n"));
	ck_assert(!edit_field_kept(x, 0) && !edit_field_kept(x, 1) && edit_field_kept(x, 2));
}
END_TEST

static const struct span no_fields[] = {
	SPAN_INIT("X: y"),
	SPAN_INIT("X: y\n"),
	SPAN_INIT("X: y\r\n\r\n"),
	SPAN_INIT("X: y\r\n\r\nbody\r\n"),
	SPAN_INIT("X: y\r\nBcc\r\n"),
	SPAN_INIT("X y\r\n"),
	SPAN_INIT(" X: y\r\n"),
	SPAN_INIT("\r\n"),
	SPAN_INIT("\r\nX: y\r\n"),
	SPAN_INIT(": y\r\n"),
};

START_TEST(inserts_no_field)
{
	start(PLAIN);
	edit_raw_top(x, no_fields[_i]);
	check_refused("no field");
	start(PLAIN);
	edit_field_replace(x, 1, no_fields[_i]);
	check_refused("no field");
}
END_TEST

START_TEST(injection)
{
	start(PLAIN);
	edit_field_top(x, SPAN("X"), SPAN("y\r\n\r\nbody"));
	check_refused("no field");
}
END_TEST

START_TEST(irreversible)
{
	start(PLAIN);
	ck_assert(x->reversible);
	edit_irreversible(x);
	ck_assert(!x->reversible);
}
END_TEST

START_TEST(finished_again)
{
	start(PLAIN);
	edit_field_top(x, SPAN("X"), SPAN("1"));
	ck_assert(edit_finish(x, &e));
	edit_field_top(x, SPAN("Y"), SPAN("2"));
	ck_assert(!x->finished);
	check_print(SPAN("X: 1\r\nY: 2\r\nA: 1\r\nB: 2\r\nA: 3\r\n\r\nhello\r\nworld\r\n"));
}
END_TEST

/* Many edits, made from the end to the start: what is quadratic would not come back. */
START_TEST(many)
{
	enum { LINES = 200000 };
	struct buf raw = BUF_INIT;

	buf_str(&raw, "A: 1\r\n\r\n");
	for (size_t i = 0; i < LINES; i++) {
		buf_str(&raw, "line\r\n");
	}
	start(buf_move(&raw, arena));
	for (size_t i = LINES; i-- > 0;) {
		edit_body(x, 6 * i, 4, SPAN("LINE"));
	}
	ck_assert(edit_finish(x, &e));
	ck_assert_uint_eq(edit_segments(x).n, 2 * LINES);
	ck_assert(span_ends(edit_print(x), SPAN("\r\nLINE\r\nLINE\r\n")));
}
END_TEST

/* Numbers that are the same in every run. */
static void fill(unsigned char *out, size_t n, uint32_t *state)
{
	for (size_t i = 0; i < n; i++) {
		*state = *state * 1664525u + 1013904223u;
		out[i] = (unsigned char)(*state >> 24);
	}
}

static void check_file(const char *path, struct span raw)
{
	struct arena *own = arena_new();
	uint32_t state = (uint32_t)raw.n;
	unsigned char bytes[120];
	struct message file;

	ck_assert_msg(message_parse(own, raw, &file, &e), "%s: %s", path, e.text);
	model_run_nothing(own, &file);
	for (int i = 0; i < 8; i++) {
		fill(bytes, sizeof(bytes), &state);
		model_run(own, &file, &(struct dice){ bytes, sizeof(bytes) });
	}
	arena_free(own);
}

START_TEST(corpus_edits)
{
	corpus_each(check_file);
}
END_TEST

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

Suite *edit_suite(void)
{
	Suite *suite = suite_create("edit");
	TCase *tc = tcase_create("edit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, nothing, 0, LENGTH(untouched));
	tcase_add_test(tc, top_in_order_of_calls);
	tcase_add_test(tc, fields);
	tcase_add_test(tc, drop_all);
	tcase_add_test(tc, no_header_left);
	tcase_add_test(tc, body);
	tcase_add_test(tc, segments);
	tcase_add_test(tc, no_separator);
	tcase_add_test(tc, last_field_without_line_end);
	tcase_add_test(tc, inserts_are_copied);
	tcase_add_test(tc, overlaps);
	tcase_add_test(tc, outside);
	tcase_add_test(tc, field_boundaries);
	tcase_add_loop_test(tc, inserts_no_field, 0, LENGTH(no_fields));
	tcase_add_test(tc, injection);
	tcase_add_test(tc, irreversible);
	tcase_add_test(tc, finished_again);
	tcase_add_test(tc, many);
	tcase_add_test(tc, corpus_edits);
	suite_add_tcase(suite, tc);
	return suite;
}
