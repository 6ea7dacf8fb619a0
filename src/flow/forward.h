#ifndef LADLE_FLOW_FORWARD_H
#define LADLE_FLOW_FORWARD_H

/* Mail for list+owner@ on its way to the owners. Part of the process station. */

#include "flow/arrival.h"

/* Is A mail for owners, of whom there are some, or a report about such mail? */
bool forward_wanted(const struct arrival *a);
/* Verify and decide; sets A's decision, and forward when it goes on. */
bool forward_judge(struct context *c, struct arrival *a, struct err *e);
/* A row of the outbox for each owner, in the caller's transaction. */
bool forward_apply(struct context *c, struct arrival *a, struct err *e);

#endif
