#ifndef LADLE_FLOW_BATCH_H
#define LADLE_FLOW_BATCH_H

/*
 * The batch that the deliver station is at work on: prepared, opened, its copies made one
 * by one, closed. All that is not a file or a key lives in its arena.
 */

#include "base/file.h"
#include "flow/edition.h"
#include "net/smtp.h"
#include "store/fanout.h"
#include "store/posts.h"

/* One recipient of the batch at work. */
struct batch_copy {
	struct smtp_job job; /* job.user points back here */
	const struct fan_recipient *recipient;
	struct buf header;
	struct segment *segments;
	struct fan_result *result;
	bool handed; /* over to another list: no more to be done here */
	bool ascii;  /* the form for a relay without SMTPUTF8 */
};

/* What the batch at work needs. */
struct batch {
	struct context *c;
	struct arena *arena;
	struct fan_batch fan;
	struct list list;
	struct post post;
	struct editions editions;
	struct file_map raw;
	struct fan_result *results;
	struct batch_copy *copies;
	size_t started, finished, accepted;
	bool relay_down;
	bool skipped;           /* somebody, for want of SMTPUTF8 */
	struct span reply;      /* of the last success: kept for the whole range */
	bool ascii;             /* the first success was in ASCII: so is the range */
	struct span down_reply; /* why the relay is down */
};

/* Rows for the results, one a recipient: deferred until something else is known. */
void batch_prepare(struct batch *b);
/*
 * Post, list, variants, keys and what all copies have in common. Errors: those of the store,
 * the stored message and the keys; a post without a variant is a bug. To be closed also
 * after an error.
 */
bool batch_open(struct batch *b, struct err *e);
void batch_close(struct batch *b);

/* Does COPY, as it would be made now, need SMTPUTF8? */
bool batch_needs_utf8(struct batch *b, const struct batch_copy *copy);
/*
 * Make COPY: addresses, header, job. One in many is verified before it goes out. With
 * COPY->ascii there must be that form.
 */
bool batch_make_copy(struct batch *b, struct batch_copy *copy, struct err *e);

#endif
