#ifndef LADLE_MAIL_CFWS_H
#define LADLE_MAIL_CFWS_H

/*
 * What may stand between the words of a structured field (RFC 5322 3.2.2: comments and
 * folding white space) and what must be stepped over as one (quoted strings, 3.2.4). For
 * readers of one value from its start; address fields, whose comments can hold a name,
 * have a reader of their own (addr_token.h). All are linear and end on any input.
 */

#include "base/span.h"

/* S without white space and comments, which nest, at its start; a comment without end is all. */
struct span cfws_skip(struct span s);
/* Octets of the comment that begins at the start of S; all of S when it does not end. */
size_t cfws_comment(struct span s);
/* Octets of the quoted string that begins at the start of S; 0 when it does not end. */
size_t cfws_quoted(struct span s);

#endif
