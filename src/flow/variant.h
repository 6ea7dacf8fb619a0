#ifndef LADLE_FLOW_VARIANT_H
#define LADLE_FLOW_VARIANT_H

/* Preparing a post's variants, and their body as data: kept ranges of the stored message and
 * inserted bytes. */

#include "auth/dkim2.h"
#include "flow/context.h"
#include "flow/rewrite.h"
#include "rules/egress.h"
#include "rules/revise.h"
#include "store/posts.h"

/* Segments as text: "k OFFSET LENGTH\n" of the stored message, "i LENGTH\n" BYTES "\n". */
struct span variant_encode(struct arena *arena, const struct segments *body, struct span raw);
/* Back, over the stored message RAW. False (bug) when it does not fit RAW. */
bool variant_decode(struct arena *arena, struct span text, struct span raw, struct segments *out,
                    struct err *e);

struct prepare_input {
	const struct site *site;
	const struct list *list;
	const struct message *message;
	const struct verdict *verdict;
	struct span recipient;  /* that the post came to */
	struct span arrived_as; /* the address of its SMTP transaction */
	bool arrived_key;       /* there are keys for the domain of arrived_as */
	struct span id;         /* spool name, for Received */
	int64_t number;         /* of the post on its list */
	int64_t now;
	bool munge;
	bool ascii;     /* the header must not need SMTPUTF8 */
	bool as_opaque; /* policy took a message whose chain is broken or too old */
	bool nameless;  /* MESSAGE has no author any more, and nothing may name him */
	const struct rewrite *rewrite; /* what MESSAGE was made by; NULL: it came so */
};

/*
 * One variant: revise, recipe, mode, hashes, header. False (permanent) when this
 * variant is not allowed: egress says refused, or it has no ASCII form; *E says why. The edit list
 * is given in *EDITS (may be NULL) for explain.
 */
bool variant_prepare(struct arena *arena, const struct prepare_input *in, struct variant *out,
                     struct edits **edits, struct err *e);

#endif
