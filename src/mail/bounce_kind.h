#ifndef LADLE_MAIL_BOUNCE_KIND_H
#define LADLE_MAIL_BOUNCE_KIND_H

/* What a message without a part for machines is, by its fields and words, for mail/bounce.c. */

#include "mail/bounce.h"

/*
 * TEXT: what it says to people, before what it returns. Sets kind and why; FAILURE or
 * DELAY only when a mail system wrote it.
 */
void bounce_kind_read(struct arena *arena, const struct message *m, struct span text,
                      struct bounce *out);

/* Does TEXT of a mail system say that it still tries? */
bool bounce_kind_delay(struct span text);

#endif
