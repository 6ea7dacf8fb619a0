/*
 * Opening the database, its schema, its transactions, and waiting for locks.
 *
 * Only BEGIN IMMEDIATE is used, so the lock for writing is waited for before
 * anything was read: no transaction can fail later because another was faster.
 * Calls of one statement run without BEGIN; SQLite waits for their lock in the
 * same way.
 *
 * A connection must not be carried over fork(2): open it in the child.
 */

#include "base/fault.h"
#include "base/file.h"
#include "base/limits.h"
#include "store/schema.h"
#include "store/stmt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define APPLICATION_ID 0x4c61646c /* as in schema/001.sql */
#define BUSY_STEP_MS   10         /* the longest sleep between two tries for a lock */

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Called by SQLite when a lock is taken, TRIES from 0: sleep and say "again", or give up. */
static int on_busy(void *context, int tries)
{
	struct store *s = context;
	int64_t ms = tries < BUSY_STEP_MS ? tries + 1 : BUSY_STEP_MS;
	struct timespec pause = { .tv_nsec = ms * 1000000 };

	if (tries == 0) {
		s->busy_since = monotonic_ms();
	}
	if (monotonic_ms() - s->busy_since >= s->busy_limit) {
		return 0;
	}
	nanosleep(&pause, NULL);
	return 1;
}

/*
 * SQLite would make the file with the mode the umask leaves, and takes the mode
 * of its log from it. O_EXCL: closing a descriptor of a database that is in use
 * would drop the locks this process has on it.
 */
static bool create_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST) {
		return true;
	}
	if (fd < 0) {
		return err_errno(e, "cannot create database \"%s\"", path);
	}
	close(fd);
	return file_sync_parent(path, e);
}

static bool connect_file(struct store *s, struct err *e)
{
	struct stat st;
	int status;

	if (stat(s->path, &st) != 0) {
		return err_errno(e, "cannot open database \"%s\"", s->path);
	}
	status = sqlite3_open_v2(
		s->path, &s->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (status != SQLITE_OK) {
		return stmt_fail(s, status, "open", e);
	}
	sqlite3_busy_handler(s->db, on_busy, s);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return true;
}

static const enum stmt_id options[] = {
	STMT_SET_SYNCHRONOUS, STMT_SET_FOREIGN_KEYS,  STMT_SET_TRUSTED_SCHEMA,
	STMT_SET_CHECKPOINT,  STMT_SET_JOURNAL_LIMIT, STMT_SET_CACHE,
};

static bool set_options(struct store *s, struct err *e)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!stmt_run(s, options[i], STMT_NO_ARGS, e)) {
			return false;
		}
	}
	return true;
}

/* The change to WAL needs the file for itself, and SQLite does not call on_busy for all of it. */
static bool set_wal(struct store *s, struct err *e)
{
	struct rows r;
	bool wal = false;

	for (int tries = 0;; tries++) {
		rows_open(&r, s, STMT_SET_WAL, STMT_NO_ARGS, NULL);
		if (rows_next(&r)) {
			wal = sqlite3_stricmp((const char *)sqlite3_column_text(r.stmt, 0),
			                      "wal") == 0;
		}
		if ((r.status & 0xff) != SQLITE_BUSY || !on_busy(s, tries)) {
			break;
		}
		rows_close(&r, NULL);
	}
	if (!rows_close(&r, e)) {
		return false;
	}
	return wal || err_set(e, ERR_TEMPORARY, "4.3.5",
	                      "cannot use database \"%s\": its file system has no "
	                      "write-ahead log",
	                      s->path);
}

/* Version of the schema in the file; an error when the file is not one of ours. */
static bool read_version(struct store *s, int64_t *version, struct err *e)
{
	struct rows r;
	int64_t application = 0, tables = 0;

	rows_open(&r, s, STMT_IDENTITY, STMT_NO_ARGS, NULL);
	*version = 0;
	if (rows_next(&r)) {
		*version = row_int(&r);
		application = row_int(&r);
		tables = row_int(&r);
	}
	if (!rows_close(&r, e)) {
		return false;
	}
	if (*version ? application != APPLICATION_ID : tables != 0) {
		return err_set(e, ERR_TEMPORARY, "4.3.5",
		               "cannot use database \"%s\": it belongs to another program",
		               s->path);
	}
	if (*version > (int64_t)schema_steps_count) {
		return err_set(e, ERR_TEMPORARY, "4.3.5",
		               "cannot use database \"%s\": schema %" PRId64
		               " is of a newer version, this one knows %zu",
		               s->path, *version, schema_steps_count);
	}
	return true;
}

