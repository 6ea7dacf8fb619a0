#ifndef LADLE_MAIL_BOUNCE_REPLY_H
#define LADLE_MAIL_BOUNCE_REPLY_H

/* Replies of SMTP servers inside text that people were meant to read, for mail/bounce.c. */

#include "base/mem.h"

struct bounce_reply {
	unsigned code;      /* 4xx or 5xx; 0: none */
	struct span status; /* "5.1.1"; or empty */
	size_t at;          /* where in the text it begins; SPAN_NONE: there is neither */
};

/* The first reply, or else the first enhanced status code (RFC 3463), of TEXT. */
void bounce_reply_find(struct span text, struct bounce_reply *out);
/* Is STATUS of the form of RFC 3463: "5.1.1", class 2, 4 or 5? */
bool bounce_status_valid(struct span status);
/* Does it say more than its class: neither "5.0.0" nor empty? */
bool bounce_status_telling(struct span status);

/*
 * TEXT in one line: runs of white space and control characters are one space; at most MAX bytes,
 * cut where a character ends.
 */
struct span bounce_line(struct arena *arena, struct span text, size_t max);

#endif
