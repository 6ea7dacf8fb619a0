#ifndef LADLE_STORE_LISTS_H
#define LADLE_STORE_LISTS_H

#include "rules/list.h"
#include "rules/setting.h"
#include "store/db.h"

/* LOCAL and DOMAIN in lower case. Permanent error when the address is that of a list already. */
bool store_list_create(struct store *s, struct span local, struct span domain, int64_t now,
                       int64_t *id, struct err *e);
/*
 * By its address or an alias; with all settings applied; *FOUND false when there is
 * none.
 */
bool store_list_find(struct store *s, struct arena *arena, struct span local, struct span domain,
                     struct list *out, bool *found, struct err *e);
bool store_list_get(struct store *s, struct arena *arena, int64_t id, struct list *out, bool *found,
                    struct err *e);
/* Number of the list with this address or alias; 0 when there is none. */
bool store_list_at(struct store *s, struct span local, struct span domain, int64_t *id,
                   struct err *e);
/* All, by domain and local part. */
bool store_list_all(struct store *s, struct arena *arena, struct list **out, size_t *n,
                    struct err *e);
/*
 * Keep the text VALUE of setting ROW (already checked with setting_put); equal to the
 * default: forget it. Of `aliases` a permanent error when one is the address of a list already.
 */
bool store_list_set(struct store *s, int64_t id, const struct setting *row, struct span value,
                    struct err *e);
/* With members, held posts, queue: everything. */
bool store_list_rm(struct store *s, int64_t id, struct err *e);

#endif
