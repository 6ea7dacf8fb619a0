#ifndef LADLE_RULES_FORWARD_H
#define LADLE_RULES_FORWARD_H

/* Is mail for the owners of a list handed on to them, and how? Pure. */

#include "rules/egress.h"
#include "rules/policy.h"

struct forward_input {
	const struct list *list;
	const struct message *message;
	const struct verdict *verdict;
	struct span list_id; /* our X-Loop */
	size_t size, limit;  /* octets: of the message, at most */
	bool truncated;
	bool patient; /* it can be put back */
	enum egress_custody custody;
};

struct forward_choice {
	enum decision decision; /* DECISION_DISCARD: handed on, nothing more to be done with it */
	const char *rule;
	const char *reason;
	bool continues; /* with a DKIM2 signature of ours */
	bool by_hop;    /* and an imaginary hop of the domain that it came to */
	bool opaque;    /* without the DKIM2 fields that it has */
};

struct forward_choice forward_choose(const struct forward_input *in);

#endif
