#ifndef LADLE_RULES_PENDING_H
#define LADLE_RULES_PENDING_H

/* What waits for a confirmation, and the random tokens that confirm it. */

#include "auth/crypto.h"
#include "base/env.h"
#include "base/mem.h"

/* Kept as numbers in the database: new ones at the end. */
enum pending_action {
	PENDING_SUBSCRIBE, /* the address wants to be a member */
	PENDING_INVITE,    /* it was invited to be one */
	PENDING_UNSUBSCRIBE,
	PENDING_CHANGE_OLD, /* the member wants another address: asked at the present one */
	PENDING_CHANGE_NEW, /* and then at the new one */
	PENDING_ALIAS,      /* the address is to count as the member's */
	PENDING_WHO,        /* an owner wants to see the members */
	PENDING_POST,       /* the author of a held post says that it is his */
	PENDING_LEAVE_ALL,  /* the address leaves all lists of the domain */
	PENDING_ACTIONS
};

struct pending_kind {
	const char *name;
	int64_t lifetime; /* seconds */
	bool many;        /* a new one does not put an end to those before it */
};
const struct pending_kind *pending_kind(enum pending_action action);

#define PENDING_TOKEN_BYTES 16 /* 128 bits */

/* A new token: 26 characters of lower-case base32. */
struct span pending_token(struct arena *arena, const struct env *env);
/* What is stored of TOKEN, its SHA-256, without regard to its case. False: no token looks so. */
bool pending_hash(struct span token, struct digest *out);

#endif
