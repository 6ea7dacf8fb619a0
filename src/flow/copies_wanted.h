#ifndef LADLE_FLOW_COPIES_WANTED_H
#define LADLE_FLOW_COPIES_WANTED_H

/* What members asked for about copies of a new post. Part of the process station. */

#include "flow/arrival.h"

/*
 * Its author gets none if he wants none of his own, and those who are in To or Cc if they want
 * none besides; an author who wants to know is told that it is on its way. In the
 * transaction that adds POST.
 */
bool copies_wanted(struct context *c, struct arrival *a, int64_t post, struct err *e);

#endif
