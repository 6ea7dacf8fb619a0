/*
 * Lists and their settings. A setting has a row only where it differs from its
 * default. A list and its settings are read by one statement, so that nobody
 * sees half of a change.
 */

#include "store/lists.h"

#include "mail/addr.h"
#include "store/stmt.h"

#include <string.h>

bool store_list_create(struct store *s, struct span local, struct span domain, int64_t now,
                       int64_t *id, struct err *e)
{
	int64_t added;

	if (!stmt_change(s, STMT_LIST_CREATE,
	                 STMT_ARGS(stmt_text(local), stmt_text(domain), stmt_int(now)), &added,
	                 e)) {
		return false;
	}
	if (!added) {
		return err_set(e, ERR_PERMANENT, "",
		               "cannot create list \"%.*s@%.*s\": "
		               "it is there already",
		               SPAN_FMT(local), SPAN_FMT(domain));
	}
	*id = sqlite3_last_insert_rowid(s->db);
	return true;
}

/* A value was checked before it was kept, so one that does not fit is of another version. */
static bool apply_setting(struct arena *arena, struct list *list, struct span name,
                          struct span value, struct err *e)
{
	const struct setting *row = setting_find(SETTING_LIST, name);
	struct err why;

	if (!row) {
		return err_set(e, ERR_BUG, "4.3.0",
		               "cannot read list \"%.*s@%.*s\": "
		               "unknown setting \"%.*s\"",
		               SPAN_FMT(list->local), SPAN_FMT(list->domain), SPAN_FMT(name));
	}
	if (!setting_put(arena, row, value, list, &why)) {
		return err_set(e, ERR_BUG, "4.3.0", "cannot read list \"%.*s@%.*s\": %s",
		               SPAN_FMT(list->local), SPAN_FMT(list->domain), why.text);
	}
	return true;
}

/* Rows of one list follow each other; one without settings has a row without a name. */
static bool read_lists(struct rows *r, struct arena *arena, struct list **out, size_t *n,
                       struct err *e)
{
	struct list *v = NULL;
	size_t count = 0, cap = 0;
	bool ok = true;

	while (ok && rows_next(r)) {
		struct list list = { .id = row_int(r) };
		struct span name, value;

		list.local = row_span(r);
		list.domain = row_span(r);
		name = row_span(r);
		value = row_span(r);
		if (!count || v[count - 1].id != list.id) {
			setting_defaults(arena, SETTING_LIST, &list);
			*ARENA_PUSH(arena, v, count, cap) = list;
		}
		if (name.n) {
			ok = apply_setting(arena, &v[count - 1], name, value, e);
		}
	}
	*out = v;
	*n = count;
	/* An error of ours must not be covered by one of the statement. */
	return rows_close(r, ok ? e : NULL) && ok;
}

static bool read_one(struct rows *r, struct arena *arena, struct list *out, bool *found,
                     struct err *e)
{
	struct list *v;
	size_t n;

	if (!read_lists(r, arena, &v, &n, e)) {
		return false;
	}
	*found = n > 0;
	if (n) {
		*out = v[0];
	}
	return true;
}

bool store_list_find(struct store *s, struct arena *arena, struct span local, struct span domain,
                     struct list *out, bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_LIST_FIND, STMT_ARGS(stmt_text(local), stmt_text(domain)), arena);
	return read_one(&r, arena, out, found, e);
}

bool store_list_get(struct store *s, struct arena *arena, int64_t id, struct list *out, bool *found,
                    struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_LIST_GET, STMT_ARGS(stmt_int(id)), arena);
	return read_one(&r, arena, out, found, e);
}

bool store_list_all(struct store *s, struct arena *arena, struct list **out, size_t *n,
                    struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_LIST_ALL, STMT_NO_ARGS, arena);
	return read_lists(&r, arena, out, n, e);
}

bool store_list_at(struct store *s, struct span local, struct span domain, int64_t *id,
                   struct err *e)
{
	return stmt_number(s, STMT_LIST_AT, STMT_ARGS(stmt_text(local), stmt_text(domain)), id, e);
}

static bool add_alias(struct store *s, struct arena *arena, int64_t id, struct span address,
                      struct err *e)
{
	struct span key;
	int64_t added;

	if (!addr_key(arena, address, &key, e) ||
	    !stmt_change(s, STMT_ALIAS_ADD,
	                 STMT_ARGS(stmt_text(addr_local(key)), stmt_text(addr_domain(key)),
	                           stmt_int(id)),
	                 &added, e)) {
		return false;
	}
	return added == 1 ||
	       err_set(e, ERR_PERMANENT, "", "aliases: \"%.*s\" is an address of a list already",
	               SPAN_FMT(key));
}

/* The rows that aliases are found by say what the setting says. */
static bool set_aliases(struct store *s, int64_t id, struct span value, struct err *e)
{
	struct arena *arena = arena_new();
	struct span rest = value;
	bool ok = stmt_run(s, STMT_ALIAS_RM, STMT_ARGS(stmt_int(id)), e);

	while (ok && rest.p && rest.n > 0) {
		ok = add_alias(s, arena, id, span_trim(span_cut(&rest, ',')), e);
	}
	arena_free(arena);
	return ok;
}

static bool set(struct store *s, int64_t id, const struct setting *row, struct span value,
                struct err *e)
{
	struct span name = span_str(row->name);

	if (strcmp(row->name, "aliases") == 0 && !set_aliases(s, id, value, e)) {
		return false;
	}
	if (span_is(value, row->preset)) {
		return stmt_run(s, STMT_SETTING_RM, STMT_ARGS(stmt_int(id), stmt_text(name)), e);
	}
	return stmt_run(s, STMT_SETTING_PUT,
	                STMT_ARGS(stmt_int(id), stmt_text(name), stmt_text(value)), e);
}

bool store_list_set(struct store *s, int64_t id, const struct setting *row, struct span value,
                    struct err *e)
{
	bool own;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	return store_leave(s, own, set(s, id, row, value, e), e);
}

/*
 * The foreign keys would take the members too, but SQLite then notes the id of
 * each of them in memory first.
 */
static bool remove_members(struct store *s, int64_t id, struct err *e)
{
	int64_t removed = 1;

	while (removed > 0) {
		if (!stmt_change(s, STMT_LIST_RM_MEMBERS, STMT_ARGS(stmt_int(id)), &removed, e)) {
			return false;
		}
	}
	return true;
}

bool store_list_rm(struct store *s, int64_t id, struct err *e)
{
	bool own, ok;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	ok = remove_members(s, id, e) && stmt_run(s, STMT_LIST_RM, STMT_ARGS(stmt_int(id)), e);
	return store_leave(s, own, ok, e);
}
