#ifndef LADLE_RULES_FILTER_TREE_H
#define LADLE_RULES_FILTER_TREE_H

/* All parts of a post in one array, attached messages opened. Private to the filter. */

#include "rules/filter.h"

struct filter_tree {
	struct filter_part *v;
	size_t n;
	const char *doubt; /* why the parts may not be all there are, or NULL */
};

/* RULES are asked about each part. */
void filter_tree_read(struct arena *arena, const struct filter_rules *rules,
                      const struct message *m, struct filter_tree *out);

#endif
