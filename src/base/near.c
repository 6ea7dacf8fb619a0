/* The optimal string alignment distance, over three rows of its table. */
#include "base/near.h"

#include "base/ascii.h"

#include <string.h>

enum { CHANGES = 2, LENGTH = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return ascii_lower(a) == ascii_lower(b);
}

/* Changes from A to B, both of at most LENGTH bytes. */
static size_t distance(struct span a, struct span b)
{
	size_t rows[3][LENGTH + 1];
	size_t *older = rows[0], *old = rows[1], *row = rows[2];
	for (size_t k = 0; k <= b.n; k++) {
		old[k] = older[k] = k;
	}
	for (size_t i = 1; i <= a.n; i++) {
		row[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			bool equal = same(a.p[i - 1], b.p[k - 1]);
			row[k] = least(least(old[k], row[k - 1]) + 1, old[k - 1] + !equal);
			if (i > 1 && k > 1 && same(a.p[i - 1], b.p[k - 2]) &&
			    same(a.p[i - 2], b.p[k - 1])) {
				row[k] = least(row[k], older[k - 2] + 1);
			}
		}
		size_t *spare = older;
		older = old;
		old = row;
		row = spare;
	}
	return old[b.n];
}

struct near near_to(struct span word)
{
	return (struct near){ .word = word,
		              .changes = least(CHANGES, (word.n - (word.n > 0)) / 2) + 1 };
}

void near_try(struct near *near, struct span name)
{
	if (near->word.n > LENGTH || name.n > LENGTH || name.n == 0) {
		return;
	}
	size_t changes = distance(near->word, name);
	if (changes < near->changes) {
		near->changes = changes;
		near->best = name;
	}
}

struct span near_hint(struct arena *arena, const struct near *near)
{
	return near->best.n > 0
	               ? arena_printf(arena, ", did you mean \"%.*s\"?", SPAN_FMT(near->best))
	               : SPAN("");
}
