#ifndef LADLE_RULES_ROBOT_H
#define LADLE_RULES_ROBOT_H

/*
 * The addresses of a site that take commands about all lists of a domain (setting robot).
 * Such an address is handled as a list with number 0, without members and with the defaults of
 * all settings, that takes nothing but commands.
 */

#include "rules/list.h"
#include "rules/route.h"
#include "rules/site.h"

/* Does R name one of SITE's robots, at its own or its request or help address? Then *OUT, in
 * ARENA, and R has the role of an address for commands. */
bool robot_find(struct arena *arena, const struct site *site, struct route *r, struct list *out);
/* The next of *REST (site->robot) as such a list; false at the end. */
bool robot_next(struct arena *arena, struct span *rest, struct list *out);
bool robot_is(const struct list *list);

#endif
