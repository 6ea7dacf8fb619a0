/* Messages that wait for a moderator. List 0 stands for no list, which is NULL in the table. */

#include "store/held.h"

#include "store/stmt.h"

const char *held_state_name(enum held_state s)
{
	static const char *const names[] = {
		[HELD_WAITING] = "waiting",
		[HELD_ACCEPTED] = "accepted",
		[HELD_DISCARDED] = "discarded",
		[HELD_REFUSED] = "refused",
	};
	return names[s];
}

const char *held_kind_name(enum held_kind k)
{
	static const char *const names[] = {
		[HELD_POST] = "post",
		[HELD_JOIN] = "join",
		[HELD_LEAVE] = "leave",
	};
	return names[k];
}

static void read_held(struct rows *r, struct held *out)
{
	out->id = row_int(r);
	out->list = row_int(r);
	out->state = (enum held_state)row_int(r);
	out->blob = row_span(r);
	out->mail_from = row_span(r);
	out->recipient = row_span(r);
	out->author = row_span(r);
	out->subject = row_span(r);
	out->message_id = row_span(r);
	out->rule = row_span(r);
	out->reason = row_span(r);
	out->verdict = row_span(r);
	out->arrived = row_int(r);
	out->decided = row_int(r);
	out->size = row_int(r);
	out->truncated = row_int(r) != 0;
	out->kind = (enum held_kind)row_int(r);
	out->decided_by = row_span(r);
	out->channel = row_span(r);
	out->note = row_span(r);
	out->signed_at = row_int(r);
	out->arrived_as = row_span(r);
	out->handed_by = row_span(r);
	out->asked = row_int(r) != 0;
}

bool store_held_add(struct store *s, const struct held *h, int64_t *id, struct err *e)
{
	if (!stmt_run(s, STMT_HELD_ADD,
	              STMT_ARGS(stmt_int(h->list), stmt_int(h->state), stmt_text(h->blob),
	                        stmt_bytes(h->mail_from), stmt_bytes(h->recipient),
	                        stmt_bytes(h->author), stmt_bytes(h->subject),
	                        stmt_bytes(h->message_id), stmt_text(h->rule),
	                        stmt_bytes(h->reason), stmt_bytes(h->verdict), stmt_int(h->arrived),
	                        stmt_int(h->decided), stmt_int(h->size), stmt_int(h->truncated),
	                        stmt_int(h->kind), stmt_int(h->signed_at),
	                        stmt_bytes(h->arrived_as), stmt_text(h->handed_by)),
	              e)) {
		return false;
	}
	*id = sqlite3_last_insert_rowid(s->db);
	return true;
}

bool store_held_get(struct store *s, struct arena *arena, int64_t id, struct held *out, bool *found,
                    struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_HELD_GET, STMT_ARGS(stmt_int(id)), arena);
	*found = rows_next(&r);
	if (*found) {
		read_held(&r, out);
	}
	return rows_close(&r, e);
}

