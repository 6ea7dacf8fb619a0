#ifndef LADLE_RULES_REVISE_CONTENT_H
#define LADLE_RULES_REVISE_CONTENT_H

/*
 * The edits that the content filter asks for. A pass of its own, before all others: the
 * message it makes is the one that is tagged, footed and signed. What is removed can not
 * be brought back (edit_irreversible).
 */

#include "mail/edit.h"
#include "rules/filter.h"

/* FILTERED is about the message of X. LIST is named in the texts that take a part's place. */
void revise_content(struct edits *x, const struct filter_result *filtered, struct span list);

#endif
