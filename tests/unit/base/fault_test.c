/*
 * Faults on demand. The counts are those of a file, so the tests look at it,
 * and run calls in several processes at once.
 */

#include "base/fault.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char state[] = "/tmp/fault_test.XXXXXX";

static void setup(void)
{
	close(mkstemp(state));
}

static void teardown(void)
{
	unlink(state);
}

static void empty_state(void)
{
	ck_assert_int_eq(truncate(state, 0), 0);
}

static void plan(const char *list)
{
	setenv("LADLE_FAULT_STATE", state, 1);
	if (list) {
		setenv("LADLE_FAULT", list, 1);
	} else {
		unsetenv("LADLE_FAULT");
	}
}

#ifdef LADLE_DEBUG

/* The count that the state file holds for NAME; 0 when it has no line. */
static long count_of(const char *name)
{
	char line[200], found[100];
	FILE *f = fopen(state, "r");
	long count, result = 0;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		ck_assert_int_eq(sscanf(line, "%99s %ld", found, &count), 2);
		if (strcmp(found, name) == 0) {
			result = count;
		}
	}
	fclose(f);
	return result;
}

START_TEST(off)
{
	unsetenv("LADLE_FAULT");
	unsetenv("LADLE_FAULT_STATE");
	errno = EDOM;
	ck_assert_int_eq(fault_point("write"), 0);
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(count_of("write"), 0);
}
END_TEST

START_TEST(only_counted)
{
	plan(NULL);
	for (int i = 0; i < 12; i++) {
		ck_assert_int_eq(fault_point("write"), 0);
	}
	ck_assert_int_eq(fault_point("fsync"), 0);
	ck_assert_int_eq(fault_point("write-more"), 0);
	ck_assert_int_eq(count_of("write"), 12);
	ck_assert_int_eq(count_of("fsync"), 1);
	ck_assert_int_eq(count_of("write-more"), 1);
	ck_assert_int_eq(count_of("rename"), 0);
}
END_TEST

START_TEST(nth_call_acts)
{
	plan("write:3:enospc,fsync:1:eio,write:5:eio,alloc:1:enomem");
	ck_assert_int_eq(fault_point("fsync"), EIO);
	ck_assert_int_eq(fault_point("fsync"), 0);
	ck_assert_int_eq(fault_point("write"), 0);
	ck_assert_int_eq(fault_point("write"), 0);
	errno = EDOM;
	ck_assert_int_eq(fault_point("write"), ENOSPC);
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(fault_point("write"), 0);
	ck_assert_int_eq(fault_point("write"), EIO);
	ck_assert_int_eq(fault_point("write"), 0);
	ck_assert_int_eq(fault_point("alloc"), ENOMEM);
	ck_assert_int_eq(fault_point("fsyn"), 0);
	ck_assert_int_eq(fault_point("fsync-more"), 0);
}
END_TEST

START_TEST(kills_by_default)
{
	plan("rename:2");
	if (fault_point("rename") == 0) {
		fault_point("rename");
	}
}
END_TEST

START_TEST(kills_by_name)
{
	plan("rename:1:kill");
	fault_point("rename");
}
END_TEST

/* Four processes, 200 calls together: no call is lost, and the fault strikes exactly once. */
START_TEST(count_spans_processes)
{
	enum { PROCESSES = 4, CALLS = 50 };
	int killed = 0, done = 0;

	plan("write:101,fsync:7:eio");
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			for (int k = 0; k < CALLS; k++) {
				fault_point("write");
			}
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		ck_assert_int_gt(wait(&status), 0);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		done += WIFEXITED(status);
	}
	ck_assert_int_eq(killed, 1);
	ck_assert_int_eq(done, PROCESSES - 1);
	ck_assert_int_ge(count_of("write"), (PROCESSES - 1) * CALLS + 1);
	ck_assert_int_le(count_of("write"), PROCESSES * CALLS);
}
END_TEST

START_TEST(no_call_is_lost)
{
	int gate[2];
	char byte;

	plan(NULL);
	ck_assert_int_eq(pipe(gate), 0);
	for (int i = 0; i < 4; i++) {
		if (fork() == 0) {
			close(gate[1]);
			if (read(gate[0], &byte, 1) != 0) { /* ends when all are there */
				_exit(1);
			}
			for (int k = 0; k < 1000; k++) {
				fault_point(k % 2 ? "write" : "fsync");
			}
			_exit(0);
		}
	}
	close(gate[1]);
	while (wait(NULL) > 0) {
		;
	}
	ck_assert_int_eq(count_of("write"), 2000);
	ck_assert_int_eq(count_of("fsync"), 2000);
}
END_TEST

static const char *const bad_plans[] = {
	"write",    "write:", "write:0", "write:x",      "write:-1",     "write:1:boom",
	"write:1:", "",       ",",       "write:1:eio,", "write:1:eio:",
};

static void be_silent(void)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

START_TEST(bad_plan)
{
	be_silent();
	plan(bad_plans[_i]);
	fault_point("write");
}
END_TEST

START_TEST(no_state)
{
	be_silent();
	plan("write:1");
	unsetenv("LADLE_FAULT_STATE");
	fault_point("write");
}
END_TEST

START_TEST(state_cannot_be_opened)
{
	be_silent();
	plan("write:1");
	setenv("LADLE_FAULT_STATE", "/nonexistent/state", 1);
	fault_point("write");
}
END_TEST

START_TEST(state_is_garbage)
{
	FILE *f = fopen(state, "w");

	be_silent();
	plan("write:1");
	fputs("write many\n", f);
	fclose(f);
	fault_point("write");
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, off);
	tcase_add_test(tc, only_counted);
	tcase_add_test(tc, nth_call_acts);
	tcase_add_test_raise_signal(tc, kills_by_default, SIGKILL);
	tcase_add_test_raise_signal(tc, kills_by_name, SIGKILL);
	tcase_add_test(tc, count_spans_processes);
	tcase_add_test(tc, no_call_is_lost);
	tcase_add_loop_test_raise_signal(tc, bad_plan, SIGABRT, 0,
	                                 sizeof(bad_plans) / sizeof(bad_plans[0]));
	tcase_add_test_raise_signal(tc, no_state, SIGABRT);
	tcase_add_test_raise_signal(tc, state_cannot_be_opened, SIGABRT);
	tcase_add_test_raise_signal(tc, state_is_garbage, SIGABRT);
}

#else

/* Whatever the environment says: nothing happens, nothing is counted. */
START_TEST(not_in_release_builds)
{
	char byte;
	int fd;

	plan("write:1:eio,fsync:1");
	ck_assert_int_eq(fault_point("write"), 0);
	ck_assert_int_eq(fault_point("fsync"), 0);
	fd = open(state, O_RDONLY);
	ck_assert_int_eq(read(fd, &byte, 1), 0);
	close(fd);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, not_in_release_builds);
}

#endif

Suite *fault_suite(void)
{
	Suite *suite = suite_create("fault");
	TCase *tc = tcase_create("fault");

	/* The file outlives a test that is killed, so it belongs to the runner's process. */
	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_add_checked_fixture(tc, empty_state, NULL);
	add_tests(tc);
	suite_add_tcase(suite, tc);
	return suite;
}
