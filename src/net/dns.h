#ifndef LADLE_NET_DNS_H
#define LADLE_NET_DNS_H

/*
 * TXT look-ups through c-ares: UDP, then TCP on truncation, CNAMEs followed,
 * EDNS, answers kept for their TTL (bounded, in number and time), negative
 * answers for the SOA's, failures for 30 seconds so that a silent server costs
 * one wait and not one a message. A key source for auth/.
 */

#include "auth/key.h"
#include "base/env.h"

struct dns;

/*
 * SERVERS: "addr[:port][, …]", [v6]:port too; empty: the system's. TIMEOUT:
 * seconds that one look-up takes at most, retries included.
 */
struct dns *dns_new(struct span servers, unsigned timeout, const struct env *env, struct err *e);
void dns_free(struct dns *d);
/*
 * From now on all look-ups together wait at most SECONDS; when that is spent, what
 * is not known yet is temporary at once. 0: no bound (as after dns_new).
 */
void dns_budget(struct dns *d, unsigned seconds);
/* Lives as long as D. txt blocks, at most TIMEOUT seconds; prefetch starts without waiting and all
 * wait together. */
struct keysource dns_source(struct dns *d);

#endif
