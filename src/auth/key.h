#ifndef LADLE_AUTH_KEY_H
#define LADLE_AUTH_KEY_H

/* Key records in the DNS (RFC 6376 3.6, RFC 8463, DKIM2 draft section 7) and where they come from.
 */

#include "auth/crypto.h"
#include "base/mem.h"

enum txt_status {
	TXT_FOUND,     /* one record or more */
	TXT_NONE,      /* the name does not exist, or has no TXT record */
	TXT_TEMPORARY, /* time-out, SERVFAIL, REFUSED: nobody knows */
	TXT_REFUSED,   /* not asked: the message wants more look-ups than LIMIT_DNS_LOOKUPS */
};

struct txt {
	enum txt_status status;
	struct span *records; /* strings of one record joined; in the arena */
	size_t n;
	bool authenticated; /* the resolver set the AD bit */
	bool no_name;       /* with TXT_NONE: the name does not exist at all (NXDOMAIN) */
};

/* Whoever can look up TXT records: the resolver of net/, a file, a table in a test. */
struct keysource {
	void *self;
	/* The records at NAME (no trailing dot). Never fails: see status. */
	struct txt (*txt)(void *self, struct arena *arena, struct span name);
	/* Start looking up NAMES, so that the next txt calls need not wait one by one. May be NULL.
	 */
	void (*prefetch)(void *self, const struct span *names, size_t n);
};

enum key_status {
	KEY_OK,
	KEY_UNAVAILABLE, /* could not be fetched: temporary */
	KEY_MISSING,
	KEY_MULTIPLE,  /* more than one record that looks like a key (DKIM2) */
	KEY_SYNTAX,    /* the record does not parse */
	KEY_REVOKED,   /* empty p= */
	KEY_MALFORMED, /* p= is no key of that type, or RSA below 1024 bits */
	KEY_UNKNOWN,   /* k= names an unknown type */
	KEY_PURPOSE,   /* s= excludes mail, or h= excludes the hash (DKIM1 only) */
	KEY_LOOKUPS,   /* not fetched, too many look-ups for one message: permanent (DKIM1
	                  only; the DKIM2 draft has no text for it: KEY_MISSING) */
};

struct key_record {
	enum key_status status;
	enum key_type type;
	struct pkey *key;   /* when KEY_OK; free with key_record_clear */
	bool strict;        /* t=s: i= must be exactly d= (DKIM1) */
	bool testing;       /* t=y */
	bool authenticated; /* AD bit */
	struct span hashes; /* h=, as written */
};

/* Parse one record TEXT. Sets status, never fails otherwise. */
void key_parse(struct arena *arena, struct span text, struct key_record *out);
/*
 * Fetch SELECTOR._domainkey.DOMAIN. DKIM2: several key-like records are KEY_MULTIPLE;
 * else the first one counts (RFC 6376 3.6.2.2).
 */
void key_fetch(struct arena *arena, const struct keysource *source, struct span selector,
               struct span domain, bool dkim2, struct key_record *out);
void key_record_clear(struct key_record *k);

/* The record's text of a key: "v=DKIM1; k=…; p=…". */
bool key_text(struct arena *arena, const struct pkey *k, struct span *out, struct err *e);

/*
 * A key source over text: TSV lines `name<TAB>txt` (# comments; a repeated name is
 * several records; TEMPFAIL as the text is a temporary failure) or JSON
 * {"domain": {"label": [["txt", "…"]]}} / {"name": "txt"}. The source and all it gives live in
 * ARENA.
 */
bool key_file_source(struct arena *arena, struct span text, struct keysource *out, struct err *e);

#endif
