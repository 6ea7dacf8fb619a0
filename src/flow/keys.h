#ifndef LADLE_FLOW_KEYS_H
#define LADLE_FLOW_KEYS_H

/*
 * Private keys on disk, mode 0600, in data/keys/DOMAIN. The end of a file's name
 * says what the key is for, so that a change is one rename:
 *
 *     SELECTOR.pem      active: signs
 *     SELECTOR.pending  made, but its record was not seen in the DNS yet
 *     SELECTOR.retired  signs no more; mail that it has signed is still on its way
 *
 * The time of the file is that of the change. Opened by deliver and `key` only.
 */

#include "auth/dkim1.h"
#include "flow/context.h"

enum keys_state { KEYS_ACTIVE, KEYS_PENDING, KEYS_RETIRED };

const char *keys_state_name(enum keys_state state); /* "active", "pending", "retired" */

/* Days that the record of a key must stay after its last signature: 14 that a DKIM2 signature
 * lives, and one for clocks. */
#define KEYS_RECORD_DAYS 15

struct keyring {
	struct span domain; /* the signing domain: the list's or a parent that has active keys */
	struct signer *v;   /* one an algorithm: RSA, Ed25519, ML-DSA-44 */
	size_t n;           /* 0: no keys */
	struct span passed_over; /* file of a key whose algorithm libcrypto lacks; or empty */
};

/*
 * Keys for mail of DOMAIN: the active ones of its own folder, else of the nearest parent
 * that has some; of several of an algorithm the one that was made active last. Refuses a
 * file others can read (temporary error naming it). Read anew for each batch, so that
 * changes count at once.
 */
bool keys_load(struct arena *arena, const struct paths *paths, struct span domain,
               struct keyring *out, struct err *e);
/*
 * Would keys_load find any for DOMAIN? Looks at file names only, for the station that opens no
 * keys. DOMAIN in any case and form; one that is none has no keys.
 */
bool keys_present(struct arena *arena, const struct paths *paths, struct span domain, bool *present,
                  struct err *e);
void keys_free(struct keyring *k);

/* Make a key and write its file, durably. Permanent error when the selector is or was taken. */
bool keys_generate(struct arena *arena, const struct paths *paths, struct span domain,
                   struct span selector, enum key_type type, unsigned bits, enum keys_state state,
                   int64_t now, struct err *e);

struct key_entry {
	struct span domain, selector;
	enum keys_state state;
	int64_t since; /* seconds since 1970: of the state */
	bool signs;    /* active, and none of its algorithm is newer */
	bool usable;   /* false: libcrypto lacks its algorithm; bits and record are empty */
	enum key_type type;
	unsigned bits;
	struct span name;   /* selector._domainkey.domain */
	struct span record; /* TXT */
};
/* All keys of DOMAIN (empty: of all domains), sorted. */
bool keys_list(struct arena *arena, const struct paths *paths, struct span domain,
               struct key_entry **out, size_t *n, struct err *e);

/* Rename the file of KEY for STATE, durably, and set both in KEY. */
bool keys_change(struct arena *arena, const struct paths *paths, struct key_entry *key,
                 enum keys_state state, int64_t now, struct err *e);

#endif
