#ifndef LADLE_AUTH_RECIPE_H
#define LADLE_AUTH_RECIPE_H

/*
 * DKIM2 recipes (draft section 5): how to get the previous revision out of this
 * one. Written from an edit list, read from JSON, applied to a revision.
 *
 * Invariants:
 *   1. recipe_apply(recipe_make(edits), what edits print) gives the old message,
 *      but for trailing empty lines of the body, folding and WSP of header values,
 *      and unhashed fields;
 *   2. a recipe never names an unhashed field, nor "from" unless a From was edited;
 *   3. names are lower case, copy ranges ascend, literals hold no CR or LF.
 */

#include "auth/canon.h"
#include "mail/edit.h"

/* What stands for RECIPE_INVALID in texts is cut to this many bytes. */
#define RECIPE_EXCERPT 64u

enum step_kind { STEP_COPY, STEP_TEXT };

struct step {
	enum step_kind kind;
	uint64_t first, last; /* STEP_COPY: inclusive, from 1 */
	struct span text;     /* STEP_TEXT: one line or field value, decoded */
};

struct recipe_field {
	struct span name; /* lower case */
	struct step *steps;
	size_t n;
};

struct recipe {
	struct recipe_field *fields; /* ascending by name, no name twice, none unhashed */
	size_t nfields;
	struct step *body; /* when has_body */
	size_t nbody;
	bool has_body;  /* a "b" key: the body differs */
	bool null_body; /* "b": null, cannot be undone */
};

/*
 * The recipe that undoes the finished list X, as compact JSON in ARENA. *OUT is empty
 * when nothing hashed changed. False (permanent) when it cannot be expressed: X is
 * irreversible, a bare CR or LF in the old message, over LIMIT_RECIPE_OUT.
 */
bool recipe_make(struct arena *arena, const struct edits *x, struct span *json, struct err *e);

/* Why recipe_parse refused, for the exact texts of the draft. */
enum recipe_error { RECIPE_OK, RECIPE_JSON, RECIPE_INVALID };

/*
 * Parse JSON strictly (draft section 5; duplicate and case-folded duplicate
 * keys, limits of limits.h). *WHAT (for RECIPE_INVALID) names the offending
 * value as the text "Recipe <value> is invalid" wants it.
 */
enum recipe_error recipe_parse(struct arena *arena, struct span json, struct recipe *out,
                               struct span *what);

/*
 * A body as lines, which is what recipe steps index, kept as runs of whole lines: an
 * index of every line of a body of empty lines would be eight times the message.
 */
struct run {
	struct span bytes; /* lines with their CRLFs */
	bool open;         /* the last line has no CRLF of its own; {"", true} is one empty line */
};
struct lines {
	struct run *v;
	size_t n;
};
struct lines recipe_lines(struct arena *arena, struct span body);

/*
 * Apply to a revision, given as canonical header and lines of its body. The older
 * revision's come out; they borrow from R, HEADER and BODY. *BUDGET: bytes that may
 * still be built, decreased. RECIPE_INVALID when a range is out of bounds or the
 * budget ends; *WHAT as above.
 */
enum recipe_error recipe_apply(struct arena *arena, const struct recipe *r,
                               const struct canon_header *header, const struct lines *body,
                               struct canon_header *old_header, struct lines *old_body,
                               uint64_t *budget, struct span *what);
/* Only the body of that. */
enum recipe_error recipe_apply_body(struct arena *arena, const struct recipe *r,
                                    const struct lines *body, struct lines *old_body,
                                    uint64_t *budget, struct span *what);

/* The "simple" body hash of lines, each followed by CRLF. */
void recipe_lines_hash(enum hash_alg alg, const struct lines *body, struct digest *out);

#endif
