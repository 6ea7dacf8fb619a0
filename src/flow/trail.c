/* The list's address is written down with each line: it outlives the list. */
#include "flow/trail.h"

#include "rules/route.h"
#include "store/lists.h"

bool trail_add(struct context *c, struct arena *arena, const struct list *list, struct audit what,
               struct err *e)
{
	what.at = c->env.now(&c->env);
	what.list = list->id;
	what.list_address = list->id != 0 ? route_list(arena, list) : SPAN("");
	return store_audit(c->store, &what, e);
}

bool trail_add_of(struct context *c, struct arena *arena, int64_t list, struct audit what,
                  struct err *e)
{
	struct list of = { 0 }, site = { 0 };
	bool found = false;
	if (list != 0 && !store_list_get(c->store, arena, list, &of, &found, e)) {
		return false;
	}
	return trail_add(c, arena, found ? &of : &site, what, e);
}
