#ifndef LADLE_STORE_PENDING_H
#define LADLE_STORE_PENDING_H

/*
 * What waits for a confirmation, found by the hash of its token (rules/pending.h), and
 * the answers that were sent, which are counted.
 */

#include "rules/answer.h"
#include "rules/pending.h"
#include "store/db.h"

struct pending {
	struct digest hash;
	int64_t list;
	enum pending_action action;
	struct span key, address; /* whom it is about */
	struct span name;
	struct span other; /* a second address, the number of a held post; or empty */
	uint64_t delivery; /* mode asked for */
	struct span asked_by;
	int64_t created, expires; /* seconds since 1970 */
	int64_t reminded;         /* 0: not yet */
};

bool store_pending_add(struct store *s, const struct pending *p, struct err *e);
/* Of LIST, not expired at NOW. *FOUND false: no such token. */
bool store_pending_find(struct store *s, struct arena *arena, int64_t list,
                        const struct digest *hash, int64_t now, struct pending *out, bool *found,
                        struct err *e);
/*
 * Use it: *TAKEN false when somebody was first. The confirmation of its address and list
 * is then no longer counted against its limit.
 */
bool store_pending_take(struct store *s, const struct pending *p, bool *taken, struct err *e);
/* All of LIST that KEY may still confirm, whatever it is, are void: it was done another way. */
bool store_pending_drop(struct store *s, int64_t list, struct span key, enum pending_action action,
                        struct err *e);
/* Is there one that KEY may still confirm? (One that expired and was not swept counts.) */
bool store_pending_waits(struct store *s, int64_t list, struct span key, enum pending_action action,
                         bool *waits, struct err *e);
/* Those of LIST for ACTION, made before CREATED, good at NOW, of which nobody was reminded. */
bool store_pending_to_remind(struct store *s, struct arena *arena, int64_t list,
                             enum pending_action action, int64_t created, int64_t now,
                             struct pending **out, size_t *n, struct err *e);
/* OLD gets the token and the reminder of P. */
bool store_pending_renew(struct store *s, const struct digest *old, const struct pending *p,
                         struct err *e);
bool store_pending_sweep(struct store *s, int64_t now, struct err *e);

/* How many answers KEY had at NOW, for one of KIND from LIST. */
bool store_answer_count(struct store *s, struct span key, int64_t list, enum answer_kind kind,
                        int64_t now, struct answer_counts *out, struct err *e);
bool store_answer_add(struct store *s, struct span key, int64_t list, enum answer_kind kind,
                      int64_t now, struct err *e);
bool store_answer_sweep(struct store *s, int64_t before, struct err *e);

#endif
