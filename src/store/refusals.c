/* Refusals, for the limits on reports about them and for `status`. */

#include "store/refusals.h"

#include "store/stmt.h"

bool store_refusal_add(struct store *s, const struct refused *r, struct err *e)
{
	return stmt_run(s, STMT_REFUSAL_ADD,
	                STMT_ARGS(stmt_int(r->at), stmt_text(r->code), stmt_text(r->address),
	                          stmt_text(r->domain), stmt_text(r->message),
	                          stmt_bytes(r->recipient)),
	                e);
}

bool store_refusal_known(struct store *s, const struct refused *r, bool *known, struct err *e)
{
	int64_t n = 0;

	if (!stmt_number(s, STMT_REFUSAL_KNOWN,
	                 STMT_ARGS(stmt_text(r->message), stmt_text(r->address),
	                           stmt_bytes(r->recipient)),
	                 &n, e)) {
		return false;
	}
	*known = n != 0;
	return true;
}

bool store_refusal_counts(struct store *s, struct span address, struct span domain, int64_t since,
                          int64_t out[3], struct err *e)
{
	return stmt_number(s, STMT_REFUSAL_ADDRESS, STMT_ARGS(stmt_text(address), stmt_int(since)),
	                   &out[0], e) &&
	       stmt_number(s, STMT_REFUSAL_DOMAIN, STMT_ARGS(stmt_text(domain), stmt_int(since)),
	                   &out[1], e) &&
	       stmt_number(s, STMT_REFUSAL_TOLD, STMT_ARGS(stmt_int(since)), &out[2], e);
}

bool store_refusal_totals(struct store *s, int64_t since, int64_t *told, int64_t *silent,
                          struct err *e)
{
	return stmt_number(s, STMT_REFUSAL_TOLD, STMT_ARGS(stmt_int(since)), told, e) &&
	       stmt_number(s, STMT_REFUSAL_SILENT, STMT_ARGS(stmt_int(since)), silent, e);
}

bool store_refusal_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_REFUSAL_SWEEP, STMT_ARGS(stmt_int(before)), e);
}
