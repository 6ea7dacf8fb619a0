#ifndef LADLE_NET_SMTP_WIRE_H
#define LADLE_NET_SMTP_WIRE_H

/* What goes over a link: bytes out until all are gone, replies in one by one. */

#include "net/smtp_link.h"

enum smtp_wire_next {
	SMTP_WIRE_NONE, /* not there yet */
	SMTP_WIRE_REPLY,
	SMTP_WIRE_GONE, /* none will come, the text says why: no SMTP, or no connection */
};

struct smtp_wire {
	struct smtp_link *link; /* borrowed */
	struct span out; /* what is left to write; stays where it is until it is gone (TLS) */
	struct span in;  /* what is read but not used */
	char *input;     /* where it is, owned */
	struct smtp_reply reply; /* the last one, or the beginning of the next */
	bool complete;           /* it is the last one */
	unsigned errors;         /* replies of 400 and more */
};

void smtp_wire_init(struct smtp_wire *w, struct smtp_link *link);
void smtp_wire_clear(struct smtp_wire *w);
/* For a new connection. */
void smtp_wire_reset(struct smtp_wire *w);

/* Write what is left of out. False when the connection is gone; *MOVED is set when some bytes went.
 */
bool smtp_wire_flush(struct smtp_wire *w, bool *moved);
/* Put the next reply into w->reply as far as it is there. */
enum smtp_wire_next smtp_wire_next(struct smtp_wire *w);
/* Is there nothing to read, neither bytes nor an end? (TLS has messages of its own.) */
bool smtp_wire_quiet(struct smtp_wire *w);

#endif
