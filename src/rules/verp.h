#ifndef LADLE_RULES_VERP_H
#define LADLE_RULES_VERP_H

/*
 * Return addresses that other list managers have written, with the member's address in them.
 * Reports to these still come when a list has moved here. They prove nothing: anybody can
 * write them.
 *
 *     LIST-bounces+USER=DOMAIN            Mailman
 *     LIST+bounces-POST-USER=DOMAIN       mlmmj
 *     LIST-return-POST-USER=DOMAIN        ezmlm
 *     bounce+USER==a==DOMAIN==LIST        Sympa
 *     LIST+bounces-probe-USER=DOMAIN      mlmmj, its probes
 */

#include "base/mem.h"

struct verp {
	struct span list;   /* its local part, in lower case */
	struct span member; /* his address */
};

/* Read LOCAL, the local part of an address. False: it is none of these. */
bool verp_read(struct arena *arena, struct span local, struct verp *out);

#endif
