/*
 * Where a round is stands in the schedule: when the next one begins, which is set when one
 * begins, and the last member who was reminded in the one that runs, 0 when none does. Both
 * change in the transaction that puts the mail, so nobody is reminded twice.
 */
#include "flow/yearly.h"

#include "base/unit.h"
#include "flow/answer.h"
#include "flow/wake.h"
#include "mail/addr.h"
#include "rules/member.h"
#include "rules/route.h"
#include "rules/token.h"
#include "store/bounces.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/schedule.h"

#define YEAR  (365 * UNIT_DAY)
#define LOOK  SPAN("reminder-look")   /* of the site: when to look again */
#define ROUND SPAN("reminder-round")  /* when the next round of a list begins */
#define LAST  SPAN("reminder-member") /* the last one in the round that runs */
#define PAGE  200                     /* members of one turn */
#define PAUSE 60                      /* seconds from page to page */
#define IDLE  3600                    /* from look to look when nothing is due */
#define YOUNG (30 * UNIT_DAY)         /* members for less know that they are */

/* Not who is new, wants no mail just now, or had to be spared it, nor another list. */
static bool wanted(struct context *c, struct arena *arena, const struct member *m, int64_t now,
                   bool *out, struct err *e)
{
	struct bounce_row row = { .standing = { .state = BOUNCE_STATE_GOOD } };
	struct span key;
	int64_t id = 0;
	*out = m->joined <= now - YOUNG && m->paused <= now;
	if (!*out) {
		return true;
	}
	if (!addr_key(arena, m->address, &key, e) ||
	    !store_list_at(c->store, addr_local(key), addr_domain(key), &id, e) ||
	    (m->delivery == MEMBER_NOMAIL && !store_bounce_standing(c->store, m->id, &row, e))) {
		return false;
	}
	*out = id == 0 && row.standing.state != BOUNCE_STATE_DISABLED &&
	       row.standing.state != BOUNCE_STATE_COMPLAINED;
	return true;
}

static bool remind(struct context *c, struct arena *arena, const struct list *list,
                   const struct member *m, struct err *e)
{
	struct token token = { .member = m->id };
	struct span word = token_make(arena, c->secret, TOKEN_UNSUBSCRIBE, list->id, &token);
	struct answer x = { .list = list,
		            .notice = "reminder",
		            .recipient = m->address,
		            .priority = OUTBOX_REPORT,
		            .in_reply_to = SPAN(""),
		            .language = m->language };
	notice_set(&x.vars, "leave",
	           route_make(arena, list, site_delimiter(&c->site),
	                      arena_join(arena, SPAN("unsubscribe-"), word, SPAN_END)));
	notice_set(&x.vars, "mode", span_str(member_delivery_name(m->delivery)));
	notice_set(&x.vars, "date", answer_time(arena, m->joined));
	return answer_unasked(c, arena, &x, e);
}

/* The members behind LAST; *N: how many there were, of PAGE at most. */
static bool remind_page(struct context *c, struct arena *arena, const struct list *list,
                        int64_t last, size_t *n, struct err *e)
{
	struct member *v;
	int64_t now = c->env.now(&c->env);
	bool send;
	if (!store_member_page(c->store, arena, list->id, last, PAGE, &v, n, e)) {
		return false;
	}
	for (size_t i = 0; i < *n; i++) {
		if (!wanted(c, arena, &v[i], now, &send, e) ||
		    (send && !remind(c, arena, list, &v[i], e))) {
			return false;
		}
	}
	return store_schedule_put(c->store, LAST, list->id, *n == PAGE ? v[*n - 1].id : 0, e);
}

/* In a transaction. *DONE: there was something to do. */
static bool turn(struct context *c, struct arena *arena, const struct list *list, bool *done,
                 struct err *e)
{
	int64_t last, now = c->env.now(&c->env);
	size_t n;
	bool due;
	if (!store_schedule_due(c->store, ROUND, list->id, now, YEAR, &due, e) ||
	    !store_schedule_get(c->store, LAST, list->id, &last, e)) {
		return false;
	}
	*done = last > 0 || due;
	return !*done ||
	       ((last > 0 || store_schedule_put(c->store, ROUND, list->id, now + YEAR, e)) &&
	        remind_page(c, arena, list, last, &n, e));
}

static bool do_list(struct context *c, struct arena *arena, const struct list *list, bool *done,
                    struct err *e)
{
	return store_begin(c->store, e) && store_finish(c->store, turn(c, arena, list, done, e), e);
}

static bool look(struct context *c, struct arena *arena, struct err *e)
{
	int64_t now = c->env.now(&c->env);
	struct list *lists;
	size_t n;
	bool due, done = false;
	if (!store_schedule_due(c->store, LOOK, 0, now, IDLE, &due, e)) {
		return false;
	}
	if (!due) {
		return true;
	}
	if (!store_list_all(c->store, arena, &lists, &n, e)) {
		return false;
	}
	for (size_t i = 0; !done && i < n; i++) {
		if (lists[i].reminder && !do_list(c, arena, &lists[i], &done, e)) {
			return false;
		}
	}
	if (done) {
		wake_touch(c);
	}
	return store_schedule_put(c->store, LOOK, 0, now + (done ? PAUSE : IDLE), e);
}

void yearly_due(struct context *c)
{
	struct arena *arena = arena_new();
	struct err e = { 0 };
	if (!look(c, arena, &e)) {
		log_event(&c->log, LOG_LEVEL_WARNING, "reminder", { "error", span_str(e.text) });
	}
	arena_free(arena);
}
