/*
 * What a dead worker had claimed goes back. Nobody knows how far it came, but
 * for its journal of what the relay has accepted: that is sent, the rest is
 * tried again at once. A copy that was accepted and not written to the journal
 * is sent twice; none is lost.
 *
 * What is given back counts as attempted, so that a message which kills its
 * worker does not do so for ever.
 */

#include "store/stmt.h"

#include "store/fanout.h"

#define REPLY_ACCEPTED SPAN("accepted; the worker ended before it was settled")
#define REPLY_UNKNOWN  SPAN("the worker ended before an answer was known")

struct release {
	struct store *store;
	struct arena *arena;
	const struct fan_accepted *accepted;
	size_t n;
	int64_t now;
	int64_t released; /* recipients given back */
};

struct range_claim {
	int64_t post, lo, hi, worker, at;
};

struct single_claim {
	int64_t post, member, worker;
};

/* Index of the first accepted pair that is not before (POST, MEMBER). */
static size_t accepted_from(const struct release *r, int64_t post, int64_t member)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;
		const struct fan_accepted *a = &r->accepted[middle];

		if (a->post < post || (a->post == post && a->member < member)) {
			lo = middle + 1;
		} else {
			hi = middle;
		}
	}
	return lo;
}

static bool is_accepted(const struct release *r, int64_t post, int64_t member)
{
	size_t i = accepted_from(r, post, member);

	return i < r->n && r->accepted[i].post == post && r->accepted[i].member == member;
}

/* How many different members of the range were accepted, those who left since included. */
static int64_t count_accepted(const struct release *r, const struct range_claim *c)
{
	int64_t count = 0, last = c->lo - 1;

	for (size_t i = accepted_from(r, c->post, c->lo); i < r->n; i++) {
		const struct fan_accepted *a = &r->accepted[i];

		if (a->post != c->post || a->member > c->hi) {
			break;
		}
		count += a->member != last;
		last = a->member;
	}
	return count;
}

/* Members of the range that are in this claim: not those skipped when it was made. */
static bool read_claimed(const struct release *r, const struct range_claim *c, struct fan_row **out,
                         size_t *n, struct err *e)
{
	struct rows rows;
	struct fan_row *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&rows, r->store, STMT_FAN_CLAIMED,
	          STMT_ARGS(stmt_int(c->post), stmt_int(c->lo), stmt_int(c->hi)), r->arena);
	while (rows_next(&rows)) {
		struct fan_row *row = ARENA_PUSH(r->arena, v, count, cap);

		row->member = row_int(&rows);
		row->address = row_span(&rows);
	}
	*out = v;
	*n = count;
	return rows_close(&rows, e);
}

static bool give_back_range(struct release *r, const struct range_claim *c, struct err *e)
{
	struct fan_row *v;
	size_t n;

	if (!read_claimed(r, c, &v, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct fan_row row = {
			.post = c->post,
			.member = v[i].member,
			.address = v[i].address,
			.state = FAN_DEFERRED,
			.at = r->now,
			.next_at = r->now,
			.attempts = 1,
			.reply = REPLY_UNKNOWN,
		};

		if (is_accepted(r, c->post, row.member)) {
			continue;
		}
		if (!fan_add(r->store, &row, c->at, e)) {
			return false;
		}
		r->released++;
	}
	return true;
}

static bool release_range(struct release *r, const struct range_claim *c, struct err *e)
{
	struct value post = stmt_int(c->post), lo = stmt_int(c->lo), hi = stmt_int(c->hi);
	int64_t accepted = count_accepted(r, c);

	if (!give_back_range(r, c, e) ||
	    !stmt_run(r->store, STMT_FAN_UNCLAIM, STMT_ARGS(post, lo, hi, stmt_int(c->worker)),
	              e)) {
		return false;
	}
	if (accepted && !stmt_run(r->store, STMT_FAN_SENT,
	                          STMT_ARGS(post, lo, hi, stmt_int(accepted), stmt_int(r->now),
	                                    stmt_bytes(REPLY_ACCEPTED)),
	                          e)) {
		return false;
	}
	return fan_finish(r->store, c->post, r->now, e);
}

static bool release_ranges(struct release *r, int64_t worker, struct err *e)
{
	struct rows rows;
	struct range_claim *v = NULL;
	size_t n = 0, cap = 0;

	rows_open(&rows, r->store, STMT_FAN_CLAIMS, STMT_ARGS(stmt_int(worker)), NULL);
	while (rows_next(&rows)) {
		struct range_claim *c = ARENA_PUSH(r->arena, v, n, cap);

		c->post = row_int(&rows);
		c->lo = row_int(&rows);
		c->hi = row_int(&rows);
		c->worker = row_int(&rows);
		c->at = row_int(&rows);
	}
	if (!rows_close(&rows, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!release_range(r, &v[i], e)) {
			return false;
		}
	}
	return true;
}

static bool release_single(struct release *r, const struct single_claim *c, struct err *e)
{
	struct value post = stmt_int(c->post), member = stmt_int(c->member);
	struct value now = stmt_int(r->now);

	if (!is_accepted(r, c->post, c->member)) {
		r->released++;
		return stmt_run(r->store, STMT_FAN_GIVE_BACK, STMT_ARGS(post, member, now), e);
	}
	return stmt_run(r->store, STMT_FAN_ACCEPTED,
	                STMT_ARGS(post, member, now, stmt_bytes(REPLY_ACCEPTED)), e) &&
	       fan_finish(r->store, c->post, r->now, e);
}

static bool release_singles(struct release *r, int64_t worker, struct err *e)
{
	struct rows rows;
	struct single_claim *v = NULL;
	size_t n = 0, cap = 0;

	rows_open(&rows, r->store, STMT_FAN_TAKEN, STMT_ARGS(stmt_int(worker)), NULL);
	while (rows_next(&rows)) {
		struct single_claim *c = ARENA_PUSH(r->arena, v, n, cap);

		c->post = row_int(&rows);
		c->member = row_int(&rows);
		c->worker = row_int(&rows);
	}
	if (!rows_close(&rows, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!release_single(r, &v[i], e)) {
			return false;
		}
	}
	return true;
}

bool store_fan_release(struct store *s, int64_t worker, const struct fan_accepted *accepted,
                       size_t n, int64_t now, int64_t *released, struct err *e)
{
	struct release r = { .store = s, .accepted = accepted, .n = n, .now = now };
	bool own, ok;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	r.arena = arena_new();
	ok = release_singles(&r, worker, e) && release_ranges(&r, worker, e);
	arena_free(r.arena);
	*released = r.released;
	return store_leave(s, own, ok, e);
}
