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
	out->paused = row_int(r);
	out->flags = (uint64_t)row_int(r);
	out->language = row_span(r);
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
	return stmt_touch(s, STMT_MEMBER_ADD,
	                  STMT_ARGS(stmt_int(list), stmt_text(key), stmt_text(m->address),
	                            stmt_text(m->name), stmt_int((int64_t)m->delivery),
	                            stmt_int(m->joined), stmt_int(m->paused),
	                            stmt_int((int64_t)m->flags), stmt_text(m->language)),
	                  added, e);
}

#define COLUMNS_EACH 7
_Static_assert(STMT_MEMBER_ADD_ROWS *COLUMNS_EACH + 2 <= 999, "arguments of a statement");

/* STMT_MEMBER_ADD_ROWS of them: the sequence of ids is read and written once for all. */
static bool add_rows(struct store *s, int64_t list, int64_t joined,
                     const struct new_member *const *v, int64_t *changed, struct err *e)
{
	struct value args[2 + STMT_MEMBER_ADD_ROWS * COLUMNS_EACH];
	size_t n = 0;

	args[n++] = stmt_int(list);
	args[n++] = stmt_int(joined);
	for (size_t i = 0; i < STMT_MEMBER_ADD_ROWS; i++) {
		args[n++] = stmt_text(v[i]->key);
		args[n++] = stmt_text(v[i]->address);
		args[n++] = stmt_text(v[i]->name);
		args[n++] = stmt_int((int64_t)v[i]->delivery);
		args[n++] = stmt_int(v[i]->paused);
		args[n++] = stmt_int((int64_t)v[i]->flags);
		args[n++] = stmt_text(v[i]->language);
	}
	return stmt_change(s, STMT_MEMBER_ADD_MANY, args, n, changed, e);
}

static bool add_row(struct store *s, int64_t list, int64_t joined, const struct new_member *v,
                    int64_t *changed, struct err *e)
{
	struct member m = { .address = v->address,
		            .name = v->name,
		            .delivery = v->delivery,
		            .joined = joined,
		            .paused = v->paused,
		            .flags = v->flags,
		            .language = v->language };
	bool added = false;
	bool ok = store_member_add(s, list, &m, v->key, &added, e);

	*changed = added;
	return ok;
}

bool store_member_add_many(struct store *s, int64_t list, int64_t joined,
                           const struct new_member *const *v, size_t n, int64_t *added,
                           struct err *e)
{
	*added = 0;
	for (size_t i = 0; i < n;) {
		bool many = n - i >= STMT_MEMBER_ADD_ROWS;
		int64_t changed = 0;

		if (many ? !add_rows(s, list, joined, &v[i], &changed, e)
		         : !add_row(s, list, joined, v[i], &changed, e)) {
			return false;
		}
		*added += changed;
		i += many ? STMT_MEMBER_ADD_ROWS : 1;
	}
	return true;
}

bool store_member_rm(struct store *s, int64_t list, struct span key, bool *removed, struct err *e)
{
	return stmt_touch(s, STMT_MEMBER_RM, STMT_ARGS(stmt_int(list), stmt_text(key)), removed, e);
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

bool store_member_by_author(struct store *s, struct arena *arena, int64_t list, struct span key,
                            struct member *out, bool *found, struct err *e)
{
	struct rows r;

	if (!store_member_find(s, arena, list, key, out, found, e)) {
		return false;
	}
	if (*found) {
		return true;
	}
	rows_open(&r, s, STMT_MEMBER_BY_ALIAS, STMT_ARGS(stmt_int(list), stmt_text(key)), arena);
	return read_one(&r, out, found, e);
}

bool store_member_set(struct store *s, int64_t list, const struct member *m, bool *found,
                      struct err *e)
{
	return stmt_touch(s, STMT_MEMBER_SET_OPTIONS,
	                  STMT_ARGS(stmt_int(list), stmt_int(m->id), stmt_int((int64_t)m->delivery),
	                            stmt_int(m->paused), stmt_int((int64_t)m->flags),
	                            stmt_text(m->language)),
	                  found, e);
}

bool store_member_move(struct store *s, int64_t list, int64_t id, struct span address,
                       struct span key, bool *changed, struct err *e)
{
	return stmt_touch(
		s, STMT_MEMBER_SET_ADDRESS,
		STMT_ARGS(stmt_int(list), stmt_int(id), stmt_text(key), stmt_text(address)),
		changed, e);
}

bool store_member_everywhere(struct store *s, struct arena *arena, struct span key,
                             struct membership **out, size_t *n, struct err *e)
{
	struct rows r;
	struct membership *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_MEMBER_EVERYWHERE, STMT_ARGS(stmt_text(key)), arena);
	while (rows_next(&r)) {
		struct membership *m = ARENA_PUSH(arena, v, count, cap);

		m->list = row_int(&r);
		read_member(&r, &m->member);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_member_alias_add(struct store *s, int64_t list, int64_t id, struct span address,
                            struct span key, bool *added, struct err *e)
{
	return stmt_touch(
		s, STMT_MEMBER_ALIAS_ADD,
		STMT_ARGS(stmt_int(list), stmt_text(key), stmt_text(address), stmt_int(id)), added,
		e);
}

bool store_member_alias_rm(struct store *s, int64_t list, int64_t id, struct span key,
                           bool *removed, struct err *e)
{
	return stmt_touch(s, STMT_MEMBER_ALIAS_RM,
	                  STMT_ARGS(stmt_int(list), stmt_text(key), stmt_int(id)), removed, e);
}

bool store_member_alias_ls(struct store *s, struct arena *arena, int64_t id, struct span **out,
                           size_t *n, struct err *e)
{
	struct rows r;
	struct span *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_MEMBER_ALIAS_LS, STMT_ARGS(stmt_int(id)), arena);
	while (rows_next(&r)) {
		*ARENA_PUSH(arena, v, count, cap) = row_span(&r);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_member_keys(struct store *s, struct arena *arena, int64_t list, struct span after,
                       size_t limit, struct member_key **out, size_t *n, struct err *e)
{
	struct rows r;
	struct member_key *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_MEMBER_KEYS,
	          STMT_ARGS(stmt_int(list), stmt_text(after), stmt_limit(limit)), arena);
	while (rows_next(&r)) {
		struct member_key *k = ARENA_PUSH(arena, v, count, cap);

		k->key = row_span(&r);
		k->address = row_span(&r);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
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
