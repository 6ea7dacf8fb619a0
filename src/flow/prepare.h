#ifndef LADLE_FLOW_PREPARE_H
#define LADLE_FLOW_PREPARE_H

/* Which variants of a post there are to be, and making them. */

#include "flow/arrival.h"
#include "flow/rewrite.h"
#include "flow/variant.h"
#include "rules/from.h"

struct prepared {
	struct variant v[3];    /* with From kept, with From munged, in ASCII: those there are */
	struct edits *edits[3]; /* of each, over the message of the rewrite */
	size_t n;
	size_t normal; /* so many of them are not for relays without SMTPUTF8 only */
	struct from_choice from;
};

/*
 * The variants of post NUMBER of the list, in the arena of A: with From kept, munged, or
 * both for different recipients, as the list's settings, the author's domain and what is
 * allowed say. If one of them needs SMTPUTF8, and the list does not say eai=skip, and there is
 * such a form, one in ASCII as well. REWRITE: of A, see arrival_rewrite. Permanent error, with the
 * reason, when there can be none.
 */
bool prepare_post(struct context *c, struct arrival *a, const struct rewrite *rewrite,
                  int64_t number, struct prepared *out, struct err *e);

#endif
