/*
 * Hashes, newest revision first (draft section 14.7), and whether each From that a
 * recipe replaces, and the first one, answers to the domain that brought it in
 * (sections 11, 14.8).
 *
 * A revision is canonical header and lines of the body; its digests are computed when
 * a set asks for them, and those of a part that a recipe leaves alone serve the older
 * revision too.
 */
#include "auth/dkim2_field.h"

#include "mail/addr.h"

/*
 * So many bytes may be rebuilt even when the message is small: a long chain of lists
 * is not an attack.
 */
static const uint64_t rebuild_at_least = 64u * 1024 * 1024;

enum { ALGS = 2 }; /* HASH_SHA256 and HASH_SHA512 */

struct digests {
	bool known[ALGS];
	struct digest v[ALGS];
};

struct revision {
	struct canon_header header;
	struct lines body;
	struct digests header_digests, body_digests;
};

static struct span header_digest(struct revision *revision, enum hash_alg alg)
{
	struct digests *d = &revision->header_digests;

	if (!d->known[alg]) {
		canon_dkim2_header_hash(alg, &revision->header, &d->v[alg]);
	}
	d->known[alg] = true;
	return digest_span(&d->v[alg]);
}

static struct span body_digest(struct revision *revision, enum hash_alg alg)
{
	struct digests *d = &revision->body_digests;

	if (!d->known[alg]) {
		recipe_lines_hash(alg, &revision->body, &d->v[alg]);
	}
	d->known[alg] = true;
	return digest_span(&d->v[alg]);
}

static struct dkim2_fault check_set(struct revision *revision, const struct dkim2_mi *mi,
                                    const struct dkim2_hash_set *set, struct dkim2_hash *result)
{
	struct dkim2_fault fault = { .id = DKIM2_OK, .n = mi->m, .value = set->name };
	bool header, body;

	if (!set->known) {
		fault.id = DKIM2_INSTANCE_ALGORITHM;
		result->header_result = result->body_result = AUTH_PERMERROR;
		return fault;
	}
	header = span_eq(header_digest(revision, set->alg), set->header);
	body = span_eq(body_digest(revision, set->alg), set->body);
	result->header_result = header ? AUTH_PASS : AUTH_FAIL;
	result->body_result = body ? AUTH_PASS : AUTH_FAIL;
	if (!header) {
		fault.id = DKIM2_INSTANCE_HEADER_HASH;
	} else if (!body) {
		fault.id = DKIM2_INSTANCE_BODY_HASH;
	}
	return fault;
}

/* RESULTS: of each set. Groups behind one that passed are not looked at. */
static struct dkim2_fault check_hashes(struct revision *revision, const struct dkim2_mi *mi,
                                       struct dkim2_hash *results)
{
	struct dkim2_fault no_group = { .id = DKIM2_INSTANCE_NO_GROUP, .n = mi->m };
	struct dkim2_tally groups = { 0 };
	size_t i = 0;

	while (i < mi->nsets && !groups.passed) {
		unsigned group = mi->sets[i].group;
		struct dkim2_tally sets = { 0 };
		struct dkim2_fault fault;

		for (; i < mi->nsets && mi->sets[i].group == group; i++) {
			fault = check_set(revision, mi, &mi->sets[i], &results[i]);
			dkim2_tally_add(&sets, &fault);
		}
		fault = dkim2_tally_all(&sets);
		dkim2_tally_add(&groups, &fault);
	}
	return dkim2_tally_any(&groups, no_group);
}

/* ---- From ---- */

static bool from_authentic(struct arena *arena, const struct canon_header *header, struct span d)
{
	const struct canon_line *from = NULL;
	struct mailbox author;

	for (size_t i = 0; i < header->n; i++) {
		if (!span_iis(header->v[i].name, "from")) {
			continue;
		}
		if (from) {
			return false;
		}
		from = &header->v[i];
	}
	return from && addr_single(arena, from->value, &author) &&
	       addr_domain_below(author.domain, d);
}

