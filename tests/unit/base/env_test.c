/* The real world: clocks move, randomness differs, LADLE_NOW stands still in debug builds only. */

#include "base/env.h"

#include <check.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

START_TEST(clocks)
{
	struct env env;
	int64_t before, after;

	unsetenv("LADLE_NOW");
	env = env_real();
	ck_assert_int_le(env.now(&env) - (int64_t)time(NULL), 1);
	ck_assert_int_ge(env.now(&env) - (int64_t)time(NULL), -1);
	before = env.now_us(&env);
	nanosleep(&(struct timespec){ .tv_nsec = 3000000 }, NULL);
	after = env.now_us(&env);
	ck_assert_int_ge(after - before, 3000);
	ck_assert_int_lt(after - before, 3000000);
}
END_TEST

static const struct {
	const char *text;
	bool fixed;
	int64_t at;
} clock_cases[] = {
	{ "1700000000", true, 1700000000 },
	{ "0", true, 0 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "9223372036854775808", false, 0 },
	{ "", false, 0 },
	{ "soon", false, 0 },
	{ "-1", false, 0 },
};

START_TEST(fixed_clock)
{
	struct env env;

	setenv("LADLE_NOW", clock_cases[_i].text, 1);
	env = env_real();
#ifdef LADLE_DEBUG
	if (clock_cases[_i].fixed) {
		ck_assert_int_eq(env.now(&env), clock_cases[_i].at);
		return;
	}
#endif
	ck_assert_int_le(env.now(&env) - (int64_t)time(NULL), 1);
	ck_assert_int_ge(env.now(&env) - (int64_t)time(NULL), -1);
}
END_TEST

static void on_alarm(int number)
{
	(void)number;
}

/* Signals, so that one call gives only a part. */
static void alarm_often(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval every = { { 0, 500 }, { 0, 500 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

/* More than one call gives, and the byte behind stays. */
START_TEST(randomness)
{
	enum { SIZE = 10000000 };
	unsigned char *a = calloc(1, SIZE + 1), *b = calloc(1, SIZE);
	struct env env = env_real();
	size_t seen[256] = { 0 };

	a[SIZE] = 7;
	alarm_often();
	env.random(&env, a, SIZE);
	env.random(&env, b, SIZE);
	env.random(&env, b, 0);
	ck_assert_uint_eq(a[SIZE], 7);
	ck_assert_mem_ne(a + SIZE - 16, b + SIZE - 16, 16);
	for (size_t i = SIZE - 100000; i < SIZE; i++) {
		seen[a[i]]++;
	}
	for (size_t i = 0; i < 256; i++) {
		ck_assert_uint_gt(seen[i], 200);
	}
	free(a);
	free(b);
}
END_TEST

Suite *env_suite(void)
{
	Suite *suite = suite_create("env");
	TCase *tc = tcase_create("env");

	tcase_add_test(tc, clocks);
	tcase_add_loop_test(tc, fixed_clock, 0, 7);
	tcase_add_test(tc, randomness);
	suite_add_tcase(suite, tc);
	return suite;
}
