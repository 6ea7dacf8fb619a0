#ifndef LADLE_RULES_REVISE_WRAP_H
#define LADLE_RULES_REVISE_WRAP_H

#include "rules/revise.h"

/*
 * The message, untouched, becomes the first part of a new multipart/mixed; FOOTER
 * (UTF-8, CRLF lines) the second. Its Content-* fields move into the part. The
 * recipe of it is one copy step for the body.
 */
void revise_wrap(struct edits *x, const struct revise *r, struct span footer);

#endif