static bool apply_step(struct store *s, const struct schema_step *step, struct err *e)
{
	char version[64];
	int status = sqlite3_exec(s->db, step->sql, NULL, NULL, NULL);

	snprintf(version, sizeof(version), "PRAGMA user_version = %d", step->version);
	if (status == SQLITE_OK) {
		status = sqlite3_exec(s->db, version, NULL, NULL, NULL);
	}
	return status == SQLITE_OK || stmt_fail(s, status, version, e);
}

/* One step, unless another process has made it meanwhile. */
static bool migrate_step(struct store *s, const struct schema_step *step, struct err *e)
{
	int64_t version;

	return store_begin(s, e) &&
	       store_finish(s,
	                    read_version(s, &version, e) &&
	                            (version >= step->version || apply_step(s, step, e)),
	                    e);
}

/* An empty file is no site: with it, mail would be held in a database nobody looks at. */
static bool migrate(struct store *s, bool create, struct err *e)
{
	int64_t version;

	if (!read_version(s, &version, e)) {
		return false;
	}
	if (version == 0 && !create) {
		return err_set(
			e, ERR_TEMPORARY, "4.3.5",
			"database \"%s\" is empty: restore it, or make a site with ladle init",
			s->path);
	}
	for (size_t i = 0; i < schema_steps_count; i++) {
		const struct schema_step *step = &schema_steps[i];

		if (version < step->version && !migrate_step(s, step, e)) {
			return err_prefix(e, "cannot bring the schema to version %d",
			                  step->version);
		}
	}
	return true;
}

struct store *store_open(const char *path, bool create, struct err *e)
{
	struct store *s = mem_alloc(sizeof(*s));

	/*
	 * Nobody asks SQLite how much memory it has; counting costs a lock for each
	 * allocation. Refused, without harm, when SQLite is in use already.
	 */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	s->path = mem_str(path);
	s->busy_limit = LIMIT_BUSY_MS;
	if ((create && !create_file(path, e)) || !connect_file(s, e) || !set_options(s, e) ||
	    !set_wal(s, e) || !migrate(s, create, e)) {
		store_close(s);
		return NULL;
	}
	return s;
}

void store_close(struct store *s)
{
	if (!s) {
		return;
	}
	store_rollback(s);
	stmt_end(s);
	sqlite3_close(s->db);
	mem_free(s->path);
	mem_free(s);
}

bool store_begin(struct store *s, struct err *e)
{
	if (s->open) {
		return err_set(e, ERR_BUG, "4.3.0", "cannot begin: a transaction is open");
	}
	if (!stmt_run(s, STMT_BEGIN, STMT_NO_ARGS, e)) {
		return false;
	}
	s->open = true;
	s->doomed = false;
	return true;
}

bool store_commit(struct store *s, struct err *e)
{
	bool ok;

	if (!s->open) {
		return err_set(e, ERR_BUG, "4.3.0", "cannot commit: no transaction is open");
	}
	fault_point("commit");
	if (s->doomed) {
		ok = err_set(e, ERR_BUG, "4.3.0", "cannot commit: a call in it has failed");
	} else {
		ok = stmt_run(s, STMT_COMMIT, STMT_NO_ARGS, e);
	}
	if (!ok) {
		store_rollback(s);
		return false;
	}
	s->open = false;
	fault_point("committed");
	return true;
}

void store_rollback(struct store *s)
{
	/* The rollback itself can only fail when SQLite has done it already. */
	if (s->open && !sqlite3_get_autocommit(s->db)) {
		stmt_run(s, STMT_ROLLBACK, STMT_NO_ARGS, NULL);
	}
	s->open = false;
}

bool store_finish(struct store *s, bool ok, struct err *e)
{
	if (ok) {
		return store_commit(s, e);
	}
	store_rollback(s);
	return false;
}

bool store_enter(struct store *s, bool *own, struct err *e)
{
	*own = !s->open;
	return s->open || store_begin(s, e);
}

bool store_leave(struct store *s, bool own, bool ok, struct err *e)
{
	if (!own) {
		s->doomed = s->doomed || !ok;
		return ok;
	}
	return store_finish(s, ok, e);
}
