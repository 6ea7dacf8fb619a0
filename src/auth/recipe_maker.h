#ifndef LADLE_AUTH_RECIPE_MAKER_H
#define LADLE_AUTH_RECIPE_MAKER_H

/* What recipe_make.c (header) and recipe_make_body.c share. Nobody else includes this. */

#include "auth/recipe.h"
#include "base/json.h"

struct maker {
	struct arena *arena;
	const struct edits *x;
	struct step *steps; /* of the list being made */
	size_t n, cap;
	size_t literal; /* bytes of literals in all lists */
	struct json json;
	struct buf out;
};

/* Copy lines or fields [FIRST, LAST]; joined to the copy before where that is possible. */
void recipe_add_copy(struct maker *maker, uint64_t first, uint64_t last);
/* False when all literals together are too long. */
bool recipe_add_literal(struct maker *maker, struct span text);
/* The list of steps as JSON; it is empty afterwards. */
void recipe_write_steps(struct maker *maker);
/* Fills *E, returns false. */
bool recipe_too_large(struct err *e);

/* "b", when the body is another one; *ANY is set then. */
bool recipe_make_body(struct maker *maker, bool *any, struct err *e);

#endif
