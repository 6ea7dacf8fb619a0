#ifndef LADLE_RULES_EGRESS_H
#define LADLE_RULES_EGRESS_H

/* In which mode a post leaves (design, egress modes). Pure. */

#include "auth/verdict.h"

enum egress {
	EGRESS_CONTINUE,   /* verified DKIM2: next instance with recipe, next signature */
	EGRESS_NEW_ORIGIN, /* m=1 with recipe, i=1 */
	EGRESS_OPAQUE,     /* new origin without recipe; incoming DKIM2 fields dropped */
	EGRESS_PLAIN,      /* no DKIM2 of ours, DKIM1 only */
	EGRESS_REFUSED,    /* From kept on something that cannot be undone: not allowed */
};
const char *egress_name(enum egress m); /* "continue", "new-origin", "opaque", "plain", "refused" */

/* Does our return path follow from an address that the newest signature names (draft section 8)? */
enum egress_custody {
	EGRESS_FITS,
	EGRESS_BY_HOP, /* not by itself; there is a key for an imaginary hop in between */
	EGRESS_NO_KEY, /* not by itself, and there is none */
};

/*
 * The custody of what goes on from LIST_DOMAIN with the chain that it came with; ARRIVED_KEY:
 * there is a key for the domain at which it arrived. EGRESS_FITS for a chain that does not
 * verify, which does not go on.
 */
enum egress_custody egress_custody(struct arena *arena, const struct dkim2_result *chain,
                                   struct span list_domain, bool arrived_key);

struct egress_input {
	bool sign; /* the list signs at all */
	enum auth_result dkim2;
	bool has_dkim2_fields; /* any, also broken ones */
	bool reversible;       /* the edits have a recipe */
	bool munged;           /* From is the list's */
	bool from_ours; /* the author's domain answers to the list's signing domain, and he is
	                   authenticated */
	enum egress_custody custody;
};

struct egress_choice {
	enum egress mode;
	const char *why; /* one clause for trace */
};

struct egress_choice egress_choose(const struct egress_input *in);

#endif
