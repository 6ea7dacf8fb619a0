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
#include "rules/template.h"

struct revise {
	struct arena *arena;
	const struct site *site;
	const struct list *list;
	const struct message *message;
	struct mailbox author; /* empty addr when From has no single mailbox */
	bool has_author;
	struct span recipient;    /* address the post came to */
	struct span auth_results; /* complete Authentication-Results field, or empty */
	struct span id;           /* our id for Received: spool name */
	bool munge;               /* From becomes the list's */
	bool ascii;               /* nothing in the header may need SMTPUTF8 */
	bool drop_dkim2;          /* opaque mode: incoming DKIM2 fields go */
	bool repair_nul; /* a NUL in the body becomes a space: no DKIM2 signature covers one */
	uint64_t number; /* of the post on this list, for %d in the tag */
	int64_t now;
};

/*
 * All of them, in order, as far as the list's modify lets them: "headers" leaves out
 * header text and footer, "none" everything but fields that DKIM2 does not hash, and a
 * munged From where R asks for it. Permanent error for a message without a
 * header, with too many bare CRs, or one that is to be ASCII and has no such form.
 */
bool revise_all(struct edits *x, const struct revise *r, struct err *e);

/* The single ones, for tests and explain. */
void revise_subject(struct edits *x, const struct revise *r);
void revise_list_fields(struct edits *x, const struct revise *r);
void revise_rule_fields(struct edits *x, const struct revise *r); /* header-add, -remove; Sender */
/* Message-ID and Date (RFC 5322 3.6), where the author's program has left them out. */
void revise_missing_fields(struct edits *x, const struct revise *r);
/* The identifier that a post without one gets from its ID, without brackets. */
struct span revise_message_id(struct arena *arena, struct span id, const struct list *list);
void revise_trace_fields(struct edits *x,
                         const struct revise *r); /* Received, Authentication-Results, X-Loop */
/* Whoever has a pass (rules/moderation.h) shows it in this field; no copy has it. */
#define REVISE_PASS "X-Ladle-Approve"
void revise_from(struct edits *x, const struct revise *r); /* From, Reply-To, X-Original-From */
void revise_footer(struct edits *x, const struct revise *r);

/* Display name of the author, else the local part, which tells no harvester where he is; UTF-8. */
struct span revise_author_name(const struct revise *r);

/* The values of a template's variables for this post. */
struct template_values revise_values(const struct revise *r);

/*
 * The address that stands for AUTHOR in a munged From with from-address=author:
 * "list+a-local=domain@…", or with a digest where that has no room or no ASCII. The same
 * author always has the same.
 */
struct span revise_author_address(struct arena *arena, const struct site *site,
                                  const struct list *list, struct span author);
/* The author's address in WORD, "a-local=domain"; empty when it holds none (a digest). */
struct span revise_author_of(struct arena *arena, struct span word);

/* "dev.lists.example.org", the identifier of List-Id, without brackets. */
struct span revise_list_id(struct arena *arena, const struct list *list);
/* The List-Unsubscribe field for one copy (TOKEN empty: the shared form), complete, with CRLF. */
struct span revise_unsubscribe(struct arena *arena, const struct site *site,
                               const struct list *list, struct span token);

#endif
