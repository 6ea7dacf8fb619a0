/* Message bytes by their hash. */

#include "store/blob.h"
#include "store/held.h"
#include "unit/store/fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* SHA-256 of "abc", FIPS 180-2 appendix B.1. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct fixture f;
static char dir[80];

static void setup(void)
{
	fixture_open(&f);
	snprintf(dir, sizeof(dir), "%s/msg", f.dir);
	ck_assert_int_eq(mkdir(dir, 0700), 0);
}

static void teardown(void)
{
	fixture_close(&f);
}

static const char *path_of(const char *name)
{
	return arena_printf(f.arena, "%s/%.2s/%s", dir, name, name + 2).p;
}

static void set_age(const char *path, int64_t at)
{
	struct timespec times[2] = { { .tv_sec = at }, { .tv_sec = at } };

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static int64_t age(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mtime;
}

START_TEST(stands_where_it_should)
{
	char name[BLOB_NAME + 1];
	struct stat st;

	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	ck_assert_str_eq(name, ABC);
	ck_assert_int_eq(stat(path_of(ABC), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(st.st_size, 3);
}
END_TEST

START_TEST(comes_back)
{
	static const struct span contents[] = {
		SPAN_INIT(""),
		SPAN_INIT("a"),
		SPAN_INIT("\0\377\r\n"),
		SPAN_INIT("From: a\r\n\r\nb\r\n"),
	};
	char name[BLOB_NAME + 1];
	struct file_map map;

	ok(&f, blob_put(dir, contents[_i], name, &f.e));
	ok(&f, blob_map(dir, span_str(name), &map, &f.e));
	ck_assert(span_eq(map.bytes, contents[_i]));
	file_unmap(&map);
}
END_TEST

START_TEST(written_once)
{
	char name[BLOB_NAME + 1];
	struct stat before, after;

	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	set_age(path_of(ABC), 1000);
	ck_assert_int_eq(stat(path_of(ABC), &before), 0);
	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	ck_assert_str_eq(name, ABC);
	ck_assert_int_eq(stat(path_of(ABC), &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_gt(age(path_of(ABC)), 1000);
}
END_TEST

/* A file of the wrong size is not the message, whatever its name says. */
START_TEST(damaged_is_written_again)
{
	char name[BLOB_NAME + 1];
	struct file_map map;

	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	ck_assert_int_eq(truncate(path_of(ABC), 2), 0);
	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	ok(&f, blob_map(dir, SPAN(ABC), &map, &f.e));
	assert_span(map.bytes, "abc");
	file_unmap(&map);
}
END_TEST

START_TEST(is_removed)
{
	char name[BLOB_NAME + 1];
	struct file_map map;

	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	ok(&f, blob_rm(dir, SPAN(ABC), &f.e));
	fails(&f, ERR_TEMPORARY, blob_map(dir, SPAN(ABC), &map, &f.e));
	ok(&f, blob_rm(dir, SPAN(ABC), &f.e));
}
END_TEST

static const struct span no_names[] = {
	SPAN_INIT(""),
	SPAN_INIT("ba"),
	SPAN_INIT("../../../../etc/passwd"),
	SPAN_INIT("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
	SPAN_INIT("../816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
	SPAN_INIT("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a\0"),
	SPAN_INIT(ABC "0"),
};

START_TEST(names_lead_nowhere_else)
{
	struct file_map map;

	fails(&f, ERR_BUG, blob_map(dir, no_names[_i], &map, &f.e));
	fails(&f, ERR_BUG, blob_rm(dir, no_names[_i], &f.e));
}
END_TEST

START_TEST(no_folder)
{
	char name[BLOB_NAME + 1];

	fails(&f, ERR_TEMPORARY, blob_put("/proc/nonexistent", SPAN("abc"), name, &f.e));
}
END_TEST

#ifdef LADLE_DEBUG
static const char *const faults[] = {
	"write:1:enospc", "fsync:1:eio", "fsync:2:eio",
	"fsync:3:eio",    "fsync:4:eio", "rename:1:enospc",
};

/* Success only when all is durable; a second put makes it whole. */
START_TEST(failed_put)
{
	char name[BLOB_NAME + 1];
	struct file_map map;

	fixture_fault(&f, faults[_i]);
	fails(&f, ERR_TEMPORARY, blob_put(dir, SPAN("abc"), name, &f.e));
	unsetenv("LADLE_FAULT");
	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	ok(&f, blob_map(dir, SPAN(ABC), &map, &f.e));
	assert_span(map.bytes, "abc");
	file_unmap(&map);
}
END_TEST

static const char *const kills[] = { "write:1", "fsync:1", "fsync:2",
	                             "fsync:3", "fsync:4", "rename:1" };

/* What a killed put leaves is either whole or no blob, and is swept in time. */
START_TEST(killed_put)
{
	char name[BLOB_NAME + 1];
	struct file_map map;
	int64_t swept;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		fixture_fault(&f, kills[_i]);
		_exit(blob_put(dir, SPAN("abc"), name, &f.e));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	if (blob_map(dir, SPAN(ABC), &map, &f.e)) {
		assert_span(map.bytes, "abc");
		file_unmap(&map);
	}
	ok(&f, blob_sweep(f.s, dir, time(NULL) + 10, &swept, &f.e));
	ck_assert_int_le(swept, 1);
	ok(&f, blob_sweep(f.s, dir, time(NULL) + 10, &swept, &f.e));
	ck_assert_int_eq(swept, 0);
	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
}
END_TEST
#endif

static void name_in_post(int64_t list, const char *name)
{
	struct post p = { .list = list, .number = 1, .blob = span_str(name) };
	int64_t id;

	ok(&f, store_post_add(f.s, &p, &id, &f.e));
}

static void name_in_held(const char *name)
{
	struct held h = { .blob = span_str(name) };
	int64_t id;

	ok(&f, store_held_add(f.s, &h, &id, &f.e));
}

START_TEST(sweep_removes_what_is_old_and_unnamed)
{
	char posted[BLOB_NAME + 1], held[BLOB_NAME + 1], fresh[BLOB_NAME + 1], old[BLOB_NAME + 1];
	const char *foreign = arena_printf(f.arena, "%s/%.2s/README", dir, ABC).p;
	int64_t list = fixture_list(&f, "dev"), removed;
	struct stat st;

	ok(&f, blob_put(dir, SPAN("posted"), posted, &f.e));
	ok(&f, blob_put(dir, SPAN("held"), held, &f.e));
	ok(&f, blob_put(dir, SPAN("fresh"), fresh, &f.e));
	ok(&f, blob_put(dir, SPAN("abc"), old, &f.e));
	close(open(foreign, O_WRONLY | O_CREAT, 0600));
	name_in_post(list, posted);
	name_in_held(held);
	set_age(path_of(posted), 1000);
	set_age(path_of(held), 1000);
	set_age(path_of(old), 1000);
	set_age(foreign, 1000);
	ok(&f, blob_sweep(f.s, dir, 1000, &removed, &f.e));
	ck_assert_int_eq(removed, 0);
	ok(&f, blob_sweep(f.s, dir, 1001, &removed, &f.e));
	ck_assert_int_eq(removed, 1);
	ck_assert_int_eq(stat(path_of(posted), &st), 0);
	ck_assert_int_eq(stat(path_of(held), &st), 0);
	ck_assert_int_eq(stat(path_of(fresh), &st), 0);
	ck_assert_int_eq(stat(foreign, &st), 0);
	ck_assert_int_ne(stat(path_of(old), &st), 0);
}
END_TEST

/* An old file that is put again is safe until its row is there. */
START_TEST(put_again_is_not_swept)
{
	char name[BLOB_NAME + 1];
	int64_t removed;

	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	set_age(path_of(name), 1000);
	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	ok(&f, blob_sweep(f.s, dir, time(NULL) - 3600, &removed, &f.e));
	ck_assert_int_eq(removed, 0);
}
END_TEST

/* Putting and sweeping at once: a blob that was put is there afterwards. */
START_TEST(put_against_sweep)
{
	char name[BLOB_NAME + 1];
	int status;
	pid_t pid;

	ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
	fixture_disconnect(&f);
	pid = fork();
	if (pid == 0) {
		int64_t removed;
		bool done = true;

		f.s = fixture_connect(&f);
		for (int i = 0; i < 300 && done; i++) {
			done = blob_sweep(f.s, dir, 2000, &removed, &f.e);
		}
		store_close(f.s);
		_exit(!done);
	}
	for (int i = 0; i < 300; i++) {
		struct stat st;

		ok(&f, blob_put(dir, SPAN("abc"), name, &f.e));
		ck_assert_int_eq(stat(path_of(name), &st), 0);
		set_age(path_of(name), 1000);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

Suite *blob_suite(void)
{
	Suite *suite = suite_create("store/blob");
	TCase *c = tcase_create("blob");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, stands_where_it_should);
	tcase_add_loop_test(c, comes_back, 0, 4);
	tcase_add_test(c, written_once);
	tcase_add_test(c, damaged_is_written_again);
	tcase_add_test(c, is_removed);
	tcase_add_loop_test(c, names_lead_nowhere_else, 0, sizeof(no_names) / sizeof(no_names[0]));
	tcase_add_test(c, no_folder);
#ifdef LADLE_DEBUG
	tcase_add_loop_test(c, failed_put, 0, sizeof(faults) / sizeof(faults[0]));
	tcase_add_loop_test(c, killed_put, 0, sizeof(kills) / sizeof(kills[0]));
#endif
	tcase_add_test(c, sweep_removes_what_is_old_and_unnamed);
	tcase_add_test(c, put_again_is_not_swept);
	tcase_add_test(c, put_against_sweep);
	suite_add_tcase(suite, c);
	return suite;
}
