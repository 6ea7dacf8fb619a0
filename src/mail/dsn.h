#ifndef LADLE_MAIL_DSN_H
#define LADLE_MAIL_DSN_H

/* Parts of a delivery report (RFC 3464, 6522; 6533 for UTF-8), for compose_write. */

#include "mail/compose.h"
#include "mail/message.h"

struct dsn {
	struct span reporting_mta; /* host name */
	int64_t arrived;           /* seconds since 1970 */
	struct span recipient;     /* as the sender wrote it, without brackets */
	struct span status;        /* "5.7.1" */
	struct span diagnostic;    /* one line for people; what strangers wrote is cleaned */
};

/*
 * The parts behind the text for a message that has failed: the status, and M itself as it
 * came, if it can be attached untouched and has at most LIMIT bytes, else its header, else
 * nothing (*N is 2 or 1). WHOLE false: M is only a part of what came. Where recipient or
 * header need UTF-8 they are of the types of RFC 6533.
 */
void dsn_parts(struct arena *arena, const struct dsn *d, const struct message *m, bool whole,
               size_t limit, struct compose_part out[2], size_t *n);

#endif
