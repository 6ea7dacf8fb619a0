#ifndef LADLE_MAIL_BOUNCE_DSN_H
#define LADLE_MAIL_BOUNCE_DSN_H

/* The part for machines: message/delivery-status (RFC 3464, 6533), for mail/bounce.c. */

#include "mail/bounce.h"

/*
 * Read TEXT (blocks of fields, separated by empty lines; lines end in LF, with or without
 * CR) and add to *OUT what it says, recipients too. Several of the same address are one.
 */
void bounce_dsn(struct arena *arena, struct span text, struct bounce *out);

/* The fields of a message/feedback-report (RFC 5965). */
void bounce_feedback(struct arena *arena, struct span text, struct bounce *out);

/* An address of "rfc822; a@b", "utf-8; \x{E9}@b", "<a@b>": without type and brackets; or empty. */
struct span bounce_typed_address(struct arena *arena, struct span value);

/* The recipient ADDRESS of OUT, added when it is not there, is one, and there is room; else NULL.
 */
struct bounce_recipient *bounce_recipient(struct arena *arena, struct bounce *out,
                                          struct span address);

#endif
