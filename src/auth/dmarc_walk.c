/*
 * The tree walk: from a domain to the top, over at most DMARC_QUERIES names; of a
 * longer name the middle is skipped. Domains are spans into the one it began with.
 */
#include "auth/dmarc_walk.h"

size_t dmarc_labels(struct span domain)
{
	size_t n = 0;

	while (domain.p && domain.n) {
		span_cut(&domain, '.');
		n++;
	}
	return n;
}

/* The last N labels of DOMAIN. */
static struct span suffix(struct span domain, size_t n)
{
	for (size_t labels = dmarc_labels(domain); labels > n; labels--) {
		span_cut(&domain, '.');
	}
	return domain;
}

size_t dmarc_walk_domains(struct span domain, struct span domains[DMARC_QUERIES])
{
	size_t labels = dmarc_labels(domain), n = 0;

	if (!labels) {
		return 0;
	}
	domains[n++] = domain;
	for (size_t left = labels < DMARC_QUERIES ? labels : DMARC_QUERIES; left > 1; left--) {
		domains[n++] = suffix(domain, left - 1);
	}
	return n;
}

/* The one DMARC record of ANSWER; several are none. */
static void read_answer(const struct txt *answer, struct dmarc_level *level)
{
	struct dmarc_record record;
	size_t count = 0;

	for (size_t i = 0; i < answer->n; i++) {
		if (dmarc_record_parse(answer->records[i], &record)) {
			level->record = record;
			count++;
		}
	}
	level->found = count == 1;
	level->authenticated = level->found && answer->authenticated;
}

static void ask(struct arena *arena, const struct keysource *source, struct dmarc_walk *w,
                struct dmarc_level *level)
{
	struct span name = arena_join(arena, SPAN("_dmarc."), level->domain, SPAN_END);
	struct txt answer = source->txt(source->self, arena, name);

	if (answer.status == TXT_FOUND) {
		read_answer(&answer, level);
	}
	w->refused = w->refused || answer.status == TXT_REFUSED;
	level->unknown = answer.status == TXT_REFUSED || answer.status == TXT_TEMPORARY;
}

static bool found_before(const struct dmarc_walk *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (w->v[i].found) {
			return true;
		}
	}
	return false;
}

/*
 * A top-level domain that does not answer stands in nobody's way who has a record
 * of his own: what it could say matters to those without one.
 */
static void forgive_top(struct dmarc_walk *w)
{
	struct dmarc_level *top = &w->v[w->n - 1];

	if (top->unknown && w->n > 1 && dmarc_labels(top->domain) == 1 &&
	    found_before(w, w->n - 1)) {
		top->unknown = false;
	}
}

void dmarc_walk(struct arena *arena, const struct keysource *source, struct span start,
                struct dmarc_walk *out)
{
	struct span domains[DMARC_QUERIES];
	size_t n = dmarc_walk_domains(start, domains);

	*out = (struct dmarc_walk){ .start = start };
	for (size_t i = 0; i < n; i++) {
		struct dmarc_level *level = &out->v[out->n++];

		level->domain = domains[i];
		ask(arena, source, out, level);
		if (level->found && level->record.psd != DMARC_PSD_UNKNOWN) {
			break;
		}
	}
	if (out->n) {
		forgive_top(out);
	}
}

bool dmarc_walk_organization(const struct dmarc_walk *w, struct span *out)
{
	*out = w->start;
	for (size_t i = 0; i < w->n; i++) {
		const struct dmarc_level *level = &w->v[i];

		if (level->unknown) {
			return false;
		}
		if (!level->found) {
			continue;
		}
		if (i && level->record.psd == DMARC_PSD_YES) {
			*out = suffix(w->start, dmarc_labels(level->domain) + 1);
			return true;
		}
		*out = level->domain;
	}
	return true;
}
