/*
 * The fan-out: who of a post's members has it. Claiming and settling; what to do
 * for a dead worker is in fanout_release.c, what people ask in fanout_report.c.
 *
 * Besides the invariants of the header:
 *   4. an exception is in a claim when it has a worker; such a row is deferred;
 *   5. an exception has a due time when, and only when, it is deferred, has no
 *      worker, and its post is sending. What is due is found by that alone;
 *   6. a post with no range left is marked as walked. It is done when it is walked
 *      and has neither a claim nor a deferred recipient; whoever takes the last of
 *      these away looks (fan_finish).
 * Each change keeps all of them from BEGIN to COMMIT, so a kill in between costs
 * nothing. A worker that is killed between SMTP and its settle leaves its claim,
 * and only what is in that claim can be sent twice.
 *
 * Members are read from their table when they are claimed: who has left by then
 * is in no batch. Who leaves while he is deferred is skipped at the next claim.
 */

#include "store/fanout.h"

#include "rules/list.h"
#include "store/stmt.h"

#include <inttypes.h>

#define REPLY_NOMAIL   SPAN("delivery of mail is off for this member")
#define REPLY_UNWANTED SPAN("this member asked for no copy of such a post")
#define REPLY_LEFT     SPAN("no longer a member")

const char *fan_state_name(enum fan_state s)
{
	static const char *const names[] = {
		[FAN_DEFERRED] = "deferred",
		[FAN_FAILED] = "failed",
		[FAN_SKIPPED] = "skipped",
		[FAN_SENT] = "sent",
	};

	return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "unknown";
}

bool fan_add(struct store *s, const struct fan_row *row, int64_t first_at, struct err *e)
{
	return stmt_run(s, STMT_FAN_ADD,
	                STMT_ARGS(stmt_int(row->post), stmt_int(row->member),
	                          stmt_text(row->address), stmt_int(row->state), stmt_int(row->at),
	                          stmt_int(row->next_at), stmt_int(row->attempts),
	                          stmt_int(first_at), stmt_bytes(row->reply)),
	                e);
}

bool store_fan_skip(struct store *s, int64_t post, int64_t member, struct err *e)
{
	return stmt_run(s, STMT_FAN_SKIP_ADD, STMT_ARGS(stmt_int(post), stmt_int(member)), e);
}

bool fan_finish(struct store *s, int64_t post, int64_t now, struct err *e)
{
	return stmt_run(s, STMT_FAN_FINISH, STMT_ARGS(stmt_int(post), stmt_int(now)), e);
}

/* --- claim ---------------------------------------------------------------- */

enum outcome {
	CLAIM_FAILED,  /* the error is set */
	CLAIM_NOTHING, /* nothing is due */
	CLAIM_AGAIN,   /* only something was tidied up: look again */
	CLAIM_FOUND,
};

/* What a claim was asked for. */
struct claim {
	struct store *store;
	struct arena *arena;
	int64_t worker;
	size_t limit;
	int64_t now;
};

/* A member as the claim finds him. */
struct candidate {
	struct fan_recipient recipient;
	bool left; /* no longer a member */
	bool nomail;
	bool unwanted; /* he asked for no copy of this one */
};

struct candidates {
	struct candidate *v;
	size_t n;
};

/* The due exceptions of a post, those that are due for longest, ascending by member. */
static bool read_due(const struct claim *c, int64_t post, struct candidates *out, struct err *e)
{
	struct rows r;
	size_t cap = 0;

	*out = (struct candidates){ NULL, 0 };
	rows_open(&r, c->store, STMT_FAN_DUE,
	          STMT_ARGS(stmt_int(post), stmt_int(c->now), stmt_limit(c->limit)), c->arena);
	while (rows_next(&r)) {
		struct candidate *x = ARENA_PUSH(c->arena, out->v, out->n, cap);

		x->recipient.member = row_int(&r);
		x->recipient.address = row_span(&r);
		x->recipient.attempts = row_int(&r);
		x->recipient.first_at = row_int(&r);
		x->left = row_int(&r) == 0;
		x->nomail = row_int(&r) != 0;
	}
	return rows_close(&r, e);
}

