/* Files in a folder of their own: content, durability under faults, locks between processes. */

#include "base/fault.h"
#include "base/file.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/file_test.XXXXXX";

/* Tests work inside the folder, with relative names. */
static void setup(void)
{
	memcpy(folder, "/tmp/file_test.XXXXXX", sizeof(folder));
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	umask(022);
}

static void teardown(void)
{
	char command[100];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, struct span s)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_int_eq(write(fd, s.p, s.n), (ssize_t)s.n);
	close(fd);
}

static void check_content(const char *path, struct span want)
{
	struct buf got = BUF_INIT;
	struct err e;

	ck_assert(file_read(path, 1000000, &got, &e));
	ck_assert_uint_eq(got.n, want.n);
	if (want.n) {
		ck_assert_mem_eq(got.p, want.p, want.n);
	}
	buf_free(&got);
}

/* Number of names in the working folder. */
static int count_names(void)
{
	DIR *dir = opendir(".");
	int count = 0;

	while (readdir(dir)) {
		count++;
	}
	closedir(dir);
	return count - 2;
}

START_TEST(maps)
{
	struct file_map map;
	struct err e;

	put("a", SPAN("x\0y\r\n"));
	ck_assert(file_map("a", &map, &e));
	ck_assert_uint_eq(map.bytes.n, 5);
	ck_assert_mem_eq(map.bytes.p, "x\0y\r\n", 5);
	file_unmap(&map);
	ck_assert_uint_eq(map.bytes.n, 0);
	file_unmap(&map);
	put("empty", SPAN(""));
	ck_assert(file_map("empty", &map, &e));
	ck_assert_uint_eq(map.bytes.n, 0);
	file_unmap(&map);
}
END_TEST

START_TEST(maps_not)
{
	struct file_map map;
	struct err e;

	ck_assert(!file_map("missing", &map, &e));
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_str_eq(e.text, "cannot open \"missing\": No such file or directory");
	ck_assert_uint_eq(map.bytes.n, 0);
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert(!file_map("dir", &map, &e));
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_int_eq(mkfifo("fifo", 0644), 0);
	ck_assert(!file_map("fifo", &map, &e));
	file_unmap(&map);
}
END_TEST

static const struct {
	size_t size, limit;
	bool good;
} read_cases[] = {
	{ 0, 0, true },
	{ 1, 0, false },
	{ 10, 10, true },
	{ 10, 9, false },
	{ 10, SIZE_MAX - 1, true },
	{ 200000, 200000, true },
	{ 200000, 199999, false },
	{ 200000, 65536, false },
};

START_TEST(reads)
{
	struct buf content = BUF_INIT, got = BUF_INIT;
	struct err e;

	buf_printf(&content, "%*s", (int)read_cases[_i].size, "");
	put("a", buf_span(&content));
	buf_str(&got, "before");
	ck_assert_int_eq(file_read("a", read_cases[_i].limit, &got, &e), read_cases[_i].good);
	ck_assert_uint_eq(got.n, 6 + (read_cases[_i].good ? read_cases[_i].size : 0));
	ck_assert_mem_eq(got.p, "before", 6);
	ck_assert_int_eq(got.p[got.n], '\0');
	if (!read_cases[_i].good) {
		ck_assert_int_eq(e.class, ERR_PERMANENT);
		ck_assert_str_eq(e.status, "5.3.4");
	}
	buf_free(&content);
	buf_free(&got);
}
END_TEST

/* A pipe that brings its bytes in pieces. */
static void feed_standard_input(size_t pieces)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		for (size_t i = 0; i < pieces; i++) {
			if (write(ends[1], "0123456789abcdef", 16) != 16) {
				_exit(1);
			}
		}
		_exit(0);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
}

START_TEST(reads_standard_input)
{
	struct buf got = BUF_INIT;
	struct err e;

	feed_standard_input(20000);
	ck_assert(file_read(_i ? "-" : NULL, 320000, &got, &e));
	ck_assert_uint_eq(got.n, 320000);
	ck_assert_mem_eq(got.p + 319984, "0123456789abcdef", 16);
	feed_standard_input(20000);
	buf_clear(&got);
	ck_assert(!file_read("-", 319999, &got, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	ck_assert_str_eq(e.text, "cannot read \"standard input\": more than 319999 bytes");
	buf_free(&got);
}
END_TEST

START_TEST(reads_not)
{
	struct buf got = BUF_INIT;
	struct err e;

	ck_assert(!file_read("missing", 10, &got, &e));
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert(!file_read(".", 10, &got, &e));
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_int_eq(errno, EISDIR);
	buf_free(&got);
}
END_TEST

static void on_alarm(int number)
{
	(void)number;
}

/* More than a pipe holds, a slow reader, and signals without SA_RESTART. */
START_TEST(writes_all)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct buf big = BUF_INIT;
	int ends[2], status;
	struct err e;

	buf_printf(&big, "%1000000s", "x");
	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		size_t total = 0;
		char block[9973];
		ssize_t n;

		close(ends[1]);
		for (int i = 0; i < 4; i++) { /* the pipe is full: nothing gets written */
			usleep(20000);
			kill(getppid(), SIGALRM);
		}
		while ((n = read(ends[0], block, sizeof(block))) > 0) {
			kill(getppid(), SIGALRM);
			total += (size_t)n;
		}
		_exit(total != 1000000);
	}
	close(ends[0]);
	sigaction(SIGALRM, &action, NULL);
	ck_assert(file_write_all(ends[1], buf_span(&big), &e));
	close(ends[1]);
	while (wait(&status) < 0 && errno == EINTR) {
		;
	}
	ck_assert_int_eq(status, 0);
	ck_assert(file_write_all(-1, SPAN(""), &e));
	ck_assert(!file_write_all(-1, SPAN("x"), &e));
	ck_assert_str_eq(e.text, "cannot write: Bad file descriptor");
	buf_free(&big);
}
END_TEST

