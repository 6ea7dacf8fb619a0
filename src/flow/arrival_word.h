#ifndef LADLE_FLOW_ARRIVAL_WORD_H
#define LADLE_FLOW_ARRIVAL_WORD_H

/*
 * Mail whose address has a token in it: a moderator's word about a held message, and posts
 * with a pass. Private to the process station.
 */

#include "flow/arrival.h"
#include "mail/edit.h"

/* Did A come to one of the addresses with which moderators decide? */
bool arrival_is_word(const struct arrival *a);
/*
 * What the word is worth. Sets a->word when it counts. Whoever has no good token, and any
 * machine, gets no answer and changes nothing: discarded, with the reason.
 */
bool arrival_judge_word(struct context *c, struct arrival *a, struct err *e);

/*
 * Take what lets a post through out of a message: the field X-Ladle-Approve, and WORD
 * ("post-TOKEN", may be empty) out of all other fields. True when there was something.
 */
bool arrival_hide_pass(struct context *c, struct span word, struct edits *x);

/*
 * The pass of A, in its address or its field, if there is one: a->pass. Decides (a->rule) only
 * when the address has none that is known.
 */
bool arrival_find_pass(struct context *c, struct arrival *a, struct err *e);

#endif
