/* A letter for each factor. */
#include "base/unit.h"

static const struct scale {
	struct span letters;
	uint64_t factors[4];
} scales[] = {
	[UNIT_NONE] = { { "", 0 }, { 0 } },
	[UNIT_SIZE] = { { "kKMG", 4 }, { 1024, 1024, 1024 * 1024, 1024 * 1024 * 1024 } },
	[UNIT_DURATION] = { { "smhd", 4 }, { 1, 60, UNIT_HOUR, UNIT_DAY } },
};

bool unit_split(struct span text, enum unit unit, uint64_t *number, uint64_t *factor)
{
	const struct scale *scale = &scales[unit];
	size_t at = text.n > 0 ? span_chr(scale->letters, text.p[text.n - 1]) : SPAN_NONE;
	*factor = 1;
	if (at != SPAN_NONE) {
		*factor = scale->factors[at];
		text.n--;
	}
	return span_u64(text, number);
}

bool unit_read(struct span text, enum unit unit, uint64_t *out)
{
	uint64_t factor;
	if (!unit_split(text, unit, out, &factor) || *out > UINT64_MAX / factor) {
		return false;
	}
	*out *= factor;
	return true;
}
