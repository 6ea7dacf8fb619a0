#ifndef LADLE_RULES_REVISE_H
#define LADLE_RULES_REVISE_H

/*
 * The changes a list makes to a post. Each reviser only appends edits to the edit
 * list; it never touches bytes. Order of the fields on top, from the top: list
 * fields, Authentication-Results, Received, then the message's own.
 */

#include "auth/verdict.h"
#include "mail/addr.h"
#include "mail/edit.h"
#include "rules/list.h"
#include "rules/site.h"

struct revise {
	struct arena *arena;
	const struct site *site;
	const struct list *list;
	const struct message *message;
	struct mailbox author; /* empty addr when From has no single mailbox */
	bool has_author;
	struct span from;         /* raw From value, if any */
	struct span recipient;    /* address the post came to */
	struct span auth_results; /* complete Authentication-Results field, or empty */
	struct span id;           /* our id for Received: spool name */
	bool munge;               /* From becomes the list's */
	bool drop_dkim2;          /* opaque mode: incoming DKIM2 fields go */
	uint64_t number;          /* of the post on this list, for %d in the tag */
	int64_t now;
};

/* All of them, in order. Permanent error for a message without a header, or with too many bare CRs.
 */
bool revise_all(struct edits *x, const struct revise *r, struct err *e);

/* The single ones, for tests and explain. */
void revise_subject(struct edits *x, const struct revise *r);
void revise_list_fields(struct edits *x, const struct revise *r);
void revise_trace_fields(struct edits *x,
                         const struct revise *r); /* Received, Authentication-Results, X-Loop */
void revise_from(struct edits *x, const struct revise *r); /* From, Reply-To, X-Original-From */
void revise_footer(struct edits *x, const struct revise *r);

/* "dev.lists.example.org", the identifier of List-Id, without brackets. */
struct span revise_list_id(struct arena *arena, const struct list *list);
/* The List-Unsubscribe field for one copy (TOKEN empty: the shared form), complete, with CRLF. */
struct span revise_unsubscribe(struct arena *arena, const struct site *site,
                               const struct list *list, struct span token);

#endif
