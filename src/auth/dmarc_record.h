#ifndef LADLE_AUTH_DMARC_RECORD_H
#define LADLE_AUTH_DMARC_RECORD_H

/* One DMARC policy record (RFC 9989 4.7, 4.8). Pure. */

#include "auth/verdict.h"

enum dmarc_psd { DMARC_PSD_UNKNOWN, DMARC_PSD_YES, DMARC_PSD_NO };

struct dmarc_record {
	enum dmarc_policy p;  /* of the domain itself */
	enum dmarc_policy sp; /* of what is below it and exists; p when not given */
	enum dmarc_policy np; /* of what is below it and does not exist; sp when not given */
	enum dmarc_psd psd;
	bool testing;                 /* t=y */
	bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
	bool void_policy; /* p=, sp= or np= is no policy, and there is no rua=: no DMARC at all */
};

/*
 * Read TEXT. False when it is no DMARC record: it does not begin with v=DMARC1, or
 * is longer than LIMIT_KEY_RECORD. Anything else that is wrong in it is passed
 * over; of a tag that is there twice the first counts.
 */
bool dmarc_record_parse(struct span text, struct dmarc_record *out);

#endif
