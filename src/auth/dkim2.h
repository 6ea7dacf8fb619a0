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

/*
 * What each revision above TO changed, as unified diffs (mail/diff.h), oldest first, appended
 * to OUT: from "m=1" to "m=2 (domain that made it)". Both sides are what dkim2_undo gives,
 * without the fields of DKIM2 itself. Nothing for a revision that changed nothing. Errors: as
 * dkim2_undo; then OUT is as it was.
 */
bool dkim2_diff(struct arena *arena, const struct message *m, uint64_t to, struct buf *out,
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
 * Numbers for a message that has FIELDS and OWN (the text of signed DKIM2 fields we have
 * just made, such as an imaginary hop; or empty): next i=, next m= (a new instance is
 * needed when CHANGED or when there is none).
 */
bool dkim2_next(const struct field *fields, size_t count, struct span own, bool changed,
                struct dkim2_base *base, struct err *e);

/* The Message-Instance field for header hash HEADER_HASH, folded, with CRLF. */
void dkim2_instance(const struct dkim2_base *base, const struct digest *header_hash,
                    struct buf *out);

/*
 * What every signature of a message signs before its own field: the same for every
 * recipient when OWN is. Most algorithms need only the hash state; ML-DSA-44 signs the
 * text itself.
 */
struct dkim2_prefix {
	struct hash *hash; /* SHA-256 of the text */
	struct buf text;   /* empty when no signer needs it */
};

/*
 * Over all Message-Instance and DKIM2-Signature fields among FIELDS plus OWN: the text of
 * fields we have just made (imaginary hops, ascending; our Message-Instance), or empty.
 * SIGNERS say whether the text is kept. NULL with a permanent error when a field does not
 * parse.
 */
struct dkim2_prefix *dkim2_prefix_new(struct arena *arena, const struct field *fields, size_t count,
                                      struct span own, const struct signer *signers, size_t n,
                                      struct err *e);
void dkim2_prefix_free(struct dkim2_prefix *p);

/* Where a signed message goes: an envelope, or (mail_from and rcpts empty) the next domain. */
struct dkim2_envelope {
	struct span mail_from;      /* without brackets; empty: null */
	const struct span *rcpt_to; /* without brackets */
	size_t rcpts;
	struct span flags; /* "exploded", or empty; left out when i=1,
       where it has no meaning */
	struct span nonce; /* or empty */
	int64_t t;
	struct span next_domain; /* nd=: d= of the next signature, which must follow; or empty */
};

/*
 * The DKIM2-Signature field: one set per signer, as alternatives ('|'), folded, with
 * CRLF. PREFIX is not changed; it must have been made for these signers. All signers
 * share the domain. Errors: an RSA key below 2048 bits, a return path that is not at or
 * below the domain, both an envelope and a next domain.
 */
bool dkim2_signature(const struct dkim2_base *base, const struct dkim2_prefix *prefix,
                     const struct signer *signers, size_t n, const struct dkim2_envelope *envelope,
                     struct buf *out, struct err *e);

/*
 * An imaginary hop (nd= of draft section 10): the signature of a domain of ours that hands
 * the message on to the next domain of ours inside one system. It signs the instances
 * that FIELDS and OWN have and follows their newest signature; ENVELOPE has next_domain.
 * The field is appended to OUT; OWN may be what OUT holds. Several are made one after the
 * other, then OUT is the OWN of dkim2_next and (with our Message-Instance behind it) of
 * dkim2_prefix_new for the signature that goes out. Errors: as dkim2_signature; permanent
 * when there is no instance to sign.
 */
bool dkim2_imaginary_hop(const struct field *fields, size_t count, struct span own,
                         const struct signer *signers, size_t n,
                         const struct dkim2_envelope *envelope, struct buf *out, struct err *e);

#endif
