#ifndef LADLE_FLOW_COPY_H
#define LADLE_FLOW_COPY_H

/*
 * The copies of one variant: what is the same for all recipients is computed
 * once, what differs (List-Unsubscribe token, signatures) per copy.
 */

#include "flow/keys.h"
#include "flow/variant.h"

struct copy_press;

struct copy_job {
	struct span mail_from;   /* return address, without brackets */
	struct span rcpt_to;     /* without brackets */
	struct span unsubscribe; /* complete List-Unsubscribe field for this copy; empty: the
	                            variant's */
	int64_t now;
};

/*
 * All but the recipient. V, RAW (the stored message) and KEYS must live as long.
 * Without a key of the needed kind: permanent error that says which command makes one.
 */
struct copy_press *copy_press_new(const struct variant *v, struct span raw, const struct list *list,
                                  const struct keyring *keys, struct err *e);
/*
 * A hop of another domain of ours before the list's (variant.via): made here, once,
 * with the keys HOP, which must live as long. Before the first copy. Errors: no key.
 */
bool copy_press_via(struct copy_press *p, const struct keyring *hop, int64_t now, struct err *e);
void copy_press_free(struct copy_press *p);

/* Body of every copy. */
const struct segments *copy_body(const struct copy_press *p);

/* The header of one copy, all fields and the empty line behind them, appended to OUT. */
bool copy_header(struct copy_press *p, const struct copy_job *job, struct buf *out, struct err *e);

/*
 * Self-check: does the copy verify with our own keys, and does its recipe undo?
 * (Keys of other hops are not looked up.)
 */
bool copy_check(struct copy_press *p, const struct copy_job *job, struct span header,
                struct err *e);

#endif
