/*
 * Members. The key decides who is the same member; the id, which only grows,
 * decides what was sent to whom. Both look-ups and the walk by id have an index.
 */

#include "store/members.h"

#include "store/stmt.h"

static void read_member(struct rows *r, struct member *out)
{
	out->id = row_int(r);
	out->address = row_span(r);
	out->name = row_span(r);
	out->delivery = (uint64_t)row_int(r);
	out->joined = row_int(r);
}

static bool read_one(struct rows *r, struct member *out, bool *found, struct err *e)
{
	*found = rows_next(r);
	if (*found) {
		read_member(r, out);
	}
	return rows_close(r, e);
}

bool store_member_add(struct store *s, int64_t list, const struct member *m, struct span key,
                      bool *added, struct err *e)
{
	int64_t changed;

	if (!stmt_change(s, STMT_MEMBER_ADD,
	                 STMT_ARGS(stmt_int(list), stmt_text(key), stmt_text(m->address),
	                           stmt_text(m->name), stmt_int((int64_t)m->delivery),
	                           stmt_int(m->joined)),
	                 &changed, e)) {
		return false;
	}
	*added = changed > 0;
	return true;
}

bool store_member_rm(struct store *s, int64_t list, struct span key, bool *removed, struct err *e)
{
	int64_t changed;

	if (!stmt_change(s, STMT_MEMBER_RM, STMT_ARGS(stmt_int(list), stmt_text(key)), &changed,
	                 e)) {
		return false;
	}
	*removed = changed > 0;
	return true;
}

bool store_member_find(struct store *s, struct arena *arena, int64_t list, struct span key,
                       struct member *out, bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_MEMBER_FIND, STMT_ARGS(stmt_int(list), stmt_text(key)), arena);
	return read_one(&r, out, found, e);
}

bool store_member_get(struct store *s, struct arena *arena, int64_t list, int64_t id,
                      struct member *out, bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_MEMBER_GET, STMT_ARGS(stmt_int(list), stmt_int(id)), arena);
	return read_one(&r, out, found, e);
}

bool store_member_set_delivery(struct store *s, int64_t list, struct span key, uint64_t delivery,
                               bool *found, struct err *e)
{
	int64_t changed;

	if (!stmt_change(s, STMT_MEMBER_SET_DELIVERY,
	                 STMT_ARGS(stmt_int(list), stmt_text(key), stmt_int((int64_t)delivery)),
	                 &changed, e)) {
		return false;
	}
	*found = changed > 0;
	return true;
}

bool store_member_page(struct store *s, struct arena *arena, int64_t list, int64_t after,
                       size_t limit, struct member **out, size_t *n, struct err *e)
{
	struct rows r;
	struct member *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_MEMBER_PAGE,
	          STMT_ARGS(stmt_int(list), stmt_int(after), stmt_limit(limit)), arena);
	while (rows_next(&r)) {
		read_member(&r, ARENA_PUSH(arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_member_count(struct store *s, int64_t list, int64_t *count, struct err *e)
{
	return stmt_number(s, STMT_MEMBER_COUNT, STMT_ARGS(stmt_int(list)), count, e);
}

bool store_member_max(struct store *s, int64_t list, int64_t *id, struct err *e)
{
	return stmt_number(s, STMT_MEMBER_MAX, STMT_ARGS(stmt_int(list)), id, e);
}
