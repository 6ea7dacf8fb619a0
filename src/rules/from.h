#ifndef LADLE_RULES_FROM_H
#define LADLE_RULES_FROM_H

/*
 * Whose name stands in From of the copies: the author's, the list's, or the one or the
 * other by recipient (design, egress modes). Pure.
 */

#include "auth/verdict.h"
#include "rules/list.h"
#include "rules/site.h"

enum from_plan {
	FROM_KEEP,
	FROM_MUNGE,
	FROM_SPLIT, /* kept for recipients in dkim2-receivers, munged for all others */
};

struct from_input {
	const struct site *site;
	const struct list *list;
	const struct dmarc_result *dmarc;
	struct span author_domain;
	bool survives;  /* an aligned DKIM1 signature of the author's verifies on the copy with From
	                   kept */
	bool continues; /* the copy with From kept continues a verified DKIM2 chain */
};

struct from_choice {
	enum from_plan plan;
	const char *why; /* one clause for trace */
};

struct from_choice from_choose(const struct from_input *in);
/* In a split: does the copy for an address at DOMAIN keep From? */
bool from_kept_for(const struct site *site, struct span domain);

#endif