/* The next members behind the cursor, whether they receive mail or not. */
static bool read_range(const struct claim *c, const struct fan_batch *b, int64_t member_max,
                       struct candidates *out, struct err *e)
{
	struct rows r;
	size_t cap = 0;

	*out = (struct candidates){ NULL, 0 };
	rows_open(&r, c->store, STMT_FAN_RANGE,
	          STMT_ARGS(stmt_int(b->list), stmt_int(b->lo - 1), stmt_int(member_max),
	                    stmt_limit(c->limit), stmt_int(c->now), stmt_int(b->post)),
	          c->arena);
	while (rows_next(&r)) {
		struct candidate *x = ARENA_PUSH(c->arena, out->v, out->n, cap);

		x->recipient.member = row_int(&r);
		x->recipient.address = row_span(&r);
		int64_t why = row_int(&r);
		x->nomail = why != 0;
		x->unwanted = why == 2;
	}
	return rows_close(&r, e);
}

static bool take_due(const struct claim *c, int64_t post, const struct candidate *x, struct err *e)
{
	struct value at[] = { stmt_int(post), stmt_int(x->recipient.member) };

	if (x->left || x->nomail) {
		return stmt_run(c->store, STMT_FAN_SKIP,
		                STMT_ARGS(at[0], at[1], stmt_int(c->now),
		                          stmt_bytes(x->left ? REPLY_LEFT : REPLY_NOMAIL)),
		                e);
	}
	return stmt_run(c->store, STMT_FAN_TAKE, STMT_ARGS(at[0], at[1], stmt_int(c->worker)), e);
}

static bool take_new(const struct claim *c, int64_t post, const struct candidate *x, struct err *e)
{
	struct fan_row skipped = {
		.post = post,
		.member = x->recipient.member,
		.address = x->recipient.address,
		.state = FAN_SKIPPED,
		.at = c->now,
		.reply = x->unwanted ? REPLY_UNWANTED : REPLY_NOMAIL,
	};

	return !x->nomail || fan_add(c->store, &skipped, 0, e);
}

/* Those who receive become the batch; the others are settled here. */
static bool take_all(const struct claim *c, const struct candidates *all, struct fan_batch *b,
                     struct err *e)
{
	b->worker = c->worker;
	b->v = arena_array(c->arena, all->n, sizeof(*b->v));
	b->n = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct candidate *x = &all->v[i];
		bool ok = b->retry ? take_due(c, b->post, x, e) : take_new(c, b->post, x, e);

		if (!ok) {
			return false;
		}
		if (!x->left && !x->nomail) {
			b->v[b->n++] = x->recipient;
		}
	}
	return true;
}

static enum outcome claim_due(const struct claim *c, struct fan_batch *b, struct err *e)
{
	struct candidates due;

	*b = (struct fan_batch){ .retry = true };
	if (!stmt_number(c->store, STMT_FAN_DUE_POST, STMT_ARGS(stmt_int(c->now)), &b->post, e)) {
		return CLAIM_FAILED;
	}
	if (!b->post) {
		return CLAIM_NOTHING;
	}
	if (!stmt_number(c->store, STMT_FAN_POST_LIST, STMT_ARGS(stmt_int(b->post)), &b->list, e) ||
	    !read_due(c, b->post, &due, e) || !take_all(c, &due, b, e)) {
		return CLAIM_FAILED;
	}
	if (b->n) {
		return CLAIM_FOUND;
	}
	return fan_finish(c->store, b->post, c->now, e) ? CLAIM_AGAIN : CLAIM_FAILED;
}

/* The oldest post that has a range left; b->post is 0 when there is none. */
static bool next_post(const struct claim *c, struct fan_batch *b, int64_t *member_max,
                      struct err *e)
{
	struct rows r;

