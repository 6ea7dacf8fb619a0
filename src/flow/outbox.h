#ifndef LADLE_FLOW_OUTBOX_H
#define LADLE_FLOW_OUTBOX_H

/*
 * Mail of our own: written here, in the transaction of whoever has a reason for it, signed
 * and sent by the deliver station before posts (flow/outbox_send.h).
 */

#include "flow/context.h"
#include "mail/compose.h"
#include "rules/list.h"
#include "store/outbox.h"

struct letter {
	const struct list *list; /* NULL: the site's */
	enum outbox_priority priority;
	const char *kind;      /* for people: "confirm-subscribe" */
	struct span mail_from; /* without brackets; empty: the null path. At or below the domain */
	struct span recipient; /* without brackets, canonical */
	struct span domain;    /* signs it; empty: the list's, the site's host name */
	/* What: a message that is written now, or (NULL) one that is there, CRLF. */
	const struct compose *compose; /* without date: now; without message_id: a new one */
	struct span raw;
	enum outbox_chain chain; /* of RAW; what is composed begins one */
	struct span via;         /* OUTBOX_CONTINUE: domain of an imaginary hop, or empty */
	struct span about;       /* Message-ID of what it is about; empty: COMPOSE's in_reply_to */
	bool utf8;               /* needs SMTPUTF8 for what is attached; the header is looked at */
	int64_t not_before;      /* seconds since 1970; 0: at once */
};

/*
 * Write L's bytes to msg/, durably, and put its row. Inside the caller's transaction, so that
 * it is sent if, and only if, that is committed; the caller wakes the stations (flow/wake.h)
 * afterwards. C needs the store. Permanent error for a message that cannot be read.
 */
bool outbox_post(struct context *c, const struct letter *l, struct err *e);

#endif
