/* Opening, migrations, transactions, locks, errors. */

#include "base/env.h"
#include "base/file.h"
#include "base/limits.h"
#include "store/relay.h"
#include "store/schema.h"
#include "unit/store/fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fixture f;

static void setup(void)
{
	fixture_open(&f);
}
static void teardown(void)
{
	fixture_close(&f);
}

static int64_t lists(void)
{
	return fixture_number(&f, "SELECT count(*) FROM list");
}

static int64_t now_ms(void)
{
	struct env env = env_real();

	return env.now_us(&env) / 1000;
}

START_TEST(creates_private_file)
{
	struct stat st;
	char path[128];

	fixture_list(&f, "dev");
	ck_assert_int_eq(stat(f.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	snprintf(path, sizeof(path), "%s-wal", f.path);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(private_whatever_the_umask)
{
	struct stat st;

	fixture_disconnect(&f);
	unlink(f.path);
	umask(0);
	f.s = fixture_connect(&f);
	ck_assert_int_eq(stat(f.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(sets_options)
{
	ck_assert_int_eq(fixture_number(&f, "PRAGMA synchronous"), 2);
	ck_assert_int_eq(fixture_number(&f, "PRAGMA foreign_keys"), 1);
	ck_assert_int_eq(fixture_number(&f, "PRAGMA wal_autocheckpoint"), 2000);
	ck_assert_int_eq(fixture_number(&f, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"),
	                 1);
	ck_assert_int_eq(f.s->busy_limit, LIMIT_BUSY_MS);
}
END_TEST

START_TEST(schema_is_current)
{
	ck_assert_int_eq(fixture_number(&f, "PRAGMA user_version"), (int64_t)schema_steps_count);
	ck_assert_uint_gt(schema_steps_count, 0);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM pragma_table_list"
	                                    " WHERE type = 'table' AND schema = 'main'"
	                                    " AND name NOT LIKE 'sqlite_%' AND NOT strict"),
	                 0);
}
END_TEST

START_TEST(keeps_what_was_there)
{
	fixture_list(&f, "dev");
	fixture_disconnect(&f);
	f.s = store_open(f.path, false, &f.e);
	ck_assert_ptr_nonnull(f.s);
	ck_assert_int_eq(lists(), 1);
}
END_TEST

START_TEST(missing_file_is_temporary)
{
	fails(&f, ERR_TEMPORARY, store_open("/nonexistent/ladle.db", false, &f.e));
	fails(&f, ERR_TEMPORARY, store_open("/nonexistent/ladle.db", true, &f.e));
	fails(&f, ERR_TEMPORARY, store_open(f.dir, false, &f.e));
}
END_TEST

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert(fd >= 0);
	ck_assert(file_write_all(fd, span_str(text), NULL));
	close(fd);
}

START_TEST(refuses_what_is_no_database)
{
	char text[8192];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fixture_disconnect(&f);
	write_file(f.path, text);
	fails(&f, ERR_TEMPORARY, store_open(f.path, true, &f.e));
}
END_TEST

START_TEST(refuses_other_programs)
{
	fixture_sql(&f, "PRAGMA application_id = 7");
	fixture_disconnect(&f);
	fails(&f, ERR_TEMPORARY, store_open(f.path, false, &f.e));
	ck_assert_ptr_nonnull(strstr(f.e.text, "another program"));
}
END_TEST

START_TEST(refuses_foreign_tables)
{
	sqlite3 *db;

	fixture_disconnect(&f);
	unlink(f.path);
	ck_assert_int_eq(sqlite3_open(f.path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE a (b)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	fails(&f, ERR_TEMPORARY, store_open(f.path, true, &f.e));
}
END_TEST

START_TEST(refuses_newer_schema)
{
	fixture_sql(&f, "PRAGMA user_version = 1000");
	fixture_disconnect(&f);
	fails(&f, ERR_TEMPORARY, store_open(f.path, false, &f.e));
	ck_assert_ptr_nonnull(strstr(f.e.text, "newer"));
}
END_TEST

START_TEST(commit_and_rollback)
{
	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "a");
	store_rollback(f.s);
	ck_assert_int_eq(lists(), 0);
	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "b");
	ok(&f, store_commit(f.s, &f.e));
	ck_assert_int_eq(lists(), 1);
	store_rollback(f.s);
	store_rollback(f.s);
	ck_assert_int_eq(lists(), 1);
}
END_TEST

START_TEST(close_rolls_back)
{
	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "a");
	fixture_disconnect(&f);
	f.s = fixture_connect(&f);
	ck_assert_int_eq(lists(), 0);
}
END_TEST

START_TEST(wrong_order_is_a_bug)
{
	fails(&f, ERR_BUG, store_commit(f.s, &f.e));
	ok(&f, store_begin(f.s, &f.e));
	fails(&f, ERR_BUG, store_begin(f.s, &f.e));
	ok(&f, store_commit(f.s, &f.e));
}
END_TEST

/* What was done by half inside a caller's transaction must not become durable. */
START_TEST(doomed_cannot_be_committed)
{
	bool own;

	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "a");
	ok(&f, store_enter(f.s, &own, &f.e));
	ck_assert(!own);
	ck_assert(!store_leave(f.s, own, false, &f.e));
	fails(&f, ERR_BUG, store_commit(f.s, &f.e));
	ck_assert_int_eq(lists(), 0);
	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "b");
	ok(&f, store_commit(f.s, &f.e));
	ck_assert_int_eq(lists(), 1);
}
END_TEST

/* SQLite ends the transaction itself on some errors; what follows must not be committed alone. */
START_TEST(nothing_after_an_automatic_rollback)
{
	int64_t id;

	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "a");
	fixture_sql(&f, "ROLLBACK");
	fails(&f, ERR_TEMPORARY,
	      store_list_create(f.s, SPAN("b"), SPAN("example.org"), 1, &id, &f.e));
	fails(&f, ERR_TEMPORARY, store_commit(f.s, &f.e));
	ck_assert_int_eq(lists(), 0);
	fixture_list(&f, "c");
	ck_assert_int_eq(lists(), 1);
}
END_TEST

