#ifndef LADLE_FLOW_DELIVER_H
#define LADLE_FLOW_DELIVER_H

/* The station that claims, signs, sends and settles. The only one that opens private keys. */

#include "flow/context.h"

/*
 * As worker number WORKER: first give back what a dead predecessor had claimed,
 * then send all that is due. *NEXT_AT: when there will be more to do, 0 for
 * nothing in sight; *RELAY_DOWN: it ended because the relay does not answer.
 */
struct deliver;
struct deliver *deliver_new(struct context *c, int64_t worker, struct err *e);
void deliver_free(struct deliver *d);
bool deliver_due(struct deliver *d, int64_t *next_at, bool *relay_down, struct err *e);

#endif
