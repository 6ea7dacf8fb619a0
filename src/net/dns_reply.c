/*
 * TXT data comes from c-ares, as does the expansion of names; what it does not
 * tell (whose record it is, TTLs, aliases, the SOA of a negative answer, the AD
 * bit) is read here. c-ares compares the question but takes TXT records of any
 * name, so an answer with one that was not asked for is none.
 */
#include "net/dns_reply.h"

#include "base/limits.h"

#define CARES_NO_DEPRECATED
#include <ares.h>
#include <string.h>

enum {
	HEADER = 12,  /* bytes; RFC 1035 4.1.1 */
	QUESTION = 4, /* behind the name */
	RECORD = 10,  /* between name and data */
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_TXT = 16,
	CLASS_IN = 1,
	RCODE_OK = 0,
	RCODE_FORMERR = 1,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	NEGATIVE_TTL = 60, /* seconds, without a SOA */
};

/* A place in the message; bad once it ran out of it. */
struct cursor {
	struct span all;
	size_t at;
	bool bad;
};

struct record {
	size_t owner; /* where its name is */
	unsigned type, class;
	uint32_t ttl;
	size_t at, length; /* of its data */
};

static unsigned byte_at(struct span s, size_t i)
{
	return (unsigned char)s.p[i];
}

static unsigned u16(struct span s, size_t i)
{
	return byte_at(s, i) << 8 | byte_at(s, i + 1);
}

static uint32_t u32(struct span s, size_t i)
{
	return (uint32_t)u16(s, i) << 16 | u16(s, i + 2);
}

/* Move over N bytes; false when there are less. */
static bool skip(struct cursor *c, size_t n)
{
	c->bad = c->bad || c->all.n - c->at < n;
	c->at += c->bad ? 0 : n;
	return !c->bad;
}

static bool skip_name(struct cursor *c)
{
	while (skip(c, 1)) {
		unsigned n = byte_at(c->all, c->at - 1);

		if (n == 0) {
			return true;
		}
		if (n >= 0xc0) { /* the rest is elsewhere */
			return skip(c, 1);
		}
		c->bad = c->bad || n > 63;
		skip(c, n);
	}
	return false;
}

static bool next_record(struct cursor *c, struct record *r)
{
	size_t head, owner = c->at;

	if (!skip_name(c) || !skip(c, RECORD)) {
		return false;
	}
	head = c->at - RECORD;
	*r = (struct record){
		.owner = owner,
		.type = u16(c->all, head),
		.class = u16(c->all, head + 2),
		.ttl = u32(c->all, head + 4),
		.at = c->at,
		.length = u16(c->all, head + 8),
	};
	return skip(c, r->length);
}

static void lower(uint32_t *ttl, uint32_t other)
{
	/* A TTL with the top bit is 0 (RFC 2181 8). */
	if (other > INT32_MAX) {
		other = 0;
	}
	if (other < *ttl) {
		*ttl = other;
	}
}

static struct span expand(struct arena *arena, struct span all, size_t at)
{
	const unsigned char *p = (const unsigned char *)all.p;
	struct span name;
	char *text = NULL;
	long used;

	if (ares_expand_name(p + at, p, (int)all.n, &text, &used) != ARES_SUCCESS) {
		return SPAN("");
	}
	name = arena_copy(arena, span_str(text));
	ares_free_string(text);
	return name;
}

/* The answer section while it is read. */
struct answer {
	struct span name; /* asked for, or what that is an alias of */
	bool aliased;
	bool txt;     /* there are TXT records of that name */
	bool foreign; /* there are some of another */
};

static void read_record(struct arena *arena, struct span all, const struct record *r,
                        struct answer *a)
{
	bool ours;

	if (r->type != TYPE_TXT && r->type != TYPE_CNAME) {
		return;
	}
	ours = span_ieq(expand(arena, all, r->owner), a->name);
	if (r->type == TYPE_TXT) {
		a->txt = a->txt || ours;
		a->foreign = a->foreign || !ours;
	} else if (ours) {
		a->name = expand(arena, all, r->at);
		a->aliased = true;
	}
}

/* Records of the answer: their least TTL, whether TXT is among them, the last alias. */
static bool read_answer(struct arena *arena, struct cursor *c, unsigned count, bool *txt,
                        struct dns_reply *out)
{
	struct answer a = { .name = expand(arena, c->all, HEADER) };
	struct record r;

