#ifndef LADLE_FLOW_PROCESS_H
#define LADLE_FLOW_PROCESS_H

/*
 * The station between spool and queue: each message in spool/new becomes a post
 * with its variants, a held message, or nothing with a reason, in one transaction;
 * then its spool file goes. Has no keys.
 */

#include "flow/context.h"

/*
 * All that is in spool/new and due. *NEXT_AT: when the next put-back message is
 * due, 0 for none. Failures of single messages are counted and logged; false
 * only when nothing can be done at all (no database, disk full).
 */
bool process_due(struct context *c, int64_t *next_at, struct err *e);

#endif
