#ifndef LADLE_FLOW_JOURNAL_H
#define LADLE_FLOW_JOURNAL_H

/*
 * What the relay accepted since the last settle, one file a worker: 16 octets
 * (post, member), or (JOURNAL_OUTBOX, row), for each copy, not synced: they survive the death of
 * the process, which is what they are for. The room is made before anything is sent, so that a full
 * disk cannot make an accepted copy unknown. After a settle it is emptied.
 */

#include "flow/context.h"
#include "store/fanout.h"

/* In the place of the post: the other number is that of a row of the outbox. */
#define JOURNAL_OUTBOX INT64_C(-1)

/* The journal of WORKER, opened for writing; -1 with *E. */
int journal_open(const struct context *c, int64_t worker, struct err *e);
/* Room for ENTRIES copies. */
bool journal_reserve(int fd, size_t entries, struct err *e);
/* Entry number AT (from 0) of the room. */
bool journal_put(int fd, size_t at, int64_t post, int64_t member, struct err *e);
bool journal_empty(int fd, struct err *e);
/* All of them, also of workers there are no more; while no worker runs. */
bool journal_empty_all(const struct context *c, struct err *e);
/* What is in the journals of WORKER (-1: all), sorted by post and member. A torn last entry is
 * ignored. */
bool journal_read(struct arena *arena, const struct context *c, int64_t worker,
                  struct fan_accepted **out, size_t *n, struct err *e);

/*
 * What a worker was at when it died, in a file beside its journal: the post of
 * the batch at work, and how often a worker died at which posts since a batch of them
 * was settled. Where there is no room for one more the post with the fewest deaths is forgotten.
 */
#define JOURNAL_DEATHS 8
struct journal_mark {
	int64_t post; /* 0: between batches */
	struct journal_deaths {
		int64_t post, n; /* n 0: not in use */
	} deaths[JOURNAL_DEATHS];
};

/* One more death at POST; returns how many there are now. */
int64_t journal_mark_died(struct journal_mark *mark, int64_t post);
/* POST can be delivered, or is set aside. */
void journal_mark_forget(struct journal_mark *mark, int64_t post);

bool journal_mark_read(struct arena *arena, const struct context *c, int64_t worker,
                       struct journal_mark *out, struct err *e);
bool journal_mark_write(const struct context *c, int64_t worker, const struct journal_mark *mark,
                        struct err *e);

#endif
