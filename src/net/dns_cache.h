#ifndef LADLE_NET_DNS_CACHE_H
#define LADLE_NET_DNS_CACHE_H

/*
 * Answers by name, bounded in number and bytes; the one unused for longest goes
 * first. It knows no clock: whoever uses an answer looks at its end.
 */

#include "auth/key.h"

struct dns_entry {
	struct span name; /* lower case, NUL-terminated, owned */
	int64_t expires;  /* microseconds; not after this: no answer (yet) */
	enum txt_status status;
	bool authenticated, no_name;
	struct span *records; /* owned, in one piece with their bytes */
	size_t n;
	bool waiting;      /* somebody holds the entry; not thrown away */
	const void *query; /* from here on: for dns.c. The one that is out, or NULL */
	int64_t started;   /* when it went out, in time spent waiting */
	uint64_t hash;     /* from here on: for the cache */
	size_t bytes;
	struct dns_entry *chain; /* next of the same bucket */
	struct dns_entry *newer, *older;
};

struct dns_cache;

/* At most ENTRIES and BYTES. SEED is secret, so that nobody outside can choose names that collide.
 */
struct dns_cache *dns_cache_new(size_t entries, size_t bytes, uint64_t seed);
void dns_cache_free(struct dns_cache *c);

/* The entry of NAME (lower case), made when there is none and MAKE is set, else NULL. */
struct dns_entry *dns_cache_get(struct dns_cache *c, struct span name, bool make);
/* Copy ANSWER into E. */
void dns_cache_set(struct dns_cache *c, struct dns_entry *e, const struct txt *answer,
                   int64_t expires);

size_t dns_cache_entries(const struct dns_cache *c);
size_t dns_cache_bytes(const struct dns_cache *c);

#endif
