/* Addresses of the header against those of the list. */
#include "rules/addressed.h"

#include "mail/addr.h"
#include "rules/people.h"
#include "rules/route.h"

static bool is_list(const struct list *list, struct span own, struct span address)
{
	return addr_same(own, address) || people_have(list->aliases, address);
}

bool addressed_to(struct arena *arena, const struct list *list, const struct message *m,
                  size_t *recipients)
{
	static const struct {
		const char *name;
		bool counts;
	} fields[] = {
		{ "To", true }, { "Cc", true }, { "Resent-To", false }, { "Resent-Cc", false }
	};
	struct span own = route_list(arena, list);
	size_t count = 0;
	bool found = false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		size_t at = 0;
		for (const struct field *f; (f = message_next(m, span_str(fields[i].name), &at));) {
			struct mailboxes boxes = addr_parse(arena, f->value);
			count += fields[i].counts ? boxes.n : 0;
			for (size_t k = 0; k < boxes.n && !found; k++) {
				found = is_list(list, own, boxes.v[k].addr);
			}
		}
	}
	if (recipients) {
		*recipients = count;
	}
	return found;
}
