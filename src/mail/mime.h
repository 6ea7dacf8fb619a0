#ifndef LADLE_MAIL_MIME_H
#define LADLE_MAIL_MIME_H

/*
 * The MIME tree (RFC 2045, 2046) of a message as spans. Lenient: what is broken
 * is text/plain or opaque, never an error; over LIMIT_PARTS or LIMIT_DEPTH the
 * rest stays one opaque part and `cut` is set.
 */

#include "mail/message.h"

enum mime_encoding { MIME_7BIT, MIME_8BIT, MIME_BINARY, MIME_QP, MIME_BASE64, MIME_UNKNOWN };

struct mime_type {
	struct span type; /* "text", as written; default text/plain also when the field is absent or
	                     broken */
	struct span subtype;
	struct span params; /* what stands behind the type, from the first ';' on */
	bool present;       /* there was a Content-Type field */
	bool broken;        /* and it did not parse */
};

struct part {
	struct mime_type type;
	enum mime_encoding encoding;
	struct span raw;        /* header, separator and body of the part */
	struct message message; /* its own header; fields empty for a part without; bare and nul
	                           only of the header */
	struct span body;       /* encoded, without the CRLF before the next boundary */
	struct span boundary;   /* of a multipart; empty otherwise */
	bool closed;            /* a multipart whose closing boundary is there */
	size_t close_at; /* offset in the top body of that boundary's line ("--b--"); of the end of
	                    the part when missing */
	unsigned depth;
	struct part *children, *next, *parent;
};

struct mime {
	struct part *root;
	size_t parts;
	bool cut;
};

bool mime_parse(struct arena *arena, const struct message *m, struct mime *out, struct err *e);

/* Content-Type of VALUE (folded). */
struct mime_type mime_type(struct arena *arena, struct span value);
bool mime_is(const struct mime_type *t, const char *type,
             const char *subtype); /* subtype NULL: any */
/* Parameter NAME of T (RFC 2045 5.1, RFC 2231 continuations and charsets), unquoted; empty when
 * absent. */
struct span mime_param(struct arena *arena, const struct mime_type *t, const char *name);
/*
 * Every text that some reader may take for that parameter, at most MAX, into OUT: what
 * mime_param gives, each of several of the same name, sections joined as they come,
 * quotes that are missing. Returns how many; MAX also when there were more.
 */
size_t mime_param_readings(struct arena *arena, const struct mime_type *t, const char *name,
                           struct span *out, size_t max);
enum mime_encoding mime_encoding(struct span value);
/* The charset of a text part in lower case; "us-ascii" when there is none. */
struct span mime_charset(struct arena *arena, const struct mime_type *t);
/* Decoded octets of a part's body (transfer encoding undone), in ARENA or the body itself. */
struct span mime_decode(struct arena *arena, const struct part *p);

#endif
