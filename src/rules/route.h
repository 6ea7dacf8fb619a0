#ifndef LADLE_RULES_ROUTE_H
#define LADLE_RULES_ROUTE_H

/* From a recipient address to a list and a role. */

#include "base/err.h"
#include "base/mem.h"

enum role {
	ROLE_POST,
	ROLE_OWNER,
	ROLE_REQUEST,
	ROLE_HELP,
	ROLE_SUBSCRIBE,
	ROLE_UNSUBSCRIBE, /* with or without a token */
	ROLE_CONFIRM,
	ROLE_BOUNCE,
	ROLE_OWNER_BOUNCES, /* return address of what was forwarded to the owners */
	ROLE_ACCEPT,        /* a moderator's word about a held message, always with a token */
	ROLE_REJECT,
	ROLE_DISCARD,
	ROLE_ACCEPT_ALLOW,
	ROLE_PASS,   /* a post with a pass: the token */
	ROLE_AUTHOR, /* what stands in From of an author's posts: from-address=author */
	ROLE_OTHER,  /* list+word that is no role: not a post */
};
const char *role_name(enum role r);

struct route {
	enum role role;
	struct span local;  /* of the list */
	struct span domain; /* lower-case A-labels */
	struct span token;  /* behind "unsubscribe-", "b-", "confirm-"; may be empty */
	struct span word;   /* what stood behind the delimiter */
	struct span verp; /* ROLE_BOUNCE as another list manager writes it: the member's address */
};

#define ROUTE_MAX 5
/*
 * What ADDRESS may mean, best first: the list called by the whole local part, a return
 * address that another list manager has made (rules/verp.h), the part before DELIMITER with its
 * role, the dash forms (-request, -owner, -subscribe, -unsubscribe, -bounces, -confirm, -help).
 * Local parts are compared and returned in lower case, tokens as they came. The caller takes the
 * first whose list exists. Returns the number of candidates, 0 when ADDRESS is no address.
 */
size_t route_address(struct arena *arena, struct span address, char delimiter,
                     struct route out[ROUTE_MAX]);

/* The words of the dash forms, I from 0; empty behind the last. */
struct span route_dash_word(size_t i);

/* May a list have this local part? Length (LIMIT_LOCAL_PART with the longest token), characters,
 * reserved words and suffixes. */
bool route_name_valid(struct span local, struct err *e);

struct list;
/* list@domain: the posting address, and what a list is called. */
struct span route_list(struct arena *arena, const struct list *list);
/* list+WORD@domain with the site's delimiter; WORD empty: the posting address. */
struct span route_make(struct arena *arena, const struct list *list, char delimiter,
                       struct span word);

#endif
