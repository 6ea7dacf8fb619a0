/*
 * Bans. An address is looked up by its key; domains and patterns, which are few, are
 * read and compared here.
 */
#include "store/bans.h"

#include "store/stmt.h"

_Static_assert(BAN_ADDRESS == 0, "kinds of bans in SQL");

bool store_ban_add(struct store *s, const struct ban *b, bool *added, struct err *e)
{
	int64_t there;

	if (!stmt_number(s, STMT_BAN_AT,
	                 STMT_ARGS(stmt_int(b->list), stmt_int(b->kind), stmt_text(b->pattern)),
	                 &there, e)) {
		return false;
	}
	*added = !there;
	return stmt_run(s, STMT_BAN_ADD,
	                STMT_ARGS(stmt_int(b->list), stmt_int(b->kind), stmt_text(b->pattern),
	                          stmt_text(b->reason), stmt_int(b->created), stmt_int(b->expires)),
	                e);
}

bool store_ban_rm(struct store *s, const struct ban *b, bool *removed, struct err *e)
{
	return stmt_touch(s, STMT_BAN_RM,
	                  STMT_ARGS(stmt_int(b->list), stmt_int(b->kind), stmt_text(b->pattern)),
	                  removed, e);
}

static bool read_bans(struct rows *r, struct arena *arena, struct ban **out, size_t *n,
                      struct err *e)
{
	struct ban *v = NULL;
	size_t count = 0, cap = 0;

	while (rows_next(r)) {
		struct ban *b = ARENA_PUSH(arena, v, count, cap);

		b->id = row_int(r);
		b->list = row_int(r);
		b->kind = (enum ban_kind)row_int(r);
		b->pattern = row_span(r);
		b->reason = row_span(r);
		b->created = row_int(r);
		b->expires = row_int(r);
	}
	*out = v;
	*n = count;
	return rows_close(r, e);
}

bool store_ban_ls(struct store *s, struct arena *arena, int64_t list, struct ban **out, size_t *n,
                  struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_BAN_LS, STMT_ARGS(stmt_int(list)), arena);
	return read_bans(&r, arena, out, n, e);
}

bool store_ban_find(struct store *s, struct arena *arena, int64_t list, struct span key,
                    int64_t now, struct ban *out, bool *found, struct err *e)
{
	struct rows r;
	struct ban *v;
	const struct ban *hit;
	size_t n;

	rows_open(&r, s, STMT_BAN_CANDIDATES, STMT_ARGS(stmt_int(list), stmt_text(key)), arena);
	if (!read_bans(&r, arena, &v, &n, e)) {
		return false;
	}
	hit = ban_find(v, n, key, now);
	*found = hit;
	if (hit) {
		*out = *hit;
	}
	return true;
}

bool store_ban_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_BAN_SWEEP, STMT_ARGS(stmt_int(before)), e);
}
