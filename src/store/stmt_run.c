/* The one way to run a statement, and what the codes of SQLite mean to us. */

#include "store/stmt.h"

#include "base/fault.h"

#include <errno.h>

/* What a code of SQLite means to us; those not listed should not be: class bug. */
struct cause {
	int status;
	enum err_class class;
	const char *enhanced;
};

static const struct cause causes[] = {
	/* The list or post it belongs to was removed meanwhile. */
	{ SQLITE_CONSTRAINT_FOREIGNKEY, ERR_PERMANENT, "" },
	{ SQLITE_BUSY, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_LOCKED, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_FULL, ERR_TEMPORARY, "4.3.1" },
	{ SQLITE_IOERR, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_CANTOPEN, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_READONLY, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_PERM, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_AUTH, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_NOMEM, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_PROTOCOL, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_INTERRUPT, ERR_TEMPORARY, "4.3.0" },
	{ SQLITE_ABORT, ERR_TEMPORARY, "4.3.0" },
	/* Somebody has to repair it; the mail waits until then. */
	{ SQLITE_CORRUPT, ERR_TEMPORARY, "4.3.5" },
	{ SQLITE_NOTADB, ERR_TEMPORARY, "4.3.5" },
};

static const struct cause *find_cause(int status)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (causes[i].status == status || causes[i].status == (status & 0xff)) {
			return &causes[i];
		}
	}
	return NULL;
}

bool stmt_fail(const struct store *s, int status, const char *sql, struct err *e)
{
	const struct cause *cause = find_cause(status);
	/* Codes of our own making have left no text in the connection. */
	const char *why = s->db && sqlite3_extended_errcode(s->db) == status
	                          ? sqlite3_errmsg(s->db)
	                          : sqlite3_errstr(status);

	if (cause) {
		return err_set(e, cause->class, cause->enhanced, "cannot use database \"%s\": %s",
		               s->path, why);
	}
	return err_set(e, ERR_BUG, "4.3.0", "cannot use database \"%s\": %s (%d) in \"%s\"",
	               s->path, why, status, sql);
}

void stmt_end(struct store *s)
{
	for (size_t i = 0; i < STMT_COUNT; i++) {
		sqlite3_finalize(s->prepared[i]);
	}
}

static int fault_status(void)
{
	switch (fault_point("sql")) {
	case 0: return SQLITE_OK;
	case ENOSPC: return SQLITE_FULL;
	case ENOMEM: return SQLITE_NOMEM;
	default: return SQLITE_IOERR;
	}
}

static int prepare(struct store *s, enum stmt_id id)
{
	if (s->prepared[id]) {
		return SQLITE_OK;
	}
	return sqlite3_prepare_v3(s->db, stmt_sql(id), -1, SQLITE_PREPARE_PERSISTENT,
	                          &s->prepared[id], NULL);
}

/* A NULL pointer would be bound as NULL, which an empty text is not. */
static int bind(sqlite3_stmt *stmt, int at, const struct value *v)
{
	const char *p = v->bytes.p ? v->bytes.p : "";

	switch (v->type) {
	case VALUE_INT: return sqlite3_bind_int64(stmt, at, v->number);
	case VALUE_TEXT:
		return sqlite3_bind_text64(stmt, at, p, v->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BYTES: return sqlite3_bind_blob64(stmt, at, p, v->bytes.n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

/*
 * SQLite ends a transaction by itself on some errors. Whatever came then would
 * be committed each for itself, so nothing but the rollback is let through.
 */
static bool was_rolled_back(const struct store *s, enum stmt_id id)
{
	return s->open && id != STMT_ROLLBACK && sqlite3_get_autocommit(s->db);
}

void rows_open(struct rows *r, struct store *s, enum stmt_id id, const struct value *v, size_t n,
               struct arena *arena)
{
	*r = (struct rows){ .store = s, .id = id, .arena = arena };
	r->status = was_rolled_back(s, id) ? SQLITE_ABORT_ROLLBACK : fault_status();
	if (r->status == SQLITE_OK) {
		r->status = prepare(s, id);
	}
	if (r->status != SQLITE_OK) {
		return;
	}
	r->stmt = s->prepared[id];
	if (sqlite3_stmt_busy(r->stmt) || sqlite3_bind_parameter_count(r->stmt) != (int)n) {
		r->status = SQLITE_MISUSE;
	}
	for (size_t i = 0; i < n && r->status == SQLITE_OK; i++) {
		r->status = bind(r->stmt, (int)i + 1, &v[i]);
	}
	if (r->status == SQLITE_OK) {
		r->status = SQLITE_ROW;
	}
}

bool rows_next(struct rows *r)
{
	if (r->status == SQLITE_ROW) {
		r->status = sqlite3_step(r->stmt);
	}
	r->column = 0;
	return r->status == SQLITE_ROW;
}

int64_t row_int(struct rows *r)
{
	return sqlite3_column_int64(r->stmt, r->column++);
}

struct span row_span(struct rows *r)
{
	const char *p = sqlite3_column_blob(r->stmt, r->column);
	int n = sqlite3_column_bytes(r->stmt, r->column);

	r->column++;
	/* Content on overflow pages is fetched only now. */
	if (!p && n > 0) {
		r->status = SQLITE_NOMEM;
	}
	return arena_copy(r->arena, (struct span){ p, p ? (size_t)n : 0 });
}

bool rows_close(struct rows *r, struct err *e)
{
	bool ok = r->status == SQLITE_ROW || r->status == SQLITE_DONE;

	if (!ok) {
		stmt_fail(r->store, r->status, stmt_sql(r->id), e);
	}
	if (r->stmt) {
		sqlite3_reset(r->stmt);
		sqlite3_clear_bindings(r->stmt);
	}
	return ok;
}

bool stmt_run(struct store *s, enum stmt_id id, const struct value *v, size_t n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, id, v, n, NULL);
	while (rows_next(&r)) {
		continue;
	}
	return rows_close(&r, e);
}

bool stmt_change(struct store *s, enum stmt_id id, const struct value *v, size_t n,
                 int64_t *changed, struct err *e)
{
	if (!stmt_run(s, id, v, n, e)) {
		return false;
	}
	*changed = sqlite3_changes64(s->db);
	return true;
}

bool stmt_touch(struct store *s, enum stmt_id id, const struct value *v, size_t n, bool *touched,
                struct err *e)
{
	int64_t changed;

	if (!stmt_change(s, id, v, n, &changed, e)) {
		return false;
	}
	*touched = changed > 0;
	return true;
}

bool stmt_number(struct store *s, enum stmt_id id, const struct value *v, size_t n, int64_t *out,
                 struct err *e)
{
	struct rows r;

	rows_open(&r, s, id, v, n, NULL);
	*out = rows_next(&r) ? row_int(&r) : 0;
	return rows_close(&r, e);
}
