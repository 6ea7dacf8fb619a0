#ifndef LADLE_FLOW_KEYS_H
#define LADLE_FLOW_KEYS_H

/* Private keys on disk: data/keys/DOMAIN/SELECTOR.pem, mode 0600. Opened by deliver and `key` only.
 */

#include "auth/dkim1.h"
#include "flow/context.h"

struct keyring {
	struct span domain; /* the signing domain: the list's or a parent that has keys */
	struct signer *v;   /* Ed25519 after RSA, then by selector */
	size_t n;           /* 0: no keys */
};

/* Keys for mail of DOMAIN: its own folder, else that of the nearest parent. Refuses a file others
 * can read (temporary error naming it). */
bool keys_load(struct arena *arena, const struct paths *paths, struct span domain,
               struct keyring *out, struct err *e);
/*
 * Would keys_load find any for DOMAIN? Looks at file names only, for the station that opens no
 * keys. DOMAIN in any case and form; one that is none has no keys.
 */
bool keys_present(struct arena *arena, const struct paths *paths, struct span domain, bool *present,
                  struct err *e);
void keys_free(struct keyring *k);

/* Make a key and write its file, durably. Permanent error when the selector is taken. */
bool keys_generate(struct arena *arena, const struct paths *paths, struct span domain,
                   struct span selector, enum key_type type, unsigned bits, struct err *e);

struct key_entry {
	struct span domain, selector;
	enum key_type type;
	unsigned bits;
	struct span name;   /* selector._domainkey.domain */
	struct span record; /* TXT */
};
/* All keys of DOMAIN (empty: of all domains), sorted. */
bool keys_list(struct arena *arena, const struct paths *paths, struct span domain,
               struct key_entry **out, size_t *n, struct err *e);

#endif
