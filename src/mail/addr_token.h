#ifndef LADLE_MAIL_ADDR_TOKEN_H
#define LADLE_MAIL_ADDR_TOKEN_H

/* Tokens of address fields (RFC 5322 3.2), for addr_parse.c. */

#include "base/span.h"

enum addr_kind { ADDR_END, ADDR_ATOM, ADDR_QUOTED, ADDR_COMMENT, ADDR_LITERAL, ADDR_SPECIAL };

struct addr_token {
	enum addr_kind kind;
	char special;     /* of ADDR_SPECIAL: one of < > : ; @ , */
	bool space;       /* white space or a comment stands before it */
	struct span text; /* without quotes, parentheses or brackets; escapes as they stand */
};

/* Start with the text and zeros. */
struct addr_reader {
	struct span text;
	size_t at;
	bool space;       /* stood before the next token */
	bool no_quotes;   /* one was not closed: none behind it is */
	bool no_literals; /* the same of '[' */
	bool broken;      /* something fitted no token and was stepped over */
};

/* The next token; ADDR_END at the end. Dots are part of atoms. All tokens of a text in linear time.
 */
struct addr_token addr_token_next(struct addr_reader *r);

#endif
