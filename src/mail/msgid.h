#ifndef LADLE_MAIL_MSGID_H
#define LADLE_MAIL_MSGID_H

#include "mail/message.h"

/*
 * The message identifier of M without its angle brackets (RFC 5322 3.6.4), the
 * topmost one, white space inside removed; empty when there is none. Bytes from
 * strangers: nothing promises that there is an '@', or only ASCII.
 */
struct span msgid_of(struct arena *arena, const struct message *m);

#endif
