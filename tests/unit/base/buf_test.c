/* Growing bytes: content, the NUL behind them, NUL bytes inside. */

#include "base/buf.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

START_TEST(starts_empty)
{
	struct buf b = BUF_INIT;

	ck_assert_ptr_null(b.p);
	buf_add(&b, SPAN(""));
	buf_add(&b, span_str(NULL));
	buf_str(&b, NULL);
	buf_clear(&b);
	ck_assert_ptr_null(b.p);
	ck_assert_uint_eq(buf_span(&b).n, 0);
	buf_free(&b);
}
END_TEST

START_TEST(adds)
{
	struct buf b = BUF_INIT;

	buf_str(&b, "ab");
	ck_assert_str_eq(b.p, "ab");
	buf_chr(&b, '\0');
	buf_add(&b, SPAN("c\0d"));
	buf_printf(&b, "%d%s", 12, "x");
	ck_assert_uint_eq(b.n, 9);
	ck_assert_mem_eq(b.p, "ab\0c\0d12x", 10);
	buf_clear(&b);
	ck_assert_uint_eq(b.n, 0);
	ck_assert_str_eq(b.p, "");
	ck_assert_uint_ge(b.cap, 10);
	buf_free(&b);
	ck_assert_ptr_null(b.p);
	ck_assert_uint_eq(b.cap, 0);
}
END_TEST

START_TEST(grows_by_doubling)
{
	struct buf b = BUF_INIT;
	size_t moves = 0, cap = 0;

	for (size_t i = 0; i < 1000000; i++) {
		buf_chr(&b, (char)(i % 127));
		moves += b.cap != cap;
		cap = b.cap;
	}
	ck_assert_uint_le(moves, 20);
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] != (char)(i % 127)) {
			ck_abort_msg("byte %zu", i);
		}
	}
	ck_assert_int_eq(b.p[b.n], '\0');
	buf_free(&b);
}
END_TEST

/* Lengths around the first capacity: the room for the NUL is counted. */
START_TEST(room_for_nul)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%*s", _i, "");
	ck_assert_uint_eq(b.n, (size_t)_i);
	ck_assert_uint_gt(b.cap, b.n);
	buf_reserve(&b, (size_t)_i);
	ck_assert_uint_gt(b.cap, b.n + (size_t)_i);
	ck_assert_uint_eq(strlen(b.p), (size_t)_i);
	buf_free(&b);
}
END_TEST

START_TEST(reserve_keeps)
{
	struct buf b = BUF_INIT;
	const char *p;

	buf_str(&b, "abc");
	buf_reserve(&b, 1000);
	p = b.p;
	buf_printf(&b, "%1000s", "x");
	ck_assert_ptr_eq(b.p, p);
	ck_assert_mem_eq(b.p, "abc   ", 6);
	buf_free(&b);
}
END_TEST

START_TEST(moves)
{
	struct arena *arena = arena_new();
	struct buf b = BUF_INIT;
	struct span s;

	buf_add(&b, SPAN("a\0b"));
	s = buf_move(&b, arena);
	ck_assert_ptr_null(b.p);
	ck_assert_uint_eq(s.n, 3);
	ck_assert_mem_eq(s.p, "a\0b", 4);
	s = buf_move(&b, arena);
	ck_assert_uint_eq(s.n, 0);
	ck_assert_str_eq(s.p, "");
	arena_free(arena);
}
END_TEST

/* What is said on the way out belongs to the test, not on the terminal. */
static void be_silent(void)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

START_TEST(overflow)
{
	struct buf b = BUF_INIT;

	be_silent();
	buf_str(&b, "abc");
	buf_reserve(&b, SIZE_MAX - 2);
}
END_TEST

START_TEST(far_too_much)
{
	struct buf b = BUF_INIT;

	be_silent();
	buf_reserve(&b, SIZE_MAX);
}
END_TEST

Suite *buf_suite(void)
{
	Suite *suite = suite_create("buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, starts_empty);
	tcase_add_test(tc, adds);
	tcase_add_test(tc, grows_by_doubling);
	tcase_add_loop_test(tc, room_for_nul, 0, 140);
	tcase_add_test(tc, reserve_keeps);
	tcase_add_test(tc, moves);
	tcase_add_exit_test(tc, overflow, 75);
	tcase_add_exit_test(tc, far_too_much, 75);
	suite_add_tcase(suite, tc);
	return suite;
}
