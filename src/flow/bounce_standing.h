#ifndef LADLE_FLOW_BOUNCE_STANDING_H
#define LADLE_FLOW_BOUNCE_STANDING_H

/* Standings of members: decided anew after an event, and when events count no more. */

#include "flow/context.h"
#include "store/bounces.h"

/* The score of MEMBER now. */
bool bounce_standing_score(struct context *c, struct arena *arena, int64_t member,
                           struct bounce_score *out, struct err *e);

/* The rest is for inside a transaction, but for the last. */

/* What ROW's member had before, if his standing was good until now. *FOUND false: he has left. */
bool bounce_standing_load(struct context *c, struct arena *arena, struct bounce_row *row,
                          bool *found, struct err *e);
/* Decide about MEMBER of LIST anew. RETURNED: his probe, if one is out, came back. */
bool bounce_standing_decide(struct context *c, struct arena *arena, int64_t list, int64_t member,
                            bool returned, struct err *e);
/* Events that F meets count no more: what they had brought about goes, too. */
bool bounce_standing_relieve(struct context *c, struct arena *arena, const struct bounce_filter *f,
                             struct err *e);
/* As if nothing had come back, and delivery as before. *COUNT: of events. */
bool bounce_standing_reset(struct context *c, int64_t member, int64_t *count, struct err *e);
/* Into the trail: WHAT was done about ADDRESS of list LIST, and why. */
bool bounce_standing_audit(struct context *c, struct arena *arena, int64_t list, const char *what,
                           struct span address, struct span why, struct err *e);
void bounce_standing_log(const struct context *c, struct arena *arena, const struct bounce_row *row,
                         const struct bounce_score *score);

#endif
