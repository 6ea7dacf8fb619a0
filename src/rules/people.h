#ifndef LADLE_RULES_PEOPLE_H
#define LADLE_RULES_PEOPLE_H

/* Who is what on a list, besides member: settings with addresses separated by commas. Pure. */

#include "base/mem.h"
#include "rules/list.h"

/* The next address of *REST, trimmed, as it was written; false at the end. */
bool people_next(struct span *rest, struct span *address);
/* Is ADDRESS one of ADDRESSES? Compared as mailboxes (addr_same). */
bool people_have(struct span addresses, struct span address);

bool people_is_owner(const struct list *list, struct span address);
/* Owners may do what moderators may. */
bool people_is_moderator(const struct list *list, struct span address);
/* Those to whom a moderator's mail goes: the moderators, or the owners when there are none. */
struct span people_moderators(const struct list *list);

/* ADDRESSES with ADDRESS behind them, in ARENA. */
struct span people_with(struct arena *arena, struct span addresses, struct span address);

#endif
