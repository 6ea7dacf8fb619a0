#include "mail/message.h"

#include "base/buf.h"
#include "base/limits.h"
#include "corpus.h"

#include <check.h>
#include <string.h>

#define ck_span(got, want)                                                                         \
	do {                                                                                       \
		struct span got_ = (got), want_ = (want);                                          \
		ck_assert_msg(span_eq(got_, want_), "\"%.*s\" is not \"%.*s\"", SPAN_FMT(got_),    \
		              SPAN_FMT(want_));                                                    \
	} while (0)

static struct arena *arena;
static struct message m;
static struct err e;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

static void parse(struct span raw)
{
	ck_assert_msg(message_parse(arena, raw, &m, &e), "%s", e.text);
}

/* Fields, separator and body follow each other and are the input. */
static void check_tiling(struct span raw)
{
	size_t at = 0;

	ck_assert_uint_eq(m.raw.n, raw.n);
	for (size_t i = 0; i < m.count; i++) {
		const struct field *f = &m.fields[i];
		bool last = i + 1 == m.count && m.header.n == raw.n;

		ck_assert_ptr_eq(f->raw.p, raw.p + at);
		ck_assert_ptr_eq(f->name.p, f->raw.p);
		ck_assert(f->name.n > 0);
		ck_assert(f->value.p > f->name.p + f->name.n);
		ck_assert(last || span_ends(f->raw, SPAN("\r\n")));
		ck_assert_uint_eq((size_t)(f->value.p - f->raw.p) + f->value.n,
		                  f->raw.n - (span_ends(f->raw, SPAN("\r\n")) ? 2 : 0));
		at += f->raw.n;
	}
	ck_assert_uint_eq(m.header.n, at);
	if (at > 0) {
		ck_assert_ptr_eq(m.header.p, raw.p);
	}
	ck_assert(m.separator.n == 0 || span_is(m.separator, "\r\n"));
	at += m.separator.n;
	ck_assert_uint_eq(at + m.body.n, raw.n);
	if (m.body.n > 0) {
		ck_assert_ptr_eq(m.body.p, raw.p + at);
	}
}

