#ifndef LADLE_BASE_UNIT_H
#define LADLE_BASE_UNIT_H

/* Sizes and times as people write them: digits, and behind them perhaps one letter. */

#include "base/span.h"

#define UNIT_HOUR 3600 /* seconds */
#define UNIT_DAY  86400

enum unit {
	UNIT_NONE,
	UNIT_SIZE,     /* k or K, M, G: bytes, by 1024 */
	UNIT_DURATION, /* s, m, h, d: seconds */
};

/* "12h" is 12 times 3600; without a letter *FACTOR is 1. False when it is something else, or
 * more digits than *NUMBER can hold. */
bool unit_split(struct span text, enum unit unit, uint64_t *number, uint64_t *factor);
/* The product; false, too, when that does not fit. */
bool unit_read(struct span text, enum unit unit, uint64_t *out);

#endif
