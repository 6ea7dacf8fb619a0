#ifndef LADLE_TESTS_REVISE_LAW_H
#define LADLE_TESTS_REVISE_LAW_H

/* What holds for every message and every list: see revise_law_check. */

#include "rules/revise.h"

/*
 * Revise by R, with checks that fail the test NAME:
 *   - the recipe leads back to the message, byte for byte as DKIM2 reads it;
 *   - a Message-Instance with it has at most 500 bytes, 700 for a wrapped message
 *     (LARGEST: this instead, when it is not 0; SIZE_MAX: any);
 *   - every MIME part is there as it was, but for the text that notes went into;
 *   - one From, one Subject, at most one Reply-To, when the message had not more;
 *   - no line of ours is longer than allowed.
 * Returns the edits. Messages that cannot be undone whatever is done (NUL, bare CR)
 * are only revised.
 */
struct edits *revise_law_check(const struct revise *r, size_t largest, const char *name);

#endif
