#ifndef LADLE_STORE_REFUSALS_H
#define LADLE_STORE_REFUSALS_H

/* Refusals, one row each: who was told, or why nobody was. */

#include "store/db.h"

struct refused {
	int64_t at;
	struct span code;            /* "told", or why nobody was */
	struct span address, domain; /* as a key (addr_key); empty: nobody was told */
	struct span message;         /* the name of its bytes (blob_name) */
	struct span recipient;
};
bool store_refusal_add(struct store *s, const struct refused *r, struct err *e);
/* Was R's address told about the same message to the same recipient? */
bool store_refusal_known(struct store *s, const struct refused *r, bool *known, struct err *e);
/* How many reports went out since SINCE: to ADDRESS, to DOMAIN, in all. */
bool store_refusal_counts(struct store *s, struct span address, struct span domain, int64_t since,
                          int64_t out[3], struct err *e);
/* How many refusals there were since SINCE of which somebody was told, and nobody. */
bool store_refusal_totals(struct store *s, int64_t since, int64_t *told, int64_t *silent,
                          struct err *e);
/* Forget those before BEFORE. */
bool store_refusal_sweep(struct store *s, int64_t before, struct err *e);

#endif
