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
 * TEXT (unfolded) in pieces, so that a part of it can be replaced and the rest
 * keep its bytes. Their raw spans follow each other and are TEXT; their texts
 * follow each other and are word_decode(TEXT) (which reads 16 character sets, where
 * this reads any number). A piece is plain text, or as few
 * adjacent encoded words as make whole characters, with the white space before
 * them where decoding drops it. Behind WORD_PIECES_WORDS words the rest may be in one
 * piece of words.
 */
struct word_piece {
	struct span raw;
	struct span text;
	bool words;
};
struct word_pieces {
	struct word_piece *v; /* in the arena; none is empty in raw */
	size_t n;
};
#define WORD_PIECES_WORDS 64
struct word_pieces word_pieces(struct arena *arena, struct span text);

/*
 * The offset in the raw text of plain piece P at which AT bytes of its text are
 * behind; AT inside a character: before that character.
 */
size_t word_piece_offset(const struct word_piece *p, size_t at);

/*
 * UTF-8 TEXT as field text: itself when it is ASCII without "=?", else UTF-8
 * encoded words (B or Q, the shorter), none over 75 characters, none splitting a
 * character, separated by single spaces. Control characters but tabs become
 * spaces. PHRASE: for display names (Q limited to RFC 2047 5 (3)).
 */
struct span word_encode(struct arena *arena, struct span text, bool phrase);
/* The same, but always as encoded words, for text that stands beside one (RFC 2047 6.2). */
struct span word_encode_always(struct arena *arena, struct span text);

/*
 * Fold "NAME: VALUE" at white space into lines of at most 76 columns where it
 * can; never inside a word. Returns the whole field with its final CRLF. VALUE must not hold CR or
 * LF.
 */
struct span word_fold(struct arena *arena, struct span name, struct span value);

#endif
