#ifndef LADLE_RULES_MODERATION_H
#define LADLE_RULES_MODERATION_H

/*
 * What a moderator may say about a held message, and the addresses that say it. Such an
 * address has a token that is good for one message, one moderator and one action: the number
 * of the held message and 128 bits of HMAC-SHA256 over list, message, action and moderator,
 * as base32. Nothing is kept of it. It is used up when the message is decided about, and
 * worth nothing once its owner is no moderator any more. Pure.
 */

#include "base/mem.h"
#include "rules/list.h"
#include "rules/route.h"
#include "rules/site.h"

enum moderation {
	MODERATION_ACCEPT,
	MODERATION_REJECT,
	MODERATION_DISCARD,
	MODERATION_ALLOW, /* accept, and what this author writes from now on */
};
const char *moderation_name(enum moderation m); /* "accept", "reject", "discard", "accept-allow" */

/* The action of ROLE; false when it is none. */
bool moderation_of(enum role role, enum moderation *out);

/*
 * The address with which MODERATOR says ACTION about HELD of LIST: list+accept-TOKEN@, or
 * list+ma-TOKEN@ where the local part would be over LIMIT_LOCAL_PART.
 */
struct span moderation_address(struct arena *arena, const struct site *site, struct span secret,
                               const struct list *list, enum moderation action, int64_t held,
                               struct span moderator);

/* Whose TOKEN for ACTION this is, among the list's moderators and owners of now. */
bool moderation_open(struct arena *arena, struct span secret, const struct list *list,
                     enum moderation action, struct span token, int64_t *held,
                     struct span *moderator);

/* A pass: 128 random bits as base32, and what is kept of it. RANDOM: 16 octets. */
struct span moderation_pass(struct arena *arena, struct span random);
struct span moderation_pass_hash(struct arena *arena, struct span pass);

#endif
