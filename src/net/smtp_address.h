#ifndef LADLE_NET_SMTP_ADDRESS_H
#define LADLE_NET_SMTP_ADDRESS_H

/* Addresses as they stand in MAIL and RCPT (RFC 5321 4.1.2, RFC 6531 3.3). */

#include "base/buf.h"
#include "base/err.h"

/*
 * ADDR (no brackets, not empty) behind OUT: the local part as it is, the domain
 * as lower-case A-labels. *UTF8 is set, never cleared, when the local part needs
 * SMTPUTF8. Permanent error, status 5.1.3 or 5.1.2, when it must not go on the
 * wire: control characters, angle brackets (also in quotes: some parsers end
 * there), spaces outside quotes, a route, no local part, a domain that is none.
 */
bool smtp_address_wire(struct span addr, struct buf *out, bool *utf8, struct err *e);

#endif
