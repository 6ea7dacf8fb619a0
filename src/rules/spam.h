#ifndef LADLE_RULES_SPAM_H
#define LADLE_RULES_SPAM_H

/*
 * What a spam filter before the list has written into the header: SpamAssassin, Rspamd
 * and those that write the same fields. Of several fields the worst counts: a sender
 * who puts one of his own on top gains nothing.
 */

#include "mail/message.h"

/* Says one of them that it is spam? */
bool spam_marked(struct arena *arena, const struct message *m);
/* The highest score in hundredths; false when there is none. */
bool spam_score(struct arena *arena, const struct message *m, int64_t *out);

#endif