static const struct {
	struct span raw;
	size_t count, header, separator;
	bool bare, nul;
} shapes[] = {
	{ SPAN_INIT(""), 0, 0, 0, false, false },
	{ SPAN_INIT("\r\n"), 0, 0, 2, false, false },
	{ SPAN_INIT("\r\nbody"), 0, 0, 2, false, false },
	{ SPAN_INIT("\r\n\r\n"), 0, 0, 2, false, false },
	{ SPAN_INIT("A: b\r\n\r\nbody\r\n"), 1, 6, 2, false, false },
	{ SPAN_INIT("A: b\r\nC:d\r\n\r\n"), 2, 11, 2, false, false },
	{ SPAN_INIT("A: b\r\n"), 1, 6, 0, false, false },
	{ SPAN_INIT("A: b"), 1, 4, 0, false, false },
	{ SPAN_INIT("A:"), 1, 2, 0, false, false },
	{ SPAN_INIT("A"), 0, 0, 0, false, false },
	{ SPAN_INIT("A\r\n\r\n"), 0, 0, 0, false, false },
	{ SPAN_INIT(":\r\n"), 0, 0, 0, false, false },
	{ SPAN_INIT(": x\r\n"), 0, 0, 0, false, false },
	/* folding, also with lines of white space only */
	{ SPAN_INIT("A: b\r\n c\r\n\td\r\n\r\n"), 1, 14, 2, false, false },
	{ SPAN_INIT("A:\r\n \r\n \r\n\r\nx"), 1, 10, 2, false, false },
	{ SPAN_INIT("A: b\r\n c"), 1, 8, 0, false, false },
	{ SPAN_INIT("A: b\r\n "), 1, 7, 0, false, false },
	/* what ends a header without an empty line */
	{ SPAN_INIT("A: b\r\nnot a field\r\nC: d\r\n\r\n"), 1, 6, 0, false, false },
	{ SPAN_INIT("A: b\r\n\xc3\xa4: d\r\n\r\n"), 1, 6, 0, false, false },
	{ SPAN_INIT("A: b\r\nB\x7f: d\r\n\r\n"), 1, 6, 0, false, false },
	{ SPAN_INIT("From x@example.org Mon Jan  1 00:00:00 2024\r\nA: b\r\n\r\n"), 0, 0, 0, false,
	  false },
	{ SPAN_INIT(" A: b\r\n\r\n"), 0, 0, 0, false, false },
	{ SPAN_INIT("\tA: b\r\n\r\n"), 0, 0, 0, false, false },
	/* obsolete white space before the colon, but no line end there */
	{ SPAN_INIT("A \t : b\r\n\r\n"), 1, 9, 2, false, false },
	{ SPAN_INIT("A\r\n : b\r\n\r\n"), 0, 0, 0, false, false },
	{ SPAN_INIT("~!#$%: b\r\n\r\n"), 1, 10, 2, false, false },
	/* only CRLF ends a line */
	{ SPAN_INIT("A: b\nC: d\n\nbody\n"), 1, 16, 0, true, false },
	{ SPAN_INIT("A: b\rC: d\r\n\r\n"), 1, 11, 2, true, false },
	{ SPAN_INIT("A: b\r\n\n\r\nbody"), 1, 6, 0, true, false },
	{ SPAN_INIT("A: b\r\n\rX: y\r\n"), 1, 6, 0, true, false },
	{ SPAN_INIT("A: b\r\r\nC: d\r\n\r\n"), 2, 13, 2, true, false },
	{ SPAN_INIT("A: b\n\r\nC: d\r\n\r\n"), 2, 13, 2, true, false },
	{ SPAN_INIT("A: b\n\r\n"), 1, 7, 0, true, false },
	{ SPAN_INIT("A: b\r"), 1, 5, 0, true, false },
	{ SPAN_INIT("\n"), 0, 0, 0, true, false },
	{ SPAN_INIT("\r"), 0, 0, 0, true, false },
	{ SPAN_INIT("\n\r"), 0, 0, 0, true, false },
	{ SPAN_INIT("A: b\r\n\r\nx\ry\r\n"), 1, 6, 2, true, false },
	{ SPAN_INIT("A: b\r\n\r\nx\ny\r\n"), 1, 6, 2, true, false },
	{ SPAN_INIT("A: b\r\n\r\nx\r"), 1, 6, 2, true, false },
	{ SPAN_INIT("A: b\r\n\r\n\n"), 1, 6, 2, true, false },
	/* NUL is data */
	{ SPAN_INIT("A: b\0c\r\n\r\n"), 1, 8, 2, false, true },
	{ SPAN_INIT("A: b\r\n\r\nx\0"), 1, 6, 2, false, true },
	{ SPAN_INIT("\0"), 0, 0, 0, false, true },
	{ SPAN_INIT("A: b\r\n\0C: d\r\n\r\n"), 1, 6, 0, false, true },
};

START_TEST(shape)
{
	parse(shapes[_i].raw);
	check_tiling(shapes[_i].raw);
	ck_assert_uint_eq(m.count, shapes[_i].count);
	ck_assert_uint_eq(m.header.n, shapes[_i].header);
	ck_assert_uint_eq(m.separator.n, shapes[_i].separator);
	ck_assert_int_eq(m.bare, shapes[_i].bare);
	ck_assert_int_eq(m.nul, shapes[_i].nul);
}
END_TEST

START_TEST(field_parts)
{
	parse(SPAN("Subject \t: one\r\n two \r\nX:\r\nTo:a@example.org\r\n\r\n"));
	ck_assert_uint_eq(m.count, 3);
	ck_span(m.fields[0].raw, SPAN("Subject \t: one\r\n two \r\n"));
	ck_span(m.fields[0].name, SPAN("Subject"));
	ck_span(m.fields[0].value, SPAN(" one\r\n two "));
	ck_span(m.fields[1].value, SPAN(""));
	ck_span(m.fields[2].value, SPAN("a@example.org"));
}
END_TEST

