#ifndef LADLE_AUTH_VERIFY_H
#define LADLE_AUTH_VERIFY_H

/* All schemes over one message: the verdict. */

#include "auth/dkim2.h"

struct verify_options {
	int64_t now;         /* seconds since 1970 */
	struct span trusted; /* authserv-ids whose SPF result is believed, separated by commas; see
	                        authres_spf */
};

/*
 * Prefetches keys and DMARC records, verifies DKIM2 and DKIM1 (DKIM1 also on the original, when an
 * m=1 recipe says that the message was changed on its way into DKIM2) and ARC, reads the SPF result
 * of those OPTIONS trusts, and evaluates DMARC. In ARENA.
 */
void verify_message(struct arena *arena, const struct message *m, const struct envelope *envelope,
                    const struct keysource *source, const struct verify_options *options,
                    struct verdict *out);

#endif
