#ifndef LADLE_STORE_FANOUT_H
#define LADLE_STORE_FANOUT_H

/*
 * Who of a post's members has it. A cursor walks the member numbers; workers
 * claim ranges, send, settle. Rows exist only for claims, for ranges of
 * successes and for exceptions.
 *
 * Invariants:
 *   1. every member id in (0, cursor] of a post is in exactly one of: a claim, a
 *      sent range (and then no exception unless one says otherwise), an exception;
 *   2. ids above the cursor are nobody's yet;
 *   3. a claim names its worker; released, its members become exceptions due at once,
 *      except those the worker's journal shows as accepted: these become sent.
 * A number up to the cursor that is no member of the list (any more) may be in none.
 */

#include "store/posts.h"

enum fan_state { FAN_DEFERRED, FAN_FAILED, FAN_SKIPPED, FAN_SENT };
const char *fan_state_name(enum fan_state s); /* "deferred", "failed", "skipped", "sent" */

struct fan_recipient {
	int64_t member;
	struct span address;
	int64_t attempts; /* before this one */
	int64_t first_at; /* of the first attempt; 0: this is the first */
};

/* A claimed piece of work of one post. */
struct fan_batch {
	int64_t post, list;
	int64_t worker;
	bool retry; /* single exceptions; else the range lo..hi */
	int64_t lo, hi;
	struct fan_recipient *v; /* ascending member */
	size_t n; /* may be 0 for a range without receiving members: settle it all the same */
};

/* How one recipient ended. */
struct fan_result {
	int64_t member;
	enum fan_state state;
	int64_t next_at;  /* FAN_DEFERRED */
	int64_t attempts; /* including this one */
	int64_t first_at;
	struct span address;
	struct span reply;
	bool apart; /* FAN_SENT, but not as the others of the range: keeps its own reply */
};

/* MEMBER is not to get POST, which no worker has begun with: he will be FAN_SKIPPED. */
bool store_fan_skip(struct store *s, int64_t post, int64_t member, struct err *e);

/*
 * Claim for WORKER: due exceptions first (at most LIMIT of one post), else the next
 * range of the oldest post that is sending. Members with nomail become FAN_SKIPPED
 * exceptions, and so do deferred ones who have left. A transaction of its own, so not
 * inside one. LIMIT >= 1, WORKER >= 0. *FOUND false: nothing is due.
 */
bool store_fan_claim(struct store *s, struct arena *arena, int64_t worker, size_t limit,
                     int64_t now, struct fan_batch *out, bool *found, struct err *e);
/*
 * Settle B with RESULTS (ascending by member, one per recipient of the batch) in one
 * transaction; REPLY is what the range row keeps for its successes (and a success that was a
 * retry, when its own reply is empty). Post becomes done when nothing is open. Class bug when the
 * results do not fit the batch, or WORKER has no such claim (it was released): then nothing is
 * changed. When the list was removed meanwhile there is nothing to settle, which is no error.
 */
bool store_fan_settle(struct store *s, const struct fan_batch *b, const struct fan_result *results,
                      size_t n, struct span reply, int64_t now, struct err *e);
/*
 * Give back all claims of WORKER (-1: of everyone), which is dead. ACCEPTED (ascending pairs post,
 * member; pairs of older batches do no harm) were taken by the relay. What is given back counts as
 * one more attempt, the first one at the time of the claim. *RELEASED: how many recipients became
 * due again.
 */
struct fan_accepted {
	int64_t post, member;
};
bool store_fan_release(struct store *s, int64_t worker, const struct fan_accepted *accepted,
                       size_t n, int64_t now, int64_t *released, struct err *e);

/* Earliest next_at of a deferred recipient that can be claimed then (not stuck, not claimed); 0
 * when none waits. */
bool store_fan_next_at(struct store *s, int64_t *at, struct err *e);

/* total is the sum of the others; open: not claimed yet, or in a range that is not settled. */
struct fan_counts {
	int64_t total, sent, deferred, failed, skipped, open;
};
bool store_fan_counts(struct store *s, int64_t post, struct fan_counts *out, struct err *e);

struct fan_row {
	int64_t post, member;
	struct span address;
	enum fan_state state;
	int64_t at, next_at, attempts;
	struct span reply;
};
/* Exceptions of a post (0: of all) in STATE (-1: any), by post and member, after (post, member), at
 * most LIMIT. */
bool store_fan_ls(struct store *s, struct arena *arena, int64_t post, int state, int64_t after_post,
                  int64_t after_member, size_t limit, struct fan_row **out, size_t *n,
                  struct err *e);
/*
 * What happened to MEMBER of POST: an exception, or a sent range. *FOUND false: not yet, or never
 * meant to; also for somebody who has left and has no exception.
 */
bool store_fan_one(struct store *s, struct arena *arena, int64_t post, int64_t member,
                   struct fan_row *out, bool *found, struct err *e);
/*
 * Deferred of POST (0: all) become due now / become FAN_FAILED with REPLY; not those a worker has
 * at the moment. *COUNT: how many. Dropping one POST also ends its walk: members behind the cursor
 * are recipients no more.
 */
bool store_fan_retry(struct store *s, int64_t post, int64_t now, int64_t *count, struct err *e);
bool store_fan_drop(struct store *s, int64_t post, struct span reply, int64_t now, int64_t *count,
                    struct err *e);

#endif
