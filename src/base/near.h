#ifndef LADLE_BASE_NEAR_H
#define LADLE_BASE_NEAR_H

/*
 * "Did you mean …?": the one of some names that a word was meant to be. Near is what at
 * most two letters put in, left out, changed or swapped with their neighbour lead to, and
 * less than half of the word.
 *
 *     struct near near = near_to(word);
 *     for each name: near_try(&near, name);
 *     …near_hint(arena, &near)…
 */

#include "base/mem.h"

struct near {
	struct span word, best; /* best is empty while there is none */
	size_t changes;         /* from word to best */
};

struct near near_to(struct span word);
/* NAME, which must live as long, if it is nearer than those before. ASCII case does not matter. */
void near_try(struct near *near, struct span name);
/* ", did you mean "NAME"?", or empty. NUL-terminated. */
struct span near_hint(struct arena *arena, const struct near *near);

#endif