START_TEST(last_field_without_line_end)
{
	parse(SPAN("A: b\r\nSubject: x"));
	ck_assert_uint_eq(m.count, 2);
	ck_span(m.fields[1].raw, SPAN("Subject: x"));
	ck_span(m.fields[1].value, SPAN(" x"));
	ck_assert_uint_eq(m.body.n, 0);
}
END_TEST

START_TEST(look_up)
{
	size_t at = 0;

	parse(SPAN("To: 1\r\nCc: 2\r\nTO: 3\r\nTo2: 4\r\n\r\nto: 5\r\n"));
	ck_assert_ptr_eq(message_next(&m, SPAN("to"), &at), &m.fields[0]);
	ck_assert_uint_eq(at, 1);
	ck_assert_ptr_eq(message_next(&m, SPAN("to"), &at), &m.fields[2]);
	ck_assert_uint_eq(at, 3);
	ck_assert_ptr_null(message_next(&m, SPAN("to"), &at));
	ck_assert_ptr_null(message_next(&m, SPAN("to"), &at));
	ck_assert_ptr_eq(message_find(&m, "tO"), &m.fields[0]);
	ck_assert_ptr_null(message_find(&m, "From"));
	ck_assert_uint_eq(message_count(&m, "to"), 2);
	ck_assert_uint_eq(message_count(&m, "from"), 0);
}
END_TEST

