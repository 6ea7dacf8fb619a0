/* Memory and arena: zeroed, aligned, separate; exhaustion ends with 75. */

#include "base/mem.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

static const size_t sizes[] = { 0, 1, 15, 16, 17, 4000, 4096, 5000, 262144, 300000, 3000000 };

static bool all_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i]) {
			return false;
		}
	}
	return true;
}

START_TEST(alloc_is_zeroed)
{
	char *p = mem_alloc(sizes[_i]);

	ck_assert_ptr_nonnull(p);
	ck_assert(all_zero(p, sizes[_i]));
	mem_free(p);
	mem_free(NULL);
}
END_TEST

START_TEST(resize_keeps)
{
	char *p = mem_str("hello");
	int *v = NULL;

	p = mem_resize(p, 100000);
	ck_assert_str_eq(p, "hello");
	mem_free(p);
	v = mem_resize_array(v, 3, sizeof(*v));
	v[2] = 7;
	v = mem_resize_array(v, 1000, sizeof(*v));
	ck_assert_int_eq(v[2], 7);
	v = mem_resize(v, 0);
	ck_assert_ptr_nonnull(v);
	mem_free(v);
}
END_TEST

/* What is said on the way out belongs to the test, not on the terminal. */
static void be_silent(void)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

START_TEST(too_much)
{
	mem_alloc(SIZE_MAX);
}
END_TEST
START_TEST(too_much_resize)
{
	mem_resize(NULL, SIZE_MAX / 2 + 1);
}
END_TEST
START_TEST(product_overflows)
{
	mem_resize_array(NULL, SIZE_MAX / 4 + 2, 4);
}
END_TEST
START_TEST(arena_too_much)
{
	arena_alloc(arena_new(), SIZE_MAX - 3);
}
END_TEST
START_TEST(arena_product_overflows)
{
	arena_array(arena_new(), SIZE_MAX / 8 + 1, 8);
}
END_TEST
START_TEST(copy_too_much)
{
	arena_copy(arena_new(), (struct span){ "", SIZE_MAX });
}
END_TEST

START_TEST(exhausted_says_one_line)
{
	int ends[2];
	char text[100];
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		dup2(ends[1], STDERR_FILENO);
		mem_exhausted();
	}
	close(ends[1]);
	n = read(ends[0], text, sizeof(text));
	ck_assert_int_eq(n, 21);
	ck_assert_mem_eq(text, "ladle: out of memory\n", 21);
}
END_TEST

#ifdef LADLE_DEBUG
static char state[] = "/tmp/mem_test.XXXXXX";

static void make_state(void)
{
	close(mkstemp(state));
}

static void remove_state(void)
{
	unlink(state);
}

START_TEST(injected_failure)
{
	setenv("LADLE_FAULT_STATE", state, 1);
	setenv("LADLE_FAULT", "alloc:3:enomem", 1);
	mem_free(mem_alloc(1));
	mem_free(mem_resize(NULL, 1));
	mem_alloc(1);
	_exit(1);
}
END_TEST
#endif

START_TEST(arena_is_zeroed_and_aligned)
{
	struct arena *a = arena_new();

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			char *p = arena_alloc(a, sizes[i]);

			ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
			ck_assert(all_zero(p, sizes[i]));
			memset(p, 0xff, sizes[i]);
		}
	}
	arena_free(a);
	arena_free(NULL);
}
END_TEST

/* Many allocations of all sizes: none touches another. */
START_TEST(arena_is_separate)
{
	enum { MANY = 3000 };
	struct arena *a = arena_new();
	static unsigned char *p[MANY];

	for (size_t i = 0; i < MANY; i++) {
		p[i] = arena_alloc(a, 1 + i * 7 % 5000);
		memset(p[i], (int)(i % 251), 1 + i * 7 % 5000);
	}
	for (size_t i = 0; i < MANY; i++) {
		for (size_t k = 0; k < 1 + i * 7 % 5000; k++) {
			if (p[i][k] != i % 251) {
				ck_abort_msg("allocation %zu, byte %zu", i, k);
			}
		}
	}
	arena_free(a);
}
END_TEST

/* A big allocation does not throw away the room that the current chunk has left. */
START_TEST(arena_big_goes_aside)
{
	struct arena *a = arena_new();
	char *first = arena_alloc(a, 10);
	char *second;

	arena_alloc(a, 2000000);
	second = arena_alloc(a, 10);
	ck_assert(second > first && second - first < 4096);
	arena_free(a);
}
END_TEST

