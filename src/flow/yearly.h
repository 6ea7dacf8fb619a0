#ifndef LADLE_FLOW_YEARLY_H
#define LADLE_FLOW_YEARLY_H

/*
 * The reminder of a year (setting reminder): each member gets a notice with his own address to
 * leave by. A list has a round a year, in pages with a pause between them, so that a million
 * reminders neither hold up posts nor the station. Part of the process station.
 */

#include "flow/context.h"

/* Do a page, if any is due. C needs store and secret. Trouble is logged. */
void yearly_due(struct context *c);

#endif
