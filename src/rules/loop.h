#ifndef LADLE_RULES_LOOP_H
#define LADLE_RULES_LOOP_H

/* Mail that was here before. Pure. */

#include "mail/message.h"

/* Does M bear the X-Loop of the list LIST_ID, or more than LIMIT_HOPS Received fields? */
bool loop_marked(const struct message *m, struct span list_id);

#endif
