#ifndef LADLE_STORE_OUTBOX_H
#define LADLE_STORE_OUTBOX_H

/*
 * Mail of our own on its way out, one row a recipient: put by whoever writes it, in his
 * transaction; claimed, sent and settled by a deliver worker.
 *
 *     put -> waiting -> (claimed) -> sent | waiting until next_at | failed | stuck
 *
 * Invariants: only what waits is in a claim; a claim names its worker; what a dead worker
 * had is due again, or sent if his journal says so. One row a claim once it was in the hands
 * of a worker that died, and stuck after LIMIT_ATTEMPTS deaths. The bytes of what was sent
 * are not kept.
 */

#include "store/db.h"

/* Both go before posts. */
enum outbox_priority {
	OUTBOX_NOTICE, /* somebody waits for it: confirmations, answers, moderation */
	OUTBOX_REPORT, /* nobody does: delivery reports, forwarded mail, reminders */
};

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENT, OUTBOX_FAILED, OUTBOX_STUCK };
const char *outbox_state_name(enum outbox_state s); /* "waiting", "sent", "failed", "stuck" */

/* Which signatures of ours it gets, besides DKIM1. */
enum outbox_chain {
	OUTBOX_BEGIN,    /* m=1, i=1: the message is ours */
	OUTBOX_CONTINUE, /* the next DKIM2-Signature: handed on unchanged */
	OUTBOX_PLAIN,    /* none: handed on unchanged, and it came without DKIM2 */
};

struct outgoing {
	int64_t id;
	int64_t list; /* 0: the site's */
	enum outbox_priority priority;
	struct span kind;      /* what it is for: "confirm-subscribe", "owner" */
	struct span mail_from; /* without brackets; empty: the null path */
	struct span recipient; /* without brackets */
	struct span blob;      /* its bytes in msg/; empty when they are no longer kept */
	struct span domain;    /* signs it */
	enum outbox_chain chain;
	struct span via; /* OUTBOX_CONTINUE: domain of an imaginary hop before ours, or empty */
	bool utf8;       /* the header needs SMTPUTF8 */
	struct span message_id; /* without brackets */
	struct span about;      /* the one it answers, or empty */
	enum outbox_state state;
	int64_t at;        /* of the last change of state; when put: now */
	int64_t attempts;  /* that ended without an answer for good */
	int64_t next_at;   /* while it waits */
	int64_t first_at;  /* of the first attempt; 0: there was none */
	struct span reply; /* of the relay, or why it is stuck */
};

/* Put O, which waits and is due at next_at (0: at once); id, state, attempts, first_at and reply
 * are not looked at. In the caller's transaction, or one of its own. The blob must be there. */
bool store_outbox_put(struct store *s, const struct outgoing *o, int64_t *id, struct err *e);

/*
 * Claim for WORKER at most LIMIT that are due: of one priority, due for longest first. A
 * transaction of its own. *N 0: nothing is due.
 */
bool store_outbox_claim(struct store *s, struct arena *arena, int64_t worker, size_t limit,
                        int64_t now, struct outgoing **out, size_t *n, struct err *e);
/*
 * Write down what became of the N of V, which WORKER has: their state, attempts, next_at,
 * first_at and reply, in one transaction. Rows that are gone (with their list) or were taken
 * from him are left alone.
 */
bool store_outbox_settle(struct store *s, int64_t worker, const struct outgoing *v, size_t n,
                         int64_t now, struct err *e);
/* Give back what WORKER (-1: everyone), who is dead, had. The ids in ACCEPTED (ascending) were
 * taken by the relay: they are sent. *RELEASED: how many became due again. */
bool store_outbox_release(struct store *s, int64_t worker, const int64_t *accepted, size_t n,
                          int64_t now, int64_t *released, struct err *e);

/* Earliest next_at of what waits and is in no claim; 0 when nothing is. */
bool store_outbox_next_at(struct store *s, int64_t *at, struct err *e);

bool store_outbox_get(struct store *s, struct arena *arena, int64_t id, struct outgoing *out,
                      bool *found, struct err *e);
/* Those in STATE with id > AFTER, oldest first, at most LIMIT. */
bool store_outbox_ls(struct store *s, struct arena *arena, enum outbox_state state, int64_t after,
                     size_t limit, struct outgoing **out, size_t *n, struct err *e);
/* All with this identifier, or about it, newest first. */
bool store_outbox_by_message_id(struct store *s, struct arena *arena, struct span message_id,
                                struct outgoing **out, size_t *n, struct err *e);
struct outbox_counts {
	int64_t waiting, failed, stuck;
};
bool store_outbox_counts(struct store *s, struct outbox_counts *out, struct err *e);

/*
 * ID is due now, as if it had never been tried; what was sent, or is in a claim, is not.
 * ID 0: all that wait or are stuck. *COUNT: how many.
 */
bool store_outbox_retry(struct store *s, int64_t id, int64_t now, int64_t *count, struct err *e);
/* ID, which waits or is stuck, and is in no claim, has failed with REPLY. */
bool store_outbox_drop(struct store *s, int64_t id, struct span reply, int64_t now, int64_t *count,
                       struct err *e);
/* Forget what was sent before SENT and what failed before FAILED (seconds since 1970). */
bool store_outbox_sweep(struct store *s, int64_t sent, int64_t failed, struct err *e);

#endif
