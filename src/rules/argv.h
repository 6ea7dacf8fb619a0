#ifndef LADLE_RULES_ARGV_H
#define LADLE_RULES_ARGV_H

/* A command line as a setting holds it, without a shell: words, a "word with spaces" in quotes. */

#include "base/err.h"
#include "base/mem.h"

/*
 * The words of TEXT into *WORDS (in the arena, NULL behind the last): in quotes \" and \\
 * stand for quote and backslash, nothing else has a meaning. Misuse when a quote
 * is not closed, or the first word is no absolute path.
 */
bool argv_split(struct arena *arena, struct span text, const char ***words, struct err *e);

#endif