static const struct {
	struct span value, unfolded, text;
} folds[] = {
	{ SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT(" a b "), SPAN_INIT(" a b "), SPAN_INIT("a b") },
	{ SPAN_INIT(" a\r\n b"), SPAN_INIT(" a b"), SPAN_INIT("a b") },
	{ SPAN_INIT(" a\r\n\t b\r\n c"), SPAN_INIT(" a\t b c"), SPAN_INIT("a\t b c") },
	{ SPAN_INIT("\r\n a"), SPAN_INIT(" a"), SPAN_INIT("a") },
	{ SPAN_INIT("\r\n \r\n \r\n a"), SPAN_INIT("   a"), SPAN_INIT("a") },
	{ SPAN_INIT(" a\rb\nc"), SPAN_INIT(" a\rb\nc"), SPAN_INIT("a\rb\nc") },
	{ SPAN_INIT("a\r\nb"), SPAN_INIT("a\r\nb"), SPAN_INIT("a\r\nb") },
	{ SPAN_INIT("a\r\n "), SPAN_INIT("a "), SPAN_INIT("a") },
	{ SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n"), SPAN_INIT("a") },
	{ SPAN_INIT("a\r\r\n b"), SPAN_INIT("a\r b"), SPAN_INIT("a\r b") },
	{ SPAN_INIT("a\0\r\n b"), SPAN_INIT("a\0 b"), SPAN_INIT("a\0 b") },
};

START_TEST(unfold)
{
	struct field f = { .value = folds[_i].value };

	ck_span(message_unfold(arena, folds[_i].value), folds[_i].unfolded);
	ck_span(message_text(arena, &f), folds[_i].text);
}
END_TEST

START_TEST(unfold_borrows)
{
	struct span value = SPAN(" nothing folded");

	ck_assert_ptr_eq(message_unfold(arena, value).p, value.p);
	ck_assert_uint_eq(message_text(arena, NULL).n, 0);
}
END_TEST

static struct span repeat(struct span head, const char *unit, size_t times)
{
	struct buf b = BUF_INIT;

	buf_add(&b, head);
	buf_reserve(&b, strlen(unit) * times);
	for (size_t i = 0; i < times; i++) {
		buf_str(&b, unit);
	}
	return buf_move(&b, arena);
}

START_TEST(too_many_fields)
{
	parse(repeat(SPAN(""), "A: b\r\n", LIMIT_FIELDS));
	ck_assert_uint_eq(m.count, LIMIT_FIELDS);
	ck_assert(!message_parse(arena, repeat(SPAN(""), "A: b\r\n", LIMIT_FIELDS + 1), &m, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
}
END_TEST

START_TEST(header_too_long)
{
	parse(repeat(SPAN("A:"), "x", LIMIT_HEADER - 2));
	ck_assert_uint_eq(m.header.n, LIMIT_HEADER);
	ck_assert(!message_parse(arena, repeat(SPAN("A:"), "x", LIMIT_HEADER - 1), &m, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	ck_assert(!message_parse(arena, repeat(SPAN("A: b\r\n"), " x\r\n", LIMIT_HEADER / 4), &m,
	                         &e));
	/* The body does not count. */
	parse(repeat(SPAN("A: b\r\n\r\n"), "x", LIMIT_HEADER + 1));
}
END_TEST

/* One byte at every place round the blocks of the scan. */
START_TEST(scan_places)
{
	enum { SIZE = 600 };
	char text[SIZE];

	for (size_t i = 0; i < SIZE; i++) {
		for (int k = 0; k < 3; k++) {
			memset(text, 'x', SIZE);
			text[i] = "\r\n\0"[k];
			parse((struct span){ text, SIZE });
			ck_assert_int_eq(m.bare, k < 2);
			ck_assert_int_eq(m.nul, k == 2);
		}
	}
	/* The same bytes with their highest bit set are text. */
	for (int k = 0; k < 3; k++) {
		memset(text, "\x8d\x8a\x80"[k], SIZE);
		parse((struct span){ text, SIZE });
		ck_assert(!m.bare && !m.nul);
	}
	for (size_t i = 0; i + 1 < SIZE; i++) {
		memset(text, 'x', SIZE);
		text[i] = '\r';
		text[i + 1] = '\n';
		parse((struct span){ text, SIZE });
		ck_assert(!m.bare && !m.nul);
	}
}
END_TEST

/* Quadratic work would not come back here. */
START_TEST(hostile_sizes)
{
	enum { MANY = 4 << 20 };

	parse(repeat(SPAN("A: b\r\n\r\n"), "\n", MANY));
	ck_assert(m.bare);
	parse(repeat(SPAN("A: b\r\n\r\n"), "\r", MANY));
	ck_assert(m.bare);
	parse(repeat(SPAN(""), "x", MANY));
	ck_assert_uint_eq(m.body.n, MANY);
	ck_assert(!message_parse(arena, repeat(SPAN("A:"), "\n", MANY), &m, &e));
	ck_assert(!message_parse(arena, repeat(SPAN("A: b"), "\r\n ", MANY / 3), &m, &e));
	ck_assert(!message_parse(arena, repeat(SPAN(""), "A: b\r\n", MANY / 6), &m, &e));
}
END_TEST

static void check_file(const char *path, struct span raw)
{
	struct arena *own = arena;

	arena = arena_new();
	ck_assert_msg(message_parse(arena, raw, &m, &e), "%s: %s", path, e.text);
	check_tiling(raw);
	arena_free(arena);
	arena = own;
}

START_TEST(corpus_prints_back)
{
	corpus_each(check_file);
}
END_TEST

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

Suite *message_suite(void)
{
	Suite *suite = suite_create("message");
	TCase *tc = tcase_create("message");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, shape, 0, LENGTH(shapes));
	tcase_add_test(tc, field_parts);
	tcase_add_test(tc, last_field_without_line_end);
	tcase_add_test(tc, look_up);
	tcase_add_loop_test(tc, unfold, 0, LENGTH(folds));
	tcase_add_test(tc, unfold_borrows);
	tcase_add_test(tc, too_many_fields);
	tcase_add_test(tc, header_too_long);
	tcase_add_test(tc, scan_places);
	tcase_add_test(tc, hostile_sizes);
	tcase_add_test(tc, corpus_prints_back);
	suite_add_tcase(suite, tc);
	return suite;
}
