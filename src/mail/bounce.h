#ifndef LADLE_MAIL_BOUNCE_H
#define LADLE_MAIL_BOUNCE_H

/*
 * What mail systems and their users send back: failures and delays (RFC 3464, 6533, and
 * the shapes that have no such part), autoreplies (RFC 3834), challenges, complaints
 * (RFC 5965), receipts (RFC 3464, 8098). Syntax only: nothing here says whether a report
 * is genuine, nor what its reply means (rules/bounce_class.h).
 *
 * Never fails: what cannot be read is BOUNCE_NONE. Everything lies in the arena or in the
 * message, is UTF-8 as far as it is text, and comes from strangers.
 */

#include "mail/message.h"

enum bounce_kind {
	BOUNCE_NONE,      /* not a report */
	BOUNCE_FAILURE,   /* given up */
	BOUNCE_DELAY,     /* still tried */
	BOUNCE_AUTOREPLY, /* a vacation notice or the like */
	BOUNCE_CHALLENGE, /* asks the sender to prove that he is human */
	BOUNCE_COMPLAINT, /* somebody called it spam */
	BOUNCE_RECEIPT,   /* delivered, relayed, expanded, displayed */
};
/* "not-a-report", "failure", "delay", "autoreply", "challenge", "complaint", "receipt" */
const char *bounce_kind_name(enum bounce_kind k);

enum bounce_action {
	BOUNCE_ACTION_NONE, /* not said */
	BOUNCE_FAILED,
	BOUNCE_DELAYED,
	BOUNCE_DELIVERED,
	BOUNCE_RELAYED,
	BOUNCE_EXPANDED,
};
const char *bounce_action_name(enum bounce_action a); /* "", "failed", "delayed"… */

/* One recipient. Spans may be empty. */
struct bounce_recipient {
	struct span address;  /* what the mail was sent to: original, else final, else found */
	struct span original; /* Original-Recipient */
	struct span final;    /* Final-Recipient */
	enum bounce_action action;
	struct span status;     /* "5.1.1": of the reply where it says more than the Status field */
	unsigned code;          /* 550; 0: none was found */
	struct span reply;      /* what the mail system said, one line, as it wrote it */
	struct span text;       /* what the report says about it to people, one line */
	struct span remote_mta; /* its name, without the type */
	struct span last_attempt, log_id, retry_until; /* as written */
};

struct bounce {
	enum bounce_kind kind;
	const char *why; /* what told the kind, in words */
	/* fields of the report as a whole, as written but for types */
	struct span reporting_mta, received_from, gateway, envelope_id, arrived;
	struct span feedback_type; /* of a complaint: "abuse"… */
	struct span message_id;    /* of what came back; empty when that cannot be read */
	struct bounce_recipient *v;
	size_t n;             /* at most LIMIT_REPORTED */
	size_t named;         /* addresses that were to be added, for a bound of the work */
	struct span returned; /* the message that came back, or its header; exact bytes; or empty */
	bool whole;           /* with its body */
	bool dsn;             /* multipart/report with a part of RFC 3464 or 6533 */
};

/* RAW without the "From " line that a mailbox file puts before a message. */
struct span bounce_unboxed(struct span raw);

void bounce_read(struct arena *arena, const struct message *m, struct bounce *out);

#endif
