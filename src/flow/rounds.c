/*
 * Work that comes round once a day: the word to owners about who came and went, and the one
 * reminder of an invitation. What owners are told is read from the trail: its rows since the
 * last report, of which the schedule keeps the number. So nothing is told twice, and nothing
 * is lost when a day is missed.
 */
#include "flow/rounds.h"

#include "base/unit.h"
#include "flow/answer.h"
#include "flow/enrol.h"
#include "flow/wake.h"
#include "store/audit.h"
#include "store/held.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/pending.h"
#include "store/schedule.h"

#define ROUND        SPAN("daily-round")    /* when the next one is due */
#define REPORTED     SPAN("owner-reported") /* the last row of the trail in a report */
#define LINES_MAX    100                    /* addresses in one report */
#define PAGE         1000
#define REMIND_AFTER (7 * UNIT_DAY) /* of the 14 days of an invitation */

struct report {
	struct buf joined, left, changed;
	size_t lines;
};

static void add_line(struct report *r, struct buf *to, struct span address)
{
	if (r->lines < LINES_MAX) {
		buf_add(to, address);
		buf_chr(to, '\n');
	} else if (r->lines == LINES_MAX) {
		buf_str(to, "…\n");
	}
	r->lines++;
}

static void add_row(struct report *r, const struct audit *a)
{
	struct span what = a->subject.n > 0 ? a->subject : a->detail;
	if (span_is(a->what, "member add") || span_is(a->what, "member import")) {
		add_line(r, &r->joined, what);
	} else if (span_is(a->what, "member rm")) {
		add_line(r, &r->left, what);
	} else if (span_starts(a->what, SPAN("member "))) {
		add_line(r, &r->changed, what);
	}
}

/* The rows behind *LAST, which moves. */
static bool collect(struct context *c, const struct list *list, int64_t *last, struct report *r,
                    struct err *e)
{
	bool ok = true;
	for (size_t n = PAGE; ok && n == PAGE;) {
		struct arena *arena = arena_new();
		struct audit *v;
		ok = store_audit_ls(c->store, arena, list->id, *last, PAGE, &v, &n, e);
		for (size_t i = 0; ok && i < n; i++) {
			add_row(r, &v[i]);
			*last = v[i].id;
		}
		arena_free(arena);
	}
	return ok;
}

static bool send_report(struct context *c, struct arena *arena, const struct list *list,
                        struct report *r, struct err *e)
{
	struct notice_vars vars = { 0 };
	int64_t members, held;
	if (r->lines == 0) {
		return true;
	}
	if (!store_member_count(c->store, list->id, &members, e) ||
	    !store_held_count(c->store, list->id, HELD_WAITING, &held, e)) {
		return false;
	}
	notice_set(&vars, "joined", buf_move(&r->joined, arena));
	notice_set(&vars, "left", buf_move(&r->left, arena));
	notice_set(&vars, "changed", buf_move(&r->changed, arena));
	notice_set(&vars, "date", answer_time(arena, c->env.now(&c->env)));
	notice_set(&vars, "count", arena_printf(arena, "%lld", (long long)members));
	notice_set(&vars, "held",
	           held > 0 ? arena_printf(arena, "%lld", (long long)held) : SPAN(""));
	return answer_owners(c, arena, list, "owner-daily", &vars, e);
}

/* One list, in one transaction. */
static bool report(struct context *c, struct arena *arena, const struct list *list, struct err *e)
{
	struct report r = { BUF_INIT, BUF_INIT, BUF_INIT, 0 };
	int64_t last, before;
	bool wanted = list->owner_notices == LIST_OWNERS_DAILY && list->owners.n > 0;
	bool ok = store_begin(c->store, e) &&
	          store_schedule_get(c->store, REPORTED, list->id, &last, e);
	before = last;
	ok = ok && collect(c, list, &last, &r, e) &&
	     (!wanted || send_report(c, arena, list, &r, e)) &&
	     (last == before || store_schedule_put(c->store, REPORTED, list->id, last, e));
	buf_free(&r.joined);
	buf_free(&r.left);
	buf_free(&r.changed);
	return store_finish(c->store, ok, e);
}

/* A token is not kept, so the reminder brings a new one, good as long as the old one was. */
static bool remind(struct context *c, struct arena *arena, const struct list *list,
                   struct pending *p, struct err *e)
{
	const struct digest old = p->hash;
	const char *refused;
	struct span token = pending_token(arena, &c->env);
	struct answer x = { .list = list,
		            .kind = ANSWER_CONFIRM,
		            .notice = "invite-reminder",
		            .recipient = p->address,
		            .token = token,
		            .expires = p->expires };
	p->reminded = c->env.now(&c->env);
	return pending_hash(token, &p->hash) && answer_send(c, arena, &x, &refused, e) &&
	       (refused || store_pending_renew(c->store, &old, p, e));
}

static bool remind_all(struct context *c, struct arena *arena, const struct list *list,
                       struct err *e)
{
	struct pending *v;
	size_t n;
	int64_t now = c->env.now(&c->env);
	bool ok = store_begin(c->store, e) &&
	          store_pending_to_remind(c->store, arena, list->id, PENDING_INVITE,
	                                  now - REMIND_AFTER, now, &v, &n, e);
	for (size_t i = 0; ok && i < n; i++) {
		ok = remind(c, arena, list, &v[i], e);
	}
	return store_finish(c->store, ok, e);
}

static bool go_round(struct context *c, struct arena *arena, struct err *e)
{
	int64_t last, now = c->env.now(&c->env);
	struct list *lists;
	size_t n;
	bool due;
	if (!store_schedule_get(c->store, ROUND, 0, &last, e) ||
	    !store_schedule_due(c->store, ROUND, 0, now, UNIT_DAY, &due, e)) {
		return false;
	}
	if (!due) {
		return true;
	}
	if (!store_list_all(c->store, arena, &lists, &n, e)) {
		return false;
	}
	/* The first day has nothing to tell yet. */
	for (size_t i = 0; last > 0 && i < n; i++) {
		if (!report(c, arena, &lists[i], e) || !remind_all(c, arena, &lists[i], e)) {
			return false;
		}
	}
	wake_touch(c);
	return store_schedule_put(c->store, ROUND, 0, now + UNIT_DAY, e);
}

void rounds_due(struct context *c)
{
	struct arena *arena = arena_new();
	struct err e = { 0 };
	if (!go_round(c, arena, &e)) {
		log_event(&c->log, LOG_LEVEL_WARNING, "rounds", { "error", span_str(e.text) });
	}
	arena_free(arena);
}
