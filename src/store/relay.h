#ifndef LADLE_STORE_RELAY_H
#define LADLE_STORE_RELAY_H

/* Whether the relay answers, as the workers last found it, for those who ask. */

#include "store/db.h"

struct relay {
	int64_t down_since; /* seconds since 1970; 0: it answers, as far as is known */
	struct span reply;  /* what it said last, or why it said nothing */
};

/* It does not answer; when that is known already, only the reply is new. */
bool store_relay_down(struct store *s, struct span reply, int64_t now, struct err *e);
bool store_relay_up(struct store *s, struct err *e);
bool store_relay_get(struct store *s, struct arena *arena, struct relay *out, struct err *e);

#endif
