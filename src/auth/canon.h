#ifndef LADLE_AUTH_CANON_H
#define LADLE_AUTH_CANON_H

/* Canonical forms of RFC 6376 3.4 and of the DKIM2 draft, sections 4 and 6. */

#include "auth/crypto.h"
#include "mail/edit.h"
#include "mail/message.h"

enum canon { CANON_SIMPLE, CANON_RELAXED };

/* A body as it comes, in pieces of any size. */
struct canon_body;
/* LIMIT: canonical octets that are hashed at most (DKIM1 l=); UINT64_MAX for all. */
struct canon_body *canon_body_new(enum canon form, enum hash_alg alg, uint64_t limit);
void canon_body_add(struct canon_body *b, struct span piece);
/* Also frees. *LENGTH (may be NULL) gets the canonical octets there were before the limit. */
void canon_body_final(struct canon_body *b, struct digest *out, uint64_t *length);

/* In one go. */
void canon_body_hash(enum canon form, enum hash_alg alg, struct span body, struct digest *out);
void canon_segments_hash(enum canon form, enum hash_alg alg, const struct segments *body,
                         struct digest *out);

/*
 * One field, DKIM1 form, appended; CRLF behind it unless LAST (the signature
 * field itself, RFC 6376 3.7).
 */
void canon_field(struct buf *out, enum canon form, const struct field *f, bool last);

/*
 * DKIM2 header hash, draft section 6: name lower case, unfolded, WSP runs one
 * SP, no trailing WSP, none round the colon, CRLF.
 */
void canon_dkim2_field(struct buf *out, struct span name, struct span value);

/* Is a field of this name outside the DKIM2 header hash (Received, X-*, DKIM2-Signature, …)? */
bool canon_dkim2_unhashed(struct span name);

/*
 * A header as the sorted list of its hashed fields, so that single ones can be
 * replaced (undoing a recipe; a personal field of one copy) without starting
 * again. Order: by lower-case name, same name bottom first.
 */
struct canon_line {
	struct span name;  /* as it stands in the message */
	struct span value; /* raw value behind the colon, without the final CRLF */
};
struct canon_header {
	struct canon_line *v; /* in canonical order; in the arena */
	size_t n;
};
struct canon_header canon_dkim2_header(struct arena *arena, const struct field *fields,
                                       size_t count);
void canon_dkim2_header_text(struct buf *out, const struct canon_header *h);
void canon_dkim2_header_hash(enum hash_alg alg, const struct canon_header *h, struct digest *out);

/*
 * Signature input of a DKIM2 field: lower-case name, ':', value without any white
 * space, CRLF (draft section 12.8). EMPTY_S: the values of the sets in s= emptied.
 */
void canon_dkim2_input(struct buf *out, struct span name, struct span value, bool empty_s);

#endif
