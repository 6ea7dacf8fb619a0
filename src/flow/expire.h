#ifndef LADLE_FLOW_EXPIRE_H
#define LADLE_FLOW_EXPIRE_H

/*
 * What nobody decided about in time (setting hold-expiry), and reminders, each hour: the
 * schedule is in the database. Trouble is logged, not returned: it is tried again.
 */

#include "flow/context.h"

void expire_due(struct context *c);

#endif
