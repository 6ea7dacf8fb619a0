#ifndef LADLE_FLOW_JOURNAL_H
#define LADLE_FLOW_JOURNAL_H

/*
 * What the relay accepted since the last settle, one file a worker: 16 octets
 * (post, member) appended by one write(2), not synced: it survives the death of
 * the process, which is what it is for. After a settle it is emptied.
 */

#include "flow/context.h"
#include "store/fanout.h"

/* The journal of WORKER, opened for appending; -1 with *E. */
int journal_open(const struct context *c, int64_t worker, struct err *e);
bool journal_add(int fd, int64_t post, int64_t member, struct err *e);
bool journal_empty(int fd, struct err *e);
/* What is in the journals of WORKER (-1: all), sorted by post and member. A torn last entry is ignored. */
bool journal_read(struct arena *arena, const struct context *c, int64_t worker,
                  struct fan_accepted **out, size_t *n, struct err *e);

/*
 * What a worker was at when it died, in a file beside its journal: the post of
 * the batch at work, and how many times in a row a worker died at that post.
 */
struct journal_mark {
	int64_t post;   /* 0: between batches */
	int64_t deaths;
};

bool journal_mark_read(struct arena *arena, const struct context *c, int64_t worker,
                       struct journal_mark *out, struct err *e);
bool journal_mark_write(const struct context *c, int64_t worker, const struct journal_mark *mark,
                        struct err *e);

#endif
