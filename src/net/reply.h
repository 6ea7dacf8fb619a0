#ifndef LADLE_NET_REPLY_H
#define LADLE_NET_REPLY_H

/* What an attempt to hand over a copy came to. The policy in prose is on top of reply.c. Pure. */

#include "base/span.h"

enum outcome {
	OUTCOME_SENT,
	OUTCOME_DEFERRED, /* this recipient later */
	OUTCOME_FAILED,   /* this recipient never */
};
const char *outcome_name(enum outcome o);

/* How far it got: up to the answer to EHLO, up to the one to DATA, the content and the answer to
 * it. */
enum reply_stage { REPLY_CONNECT, REPLY_ENVELOPE, REPLY_DATA };

struct reply_input {
	bool transport_ok; /* the transfer ended with a reply, not with a local or network error */
	long code;         /* last SMTP reply code that belongs to the message, 0: none */
	enum reply_stage stage;
	bool misuse;       /* an address that must not go on the wire, no SMTPUTF8: never */
	unsigned failures; /* transfers in a row that ended without a reply, this one included */
};

struct reply_class {
	enum outcome outcome;
	bool relay_down; /* no connection, 421, TLS trouble, many failures: rest the whole relay */
};

struct reply_class reply_classify(const struct reply_input *in);

#endif
