#ifndef LADLE_FLOW_REWRITE_H
#define LADLE_FLOW_REWRITE_H

/*
 * A post that is not distributed as it came: parts were taken out, or the author. Each
 * pass makes a new message of the one before; the list's own edits are made to the last.
 *
 * The stored message stays what came in. So a body made of the new message is expressed as
 * ranges of the stored one and inserted bytes, for the variant.
 */

#include "base/file.h"
#include "mail/edit.h"

struct rewrite {
	struct arena *arena;
	struct span stored;     /* the message as it came */
	struct message message; /* what the list works on */
	struct segments body;   /* its body; kept: of the stored message */
	bool changed;           /* there was a pass */
	struct file_map map;    /* its bytes, when changed: a file that has no name */
};

/* Of the message as it came; M must outlive W. */
void rewrite_begin(struct rewrite *w, struct arena *arena, const struct message *m);
/* Finish the edits X over w->message and make them true. The message before is gone then. */
bool rewrite_pass(struct rewrite *w, struct edits *x, struct err *e);
/* After it w->message must not be used. */
void rewrite_end(struct rewrite *w);
/* BODY, of edits over w->message, over the stored message. */
struct segments rewrite_body(const struct rewrite *w, const struct segments *body);

#endif
