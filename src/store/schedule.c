/* A row for each thing that comes round; that of a list which is gone harms nobody. */

#include "store/schedule.h"

#include "store/stmt.h"

bool store_schedule_get(struct store *s, struct span name, int64_t list, int64_t *at, struct err *e)
{
	return stmt_number(s, STMT_SCHEDULE_GET, STMT_ARGS(stmt_text(name), stmt_int(list)), at, e);
}

bool store_schedule_due(struct store *s, struct span name, int64_t list, int64_t now,
                        int64_t period, bool *due, struct err *e)
{
	int64_t at;
	if (!store_schedule_get(s, name, list, &at, e)) {
		return false;
	}
	*due = now >= at || at > now + period;
	return true;
}

bool store_schedule_put(struct store *s, struct span name, int64_t list, int64_t at, struct err *e)
{
	return stmt_run(s, STMT_SCHEDULE_PUT,
	                STMT_ARGS(stmt_text(name), stmt_int(list), stmt_int(at)), e);
}
