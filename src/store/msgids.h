#ifndef LADLE_STORE_MSGIDS_H
#define LADLE_STORE_MSGIDS_H

/*
 * Which Message-ID a list has put in place of the one a post came with. Only anonymous
 * lists do that. Identifiers without brackets.
 */

#include "store/db.h"

struct msgid {
	struct span made;  /* what the members see */
	struct span given; /* what the author's mailer gave; empty: nothing */
	int64_t list;
	int64_t post;
};

bool store_msgid_add(struct store *s, const struct msgid *m, struct err *e);
/* By the identifier the members see, on any list. */
bool store_msgid_find(struct store *s, struct arena *arena, struct span made, struct msgid *out,
                      bool *found, struct err *e);
bool store_msgid_of_post(struct store *s, struct arena *arena, int64_t post, struct msgid *out,
                         bool *found, struct err *e);
/*
 * What members of LIST know as ID: ID itself when the list has made it, or what it has made
 * of it when ID was given to a post of AUTHOR. Nobody else's: who tries identifiers must
 * not learn which post one belongs to.
 */
bool store_msgid_known(struct store *s, struct arena *arena, int64_t list, struct span author,
                       struct span id, struct span *made, bool *found, struct err *e);

#endif
