#ifndef LADLE_FLOW_ARRIVAL_RULES_H
#define LADLE_FLOW_ARRIVAL_RULES_H

/* The rules about an arrival, with what they ask the store; and what they leave behind. */

#include "flow/arrival.h"

/* Put the rules of the site and the list into *IN, and what is known of the author's writing. */
bool arrival_rules_load(struct context *c, struct arrival *a, struct policy_input *in,
                        struct err *e);
/* Rules applied to A that give it TAGS: for the list's edits of this post. */
void arrival_rules_tag(struct arrival *a, const struct span *tags, size_t n);
/* For later rules to count, inside the transaction: A came, and was decided; A is distributed. */
bool arrival_rules_came(struct context *c, const struct arrival *a, struct err *e);
bool arrival_rules_posted(struct context *c, const struct arrival *a, struct err *e);

#endif
