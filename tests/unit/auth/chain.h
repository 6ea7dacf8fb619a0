#ifndef LADLE_TESTS_AUTH_CHAIN_H
#define LADLE_TESTS_AUTH_CHAIN_H

/*
 * Signed messages for tests: by the library itself, and from templates, so that one
 * thing in a really signed field can be wrong.
 */

#include "auth/dkim2.h"

#define CHAIN_NOW 1800000000

struct chain {
	struct arena *arena;
	struct pkey *ed25519, *rsa, *mldsa44; /* the last: NULL where libcrypto has none */
	struct keysource source; /* any domain; the selector says what is found, see chain.c */
};

struct chain *chain_new(void);
void chain_free(struct chain *chain);

/* One more hop, signed by the library. */
struct chain_hop {
	const char *d, *mf, *rt; /* rt: comma separated */
	const char *flags, *nonce;
	bool two_keys;
	bool mldsa44; /* signs with that key alone, or as a third */
	const char *via; /* imaginary hops before it: domains, comma separated */
	struct edits *edits; /* of the message before; NULL: unchanged */
	int64_t t;           /* 0: CHAIN_NOW */
};
struct span chain_hop(struct chain *chain, struct span raw, const struct chain_hop *hop);

/*
 * FIELDS, a line each: "M value" and "S value" for the two kinds, put on top of RAW in
 * turn, or "H field" for any. In values:
 *   %H %B   header and body hash of RAW (SHA-256), %h %b: of BEFORE; %U %V, %u %v: SHA-512
 *   %T      CHAIN_NOW, %<n>T: CHAIN_NOW + n
 *   %{text%} base64 of text
 *   %S %R   signature with the Ed25519 (RSA) key; %X: one that is wrong
 */
struct span chain_template(struct chain *chain, struct span raw, struct span before,
                           const char *fields);

#endif
