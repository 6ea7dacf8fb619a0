#ifndef LADLE_NET_SMTP_REPLY_H
#define LADLE_NET_SMTP_REPLY_H

/*
 * Collects SMTP replies (RFC 5321 4.2) out of bytes that come in pieces. The
 * bytes are a stranger's: nothing is kept beyond a bound, a reply that does not
 * end is broken, and the text is fit to be printed.
 */

#include "base/span.h"

/* What an EHLO reply offers, of the things that Ladle uses. */
enum smtp_offer {
	SMTP_OFFER_PIPELINING = 1, /* RFC 2920 */
	SMTP_OFFER_8BITMIME = 2,   /* RFC 6152 */
	SMTP_OFFER_SMTPUTF8 = 4,   /* RFC 6531 */
	SMTP_OFFER_SIZE = 8,       /* RFC 1870 */
};

enum {
	SMTP_REPLY_TEXT = 400,        /* bytes of text kept, the NUL included */
	SMTP_REPLY_LINE = 512,        /* bytes of a line that are looked at */
	SMTP_REPLY_BYTES = 64 * 1024, /* of a whole reply; more is broken */
};

enum smtp_reply_state {
	SMTP_REPLY_MORE, /* not at its end yet */
	SMTP_REPLY_DONE,
	SMTP_REPLY_BROKEN, /* this is no SMTP; the text says what came */
};

/* All zero is a fresh one. */
struct smtp_reply {
	long code;                  /* 200 to 599, of the last line */
	unsigned offers;            /* keywords (enum smtp_offer) of the lines behind the first */
	char text[SMTP_REPLY_TEXT]; /* "550 5.1.1 text text": lines joined, printable UTF-8, cut */
	size_t length;              /* of the text */
	unsigned lines;             /* complete ones */
	char line[SMTP_REPLY_LINE]; /* the present line, without what is over its size */
	size_t used;                /* bytes in it */
	size_t bytes;               /* of the reply so far */
};

void smtp_reply_clear(struct smtp_reply *r);
/* Takes bytes off the front of *IN, not more than belong to one reply. Clear R before the next one.
 */
enum smtp_reply_state smtp_reply_feed(struct smtp_reply *r, struct span *in);

/* TEXT for people into TO of SIZE bytes: printable, on one line, cut, NUL-terminated. Returns its
 * length. */
size_t smtp_reply_print(char *to, size_t size, struct span text);

#endif
