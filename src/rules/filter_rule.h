#ifndef LADLE_RULES_FILTER_RULE_H
#define LADLE_RULES_FILTER_RULE_H

/*
 * The rules of the setting content-filter, one a line:
 *
 *     ACTION type TYPE/SUBTYPE,…       * as the subtype: any; * alone: all but multiparts
 *     ACTION extension EXT,…           of any file name of the part
 *     ACTION part-size SIZE            parts larger than that, once decoded
 *
 * ACTION is keep, strip, hold, reject or discard. Empty lines and what follows a #
 * at the start of a line do not count.
 */

#include "base/err.h"
#include "base/mem.h"

/* The weakest first: of all parts the strongest counts. */
enum filter_action { FILTER_KEEP, FILTER_STRIP, FILTER_HOLD, FILTER_REJECT, FILTER_DISCARD };
enum filter_subject { FILTER_TYPE, FILTER_EXTENSION, FILTER_PART_SIZE };

struct filter_rule {
	enum filter_action action;
	enum filter_subject subject;
	struct span values; /* types or extensions, separated by commas */
	uint64_t size;      /* bytes, of FILTER_PART_SIZE */
	struct span text;   /* the line, for reasons */
};

struct filter_rules {
	struct filter_rule *v; /* in the arena; their spans in the text */
	size_t n;
};

/* What a rule is asked about. */
struct filter_subject_of {
	struct span type, subtype;
	const struct span *names; /* file names, any reading of them */
	size_t nnames;
	uint64_t size;
	bool leaf; /* not a multipart: * means it, and its size counts */
};

/* Misuse with the number of the line and what is wrong with it. */
bool filter_rule_parse(struct arena *arena, struct span text, struct filter_rules *out,
                       struct err *e);

/* The first rule that meets PART, or NULL. */
const struct filter_rule *filter_rule_find(const struct filter_rules *rules,
                                           const struct filter_subject_of *part);

/*
 * Does a file of this NAME end in "." EXT once it is on somebody's disk? Without regard
 * to ASCII case; white space, dots and control characters at the end do not count; what
 * is before a NUL, a slash, a backslash or a colon is asked as well.
 */
bool filter_rule_extension(struct span name, struct span ext);

#endif