START_TEST(lock_of_another_is_waited_for_and_is_temporary)
{
	struct store *other = fixture_connect(&f);
	int64_t start, id;

	other->busy_limit = 150;
	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "a");
	start = now_ms();
	fails(&f, ERR_TEMPORARY, store_begin(other, &f.e));
	ck_assert_int_ge(now_ms() - start, 150);
	ck_assert_int_lt(now_ms() - start, 5000);
	ck_assert_str_eq(f.e.status, "4.3.0");
	/* A call that is a transaction of its own waits in the same way. */
	start = now_ms();
	fails(&f, ERR_TEMPORARY,
	      store_list_create(other, SPAN("b"), SPAN("example.org"), 1, &id, &f.e));
	ck_assert_int_ge(now_ms() - start, 150);
	ok(&f, store_commit(f.s, &f.e));
	ok(&f, store_begin(other, &f.e));
	ok(&f, store_commit(other, &f.e));
	store_close(other);
}
END_TEST

/* Readers see the last commit, and wait for nobody. */
START_TEST(reading_needs_no_lock)
{
	struct store *other = fixture_connect(&f);
	struct list *v;
	size_t n;

	other->busy_limit = 0;
	fixture_list(&f, "a");
	ok(&f, store_begin(f.s, &f.e));
	fixture_list(&f, "b");
	ok(&f, store_list_all(other, f.arena, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ok(&f, store_commit(f.s, &f.e));
	ok(&f, store_list_all(other, f.arena, &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	store_close(other);
}
END_TEST

static void wait_for(pid_t pid, int signal)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (signal) {
		ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == signal,
		              "the child was not killed: %x", (unsigned)status);
	} else {
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child failed: %x",
		              (unsigned)status);
	}
}

/* The lock ends with the process that has it, and so does what it did not commit. */
START_TEST(kill_frees_the_lock)
{
	int ready[2];
	pid_t pid;
	char c;

	fixture_disconnect(&f);
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		f.s = fixture_connect(&f);
		if (store_begin(f.s, &f.e)) {
			fixture_list(&f, "a");
		}
		if (write(ready[1], "x", 1) == 1) {
			pause();
		}
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	f.s = fixture_connect(&f);
	f.s->busy_limit = 50;
	fails(&f, ERR_TEMPORARY, store_begin(f.s, &f.e));
	kill(pid, SIGKILL);
	wait_for(pid, SIGKILL);
	ok(&f, store_begin(f.s, &f.e));
	ok(&f, store_commit(f.s, &f.e));
	ck_assert_int_eq(lists(), 0);
}
END_TEST

/* A site of the first version: its lists, posts and variants stay what they are. */
START_TEST(comes_from_schema_1)
{
	sqlite3 *db;
	struct post post;
	struct variant variant;
	struct relay relay;
	bool found;

	fixture_disconnect(&f);
	unlink(f.path);
	ck_assert_int_eq(sqlite3_open(f.path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, schema_steps[0].sql, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(
			db,
			"PRAGMA user_version = 1;"
			"INSERT INTO list (id, local, domain, created) VALUES (1, 'dev', 'a.example', 1);"
			"INSERT INTO post (id, list, number, state, blob, message_id, author, subject,"
			" verdict, reason, received, member_max, cursor, done)"
			" VALUES (1, 1, 1, 0, 'b', x'61', x'', x'', x'', x'', 1, 0, 0, 0);"
			"INSERT INTO variant (post, munged, mode, why, header, body, recipe,"
			" body_hash_simple, body_hash_relaxed, mi, mi_top, hop, utf8)"
			" VALUES (1, 0, 'plain', x'', x'', x'', x'', x'', x'', 0, 0, 0, 0)",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	f.s = fixture_connect(&f);
	ck_assert_int_eq(fixture_number(&f, "PRAGMA user_version"), (int64_t)schema_steps_count);
	ok(&f, store_post_get(f.s, f.arena, 1, &post, &found, &f.e));
	ck_assert(found && post.handed_by.n == 0 && span_is(post.message_id, "a"));
	ok(&f, store_variant_get(f.s, f.arena, 1, false, &variant, &found, &f.e));
	ck_assert(found && variant.via.n == 0 && span_is(variant.mode, "plain") && !variant.ascii);
	ok(&f, store_variant_ascii(f.s, f.arena, 1, &variant, &found, &f.e));
	ck_assert(!found);
	ok(&f, store_relay_get(f.s, f.arena, &relay, &f.e));
	ck_assert_int_eq(lists(), 1);
	fixture_invariants(&f);
}
END_TEST

/* Many processes at the first opening: each finds a complete schema, nobody fails. */
START_TEST(opened_by_many_at_once)
{
	pid_t pids[8];

	fixture_disconnect(&f);
	for (int round = 0; round < 5; round++) {
		char command[128];

		snprintf(command, sizeof(command), "rm -f '%s'*", f.path);
		ck_assert_int_eq(system(command), 0);
		for (size_t i = 0; i < 8; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				char name[2] = { (char)('a' + i), '\0' };

				f.s = store_open(f.path, true, &f.e);
				if (!f.s) {
					fprintf(stderr, "%s\n", f.e.text);
				}
				if (!f.s) {
					_exit(1);
				}
				fixture_list(&f, name);
				store_close(f.s);
				_exit(0);
			}
		}
		for (size_t i = 0; i < 8; i++) {
			wait_for(pids[i], 0);
		}
		f.s = fixture_connect(&f);
		ck_assert_int_eq(lists(), 8);
		fixture_disconnect(&f);
	}
}
END_TEST

#ifdef LADLE_DEBUG
/* Each of the first statements of the opening is the last one once, and each third of the
 * others; the next opening makes it whole. */
START_TEST(killed_while_the_schema_is_made)
{
	int kills = 0;

	fixture_disconnect(&f);
	for (int nth = 1;; nth += nth < 30 ? 1 : 3) {
		char fault[32], command[128];
		int status;
		pid_t pid;

		snprintf(command, sizeof(command), "rm -f '%s'*", f.path);
		ck_assert_int_eq(system(command), 0);
		fixture_fault_reset(&f);
		snprintf(fault, sizeof(fault), "sql:%d", nth);
		pid = fork();
		if (pid == 0) {
			fixture_fault(&f, fault);
			f.s = store_open(f.path, true, &f.e);
			_exit(f.s ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		f.s = fixture_connect(&f);
		fixture_list(&f, "a");
		fixture_invariants(&f);
		fixture_disconnect(&f);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			break;
		}
		ck_assert(WIFSIGNALED(status));
		kills++;
	}
	ck_assert_int_ge(kills, 10);
}
END_TEST

struct failure {
	const char *fault;
	const char *status;
};

static const struct failure failures[] = {
	{ "sql:2:enospc", "4.3.1" },
	{ "sql:2:eio", "4.3.0" },
	{ "sql:2:enomem", "4.3.0" },
	{ "sql:3:enospc", "4.3.1" }, /* the commit */
};

START_TEST(full_disk_is_temporary)
{
	const struct failure *x = &failures[_i];
	int64_t id;
	bool done;

	fixture_fault(&f, x->fault);
	ok(&f, store_begin(f.s, &f.e));
	done = store_list_create(f.s, SPAN("a"), SPAN("example.org"), 1, &id, &f.e) &&
	       store_commit(f.s, &f.e);
	ck_assert(!done);
	ck_assert_int_eq(f.e.class, ERR_TEMPORARY);
	ck_assert_str_eq(f.e.status, x->status);
	store_rollback(f.s);
	unsetenv("LADLE_FAULT");
	ck_assert_int_eq(lists(), 0);
	fixture_list(&f, "b");
}
END_TEST
#endif

static const struct {
	const char *sql;
	enum err_class class;
} mistakes[] = {
	{ "INSERT INTO setting (list, name, value) VALUES (99, 'a', 'b')", ERR_PERMANENT },
	{ "INSERT INTO list (local) VALUES ('a')", ERR_BUG },
	{ "INSERT INTO signer (domain, at) VALUES ('a', 'not a number')", ERR_BUG },
	{ "INSERT INTO fan_claim (post, lo, hi, worker, n, at) VALUES (1, 2, 1, 1, 1, 1)",
	  ERR_BUG },
	{ "SELECT", ERR_BUG },
};

START_TEST(maps_errors)
{
	int status = sqlite3_exec(f.s->db, mistakes[_i].sql, NULL, NULL, NULL);

	ck_assert_int_ne(status, SQLITE_OK);
	fails(&f, mistakes[_i].class, stmt_fail(f.s, status, mistakes[_i].sql, &f.e));
}
END_TEST

/* Wrong arguments are found at run time: their number, and a statement used twice. */
START_TEST(wrong_use_of_a_statement)
{
	struct rows first, second;

	fails(&f, ERR_BUG, stmt_run(f.s, STMT_MEMBER_RM, STMT_ARGS(stmt_int(1)), &f.e));
	fixture_list(&f, "a");
	rows_open(&first, f.s, STMT_LIST_ALL, STMT_NO_ARGS, f.arena);
	ck_assert(rows_next(&first));
	rows_open(&second, f.s, STMT_LIST_ALL, STMT_NO_ARGS, f.arena);
	ck_assert(!rows_next(&second));
	fails(&f, ERR_BUG, rows_close(&second, &f.e));
}
END_TEST

/* What may be walked from end to end: one row, what is in flight, what is asked for as a whole. */
static const char *const scans[] = {
	"SCAN CONSTANT ROW",
	"SCAN 64 CONSTANT ROWS", /* of one statement */
	"SCAN x",
	"SCAN r",
	"SCAN pragma_",
	"SCAN sqlite_master",
	"SCAN list USING COVERING INDEX",
	"SCAN fan_claim",
	"SCAN held USING INDEX held_arrived", /* what waits */
	"SCAN l", /* lists, which are few */
	"SCAN g", /* groups of bounces, the same */
	"SCAN bounce_group",
	"SCAN bounce_forged", /* one row a day */
	"SCAN whole",         /* what statistics are made of */
	"SCAN post USING INDEX post_unwalked",
	"SCAN fan_exception USING INDEX fan_deferred",
	"SCAN fan_exception USING COVERING INDEX fan_deferred",
};

static bool scan_allowed(const char *detail)
{
	for (size_t i = 0; i < sizeof(scans) / sizeof(scans[0]); i++) {
		if (strncmp(detail, scans[i], strlen(scans[i])) == 0) {
			return true;
		}
	}
	return strncmp(detail, "SCAN", 4) != 0;
}

/* All exceptions of a post are read only to count, to list and to remove them. */
static bool post_allowed(enum stmt_id id, const char *detail)
{
	return strcmp(detail, "SEARCH fan_exception USING PRIMARY KEY (post=?)") != 0 ||
	       id == STMT_FAN_COUNTS || id == STMT_LIST_RM;
}

/* Where the planner had a choice that grows with what is in the database. */
static const struct {
	enum stmt_id id;
	const char *index;
} indexes[] = {
	{ STMT_MEMBER_FIND, "member_1 (list=? AND key=?)" },
	{ STMT_MEMBER_EVERYWHERE, "member_1 (list=? AND key=?)" },
	{ STMT_MEMBER_PAGE, "member_list (list=? AND rowid>?)" },
	{ STMT_HELD_LS, "held_state (state=? AND rowid>?)" },
	{ STMT_HELD_LS_LIST, "held_list (list=? AND state=? AND rowid>?)" },
	{ STMT_INBOX_BY_MESSAGE_ID, "inbox_message_id (message_id=?)" },
	{ STMT_POST_BY_MESSAGE_ID, "post_message_id (message_id=?)" },
	{ STMT_FAN_RANGE, "member_list (list=? AND rowid>? AND rowid<?)" },
	{ STMT_FAN_CLAIMED, "member_list (list=? AND rowid>? AND rowid<?)" },
	{ STMT_FAN_NEXT_POST, "post_unwalked" },
	{ STMT_FAN_DUE_POST, "fan_due (due<?)" },
	{ STMT_FAN_DUE, "fan_post_due (post=? AND due<?)" },
	{ STMT_FAN_FINISH, "fan_deferred (post=?)" },
	{ STMT_FAN_TAKEN, "fan_claimed" },
	{ STMT_BOUNCE_LS_MEMBER, "bounce_event_1 (member=?)" },
	{ STMT_BOUNCE_LS_GROUP, "bounce_event_grp (grp=?)" },
	{ STMT_BOUNCE_HITS, "bounce_event_1 (member=?)" },
	{ STMT_BOUNCE_FAILED, "fan_uncounted" },
	{ STMT_FAN_ONE, "PRIMARY KEY (post=? AND lo<?)" },
};

START_TEST(statements_use_their_index)
{
	struct buf plan = BUF_INIT;
	char sql[4096];
	sqlite3_stmt *stmt;

	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", stmt_sql(indexes[_i].id));
	ck_assert_int_eq(sqlite3_prepare_v2(f.s->db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		buf_printf(&plan, "%s\n", (const char *)sqlite3_column_text(stmt, 3));
	}
	sqlite3_finalize(stmt);
	ck_assert_msg(strstr(plan.p, indexes[_i].index) != NULL, "no %s in:\n%s",
		      indexes[_i].index, plan.p);
	buf_free(&plan);
}
END_TEST

START_TEST(no_statement_walks_a_table)
{
	int looked_at = 0;

	for (int i = 0; i < STMT_COUNT; i++) {
		char sql[4096];
		sqlite3_stmt *stmt;

		snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", stmt_sql((enum stmt_id)i));
		if (strchr("BCRP", sql[19]) && strncmp(sql + 19, "REPLACE", 7) != 0) {
			continue; /* BEGIN, COMMIT, ROLLBACK, PRAGMA */
		}
		ck_assert_msg(sqlite3_prepare_v2(f.s->db, sql, -1, &stmt, NULL) == SQLITE_OK,
		              "%s: %s", sql, sqlite3_errmsg(f.s->db));
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *detail = (const char *)sqlite3_column_text(stmt, 3);

			ck_assert_msg(scan_allowed(detail), "%s: %s", sql, detail);
			ck_assert_msg(post_allowed((enum stmt_id)i, detail), "%s: %s", sql, detail);
			looked_at++;
		}
		sqlite3_finalize(stmt);
	}
	ck_assert_int_gt(looked_at, 60);
}
END_TEST

Suite *db_suite(void)
{
	Suite *suite = suite_create("store/db");
	TCase *c = tcase_create("db");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, creates_private_file);
	tcase_add_test(c, private_whatever_the_umask);
	tcase_add_test(c, sets_options);
	tcase_add_test(c, schema_is_current);
	tcase_add_test(c, keeps_what_was_there);
	tcase_add_test(c, missing_file_is_temporary);
	tcase_add_test(c, refuses_what_is_no_database);
	tcase_add_test(c, refuses_other_programs);
	tcase_add_test(c, refuses_foreign_tables);
	tcase_add_test(c, refuses_newer_schema);
	tcase_add_test(c, commit_and_rollback);
	tcase_add_test(c, close_rolls_back);
	tcase_add_test(c, wrong_order_is_a_bug);
	tcase_add_test(c, doomed_cannot_be_committed);
	tcase_add_test(c, nothing_after_an_automatic_rollback);
	tcase_add_test(c, lock_of_another_is_waited_for_and_is_temporary);
	tcase_add_test(c, reading_needs_no_lock);
	tcase_add_test(c, kill_frees_the_lock);
	tcase_add_test(c, comes_from_schema_1);
	tcase_add_test(c, opened_by_many_at_once);
#ifdef LADLE_DEBUG
	tcase_add_test(c, killed_while_the_schema_is_made);
	tcase_add_loop_test(c, full_disk_is_temporary, 0, sizeof(failures) / sizeof(failures[0]));
#endif
	tcase_add_loop_test(c, maps_errors, 0, sizeof(mistakes) / sizeof(mistakes[0]));
	tcase_add_test(c, wrong_use_of_a_statement);
	tcase_add_test(c, no_statement_walks_a_table);
	tcase_add_loop_test(c, statements_use_their_index, 0, sizeof(indexes) / sizeof(indexes[0]));
	suite_add_tcase(suite, c);
	return suite;
}