bool store_held_ls(struct store *s, struct arena *arena, int64_t list, enum held_state state,
                   int64_t after, size_t limit, struct held **out, size_t *n, struct err *e)
{
	struct rows r;
	struct held *v = NULL;
	size_t count = 0, cap = 0;

	if (list) {
		rows_open(&r, s, STMT_HELD_LS_LIST,
		          STMT_ARGS(stmt_int(state), stmt_int(after), stmt_limit(limit),
		                    stmt_int(list)),
		          arena);
	} else {
		rows_open(&r, s, STMT_HELD_LS,
		          STMT_ARGS(stmt_int(state), stmt_int(after), stmt_limit(limit)), arena);
	}
	while (rows_next(&r)) {
		read_held(&r, ARENA_PUSH(arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_held_known(struct store *s, struct arena *arena, int64_t list, size_t limit,
                      struct held **out, size_t *n, int64_t *total, struct err *e)
{
	struct rows r;
	struct held *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_HELD_KNOWN, STMT_ARGS(stmt_int(list), stmt_limit(limit)), arena);
	while (rows_next(&r)) {
		read_held(&r, ARENA_PUSH(arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(&r, e) &&
	       stmt_number(s, STMT_HELD_COUNT_KNOWN, STMT_ARGS(stmt_int(list)), total, e);
}

bool store_held_ask(struct store *s, int64_t id, bool asked, struct span reason, bool *changed,
                    struct err *e)
{
	return stmt_touch(s, STMT_HELD_ASK,
	                  STMT_ARGS(stmt_int(id), stmt_int(asked), stmt_bytes(reason)), changed, e);
}

bool store_held_decide(struct store *s, int64_t id, const struct held_decision *d, bool *changed,
                       struct err *e)
{
	return stmt_touch(s, STMT_HELD_DECIDE,
	                  STMT_ARGS(stmt_int(id), stmt_int(d->state), stmt_int(d->at),
	                            stmt_text(d->by), stmt_text(d->channel), stmt_bytes(d->note),
	                            stmt_int(d->back)),
	                  changed, e);
}

static bool read_ids(struct rows *r, int64_t **out, size_t *n, struct err *e)
{
	int64_t *v = NULL;
	size_t count = 0, cap = 0;

	while (rows_next(r)) {
		*ARENA_PUSH(r->arena, v, count, cap) = row_int(r);
	}
	*out = v;
	*n = count;
	return rows_close(r, e);
}

bool store_held_expired(struct store *s, struct arena *arena, int64_t list, int64_t before,
                        size_t limit, int64_t **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_HELD_EXPIRED,
	          STMT_ARGS(stmt_int(list), stmt_int(before), stmt_limit(limit)), arena);
	return read_ids(&r, out, n, e);
}

bool store_held_lists(struct store *s, struct arena *arena, int64_t **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_HELD_LISTS, STMT_NO_ARGS, arena);
	return read_ids(&r, out, n, e);
}

bool store_held_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_HELD_SWEEP, STMT_ARGS(stmt_int(before)), e);
}

bool store_held_count(struct store *s, int64_t list, enum held_state state, int64_t *count,
                      struct err *e)
{
	if (list) {
		return stmt_number(s, STMT_HELD_COUNT_LIST,
		                   STMT_ARGS(stmt_int(state), stmt_int(list)), count, e);
	}
	return stmt_number(s, STMT_HELD_COUNT, STMT_ARGS(stmt_int(state)), count, e);
}

bool store_held_counts(struct store *s, struct arena *arena, int64_t list, enum held_state state,
                       struct held_count **out, size_t *n, struct err *e)
{
	struct rows r;
	struct held_count *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_HELD_COUNTS, STMT_ARGS(stmt_int(list), stmt_int(state)), arena);
	while (rows_next(&r)) {
		struct held_count *c = ARENA_PUSH(arena, v, count, cap);

		c->list = row_int(&r);
		c->rule = row_span(&r);
		c->n = row_int(&r);
		c->oldest = row_int(&r);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_held_recent(struct store *s, int64_t list, int64_t since, int64_t *count, struct err *e)
{
	return stmt_number(s, STMT_HELD_RECENT, STMT_ARGS(stmt_int(list), stmt_int(since)), count,
	                   e);
}

bool store_held_told(struct store *s, int64_t id, struct span who, bool *first, struct err *e)
{
	return stmt_touch(s, STMT_HELD_TOLD, STMT_ARGS(stmt_int(id), stmt_text(who)), first, e);
}

bool store_held_aging(struct store *s, struct arena *arena, int64_t list, int64_t before,
                      size_t limit, int64_t **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_HELD_AGING,
	          STMT_ARGS(stmt_int(list), stmt_int(before), stmt_limit(limit)), arena);
	return read_ids(&r, out, n, e);
}

bool store_held_warned(struct store *s, int64_t id, struct err *e)
{
	return stmt_run(s, STMT_HELD_WARNED, STMT_ARGS(stmt_int(id)), e);
}
