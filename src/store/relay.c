/* The state of the relay: a row while it is down. */

#include "store/relay.h"

#include "store/stmt.h"

bool store_relay_down(struct store *s, struct span reply, int64_t now, struct err *e)
{
	return stmt_run(s, STMT_RELAY_DOWN, STMT_ARGS(stmt_int(now), stmt_bytes(reply)), e);
}

bool store_relay_up(struct store *s, struct err *e)
{
	return stmt_run(s, STMT_RELAY_UP, STMT_NO_ARGS, e);
}

bool store_relay_get(struct store *s, struct arena *arena, struct relay *out, struct err *e)
{
	struct rows r;

	*out = (struct relay){ 0 };
	rows_open(&r, s, STMT_RELAY_GET, STMT_NO_ARGS, arena);
	if (rows_next(&r)) {
		out->down_since = row_int(&r);
		out->reply = row_span(&r);
	}
	return rows_close(&r, e);
}
