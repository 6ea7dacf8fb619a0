#ifndef LADLE_RULES_MISPLACED_H
#define LADLE_RULES_MISPLACED_H

/* Posts that were not meant as posts. */

#include "mail/message.h"
#include "rules/list.h"

/*
 * A command for the list's robot: the subject, or all that is in the first text but a
 * signature, is a word such as "unsubscribe", alone or with what belongs to it ("please",
 * "me", an address, the name of the list).
 */
bool misplaced_command(struct arena *arena, const struct list *list, const struct message *m);
/* An answer to a whole digest: behind reply marks and tag the subject is that of a digest. */
bool misplaced_digest(struct arena *arena, const struct list *list, const struct message *m);
/* Nothing is in the subject but reply marks and the list's tag. */
bool misplaced_empty(struct arena *arena, const struct list *list, const struct message *m);

#endif
