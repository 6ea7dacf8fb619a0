#ifndef LADLE_FLOW_HANDOVER_H
#define LADLE_FLOW_HANDOVER_H

/*
 * A list that is a member of another list of the same site gets its copy without SMTP:
 * signed as any other, then as an arrival in our own spool. From there on it is a post
 * like one from outside, but that the envelope says who handed it over, which nobody
 * outside can write.
 *
 * The spool name is made of the post and the member, so what is handed over twice,
 * because a worker died in between, is one message: it replaces the first, or is known
 * to be handled.
 */

#include "flow/copy.h"
#include "store/posts.h"

/* Is ADDRESS the posting address, or an alias, of a list of this site? */
bool handover_wanted(struct context *c, struct arena *arena, struct span address, bool *is_list,
                     struct err *e);

/*
 * Put the copy in SEGMENTS (N of them) into the spool, durably: POST of list FROM for
 * MEMBER, with the envelope of JOB.
 */
bool handover_put(struct context *c, struct arena *arena, const struct list *from,
                  const struct post *post, int64_t member, const struct copy_job *job,
                  const struct segment *segments, size_t n, struct err *e);

/* Names of what was handed over and is in spool/new, sorted. */
bool handover_names(struct arena *arena, const struct context *c, struct span **names, size_t *n,
                    struct err *e);

#endif
