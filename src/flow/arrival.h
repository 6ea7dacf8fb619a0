#ifndef LADLE_FLOW_ARRIVAL_H
#define LADLE_FLOW_ARRIVAL_H

/*
 * One message being decided, from the spool or from the held ones: what is known
 * about it, step by step, and the transaction that ends it. Private to the process station.
 *
 *     load (spool_open or the held row) -> arrival_route -> arrival_read -> arrival_judge ->
 * arrival_commit
 */

#include "flow/context.h"
#include "flow/refusal.h"
#include "mail/addr.h"
#include "rules/policy.h"
#include "rules/route.h"
#include "store/held.h"

struct forward_choice;
struct forward_return;
struct moderate_case;
struct request;

struct arrival {
	struct arena *arena; /* everything here lives in it */
	/* given */
	struct span id;    /* spool name */
	struct span bytes; /* the message */
	struct span mail_from, recipient, arrived_as;
	struct span handed_by; /* address of the list of this site that handed it over, or empty */
	int64_t arrived;
	bool truncated;
	int64_t held_id; /* a moderator accepts this held message; 0: from the spool */
	bool patient;    /* there is time to put it back */
	bool as_new;     /* as if it had never been distributed */
	/* arrival_route */
	struct route route;
	struct list list;
	bool has_list;
	/* arrival_read */
	struct message message;
	bool readable; /* it parsed; else: */
	struct err unreadable;
	struct mailbox author;
	bool has_author;
	bool member;            /* arrival_judge: the author is one */
	struct span author_key; /* for look-ups; empty without author */
	struct span message_id, subject;
	/* arrival_judge */
	struct filter_result content; /* what becomes of the parts */
	struct verdict verdict;
	bool judged;
	/* the decision */
	enum decision decision;
	const char *rule;
	struct span reason;
	const struct policy_row *rows; /* what each rule said; NULL when none was asked */
	size_t nrows;
	const struct forward_return *returned; /* a report about such mail, passed on; NULL: not */
	const struct forward_choice *forward;  /* to the owners; NULL: not */
	struct request *request;               /* commands to be carried out; NULL: none */
	int64_t unsubscribe; /* member to remove: the decision about an unsubscribe address */
	struct moderate_case *word; /* a moderator's word about a held message, that this mail is */
	int64_t pass;               /* the pass that the post came with; 0 */
	struct bounce_arrival *bounce; /* the decision about a return address; else NULL */
	/* arrival_rewrite */
	struct span made_id; /* Message-ID that an anonymous list sends; empty: the author's */
};

/* The list and role that the recipient names. */
bool arrival_route(struct context *c, struct arrival *a, struct err *e);
/* Fields worth knowing; sets readable. */
void arrival_read(struct arrival *a);
/* Verify, with the envelope as it was; sets judged. */
void arrival_verify(struct context *c, struct arrival *a);
/* Verify and decide. */
bool arrival_judge(struct context *c, struct arrival *a, struct err *e);
void arrival_decide(struct arrival *a, enum decision decision, const char *rule,
                    struct span reason);
/* What is known for those who tell of its refusal. Lives as long as A. */
struct refusal arrival_refusal(const struct arrival *a);
/* The message the list works on: filtered, anonymous, or as it came. */
struct rewrite;
bool arrival_rewrite(struct context *c, struct arrival *a, struct rewrite *out, struct err *e);
/* What arrival_rewrite has made of the identifier, now that there is a post. */
bool arrival_keep_id(struct context *c, const struct arrival *a, int64_t post, struct err *e);
/* Make the decision true, in one transaction. DECISION_PUT_BACK is the caller's. */
bool arrival_commit(struct context *c, struct arrival *a, struct err *e);
/* The same of an accepted post whose bytes are BLOB, in the caller's transaction. */
bool arrival_add_post(struct context *c, struct arrival *a, struct span blob, struct err *e);

#endif
