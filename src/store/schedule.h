#ifndef LADLE_STORE_SCHEDULE_H
#define LADLE_STORE_SCHEDULE_H

/* When work that comes round is due next: by name and list (0: of the site). */

#include "store/db.h"

/* *AT: seconds since 1970; 0 when it was never set. */
bool store_schedule_get(struct store *s, struct span name, int64_t list, int64_t *at,
                        struct err *e);
/* *DUE: has the time come? So it has, too, when it is more than PERIOD seconds off: what has
 * put it there was a clock that was wrong. */
bool store_schedule_due(struct store *s, struct span name, int64_t list, int64_t now,
                        int64_t period, bool *due, struct err *e);
bool store_schedule_put(struct store *s, struct span name, int64_t list, int64_t at, struct err *e);

#endif
