#ifndef LADLE_AUTH_ARC_CHAIN_H
#define LADLE_AUTH_ARC_CHAIN_H

/* Inside of arc_*.c: the fields of ARC in a message, put together to sets. */

#include "auth/arc.h"

enum arc_part { ARC_RESULTS, ARC_MESSAGE, ARC_SEAL, ARC_PARTS };

struct arc_link {
	const struct field *part[ARC_PARTS]; /* in the order they are sealed; NULL: not there */
	struct span cv;                      /* of the seal; empty when it has none */
};

struct arc_chain {
	bool present;                    /* a field of ARC is there */
	unsigned n;                      /* highest number that a field has */
	struct arc_link v[ARC_SETS + 1]; /* 1 to n */
	struct span fault;               /* what is wrong with the structure; empty: nothing */
};

/*
 * Put the fields together. FAULT is the first of: a field without a valid number,
 * one that is there twice, one that is missing (RFC 8617 5.2, step 3, A and B).
 */
void arc_chain_read(struct arena *arena, const struct field *fields, size_t count,
                    struct arc_chain *out);

/* Did the newest seal end the chain? */
bool arc_chain_ended(const struct arc_chain *c);

/* The three fields of a set as they are sealed, into HASH; the seal itself only if WITH_SEAL. */
void arc_chain_hash(struct hash *hash, const struct arc_link *set, bool with_seal);

#endif
