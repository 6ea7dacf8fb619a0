/* Owners, moderators, allowed authors. The settings were checked when they were put. */
#include "rules/people.h"

#include "mail/addr.h"

bool people_next(struct span *rest, struct span *address)
{
	while (rest->p && rest->n > 0) {
		*address = span_trim(span_cut(rest, ','));
		if (address->n > 0) {
			return true;
		}
	}
	return false;
}

bool people_have(struct span addresses, struct span address)
{
	struct span one;
	while (address.n > 0 && people_next(&addresses, &one)) {
		if (addr_same(one, address)) {
			return true;
		}
	}
	return false;
}

bool people_is_owner(const struct list *list, struct span address)
{
	return people_have(list->owners, address);
}

bool people_is_moderator(const struct list *list, struct span address)
{
	return people_have(list->moderators, address) || people_is_owner(list, address);
}

struct span people_moderators(const struct list *list)
{
	return list->moderators.n > 0 ? list->moderators : list->owners;
}

struct span people_with(struct arena *arena, struct span addresses, struct span address)
{
	return addresses.n == 0 ? arena_copy(arena, address)
	                        : arena_join(arena, addresses, SPAN(", "), address, SPAN_END);
}
