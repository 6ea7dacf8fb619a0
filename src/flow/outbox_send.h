#ifndef LADLE_FLOW_OUTBOX_SEND_H
#define LADLE_FLOW_OUTBOX_SEND_H

/* Own mail on its way out: claimed, signed, sent, settled, a round at a time. Part of the
 * deliver station. */

#include "flow/context.h"
#include "net/smtp.h"

struct outbox_send {
	struct context *c;
	struct arena *arena; /* of the round */
	int64_t worker;
	struct smtp *smtp; /* NULL after trouble in the midst of its work: it is freed then */
	int journal;
	unsigned relay_failures; /* in a row, before this round */
	/* what came of it */
	size_t rows;     /* that were at work; 0: nothing was due */
	size_t finished; /* of them have an answer of the relay */
	bool relay_down; /* the rest has to wait for the relay */
	struct span down_reply;
};

/*
 * One round: what is due and fits a claim. A letter that cannot be signed (no keys) is stuck
 * with the reason, and holds up no other. False for trouble with the store, the journal or
 * the SMTP handle; what is known is settled then.
 */
bool outbox_send(struct outbox_send *x, struct err *e);

#endif
