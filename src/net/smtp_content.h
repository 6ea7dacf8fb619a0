#ifndef LADLE_NET_SMTP_CONTENT_H
#define LADLE_NET_SMTP_CONTENT_H

/* The message as it goes on the wire behind DATA (RFC 5321 4.1.1.4, 4.5.2). */

#include "mail/edit.h"

/*
 * Is every LF of the COUNT SEGMENTS behind a CR, across their borders too? Says
 * in *EIGHT_BIT whether there is a byte of 128 and more.
 */
bool smtp_content_check(const struct segment *segments, size_t count, bool *eight_bit);

/* Where the copying stands. */
struct smtp_content {
	const struct segment *segments; /* borrowed */
	size_t count;
	size_t at; /* in the first of them */
	bool line_start;
	bool ended; /* the final dot is out */
};

void smtp_content_start(struct smtp_content *c, const struct segment *segments, size_t count);
/*
 * The next bytes for the wire into TO of SIZE (at least 8) bytes: dots doubled,
 * a missing last CRLF put, the final dot at the end. Returns how many; 0 only
 * when it has ended. The content must have passed smtp_content_check.
 */
size_t smtp_content_take(struct smtp_content *c, char *to, size_t size);

#endif
