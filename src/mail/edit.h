#ifndef LADLE_MAIL_EDIT_H
#define LADLE_MAIL_EDIT_H

/*
 * Edits are data: one list of (drop, insert) over the bytes of a message. What
 * is not dropped is kept. From the list come the outgoing bytes (here) and the
 * DKIM2 recipe (auth/recipe), so the two cannot disagree.
 *
 * Invariants, checked by edit_finish:
 *   1. edits are sorted by position, do not overlap and lie inside the message;
 *   2. in the header every edit starts and ends at a field boundary, and what it
 *      inserts is whole fields with their CRLF;
 *   3. no edit touches the separator between header and body. It is not part of
 *      edit_header nor of edit_segments: whoever prints a message prints header,
 *      CRLF, body, also when the old message had no separator.
 *
 * Sequence: edit_new, then any revisers' edit_* calls in any order, then
 * edit_finish, then edit_header / edit_segments.
 */

#include "mail/message.h"

struct edit {
	size_t at;          /* offset in message.raw */
	size_t drop;        /* bytes removed there */
	struct span insert; /* bytes put in their place; in the arena */
	size_t order;       /* of its making: later inserts at one place come behind */
	bool body;          /* in the body; AT alone cannot tell when there is no separator */
};

struct edits {
	struct arena *arena;
	const struct message *m;
	struct edit *v;
	size_t n, cap;
	bool reversible; /* false once edit_irreversible was called */
	bool finished;
};

struct edits *edit_new(struct arena *arena, const struct message *m);

/*
 * The edit_* calls copy what they insert. At one place, what only inserts comes
 * before what drops or replaces there, else the order of calls counts. An index
 * or offset outside the message is found by edit_finish.
 */

/* Put the field "NAME: VALUE\r\n" on top of the header (order of calls = order of fields). */
void edit_field_top(struct edits *x, struct span name, struct span value);
/* A complete field text with its CRLF(s), on top. */
void edit_raw_top(struct edits *x, struct span field);
/*
 * Put complete field text FIELD directly behind (in place of, with
 * edit_field_drop of it) field index I.
 */
void edit_field_insert(struct edits *x, size_t i, struct span field);
void edit_field_drop(struct edits *x, size_t i);
/* Replace field I by the complete field text FIELD. */
void edit_field_replace(struct edits *x, size_t i, struct span field);
/* Drop every field called NAME. Returns how many. */
size_t edit_field_drop_all(struct edits *x, const char *name);

/* In the body: at offset AT of message.body drop DROP bytes and insert INSERT. */
void edit_body(struct edits *x, size_t at, size_t drop, struct span insert);
/* Mark that the change cannot or must not be undone (parts removed, anonymous). */
void edit_irreversible(struct edits *x);

/* Sort and check. False with class bug when an invariant is broken (two edits that overlap). */
bool edit_finish(struct edits *x, struct err *e);

/*
 * After edit_finish: show every field that goes out, kept or inserted, to FN, which may put
 * another complete field into *OUT (or nothing: then the field goes). *OUT is F->raw before.
 * To be finished again. Errors: those of FN, at whose first one it stops.
 */
typedef bool edit_map_fn(void *user, const struct field *f, struct span *out, struct err *e);
bool edit_map(struct edits *x, edit_map_fn *fn, void *user, struct err *e);

/* Is field I kept as it is? After edit_finish. */
bool edit_field_kept(const struct edits *x, size_t i);

/*
 * The new header in the arena: all fields with CRLF (also a last one that came
 * without), without the empty line. After edit_finish.
 */
struct span edit_header(const struct edits *x);

/*
 * The new body as consecutive segments; kept ones point into the message,
 * inserted ones into the arena.
 */
struct segment {
	struct span bytes;
	bool kept; /* part of the old message */
};
struct segments {
	struct segment *v;
	size_t n;
	size_t bytes; /* sum */
};
/* After edit_finish. None is empty; neighbouring kept ones are one. */
struct segments edit_segments(const struct edits *x);

/* Everything in one piece: header, CRLF, body; the CRLF always. For tests and small messages. */
struct span edit_print(const struct edits *x);

#endif
