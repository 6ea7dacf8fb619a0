#ifndef LADLE_AUTH_VERIFY_H
#define LADLE_AUTH_VERIFY_H

/* All schemes over one message: the verdict. */

#include "auth/dkim2.h"

/*
 * Prefetches keys, verifies DKIM2 and DKIM1 (DKIM1 on the original, when an m=1 recipe says
 * that the message was changed on its way into DKIM2), alignment. In ARENA.
 */
void verify_message(struct arena *arena, const struct message *m, const struct envelope *envelope,
                    const struct keysource *source, int64_t now, struct verdict *out);

/*
 * Authentication-Results field (RFC 8601; dkim2 as draft-gondwana-dkim2-authres)
 * of a verdict, complete and folded, with CRLF.
 */
struct span authres_format(struct arena *arena, struct span authserv_id, const struct verdict *v);
/* Does the Authentication-Results value VALUE carry AUTHSERV_ID (which must not come from outside)?
 */
bool authres_is_ours(struct span value, struct span authserv_id);

#endif
