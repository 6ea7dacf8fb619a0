#ifndef LADLE_FLOW_MODERATE_H
#define LADLE_FLOW_MODERATE_H

/*
 * What a moderator decides about something held, by whatever channel.
 *
 *     moderate                          all of it, for the command line
 *     moderate_load, moderate_apply, moderate_end
 *                                       the same round a transaction of the caller's
 *
 * Who is first decides: that is one statement in the database, in the transaction that
 * distributes the post. The other gets a permanent error that says who was first, and when.
 *
 * A request to join or to leave waits among the posts: moderate_ask puts it there, and
 * everything that is done with posts is done with it.
 */

#include "flow/context.h"
#include "rules/list.h"
#include "rules/moderation.h"
#include "store/held.h"

struct moderate {
	int64_t held;
	enum moderation action;
	struct span by;      /* address or user; for the record */
	struct span channel; /* HELD_BY_CLI… */
	struct span note;    /* of a rejection: what the author is to be told, UTF-8 */
	enum held_back back; /* which refusals it may undo */
	bool impatient;      /* the DNS had its time to answer: judge without it */
};

/*
 * Permanent error when it was decided already, or cannot be distributed; temporary when the
 * DNS must answer first. Wakes the stations. *NOTE, in ARENA: who was told of a rejection, or why
 * nobody was; else empty.
 */
bool moderate(struct context *c, struct arena *arena, const struct moderate *m, struct span *note,
              struct err *e);

struct moderate_case;
/*
 * Look at what M is about, and for an acceptance judge it, which may ask the DNS. *OUT lives
 * in ARENA and is to be ended by moderate_end, whatever comes back.
 */
bool moderate_load(struct context *c, struct arena *arena, const struct moderate *m,
                   struct moderate_case **out, struct err *e);
/* In the caller's transaction. Of a rejection the author is told as of any refusal
 * (flow/refusal.h). After a failure that must not be
 * committed. */
bool moderate_apply(struct context *c, struct moderate_case *x, struct err *e);
/* Did one of the two fail for good? Then, in a transaction of the caller's: tell the moderator,
 * in answer to his mail MESSAGE_ID, who was first, or why it cannot be done. */
bool moderate_failed(const struct moderate_case *x);
bool moderate_answer(struct context *c, struct moderate_case *x, const struct list *list,
                     struct span message_id, struct err *e);
void moderate_end(struct moderate_case *x); /* NULL is fine */

/*
 * For whom a moderator has to let in or go: hold the request of ADDRESS (canonical) called NAME
 * to join or to leave LIST, as KIND says, REASON as the moderators are told. In the caller's
 * transaction. Accepted, the address becomes a member, or is one no longer. *ID: of the held
 * request.
 */
bool moderate_ask(struct context *c, const struct list *list, enum held_kind kind,
                  struct span address, struct span name, struct span reason, int64_t *id,
                  struct err *e);

/* "accepted by bob@example.com on 2026-11-27 18:30:01 UTC by mail", for people. */
struct span moderate_outcome(struct arena *arena, const struct held *h);

#endif
