/* Announced names count as asked for: so the limit holds whichever of them are needed in the end.
 */
#include "auth/lookups.h"

#include "base/limits.h"

struct lookup {
	struct span name;
	bool answered;
	struct txt txt;
};

struct lookups {
	const struct keysource *source;
	struct arena *arena;
	struct lookup v[LIMIT_DNS_LOOKUPS];
	size_t n;
};

struct lookups *lookups_new(struct arena *arena, const struct keysource *source)
{
	struct lookups *l = ARENA_NEW(arena, struct lookups);

	l->source = source;
	l->arena = arena;
	return l;
}

/* The place of NAME, a new one if need be; NULL when there is none left. */
static struct lookup *place(struct lookups *l, struct span name)
{
	struct lookup *new;

	for (size_t i = 0; i < l->n; i++) {
		if (span_ieq(l->v[i].name, name)) {
			return &l->v[i];
		}
	}
	if (l->n == LIMIT_DNS_LOOKUPS) {
		return NULL;
	}
	new = &l->v[l->n++];
	new->name = arena_copy(l->arena, name);
	return new;
}

void lookups_announce(struct lookups *l, struct span name)
{
	place(l, name);
}

void lookups_prefetch(struct lookups *l)
{
	struct span names[LIMIT_DNS_LOOKUPS];

	if (!l->source->prefetch || !l->n) {
		return;
	}
	for (size_t i = 0; i < l->n; i++) {
		names[i] = l->v[i].name;
	}
	l->source->prefetch(l->source->self, names, l->n);
}

static struct txt look_up(void *self, struct arena *arena, struct span name)
{
	struct lookups *l = self;
	struct lookup *at = place(l, name);

	(void)arena; /* answers outlive the one who asks first */
	if (!at) {
		return (struct txt){ .status = TXT_REFUSED };
	}
	if (!at->answered) {
		at->txt = l->source->txt(l->source->self, l->arena, at->name);
		at->answered = true;
	}
	return at->txt;
}

struct keysource lookups_source(struct lookups *l)
{
	return (struct keysource){ .self = l, .txt = look_up };
}
