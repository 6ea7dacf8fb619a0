/* A few domains at most rest at a time, so the table is searched from end to end. */
#include "rules/retry_domain.h"

#include "rules/retry.h"

static struct retry_domain *find(const struct retry_domains *d, struct span domain)
{
	for (size_t i = 0; i < d->n; i++) {
		if (span_ieq((struct span){ d->v[i].name, d->v[i].n }, domain)) {
			return (struct retry_domain *)&d->v[i];
		}
	}
	return NULL;
}

/* A place for one more, if need be that of the one whose rest ends first. */
static struct retry_domain *make_room(struct retry_domains *d)
{
	if (d->n < RETRY_DOMAINS) {
		return &d->v[d->n++];
	}
	struct retry_domain *first = &d->v[0];
	for (size_t i = 1; i < d->n; i++) {
		first = d->v[i].until < first->until ? &d->v[i] : first;
	}
	return first;
}

static struct retry_domain *add(struct retry_domains *d, struct span domain)
{
	struct retry_domain *x = make_room(d);
	*x = (struct retry_domain){ .n = domain.n };
	for (size_t i = 0; i < domain.n; i++) {
		x->name[i] = domain.p[i];
	}
	return x;
}

void retry_domain_limited(struct retry_domains *d, struct span domain, int64_t now)
{
	struct retry_domain *x = find(d, domain);
	if (domain.n == 0 || domain.n > sizeof(d->v[0].name) || (x && x->until > now)) {
		return;
	}
	x = x ? x : add(d, domain);
	x->times++;
	(void)retry_next(RETRY_LIMITED, x->times, now, now, INT64_MAX, 0, &x->until);
}

void retry_domain_took(struct retry_domains *d, struct span domain)
{
	struct retry_domain *x = find(d, domain);
	if (x) {
		*x = d->v[--d->n];
	}
}

int64_t retry_domain_until(const struct retry_domains *d, struct span domain, int64_t now)
{
	const struct retry_domain *x = find(d, domain);
	return x && x->until > now ? x->until : 0;
}
