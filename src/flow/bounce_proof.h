#ifndef LADLE_FLOW_BOUNCE_PROOF_H
#define LADLE_FLOW_BOUNCE_PROOF_H

/*
 * Whether a report is believed. Two things prove it:
 *   1. it is signed by DKIM2 (draft section 16): its chain is Fully Verified, it returns a
 *      copy with our newest signature, which our own key verifies without the DNS, that
 *      names the member as its only recipient, and whose recipient's domain is that of the
 *      report's first signature or below;
 *   2. it came to a return address whose token verifies, and nothing in it says otherwise.
 * All else is forged: counted, scoring nobody.
 */

#include "flow/context.h"
#include "mail/bounce.h"
#include "rules/list.h"

enum bounce_proof {
	BOUNCE_PROOF_FORGED,
	BOUNCE_PROOF_LATER, /* the DNS must answer first */
	BOUNCE_PROOF_TOKEN,
	BOUNCE_PROOF_DKIM2,
};
const char *bounce_proof_name(enum bounce_proof p); /* "forged", "later", "token", "dkim2" */

/* Days after which a return address is no longer believed. */
#define BOUNCE_PROOF_DAYS 30

/*
 * In place of a post, tokens of probes and warnings have this plus the time since which the
 * member's standing is what it is: they are good as long as it is.
 */
#define BOUNCE_PROOF_OWN (INT64_C(1) << 40)

struct bounce_origin {
	enum bounce_proof proof;
	struct span why;      /* in words */
	struct list list;     /* which list sent it; id 0: unknown */
	int64_t post, member; /* post: also BOUNCE_PROOF_OWN plus a time */
	struct span address;  /* the member's; empty when he has left */
};

/*
 * Prove report B, read from M, which came to ARRIVED_AS from MAIL_FROM (both without
 * brackets; ARRIVED_AS may be empty: unknown). C has the store, the secret and, when a
 * DKIM2 chain is to be verified, a resolver. False for trouble with the store only.
 */
bool bounce_prove(struct context *c, struct arena *arena, const struct message *m,
                  const struct bounce *b, struct span mail_from, struct span arrived_as,
                  struct bounce_origin *out, struct err *e);

#endif
