#ifndef LADLE_MAIL_COMPOSE_H
#define LADLE_MAIL_COMPOSE_H

/*
 * Whole messages of our own: notices, answers, delivery reports. Values may come from
 * strangers: what could end a field or fool a terminal (CR, LF, NUL, other control
 * characters) is taken out here and nowhere else, long values are folded or encoded, and
 * no line of ours is over LIMIT_LINE_OUT.
 */

#include "base/buf.h"

/* A field that has no member of its own below. */
struct compose_field {
	struct span name;  /* one that is none (RFC 5322 3.6.8) is left out */
	struct span value; /* unstructured text in UTF-8, or structured text in ASCII */
};

/* Something attached. */
struct compose_part {
	struct span type;        /* "message/rfc822", "message/delivery-status", with parameters */
	struct span description; /* for Content-Description, UTF-8; or empty */
	struct span bytes;       /* CRLF; written as they are */
};

struct compose {
	struct span from_name, from; /* name in UTF-8, address without brackets */
	struct span to, reply_to;    /* addresses; reply_to may be empty */
	struct span subject;         /* UTF-8 */
	int64_t date;                /* seconds since 1970 */
	struct span message_id;      /* without brackets (msgid_make) */
	struct span in_reply_to;     /* without brackets, or empty */
	struct span references;      /* identifiers with brackets: a field's value; or empty */
	struct span auto_submitted;  /* "auto-replied", "auto-generated"; empty: no such field */
	struct span list_id;         /* without brackets (revise_list_id), or empty */
	const struct compose_field *fields;
	size_t nfields;
	struct span text; /* UTF-8, LF; the first part when there are others */
	const struct compose_part *parts;
	size_t nparts;
	struct span subtype;     /* of multipart; empty: "mixed" */
	struct span report_type; /* with subtype "report" (RFC 6522), or empty */
};

/*
 * Append the message, CRLF, to OUT. The text goes as us-ascii 7bit where it can, else
 * as UTF-8 in quoted-printable, which no relay has to convert (and break our signatures).
 */
void compose_write(struct buf *out, const struct compose *c);

/* Does the header need SMTPUTF8 (RFC 6532)? An address with a local part that is not ASCII. */
bool compose_utf8(const struct compose *c);

/* Can BYTES be attached as they are: no NUL, no bare CR or LF, no line over LIMIT_LINE_OUT? */
bool compose_carries(struct span bytes);

#endif
