/* What became of messages, by spool name. */

#include "store/inbox.h"

#include "store/stmt.h"

static void read_inbox(struct rows *r, struct inbox *out)
{
	out->spool = row_span(r);
	out->state = (enum inbox_state)row_int(r);
	out->ref = row_int(r);
	out->at = row_int(r);
	out->first_at = row_int(r);
	out->attempts = row_int(r);
	out->next_at = row_int(r);
	out->recipient = row_span(r);
	out->mail_from = row_span(r);
	out->message_id = row_span(r);
	out->reason = row_span(r);
}

static bool read_all(struct rows *r, struct inbox **out, size_t *n, struct err *e)
{
	struct inbox *v = NULL;
	size_t count = 0, cap = 0;

	while (rows_next(r)) {
		read_inbox(r, ARENA_PUSH(r->arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(r, e);
}

bool store_inbox_get(struct store *s, struct arena *arena, struct span spool, struct inbox *out,
                     bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_INBOX_GET, STMT_ARGS(stmt_text(spool)), arena);
	*found = rows_next(&r);
	if (*found) {
		read_inbox(&r, out);
	}
	return rows_close(&r, e);
}

bool store_inbox_put(struct store *s, const struct inbox *in, struct err *e)
{
	return stmt_run(s, STMT_INBOX_PUT,
	                STMT_ARGS(stmt_text(in->spool), stmt_int(in->state), stmt_int(in->ref),
	                          stmt_int(in->at), stmt_int(in->first_at), stmt_int(in->attempts),
	                          stmt_int(in->next_at), stmt_bytes(in->recipient),
	                          stmt_bytes(in->mail_from), stmt_bytes(in->message_id),
	                          stmt_bytes(in->reason)),
	                e);
}

bool store_inbox_ls(struct store *s, struct arena *arena, enum inbox_state state, size_t limit,
                    struct inbox **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_INBOX_LS, STMT_ARGS(stmt_int(state), stmt_limit(limit)), arena);
	return read_all(&r, out, n, e);
}

bool store_inbox_by_message_id(struct store *s, struct arena *arena, struct span message_id,
                               struct inbox **out, size_t *n, struct err *e)
{
	struct rows r;

	*out = NULL;
	*n = 0;
	if (!message_id.n) {
		return true;
	}
	rows_open(&r, s, STMT_INBOX_BY_MESSAGE_ID, STMT_ARGS(stmt_bytes(message_id)), arena);
	return read_all(&r, out, n, e);
}

bool store_inbox_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_INBOX_SWEEP, STMT_ARGS(stmt_int(before)), e);
}
