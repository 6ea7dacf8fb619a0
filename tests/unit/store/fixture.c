#include "unit/store/fixture.h"

#include "base/file.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fixture_open(struct fixture *f)
{
	const char *base = getenv("TMPDIR");

	*f = (struct fixture){ .dir = "" };
	snprintf(f->dir, sizeof(f->dir), "%s/ladle-store-XXXXXX", base ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/ladle.db", f->dir);
	f->arena = arena_new();
	f->s = fixture_connect(f);
}

struct store *fixture_connect(struct fixture *f)
{
	struct store *s = store_open(f->path, true, &f->e);

	ck_assert_msg(s != NULL, "%s", f->e.text);
	return s;
}

void fixture_disconnect(struct fixture *f)
{
	store_close(f->s);
	f->s = NULL;
}

void fixture_fast(struct store *s)
{
	ck_assert_int_eq(sqlite3_exec(s->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL),
	                 SQLITE_OK);
}

static int removed(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

void fixture_close(struct fixture *f)
{
	fixture_disconnect(f);
	arena_free(f->arena);
	ck_assert_int_eq(nftw(f->dir, removed, 16, FTW_DEPTH | FTW_PHYS), 0);
	unsetenv("LADLE_FAULT_STATE");
}

int64_t fixture_list(struct fixture *f, const char *local)
{
	int64_t id = 0;

	ok(f,
	   store_list_create(f->s, span_str(local), SPAN("lists.example.org"), 1000, &id, &f->e));
	return id;
}

int64_t fixture_member(struct fixture *f, int64_t list, const char *address)
{
	struct member m = { .address = span_str(address), .name = SPAN(""), .joined = 1000 };
	struct member got;
	bool added, found;

	ok(f, store_member_add(f->s, list, &m, m.address, &added, &f->e));
	ck_assert(added);
	ok(f, store_member_find(f->s, f->arena, list, m.address, &got, &found, &f->e));
	ck_assert(found);
	return got.id;
}

void fixture_members(struct fixture *f, int64_t list, size_t n)
{
	ok(f, store_begin(f->s, &f->e));
	for (size_t i = 1; i <= n; i++) {
		char address[64];

		snprintf(address, sizeof(address), "member%05zu@example.net", i);
		fixture_member(f, list, address);
	}
	ok(f, store_commit(f->s, &f->e));
}

void fixture_nomail(struct fixture *f, struct store *s, int64_t list, const char *address, bool off)
{
	struct member m;
	bool found;

	ok(f, store_member_find(s, f->arena, list, span_str(address), &m, &found, &f->e));
	ck_assert(found);
	m.delivery = off ? MEMBER_NOMAIL : MEMBER_MAIL;
	ok(f, store_member_set(s, list, &m, &found, &f->e));
	ck_assert(found);
}

int64_t fixture_post(struct fixture *f, int64_t list)
{
	struct post p = { .list = list, .blob = SPAN("00"), .received = 1000 };
	int64_t id;
	bool own;

	ok(f, store_enter(f->s, &own, &f->e));
	ok(f, store_post_next_number(f->s, list, &p.number, &f->e));
	ok(f, store_member_max(f->s, list, &p.member_max, &f->e));
	ok(f, store_post_add(f->s, &p, &id, &f->e));
	ok(f, store_leave(f->s, own, true, &f->e));
	return id;
}

void fixture_sql(struct fixture *f, const char *sql)
{
	int status = sqlite3_exec(f->s->db, sql, NULL, NULL, NULL);

	ck_assert_msg(status == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(f->s->db));
}

int64_t fixture_number(struct fixture *f, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t number;

	ck_assert_msg(sqlite3_prepare_v2(f->s->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s",
	              sql, sqlite3_errmsg(f->s->db));
	ck_assert_msg(sqlite3_step(stmt) == SQLITE_ROW, "%s: no row", sql);
	number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

/* Each counts what must not be. */
static const struct {
	const char *name;
	const char *sql;
} invariants[] = {
	{ "a member up to the cursor is in no or two of claim, sent range, exception",
	  "SELECT count(*) FROM post p JOIN member m ON m.list = p.list AND m.id <= p.cursor"
	  " WHERE 1 <> (SELECT count(*) FROM fan_exception x WHERE x.post = p.id AND x.member = m.id)"
	  " + (NOT EXISTS (SELECT 1 FROM fan_exception x WHERE x.post = p.id AND x.member = m.id))"
	  " * (SELECT (SELECT count(*) FROM fan_claim c WHERE c.post = p.id AND m.id BETWEEN c.lo AND c.hi)"
	  " + (SELECT count(*) FROM fan_sent s WHERE s.post = p.id AND m.id BETWEEN s.lo AND s.hi))" },
	{ "something above the cursor belongs to somebody",
	  "SELECT (SELECT count(*) FROM fan_exception x JOIN post p ON p.id = x.post WHERE x.member > p.cursor)"
	  " + (SELECT count(*) FROM fan_claim c JOIN post p ON p.id = c.post WHERE c.hi > p.cursor)"
	  " + (SELECT count(*) FROM fan_sent s JOIN post p ON p.id = s.post WHERE s.hi > p.cursor)" },
	{ "ranges overlap",
	  "SELECT count(*) FROM (SELECT post, lo, hi FROM fan_claim UNION ALL SELECT post, lo, hi FROM fan_sent) a"
	  " JOIN (SELECT post, lo, hi FROM fan_claim UNION ALL SELECT post, lo, hi FROM fan_sent) b"
	  " ON a.post = b.post AND a.lo < b.lo AND b.lo <= a.hi" },
	{ "a due time is wrong",
	  "SELECT count(*) FROM fan_exception x JOIN post p ON p.id = x.post WHERE x.due IS NOT"
	  " CASE WHEN x.state = 0 AND x.worker IS NULL AND p.state = 0 THEN x.next_at END" },
	{ "a post is done with something open",
	  "SELECT count(*) FROM post p WHERE p.state = 1 AND (p.cursor < p.member_max"
	  " OR EXISTS (SELECT 1 FROM fan_claim c WHERE c.post = p.id)"
	  " OR EXISTS (SELECT 1 FROM fan_exception x WHERE x.post = p.id AND x.state = 0))" },
	{ "a post is walked and has nothing open, but is not done",
	  "SELECT count(*) FROM post p WHERE p.state = 0 AND p.walked"
	  " AND NOT EXISTS (SELECT 1 FROM fan_claim c WHERE c.post = p.id)"
	  " AND NOT EXISTS (SELECT 1 FROM fan_exception x WHERE x.post = p.id AND x.state = 0)" },
	{ "a walked post has members to come",
	  "SELECT count(*) FROM post p WHERE p.walked AND p.cursor < p.member_max" },
	{ "a cursor is beyond its end",
	  "SELECT count(*) FROM post p WHERE p.cursor > p.member_max" },
	{ "a foreign key leads nowhere", "SELECT count(*) FROM pragma_foreign_key_check" },
	{ "the file is damaged",
	  "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'" },
};

void fixture_invariants(struct fixture *f)
{
	for (size_t i = 0; i < sizeof(invariants) / sizeof(invariants[0]); i++) {
		ck_assert_msg(fixture_number(f, invariants[i].sql) == 0, "%s", invariants[i].name);
	}
}

static void state_path(struct fixture *f, char *path, size_t size)
{
	snprintf(path, size, "%s/faults", f->dir);
}

void fixture_fault(struct fixture *f, const char *list)
{
	char path[96];

	state_path(f, path, sizeof(path));
	setenv("LADLE_FAULT_STATE", path, 1);
	if (list) {
		setenv("LADLE_FAULT", list, 1);
	}
}

uint64_t fixture_fault_count(struct fixture *f, const char *name)
{
	struct buf text = BUF_INIT;
	char path[96];
	uint64_t count = 0;
	struct span rest;

	state_path(f, path, sizeof(path));
	if (!file_exists(path)) {
		return 0;
	}
	ck_assert(file_read(path, 100000, &text, &f->e));
	rest = buf_span(&text);
	while (rest.n) {
		struct span line = span_cut(&rest, '\n');

		if (span_is(span_cut(&line, ' '), name)) {
			ck_assert(span_u64(line, &count));
		}
	}
	buf_free(&text);
	return count;
}

void fixture_fault_reset(struct fixture *f)
{
	char path[96];

	state_path(f, path, sizeof(path));
	unlink(path);
}
