#ifndef LADLE_AUTH_ARC_H
#define LADLE_AUTH_ARC_H

/* The Authenticated Received Chain, RFC 8617. */

#include "auth/dkim1.h"

/* Sets that a message can have (RFC 8617 4.2.1). */
#define ARC_SETS 50u

/*
 * Validate the chain of M (RFC 8617 5.2): AUTH_NONE without a field of ARC, else
 * AUTH_PASS, AUTH_FAIL, or AUTH_TEMPERROR when a key that is needed could not be
 * fetched. NOW: seconds since 1970, for x=. Everything in *OUT is in ARENA.
 */
void arc_verify(struct arena *arena, const struct message *m, const struct keysource *source,
                int64_t now, struct arc_result *out);

/*
 * What AUTHRES, the value of an Authentication-Results field of our own, says of the chain:
 * AUTH_PASS or AUTH_FAIL, AUTH_NONE when nothing.
 */
enum auth_result arc_found(struct span authres);

/* What a new set says. */
struct arc_seal {
	unsigned i;          /* its number, 1 to ARC_SETS */
	enum auth_result cv; /* of the chain on arrival: AUTH_NONE, AUTH_PASS, AUTH_FAIL */
	struct span authres; /* value of our Authentication-Results, may be folded */
	int64_t t;           /* seconds since 1970 */
};

/*
 * Number and cv= of the set that comes next on a message with these FIELDS, whose chain
 * was FOUND to be so on arrival. False when there is none to be added: nobody knows
 * what the chain is worth, it has ended with cv=fail (RFC 8617 5.1), it has ARC_SETS.
 */
bool arc_next(const struct field *fields, size_t count, enum auth_result found,
              struct arc_seal *out);

/*
 * A new set, ARC-Seal, ARC-Message-Signature and ARC-Authentication-Results in this
 * order, to go on top of FIELDS; appended to OUT. BODY_HASH: SHA-256 of the relaxed
 * body. The message signature covers what dkim1_sign does, and earlier DKIM-Signatures,
 * but nothing that begins with List-Unsubscribe: that is what copies differ in. After
 * cv=fail the seal covers its own set only (RFC 8617 5.1.2). False (misuse) for a
 * key that is neither RSA nor Ed25519, or when SEAL does not go with FIELDS.
 */
bool arc_sign(const struct signer *signer, const struct field *fields, size_t count,
              const struct digest *body_hash, const struct arc_seal *seal, struct buf *out,
              struct err *e);

#endif
