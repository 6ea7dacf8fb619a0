#ifndef LADLE_FLOW_COPY_PRESS_H
#define LADLE_FLOW_COPY_PRESS_H

/* Inside of copy*.c: what all copies of a variant have in common. */

#include "auth/crypto.h"
#include "flow/copy.h"

struct copy_press {
	struct arena *arena;
	const struct variant *v;
	const struct list *list;
	const struct keyring *keys;
	struct span raw;
	struct message header; /* the variant's fields */
	struct segments body;
	struct field *fields; /* the same, with the personal field put in for one copy */
	size_t personal;      /* its index; header.count when there is none */
	struct digest body_relaxed;
	struct dkim2_base base;
	struct hash *before; /* DKIM2 header hash of what sorts before the personal field */
	struct span behind;  /* canonical text of the rest */
	bool cached;         /* the three below are of the copy without personal field */
	struct dkim2_prefix *prefix;
	struct buf instance, dkim1;
	const struct keyring *hop; /* NULL: no imaginary hop is needed */
	struct buf via;            /* its field */
	bool sealed;
	struct buf seal; /* ARC set of all copies; covers nothing personal */
};

#endif
