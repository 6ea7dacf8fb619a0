#ifndef LADLE_MAIL_MSGID_H
#define LADLE_MAIL_MSGID_H

#include "base/env.h"
#include "mail/message.h"

/*
 * The message identifier of M without its angle brackets (RFC 5322 3.6.4), the
 * topmost one, white space inside removed; empty when there is none. Bytes from
 * strangers: nothing promises that there is an '@', or only ASCII.
 */
struct span msgid_of(struct arena *arena, const struct message *m);

/*
 * The identifiers in VALUE (of References or In-Reply-To, folded), in their order,
 * without brackets and without white space inside; words between them are skipped.
 * Only the last MAX. *OUT is in ARENA.
 */
size_t msgid_list(struct arena *arena, struct span value, size_t max, struct span **out);

/* A new identifier of DOMAIN, without brackets, that nobody can foresee. */
struct span msgid_make(struct arena *arena, const struct env *env, struct span domain);

#endif
