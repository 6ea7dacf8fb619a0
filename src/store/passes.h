#ifndef LADLE_STORE_PASSES_H
#define LADLE_STORE_PASSES_H

/*
 * Passes of a list: who shows one posts without being moderated. A pass is a random token
 * that is not kept; its SHA-256 is.
 */

#include "store/db.h"

struct pass {
	int64_t id;
	struct span label; /* for whom, in words */
	int64_t created;
	int64_t used; /* when last; 0: never */
	int64_t uses;
};

bool store_pass_add(struct store *s, int64_t list, struct span hash, struct span label, int64_t now,
                    int64_t *id, struct err *e);
/* Id of the pass of LIST with HASH; 0 when there is none. */
bool store_pass_find(struct store *s, int64_t list, struct span hash, int64_t *id, struct err *e);
bool store_pass_used(struct store *s, int64_t id, int64_t now, struct err *e);
/* All of a list, oldest first. */
bool store_pass_ls(struct store *s, struct arena *arena, int64_t list, struct pass **out, size_t *n,
                   struct err *e);
bool store_pass_rm(struct store *s, int64_t list, int64_t id, bool *removed, struct err *e);

#endif
