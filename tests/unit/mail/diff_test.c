/*
 * Unified diffs: golden ones, as diff -u prints them; the law that a diff applied to the old
 * text gives the new one, over random texts; what hostile texts cost.
 */
#include "mail/diff.h"

#include "base/limits.h"

#include <check.h>
#include <string.h>

static const struct {
	const char *old, *new, *want; /* want: behind the two lines of names */
} cases[] = {
	{ "", "", "" },
	{ "a\n", "a\n", "" },
	{ "a\nb", "a\nb", "" },
	{ "", "a\n", "@@ -0,0 +1 @@\n+a\n" },
	{ "a\n", "", "@@ -1 +0,0 @@\n-a\n" },
	{ "a\n", "b\n", "@@ -1 +1 @@\n-a\n+b\n" },
	{ "", "\n", "@@ -0,0 +1 @@\n+\n" },
	{ "a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b\n" },
	{ "b\n", "a\nb\n", "@@ -1 +1,2 @@\n+a\n b\n" },
	{ "1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5\n6\n", "@@ -3,3 +3,4 @@\n 3\n 4\n 5\n+6\n" },
	{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
	  "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
	/* six lines between: one hunk; seven: two */
	{ "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
	  "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n" },
	{ "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
	  "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n" },
	/* the last line */
	{ "a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n" },
	{ "a\n", "a", "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n" },
	{ "a", "b", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n" },
	{ "a\nz", "b\nz", "@@ -1,2 +1,2 @@\n-a\n+b\n z\n\\ No newline at end of file\n" },
	/* CR is part of a line */
	{ "a\r\n", "b\r\n", "@@ -1 +1 @@\n-a\r\n+b\r\n" },
	{ "a\n", "a\r\n", "@@ -1 +1 @@\n-a\n+a\r\n" },
	{ "a\rb\n", "a\rc\n", "@@ -1 +1 @@\n-a\rb\n+a\rc\n" },
	/* the least difference: a line that was moved */
	{ "1\n2\n3\n4\n", "2\n3\n4\n1\n", "@@ -1,4 +1,4 @@\n-1\n 2\n 3\n 4\n+1\n" },
	{ "a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
	  "@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n" },
};

START_TEST(golden)
{
	struct arena *arena = arena_new();
	struct buf out = BUF_INIT;
	struct span text;

	diff_unified(arena, &out, SPAN("old"), SPAN("new"), span_str(cases[_i].old),
	             span_str(cases[_i].new));
	text = buf_span(&out);
	if (cases[_i].want[0]) {
		ck_assert(span_starts(text, SPAN("--- old\n+++ new\n")));
		text = span_from(text, strlen("--- old\n+++ new\n"));
	}
	ck_assert_msg(span_is(text, cases[_i].want), "case %d:\n%.*s", _i, SPAN_FMT(text));
	buf_free(&out);
	arena_free(arena);
}
END_TEST

/* ---- the law ---- */

/* ck_assert writes to a file each time, which 100,000 lines would wait for. */
static void must(bool condition)
{
	if (!condition) {
		ck_abort();
	}
}

static struct span line_of(struct span *rest)
{
	size_t lf = span_chr(*rest, '\n');
	struct span line = span_sub(*rest, 0, lf == SPAN_NONE ? rest->n : lf + 1);

	*rest = span_from(*rest, line.n);
	return line;
}

/* "-12,3": *AT from 0, *N. */
static void read_range(struct span text, uint64_t *at, uint64_t *n)
{
	struct span rest = span_from(text, 1), first = span_cut(&rest, ',');

	*n = 1;
	must(span_u64(first, at));
	must(!rest.p || span_u64(rest, n));
	*at -= *n > 0 ? 1 : 0;
}

/* A line of a hunk; without its LF when the diff says that there was none. */
static struct span hunk_line(struct span *patch)
{
	struct span line = line_of(patch);

	if (span_starts(*patch, SPAN("\\ "))) {
		line_of(patch);
		line.n--;
	}
	return line;
}

/* PATCH applied to OLD, or, BACK, to what it leads to. Every line it speaks of must be there. */
static void apply(struct span patch, struct span old, bool back, struct buf *out)
{
	char minus = back ? '+' : '-', plus = back ? '-' : '+';
	uint64_t at = 0;

	if (patch.n > 0) {
		line_of(&patch);
		line_of(&patch);
	}
	while (patch.n > 0) {
		struct span head = line_of(&patch), ranges;
		uint64_t from[2], n[2];

		must(span_starts(head, SPAN("@@ -")));
		ranges = span_sub(head, 3, head.n - 4);
		read_range(span_cut(&ranges, ' '), &from[0], &n[0]);
		read_range(ranges, &from[1], &n[1]);
		for (; at < from[back]; at++) {
			must(old.n > 0);
			buf_add(out, line_of(&old));
		}
		while (n[0] + n[1] > 0) {
			struct span line = hunk_line(&patch);

			must(line.n > 0);
			n[0] -= line.p[0] != '+';
			n[1] -= line.p[0] != '-';
			if (line.p[0] != plus) {
				must(span_eq(line_of(&old), span_from(line, 1)));
				at++;
			}
			if (line.p[0] != minus) {
				buf_add(out, span_from(line, 1));
			}
		}
	}
	buf_add(out, old);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static struct span random_text(struct arena *arena, uint32_t *state)
{
	static const char *const words[] = { "a", "b", "", "a\r", "-", "+x", "@@ -1 +1 @@",
		                             "\\ No newline", " ", "\x1b[31m" };
	struct buf out = BUF_INIT;
	uint32_t n = next_random(state) % 24, kinds = 1 + next_random(state) % 10;

	for (uint32_t i = 0; i < n; i++) {
		buf_str(&out, words[next_random(state) % kinds]);
		if (i + 1 < n || next_random(state) % 4 != 0) {
			buf_chr(&out, '\n');
		}
	}
	return buf_move(&out, arena);
}

/* OLD with up to three pieces replaced. */
static struct span altered(struct arena *arena, struct span old, uint32_t *state)
{
	struct span text = old;

	for (uint32_t i = next_random(state) % 4; i > 0; i--) {
		size_t at = next_random(state) % (text.n + 1), n = next_random(state) % 6;
		struct span head = span_sub(text, 0, at), tail = span_from(text, at + n);

		text = arena_join(arena, arena_copy(arena, head), random_text(arena, state),
		                  arena_copy(arena, tail), SPAN_END);
	}
	return text;
}

static void check_law(struct arena *arena, struct span old, struct span new)
{
	struct buf patch = BUF_INIT, forth = BUF_INIT, back = BUF_INIT;

	diff_unified(arena, &patch, SPAN("a"), SPAN("b"), old, new);
	ck_assert_int_eq(patch.n == 0, span_eq(old, new));
	apply(buf_span(&patch), old, false, &forth);
	ck_assert_msg(span_eq(buf_span(&forth), new), "old:\n%.*s\nnew:\n%.*s\npatch:\n%.*s",
	              SPAN_FMT(old), SPAN_FMT(new), SPAN_FMT(buf_span(&patch)));
	apply(buf_span(&patch), new, true, &back);
	ck_assert(span_eq(buf_span(&back), old));
	buf_free(&patch);
	buf_free(&forth);
	buf_free(&back);
}

START_TEST(law)
{
	uint32_t state = 1;

	for (int i = 0; i < 5000; i++) {
		struct arena *arena = arena_new();
		struct span old = random_text(arena, &state);

		check_law(arena, old, random_text(arena, &state));
		check_law(arena, old, altered(arena, old, &state));
		arena_free(arena);
	}
}
END_TEST

/* The least number of lines, by the table that takes n times m. */
static size_t least(struct span a, struct span b)
{
	size_t table[40][40] = { { 0 } };
	struct span x[40], y[40];
	size_t n = 0, m = 0;

	while (a.n > 0) {
		x[n++] = line_of(&a);
	}
	while (b.n > 0) {
		y[m++] = line_of(&b);
	}
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			size_t up = i > 0 ? table[i - 1][j] + 1 : SIZE_MAX;
			size_t left = j > 0 ? table[i][j - 1] + 1 : SIZE_MAX;

			if (i + j == 0) {
				continue;
			}
			table[i][j] = up < left ? up : left;
			if (i > 0 && j > 0 && span_eq(x[i - 1], y[j - 1]) &&
			    table[i - 1][j - 1] < table[i][j]) {
				table[i][j] = table[i - 1][j - 1];
			}
		}
	}
	return table[n][m];
}

START_TEST(least_difference)
{
	uint32_t state = 7;

	for (int i = 0; i < 1000; i++) {
		struct arena *arena = arena_new();
		struct span old = random_text(arena, &state), new = random_text(arena, &state);
		struct diff d = diff_lines(arena, old, new);
		size_t lines = 0;

		for (size_t k = 0; k < d.n; k++) {
			lines += d.v[k].old_n + d.v[k].new_n;
		}
		ck_assert(!d.rough);
		ck_assert_uint_eq(lines, least(old, new));
		arena_free(arena);
	}
}
END_TEST

/* ---- hostile ---- */

/* COUNT lines that are different in each text, or, with KINDS, of so many kinds. */
static struct span many(struct arena *arena, uint32_t seed, size_t count, uint32_t kinds)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < count; i++) {
		buf_printf(&out, "%u\n", kinds ? next_random(&seed) % kinds : seed + (uint32_t)i);
	}
	return buf_move(&out, arena);
}

