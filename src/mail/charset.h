#ifndef LADLE_MAIL_CHARSET_H
#define LADLE_MAIL_CHARSET_H

/*
 * Character sets of mail, by the C library's iconv. Names are compared without
 * regard to case; some that mailers use for a larger set than they say are read
 * as the larger one. Everything appends to OUT.
 */

#include "base/buf.h"

/* Converters to UTF-8 that are open, so that each character set is opened once. */
struct charsets;

struct charsets *charset_open(void);
void charset_close(struct charsets *sets); /* NULL is fine */

/*
 * The number of the character set NAME for charset_convert; -1 when it is
 * unknown, or when SETS already holds 16 others.
 */
int charset_find(struct charsets *sets, struct span name);

/* BYTES as UTF-8; what is not valid in the character set becomes U+FFFD. */
void charset_convert(struct charsets *sets, int number, struct span bytes, struct buf *out);

/* The same for a single use. False, nothing added, when NAME is unknown. */
bool charset_to_utf8(struct buf *out, struct span name, struct span bytes);

/*
 * UTF-8 TEXT in the character set NAME. False, nothing added, when NAME is
 * unknown, TEXT is not UTF-8, or a character does not exist there.
 */
bool charset_from_utf8(struct buf *out, struct span name, struct span text);

/* TEXT with every byte that is not part of well-formed UTF-8 as U+FFFD. */
void charset_repair(struct buf *out, struct span text);

#endif
