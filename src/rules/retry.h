#ifndef LADLE_RULES_RETRY_H
#define LADLE_RULES_RETRY_H

/* When a deferred thing is tried again. Pure. */

#include <stdbool.h>
#include <stdint.h>

/*
 * Time of the next attempt after ATTEMPTS (>= 1) failed ones, the last at NOW: 5, 10,
 * 20, 40 minutes … at most 4 hours, +/- a tenth spread by SEED. False when that is more than
 * KEEP seconds after FIRST: give up.
 */
bool retry_next(unsigned attempts, int64_t first, int64_t now, int64_t keep, uint64_t seed,
                int64_t *next);
/* Seconds to rest a relay that does not answer, after FAILURES (>= 1) in a row: 5, 10, 20 … 300. */
int64_t retry_rest(unsigned failures);

#endif
