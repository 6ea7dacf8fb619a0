/*
 * All DKIM2 fields of a header, in the order of their numbers (draft section 14.2).
 * The fields may stand in any order in the header, so they are sorted here and nowhere
 * else.
 */
#include "auth/dkim2_field.h"

#include <stdlib.h>
#include <string.h>

static const struct dkim2_fault ok = { .id = DKIM2_OK };

static int by_i(const void *a, const void *b)
{
	const struct dkim2_sig *x = a, *y = b;

	return x->hop.i < y->hop.i ? -1 : x->hop.i > y->hop.i;
}

static int by_m(const void *a, const void *b)
{
	const struct dkim2_mi *x = a, *y = b;

	return x->m < y->m ? -1 : x->m > y->m;
}

static void sort_chain(struct dkim2_chain *chain)
{
	if (chain->nsigs > 1) {
		qsort(chain->sigs, chain->nsigs, sizeof(*chain->sigs), by_i);
	}
	if (chain->ninstances > 1) {
		qsort(chain->instances, chain->ninstances, sizeof(*chain->instances), by_m);
	}
}

struct dkim2_fault dkim2_chain_parse(struct arena *arena, const struct field *fields, size_t count,
                                     struct dkim2_chain *out)
{
	struct dkim2_fault first = ok, fault;
	size_t sigs = 0, instances = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < count; i++) {
		sigs += span_iis(fields[i].name, "dkim2-signature");
		instances += span_iis(fields[i].name, "message-instance");
	}
	out->present = sigs > 0 || instances > 0;
	if (sigs > LIMIT_SIGNATURES || instances > LIMIT_SIGNATURES) {
		return (struct dkim2_fault){ .id = DKIM2_TOO_MANY };
	}
	out->sigs = arena_array(arena, sigs, sizeof(*out->sigs));
	out->instances = arena_array(arena, instances, sizeof(*out->instances));
	for (size_t i = 0; i < count; i++) {
		if (span_iis(fields[i].name, "dkim2-signature")) {
			fault = dkim2_parse_signature(arena, &fields[i], &out->sigs[out->nsigs]);
			out->nsigs += fault.id == DKIM2_OK;
		} else if (span_iis(fields[i].name, "message-instance")) {
			fault = dkim2_parse_instance(arena, &fields[i],
			                             &out->instances[out->ninstances]);
			out->ninstances += fault.id == DKIM2_OK;
		} else {
			continue;
		}
		if (first.id == DKIM2_OK) {
			first = fault;
		}
	}
	sort_chain(out);
	return first;
}

struct dkim2_fault dkim2_chain_check(const struct dkim2_chain *chain)
{
	uint64_t highest = 0;

	for (size_t k = 0; k < chain->nsigs; k++) {
		if (chain->sigs[k].hop.i != k + 1) {
			return (struct dkim2_fault){ .id = DKIM2_SIGNATURE_MISSING, .n = k + 1 };
		}
	}
	if (chain->nsigs == 0) {
		return (struct dkim2_fault){ .id = DKIM2_SIGNATURE_MISSING, .n = 1 };
	}
	for (size_t k = 0; k < chain->ninstances; k++) {
		if (chain->instances[k].m != k + 1) {
			return (struct dkim2_fault){ .id = DKIM2_INSTANCE_MISSING, .n = k + 1 };
		}
	}
	for (size_t k = 0; k < chain->nsigs; k++) {
		uint64_t m = chain->sigs[k].hop.m;

		if (m == 0 || m > chain->ninstances) {
			return (struct dkim2_fault){ .id = DKIM2_INSTANCE_MISSING, .n = m };
		}
		if (m < highest) {
			return (struct dkim2_fault){ .id = DKIM2_SIGNATURE_SYNTAX, .n = k + 1 };
		}
		highest = m;
	}
	if (highest < chain->ninstances) {
		return (struct dkim2_fault){ .id = DKIM2_INSTANCE_UNSIGNED,
			                     .n = chain->ninstances };
	}
	return ok;
}
