/* Back-off: doubling, bounded, spread a little so that a domain's mail does not come all at once.
 */
#include "rules/retry.h"

#define FIRST_WAIT   300
#define LONGEST_WAIT 14400
#define FIRST_REST   5
#define LONGEST_REST 300

static int64_t doubled(int64_t start, unsigned times, int64_t most)
{
	int64_t v = start;
	while (times-- > 0 && v < most) {
		v *= 2;
	}
	return v < most ? v : most;
}

bool retry_next(unsigned attempts, int64_t first, int64_t now, int64_t keep, uint64_t seed,
                int64_t *next)
{
	int64_t wait = doubled(FIRST_WAIT, attempts > 0 ? attempts - 1 : 0, LONGEST_WAIT);
	int64_t tenth = wait / 10;
	*next = now + wait - tenth + (int64_t)(seed % (uint64_t)(2 * tenth + 1));
	return *next - first <= keep;
}

int64_t retry_rest(unsigned failures)
{
	return doubled(FIRST_REST, failures > 0 ? failures - 1 : 0, LONGEST_REST);
}