static const struct {
	const char *what;
	size_t lines;
	uint32_t kinds;
	bool rough;
} hostile[] = {
	{ "nothing in common", 100000, 0, true },
	{ "seven kinds of lines", 100000, 7, true },
	{ "too many lines", LIMIT_DIFF_LINES + 1, 0, true },
	{ "few lines", 300, 2, false },
};

START_TEST(bounded)
{
	struct arena *arena = arena_new();
	struct span old = many(arena, 1, hostile[_i].lines, hostile[_i].kinds);
	struct span new = many(arena, 1u << 30, hostile[_i].lines, hostile[_i].kinds);
	struct diff d = diff_lines(arena, old, new);

	ck_assert_msg(d.rough == hostile[_i].rough, "%s", hostile[_i].what);
	ck_assert_uint_eq(d.old_lines, hostile[_i].lines);
	if (d.rough) {
		ck_assert_uint_eq(d.n, 1);
	}
	check_law(arena, old, new);
	arena_free(arena);
}
END_TEST

/* A footer below a text of any length costs no more than reading it. */
START_TEST(long_text)
{
	struct arena *arena = arena_new();
	struct span old = many(arena, 1, 2 * LIMIT_DIFF_LINES, 3);
	struct span new = arena_join(arena, SPAN("top\n"), old, SPAN("footer\n"), SPAN_END);
	struct diff d = diff_lines(arena, old, arena_join(arena, old, SPAN("footer\n"), SPAN_END));

	ck_assert(!d.rough);
	ck_assert_uint_eq(d.n, 1);
	ck_assert_uint_eq(d.v[0].old_at, 2 * LIMIT_DIFF_LINES);
	ck_assert(d.v[0].old_n == 0 && d.v[0].new_n == 1);
	d = diff_lines(arena, old, new);
	ck_assert(d.rough);
	arena_free(arena);
}
END_TEST

/* Long equal lines and NUL bytes. */
START_TEST(bytes)
{
	struct arena *arena = arena_new();
	char *x = arena_alloc(arena, 1 << 20);

	memset(x, 'x', 1 << 20);
	check_law(arena, (struct span){ x, 1 << 20 }, (struct span){ x, (1 << 20) - 1 });
	check_law(arena, (struct span){ "a\0b\n", 4 }, (struct span){ "a\0c\n\xff", 5 });
	arena_free(arena);
}
END_TEST

Suite *diff_suite(void)
{
	Suite *suite = suite_create("diff");
	TCase *tcase = tcase_create("diff");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, golden, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(tcase, law);
	tcase_add_test(tcase, least_difference);
	tcase_add_loop_test(tcase, bounded, 0, (int)(sizeof(hostile) / sizeof(hostile[0])));
	tcase_add_test(tcase, long_text);
	tcase_add_test(tcase, bytes);
	suite_add_tcase(suite, tcase);
	return suite;
}
