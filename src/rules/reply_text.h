#ifndef LADLE_RULES_REPLY_TEXT_H
#define LADLE_RULES_REPLY_TEXT_H

/*
 * What somebody wrote in an answer, without what he answers to: of the first text/plain part
 * the lines between two that begin with "%%%", else those above the quote, the line that
 * announces it, and the signature. The marks may be quoted, but what is quoted between them
 * does not count: a stranger may have written it. UTF-8, lines end in LF, control characters
 * taken out, at most REPLY_TEXT_MAX bytes; empty when there is none. In ARENA. Pure.
 */

#include "mail/message.h"

#define REPLY_TEXT_MAX 2000

struct span reply_text(struct arena *arena, const struct message *m);

#endif
