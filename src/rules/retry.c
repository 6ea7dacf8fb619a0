/* Back-off: doubling, bounded, spread a little so that a domain's mail does not come all at once.
 */
#include "rules/retry.h"

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

/* What such replies have in common, without regard to case. */
static const struct {
	enum retry_pace pace;
	struct span text;
} signs[] = {
	{ RETRY_GREYLISTED, SPAN_INIT("greylist") },
	{ RETRY_GREYLISTED, SPAN_INIT("graylist") },
	{ RETRY_GREYLISTED, SPAN_INIT("grey list") },
	{ RETRY_GREYLISTED, SPAN_INIT("gray list") },
	{ RETRY_GREYLISTED, SPAN_INIT("grey-list") },
	{ RETRY_GREYLISTED, SPAN_INIT("postgrey") },
	{ RETRY_LIMITED, SPAN_INIT("rate limit") },
	{ RETRY_LIMITED, SPAN_INIT("rate-limit") },
	{ RETRY_LIMITED, SPAN_INIT("ratelimit") },
	{ RETRY_LIMITED, SPAN_INIT("throttl") },
	{ RETRY_LIMITED, SPAN_INIT("too many") },
	{ RETRY_LIMITED, SPAN_INIT("too fast") },
	{ RETRY_LIMITED, SPAN_INIT("too much mail") },
	{ RETRY_LIMITED, SPAN_INIT("unusual rate") },
	{ RETRY_LIMITED, SPAN_INIT("message rate") },
	{ RETRY_LIMITED, SPAN_INIT("sending rate") },
	{ RETRY_LIMITED, SPAN_INIT(" 4.7.28 ") },
	{ RETRY_LIMITED, SPAN_INIT(" 4.7.650 ") },
	{ RETRY_LIMITED, SPAN_INIT("unexpected volume") },
};

enum retry_pace retry_pace_of(struct span reply)
{
	for (size_t i = 0; reply.n > 0 && reply.p[0] == '4' && i < sizeof(signs) / sizeof(signs[0]);
	     i++) {
		if (span_ifind(reply, signs[i].text) != SPAN_NONE) {
			return signs[i].pace;
		}
	}
	return RETRY_USUAL;
}

bool retry_next(enum retry_pace pace, unsigned attempts, int64_t first, int64_t now, int64_t keep,
                uint64_t seed, int64_t *next)
{
	static const struct {
		int64_t wait;
		bool later; /* the spread only adds */
	} paces[RETRY_PACES] = { { 300, false }, { 310, true }, { 900, false } };
	int64_t wait = doubled(paces[pace].wait, attempts > 0 ? attempts - 1 : 0, LONGEST_WAIT);
	int64_t tenth = wait / 10;
	*next = now + wait - (paces[pace].later ? 0 : tenth) +
	        (int64_t)(seed % (uint64_t)(2 * tenth + 1));
	return *next - first <= keep;
}

int64_t retry_rest(unsigned failures)
{
	return doubled(FIRST_REST, failures > 0 ? failures - 1 : 0, LONGEST_REST);
}
