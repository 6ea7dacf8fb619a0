#ifndef LADLE_RULES_RULE_SUBJECT_H
#define LADLE_RULES_RULE_SUBJECT_H

/* What rules can ask about: one table, a row for each word. */

#include "rules/policy.h"
#include "rules/rule.h"

enum rule_kind {
	RULE_FLAG,
	RULE_NUMBER,
	RULE_SIZE,     /* bytes: 500k, 25M */
	RULE_DURATION, /* seconds: 30m, 7d */
	RULE_SCORE,    /* hundredths: 5, -0.5 */
	RULE_WORD,     /* one of `choices` */
	RULE_TEXT,     /* any number of texts; it is enough that one fits */
	RULE_TYPES,    /* parts, as content-filter's type */
	RULE_EXTENSIONS,
};

/* What stands between the word and what it is compared with. */
enum rule_takes { RULE_TAKES_NOTHING, RULE_TAKES_FIELD, RULE_TAKES_PERIOD };

enum rule_answer { RULE_NO, RULE_YES, RULE_UNKNOWN };

struct rule_subject {
	const char *name;
	enum rule_kind kind;
	enum rule_takes takes;
	const char *choices; /* words separated by single spaces */
	bool of_author;      /* RULE_TAKES_PERIOD: counts the author's posts, else the list's */
	enum rule_answer (*flag)(struct arena *arena, const struct policy_input *in);
	/* False when there is no such number: then no comparison holds. */
	bool (*number)(struct arena *arena, const struct policy_input *in, int64_t *out);
	struct span (*word)(const struct policy_input *in);
	/* The text number AT or later, AT moved behind it; false behind the last one. */
	bool (*text)(struct arena *arena, const struct policy_input *in, struct span name,
	             size_t *at, struct span *out);
};

/* The row of WORD, or NULL. */
const struct rule_subject *rule_subject_find(struct span word);

#endif
