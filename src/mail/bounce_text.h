#ifndef LADLE_MAIL_BOUNCE_TEXT_H
#define LADLE_MAIL_BOUNCE_TEXT_H

/*
 * The part for people, for mail/bounce.c. No shape of a certain mailer is known here: where
 * an address stands in a line, the words beside it and what is quoted below tell more than
 * enough, and nothing depends on it but what people are shown and which rule is looked up.
 */

#include "mail/bounce.h"

/* TEXT up to where the returned message begins; that and what follows in *RETURNED. */
struct span bounce_text_split(struct span text, struct span *returned);

/*
 * Add to *OUT who is named in TEXT as a recipient, when there is nobody yet; SENDERS (of
 * the report, and of what came back) are not. RETURNED is asked when nobody is named.
 */
void bounce_text_recipients(struct arena *arena, struct span text, struct span returned,
                            const struct span *senders, size_t nsenders, struct bounce *out);

/* What TEXT says about each recipient of OUT: text; and code, status and reply that are missing. */
void bounce_text_replies(struct arena *arena, struct span text, struct bounce *out);

#endif
