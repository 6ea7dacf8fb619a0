#ifndef LADLE_RULES_TOKEN_H
#define LADLE_RULES_TOKEN_H

/*
 * Stateless tokens in addresses: ids and a truncated HMAC-SHA256 (80 bits) over kind, list
 * and ids, as lower-case base32. Checked in constant time, without regard to case.
 */

#include "base/mem.h"

enum token_kind { TOKEN_BOUNCE, TOKEN_UNSUBSCRIBE };

struct token {
	int64_t post; /* 0 for TOKEN_UNSUBSCRIBE */
	int64_t member;
};

struct span token_make(struct arena *arena, struct span secret, enum token_kind kind, int64_t list,
                       const struct token *t);
bool token_check(struct span secret, enum token_kind kind, int64_t list, struct span text,
                 struct token *out);

#endif
