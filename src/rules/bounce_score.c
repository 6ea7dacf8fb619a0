/* Numbers of the design; each has its name in the header. */
#include "rules/bounce_score.h"

int64_t bounce_score_weight(enum bounce_class class, bool hard)
{
	if (class == BOUNCE_CLASS_ADDRESS_DEAD) {
		return hard ? 100 : 50;
	}
	return class == BOUNCE_CLASS_MAILBOX_FULL ? 30 : 0;
}

static int64_t decayed(const struct bounce_score *s, int64_t now)
{
	int64_t weeks = now > s->last ? (now - s->last) / BOUNCE_SCORE_WEEK : 0;
	int64_t score = s->score - weeks * BOUNCE_SCORE_DECAY;
	return score > 0 ? score : 0;
}

void bounce_score_fold(const struct bounce_hit *v, size_t n, int64_t now, struct bounce_score *out)
{
	*out = (struct bounce_score){ 0 };
	for (size_t i = 0; i < n; i++) {
		int64_t weight = bounce_score_weight(v[i].class, v[i].hard);
		if (weight == 0 || (out->last != 0 && v[i].at - out->last < UNIT_DAY)) {
			continue;
		}
		int64_t before = decayed(out, v[i].at);
		/* Who was clean for long enough begins anew. */
		out->posts = before == 0 ? 1 : out->posts + 1;
		out->score = before + weight;
		out->last = v[i].at;
	}
	out->score = decayed(out, now);
	out->posts = out->score == 0 ? 0 : out->posts;
}

const char *bounce_state_name(enum bounce_state s)
{
	static const char *const names[] = { "good", "probe-due", "probed", "disabled",
		                             "complained" };
	return names[s];
}

static enum bounce_next when_good(const struct bounce_score *s)
{
	if (s->score >= BOUNCE_SCORE_DISABLE) {
		return BOUNCE_NEXT_DISABLE;
	}
	return s->score >= BOUNCE_SCORE_PROBE && s->posts >= BOUNCE_SCORE_POSTS
	               ? BOUNCE_NEXT_PROBE
	               : BOUNCE_NEXT_NOTHING;
}

static enum bounce_next when_disabled(const struct bounce_standing *st, int64_t now)
{
	int64_t weeks = (now - st->since) / BOUNCE_SCORE_WEEK;
	if (st->warnings >= BOUNCE_SCORE_WARNINGS) {
		return weeks > BOUNCE_SCORE_WARNINGS ? BOUNCE_NEXT_REMOVE : BOUNCE_NEXT_NOTHING;
	}
	return weeks > st->warnings ? BOUNCE_NEXT_WARN : BOUNCE_NEXT_NOTHING;
}

enum bounce_next bounce_score_next(const struct bounce_standing *standing,
                                   const struct bounce_score *score, bool probe_returned,
                                   int64_t now)
{
	switch (standing->state) {
	case BOUNCE_STATE_GOOD: return when_good(score);
	case BOUNCE_STATE_PROBE_DUE:
		return score->score < BOUNCE_SCORE_PROBE      ? BOUNCE_NEXT_RESTORE
		       : score->score >= BOUNCE_SCORE_DISABLE ? BOUNCE_NEXT_DISABLE
		                                              : BOUNCE_NEXT_NOTHING;
	case BOUNCE_STATE_PROBED:
		return probe_returned                               ? BOUNCE_NEXT_DISABLE
		       : now - standing->since >= BOUNCE_SCORE_WEEK ? BOUNCE_NEXT_RESTORE
		                                                    : BOUNCE_NEXT_NOTHING;
	case BOUNCE_STATE_DISABLED: return when_disabled(standing, now);
	case BOUNCE_STATE_COMPLAINED: break;
	}
	return BOUNCE_NEXT_NOTHING;
}

int64_t bounce_score_due(const struct bounce_standing *standing)
{
	switch (standing->state) {
	case BOUNCE_STATE_PROBE_DUE: return standing->since;
	case BOUNCE_STATE_PROBED: return standing->since + BOUNCE_SCORE_WEEK;
	case BOUNCE_STATE_DISABLED:
		return standing->since + (standing->warnings + 1) * BOUNCE_SCORE_WEEK;
	case BOUNCE_STATE_GOOD:
	case BOUNCE_STATE_COMPLAINED: break;
	}
	return 0;
}

bool bounce_score_breaks(int64_t n, int64_t total)
{
	return n >= BOUNCE_SCORE_FEW && n * 5 > total;
}
