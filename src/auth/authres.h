#ifndef LADLE_AUTH_AUTHRES_H
#define LADLE_AUTH_AUTHRES_H

/*
 * Authentication-Results (RFC 8601): ours written, those of others recognised, and
 * the one thing read that only a mail server can know, SPF.
 */

#include "auth/verdict.h"
#include "mail/message.h"

/*
 * The field for a verdict, complete and folded, with CRLF: dkim2 (as
 * draft-gondwana-dkim2-authres), dkim, dmarc (RFC 9989 9.1: policy.dmarc is what
 * dmarc_effective says) and, if there is a chain, arc (RFC 8617 10). No spf: that is what
 * somebody else found, in a field of his own.
 */
struct span authres_format(struct arena *arena, struct span authserv_id, const struct verdict *v);

/*
 * Does the Authentication-Results value VALUE carry AUTHSERV_ID, in whatever spelling: case, a
 * dot at the end, quotes, comments, a version, U-labels?
 */
bool authres_is_ours(struct span value, struct span authserv_id);

/*
 * SPF of MAIL FROM as somebody in TRUSTED (authserv-ids, separated by commas or
 * white space) found it: the topmost result "spf" in a field of theirs, version 1; one that
 * names smtp.helo only is passed over. Only fields count that stand above the
 * first Received of a stranger: of a host that is not that of the topmost Received (who
 * handed the message to us), not localhost, and neither equal to nor below a trusted id. That is no
 * protection against forgery, which is the trusted server's duty (RFC 8601 5: it
 * removes fields with its own id); it keeps what is left from an earlier journey out.
 * OUT->result is in lower case, OUT->domain is empty unless it is a domain.
 */
void authres_spf(struct arena *arena, const struct message *m, struct span trusted,
                 struct spf_result *out);

#endif
