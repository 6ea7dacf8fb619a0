#ifndef LADLE_FLOW_MODERATE_MAIL_H
#define LADLE_FLOW_MODERATE_MAIL_H

/*
 * Mail to moderators: of the list's domain, signed, with the null return path and
 * Auto-Submitted, by the outbox; in the caller's transaction. C needs its secret.
 */

#include "auth/verdict.h"
#include "flow/context.h"
#include "mail/message.h"
#include "rules/list.h"
#include "store/held.h"

struct moderate_mail {
	struct arena *arena;
	const struct list *list;
	const struct held *held; /* with its id */
	/* of a post: */
	const struct message *message; /* NULL: it could not be read */
	struct verdict *verdict;       /* NULL: there is none; what was changed is added to it */
	struct span pass_word; /* "post-TOKEN" in its address, which nobody may see; or empty */
};

/*
 * To each moderator, or owner where there are none: what waits, why, who wrote it, the message,
 * and the addresses that decide. No mail about what a machine sent, so that no loop can feed
 * itself, nor beyond LIMIT_HELD_MAIL_HOUR: the daily reminder tells of those.
 */
bool moderate_mail_waiting(struct context *c, const struct moderate_mail *m, struct err *e);

/*
 * To MODERATOR, whose mail MESSAGE_ID (may be empty) came after the decision: who decided and
 * when; once for each held message.
 */
bool moderate_mail_late(struct context *c, struct arena *arena, const struct list *list,
                        const struct held *held, struct span moderator, struct span message_id,
                        struct err *e);

/*
 * To ADDRESS, which is vouched for (flow/refusal.h): the post HELD of its author waits. Counted
 * among the refusals, and so within their limits.
 */
bool moderate_mail_author(struct context *c, struct arena *arena, const struct list *list,
                          const struct held *held, struct span address, struct err *e);

/* To MODERATOR: what he said about HELD cannot be done, for REASON; once, as above. */
bool moderate_mail_failed(struct context *c, struct arena *arena, const struct list *list,
                          const struct held *held, struct span moderator, struct span message_id,
                          struct span reason, struct err *e);

/* To all moderators: these N wait, oldest first; TOTAL in all. */
bool moderate_mail_reminder(struct context *c, struct arena *arena, const struct list *list,
                            const struct held *v, size_t n, int64_t total, struct err *e);
/* To all moderators: the signature of HELD will soon be too old. */
bool moderate_mail_aging(struct context *c, struct arena *arena, const struct list *list,
                         const struct held *held, struct err *e);

#endif
