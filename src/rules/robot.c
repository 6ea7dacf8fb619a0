#include "rules/robot.h"

#include "mail/addr.h"
#include "rules/people.h"
#include "rules/setting.h"

bool robot_is(const struct list *list)
{
	return list->id == 0;
}

bool robot_next(struct arena *arena, struct span *rest, struct list *out)
{
	struct span address, key;
	while (people_next(rest, &address)) {
		if (addr_key(arena, address, &key, NULL)) {
			setting_defaults(arena, SETTING_LIST, out);
			out->id = 0;
			out->local = addr_local(key);
			out->domain = addr_domain(key);
			return true;
		}
	}
	return false;
}

bool robot_find(struct arena *arena, const struct site *site, struct route *r, struct list *out)
{
	struct span rest = site->robot;
	if (r->role != ROLE_POST && r->role != ROLE_REQUEST && r->role != ROLE_HELP) {
		return false;
	}
	while (robot_next(arena, &rest, out)) {
		if (span_eq(out->local, r->local) && span_eq(out->domain, r->domain)) {
			r->role = r->role == ROLE_HELP ? ROLE_HELP : ROLE_REQUEST;
			return true;
		}
	}
	return false;
}