static mode_t mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(replaces)
{
	struct err e;

	umask(077);
	ck_assert(file_replace("a", SPAN("one\0"), 0644, &e));
	check_content("a", SPAN("one\0"));
	ck_assert_uint_eq(mode_of("a"), 0644);
	ck_assert(file_replace("./a", SPAN("two"), 0600, &e));
	check_content("a", SPAN("two"));
	ck_assert_uint_eq(mode_of("a"), 0600);
	ck_assert(file_replace("a", SPAN(""), 0640, &e));
	check_content("a", SPAN(""));
	ck_assert_uint_eq(mode_of("a"), 0640);
	ck_assert_int_eq(count_names(), 1);
}
END_TEST

/* Who has the file open keeps the old content. */
START_TEST(replaces_not_in_place)
{
	struct file_map map;
	struct err e;

	put("a", SPAN("old"));
	ck_assert(file_map("a", &map, &e));
	ck_assert(file_replace("a", SPAN("new"), 0644, &e));
	ck_assert_mem_eq(map.bytes.p, "old", 3);
	file_unmap(&map);
}
END_TEST

START_TEST(replaces_not)
{
	struct err e;

	ck_assert(!file_replace("no/such/file", SPAN("x"), 0644, &e));
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_mem_eq(e.text, "cannot replace \"no/such/file\": cannot create \"no/such/.file.",
	                 58);
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert(!file_replace("dir", SPAN("x"), 0644, &e));
	ck_assert_int_eq(count_names(), 1);
}
END_TEST

#ifdef LADLE_DEBUG
static const struct {
	const char *fault;
	int code;
	bool replaced;
} faults[] = {
	{ "write:1:enospc", ENOSPC, false }, { "write:1:eio", EIO, false },
	{ "fsync:1:eio", EIO, false },       { "rename:1:eio", EIO, false },
	{ "fsync:2:eio", EIO, true },
};

static void plan(const char *fault)
{
	char state[100];

	snprintf(state, sizeof(state), "%s.state", folder);
	unlink(state);
	setenv("LADLE_FAULT_STATE", state, 1);
	setenv("LADLE_FAULT", fault, 1);
}

static void plan_nothing(void)
{
	unlink(getenv("LADLE_FAULT_STATE"));
	unsetenv("LADLE_FAULT_STATE");
	unsetenv("LADLE_FAULT");
}

/* A failing step: the error says which, the old content stands, nothing is left over. */
START_TEST(replace_fails)
{
	struct err e;

	put("a", SPAN("old"));
	plan(faults[_i].fault);
	ck_assert(!file_replace("a", SPAN("new"), 0644, &e));
	plan_nothing();
	ck_assert_int_eq(errno, faults[_i].code);
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_ptr_nonnull(strstr(e.text, strerror(faults[_i].code)));
	check_content("a", faults[_i].replaced ? SPAN("new") : SPAN("old"));
	ck_assert_int_eq(count_names(), 1);
	ck_assert(file_replace("a", SPAN("newer"), 0644, &e));
	check_content("a", SPAN("newer"));
}
END_TEST

static const struct {
	const char *fault;
	bool replaced;
} kills[] = {
	{ "write:1", false },
	{ "fsync:1", false },
	{ "rename:1", false },
	{ "fsync:2", true },
};

/* Killed before a step: old or new, never a mixture. */
START_TEST(replace_is_killed)
{
	int status;
	struct err e;

	put("a", SPAN("old"));
	plan(kills[_i].fault);
	if (fork() == 0) {
		_exit(file_replace("a", SPAN("new"), 0644, &e));
	}
	wait(&status);
	plan_nothing();
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	check_content("a", kills[_i].replaced ? SPAN("new") : SPAN("old"));
}
END_TEST

START_TEST(sync_fails)
{
	struct err e;

	plan("fsync:1:eio");
	ck_assert(!file_sync_dir(".", &e));
	plan_nothing();
	ck_assert_str_eq(e.text, "folder \".\": cannot sync: Input/output error");
}
END_TEST
#endif

