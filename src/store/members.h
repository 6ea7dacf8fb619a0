#ifndef LADLE_STORE_MEMBERS_H
#define LADLE_STORE_MEMBERS_H

#include "rules/list.h"
#include "store/db.h"

/*
 * ADDRESS in canonical form, KEY from addr_key. *ADDED is false when it was there
 * already (nothing changes then). Ids are never used twice.
 */
bool store_member_add(struct store *s, int64_t list, const struct member *m, struct span key,
                      bool *added, struct err *e);
bool store_member_rm(struct store *s, int64_t list, struct span key, bool *removed, struct err *e);
bool store_member_find(struct store *s, struct arena *arena, int64_t list, struct span key,
                       struct member *out, bool *found, struct err *e);
bool store_member_get(struct store *s, struct arena *arena, int64_t list, int64_t id,
                      struct member *out, bool *found, struct err *e);
bool store_member_set_delivery(struct store *s, int64_t list, struct span key, uint64_t delivery,
                               bool *found, struct err *e);
/* At most LIMIT members with id > AFTER, ascending: page with the last id. */
bool store_member_page(struct store *s, struct arena *arena, int64_t list, int64_t after,
                       size_t limit, struct member **out, size_t *n, struct err *e);
bool store_member_count(struct store *s, int64_t list, int64_t *count, struct err *e);
/* Highest id of the list, 0 when it is empty. */
bool store_member_max(struct store *s, int64_t list, int64_t *id, struct err *e);

#endif
