#ifndef LADLE_AUTH_DKIM1_CHECK_H
#define LADLE_AUTH_DKIM1_CHECK_H

/* Inside of dkim1_*.c and arc_*.c: the checks that a signature field goes through. */

#include "auth/dkim1_field.h"
#include "auth/key.h"
#include "auth/verdict.h"

/* Different body hashes (c=, l=) of one message that are computed. */
#define DKIM1_BODY_HASHES 8u

struct dkim1_body_hash {
	enum canon form;
	uint64_t limit;
	uint64_t length; /* canonical octets of the body */
	struct digest digest;
};

/* What the signatures of one message have in common. Start with all after now zero. */
struct dkim1_checker {
	struct arena *arena;
	const struct message *m;
	const struct keysource *source;
	int64_t now; /* seconds since 1970 */
	struct dkim1_body_hash bodies[DKIM1_BODY_HASHES];
	size_t nbodies;
};

/* How one check ended. */
struct dkim1_outcome {
	enum auth_result result;
	struct span reason; /* empty for pass */
};

/*
 * Expiry and body hash of F. *PARTIAL becomes true when l= leaves a part of the body
 * unsigned.
 */
struct dkim1_outcome dkim1_check_body(struct dkim1_checker *c, const struct dkim1_field *f,
                                      bool *partial);

/* Fetch the key of F and say what it is worth. KEY is to be cleared in any case. */
struct dkim1_outcome dkim1_check_key(struct dkim1_checker *c, const struct dkim1_field *f,
                                     struct key_record *key);

/*
 * Hash of what F signs: what BEFORE (which is freed) has taken in, and the field ITSELF
 * without the value of b= (RFC 6376 3.7).
 */
void dkim1_check_digest(struct arena *arena, struct hash *before, const struct field *itself,
                        const struct dkim1_field *f, struct digest *out);

/* Is F's signature one of DIGEST? */
struct dkim1_outcome dkim1_check_signature(const struct dkim1_field *f, const struct pkey *key,
                                           const struct digest *digest);

/* The same for a field, number SELF of the message, that selects by h=. */
struct dkim1_outcome dkim1_check_selected(struct dkim1_checker *c, size_t self,
                                          const struct dkim1_field *f, const struct pkey *key);

#endif
