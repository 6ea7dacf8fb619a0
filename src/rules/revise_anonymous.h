#ifndef LADLE_RULES_REVISE_ANONYMOUS_H
#define LADLE_RULES_REVISE_ANONYMOUS_H

/*
 * The header of a post on an anonymous list. What stays is on a list of its own; every
 * other field goes, whatever its name. A pass before all other edits; it cannot be undone
 * (edit_irreversible). The body is not touched.
 */

#include "mail/edit.h"
#include "rules/list.h"
#include "rules/site.h"

/* Identifiers of References or In-Reply-To that are looked at, the newest ones. */
#define ANONYMOUS_REFERENCES 100

struct anonymous {
	struct arena *arena;
	const struct site *site;
	const struct list *list;
	struct span message_id;        /* the new one, without brackets */
	const struct span *references; /* known on the list, as the list sent them; may be none */
	size_t nreferences;
	struct span in_reply_to; /* the same; empty: none */
	int64_t now;             /* for Date */
};

void revise_anonymous(struct edits *x, const struct anonymous *a);

#endif
