#ifndef LADLE_STORE_AUDIT_H
#define LADLE_STORE_AUDIT_H

/* Who changed what, when, and by which channel: written in the transaction of the change. */

#include "store/db.h"

struct audit {
	int64_t id;               /* grows */
	int64_t at;               /* seconds since 1970 */
	int64_t list;             /* 0: the site */
	struct span list_address; /* of then; empty for the site */
	struct span channel;      /* "cli", "mail", "system" */
	struct span actor;        /* user of the system, or address */
	struct span what;         /* "member add", "list set"… */
	struct span subject;      /* what it is about: address, setting, pattern */
	struct span detail;
};

bool store_audit(struct store *s, const struct audit *a, struct err *e);
/* Of LIST, -1 of all, those with id > AFTER, ascending; at most LIMIT. */
bool store_audit_ls(struct store *s, struct arena *arena, int64_t list, int64_t after, size_t limit,
                    struct audit **out, size_t *n, struct err *e);

#endif
