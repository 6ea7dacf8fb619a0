#ifndef LADLE_BASE_CODEC_H
#define LADLE_BASE_CODEC_H

/* Base64, quoted-printable, hexadecimal, base32. All append to OUT. */

#include "base/buf.h"

/* RFC 4648 section 4, padded, no line breaks. */
void codec_base64(struct buf *out, struct span bytes);

/*
 * Decode. White space (SP HTAB CR LF) is skipped anywhere; missing padding is
 * accepted; any other character, data after padding or a lone sixth of bits is
 * an error (false; OUT then holds what came before).
 */
bool codec_unbase64(struct buf *out, struct span text);

/* Is TEXT, white space removed, exactly what codec_base64 of its value gives? */
bool codec_base64_canonical(struct span text);

/*
 * MIME body decoding (RFC 2045 section 6.8): characters outside the alphabet are
 * skipped, decoding stops at padding. Never fails.
 */
void codec_unbase64_lenient(struct buf *out, struct span text);

/*
 * Quoted-printable body (RFC 2045 section 6.7). Soft breaks and trailing white
 * space of lines are removed, broken "=" stays as it is. A bare LF ends a line too.
 */
void codec_unqp(struct buf *out, struct span text);
/*
 * Encode TEXT, whose CRLFs are line ends, in lines of at most 76 columns. A
 * first dot and a leading "From " of a line are encoded as well, trailing
 * white space too. A UTF-8 character stays on one line.
 */
void codec_qp(struct buf *out, struct span text);

void codec_hex(struct buf *out, struct span bytes); /* lower case */
bool codec_unhex(struct buf *out, struct span text);

/* RFC 4648 base32, lower case, no padding: 8 characters for 5 bytes. */
void codec_base32(struct buf *out, struct span bytes);
/* Without regard to case; false on another character, or when bits are left over that are not 0. */
bool codec_unbase32(struct buf *out, struct span text);

#endif
