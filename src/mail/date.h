#ifndef LADLE_MAIL_DATE_H
#define LADLE_MAIL_DATE_H

#include "base/mem.h"

/* "Fri, 27 Nov 2026 18:30:01 +0000" (RFC 5322 3.3) of T, seconds since 1970, in UTC. */
struct span date_format(struct arena *arena, int64_t t);
/* "2026-11-27T18:30:01Z" (RFC 3339). */
struct span date_iso(struct arena *arena, int64_t t);

#endif
