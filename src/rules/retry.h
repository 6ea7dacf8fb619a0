#ifndef LADLE_RULES_RETRY_H
#define LADLE_RULES_RETRY_H

/* When a deferred thing is tried again. Pure. */

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* How fast, by what the mail system said. */
enum retry_pace {
	RETRY_USUAL,
	RETRY_GREYLISTED, /* it wants to see us again, and mostly not within 5 minutes */
	RETRY_LIMITED,    /* too much at once: the whole domain is to be left in peace */
	RETRY_PACES
};
/* Of REPLY, the line of an SMTP server; RETRY_USUAL when it is no 4xx. */
enum retry_pace retry_pace_of(struct span reply);

/*
 * Time of the next attempt after ATTEMPTS (>= 1) failed ones, the last at NOW: 5, 10,
 * 20, 40 minutes … at most 4 hours, +/- a tenth spread by SEED. Greylisted: the same, but
 * never earlier. Limited: from 15 minutes on. False when that is more than KEEP seconds after
 * FIRST: give up.
 */
bool retry_next(enum retry_pace pace, unsigned attempts, int64_t first, int64_t now, int64_t keep,
                uint64_t seed, int64_t *next);
/* Seconds to rest a relay that does not answer, after FAILURES (>= 1) in a row: 5, 10, 20 … 300. */
int64_t retry_rest(unsigned failures);

#endif
