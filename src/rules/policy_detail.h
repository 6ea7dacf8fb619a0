#ifndef LADLE_RULES_POLICY_DETAIL_H
#define LADLE_RULES_POLICY_DETAIL_H

/* What a check of rules/policy.c found, for a moderator who has to judge it. Pure. */

#include "rules/policy.h"

/*
 * Which limit, which value, which field made RULE apply to IN: "30000000 bytes, message-size
 * allows 26214400". Printable and not long; empty where the rule's name says it all.
 */
struct span policy_detail(struct arena *arena, const char *rule, const struct policy_input *in);

#endif
