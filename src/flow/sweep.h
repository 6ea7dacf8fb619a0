#ifndef LADLE_FLOW_SWEEP_H
#define LADLE_FLOW_SWEEP_H

/*
 * Housekeeping, at most once a day: what a kill left in spool/tmp, bytes that no
 * row names, the memory of messages handled long ago. Nothing here is needed for mail to flow, so
 * trouble is logged, not returned.
 */

#include "flow/context.h"

void sweep_due(struct context *c);

#endif
