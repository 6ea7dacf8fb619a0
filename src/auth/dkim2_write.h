#ifndef LADLE_AUTH_DKIM2_WRITE_H
#define LADLE_AUTH_DKIM2_WRITE_H

/*
 * Inside of dkim2_sign.c: a field of tags, folded as it is written. Begin, then tags,
 * each whole (tag, number) or opened, filled and closed; the CRLF at the end is the
 * caller's.
 */

#include "auth/crypto.h"
#include "base/buf.h"

struct dkim2_writer {
	struct buf *out;
	size_t column; /* of the line that is begun, from 0 */
};

/* "NAME:" */
struct dkim2_writer dkim2_write_begin(struct buf *out, const char *name);
/* "NAME=VALUE;" with a space before. */
void dkim2_write_tag(struct dkim2_writer *w, const char *name, struct span value);
void dkim2_write_number(struct dkim2_writer *w, const char *name, uint64_t n);
/* "NAME=" of a tag whose value may be broken, and the ";" behind it. */
void dkim2_write_open(struct dkim2_writer *w, const char *name);
void dkim2_write_close(struct dkim2_writer *w);

/* TEXT must stay in one piece. */
void dkim2_write_atom(struct dkim2_writer *w, struct span text);
/* May be broken anywhere. */
void dkim2_write_base64(struct dkim2_writer *w, struct span bytes);
/* In one piece: on a line of its own when that saves a break. */
void dkim2_write_hash(struct dkim2_writer *w, const struct digest *digest);

#endif
