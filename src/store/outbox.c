/* Mail of our own: rows that are claimed and settled one by one. List 0 is NULL in the table. */

#include "store/outbox.h"

#include "base/limits.h"
#include "store/stmt.h"

#define REPLY_ACCEPTED SPAN("accepted; the worker ended before it was settled")
#define REPLY_UNKNOWN  SPAN("the worker ended before an answer was known")

const char *outbox_state_name(enum outbox_state s)
{
	static const char *const names[] = {
		[OUTBOX_WAITING] = "waiting",
		[OUTBOX_SENT] = "sent",
		[OUTBOX_FAILED] = "failed",
		[OUTBOX_STUCK] = "stuck",
	};

	return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "unknown";
}

static void read_outgoing(struct rows *r, struct outgoing *out)
{
	out->id = row_int(r);
	out->list = row_int(r);
	out->priority = (enum outbox_priority)row_int(r);
	out->kind = row_span(r);
	out->mail_from = row_span(r);
	out->recipient = row_span(r);
	out->blob = row_span(r);
	out->domain = row_span(r);
	out->chain = (enum outbox_chain)row_int(r);
	out->via = row_span(r);
	out->utf8 = row_int(r) != 0;
	out->message_id = row_span(r);
	out->about = row_span(r);
	out->state = (enum outbox_state)row_int(r);
	out->at = row_int(r);
	out->attempts = row_int(r);
	out->next_at = row_int(r);
	out->first_at = row_int(r);
	out->reply = row_span(r);
}

static bool read_all(struct rows *r, struct outgoing **out, size_t *n, struct err *e)
{
	struct outgoing *v = NULL;
	size_t count = 0, cap = 0;

	while (rows_next(r)) {
		read_outgoing(r, ARENA_PUSH(r->arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(r, e);
}

bool store_outbox_put(struct store *s, const struct outgoing *o, int64_t *id, struct err *e)
{
	if (!stmt_run(s, STMT_OUTBOX_PUT,
	              STMT_ARGS(stmt_int(o->list), stmt_int(o->priority), stmt_text(o->kind),
	                        stmt_bytes(o->mail_from), stmt_bytes(o->recipient),
	                        stmt_text(o->blob), stmt_text(o->domain), stmt_int(o->chain),
	                        stmt_text(o->via), stmt_int(o->utf8), stmt_bytes(o->message_id),
	                        stmt_bytes(o->about), stmt_int(o->at), stmt_int(o->next_at)),
	              e)) {
		return false;
	}
	*id = sqlite3_last_insert_rowid(s->db);
	return true;
}

/* --- claim, settle, release ------------------------------------------------ */

/* The due ones of PRIORITY; one alone where it may have ended a worker. */
static bool read_due(struct store *s, struct arena *arena, enum outbox_priority priority,
                     size_t limit, int64_t now, struct outgoing **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_OUTBOX_SUSPECT, STMT_ARGS(stmt_int(priority), stmt_int(now)), arena);
	if (!read_all(&r, out, n, e)) {
		return false;
	}
	if (*n > 0) {
		return true;
	}
	rows_open(&r, s, STMT_OUTBOX_DUE,
	          STMT_ARGS(stmt_int(priority), stmt_int(now), stmt_limit(limit)), arena);
	return read_all(&r, out, n, e);
}

static bool claim(struct store *s, struct arena *arena, int64_t worker, size_t limit, int64_t now,
                  struct outgoing **out, size_t *n, struct err *e)
{
	*n = 0;
	for (int p = OUTBOX_NOTICE; p <= OUTBOX_REPORT && *n == 0; p++) {
		if (!read_due(s, arena, (enum outbox_priority)p, limit, now, out, n, e)) {
			return false;
		}
	}
	for (size_t i = 0; i < *n; i++) {
		if (!stmt_run(s, STMT_OUTBOX_TAKE,
		              STMT_ARGS(stmt_int((*out)[i].id), stmt_int(worker)), e)) {
			return false;
		}
	}
	return true;
}

bool store_outbox_claim(struct store *s, struct arena *arena, int64_t worker, size_t limit,
                        int64_t now, struct outgoing **out, size_t *n, struct err *e)
{
	int64_t due;
	bool own;

	/* Mostly there is nothing, and that is found without the lock. */
	*n = 0;
	if (!store_outbox_next_at(s, &due, e)) {
		return false;
	}
	if (due == 0 || due > now) {
		return true;
	}
	if (!store_enter(s, &own, e)) {
		return false;
	}
	return store_leave(s, own, claim(s, arena, worker, limit, now, out, n, e), e);
}

bool store_outbox_settle(struct store *s, int64_t worker, const struct outgoing *v, size_t n,
                         int64_t now, struct err *e)
{
	bool own, good = true;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	for (size_t i = 0; good && i < n; i++) {
		good = stmt_run(s, STMT_OUTBOX_SETTLE,
		                STMT_ARGS(stmt_int(v[i].id), stmt_int(worker), stmt_int(v[i].state),
		                          stmt_int(now), stmt_int(v[i].attempts),
		                          stmt_int(v[i].next_at), stmt_int(v[i].first_at),
		                          stmt_bytes(v[i].reply)),
		                e);
	}
	return store_leave(s, own, good, e);
}

static bool release(struct store *s, int64_t worker, const int64_t *accepted, size_t n, int64_t now,
                    int64_t *released, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!stmt_run(s, STMT_OUTBOX_ACCEPTED,
		              STMT_ARGS(stmt_int(accepted[i]), stmt_int(worker), stmt_int(now),
		                        stmt_bytes(REPLY_ACCEPTED)),
		              e)) {
			return false;
		}
	}
	return stmt_change(s, STMT_OUTBOX_RELEASE,
	                   STMT_ARGS(stmt_int(worker), stmt_int(now), stmt_bytes(REPLY_UNKNOWN),
	                             stmt_int(LIMIT_ATTEMPTS)),
	                   released, e);
}

