#ifndef LADLE_STORE_HELD_H
#define LADLE_STORE_HELD_H

#include "store/db.h"

enum held_state { HELD_WAITING, HELD_ACCEPTED, HELD_DISCARDED, HELD_REFUSED };

struct held {
	int64_t id;
	int64_t list; /* 0: no list answers for it (unknown address) */
	enum held_state state;
	struct span blob;      /* message bytes */
	struct span mail_from; /* without brackets */
	struct span recipient;
	struct span author;  /* From address, may be empty */
	struct span subject; /* decoded, for people */
	struct span message_id;
	struct span rule; /* policy row that held it */
	struct span reason;
	struct span verdict; /* JSON */
	int64_t arrived;     /* seconds since 1970 */
	int64_t decided;     /* 0 while waiting */
	int64_t size;
	bool truncated;
};

bool store_held_add(struct store *s, const struct held *h, int64_t *id, struct err *e);
bool store_held_get(struct store *s, struct arena *arena, int64_t id, struct held *out, bool *found,
                    struct err *e);
/* LIST 0: of all lists; oldest first; only those in STATE; id > AFTER. */
bool store_held_ls(struct store *s, struct arena *arena, int64_t list, enum held_state state,
                   int64_t after, size_t limit, struct held **out, size_t *n, struct err *e);
/*
 * From waiting, or from refused to another state, to STATE; *CHANGED false when somebody
 * was first.
 */
bool store_held_decide(struct store *s, int64_t id, enum held_state state, int64_t now,
                       bool *changed, struct err *e);
bool store_held_count(struct store *s, int64_t list, enum held_state state, int64_t *count,
                      struct err *e);

#endif
