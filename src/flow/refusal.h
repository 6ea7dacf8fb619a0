#ifndef LADLE_FLOW_REFUSAL_H
#define LADLE_FLOW_REFUSAL_H

/*
 * What is refused after the mail server took it: who is told, and the report
 * (rules/refusal.h says to whom, and why to nobody else).
 *
 *     refusal_decide, then in the transaction of the refusal refusal_post
 */

#include "flow/context.h"
#include "mail/message.h"
#include "rules/list.h"
#include "rules/refusal.h"

struct refusal {
	const struct list *list;       /* NULL: no list answers for it */
	const struct message *message; /* as it came; NULL: it could not be read */
	const struct verdict *verdict; /* by the envelope that it came with; NULL: there is none */
	struct span mail_from, recipient, arrived_as;
	struct span vouched;    /* as in rules/refusal.h, or empty */
	struct span status;     /* "5.1.1"; empty: by the rule */
	struct span author;     /* the single From address, or empty */
	struct span message_id; /* without brackets */
	const char *rule;       /* that refused */
	struct span reason;     /* for the author, one line of UTF-8 */
	int64_t arrived;        /* seconds since 1970 */
	bool truncated;         /* message is only a part of what came */
	bool handed;            /* a list of this site handed it over */
};

/* Who is to be told, limits looked at. Nothing is changed. */
bool refusal_decide(struct context *c, struct arena *arena, const struct refusal *r,
                    struct refusal_choice *out, struct err *e);
/* Count the refusal, and put the report into the outbox if somebody is told. */
bool refusal_post(struct context *c, struct arena *arena, const struct refusal *r,
                  const struct refusal_choice *choice, struct err *e);

#endif