START_TEST(arena_texts)
{
	struct arena *a = arena_new();
	struct span s = arena_copy(a, SPAN("a\0b"));
	struct span none = arena_copy(a, span_str(NULL));

	ck_assert_uint_eq(s.n, 3);
	ck_assert_mem_eq(s.p, "a\0b", 4);
	ck_assert_uint_eq(none.n, 0);
	ck_assert_str_eq(none.p, "");
	ck_assert_mem_eq(arena_str(a, SPAN("xy")), "xy", 3);
	s = arena_lower(a, SPAN("@A\0Z[\xc3\x84"));
	ck_assert_uint_eq(s.n, 7);
	ck_assert_mem_eq(s.p, "@a\0z[\xc3\x84", 8);
	s = arena_printf(a, "%s-%d", "post", 42);
	ck_assert_uint_eq(s.n, 7);
	ck_assert_str_eq(s.p, "post-42");
	s = arena_printf(a, "%5000s", "x");
	ck_assert_uint_eq(s.n, 5000);
	ck_assert_int_eq(s.p[4999], 'x');
	arena_free(a);
}
END_TEST

START_TEST(arena_joins)
{
	struct arena *a = arena_new();
	struct span s = arena_join(a, SPAN("a"), SPAN(""), SPAN("b\0c"), SPAN("d"), SPAN_END);

	ck_assert_uint_eq(s.n, 5);
	ck_assert_mem_eq(s.p, "ab\0cd", 6);
	s = arena_join(a, SPAN_END);
	ck_assert_uint_eq(s.n, 0);
	ck_assert_str_eq(s.p, "");
	arena_free(a);
}
END_TEST

struct item {
	size_t number;
	char fill[5];
};

START_TEST(arena_grows)
{
	struct arena *a = arena_new();
	struct item *v = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < 10000; i++) {
		*ARENA_PUSH(a, v, n, cap) = (struct item){ .number = i };
	}
	ck_assert_uint_eq(n, 10000);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(v[i].number, i);
	}
	ck_assert(all_zero((char *)(v + n), (cap - n) * sizeof(*v)));
	arena_free(a);
}
END_TEST

START_TEST(arena_is_poisoned_behind)
{
#if defined(__SANITIZE_ADDRESS__)
	struct arena *a = arena_new();
	char *p = arena_alloc(a, 13);
	char *q = arena_alloc(a, 300000);

	arena_alloc(a, 1);
	ck_assert(!__asan_region_is_poisoned(p, 13));
	ck_assert(__asan_address_is_poisoned(p + 13));
	ck_assert(__asan_address_is_poisoned(q + 300000));
	arena_free(a);
#endif
}
END_TEST

static TCase *exhaustion(void)
{
	TCase *tc = tcase_create("exhaustion");

	tcase_add_checked_fixture(tc, be_silent, NULL);
	tcase_add_exit_test(tc, too_much, 75);
	tcase_add_exit_test(tc, too_much_resize, 75);
	tcase_add_exit_test(tc, product_overflows, 75);
	tcase_add_exit_test(tc, arena_too_much, 75);
	tcase_add_exit_test(tc, arena_product_overflows, 75);
	tcase_add_exit_test(tc, copy_too_much, 75);
	tcase_add_test(tc, exhausted_says_one_line);
#ifdef LADLE_DEBUG
	tcase_add_unchecked_fixture(tc, make_state, remove_state);
	tcase_add_exit_test(tc, injected_failure, 75);
#endif
	return tc;
}

Suite *mem_suite(void)
{
	Suite *suite = suite_create("mem");
	TCase *tc = tcase_create("mem");

	tcase_add_loop_test(tc, alloc_is_zeroed, 0, sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(tc, resize_keeps);
	tcase_add_test(tc, arena_is_zeroed_and_aligned);
	tcase_add_test(tc, arena_is_separate);
	tcase_add_test(tc, arena_big_goes_aside);
	tcase_add_test(tc, arena_texts);
	tcase_add_test(tc, arena_joins);
	tcase_add_test(tc, arena_grows);
	tcase_add_test(tc, arena_is_poisoned_behind);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, exhaustion());
	return suite;
}
