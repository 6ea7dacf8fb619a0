/*
 * What owners are told once a day is read from the trail: its rows since the last report,
 * of which the schedule keeps the number. So nothing is told twice, and nothing is lost
 * when a day is missed.
 */
#include "flow/enrol.h"

#include "flow/answer.h"
#include "flow/wake.h"
#include "mail/addr.h"
#include "rules/member.h"
#include "rules/route.h"
#include "store/audit.h"
#include "store/held.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/pending.h"
#include "store/schedule.h"

#define DAY       86400
#define REPORT    SPAN("owner-report")   /* when the next one is due */
#define REPORTED  SPAN("owner-reported") /* the last row of the trail in one */
#define LINES_MAX 100                    /* addresses in one report */
#define PAGE      1000

bool enrol_audit(struct context *c, struct arena *arena, const struct enrol *how, const char *what,
                 struct span subject, struct span detail, struct err *e)
{
	struct audit a = {
		.at = c->env.now(&c->env),
		.list = how->list->id,
		.list_address = route_make(arena, how->list, '+', SPAN("")),
		.channel = how->channel,
		.actor = how->actor,
		.what = span_str(what),
		.subject = subject,
		.detail = detail,
	};
	return store_audit(c->store, &a, e);
}

/* A word to the person, within the limits. */
static bool tell(struct context *c, struct arena *arena, const struct enrol *how,
                 const char *notice, const struct member *m, struct err *e)
{
	struct answer x = { .list = how->list,
		            .kind = ANSWER_RESULT,
		            .notice = notice,
		            .recipient = m->address,
		            .in_reply_to = how->in_reply_to,
		            .language = m->language };
	const char *refused;
	notice_set(&x.vars, "mode", span_str(member_delivery_name(m->delivery)));
	notice_set_flag(&x.vars, "moderated", how->list->moderated);
	notice_set_flag(&x.vars, "members-only", how->list->nonmember != LIST_ACTION_ACCEPT);
	return answer_send(c, arena, &x, &refused, e);
}

static bool tell_owners(struct context *c, struct arena *arena, const struct enrol *how,
                        const char *notice, const struct member *m, struct err *e)
{
	struct notice_vars vars = { 0 };
	int64_t count;
	if (how->silent || how->list->owner_notices != LIST_OWNERS_EACH) {
		return true;
	}
	if (!store_member_count(c->store, how->list->id, &count, e)) {
		return false;
	}
	notice_set(&vars, "member", m->address);
	notice_set(&vars, "mode", span_str(member_delivery_name(m->delivery)));
	notice_set(&vars, "channel", how->channel);
	notice_set(&vars, "reason", how->detail);
	notice_set(&vars, "count", arena_printf(arena, "%lld", (long long)count));
	return answer_owners(c, arena, how->list, notice, &vars, e);
}

bool enrol_join(struct context *c, struct arena *arena, const struct enrol *how, struct member *m,
                bool *added, struct err *e)
{
	struct span key;
	m->joined = c->env.now(&c->env);
	if (!addr_key(arena, m->address, &key, e) ||
	    !store_member_add(c->store, how->list->id, m, key, added, e)) {
		return false;
	}
	return !*added || (enrol_audit(c, arena, how, "member add", m->address, how->detail, e) &&
	                   (how->quiet || tell(c, arena, how, "welcome", m, e)) &&
	                   tell_owners(c, arena, how, "owner-subscribed", m, e));
}

bool enrol_leave(struct context *c, struct arena *arena, const struct enrol *how,
                 const struct member *m, bool *removed, struct err *e)
{
	struct span key;
	if (!addr_key(arena, m->address, &key, e) ||
	    !store_member_rm(c->store, how->list->id, key, removed, e)) {
		return false;
	}
	return !*removed || (enrol_audit(c, arena, how, "member rm", m->address, how->detail, e) &&
	                     (how->quiet || tell(c, arena, how, "goodbye", m, e)) &&
	                     tell_owners(c, arena, how, "owner-unsubscribed", m, e));
}

bool enrol_ask(struct context *c, struct arena *arena, const struct enrol_question *q,
               const char **refused, struct err *e)
{
	int64_t now = c->env.now(&c->env);
	struct span token = pending_token(arena, &c->env);
	struct pending p = { .list = q->list->id,
		             .action = q->action,
		             .address = q->address,
		             .name = q->name,
		             .other = q->other,
		             .delivery = q->delivery,
		             .asked_by = q->asked_by,
		             .created = now,
		             .expires = now + pending_kind(q->action)->lifetime };
	struct answer x = { .list = q->list,
		            .kind = ANSWER_CONFIRM,
		            .notice = q->notice,
		            .recipient = q->address,
		            .token = token,
		            .expires = p.expires };
	if (q->vars) {
		x.vars = *q->vars;
	}
	if (!addr_key(arena, q->address, &p.key, e) || !pending_hash(token, &p.hash) ||
	    !answer_send(c, arena, &x, refused, e)) {
		return false;
	}
	return *refused || (store_pending_drop(c->store, p.list, p.key, p.action, e) &&
	                    store_pending_add(c->store, &p, e));
}

/* ---- the daily report ---- */

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
	if (ok) {
		return store_commit(c->store, e);
	}
	store_rollback(c->store);
	return false;
}

static bool report_all(struct context *c, struct arena *arena, struct err *e)
{
	int64_t at, now = c->env.now(&c->env);
	struct list *lists;
	size_t n;
	if (!store_schedule_get(c->store, REPORT, 0, &at, e)) {
		return false;
	}
	/* A time further off than the next turn comes from a clock that was wrong. */
	if (now < at && at <= now + DAY) {
		return true;
	}
	if (!store_list_all(c->store, arena, &lists, &n, e)) {
		return false;
	}
	/* The first day has nothing to tell yet. */
	for (size_t i = 0; at > 0 && i < n; i++) {
		if (!report(c, arena, &lists[i], e)) {
			return false;
		}
	}
	wake_touch(c);
	return store_schedule_put(c->store, REPORT, 0, now + DAY, e);
}

void enrol_report_due(struct context *c)
{
	struct arena *arena = arena_new();
	struct err e = { 0 };
	if (!report_all(c, arena, &e)) {
		log_event(&c->log, LOG_LEVEL_WARNING, "owner-report",
		          { "error", span_str(e.text) });
	}
	arena_free(arena);
}