	for (unsigned i = 0; i < count; i++) {
		if (!next_record(c, &r)) {
			return false;
		}
		if (r.class == CLASS_IN) {
			lower(&out->ttl, r.ttl);
			read_record(arena, c->all, &r, &a);
		}
	}
	if (a.aliased) {
		out->alias = a.name;
	}
	*txt = a.txt && !a.foreign;
	/* With an alias one can ask again, for that alone. */
	return a.name.n > 0 && (!a.foreign || a.aliased);
}

/* The SOA that says how long nothing stays nothing (RFC 2308 5): the less of its TTL and its last
 * number. */
static bool read_authority(struct cursor *c, unsigned count, struct dns_reply *out)
{
	struct record r;

	for (unsigned i = 0; i < count; i++) {
		if (!next_record(c, &r)) {
			return false;
		}
		if (r.type != TYPE_SOA || r.class != CLASS_IN || r.length < 22) {
			continue;
		}
		lower(&out->ttl, r.ttl);
		lower(&out->ttl, u32(c->all, r.at + r.length - 4));
		return true;
	}
	return false;
}

/* The strings from FIRST to the next record's first, in one. */
static struct span join(struct arena *arena, const struct ares_txt_ext *first)
{
	const struct ares_txt_ext *s = first;
	size_t n = 0, at = 0;
	char *p;

	do {
		n += s->length;
	} while ((s = s->next) && !s->record_start);
	p = arena_alloc(arena, n + 1);
	for (s = first; at < n; s = s->next) {
		if (s->length > 0) {
			memcpy(p + at, s->txt, s->length);
		}
		at += s->length;
	}
	return (struct span){ p, n };
}

static enum txt_status read_txt(struct arena *arena, struct span bytes, struct dns_reply *out)
{
	struct ares_txt_ext *list = NULL;
	size_t cap = 0, total = 0;

	if (ares_parse_txt_reply_ext((const unsigned char *)bytes.p, (int)bytes.n, &list)) {
		return TXT_TEMPORARY;
	}
	for (const struct ares_txt_ext *s = list; s; s = s->next) {
		total += s->length + sizeof(struct span);
		if (s->record_start) {
			*ARENA_PUSH(arena, out->records, out->n, cap) = join(arena, s);
		}
	}
	ares_free_data(list);
	/* So much is no key, and a permanent state of things. */
	if (total > LIMIT_KEY_RECORD) {
		out->n = 0;
	}
	return out->n > 0 ? TXT_FOUND : TXT_NONE;
}

/* The sections of a message that is an answer, be it yes or no. */
static enum txt_status read_sections(struct arena *arena, struct cursor *c, struct dns_reply *out)
{
	bool nxdomain = (byte_at(c->all, 3) & 0x0f) == RCODE_NXDOMAIN;
	bool txt = false, soa;

	out->ttl = UINT32_MAX;
	if (u16(c->all, 4) != 1 || !skip_name(c) || !skip(c, QUESTION) ||
	    !read_answer(arena, c, u16(c->all, 6), &txt, out)) {
		return TXT_TEMPORARY;
	}
	if (txt) {
		out->alias = SPAN("");
		return read_txt(arena, c->all, out);
	}
	soa = read_authority(c, u16(c->all, 8), out);
	if (!soa) {
		lower(&out->ttl, NEGATIVE_TTL);
	}
	/* The code is about the last of the aliases (RFC 6604 3). */
	out->no_name = nxdomain && !out->alias.n;
	/* Without a SOA nobody said that the alias leads to nothing. */
	if (soa || nxdomain) {
		out->alias = SPAN("");
	}
	return TXT_NONE;
}

void dns_reply_read(struct arena *arena, struct span bytes, struct dns_reply *out)
{
	struct cursor c = { .all = bytes };
	unsigned rcode;

	*out = (struct dns_reply){ .status = TXT_TEMPORARY, .alias = SPAN("") };
	if (bytes.n > UINT16_MAX || !skip(&c, HEADER)) {
		return;
	}
	rcode = byte_at(bytes, 3) & 0x0f;
	out->no_edns = rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP;
	if (rcode != RCODE_OK && rcode != RCODE_NXDOMAIN) {
		return;
	}
	out->authenticated = byte_at(bytes, 3) & 0x20;
	out->status = read_sections(arena, &c, out);
	if (out->status == TXT_TEMPORARY) {
		out->alias = SPAN("");
		out->n = 0;
	}
}
