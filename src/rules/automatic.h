#ifndef LADLE_RULES_AUTOMATIC_H
#define LADLE_RULES_AUTOMATIC_H

/*
 * Mail that no person wrote just now: reports, vacation notes, receipts, mail of lists. It
 * decides nothing, and nobody answers it (RFC 3834). Pure.
 */

#include "mail/message.h"

/* What gives it away, in words; NULL for mail of a person. MAIL_FROM without brackets. */
const char *automatic_why(const struct message *m, struct span mail_from);

/* Does it say so itself, in its (topmost) Auto-Submitted? */
bool automatic_submitted(const struct message *m);

#endif
