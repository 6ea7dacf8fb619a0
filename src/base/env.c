/*
 * The real clock and the real randomness. Trouble with either cannot be handled
 * by any caller, so it ends the process as an exhausted memory does.
 */

#include "base/env.h"

#include "base/span.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "ladle: %s is not available\n", what);
	_exit(EX_TEMPFAIL);
}

static int64_t real_now(const struct env *env)
{
	struct timespec t;

	(void)env;
	if (clock_gettime(CLOCK_REALTIME, &t) != 0) {
		give_up("the clock");
	}
	return t.tv_sec;
}

static int64_t real_now_us(const struct env *env)
{
	struct timespec t;

	(void)env;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
		give_up("the monotonic clock");
	}
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void real_random(const struct env *env, void *out, size_t n)
{
	char *p = out;

	(void)env;
	while (n) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			give_up("randomness");
		}
		p += got;
		n -= (size_t)got;
	}
}

#ifdef LADLE_DEBUG
static int64_t fixed_now(const struct env *env)
{
	return env->fixed_now;
}

static void fix_clock(struct env *env)
{
	uint64_t at;

	if (!span_u64(span_str(getenv("LADLE_NOW")), &at) || at > INT64_MAX) {
		return;
	}
	env->fixed_now = (int64_t)at;
	env->now = fixed_now;
}
#else
static void fix_clock(struct env *env)
{
	(void)env;
}
#endif

struct env env_real(void)
{
	struct env env = { .now = real_now, .now_us = real_now_us, .random = real_random };

	fix_clock(&env);
	return env;
}
