#ifndef LADLE_RULES_REVISE_WRAP_H
#define LADLE_RULES_REVISE_WRAP_H

#include "rules/revise_text.h"

/*
 * The message, untouched, becomes a part of a new multipart/mixed, the notes parts
 * before and behind it. Its Content-* fields move into the part. The recipe of it
 * is one copy step for the body. HTML: the notes are given as HTML.
 */
void revise_wrap(struct edits *x, const struct revise *r, const struct notes *notes, bool html);

/*
 * The notes become parts of the multipart/mixed MIXED, the top of the message:
 * before its first part, and before its closing boundary, which is put there when
 * it is missing. MIXED has a boundary, and parts or a closing boundary.
 */
void revise_add_parts(struct edits *x, const struct revise *r, const struct part *mixed,
                      const struct notes *notes);

#endif
