#ifndef LADLE_FLOW_QUEUE_H
#define LADLE_FLOW_QUEUE_H

/*
 * What waits gets another chance, or none: posts, and messages in the spool that were
 * not processed. Callers wake the stations (flow/wake.h).
 */

#include "flow/context.h"
#include "store/posts.h"

/* POST is sending, and its deferred recipients are due; *COUNT: how many. */
bool queue_retry_post(struct context *c, const struct post *post, int64_t *count, struct err *e);
/* Who of POST still waits fails; *COUNT: how many. Permanent error for a post that is done. */
bool queue_drop_post(struct context *c, const struct post *post, int64_t *count, struct err *e);

/* The message with spool name NAME, stuck or waiting. Permanent error when there is none. */
bool queue_retry_spooled(struct context *c, const char *name, struct err *e);
bool queue_drop_spooled(struct context *c, const char *name, struct err *e);

/*
 * Own mail, by its number in the outbox. Permanent error when it is not there, was sent, or a
 * worker has it; what failed can be retried, not dropped.
 */
bool queue_retry_letter(struct context *c, int64_t id, int64_t *count, struct err *e);
bool queue_drop_letter(struct context *c, int64_t id, int64_t *count, struct err *e);

/* Everything; *COUNT: recipients and messages. */
bool queue_retry_all(struct context *c, int64_t *count, struct err *e);

/* The error of those who name something that does not wait. False. */
bool queue_nothing(const char *name, struct err *e);

#endif