	*b = (struct fan_batch){ .retry = false };
	rows_open(&r, c->store, STMT_FAN_NEXT_POST, STMT_NO_ARGS, NULL);
	if (rows_next(&r)) {
		b->post = row_int(&r);
		b->list = row_int(&r);
		b->lo = row_int(&r) + 1;
		*member_max = row_int(&r);
	}
	return rows_close(&r, e);
}

static bool advance(const struct claim *c, const struct fan_batch *b, struct err *e)
{
	return stmt_run(c->store, STMT_FAN_ADVANCE, STMT_ARGS(stmt_int(b->post), stmt_int(b->hi)),
	                e);
}

static bool keep_claim(const struct claim *c, const struct fan_batch *b, struct err *e)
{
	return stmt_run(c->store, STMT_FAN_CLAIM,
	                STMT_ARGS(stmt_int(b->post), stmt_int(b->lo), stmt_int(b->hi),
	                          stmt_int(b->worker), stmt_int((int64_t)b->n), stmt_int(c->now)),
	                e);
}

static enum outcome claim_range(const struct claim *c, struct fan_batch *b, struct err *e)
{
	struct candidates next;
	int64_t member_max = 0;

	if (!next_post(c, b, &member_max, e)) {
		return CLAIM_FAILED;
	}
	if (!b->post) {
		return CLAIM_NOTHING;
	}
	if (!read_range(c, b, member_max, &next, e)) {
		return CLAIM_FAILED;
	}
	b->hi = next.n < c->limit ? member_max : next.v[next.n - 1].recipient.member;
	if (!advance(c, b, e)) {
		return CLAIM_FAILED;
	}
	if (!next.n) {
		return fan_finish(c->store, b->post, c->now, e) ? CLAIM_AGAIN : CLAIM_FAILED;
	}
	return take_all(c, &next, b, e) && keep_claim(c, b, e) ? CLAIM_FOUND : CLAIM_FAILED;
}

/* One look, in one transaction. */
static enum outcome claim_once(const struct claim *c, struct fan_batch *b, struct err *e)
{
	enum outcome outcome;

	if (!store_begin(c->store, e)) {
		return CLAIM_FAILED;
	}
	outcome = claim_due(c, b, e);
	if (outcome == CLAIM_NOTHING) {
		outcome = claim_range(c, b, e);
	}
	if (outcome == CLAIM_FAILED) {
		store_rollback(c->store);
	} else if (!store_commit(c->store, e)) {
		outcome = CLAIM_FAILED;
	}
	return outcome;
}

bool store_fan_claim(struct store *s, struct arena *arena, int64_t worker, size_t limit,
                     int64_t now, struct fan_batch *out, bool *found, struct err *e)
{
	struct claim c = { s, arena, worker, limit, now };
	enum outcome outcome;

	/* An empty range would look like the end of the members; -1 means everyone. */
	if (!limit || worker < 0) {
		return err_set(e, ERR_BUG, "4.3.0", "cannot claim: bad limit or worker");
	}
	do {
		outcome = claim_once(&c, out, e);
	} while (outcome == CLAIM_AGAIN);
	*found = outcome == CLAIM_FOUND;
	return outcome != CLAIM_FAILED;
}

/* --- settle --------------------------------------------------------------- */

/* Results that leave anybody out, or tell of others, would lose somebody. */
static bool check_results(const struct fan_batch *b, const struct fan_result *results, size_t n,
                          struct err *e)
{
	bool ok = n == b->n;

	for (size_t i = 0; ok && i < n; i++) {
		ok = results[i].member == b->v[i].member && (size_t)results[i].state <= FAN_SENT;
	}
	return ok ||
	       err_set(e, ERR_BUG, "4.3.0", "cannot settle: the results do not fit the batch");
}

