#ifndef LADLE_RULES_RULE_ASK_H
#define LADLE_RULES_RULE_ASK_H

/*
 * Does a rule apply? Pure. Of three answers: where a pattern meets a limit, or it
 * cannot be seen which parts a message has, nobody knows, and "and", "or" and "not" go
 * by that.
 */

#include "rules/rule_subject.h"

struct rule_said {
	enum rule_answer answer;
	struct span why; /* what each condition that was asked found; in the arena */
};

struct rule_said rule_ask(struct arena *arena, const struct rule_set *set, const struct rule *rule,
                          const struct policy_input *in);

#endif
