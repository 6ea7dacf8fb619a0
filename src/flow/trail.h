#ifndef LADLE_FLOW_TRAIL_H
#define LADLE_FLOW_TRAIL_H

/* The trail of changes (store/audit.h): a line, in the transaction of the change. */

#include "flow/context.h"
#include "rules/list.h"
#include "store/audit.h"

/* WHAT says channel, actor, what, subject and detail; the rest is filled in. Of LIST, or of the
 * site when its id is 0. */
bool trail_add(struct context *c, struct arena *arena, const struct list *list, struct audit what,
               struct err *e);
/* The same for who knows only the list's id; 0, or a list that is gone: of the site. */
bool trail_add_of(struct context *c, struct arena *arena, int64_t list, struct audit what,
                  struct err *e);

#endif
