/*
 * Confirmations that wait, and answers that were sent. A token is used by taking its row
 * out, which only one can do.
 */
#include "store/pending.h"

#include "base/unit.h"
#include "store/stmt.h"

#include <string.h>

_Static_assert(ANSWER_CONFIRM == 0 && ANSWER_KINDS == 4, "kinds of answers in SQL");
_Static_assert(PENDING_ACTIONS == 9, "actions in the schema");

static struct value hash_value(const struct digest *hash)
{
	return stmt_bytes(digest_span(hash));
}

bool store_pending_add(struct store *s, const struct pending *p, struct err *e)
{
	return stmt_run(s, STMT_PENDING_ADD,
	                STMT_ARGS(hash_value(&p->hash), stmt_int(p->list), stmt_int(p->action),
	                          stmt_text(p->key), stmt_text(p->address), stmt_text(p->name),
	                          stmt_text(p->other), stmt_int((int64_t)p->delivery),
	                          stmt_bytes(p->asked_by), stmt_int(p->created),
	                          stmt_int(p->expires)),
	                e);
}

static void read_pending(struct rows *r, struct pending *out)
{
	struct span hash = row_span(r);

	*out = (struct pending){ 0 };
	out->hash.n = hash.n < sizeof(out->hash.v) ? hash.n : sizeof(out->hash.v);
	memcpy(out->hash.v, hash.p, out->hash.n);
	out->list = row_int(r);
	out->action = (enum pending_action)row_int(r);
	out->key = row_span(r);
	out->address = row_span(r);
	out->name = row_span(r);
	out->other = row_span(r);
	out->delivery = (uint64_t)row_int(r);
	out->asked_by = row_span(r);
	out->created = row_int(r);
	out->expires = row_int(r);
	out->reminded = row_int(r);
}

bool store_pending_find(struct store *s, struct arena *arena, int64_t list,
                        const struct digest *hash, int64_t now, struct pending *out, bool *found,
                        struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_PENDING_FIND,
	          STMT_ARGS(hash_value(hash), stmt_int(list), stmt_int(now)), arena);
	*found = rows_next(&r);
	if (*found) {
		read_pending(&r, out);
	}
	return rows_close(&r, e);
}

static bool take(struct store *s, const struct pending *p, bool *taken, struct err *e)
{
	if (!stmt_touch(s, STMT_PENDING_TAKE, STMT_ARGS(hash_value(&p->hash)), taken, e)) {
		return false;
	}
	return !*taken ||
	       stmt_run(s, STMT_ANSWER_FORGET, STMT_ARGS(stmt_text(p->key), stmt_int(p->list)), e);
}

bool store_pending_take(struct store *s, const struct pending *p, bool *taken, struct err *e)
{
	bool own;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	return store_leave(s, own, take(s, p, taken, e), e);
}

bool store_pending_drop(struct store *s, int64_t list, struct span key, enum pending_action action,
                        struct err *e)
{
	return stmt_run(s, STMT_PENDING_DROP,
	                STMT_ARGS(stmt_int(list), stmt_text(key), stmt_int(action)), e);
}

bool store_pending_waits(struct store *s, int64_t list, struct span key, enum pending_action action,
                         bool *waits, struct err *e)
{
	int64_t count;
	bool ok =
		stmt_number(s, STMT_PENDING_WAITS,
	                    STMT_ARGS(stmt_int(list), stmt_text(key), stmt_int(action)), &count, e);

	*waits = count > 0;
	return ok;
}

bool store_pending_to_remind(struct store *s, struct arena *arena, int64_t list,
                             enum pending_action action, int64_t created, int64_t now,
                             struct pending **out, size_t *n, struct err *e)
{
	struct rows r;
	struct pending *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_PENDING_TO_REMIND,
	          STMT_ARGS(stmt_int(list), stmt_int(action), stmt_int(created), stmt_int(now)),
	          arena);
	while (rows_next(&r)) {
		read_pending(&r, ARENA_PUSH(arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_pending_renew(struct store *s, const struct digest *old, const struct pending *p,
                         struct err *e)
{
	return stmt_run(s, STMT_PENDING_RENEW,
	                STMT_ARGS(hash_value(old), hash_value(&p->hash), stmt_int(p->reminded)), e);
}

bool store_pending_sweep(struct store *s, int64_t now, struct err *e)
{
	return stmt_run(s, STMT_PENDING_SWEEP, STMT_ARGS(stmt_int(now)), e);
}

bool store_answer_count(struct store *s, struct span key, int64_t list, enum answer_kind kind,
                        int64_t now, struct answer_counts *out, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_ANSWER_COUNT,
	          STMT_ARGS(stmt_text(key), stmt_int(list), stmt_int(kind),
	                    stmt_int(now - UNIT_DAY), stmt_int(now - UNIT_HOUR)),
	          NULL);
	*out = (struct answer_counts){ 0 };
	if (rows_next(&r)) {
		out->kind_day = row_int(&r);
		out->list_day = row_int(&r);
		out->lists_hour = row_int(&r);
		out->site_hour = row_int(&r);
	}
	return rows_close(&r, e);
}

bool store_answer_add(struct store *s, struct span key, int64_t list, enum answer_kind kind,
                      int64_t now, struct err *e)
{
	return stmt_run(s, STMT_ANSWER_ADD,
	                STMT_ARGS(stmt_text(key), stmt_int(list), stmt_int(kind), stmt_int(now)),
	                e);
}

bool store_answer_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_ANSWER_SWEEP, STMT_ARGS(stmt_int(before)), e);
}
