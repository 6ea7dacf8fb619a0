#ifndef LADLE_RULES_ADDRESSED_H
#define LADLE_RULES_ADDRESSED_H

/* To whom a post says it goes. */

#include "mail/message.h"
#include "rules/list.h"

/*
 * Is one of the list's addresses in To, Cc, Resent-To or Resent-Cc of M? *RECIPIENTS
 * (may be NULL): how many addresses To and Cc have.
 */
bool addressed_to(struct arena *arena, const struct list *list, const struct message *m,
                  size_t *recipients);

#endif
