#ifndef LADLE_MAIL_MESSAGE_H
#define LADLE_MAIL_MESSAGE_H

/*
 * A message (RFC 5322) as exact bytes with an index over them. Nothing is
 * copied or changed: printing the fields, the separator and the body back gives
 * the input, byte for byte (property test).
 *
 * Reading is lenient, as strangers' mail is:
 *   - lines end in CRLF only; a bare CR or LF is part of a line and is counted;
 *   - the header ends at the first empty line, or before the first line that is
 *     neither a field nor a continuation (then there is no separator and the body
 *     starts with that line), or at the end;
 *   - a first line that starts with white space is no field: all is body;
 *   - a field name is one or more of 0x21-0x7e but ':'; white space between name
 *     and ':' is tolerated (obsolete syntax) and not part of the name.
 */

#include "base/err.h"
#include "base/mem.h"

struct field {
	struct span raw;   /* name to the final CRLF, that included */
	struct span name;  /* as written, without trailing white space */
	struct span value; /* behind the colon up to, not including, the final CRLF; folded as it
	                      stands */
};

struct message {
	struct span raw;       /* everything */
	struct span header;    /* all fields, with the CRLF of the last one */
	struct span separator; /* the empty line: CRLF, or empty when there is none */
	struct span body;      /* all behind it */
	struct field *fields;  /* in order, top first; in the arena */
	size_t count;
	bool bare; /* a bare CR or a bare LF somewhere */
	bool nul;  /* a NUL somewhere */
};

/*
 * Index RAW, which must outlive *M. Fails (permanent) when the header is over
 * LIMIT_HEADER bytes or LIMIT_FIELDS fields.
 */
bool message_parse(struct arena *arena, struct span raw, struct message *m, struct err *e);

/* First field called NAME at or behind index *AT (start with 0), or NULL; *AT moves behind it. */
const struct field *message_next(const struct message *m, struct span name, size_t *at);
/* The topmost field called NAME, or NULL. */
const struct field *message_find(const struct message *m, const char *name);
/* Is there one, and does its value begin with PREFIX, without regard to case? */
bool message_begins(const struct message *m, const char *name, struct span prefix);
/* How many fields are called NAME. */
size_t message_count(const struct message *m, const char *name);

/*
 * VALUE with every CRLF that is followed by white space removed (RFC 5322
 * 2.2.3), in ARENA or VALUE itself.
 */
struct span message_unfold(struct arena *arena, struct span value);
/* Unfolded and without white space at both ends. Empty when F is NULL. */
struct span message_text(struct arena *arena, const struct field *f);

#endif
