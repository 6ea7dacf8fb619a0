#include "flow/journal.h"

#include "unit/flow/scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scene s;
static struct fan_accepted *got;
static size_t n;

static void setup(void)
{
	scene_open(&s);
}

static void teardown(void)
{
	scene_close(&s);
}

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void read_journal(int64_t worker)
{
	ok(&s, journal_read(s.arena, s.c, worker, &got, &n, &s.e));
}

static int open_journal(int64_t worker)
{
	int fd = journal_open(s.c, worker, &s.e);
	ck_assert_msg(fd >= 0, "%s", s.e.text);
	return fd;
}

/* COUNT entries in a room for ROOM, from number AT on. */
static void put(int64_t worker, size_t room, size_t at, const struct fan_accepted *v, size_t count)
{
	int fd = open_journal(worker);
	ok(&s, journal_reserve(fd, room, &s.e));
	for (size_t i = 0; i < count; i++) {
		ok(&s, journal_put(fd, at + i, v[i].post, v[i].member, &s.e));
	}
	close(fd);
}

static void is(const struct fan_accepted *want, size_t count)
{
	ck_assert_uint_eq(n, count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_msg(got[i].post == want[i].post && got[i].member == want[i].member,
		              "entry %zu: %lld %lld", i, (long long)got[i].post,
		              (long long)got[i].member);
	}
}

START_TEST(empty)
{
	read_journal(-1);
	is(NULL, 0);
	read_journal(3); /* which has none */
	is(NULL, 0);
	close(open_journal(3));
	read_journal(3);
	is(NULL, 0);
	read_journal(-1);
	is(NULL, 0);
}
END_TEST

static const struct fan_accepted unsorted[] = {
	{ 2, 1 }, { 1, 10 }, { 1, 9 }, { INT64_MAX, INT64_MAX }, { 1, INT64_MAX }, { 2, 1 },
	{ 1, 1 },
};
static const struct fan_accepted sorted[] = {
	{ 1, 1 }, { 1, 9 }, { 1, 10 }, { 1, INT64_MAX }, { 2, 1 }, { 2, 1 },
	{ INT64_MAX, INT64_MAX },
};

START_TEST(sorts)
{
	put(0, LENGTH(unsorted), 0, unsorted, LENGTH(unsorted));
	read_journal(0);
	is(sorted, LENGTH(sorted));
}
END_TEST

/* Each worker's own, and all together; what is opened again goes on. */
START_TEST(workers)
{
	put(0, 100, 0, unsorted, 3);
	put(12, 2, 0, unsorted + 5, 2);
	put(0, 100, 3, unsorted + 3, 2);
	read_journal(12);
	is((struct fan_accepted[]){ { 1, 1 }, { 2, 1 } }, 2);
	read_journal(1);
	is(NULL, 0);
	read_journal(-1);
	is(sorted, LENGTH(sorted));
}
END_TEST

START_TEST(emptied)
{
	int fd = open_journal(0);
	put(0, 5, 0, sorted, 4);
	ok(&s, journal_empty(fd, &s.e));
	read_journal(0);
	is(NULL, 0);
	/* Nothing of before comes back with new room. */
	ok(&s, journal_reserve(fd, 5, &s.e));
	read_journal(0);
	is(NULL, 0);
	ok(&s, journal_put(fd, 0, 2, 1, &s.e));
	close(fd);
	read_journal(0);
	is(unsorted, 1);
}
END_TEST

/* The last entry torn after each of its octets: the two before it are there. */
START_TEST(torn)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/0", s.c->paths.journal);
	put(0, 3, 0, sorted, 3);
	for (off_t size = 47; size > 0; size--) {
		ck_assert(truncate(path, size) == 0);
		read_journal(0);
		is(sorted, (size_t)size / 16);
		read_journal(-1);
		is(sorted, (size_t)size / 16);
	}
}
END_TEST

/* A worker reads what its predecessor left, then empties it: nothing is out of step. */
START_TEST(torn_and_emptied)
{
	scene_write(&s, "data/journal/0", SPAN("0123456789abcdef0123"), 0600);
	int fd = open_journal(0);
	ok(&s, journal_empty(fd, &s.e));
	close(fd);
	put(0, 1, 0, unsorted, 1);
	read_journal(0);
	is(unsorted, 1);
}
END_TEST

/* The room itself says nothing, wherever in it something stands. */
START_TEST(room)
{
	struct stat st;
	put(0, 101, 0, NULL, 0);
	ck_assert(stat(scene_path(&s, "data/journal/0"), &st) == 0);
	ck_assert_int_eq(st.st_size, 101 * 16);
	read_journal(0);
	is(NULL, 0);
	put(0, 101, 100, unsorted, 1);
	read_journal(-1);
	is(unsorted, 1);
	put(0, 1, 0, NULL, 0); /* never less than there is */
	read_journal(0);
	is(unsorted, 1);
}
END_TEST

START_TEST(all_emptied)
{
	put(0, 10, 0, sorted, 2);
	put(63, 10, 0, sorted, 2);
	ok(&s, journal_mark_write(s.c, 0, &(struct journal_mark){ 7, { { 7, 2 } } }, &s.e));
	ok(&s, journal_empty_all(s.c, &s.e));
	read_journal(-1);
	is(NULL, 0);
	struct journal_mark mark;
	ok(&s, journal_mark_read(s.arena, s.c, 0, &mark, &s.e));
	ck_assert_int_eq(mark.post, 7); /* it says something else */
}
END_TEST

