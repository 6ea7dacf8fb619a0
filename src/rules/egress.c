/*
 * The table of egress modes. Read top down: the first row whose conditions hold
 * decides. A condition that a row does not name does not matter.
 */
#include "rules/egress.h"

#include "mail/addr.h"

enum need { ANY, NO, YES };
#define CUSTODY(c) (1u << (c))

static const struct row {
	enum need verified; /* DKIM2 pass */
	enum need dkim2;    /* DKIM2 fields are there */
	enum need reversible, munged, ours;
	unsigned custody; /* CUSTODY() of those it holds for; 0: of all */
	enum egress mode;
	const char *why;
} rows[] = {
	/* verified dkim2 reversible munged ours custody */
	{ YES, ANY, YES, ANY, ANY, CUSTODY(EGRESS_FITS), EGRESS_CONTINUE,
	  "the chain verified and the changes can be undone" },
	{ YES, ANY, YES, ANY, ANY, CUSTODY(EGRESS_BY_HOP), EGRESS_CONTINUE,
	  "the chain verified and the changes can be undone; a hop of the address it came to "
	  "leads to the list" },
	{ YES, ANY, YES, YES, ANY, CUSTODY(EGRESS_NO_KEY), EGRESS_NEW_ORIGIN,
	  "the domain of the address it came to has no key here: a new chain begins" },
	{ YES, ANY, YES, NO, ANY, CUSTODY(EGRESS_NO_KEY), EGRESS_REFUSED,
	  "the domain of the address it came to has no key here" },
	{ NO, YES, ANY, YES, ANY, 0, EGRESS_OPAQUE, "the chain did not verify: a new one begins" },
	{ NO, YES, ANY, NO, ANY, 0, EGRESS_REFUSED, "the chain did not verify" },
	{ ANY, NO, YES, YES, ANY, 0, EGRESS_NEW_ORIGIN, "no chain came in, From is the list's" },
	{ ANY, NO, YES, NO, YES, 0, EGRESS_NEW_ORIGIN,
	  "no chain came in, the author's domain is the list's own" },
	{ ANY, NO, ANY, NO, ANY, 0, EGRESS_PLAIN, "no chain came in and From is the author's" },
	{ ANY, ANY, NO, YES, ANY, 0, EGRESS_OPAQUE, "the changes cannot be undone" },
	{ ANY, ANY, NO, NO, ANY, 0, EGRESS_REFUSED, "the changes cannot be undone" },
};

static const char *const names[] = {
	[EGRESS_CONTINUE] = "continue", [EGRESS_NEW_ORIGIN] = "new-origin",
	[EGRESS_OPAQUE] = "opaque",     [EGRESS_PLAIN] = "plain",
	[EGRESS_REFUSED] = "refused",
};

const char *egress_name(enum egress m)
{
	return names[m];
}

static bool holds(enum need need, bool is)
{
	return need == ANY || (need == YES) == is;
}

struct egress_choice egress_choose(const struct egress_input *in)
{
	if (!in->sign) {
		return (struct egress_choice){ EGRESS_PLAIN, "the list does not sign" };
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		if (holds(r->verified, in->dkim2 == AUTH_PASS) &&
		    holds(r->dkim2, in->has_dkim2_fields) && holds(r->reversible, in->reversible) &&
		    holds(r->munged, in->munged) && holds(r->ours, in->from_ours) &&
		    (r->custody == 0 || (r->custody & CUSTODY(in->custody)) != 0)) {
			return (struct egress_choice){ r->mode, r->why };
		}
	}
	return (struct egress_choice){ EGRESS_REFUSED, "no mode fits" };
}

/*
 * A return path at the list's domain follows from one of the addresses that the newest
 * signature names, if that one's domain is the list's or above it.
 */
enum egress_custody egress_custody(struct arena *arena, const struct dkim2_result *chain,
                                   struct span list_domain, bool arrived_key)
{
	if (chain->result != AUTH_PASS) {
		return EGRESS_FITS;
	}
	const struct dkim2_hop *last = &chain->hops[chain->nhops - 1];
	for (size_t i = 0; i < last->rts; i++) {
		struct span rt;
		if (addr_path(arena, last->rt[i], &rt, NULL) &&
		    addr_domain_below(list_domain, addr_domain(rt))) {
			return EGRESS_FITS;
		}
	}
	return arrived_key ? EGRESS_BY_HOP : EGRESS_NO_KEY;
}