START_TEST(syncs)
{
	struct err e;
	int fd;

	put("a", SPAN("x"));
	ck_assert(file_sync_dir(".", &e));
	ck_assert(file_sync_parent("a", &e));
	ck_assert(file_sync_parent("/", &e));
	ck_assert(file_sync_parent("/tmp", &e));
	ck_assert(file_sync_parent("//tmp/", &e));
	ck_assert(!file_sync_parent("no/such", &e));
	ck_assert(!file_sync_dir("a", &e));
	ck_assert_str_eq(e.text, "cannot open folder \"a\": Not a directory");
	fd = open("a", O_RDONLY);
	ck_assert(file_sync(fd, &e));
	close(fd);
	ck_assert(!file_sync(fd, &e));
}
END_TEST

static const char *const folders[] = { "x", "x/y/z", "./x//y/", "x/../y", "." };

START_TEST(makes_folders)
{
	struct err e;

	for (int i = 0; i < 2; i++) {
		ck_assert(file_mkdirs(folders[_i], 0750, &e));
		ck_assert(file_exists(folders[_i]));
	}
	if (folders[_i][0] == 'x') {
		ck_assert_uint_eq(mode_of("x"), 0750);
	}
}
END_TEST

START_TEST(makes_absolute_folders)
{
	char path[100];
	struct err e;

	snprintf(path, sizeof(path), "%s/p/q", folder);
	ck_assert(file_mkdirs(path, 0755, &e));
	ck_assert(file_exists("p/q"));
	ck_assert(file_mkdirs("/", 0755, &e));
}
END_TEST

START_TEST(makes_folders_not)
{
	struct err e;

	put("a", SPAN("x"));
	ck_assert(!file_mkdirs("a", 0755, &e));
	ck_assert_str_eq(e.text, "cannot create folder \"a\": File exists");
	ck_assert(!file_mkdirs("a/b", 0755, &e));
	ck_assert(!file_mkdirs("", 0755, &e));
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert(!file_exists("a/b"));
	ck_assert(!file_exists("missing"));
	ck_assert(file_exists("a"));
}
END_TEST

/* Another process that takes the lock and holds it until it is killed. */
static pid_t start_holder(void)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		if (file_lock("lock", NULL) < 0) {
			_exit(1);
		}
		if (write(ends[1], "x", 1) == 1) {
			pause();
		}
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	return pid;
}

START_TEST(lock_is_exclusive)
{
	char want[100];
	struct err e;
	pid_t holder = start_holder();
	int fd;

	ck_assert_int_eq(file_lock("lock", &e), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	snprintf(want, sizeof(want), "cannot lock \"lock\": process %ld has it", (long)holder);
	ck_assert_str_eq(e.text, want);
	snprintf(want, sizeof(want), "%ld\n", (long)holder);
	check_content("lock", span_str(want));
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	fd = file_lock("lock", &e);
	ck_assert_int_ge(fd, 0);
	snprintf(want, sizeof(want), "%ld\n", (long)getpid());
	check_content("lock", span_str(want));
	ck_assert_uint_eq(mode_of("lock"), 0600);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
}
END_TEST

START_TEST(lock_is_free_after_close)
{
	char want[100];
	struct err e;

	put("lock", SPAN("99999999999999999999\n"));
	for (int i = 0; i < 3; i++) {
		int fd = file_lock("lock", &e);

		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(file_lock("lock", &e), -1);
		snprintf(want, sizeof(want), "%ld\n", (long)getpid());
		check_content("lock", span_str(want));
		close(fd);
	}
}
END_TEST

START_TEST(lock_trouble)
{
	struct err e;

	ck_assert_int_eq(file_lock("no/such", &e), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	put("target", SPAN("precious"));
	ck_assert_int_eq(symlink("target", "link"), 0);
	ck_assert_int_eq(file_lock("link", &e), -1);
	check_content("target", SPAN("precious"));
}
END_TEST

static void add_fault_tests(TCase *tc)
{
#ifdef LADLE_DEBUG
	tcase_add_loop_test(tc, replace_fails, 0, 5);
	tcase_add_loop_test(tc, replace_is_killed, 0, 4);
	tcase_add_test(tc, sync_fails);
#else
	(void)tc;
#endif
}

Suite *file_suite(void)
{
	Suite *suite = suite_create("file");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, maps);
	tcase_add_test(tc, maps_not);
	tcase_add_loop_test(tc, reads, 0, 8);
	tcase_add_loop_test(tc, reads_standard_input, 0, 2);
	tcase_add_test(tc, reads_not);
	tcase_add_test(tc, writes_all);
	tcase_add_test(tc, replaces);
	tcase_add_test(tc, replaces_not_in_place);
	tcase_add_test(tc, replaces_not);
	add_fault_tests(tc);
	tcase_add_test(tc, syncs);
	tcase_add_loop_test(tc, makes_folders, 0, 5);
	tcase_add_test(tc, makes_absolute_folders);
	tcase_add_test(tc, makes_folders_not);
	tcase_add_test(tc, lock_is_exclusive);
	tcase_add_test(tc, lock_is_free_after_close);
	tcase_add_test(tc, lock_trouble);
	suite_add_tcase(suite, tc);
	return suite;
}
