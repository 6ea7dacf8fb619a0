/*
 * Policy discovery, alignment and result. The walk from the author's domain is made
 * once. Any other domain is walked from only when it is at or below the author's
 * organizational domain, since the organizational domain of a name is never
 * elsewhere than at or above it.
 */
#include "auth/dmarc.h"

#include "auth/dmarc_walk.h"
#include "mail/addr.h"
#include "mail/idn.h"

enum state {
	STATE_NONE,    /* no record applies */
	STATE_RECORD,  /* `applied` does */
	STATE_UNKNOWN, /* the DNS failed */
};

struct dmarc {
	struct arena *arena;
	const struct keysource *source;
	struct span author; /* A-labels; empty: there is none */
	struct dmarc_walk walk;
	struct span organization; /* when known */
	bool has_organization;
	enum state state;
	const struct dmarc_level *applied; /* its record; also with STATE_NONE, if void */
	enum dmarc_policy policy;
};

size_t dmarc_names(struct arena *arena, struct span domain, struct span names[DMARC_QUERIES])
{
	size_t n = dmarc_walk_domains(domain, names);

	for (size_t i = 0; i < n; i++) {
		names[i] = arena_join(arena, SPAN("_dmarc."), names[i], SPAN_END);
	}
	return n;
}

/* ---- discovery (RFC 9989 4.10.1) ---- */

static enum dmarc_policy severer(enum dmarc_policy a, enum dmarc_policy b)
{
	return a > b ? a : b;
}

/* sp= or np= of R, as the author's domain exists or not; while nobody knows, the severer. */
static enum dmarc_policy subdomain_policy(struct dmarc *d, const struct dmarc_record *r)
{
	struct txt answer;

	if (r->sp == r->np) {
		return r->sp;
	}
	answer = d->source->txt(d->source->self, d->arena, d->author);
	if (answer.status == TXT_FOUND || answer.status == TXT_NONE) {
		return answer.no_name ? r->np : r->sp;
	}
	return severer(r->sp, r->np);
}

/* The level whose record applies when the author's domain has none: its organization's, or that
 * of the public suffix. */
static const struct dmarc_level *inherited(const struct dmarc *d)
{
	const struct dmarc_level *last = d->walk.n ? &d->walk.v[d->walk.n - 1] : NULL;

	for (size_t i = 0; i < d->walk.n; i++) {
		if (d->walk.v[i].found && span_eq(d->walk.v[i].domain, d->organization)) {
			return &d->walk.v[i];
		}
	}
	return last && last->found && last->record.psd == DMARC_PSD_YES ? last : NULL;
}

static enum state choose_record(struct dmarc *d)
{
	const struct dmarc_level *own = d->walk.n ? &d->walk.v[0] : NULL;

	if (!own) {
		return STATE_NONE;
	}
	if (own->found) {
		d->applied = own;
	} else if (!d->has_organization) {
		return STATE_UNKNOWN;
	} else {
		d->applied = inherited(d);
	}
	return d->applied && !d->applied->record.void_policy ? STATE_RECORD : STATE_NONE;
}

struct dmarc *dmarc_discover(struct arena *arena, const struct keysource *source,
                             struct span author)
{
	struct dmarc *d = ARENA_NEW(arena, struct dmarc);

	d->arena = arena;
	d->source = source;
	d->author = SPAN("");
	if (author.n && !idn_ascii(arena, author, &d->author, NULL)) {
		d->author = SPAN("");
	}
	dmarc_walk(arena, source, d->author, &d->walk);
	d->has_organization = dmarc_walk_organization(&d->walk, &d->organization);
	d->state = choose_record(d);
	if (d->state == STATE_RECORD) {
		const struct dmarc_record *r = &d->applied->record;

		d->policy = d->applied == d->walk.v ? r->p : subdomain_policy(d, r);
	}
	return d;
}

/* ---- alignment (RFC 9989 4.10.2) ---- */

static bool related(struct span a, struct span b)
{
	struct span shorter = a.n < b.n ? a : b;

	return dmarc_labels(shorter) > 1 && (addr_domain_below(a, b) || addr_domain_below(b, a));
}

/* Could the two be of one organization? They have two labels in common. */
static bool may_be_one(struct span a, struct span b)
{
	while (dmarc_labels(a) > 2) {
		span_cut(&a, '.');
	}
	return dmarc_labels(a) == 2 && addr_domain_below(b, a);
}

/* WALK: the DNS may be asked. */
static enum dmarc_alignment align(const struct dmarc *d, struct span domain, bool strict, bool walk)
{
	struct dmarc_walk other;
	struct span organization;

