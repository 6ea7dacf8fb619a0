/* What each copy of ours bears, and the end of loops that lose it. */
#include "rules/loop.h"

#include "base/limits.h"

bool loop_marked(const struct message *m, struct span list_id)
{
	size_t at = 0;
	for (const struct field *f; (f = message_next(m, SPAN("X-Loop"), &at));) {
		if (span_ieq(span_trim(f->value), list_id)) {
			return true;
		}
	}
	return message_count(m, "Received") > LIMIT_HOPS;
}
