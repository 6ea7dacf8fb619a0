#ifndef LADLE_RULES_BAN_H
#define LADLE_RULES_BAN_H

/* Who may neither subscribe nor post: addresses, domains, patterns. */

#include "base/err.h"
#include "base/mem.h"

enum ban_kind {
	BAN_ADDRESS, /* one mailbox */
	BAN_DOMAIN,  /* a domain and all below it */
	BAN_REGEX    /* PCRE2 over the whole address, any case */
};
const char *ban_kind_name(enum ban_kind k);

struct ban {
	int64_t id;
	int64_t list; /* 0: every list of the site */
	enum ban_kind kind;
	struct span pattern; /* as ban_read gives it */
	struct span reason;  /* for those who read the table, never for whom it strikes */
	int64_t created;     /* seconds since 1970 */
	int64_t expires;     /* 0: never */
};

/*
 * TEXT as people write it: "user@domain", "domain" or "@domain", and a pattern that
 * starts with '^'. Fills kind and pattern. False (misuse) when it is none of these.
 */
bool ban_read(struct arena *arena, struct span text, struct ban *out, struct err *e);

/* Does B, at NOW, strike the address whose key is KEY? A pattern that hits its limits does. */
bool ban_strikes(const struct ban *b, struct span key, int64_t now);

/* The first of N bans that strikes; NULL: none. */
const struct ban *ban_find(const struct ban *bans, size_t n, struct span key, int64_t now);

#endif
