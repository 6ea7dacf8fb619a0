#ifndef LADLE_RULES_DNS_SERVER_H
#define LADLE_RULES_DNS_SERVER_H

/* Lists of DNS servers as people write them, for the setting and for the resolver. */

#include "base/err.h"

/*
 * Check "addr[:port][, …]", an IPv6 address with a port in brackets, and write it
 * as c-ares reads it to *OUT, to be freed with mem_free; NULL when SERVERS is
 * blank. At most 8. Class misuse.
 */
bool dns_server_list(struct span servers, char **out, struct err *e);
/* Is TEXT an IPv6 address, without brackets? */
bool dns_server_is_ipv6(struct span text);

#endif
