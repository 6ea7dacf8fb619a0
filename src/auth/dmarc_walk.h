#ifndef LADLE_AUTH_DMARC_WALK_H
#define LADLE_AUTH_DMARC_WALK_H

/* The DNS tree walk of DMARC (RFC 9989 4.10). Private to dmarc.c. */

#include "auth/dmarc.h"
#include "auth/dmarc_record.h"

/* One name on the way up. */
struct dmarc_level {
	struct span domain;
	bool found;   /* exactly one DMARC record: */
	bool unknown; /* nobody knows whether there is one */
	bool authenticated;
	struct dmarc_record record;
};

struct dmarc_walk {
	struct span start;
	struct dmarc_level v[DMARC_QUERIES]; /* longest name first */
	size_t n;
	bool refused; /* the message may look up nothing more */
};

/* The domains of a walk from DOMAIN, the longest first. Spans into DOMAIN. */
size_t dmarc_walk_domains(struct span domain, struct span domains[DMARC_QUERIES]);
/* Walk up from START (A-labels) until psd=y or psd=n, or to the top. */
void dmarc_walk(struct arena *arena, const struct keysource *source, struct span start,
                struct dmarc_walk *out);
/*
 * The organizational domain that W shows (RFC 9989 4.10.2); a span into its start. False when a
 * failure of the DNS leaves it open.
 */
bool dmarc_walk_organization(const struct dmarc_walk *w, struct span *out);
/* Labels of DOMAIN. */
size_t dmarc_labels(struct span domain);

#endif
