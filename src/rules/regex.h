#ifndef LADLE_RULES_REGEX_H
#define LADLE_RULES_REGEX_H

/* PCRE2 with match, depth and heap limits: UTF, case-insensitive unless said. */

#include "base/err.h"

struct regex;
/* Misuse with pattern, offset and reason when PATTERN does not compile. */
struct regex *regex_new(struct span pattern, struct err *e);
/* The same, for which the case of letters counts. */
struct regex *regex_new_case(struct span pattern, struct err *e);
void regex_free(struct regex *r);
/* Invalid UTF-8 in TEXT matches as far as PCRE2 can (MATCH_INVALID_UTF). A limit that strikes
 * counts as a match (*LIMITED set): hold rather than miss. */
bool regex_match(const struct regex *r, struct span text, bool *limited);

#endif
