#ifndef LADLE_FLOW_ANSWER_H
#define LADLE_FLOW_ANSWER_H

/*
 * Notices to people who asked for something, or whom something was asked for: counted
 * (rules/answer.h), written, put into the outbox, all in the caller's transaction. They come
 * from the list's own addresses, with a null sender and Auto-Submitted, and hold nothing of
 * what was asked with.
 */

#include "flow/context.h"
#include "rules/answer.h"
#include "rules/notice.h"
#include "store/outbox.h"

struct answer {
	const struct list *list;
	enum answer_kind kind;
	const char *notice; /* rules/notice_table.c */
	struct span recipient;
	struct span token;       /* of a confirmation: a reply confirms; else empty */
	int64_t expires;         /* of it */
	struct span in_reply_to; /* without brackets; empty: it answers no mail */
	enum outbox_priority priority;
	struct span language;    /* the recipient's; empty: the list's */
	struct notice_vars vars; /* of the notice, beside the common ones and those of the token */
};

/* *REFUSED: why it is not sent, for the log; NULL when it is. */
bool answer_send(struct context *c, struct arena *arena, struct answer *x, const char **refused,
                 struct err *e);
/* May it be sent, without sending it? */
bool answer_allowed(struct context *c, struct arena *arena, const struct list *list,
                    enum answer_kind kind, struct span recipient, const char **refused,
                    struct err *e);

/* X, uncounted and to nobody who asked for it: the list's settings bring it about. */
bool answer_unasked(struct context *c, struct arena *arena, const struct answer *x, struct err *e);
/* NOTICE to each owner of LIST, uncounted: they bring it about by their settings. */
bool answer_owners(struct context *c, struct arena *arena, const struct list *list,
                   const char *notice, const struct notice_vars *vars, struct err *e);

/* "2026-11-27 18:30 UTC", for people. */
struct span answer_time(struct arena *arena, int64_t t);

#endif
