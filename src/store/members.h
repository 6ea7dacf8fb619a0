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
/*
 * Many at once, which is much quicker: V ascending by key, none twice. *ADDED: how many
 * were not there. In the caller's transaction.
 */
struct new_member {
	struct span key, address, name;
	uint64_t delivery, flags; /* as in struct member */
	int64_t paused;
	struct span language;
};
bool store_member_add_many(struct store *s, int64_t list, int64_t joined,
                           const struct new_member *const *v, size_t n, int64_t *added,
                           struct err *e);
bool store_member_rm(struct store *s, int64_t list, struct span key, bool *removed, struct err *e);
bool store_member_find(struct store *s, struct arena *arena, int64_t list, struct span key,
                       struct member *out, bool *found, struct err *e);
bool store_member_get(struct store *s, struct arena *arena, int64_t list, int64_t id,
                      struct member *out, bool *found, struct err *e);
/* As store_member_find, or by an address that counts as a member's. */
bool store_member_by_author(struct store *s, struct arena *arena, int64_t list, struct span key,
                            struct member *out, bool *found, struct err *e);
/* Keep what M says of delivery, paused, flags, language. *FOUND false: M->id is no member. */
bool store_member_set(struct store *s, int64_t list, const struct member *m, bool *found,
                      struct err *e);
/* Member ID gets another address. *CHANGED false: there is no such member, or KEY is another's. */
bool store_member_move(struct store *s, int64_t list, int64_t id, struct span address,
                       struct span key, bool *changed, struct err *e);
/* On which lists KEY is a member, ascending by list. */
struct membership {
	int64_t list;
	struct member member;
};
bool store_member_everywhere(struct store *s, struct arena *arena, struct span key,
                             struct membership **out, size_t *n, struct err *e);
/* Another address of member ID. *ADDED false: it is an alias already, of whomever. */
bool store_member_alias_add(struct store *s, int64_t list, int64_t id, struct span address,
                            struct span key, bool *added, struct err *e);
bool store_member_alias_rm(struct store *s, int64_t list, int64_t id, struct span key,
                           bool *removed, struct err *e);
bool store_member_alias_ls(struct store *s, struct arena *arena, int64_t id, struct span **out,
                           size_t *n, struct err *e);
/* At most LIMIT members with key > AFTER, ascending by key: address and key alone. */
struct member_key {
	struct span key, address;
};
bool store_member_keys(struct store *s, struct arena *arena, int64_t list, struct span after,
                       size_t limit, struct member_key **out, size_t *n, struct err *e);
/* At most LIMIT members with id > AFTER, ascending: page with the last id. */
bool store_member_page(struct store *s, struct arena *arena, int64_t list, int64_t after,
                       size_t limit, struct member **out, size_t *n, struct err *e);
bool store_member_count(struct store *s, int64_t list, int64_t *count, struct err *e);
/* Highest id of the list, 0 when it is empty. */
bool store_member_max(struct store *s, int64_t list, int64_t *id, struct err *e);

#endif
