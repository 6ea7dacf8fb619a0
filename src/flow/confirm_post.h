#ifndef LADLE_FLOW_CONFIRM_POST_H
#define LADLE_FLOW_CONFIRM_POST_H

/*
 * With nonmember=confirm the author of a post answers a question before any moderator is
 * shown it. Only a proven author is asked, within the limits of rules/answer.h; of others
 * the moderators hear at once. Until he answers the post is held like others, and expires
 * like them.
 */

#include "flow/arrival.h"

/* Ask the author of A, which became HELD. *ASKED false: it is for the moderators as it is. */
bool confirm_post_ask(struct context *c, const struct arrival *a, const struct held *held,
                      bool *asked, struct err *e);
/* The author of ID, of LIST, has answered. *DONE false: it does not wait for that any more. */
bool confirm_post_answered(struct context *c, struct arena *arena, const struct list *list,
                           int64_t id, bool *done, struct err *e);

#endif
