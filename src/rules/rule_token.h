#ifndef LADLE_RULES_RULE_TOKEN_H
#define LADLE_RULES_RULE_TOKEN_H

/* The words of a rule. Private to the parser. */

#include "base/mem.h"
#include "rules/rule.h"

enum rule_token_kind {
	RULE_TOKEN_END,
	RULE_TOKEN_WORD,
	RULE_TOKEN_STRING,  /* "…", with \" and \\ */
	RULE_TOKEN_PATTERN, /* /…/ or /…/i; \/ is a slash */
	RULE_TOKEN_OP,
	RULE_TOKEN_OPEN,
	RULE_TOKEN_CLOSE,
	RULE_TOKEN_BAD, /* `text` says why */
};

struct rule_token {
	enum rule_token_kind kind;
	struct span raw;  /* as it stands */
	struct span text; /* word; string without quotes and escapes; pattern */
	enum rule_op op;
	bool caseless; /* the i of a pattern */
};

/* The next word of *REST, which moves behind it. */
struct rule_token rule_token_next(struct arena *arena, struct span *rest);

#endif
