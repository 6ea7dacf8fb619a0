#ifndef LADLE_AUTH_LOOKUPS_H
#define LADLE_AUTH_LOOKUPS_H

/*
 * A key source for one message: each name is looked up once, and never more than
 * LIMIT_DNS_LOOKUPS names, whatever the message says. Names that are known beforehand
 * are announced; they have their place, and are fetched together.
 */

#include "auth/key.h"

struct lookups;

/* SOURCE must outlive the result, which lives in ARENA, as all answers do. */
struct lookups *lookups_new(struct arena *arena, const struct keysource *source);
/* NAME will be asked for. Beyond the limit nothing happens. */
void lookups_announce(struct lookups *l, struct span name);
/* Fetch what was announced, all at once. */
void lookups_prefetch(struct lookups *l);
/* What asks through L. Answers TXT_REFUSED for what is beyond the limit. */
struct keysource lookups_source(struct lookups *l);

#endif
