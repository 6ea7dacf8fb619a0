#ifndef LADLE_FLOW_EXPLAIN_H
#define LADLE_FLOW_EXPLAIN_H

/*
 * What would happen to a message: the stations' own decisions and edits, with nothing
 * stored and nothing sent.
 *
 *     explain_message, then explain_after and explain_copy as wanted, explain_end
 */

#include "flow/prepare.h"

struct explain {
	struct context *c;
	struct arrival a; /* verdict, rules, decision */
	struct rewrite rewrite;
	bool prepared; /* the variants below; else there are none, for: */
	struct err unprepared;
	struct prepared p;
	struct refusal_choice told; /* who would be told if it were refused; when judged */
	int64_t number;             /* that the post would have */
	int64_t post;               /* the same, among those of all lists */
};

/*
 * Judge BYTES (a message in CRLF form, as it came) as sent by MAIL_FROM to RECIPIENT, and
 * make the variants even if it would not be accepted. Everything in ARENA; BYTES must
 * live as long. False for trouble with the store only.
 */
bool explain_message(struct context *c, struct arena *arena, struct span bytes,
                     struct span mail_from, struct span recipient, struct explain *out,
                     struct err *e);
/*
 * Only judge it, as if it had never been here; and with RULES as if the list had these in
 * place of its own. There is nothing to prepare or to end then. Misuse when RULES are none.
 */
bool explain_rules(struct context *c, struct arena *arena, struct span bytes, struct span mail_from,
                   struct span recipient, const struct span *rules, struct explain *out,
                   struct err *e);
/* FROM as an envelope has it; NULL: the author of BYTES, as most mail has it. */
bool explain_sender(struct arena *arena, const char *from, struct span bytes, struct span *out,
                    struct err *e);
/*
 * The variant that ADDRESS gets, of those in x->p; ASCII: from a relay without SMTPUTF8.
 * Permanent error, with the reason, when he gets none.
 */
bool explain_variant(const struct explain *x, struct span address, bool ascii, size_t *i,
                     struct err *e);
/* Variant I as it goes out, but for signatures. */
bool explain_after(const struct explain *x, size_t i, struct buf *out, struct err *e);
/*
 * The very copy that the member ADDRESS would get, signed with the list's keys. Permanent
 * error when there is no such member, no key, or (ASCII, see above) nothing for him.
 */
bool explain_copy(const struct explain *x, struct span address, bool ascii, struct buf *out,
                  struct err *e);
void explain_end(struct explain *x);

#endif
