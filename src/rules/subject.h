#ifndef LADLE_RULES_SUBJECT_H
#define LADLE_RULES_SUBJECT_H

/* What stands before the text of a subject: reply marks and the tag of a list. */

#include "base/mem.h"

struct subject {
	size_t begin;      /* where the prefix begins, behind white space */
	size_t end;        /* where the text begins, behind marks, tags and white space */
	unsigned marks;    /* "Re:", "AW:", "Re[2]:" and their like */
	struct span mark;  /* the first of them */
	unsigned tags;     /* in the prefix */
	bool tag_first;    /* the first tag stands before every mark */
	bool number_right; /* every tag has the number asked for, or has none */
};

/*
 * Read TEXT (decoded, UTF-8) by the pattern TAG, in which %d stands for a number
 * and %% for a percent sign; NUMBER is the one of the post. Spans point into TEXT.
 */
struct subject subject_read(struct span text, struct span tag, uint64_t number);

/*
 * The tag at or behind *AT in TEXT: *AT is moved behind it and the white space that
 * follows, *FROM is where it begins. False when there is none.
 */
bool subject_find_tag(struct span text, struct span tag, size_t *from, size_t *at);

/* TAG with NUMBER put in. */
struct span subject_tag(struct arena *arena, struct span tag, uint64_t number);

#endif
