/*
 * A reminder goes out when something waits since yesterday, and a day has passed since the
 * last one; what came today was told about today. Which day it was is in the database, in the
 * transaction that puts the mail.
 */
#include "flow/remind.h"

#include "base/fault.h"
#include "base/limits.h"
#include "base/unit.h"
#include "flow/moderate_mail.h"
#include "rules/people.h"
#include "store/held.h"
#include "store/schedule.h"

/* Less than a day, so that the hour at which it comes does not wander. */
#define WAITS_FOR 79200
#define NAME      SPAN("held-reminder")
/* Of those that wait, how many a reminder names. */
#define NAMED 50
/* Seconds before the end of a signature at which moderators are warned: on day 10. */
#define WARN_BEFORE (4 * UNIT_DAY)
#define WARN_MAX    100

static bool end(struct context *c, bool ok, struct err *e)
{
	(void)fault_point("remind-commit");
	return store_finish(c->store, ok, e);
}

static bool remind(struct context *c, struct arena *arena, const struct list *list, int64_t now,
                   struct err *e)
{
	struct held *v;
	size_t n;
	int64_t total;
	bool due;
	if (!store_schedule_due(c->store, NAME, list->id, now, UNIT_DAY, &due, e)) {
		return false;
	}
	if (!due) {
		return true;
	}
	if (!store_held_known(c->store, arena, list->id, NAMED, &v, &n, &total, e)) {
		return false;
	}
	return n == 0 || v[0].arrived > now - WAITS_FOR ||
	       (moderate_mail_reminder(c, arena, list, v, n, total, e) &&
	        store_schedule_put(c->store, NAME, list->id, now + UNIT_DAY, e));
}

static bool warn(struct context *c, struct arena *arena, const struct list *list, int64_t now,
                 struct err *e)
{
	int64_t *ids, before = now - LIMIT_SIGNATURE_AGE + WARN_BEFORE;
	size_t n;
	struct held held;
	bool found;
	if (!store_held_aging(c->store, arena, list->id, before, WARN_MAX, &ids, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!store_held_get(c->store, arena, ids[i], &held, &found, e) ||
		    (found && !moderate_mail_aging(c, arena, list, &held, e)) ||
		    !store_held_warned(c->store, ids[i], e)) {
			return false;
		}
	}
	return true;
}

bool remind_list(struct context *c, struct arena *arena, const struct list *list, int64_t now,
                 struct err *e)
{
	if (people_moderators(list).n == 0) {
		return true;
	}
	return store_begin(c->store, e) &&
	       end(c, remind(c, arena, list, now, e) && warn(c, arena, list, now, e), e);
}
