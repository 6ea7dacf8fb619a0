/*
 * Held messages meet their end here when no moderator was first; before, moderators are
 * reminded. A page of them is one
 * transaction, so that the database is never locked for long.
 */
#include "flow/expire.h"

#include "base/fault.h"
#include "base/unit.h"
#include "flow/moderate.h"
#include "flow/remind.h"
#include "rules/setting.h"
#include "store/held.h"
#include "store/lists.h"
#include "store/schedule.h"

#define PAGE 500
#define NAME SPAN("hold-expiry")

struct expiry {
	struct context *c;
	struct arena *arena;
	struct list list; /* of site defaults for what no list answers for */
	int64_t now;
};

/* The list's settings; of no list, and of one that went meanwhile, the defaults. */
static bool load_list(struct expiry *x, int64_t id, struct err *e)
{
	bool found = false;
	if (id != 0 && !store_list_get(x->c->store, x->arena, id, &x->list, &found, e)) {
		return false;
	}
	if (!found) {
		setting_defaults(x->arena, SETTING_LIST, &x->list);
	}
	return true;
}

static bool decide_page(struct expiry *x, const int64_t *ids, size_t n, enum held_state state,
                        struct err *e)
{
	struct held_decision d = {
		.state = state,
		.at = x->now,
		.channel = SPAN(HELD_BY_EXPIRY),
	};
	bool changed, ok = store_begin(x->c->store, e);
	for (size_t i = 0; ok && i < n; i++) {
		ok = store_held_decide(x->c->store, ids[i], &d, &changed, e);
	}
	(void)fault_point("expire-commit");
	return store_finish(x->c->store, ok, e);
}

/* Authors are told, so each is a transaction of its own; a moderator may be first even now. */
static bool reject_page(struct expiry *x, const int64_t *ids, size_t n, struct err *e)
{
	struct moderate m = {
		.action = MODERATION_REJECT,
		.channel = SPAN(HELD_BY_EXPIRY),
		.note = SPAN("no moderator has decided about it in time"),
		.impatient = true,
	};
	for (size_t i = 0; i < n; i++) {
		struct arena *arena = arena_new();
		struct span note;
		m.held = ids[i];
		bool ok = moderate(x->c, arena, &m, &note, e);
		arena_free(arena);
		/* What cannot be read must not wait for ever: nobody is told then. */
		if (!ok && !decide_page(x, &ids[i], 1, HELD_REFUSED, e)) {
			return false;
		}
	}
	return true;
}

static void log_expired(struct expiry *x, int64_t count)
{
	struct span name = x->list.local.n > 0 ? arena_join(x->arena, x->list.local, SPAN("@"),
	                                                    x->list.domain, SPAN_END)
	                                       : SPAN("-");
	if (count > 0) {
		log_event(&x->c->log, LOG_LEVEL_INFO, "expired", { "list", name },
		          { "messages", arena_printf(x->arena, "%lld", (long long)count) });
	}
}

static bool expire_list(struct expiry *x, int64_t id, struct err *e)
{
	int64_t *ids, count = 0;
	size_t n = PAGE;
	if (!load_list(x, id, e)) {
		return false;
	}
	int64_t before = x->now - (int64_t)x->list.hold_expiry;
	while (x->list.hold_expiry > 0 && n == PAGE) {
		if (!store_held_expired(x->c->store, x->arena, id, before, PAGE, &ids, &n, e) ||
		    !(x->list.hold_expired == LIST_EXPIRED_REJECT
		              ? reject_page(x, ids, n, e)
		              : decide_page(x, ids, n, HELD_DISCARDED, e))) {
			return false;
		}
		count += (int64_t)n;
	}
	log_expired(x, count);
	return id == 0 || remind_list(x->c, x->arena, &x->list, x->now, e);
}

static bool expire_all(struct expiry *x, struct err *e)
{
	int64_t *lists;
	size_t n;
	bool due;
	if (!store_schedule_due(x->c->store, NAME, 0, x->now, UNIT_HOUR, &due, e)) {
		return false;
	}
	if (!due) {
		return true;
	}
	if (!store_held_lists(x->c->store, x->arena, &lists, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!expire_list(x, lists[i], e)) {
			return false;
		}
	}
	return store_schedule_put(x->c->store, NAME, 0, x->now + UNIT_HOUR, e);
}

void expire_due(struct context *c)
{
	struct expiry x = { .c = c, .arena = arena_new(), .now = c->env.now(&c->env) };
	struct err e = { 0 };
	if (!expire_all(&x, &e)) {
		log_event(&c->log, LOG_LEVEL_WARNING, "expire", { "error", span_str(e.text) });
	}
	arena_free(x.arena);
}
