#ifndef LADLE_MAIL_WORD_H
#define LADLE_MAIL_WORD_H

/* Encoded words, RFC 2047 (with RFC 2231 languages), in unstructured text. */

#include "base/mem.h"

/*
 * TEXT (unfolded) as UTF-8: encoded words decoded (any charset iconv knows),
 * white space between adjacent ones dropped, words split inside a character
 * joined first; what does not decode stays as it is; raw 8-bit that is not UTF-8
 * becomes U+FFFD. Control characters become spaces. In ARENA or TEXT itself.
 */
struct span word_decode(struct arena *arena, struct span text);

/* Bytes of the encoded word that TEXT starts with, 0 for none. Its contents are not looked at. */
size_t word_length(struct span text);

/*
 * UTF-8 TEXT as field text: itself when it is ASCII without "=?", else UTF-8
 * encoded words (B or Q, the shorter), none over 75 characters, none splitting a
 * character, separated by single spaces. Control characters but tabs become
 * spaces. PHRASE: for display names (Q limited to RFC 2047 5 (3)).
 */
struct span word_encode(struct arena *arena, struct span text, bool phrase);

/*
 * Fold "NAME: VALUE" at white space into lines of at most 76 columns where it
 * can; never inside a word. Returns the whole field with its final CRLF. VALUE must not hold CR or
 * LF.
 */
struct span word_fold(struct arena *arena, struct span name, struct span value);

#endif
