#ifndef LADLE_FLOW_REQUEST_H
#define LADLE_FLOW_REQUEST_H

/*
 * Mail with commands: to list+request@, +subscribe, +unsubscribe, +confirm-TOKEN, +help, the
 * dash forms, and words that are none. Part of the process station.
 *
 * What a mail may bring about: only an authentic From is answered, or its own domain's
 * addresses asked; a token is a proof by itself; a machine's mail does nothing. Everything
 * else ends with a line in the log.
 */

#include "flow/arrival.h"

struct request;

/* Did A come to such an address? */
bool request_wanted(const struct arrival *a);
/* Verify and read the commands; sets A's decision and request. */
bool request_judge(struct context *c, struct arrival *a, struct err *e);
/* Carry them out, in the caller's transaction; A's reason says what became of each. */
bool request_apply(struct context *c, struct arrival *a, struct err *e);

#endif
