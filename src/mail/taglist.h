#ifndef LADLE_MAIL_TAGLIST_H
#define LADLE_MAIL_TAGLIST_H

/*
 * "name=value;" lists of RFC 6376 section 3.2 (DKIM1, ARC, key records) and of the
 * DKIM2 draft, section 8. Names are case-sensitive. FWS round names and values is
 * dropped; FWS inside a value is kept as it stands.
 */

#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"

struct tag {
	struct span name;
	struct span value; /* trimmed; a span into the text */
};

struct taglist {
	struct tag v[LIMIT_TAGS];
	size_t n;
};

#define TAGLIST_EMPTY_TAGS 1u /* accept nothing between two ';' (DKIM2) */

/*
 * Parse TEXT. False (permanent) on: a name that is not ALPHA *(ALPHA/DIGIT/"_"),
 * a tag without '=', a repeated name, an empty list, more than LIMIT_TAGS tags.
 */
bool taglist_parse(struct span text, unsigned flags, struct taglist *out, struct err *e);
/* The tag NAME, or NULL. */
const struct tag *taglist_find(const struct taglist *l, const char *name);
/* VALUE with all FWS removed, in ARENA or VALUE itself. */
struct span taglist_squeeze(struct arena *arena, struct span value);

#endif
