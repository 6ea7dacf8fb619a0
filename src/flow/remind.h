#ifndef LADLE_FLOW_REMIND_H
#define LADLE_FLOW_REMIND_H

/* What moderators are told again: daily, what waits; once, that a signature grows old. */

#include "flow/context.h"
#include "rules/list.h"

/* For LIST, as far as it is due at NOW. Transactions of its own. */
bool remind_list(struct context *c, struct arena *arena, const struct list *list, int64_t now,
                 struct err *e);

#endif
