#ifndef LADLE_FLOW_BOUNCES_H
#define LADLE_FLOW_BOUNCES_H

/*
 * The bounce station, part of process: reports that come in, failures of our own delivery,
 * and what follows from both for members. Each event is one transaction; an event that is
 * there already changes nothing, so that any of this can be done again.
 */

#include "flow/arrival.h"
#include "flow/bounce_proof.h"
#include "store/bounces.h"

/* What a report is worth, for arrival.h. */
struct bounce_arrival {
	struct bounce_event event;
	bool counts; /* the event is to be recorded */
	bool answer; /* a member without mail has replied to a warning: event.member */
	bool forged;
};

/* Mail for a return address: sets the decision, and a->bounce. */
bool bounces_judge(struct context *c, struct arrival *a, struct err *e);
/* Inside the transaction of the arrival. */
bool bounces_commit(struct context *c, struct arrival *a, struct err *e);

/*
 * Record EV (inside a transaction) with all that follows: tally, circuit breaker, score,
 * standing. *ADDED false: it was there.
 */
bool bounces_record(struct context *c, struct arena *arena, const struct bounce_event *ev,
                    bool *added, struct err *e);

/*
 * What is due: failures of our own delivery that are no events yet, probes, warnings,
 * removals, alerts. False only when nothing can be done at all.
 */
bool bounces_due(struct context *c, struct err *e);

/* Event ID, or all of GROUP (the other is 0), undone with what followed. *COUNT: of events. */
bool bounces_undo(struct context *c, int64_t id, int64_t group, int64_t *count, struct err *e);
/* All events of MEMBER, so that his score is 0 and his standing good. */
bool bounces_reset(struct context *c, int64_t member, int64_t *count, struct err *e);

/* Address and domain of EV. */
void bounces_address(struct arena *arena, struct bounce_event *ev, struct span address);
/* Class, status and reply of EV, whose address is known, from B; *WORDS: what that means. */
bool bounces_classify(struct context *c, const struct bounce *b, struct bounce_event *ev,
                      struct span *words, struct err *e);

#endif
