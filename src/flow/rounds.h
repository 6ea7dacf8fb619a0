#ifndef LADLE_FLOW_ROUNDS_H
#define LADLE_FLOW_ROUNDS_H

/* What is done once a day for each list: reports to owners, reminders. */

#include "flow/context.h"

/* If it is due; failures are logged. */
void rounds_due(struct context *c);

#endif