START_TEST(many)
{
	int fd = open_journal(0);
	ok(&s, journal_reserve(fd, 1000, &s.e));
	for (int64_t i = 0; i < 1000; i++) {
		ok(&s, journal_put(fd, (size_t)i, 1, i * 7 % 1000, &s.e));
	}
	close(fd);
	read_journal(0);
	ck_assert_uint_eq(n, 1000);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(got[i].member, (int64_t)i);
	}
}
END_TEST

START_TEST(private)
{
	struct stat st;
	close(open_journal(0));
	ck_assert(stat(scene_path(&s, "data/journal/0"), &st) == 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(trouble)
{
	scene_write(&s, "data/journal/.hidden", SPAN("0123456789abcdef"), 0600);
	read_journal(-1);
	is(NULL, 0);
	ck_assert(mkdir(scene_path(&s, "data/journal/5"), 0700) == 0);
	fails(&s, ERR_TEMPORARY, "cannot open the journal", journal_open(s.c, 5, &s.e) >= 0);
	fails(&s, ERR_TEMPORARY, "not a regular file",
	      journal_read(s.arena, s.c, 5, &got, &n, &s.e));
	fails(&s, ERR_TEMPORARY, "not a regular file",
	      journal_read(s.arena, s.c, -1, &got, &n, &s.e));
	fails(&s, ERR_TEMPORARY, "cannot empty", journal_empty_all(s.c, &s.e));
	fails(&s, ERR_TEMPORARY, "cannot make room", journal_reserve(-1, 1, &s.e));
	fails(&s, ERR_TEMPORARY, "cannot write", journal_put(-1, 0, 1, 1, &s.e));
	fails(&s, ERR_TEMPORARY, "cannot empty", journal_empty(-1, &s.e));
	s.c->paths.journal = "/nonexistent";
	fails(&s, ERR_TEMPORARY, "cannot read", journal_read(s.arena, s.c, -1, &got, &n, &s.e));
	fails(&s, ERR_TEMPORARY, "cannot open", journal_open(s.c, 0, &s.e) >= 0);
}
END_TEST

/* ---- marks ---- */

static struct journal_mark mark_of(int64_t worker)
{
	struct journal_mark mark;
	ok(&s, journal_mark_read(s.arena, s.c, worker, &mark, &s.e));
	return mark;
}

START_TEST(marks)
{
	ck_assert(mark_of(0).post == 0 && mark_of(0).deaths[0].n == 0);
	ok(&s, journal_mark_write(s.c, 0, &(struct journal_mark){ 7, { { 7, 2 } } }, &s.e));
	ok(&s, journal_mark_write(s.c, 10, &(struct journal_mark){ .post = INT64_MAX }, &s.e));
	ck_assert(mark_of(0).post == 7 && mark_of(0).deaths[0].n == 2);
	ck_assert(mark_of(10).post == INT64_MAX && mark_of(1).post == 0);
	ok(&s, journal_mark_write(s.c, 0, &(struct journal_mark){ 0 }, &s.e));
	ck_assert(mark_of(0).post == 0 && mark_of(0).deaths[0].n == 0);
	/* They are no journals. */
	read_journal(-1);
	is(NULL, 0);
}
END_TEST

START_TEST(torn_marks)
{
	char octets[sizeof(struct journal_mark) + 2];
	memset(octets, 'x', sizeof(octets));
	for (size_t size = 0; size <= sizeof(octets); size++) {
		struct span bytes = { octets, size };
		scene_write(&s, "data/journal/0.mark", bytes, 0600);
		ck_assert_msg((mark_of(0).post != 0) == (size == sizeof(struct journal_mark)),
		              "%zu octets", size);
	}
	ck_assert(mkdir(scene_path(&s, "data/journal/1.mark"), 0700) == 0);
	struct journal_mark mark = { .post = 1, .deaths = { { 1, 1 } } };
	fails(&s, ERR_TEMPORARY, "1.mark", journal_mark_write(s.c, 1, &mark, &s.e));
	fails(&s, ERR_TEMPORARY, "1.mark", journal_mark_read(s.arena, s.c, 1, &mark, &s.e));
	ck_assert(mark.post == 0 && mark.deaths[0].n == 0);
}
END_TEST

/* Each post has its own count, whatever others do in between; settled, it is innocent. */
START_TEST(deaths)
{
	struct journal_mark mark = { 0 };
	for (int i = 1; i <= 5; i++) {
		ck_assert_int_eq(journal_mark_died(&mark, 1), i);
		ck_assert_int_eq(journal_mark_died(&mark, 2), i);
	}
	journal_mark_forget(&mark, 3);
	journal_mark_forget(&mark, 1);
	ck_assert_int_eq(journal_mark_died(&mark, 1), 1);
	ck_assert_int_eq(journal_mark_died(&mark, 2), 6);
	/* More posts than there is room for: those with most deaths stay. */
	for (int i = 10; i < 40; i++) {
		ck_assert_int_eq(journal_mark_died(&mark, i), 1);
	}
	ck_assert_int_eq(journal_mark_died(&mark, 2), 7);
}
END_TEST

Suite *journal_suite(void);

Suite *journal_suite(void)
{
	Suite *suite = suite_create("flow/journal");
	TCase *c = tcase_create("journal");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, empty);
	tcase_add_test(c, sorts);
	tcase_add_test(c, workers);
	tcase_add_test(c, emptied);
	tcase_add_test(c, torn);
	tcase_add_test(c, torn_and_emptied);
	tcase_add_test(c, room);
	tcase_add_test(c, all_emptied);
	tcase_add_test(c, many);
	tcase_add_test(c, private);
	tcase_add_test(c, trouble);
	tcase_add_test(c, marks);
	tcase_add_test(c, torn_marks);
	tcase_add_test(c, deaths);
	suite_add_tcase(suite, c);
	return suite;
}
