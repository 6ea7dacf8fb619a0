#ifndef LADLE_STORE_BANS_H
#define LADLE_STORE_BANS_H

#include "rules/ban.h"
#include "store/db.h"

/* *ADDED false: it was there; reason and expiry are then those of B. */
bool store_ban_add(struct store *s, const struct ban *b, bool *added, struct err *e);
/* By list, kind and pattern. *REMOVED false: there was none. */
bool store_ban_rm(struct store *s, const struct ban *b, bool *removed, struct err *e);
/*
 * LIST 0: those of the site; else those of the list and of the site. By list, kind,
 * pattern; expired ones too.
 */
bool store_ban_ls(struct store *s, struct arena *arena, int64_t list, struct ban **out, size_t *n,
                  struct err *e);
/* Is the address KEY banned from LIST at NOW? *OUT: by which; else *FOUND is false. */
bool store_ban_find(struct store *s, struct arena *arena, int64_t list, struct span key,
                    int64_t now, struct ban *out, bool *found, struct err *e);
/* Forget those that expired before BEFORE. */
bool store_ban_sweep(struct store *s, int64_t before, struct err *e);

#endif