/* From of revision M answers to the first signature that covers it. */
static struct dkim2_fault check_from(struct arena *arena, const struct dkim2_chain *chain,
                                     uint64_t m, const struct revision *revision)
{
	struct dkim2_fault fault = { .id = DKIM2_OK };

	for (size_t k = 0; k < chain->nsigs; k++) {
		const struct dkim2_hop *hop = &chain->sigs[k].hop;

		if (hop->m < m) {
			continue;
		}
		if (!from_authentic(arena, &revision->header, hop->d)) {
			fault = (struct dkim2_fault){ .id = DKIM2_SIGNATURE_FROM, .n = hop->i };
		}
		return fault;
	}
	return fault; /* the highest instance is signed, so this is not reached */
}

static bool names_from(const struct recipe *recipe)
{
	for (size_t i = 0; i < recipe->nfields; i++) {
		if (span_is(recipe->fields[i].name, "from")) {
			return true;
		}
	}
	return false;
}

/* ---- recipes ---- */

static struct dkim2_fault undo(struct arena *arena, const struct dkim2_mi *mi,
                               struct revision *revision, uint64_t *budget)
{
	struct dkim2_fault fault = { .id = DKIM2_INSTANCE_RECIPE, .n = mi->m };
	struct revision older = *revision;

	if (recipe_apply(arena, &mi->recipe, &revision->header, &revision->body, &older.header,
	                 &older.body, budget, &fault.value) != RECIPE_OK) {
		return fault;
	}
	if (mi->recipe.nfields > 0) {
		older.header_digests = (struct digests){ .known = { false } };
	}
	if (mi->recipe.has_body) {
		older.body_digests = (struct digests){ .known = { false } };
	}
	*revision = older;
	return (struct dkim2_fault){ .id = DKIM2_OK };
}

/*
 * What is above m=1 has its recipe undone; m=1 is where the way ends, but must not
 * say that it cannot be.
 */
static struct dkim2_fault step_down(struct arena *arena, const struct dkim2_chain *chain,
                                    const struct dkim2_mi *mi, struct revision *revision,
                                    uint64_t *budget)
{
	struct dkim2_fault fault = { .id = DKIM2_OK };

	if (mi->has_recipe && mi->recipe.null_body) {
		return (struct dkim2_fault){ DKIM2_INSTANCE_RECIPE, mi->m, 0, SPAN("null") };
	}
	if (mi->m == 1 || (mi->has_recipe && names_from(&mi->recipe))) {
		fault = check_from(arena, chain, mi->m, revision);
	}
	if (fault.id != DKIM2_OK || mi->m == 1 || !mi->has_recipe) {
		return fault;
	}
	return undo(arena, mi, revision, budget);
}

uint64_t dkim2_budget(const struct message *m)
{
	uint64_t budget = LIMIT_REBUILD * (uint64_t)m->raw.n;

	return budget < rebuild_at_least ? rebuild_at_least : budget;
}

struct dkim2_fault dkim2_check_instances(struct arena *arena, const struct message *m,
                                         const struct dkim2_chain *chain,
                                         struct dkim2_instance *results, bool *newest)
{
	uint64_t budget = dkim2_budget(m);
	struct dkim2_fault fault = { .id = DKIM2_OK };
	struct revision revision = { 0 };

	revision.header = canon_dkim2_header(arena, m->fields, m->count);
	revision.body = recipe_lines(arena, m->body);
	for (size_t k = chain->ninstances; k > 0 && fault.id == DKIM2_OK; k--) {
		const struct dkim2_mi *mi = &chain->instances[k - 1];

		fault = check_hashes(&revision, mi, results[k - 1].sets);
		if (k == chain->ninstances) {
			*newest = fault.id == DKIM2_OK;
		}
		if (fault.id == DKIM2_OK) {
			fault = step_down(arena, chain, mi, &revision, &budget);
		}
		results[k - 1].result = AUTH_PASS;
		if (fault.id == DKIM2_OK || dkim2_fault_hop(&fault)) {
			continue;
		}
		results[k - 1].result = dkim2_fault_result(&fault);
		results[k - 1].text = dkim2_fault_text(arena, &fault);
	}
	return fault;
}