bool store_outbox_release(struct store *s, int64_t worker, const int64_t *accepted, size_t n,
                          int64_t now, int64_t *released, struct err *e)
{
	bool own;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	return store_leave(s, own, release(s, worker, accepted, n, now, released, e), e);
}

/* --- what people ask ------------------------------------------------------- */

bool store_outbox_next_at(struct store *s, int64_t *at, struct err *e)
{
	return stmt_number(s, STMT_OUTBOX_NEXT_AT, STMT_NO_ARGS, at, e);
}

bool store_outbox_get(struct store *s, struct arena *arena, int64_t id, struct outgoing *out,
                      bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_OUTBOX_GET, STMT_ARGS(stmt_int(id)), arena);
	*found = rows_next(&r);
	if (*found) {
		read_outgoing(&r, out);
	}
	return rows_close(&r, e);
}

bool store_outbox_ls(struct store *s, struct arena *arena, enum outbox_state state, int64_t after,
                     size_t limit, struct outgoing **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_OUTBOX_LS,
	          STMT_ARGS(stmt_int(state), stmt_int(after), stmt_limit(limit)), arena);
	return read_all(&r, out, n, e);
}

bool store_outbox_by_message_id(struct store *s, struct arena *arena, struct span message_id,
                                struct outgoing **out, size_t *n, struct err *e)
{
	struct rows r;

	*out = NULL;
	*n = 0;
	if (!message_id.n) {
		return true;
	}
	rows_open(&r, s, STMT_OUTBOX_BY_MESSAGE_ID, STMT_ARGS(stmt_bytes(message_id)), arena);
	return read_all(&r, out, n, e);
}

bool store_outbox_counts(struct store *s, struct outbox_counts *out, struct err *e)
{
	struct {
		enum outbox_state state;
		int64_t *to;
	} const all[] = {
		{ OUTBOX_WAITING, &out->waiting },
		{ OUTBOX_FAILED, &out->failed },
		{ OUTBOX_STUCK, &out->stuck },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!stmt_number(s, STMT_OUTBOX_COUNT, STMT_ARGS(stmt_int(all[i].state)), all[i].to,
		                 e)) {
			return false;
		}
	}
	return true;
}

bool store_outbox_retry(struct store *s, int64_t id, int64_t now, int64_t *count, struct err *e)
{
	return stmt_change(s, id ? STMT_OUTBOX_RETRY : STMT_OUTBOX_RETRY_ALL,
	                   STMT_ARGS(stmt_int(now), stmt_int(id)), count, e);
}

bool store_outbox_drop(struct store *s, int64_t id, struct span reply, int64_t now, int64_t *count,
                       struct err *e)
{
	return stmt_change(s, STMT_OUTBOX_DROP,
	                   STMT_ARGS(stmt_int(id), stmt_int(now), stmt_bytes(reply)), count, e);
}

bool store_outbox_sweep(struct store *s, int64_t sent, int64_t failed, struct err *e)
{
	return stmt_run(s, STMT_OUTBOX_SWEEP, STMT_ARGS(stmt_int(sent), stmt_int(failed)), e);
}
