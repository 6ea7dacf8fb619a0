#ifndef LADLE_NET_SMTP_ENVELOPE_H
#define LADLE_NET_SMTP_ENVELOPE_H

/* What a copy asks of the relay, and the commands that say it. */

#include "base/buf.h"
#include "net/smtp.h"

enum smtp_command { SMTP_RSET, SMTP_MAIL, SMTP_RCPT, SMTP_DATA };

/* All zero is an empty one. */
struct smtp_envelope {
	struct buf from, to; /* as they go on the wire; from is empty for the null sender */
	uint64_t size;
	bool utf8;      /* SMTPUTF8 is needed */
	bool eight_bit; /* there are bytes of 128 and more in the content */
};

/* Check JOB, addresses and content, and take from it. Status and text say why it must not go out.
 */
bool smtp_envelope_set(struct smtp_envelope *v, const struct smtp_job *job, struct err *e);
void smtp_envelope_free(struct smtp_envelope *v);

/* COMMAND with its CRLF behind LINES, with the parameters that are needed and OFFERS (enum
 * smtp_offer) has. */
void smtp_envelope_add(const struct smtp_envelope *v, enum smtp_command command, unsigned offers,
                       struct buf *lines);

#endif
