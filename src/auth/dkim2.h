#ifndef LADLE_AUTH_DKIM2_H
#define LADLE_AUTH_DKIM2_H

/*
 * DKIM2: draft-ietf-dkim-dkim2-spec-09. Everything that may change with the next
 * draft is in dkim2*.c and recipe*.c.
 */

#include "auth/dkim1.h"
#include "auth/recipe.h"

/* The draft that is spoken, as verify --json names it. */
#define DKIM2_DRAFT "draft-ietf-dkim-dkim2-spec-09"

/*
 * Verify the chain of M (draft sections 13, 14): syntax, timestamps, envelope,
 * custody, hashes back to m=1, signatures of every hop. With an envelope that is not
 * known, that of the newest signature is taken, so that the check is void. All checks
 * are made once the fields parse, for people to look at; the result is that of the
 * first that failed. A message with bare CR or LF, NUL or junk in its header never
 * passes. NOW: seconds since 1970. Fills *OUT, in ARENA.
 */
void dkim2_verify(struct arena *arena, const struct message *m, const struct envelope *envelope,
                  const struct keysource *source, int64_t now, struct dkim2_result *out);

/*
 * Rebuild revision TO (>= 1; 0: the original before any recipe, so m=1's own recipe
 * undone too) of M, without checking hashes: header fields that are hashed, in the
 * order and folding of M as far as they are unchanged, then unhashed ones where they
 * stood; DKIM2 fields above that revision dropped. Permanent error when a recipe is
 * bad or missing.
 */
bool dkim2_undo(struct arena *arena, const struct message *m, uint64_t to, struct span *out,
                struct err *e);

/* ---- signing ---- */

/* What is the same for all copies of one variant of a post. */
struct dkim2_base {
	uint64_t m;              /* number of the Message-Instance we add; 0: none is added */
	uint64_t signs_m;        /* highest m= there is: the m= tag of our signature */
	uint64_t i;              /* number of our signature */
	struct span recipe;      /* JSON, or empty */
	struct digest body_hash; /* SHA-256, simple */
};

/*
 * Numbers for a message that has FIELDS: next i=, next m= (a new instance is
 * needed when CHANGED or when there is none).
 */
bool dkim2_next(const struct field *fields, size_t count, bool changed, struct dkim2_base *base,
                struct err *e);

/* The Message-Instance field for header hash HEADER_HASH, folded, with CRLF. */
void dkim2_instance(const struct dkim2_base *base, const struct digest *header_hash,
                    struct buf *out);

/*
 * The hash state over all Message-Instance and DKIM2-Signature fields among FIELDS
 * plus INSTANCE (the text of our own new one, or empty), ready for the last field: the
 * same for every recipient when the instance is.
 */
struct hash *dkim2_prefix(struct arena *arena, const struct field *fields, size_t count,
                          struct span instance, struct err *e);

struct dkim2_envelope {
	struct span mail_from;      /* without brackets; empty: null */
	const struct span *rcpt_to; /* without brackets */
	size_t rcpts;
	struct span flags; /* "exploded", or empty; left out when i=1,
       where it has no meaning */
	struct span nonce; /* or empty */
	int64_t t;
};

/*
 * The DKIM2-Signature field: one set per signer, as alternatives ('|'), folded, with
 * CRLF. PREFIX is copied, not consumed. All signers share the domain. Errors: an RSA
 * key below 2048 bits, an ML-DSA-44 key (which signs the text, not a hash state), a
 * return path that is not at or below the domain.
 */
bool dkim2_signature(const struct dkim2_base *base, const struct hash *prefix,
                     const struct signer *signers, size_t n, const struct dkim2_envelope *envelope,
                     struct buf *out, struct err *e);

#endif
