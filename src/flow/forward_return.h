#ifndef LADLE_FLOW_FORWARD_RETURN_H
#define LADLE_FLOW_FORWARD_RETURN_H

/*
 * A report about mail that was forwarded to the owners goes back to the hop before us (draft
 * section 16): written anew, with the message as it came here and nothing that tells where
 * it went. Part of the process station.
 */

#include "flow/arrival.h"

/*
 * A is a report to list+owner-bounces@: decide. It is passed on only if it is signed by a
 * domain that our copy was sent to, and returns that copy with our signature; else it ends here.
 */
bool forward_return_judge(struct context *c, struct arrival *a, struct err *e);
/* The new report, in the caller's transaction. */
bool forward_return_apply(struct context *c, struct arrival *a, struct err *e);

#endif
