#ifndef LADLE_RULES_REVISE_TEXT_H
#define LADLE_RULES_REVISE_TEXT_H

#include "mail/mime.h"
#include "rules/revise.h"

/* What a list puts above and below a post; lines with CRLF, or empty. */
struct notes {
	struct span head, foot;           /* UTF-8 */
	struct span html_head, html_foot; /* ASCII */
};

/*
 * Put the notes into the text/plain or text/html part P, in its own charset and
 * transfer encoding; all of the part keeps its bytes but for the end of its last
 * line. False, and nothing done, where it cannot carry them.
 */
bool revise_text(struct edits *x, const struct revise *r, const struct part *p,
                 const struct notes *notes);

#endif
