#ifndef LADLE_BASE_ENV_H
#define LADLE_BASE_ENV_H

/* The world outside as a small struct, so that tests can replace it. */

#include <stddef.h>
#include <stdint.h>

struct env {
	int64_t (*now)(const struct env *env);                      /* seconds since 1970, UTC */
	int64_t (*now_us)(const struct env *env);                   /* monotonic microseconds */
	void (*random)(const struct env *env, void *out, size_t n); /* unpredictable bytes */
	int64_t fixed_now;                                          /* for a replaced clock */
};

/*
 * The real one: clock_gettime, getrandom. When the environment variable
 * LADLE_NOW holds seconds since 1970 in a debug build, the clock stands there.
 */
struct env env_real(void);

#endif
