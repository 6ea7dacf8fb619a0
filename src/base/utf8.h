#ifndef LADLE_BASE_UTF8_H
#define LADLE_BASE_UTF8_H

#include "base/span.h"

/* Well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong, up to U+10FFFF). */
bool utf8_valid(struct span s);
bool utf8_ascii(struct span s); /* no byte >= 0x80 */
/* Length of the well-formed sequence at the start of S, 0 when there is none. */
size_t utf8_len(struct span s);
/*
 * The same, but 0 also for what must not reach a terminal or a log: control
 * characters (C0, DEL, C1), line separators, and what turns the direction of text.
 */
size_t utf8_printable(struct span s);

#endif
