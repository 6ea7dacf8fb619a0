/*
 * A hash table with chains and a list by age of use. What somebody waits for is
 * never thrown away, so the bounds can be passed by that one entry.
 */
#include "net/dns_cache.h"

#include <string.h>

struct dns_cache {
	struct dns_entry **buckets;
	size_t mask; /* number of buckets less one */
	size_t max_entries, max_bytes;
	size_t entries, bytes;
	uint64_t seed;
	struct dns_entry *newest, *oldest;
};

struct dns_cache *dns_cache_new(size_t entries, size_t bytes, uint64_t seed)
{
	struct dns_cache *c = mem_alloc(sizeof(*c));
	size_t buckets = 16;

	while (buckets < entries) {
		buckets *= 2;
	}
	c->buckets = mem_alloc(buckets * sizeof(*c->buckets));
	c->mask = buckets - 1;
	c->max_entries = entries;
	c->max_bytes = bytes;
	c->seed = seed;
	return c;
}

/* FNV-1a from a secret start, mixed at the end. */
static uint64_t name_hash(const struct dns_cache *c, struct span name)
{
	uint64_t h = 0xcbf29ce484222325u ^ c->seed;

	for (size_t i = 0; i < name.n; i++) {
		h = (h ^ (unsigned char)name.p[i]) * 0x100000001b3u;
	}
	return h ^ h >> 32;
}

/* --- list by age ------------------------------------------------------------- */

static void take_out(struct dns_cache *c, struct dns_entry *e)
{
	*(e->newer ? &e->newer->older : &c->newest) = e->older;
	*(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void put_in_front(struct dns_cache *c, struct dns_entry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

/* --- entries ------------------------------------------------------------------- */

static void drop(struct dns_cache *c, struct dns_entry *e)
{
	struct dns_entry **link = &c->buckets[e->hash & c->mask];

	while (*link != e) {
		link = &(*link)->chain;
	}
	*link = e->chain;
	take_out(c, e);
	c->entries--;
	c->bytes -= e->bytes;
	mem_free(e->records);
	mem_free(e);
}

static void shrink(struct dns_cache *c)
{
	struct dns_entry *e = c->oldest;

	while (e && (c->entries > c->max_entries || c->bytes > c->max_bytes)) {
		struct dns_entry *next = e->newer;

		if (!e->waiting) {
			drop(c, e);
		}
		e = next;
	}
}

static struct dns_entry *make_entry(struct dns_cache *c, struct span name, uint64_t hash)
{
	struct dns_entry *e = mem_alloc(sizeof(*e) + name.n + 1);
	char *p = (char *)(e + 1);

	memcpy(p, name.p, name.n);
	e->name = (struct span){ p, name.n };
	e->hash = hash;
	e->bytes = sizeof(*e) + name.n + 1;
	e->status = TXT_TEMPORARY;
	e->expires = INT64_MIN;
	e->chain = c->buckets[hash & c->mask];
	c->buckets[hash & c->mask] = e;
	put_in_front(c, e);
	c->entries++;
	c->bytes += e->bytes;
	e->waiting = true;
	shrink(c);
	e->waiting = false;
	return e;
}

struct dns_entry *dns_cache_get(struct dns_cache *c, struct span name, bool make)
{
	uint64_t hash = name_hash(c, name);
	struct dns_entry *e = c->buckets[hash & c->mask];

	while (e && (e->hash != hash || !span_eq(e->name, name))) {
		e = e->chain;
	}
	if (!e) {
		return make ? make_entry(c, name, hash) : NULL;
	}
	take_out(c, e);
	put_in_front(c, e);
	return e;
}

/* RECORDS and their bytes in one allocation of *SIZE bytes; NULL without any. */
static struct span *copy_records(const struct span *records, size_t n, size_t *size)
{
	struct span *copy;
	char *p;

	*size = n * sizeof(*records);
	for (size_t i = 0; i < n; i++) {
		*size += records[i].n;
	}
	if (n == 0) {
		return NULL;
	}
	copy = mem_resize(NULL, *size);
	p = (char *)(copy + n);
	for (size_t i = 0; i < n; i++) {
		if (records[i].n > 0) {
			memcpy(p, records[i].p, records[i].n);
		}
		copy[i] = (struct span){ p, records[i].n };
		p += records[i].n;
	}
	return copy;
}

void dns_cache_set(struct dns_cache *c, struct dns_entry *e, const struct txt *answer,
                   int64_t expires)
{
	bool waiting = e->waiting;
	size_t size, before = e->bytes;

	mem_free(e->records);
	e->records = copy_records(answer->records, answer->n, &size);
	e->n = answer->n;
	e->status = answer->status;
	e->authenticated = answer->authenticated;
	e->no_name = answer->no_name;
	e->expires = expires;
	e->bytes = sizeof(*e) + e->name.n + 1 + size;
	c->bytes += e->bytes - before;
	e->waiting = true;
	shrink(c);
	e->waiting = waiting;
}

size_t dns_cache_entries(const struct dns_cache *c)
{
	return c->entries;
}

size_t dns_cache_bytes(const struct dns_cache *c)
{
	return c->bytes;
}

void dns_cache_free(struct dns_cache *c)
{
	if (!c) {
		return;
	}
	while (c->oldest) {
		drop(c, c->oldest);
	}
	mem_free(c->buckets);
	mem_free(c);
}
