#ifndef LADLE_RULES_TEXT_SCAN_H
#define LADLE_RULES_TEXT_SCAN_H

#include "mail/mime.h"

/* What has to be known of a text before something is put below it. */
struct text_scan {
	bool pgp;           /* a line that begins an OpenPGP message or signature */
	bool signature;     /* a signature separator, "-- " */
	bool flows_on;      /* the last line ends in a space and is no separator (RFC 3676) */
	bool ends_in_ascii; /* no shift of ISO 2022 (RFC 1468) is open at the end */
};

/* Reads the decoded text of P, in memory that does not grow with it. */
struct text_scan text_scan(const struct part *p);

#endif
