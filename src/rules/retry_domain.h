#ifndef LADLE_RULES_RETRY_DOMAIN_H
#define LADLE_RULES_RETRY_DOMAIN_H

/*
 * Domains that have said that mail comes too fast: nothing is sent there for a while, longer
 * each time, until one copy is taken. A table of fixed size: the domain whose rest ends first
 * makes room.
 */

#include "base/span.h"

#include <stdint.h>

#define RETRY_DOMAINS 32

struct retry_domains {
	struct retry_domain {
		char name[256]; /* lower case */
		size_t n;
		int64_t until;
		unsigned times; /* in a row */
	} v[RETRY_DOMAINS];
	size_t n;
};

/* DOMAIN has said it at NOW. While it rests already, nothing changes: those were under way. */
void retry_domain_limited(struct retry_domains *d, struct span domain, int64_t now);
/* DOMAIN has taken a copy. */
void retry_domain_took(struct retry_domains *d, struct span domain);
/* Until when DOMAIN is left in peace; 0: it is not. */
int64_t retry_domain_until(const struct retry_domains *d, struct span domain, int64_t now);

#endif
