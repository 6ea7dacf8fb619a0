#ifndef LADLE_RULES_RULE_H
#define LADLE_RULES_RULE_H

/*
 * The text of the setting `rules`, ladle-rules(5): one rule a line, the first that
 * applies decides.
 *
 *     rule      = action [text] ["if" condition]
 *     condition = all *("or" all)
 *     all       = one *("and" one)
 *     one       = "not" one / "(" condition ")" / test
 *
 * rule_parse once, counts filled in by whoever has the store, then rule_ask
 * (rules/rule_ask.h) for each rule.
 */

#include "base/err.h"
#include "base/mem.h"
#include "rules/filter_rule.h"

enum rule_action { RULE_ACCEPT, RULE_HOLD, RULE_REJECT, RULE_DISCARD, RULE_TAG };
enum rule_op {
	RULE_IS, /* a flag, or a field that is there */
	RULE_EQUAL,
	RULE_UNEQUAL,
	RULE_LESS,
	RULE_LESS_EQUAL,
	RULE_MORE,
	RULE_MORE_EQUAL,
	RULE_MATCHES,
};

struct rule_subject; /* rules/rule_subject.h */

struct rule_test {
	const struct rule_subject *subject;
	enum rule_op op;
	struct span name;         /* of a header field */
	size_t count;             /* index into the set's counts, of what is counted in a period */
	int64_t number;           /* to compare with, in the subject's unit */
	struct span text;         /* to compare with; a pattern; types or extensions */
	bool caseless;            /* of a pattern */
	struct filter_rule parts; /* of types and extensions */
	struct span source;       /* as it stands in the text */
};

enum rule_node_kind { RULE_NODE_TEST, RULE_NODE_NOT, RULE_NODE_AND, RULE_NODE_OR };
struct rule_node {
	enum rule_node_kind kind;
	size_t left, right; /* indexes; of NOT only left */
	struct rule_test test;
};

struct rule {
	enum rule_action action;
	struct span text; /* reason, or tag; may be empty but for RULE_REJECT and RULE_TAG */
	bool always;      /* no condition; else: */
	size_t node;
	unsigned line;      /* in the text, from 1 */
	struct span source; /* the line */
};

/* How many posts there were in the last PERIOD seconds. */
struct rule_count {
	bool of_author; /* else of the whole list */
	uint64_t period;
	int64_t n; /* to be filled in */
};

struct rule_set {
	struct rule *v; /* all in the arena; spans in the text */
	size_t n;
	struct rule_node *nodes;
	size_t nnodes;
	struct rule_count *counts;
	size_t ncounts;
};

/* Misuse with line, column and what is wanted there. Patterns are compiled to check them. */
bool rule_parse(struct arena *arena, struct span text, struct rule_set *out, struct err *e);

#endif
