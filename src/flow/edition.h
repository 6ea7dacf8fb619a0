#ifndef LADLE_FLOW_EDITION_H
#define LADLE_FLOW_EDITION_H

/*
 * The variants of a post, each with the press of its copies, and what is one recipient's
 * alone: which variant, which addresses.
 *
 *     editions_keys, editions_add for each variant, editions_for and edition_job
 *     for each recipient, editions_close
 */

#include "flow/copy.h"
#include "flow/keys.h"

struct edition {
	struct variant variant;
	struct keyring via; /* of the imaginary hop, where the variant has one */
	struct copy_press *press;
};

struct editions {
	struct arena *arena;
	const struct context *c;
	const struct list *list;
	struct keyring keys; /* of the list's domain */
	struct edition v[3]; /* those with From kept, munged, in ASCII that there are */
	size_t n;
	size_t normal; /* so many are not the one in ASCII */
};

/* Open the keys of LIST. To be closed also after an error. */
bool editions_keys(struct editions *x, struct arena *arena, const struct context *c,
                   const struct list *list, struct err *e);
/* Press V, a variant of the stored message RAW; one in ASCII last. Errors: as copy_press_new and
 * copy_press_via. */
bool editions_add(struct editions *x, const struct variant *v, struct span raw, struct err *e);
/* Which of N variants, without the one in ASCII, a recipient with ADDRESS gets. */
size_t edition_index(const struct site *site, size_t n, struct span address);
/* The one that a recipient with ADDRESS gets; there must be one. */
struct edition *editions_for(struct editions *x, struct span address);
/* The one for a relay without SMTPUTF8, NULL when there is none. */
struct edition *editions_ascii(struct editions *x);
/* Can ADDRESS be written to without SMTPUTF8? */
bool edition_reaches(struct span address);
void editions_close(struct editions *x);

/* Whom a copy is for. */
struct edition_recipient {
	int64_t post, member;
	struct span address;
	bool is_list; /* of this site: its members could use what is personal */
};
/* Return address and List-Unsubscribe of R's copy; the context must have the secret. */
struct copy_job edition_job(const struct editions *x, const struct edition_recipient *r);

#endif