/* The claim was given back and may be with another worker, or is of another batch. */
static bool not_ours(const struct fan_batch *b, struct err *e)
{
	return err_set(e, ERR_BUG, "4.3.0", "cannot settle: worker %" PRId64 " has no such claim",
	               b->worker);
}

static int64_t next_of(const struct fan_result *x)
{
	return x->state == FAN_DEFERRED ? x->next_at : 0;
}

static bool settle_one(struct store *s, const struct fan_batch *b, const struct fan_result *x,
                       struct span reply, int64_t now, struct err *e)
{
	bool own_reply = x->reply.n || x->state != FAN_SENT;
	int64_t changed;

	if (!stmt_change(s, STMT_FAN_SETTLE,
	                 STMT_ARGS(stmt_int(b->post), stmt_int(x->member), stmt_int(b->worker),
	                           stmt_int(x->state), stmt_int(now), stmt_int(next_of(x)),
	                           stmt_int(x->attempts), stmt_int(x->first_at),
	                           stmt_bytes(own_reply ? x->reply : reply)),
	                 &changed, e)) {
		return false;
	}
	return changed == 1 || not_ours(b, e);
}

static bool add_exception(struct store *s, const struct fan_batch *b, const struct fan_result *x,
                          int64_t now, struct err *e)
{
	struct fan_row row = {
		.post = b->post,
		.member = x->member,
		.address = x->address,
		.state = x->state,
		.at = now,
		.next_at = next_of(x),
		.attempts = x->attempts,
		.reply = x->reply,
	};

	return fan_add(s, &row, x->first_at, e);
}

static bool settle_range(struct store *s, const struct fan_batch *b,
                         const struct fan_result *results, size_t n, struct span reply, int64_t now,
                         struct err *e)
{
	int64_t claims, sent = 0;

	if (!stmt_change(s, STMT_FAN_UNCLAIM,
	                 STMT_ARGS(stmt_int(b->post), stmt_int(b->lo), stmt_int(b->hi),
	                           stmt_int(b->worker)),
	                 &claims, e)) {
		return false;
	}
	if (claims != 1) {
		return not_ours(b, e);
	}
	for (size_t i = 0; i < n; i++) {
		if (results[i].state == FAN_SENT && !results[i].apart) {
			sent++;
		} else if (!add_exception(s, b, &results[i], now, e)) {
			return false;
		}
	}
	return !sent || stmt_run(s, STMT_FAN_SENT,
	                         STMT_ARGS(stmt_int(b->post), stmt_int(b->lo), stmt_int(b->hi),
	                                   stmt_int(sent), stmt_int(now), stmt_bytes(reply)),
	                         e);
}

static bool settle_retry(struct store *s, const struct fan_batch *b,
                         const struct fan_result *results, size_t n, struct span reply, int64_t now,
                         struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!settle_one(s, b, &results[i], reply, now, e)) {
			return false;
		}
	}
	return true;
}

static bool settle(struct store *s, const struct fan_batch *b, const struct fan_result *results,
                   size_t n, struct span reply, int64_t now, struct err *e)
{
	int64_t list;

	if (!stmt_number(s, STMT_FAN_POST_LIST, STMT_ARGS(stmt_int(b->post)), &list, e)) {
		return false;
	}
	if (!list) { /* the list was removed, and the post and the claim with it */
		return true;
	}
	if (b->retry ? !settle_retry(s, b, results, n, reply, now, e)
	             : !settle_range(s, b, results, n, reply, now, e)) {
		return false;
	}
	return fan_finish(s, b->post, now, e);
}

bool store_fan_settle(struct store *s, const struct fan_batch *b, const struct fan_result *results,
                      size_t n, struct span reply, int64_t now, struct err *e)
{
	bool own;

	if (!check_results(b, results, n, e) || !store_enter(s, &own, e)) {
		return false;
	}
	return store_leave(s, own, settle(s, b, results, n, reply, now, e), e);
}
