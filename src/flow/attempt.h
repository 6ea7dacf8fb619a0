#ifndef LADLE_FLOW_ATTEMPT_H
#define LADLE_FLOW_ATTEMPT_H

/* What becomes of a recipient's row: sent, deferred until when, or failed. Only in memory. */

#include "flow/batch.h"

/* REPLY must live as long as the batch. */
void attempt_sent(struct batch_copy *copy, struct span reply);
/*
 * Not sent: deferred, or failed when GIVE_UP says so or the list of waits is at its end
 * (rules/retry.h). REPLY is copied.
 */
void attempt_postpone(struct batch *b, struct batch_copy *copy, struct span reply, bool give_up);
/* Nothing can be sent to this recipient, which is not his fault. REASON must live as the batch. */
void attempt_skip(struct batch *b, struct batch_copy *copy, struct span reason);
/* Not tried, because of REPLY, until AT: no attempt is counted. */
void attempt_wait(struct batch *b, struct batch_copy *copy, struct span reply, int64_t at);
/*
 * The relay as a whole does not answer, FAILURES times in a row with this one: not this
 * recipient's fault, so no attempt is counted.
 */
void attempt_rest(struct batch *b, struct batch_copy *copy, struct span reply, unsigned failures);
/* Recipients that were not tried because the relay went down before their turn. */
void attempt_rest_others(struct batch *b, unsigned failures);
/* Whoever of the batch has no answer yet waits, because of TROUBLE, no attempt counted. */
void attempt_postpone_others(struct batch *b, const struct err *trouble);

#endif