	if (!d->author.n || !idn_ascii(d->arena, domain, &domain, NULL)) {
		return DMARC_APART;
	}
	if (span_eq(domain, d->author)) {
		return DMARC_ALIGNED;
	}
	if (d->state == STATE_NONE) {
		return related(domain, d->author) ? DMARC_ALIGNED : DMARC_APART;
	}
	if (d->state == STATE_UNKNOWN || (!strict && !d->has_organization)) {
		return may_be_one(domain, d->author) ? DMARC_UNDECIDED : DMARC_APART;
	}
	if (strict || !addr_domain_below(domain, d->organization)) {
		return DMARC_APART;
	}
	if (!walk) {
		return DMARC_ALIGNED;
	}
	dmarc_walk(d->arena, d->source, domain, &other);
	if (!dmarc_walk_organization(&other, &organization)) {
		return other.refused ? DMARC_APART : DMARC_UNDECIDED;
	}
	return span_eq(organization, d->organization) ? DMARC_ALIGNED : DMARC_APART;
}

enum dmarc_alignment dmarc_align(const struct dmarc *d, struct span domain, bool strict)
{
	return align(d, domain, strict, true);
}

static bool strict_dkim(const struct dmarc *d)
{
	return d->state == STATE_RECORD && d->applied->record.strict_dkim;
}

static bool strict_spf(const struct dmarc *d)
{
	return d->state == STATE_RECORD && d->applied->record.strict_spf;
}

void dmarc_align_signatures(const struct dmarc *d, struct dkim1_result *dkim, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool walk = dkim[i].result == AUTH_PASS;

		dkim[i].aligned = align(d, dkim[i].d, strict_dkim(d), walk) == DMARC_ALIGNED;
	}
}

/* ---- the result ---- */

/* Of what passed or may yet pass: is one aligned, may one yet be? */
struct tally {
	bool aligned, undecided;
};

static void count_dkim(const struct dmarc *d, const struct dkim1_result *r, struct tally *t)
{
	if (r->partial) {
		return;
	}
	if (r->result == AUTH_PASS) {
		t->aligned = t->aligned || r->aligned;
		t->undecided = t->undecided || (!r->aligned && align(d, r->d, strict_dkim(d),
		                                                     true) == DMARC_UNDECIDED);
	} else if (r->result == AUTH_TEMPERROR) {
		t->undecided = t->undecided || align(d, r->d, strict_dkim(d), false) != DMARC_APART;
	}
}

/* Without a record SPF proves nothing about From. */
static void count_spf(const struct dmarc *d, const struct spf_result *spf, struct tally *t)
{
	enum dmarc_alignment a;

	if (!span_iis(spf->result, "pass") || !spf->domain.n) {
		return;
	}
	a = align(d, spf->domain, strict_spf(d), true);
	t->aligned = t->aligned || (a == DMARC_ALIGNED && d->state == STATE_RECORD);
	t->undecided = t->undecided || a == DMARC_UNDECIDED ||
	               (a == DMARC_ALIGNED && d->state == STATE_UNKNOWN);
}

static void conclude(const struct dmarc *d, const struct tally *t, struct dmarc_result *out)
{
	if (!d->author.n) {
		out->text = SPAN("From does not name exactly one author");
	} else if (d->state == STATE_UNKNOWN) {
		out->result = AUTH_TEMPERROR;
		out->text = SPAN("the record could not be fetched");
	} else if (d->state == STATE_NONE) {
		out->text = d->applied ? SPAN("the record has no valid policy") : SPAN("no record");
	} else if (t->aligned) {
		out->result = AUTH_PASS;
	} else if (t->undecided) {
		out->result = AUTH_TEMPERROR;
		out->text = SPAN("a key or a record could not be fetched");
	} else {
		out->result = AUTH_FAIL;
		out->text = SPAN("nothing that passed is aligned");
	}
}

struct dmarc_result dmarc_evaluate(const struct dmarc *d, const struct dkim1_result *dkim, size_t n,
                                   const struct spf_result *spf, bool *undecided)
{
	struct dmarc_result out = { .author = d->author };
	struct tally t = { false, false };

	if (d->has_organization) {
		out.organization = d->organization;
	}
	if (d->state == STATE_RECORD) {
		out.found = d->applied->domain;
		out.policy = d->policy;
		out.testing = d->applied->record.testing;
		out.strict_dkim = d->applied->record.strict_dkim;
		out.strict_spf = d->applied->record.strict_spf;
		out.authenticated = d->applied->authenticated;
	}
	for (size_t i = 0; i < n; i++) {
		count_dkim(d, &dkim[i], &t);
	}
	count_spf(d, spf, &t);
	conclude(d, &t, &out);
	*undecided = t.undecided && !t.aligned;
	return out;
}

/* ---- what it asks for ---- */

enum dmarc_policy dmarc_effective(const struct dmarc_result *r)
{
	if (!r->found.n) {
		return DMARC_POLICY_NONE;
	}
	return r->testing && r->policy ? r->policy - 1 : r->policy;
}

const char *dmarc_policy_name(enum dmarc_policy p)
{
	static const char *const words[] = {
		[DMARC_POLICY_NONE] = "none",
		[DMARC_POLICY_QUARANTINE] = "quarantine",
		[DMARC_POLICY_REJECT] = "reject",
	};

	return words[p];
}
