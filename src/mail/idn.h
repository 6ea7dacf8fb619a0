#ifndef LADLE_MAIL_IDN_H
#define LADLE_MAIL_IDN_H

#include "base/err.h"
#include "base/mem.h"

/*
 * A domain as lower-case A-labels (IDNA 2008, UTS #46 non-transitional; RFC
 * 5891). An ASCII domain is only lower-cased, underscores allowed. Without a
 * trailing dot. Permanent error when it is no domain (empty label, label over 63
 * octets, over 253 in all, forbidden characters).
 */
bool idn_ascii(struct arena *arena, struct span domain, struct span *out, struct err *e);
/*
 * Can TEXT be looked up as it stands? Labels of 1 to 63 letters, digits, '-' and '_', at most
 * IDN_NAME_MAX octets in all, no dot at the end.
 */
#define IDN_NAME_MAX 253 /* octets as text, dots included */
bool idn_is_name(struct span text);
/* For people: as U-labels, or DOMAIN itself when that fails. */
struct span idn_unicode(struct arena *arena, struct span domain);

#endif
