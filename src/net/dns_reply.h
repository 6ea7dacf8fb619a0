#ifndef LADLE_NET_DNS_REPLY_H
#define LADLE_NET_DNS_REPLY_H

/* What one DNS message says about the TXT records that were asked for. Pure. */

#include "auth/key.h"

struct dns_reply {
	enum txt_status status; /* FOUND, NONE or TEMPORARY */
	struct span *records;   /* strings of one record joined; in the arena */
	size_t n;
	bool authenticated; /* AD (RFC 4035 3.2.3) */
	uint32_t ttl;       /* seconds: least of the answer's, or of the SOA for a negative one */
	struct span
		alias; /* not empty: the name is an alias of this one, of which nothing was said */
	bool no_name;  /* NXDOMAIN, and of the name itself, not of what it is an alias of */
	bool no_edns;  /* the server does not understand EDNS: ask without */
};

/* Read the message BYTES, whose question is right already (c-ares compares it). Never fails. */
void dns_reply_read(struct arena *arena, struct span bytes, struct dns_reply *out);

#endif
