#ifndef LADLE_AUTH_DKIM1_WRITE_H
#define LADLE_AUTH_DKIM1_WRITE_H

/* Inside of dkim1_*.c and arc_*.c: what our signatures cover, and their fields written. */

#include "auth/dkim1.h"
#include "auth/dkim1_field.h"

struct dkim1_names {
	struct span *v; /* for h=, in order */
	size_t n;
};

/* What a signature of KIND covers of these FIELDS; see dkim1_sign and arc_sign. */
struct dkim1_names dkim1_names(struct arena *arena, const struct field *fields, size_t count,
                               enum dkim1_kind kind);

/* A field being written: text so far, and the column that its last line has reached. */
struct dkim1_writer {
	struct buf *out;
	size_t column;
};

/* WORD, on a new line when it has no room on this one. */
void dkim1_write(struct dkim1_writer *w, struct span word);
/* A new line that begins with START. */
void dkim1_write_line(struct dkim1_writer *w, struct span start);
/* A new line with d=, s= and t=. */
void dkim1_write_signer(struct dkim1_writer *w, const struct signer *signer, int64_t now);
/* The names of h= and a ';'. */
void dkim1_write_names(struct dkim1_writer *w, const struct dkim1_names *names);
/* BYTES as base64, broken where a line is full. */
void dkim1_write_base64(struct dkim1_writer *w, struct span bytes);

/*
 * A new line with b=: W has written all before it, BEFORE (freed) has taken in what is signed
 * in front of the field. Ends the field.
 */
bool dkim1_write_signature(struct dkim1_writer *w, const struct signer *signer, struct hash *before,
                           struct err *e);

/*
 * A field of KIND, DKIM1_SIGNATURE or DKIM1_ARC_MESSAGE, that begins with START ("NAME:
 * first tag;"), appended to OUT. Else as dkim1_sign.
 */
bool dkim1_sign_as(enum dkim1_kind kind, struct span start, const struct signer *signer,
                   const struct field *fields, size_t count, const struct digest *body_hash,
                   int64_t now, struct buf *out, struct err *e);

#endif
