/* Programs of others: what they say, how they end, and that they do end. */

#include "base/child.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *script, *input;
	int code, signal;
	const char *output;
} runs[] = {
	{ "exit 0", "", 0, 0, "" },
	{ "exit 82", "x", 82, 0, "" },
	{ "cat", "one\ntwo", 0, 0, "one\ntwo" },
	{ "echo out; echo err >&2; exit 3", "", 3, 0, "out\nerr\n" },
	{ "kill -9 $$", "", -1, SIGKILL, "" },
	{ "echo 0123456789abcdefghij", "", 0, 0, "56789abcdefghij\n" },
	{ "env | grep -v '^_=\\|^SHLVL=\\|^PWD='", "", 0, 0, "KNOWN=1\n" },
	{ "pwd", "", 0, 0, "/\n" },
	{ "ls /proc/self/fd | wc -l", "", 0, 0, "4\n" }, /* and the folder itself */
	{ "sleep 30 & echo left", "", 0, 0, "left\n" },
};

static bool run(const char *script, const char *input, int64_t timeout, struct child_end *end)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	const char *env[] = { "KNOWN=1", NULL };
	struct child c = { argv, env, span_str(input), timeout, 16 };
	struct err e = { 0 };
	bool ok = child_run(&c, end, &e);
	ck_assert_msg(ok, "%s", e.text);
	return ok;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

START_TEST(ends)
{
	struct child_end end;
	int64_t start = now_ms();
	run(runs[_i].script, runs[_i].input, 20000, &end);
	ck_assert_int_eq(end.code, runs[_i].code);
	ck_assert_int_eq(end.signal, runs[_i].signal);
	ck_assert(!end.timed_out);
	ck_assert_msg(span_is(buf_span(&end.output), runs[_i].output), "%.*s",
	              SPAN_FMT(buf_span(&end.output)));
	ck_assert_int_lt(now_ms() - start, 10000);
	buf_free(&end.output);
}
END_TEST

/* Gone, or waiting to be buried by whoever has inherited it. */
static bool is_dead(uint64_t pid)
{
	char path[64], text[512] = "";
	snprintf(path, sizeof(path), "/proc/%llu/stat", (unsigned long long)pid);
	FILE *f = fopen(path, "r");
	if (!f) {
		return true;
	}
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	return n == 0 || strstr(text, ") Z ") != NULL;
}

/* Neither it nor what it has started is left. */
static const char *const stubborn[] = {
	"trap '' TERM INT; echo $$; while :; do sleep 30; done",
	"echo $$; while :; do :; done",
	"sh -c 'sleep 30' & echo $!; wait",
	"echo $$; exec >/dev/null 2>&1; sleep 30",
};

START_TEST(killed)
{
	struct child_end end;
	uint64_t pid;
	run(stubborn[_i], "", 60, &end);
	ck_assert(end.timed_out);
	ck_assert(span_u64(span_trim(buf_span(&end.output)), &pid));
	for (int i = 0; i < 200 && !is_dead(pid); i++) {
		usleep(5000);
	}
	ck_assert(is_dead(pid));
	buf_free(&end.output);
}
END_TEST

START_TEST(not_there)
{
	const char *argv[] = { "/nowhere/filter", NULL }, *env[] = { NULL };
	struct child c = { argv, env, SPAN(""), 1000, 16 };
	struct child_end end;
	struct err e = { 0 };
	ck_assert(!child_run(&c, &end, &e));
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_str_eq(e.text, "cannot run \"/nowhere/filter\": No such file or directory");
}
END_TEST

/* More than a pipe holds, both ways, and nobody waits for the other. */
START_TEST(large)
{
	static char input[300000];
	struct child_end end;
	memset(input, 'x', sizeof(input) - 1);
	run("cat; exit 80", input, 20000, &end);
	ck_assert_int_eq(end.code, 80);
	ck_assert_uint_eq(end.output.n, 16);
	buf_free(&end.output);
	run("exit 80", input, 20000, &end);
	ck_assert_int_eq(end.code, 80);
	buf_free(&end.output);
}
END_TEST

Suite *child_suite(void);

Suite *child_suite(void)
{
	Suite *suite = suite_create("child");
	TCase *tc = tcase_create("child");
	tcase_add_loop_test(tc, ends, 0, (int)(sizeof(runs) / sizeof(runs[0])));
	tcase_add_loop_test(tc, killed, 0, (int)(sizeof(stubborn) / sizeof(stubborn[0])));
	tcase_add_test(tc, not_there);
	tcase_add_test(tc, large);
	suite_add_tcase(suite, tc);
	return suite;
}
