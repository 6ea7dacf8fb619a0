/*
 * Posts, their prepared variants, and the domains that were seen to sign. What a
 * post's members have of it is the fan-out's; only its state touches both.
 */

#include "store/posts.h"

#include "store/stmt.h"

static void read_post(struct rows *r, struct post *out)
{
	out->id = row_int(r);
	out->list = row_int(r);
	out->number = row_int(r);
	out->state = (enum post_state)row_int(r);
	out->blob = row_span(r);
	out->message_id = row_span(r);
	out->author = row_span(r);
	out->subject = row_span(r);
	out->verdict = row_span(r);
	out->reason = row_span(r);
	out->received = row_int(r);
	out->member_max = row_int(r);
	out->cursor = row_int(r);
	out->done = row_int(r);
	out->handed_by = row_span(r);
}

static bool read_all(struct rows *r, struct post **out, size_t *n, struct err *e)
{
	struct post *v = NULL;
	size_t count = 0, cap = 0;

	while (rows_next(r)) {
		read_post(r, ARENA_PUSH(r->arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(r, e);
}

bool store_post_next_number(struct store *s, int64_t list, int64_t *number, struct err *e)
{
	return stmt_number(s, STMT_POST_NEXT_NUMBER, STMT_ARGS(stmt_int(list)), number, e);
}

bool store_post_next(struct store *s, int64_t *id, struct err *e)
{
	return stmt_number(s, STMT_POST_NEXT, STMT_NO_ARGS, id, e);
}

static bool add_post(struct store *s, const struct post *p, int64_t *id, struct err *e)
{
	if (!stmt_run(s, STMT_POST_ADD,
	              STMT_ARGS(stmt_int(p->list), stmt_int(p->number), stmt_int(p->state),
	                        stmt_text(p->blob), stmt_bytes(p->message_id),
	                        stmt_bytes(p->author), stmt_bytes(p->subject),
	                        stmt_bytes(p->verdict), stmt_bytes(p->reason),
	                        stmt_int(p->received), stmt_int(p->member_max), stmt_int(p->cursor),
	                        stmt_int(p->done), stmt_text(p->handed_by)),
	              e)) {
		return false;
	}
	*id = sqlite3_last_insert_rowid(s->db);
	return stmt_run(s, STMT_POST_SET_NUMBER, STMT_ARGS(stmt_int(p->list), stmt_int(p->number)),
	                e);
}

bool store_post_add(struct store *s, const struct post *p, int64_t *id, struct err *e)
{
	bool own;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	return store_leave(s, own, add_post(s, p, id, e), e);
}

bool store_post_get(struct store *s, struct arena *arena, int64_t id, struct post *out, bool *found,
                    struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_POST_GET, STMT_ARGS(stmt_int(id)), arena);
	*found = rows_next(&r);
	if (*found) {
		read_post(&r, out);
	}
	return rows_close(&r, e);
}

/* No identifier identifies nothing: posts without one are not each other's duplicates. */
bool store_post_by_message_id(struct store *s, struct arena *arena, struct span message_id,
                              struct post **out, size_t *n, struct err *e)
{
	struct rows r;

	*out = NULL;
	*n = 0;
	if (!message_id.n) {
		return true;
	}
	rows_open(&r, s, STMT_POST_BY_MESSAGE_ID, STMT_ARGS(stmt_bytes(message_id)), arena);
	return read_all(&r, out, n, e);
}

bool store_post_ls(struct store *s, struct arena *arena, enum post_state state, size_t limit,
                   struct post **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_POST_LS, STMT_ARGS(stmt_int(state), stmt_limit(limit)), arena);
	return read_all(&r, out, n, e);
}

bool store_post_set_state(struct store *s, int64_t id, enum post_state state, struct span reason,
                          int64_t now, struct err *e)
{
	/* Deferred recipients are due only while their post is sending. */
	enum stmt_id due = state == POST_SENDING ? STMT_FAN_UNPARK : STMT_FAN_PARK;
	bool own, ok;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	ok = stmt_run(s, STMT_POST_SET_STATE,
	              STMT_ARGS(stmt_int(id), stmt_int(state), stmt_bytes(reason), stmt_int(now)),
	              e) &&
	     stmt_run(s, due, STMT_ARGS(stmt_int(id)), e);
	return store_leave(s, own, ok, e);
}

bool store_variant_add(struct store *s, const struct variant *v, struct err *e)
{
	return stmt_run(s, STMT_VARIANT_ADD,
	                STMT_ARGS(stmt_int(v->post), stmt_int(v->munged), stmt_text(v->mode),
	                          stmt_bytes(v->why), stmt_bytes(v->header), stmt_bytes(v->body),
	                          stmt_bytes(v->recipe), stmt_bytes(v->body_hash_simple),
	                          stmt_bytes(v->body_hash_relaxed), stmt_int(v->mi),
	                          stmt_int(v->mi_top), stmt_int(v->hop), stmt_int(v->utf8),
	                          stmt_text(v->via), stmt_int(v->ascii)),
	                e);
}

static void read_variant(struct rows *r, struct variant *out)
{
	out->post = row_int(r);
	out->munged = row_int(r) != 0;
	out->mode = row_span(r);
	out->why = row_span(r);
	out->header = row_span(r);
	out->body = row_span(r);
	out->recipe = row_span(r);
	out->body_hash_simple = row_span(r);
	out->body_hash_relaxed = row_span(r);
	out->mi = row_int(r);
	out->mi_top = row_int(r);
	out->hop = row_int(r);
	out->utf8 = row_int(r) != 0;
	out->via = row_span(r);
	out->ascii = row_int(r) != 0;
}

static bool read_one(struct rows *r, struct variant *out, bool *found, struct err *e)
{
	*found = rows_next(r);
	if (*found) {
		read_variant(r, out);
	}
	return rows_close(r, e);
}

bool store_variant_get(struct store *s, struct arena *arena, int64_t post, bool munged,
                       struct variant *out, bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_VARIANT_GET, STMT_ARGS(stmt_int(post), stmt_int(munged)), arena);
	return read_one(&r, out, found, e);
}

bool store_variant_ascii(struct store *s, struct arena *arena, int64_t post, struct variant *out,
                         bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_VARIANT_ASCII, STMT_ARGS(stmt_int(post)), arena);
	return read_one(&r, out, found, e);
}

bool store_domain_signs(struct store *s, struct span domain, bool *known, struct err *e)
{
	int64_t found;

	if (!stmt_number(s, STMT_DOMAIN_SIGNS, STMT_ARGS(stmt_text(domain)), &found, e)) {
		return false;
	}
	*known = found != 0;
	return true;
}

bool store_domain_signed(struct store *s, struct span domain, int64_t now, struct err *e)
{
	return stmt_run(s, STMT_DOMAIN_SIGNED, STMT_ARGS(stmt_text(domain), stmt_int(now)), e);
}

bool store_seen(struct store *s, int64_t list, struct span hashes, bool *seen, struct err *e)
{
	int64_t found;

	if (!stmt_number(s, STMT_SEEN, STMT_ARGS(stmt_int(list), stmt_bytes(hashes)), &found, e)) {
		return false;
	}
	*seen = found != 0;
	return true;
}

bool store_seen_add(struct store *s, int64_t list, struct span hashes, int64_t now, struct err *e)
{
	return stmt_run(s, STMT_SEEN_ADD,
	                STMT_ARGS(stmt_int(list), stmt_bytes(hashes), stmt_int(now)), e);
}

bool store_seen_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_SEEN_SWEEP, STMT_ARGS(stmt_int(before)), e);
}
