#ifndef LADLE_RULES_BOUNCE_SCORE_H
#define LADLE_RULES_BOUNCE_SCORE_H

/*
 * From events to what is done about a member. Pure: a standing is the fold of all events
 * that count, so that undoing one is leaving it out. Scores are hundredths.
 */

#include "base/unit.h"
#include "rules/bounce_class.h"

#define BOUNCE_SCORE_PROBE    400 /* from here on, and with BOUNCE_SCORE_POSTS, a probe */
#define BOUNCE_SCORE_POSTS    3   /* different posts */
#define BOUNCE_SCORE_DISABLE  1000
#define BOUNCE_SCORE_DECAY    50 /* a week without an event */
#define BOUNCE_SCORE_WEEK     (7 * UNIT_DAY)
#define BOUNCE_SCORE_KEEP     (90 * UNIT_DAY) /* seconds that an event is kept */
#define BOUNCE_SCORE_WARNINGS 3               /* a week apart; a week later he is removed */

/* One event, oldest first in an array. */
struct bounce_hit {
	int64_t at, post;
	enum bounce_class class;
	bool hard;
};

/* What an event is worth: only who is not there, or whose mailbox is full. */
int64_t bounce_score_weight(enum bounce_class class, bool hard);

struct bounce_score {
	int64_t score; /* now */
	size_t posts;  /* whose events were scored */
	int64_t last;  /* time of the last event that was scored; 0: none */
};
/* At most one event within a day is scored. */
void bounce_score_fold(const struct bounce_hit *v, size_t n, int64_t now, struct bounce_score *out);

enum bounce_state {
	BOUNCE_STATE_GOOD,
	BOUNCE_STATE_PROBE_DUE,  /* a probe is to be sent */
	BOUNCE_STATE_PROBED,     /* it was sent, since */
	BOUNCE_STATE_DISABLED,   /* gets no mail, since */
	BOUNCE_STATE_COMPLAINED, /* called the mail spam: gets none */
};
const char *bounce_state_name(enum bounce_state s); /* "good", "probe-due"… */

struct bounce_standing {
	enum bounce_state state;
	int64_t since;
	int64_t warnings; /* that were sent while disabled */
};

enum bounce_next {
	BOUNCE_NEXT_NOTHING,
	BOUNCE_NEXT_PROBE,
	BOUNCE_NEXT_DISABLE,
	BOUNCE_NEXT_RESTORE, /* the probe was not returned, or the events were undone */
	BOUNCE_NEXT_WARN,
	BOUNCE_NEXT_REMOVE,
};
/* What is due about a member of STANDING with SCORE. PROBE_RETURNED: the probe came back. */
enum bounce_next bounce_score_next(const struct bounce_standing *standing,
                                   const struct bounce_score *score, bool probe_returned,
                                   int64_t now);

/* When to ask again about STANDING: seconds since 1970; 0: never. */
int64_t bounce_score_due(const struct bounce_standing *standing);

/*
 * The circuit breaker: do N failing of TOTAL recipients say that the fault is not theirs?
 * More than 20 %, and not so few that chance would do.
 */
bool bounce_score_breaks(int64_t n, int64_t total);
#define BOUNCE_SCORE_FEW 5

#endif
