#ifndef LADLE_AUTH_DKIM1_FIELD_H
#define LADLE_AUTH_DKIM1_FIELD_H

/* Inside of dkim1_*.c and arc_*.c: one signature field taken apart, and what it signs. */

#include "auth/canon.h"
#include "mail/taglist.h"

/* ARC (RFC 8617 4.1) has two fields that are like DKIM-Signature but for some tags. */
enum dkim1_kind { DKIM1_SIGNATURE = 1, DKIM1_ARC_MESSAGE = 2, DKIM1_ARC_SEAL = 4 };

struct dkim1_field {
	struct span d, s, a, i; /* d, s as A-labels once they parsed; i with its default */
	struct span i_domain;
	enum key_type key_type;
	enum canon header, body; /* c= */
	struct span *names;      /* h= */
	size_t n;
	struct span signature; /* b=, decoded */
	struct span body_hash; /* bh=, decoded */
	uint64_t length;       /* l=; UINT64_MAX without */
	uint64_t expires;      /* x=; UINT64_MAX without */
	struct span b;         /* b= as it stands, with all white space round it; into the value */
};

/*
 * Take F, a field of KIND, apart. NULL when it is a valid signature of RFC 6376 (8617)
 * that could be checked, else the reason (static text); what was understood until then is in
 * *OUT. The i= and cv= of ARC are not looked at.
 */
const char *dkim1_field_parse(struct arena *arena, const struct field *f, enum dkim1_kind kind,
                              struct dkim1_field *out);

/*
 * The fields that the N names of an h= select, appended in FORM: a repeated name
 * takes the next field from the bottom, a name too many takes none (RFC 6376
 * 5.4.2). Field index SELF (SPAN_NONE for none) is never taken.
 */
void dkim1_selected(struct arena *arena, struct buf *out, enum canon form,
                    const struct field *fields, size_t count, size_t self, const struct span *names,
                    size_t n);

#endif
