/*
 * What happens without a report: copies that our own delivery could not hand over become
 * events; probes, warnings, removals and alerts are sent when their time has come. Each is
 * a transaction with the mail that belongs to it.
 */
#include "base/fault.h"
#include "flow/bounce_mail.h"
#include "flow/bounce_standing.h"
#include "flow/bounces.h"
#include "flow/enrol.h"
#include "flow/wake.h"
#include "mail/bounce_reply.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/posts.h"

#define PAGE        500
#define ALERT_AFTER 900 /* seconds that reports about one post are collected */

/* --- our own delivery ----------------------------------------------------------------- */

static bool record_failed(struct context *c, struct arena *arena, const struct bounce_failed *f,
                          bool probe, struct err *e)
{
	struct bounce_event ev = { .list = f->list,
		                   .member = f->member,
		                   .post = probe ? BOUNCE_PROOF_OWN + f->post : f->post,
		                   .source = BOUNCE_SOURCE_RELAY,
		                   .at = f->at };
	struct bounce_recipient r = { .action = BOUNCE_FAILED, .reply = f->reply };
	struct bounce b = { .v = &r, .n = 1 };
	struct bounce_reply found;
	struct span words;
	bool added;
	bounce_reply_find(f->reply, &found);
	r.code = found.code;
	r.status = found.status;
	bounces_address(arena, &ev, f->address);
	return bounces_classify(c, &b, &ev, &words, e) &&
	       bounces_record(c, arena, &ev, &added, e) &&
	       (probe || store_bounce_counted(c->store, f->post, f->member, e));
}

/* One page of failures, of posts or of probes, in one transaction; *N: how many there were. */
static bool record_page(struct context *c, struct arena *arena, bool probes, size_t *n,
                        struct err *e)
{
	struct bounce_failed *v;
	bool ok = probes ? store_bounce_failed_probes(c->store, arena, PAGE, &v, n, e)
	                 : store_bounce_failed(c->store, arena, PAGE, &v, n, e);
	if (!ok || *n == 0) {
		return ok;
	}
	if (!store_begin(c->store, e)) {
		return false;
	}
	for (size_t i = 0; ok && i < *n; i++) {
		ok = record_failed(c, arena, &v[i], probes, e);
	}
	(void)fault_point("bounce-commit");
	return store_finish(c->store, ok, e);
}

/* --- what time brings ------------------------------------------------------------------- */

struct due {
	struct context *c;
	struct arena *arena;
	struct bounce_row row;
	struct list list;
	struct member member;
	struct bounce_event *last; /* or NULL */
	bool found;                /* list and member are there */
};

static bool load_due(struct due *d, struct err *e)
{
	const struct bounce_filter f = { .member = d->row.member, .class = -1, .domain = SPAN("") };
	size_t n;
	if (!store_list_get(d->c->store, d->arena, d->row.list, &d->list, &d->found, e) ||
	    (d->found && !store_member_get(d->c->store, d->arena, d->row.list, d->row.member,
	                                   &d->member, &d->found, e)) ||
	    !store_bounce_ls(d->c->store, d->arena, &f, 0, 1, &d->last, &n, e)) {
		return false;
	}
	d->last = n > 0 ? d->last : NULL;
	return true;
}

static bool stand(struct due *d, enum bounce_state state, int64_t since, int64_t warnings,
                  struct err *e)
{
	d->row.standing = (struct bounce_standing){ state, since, warnings };
	return store_bounce_standing_put(d->c->store, &d->row, e);
}

static bool mail(struct due *d, enum bounce_mail what, struct err *e)
{
	return bounce_mail_member(d->c, d->arena, what, &d->list, &d->member, &d->row, d->last, e);
}

static bool remove_member(struct due *d, struct err *e)
{
	const struct enrol how = { .list = &d->list,
		                   .channel = SPAN("system"),
		                   .actor = SPAN("bounces"),
		                   .detail = SPAN("mail came back for four weeks"),
		                   .quiet = true };
	bool removed;
	return mail(d, BOUNCE_MAIL_REMOVED, e) &&
	       enrol_leave(d->c, d->arena, &how, &d->member, &removed, e);
}

static bool act(struct due *d, enum bounce_next next, int64_t now, struct err *e)
{
	const struct bounce_standing st = d->row.standing;
	int64_t count;
	switch (next) {
	case BOUNCE_NEXT_WARN:
		return mail(d, BOUNCE_MAIL_WARNING, e) &&
		       stand(d, st.state, st.since, st.warnings + 1, e);
	case BOUNCE_NEXT_REMOVE: return remove_member(d, e);
	case BOUNCE_NEXT_DISABLE: return stand(d, BOUNCE_STATE_DISABLED, now, 0, e);
	case BOUNCE_NEXT_RESTORE: return bounce_standing_reset(d->c, d->row.member, &count, e);
	case BOUNCE_NEXT_NOTHING:
	case BOUNCE_NEXT_PROBE: break;
	}
	/* A probe is due, and nothing speaks against it. */
	return st.state != BOUNCE_STATE_PROBE_DUE ||
	       (stand(d, BOUNCE_STATE_PROBED, now, 0, e) && mail(d, BOUNCE_MAIL_PROBE, e));
}

/* What is due about one member, in one transaction. */
static bool settle(struct due *d, struct err *e)
{
	struct bounce_score score;
	int64_t now = d->c->env.now(&d->c->env);
	if (!load_due(d, e) || !bounce_standing_score(d->c, d->arena, d->row.member, &score, e)) {
		return false;
	}
	if (!d->found) {
		return stand(d, BOUNCE_STATE_GOOD, now, 0, e);
	}
	enum bounce_next next = bounce_score_next(&d->row.standing, &score, false, now);
	bool ok = act(d, next, now, e);
	if (ok) {
		bounce_standing_log(d->c, d->arena, &d->row, &score);
	}
	return ok;
}

/* Trouble with one must not stop the others; only what meets all does. */
static bool passable(const struct context *c, const struct err *e)
{
	if (e->class == ERR_TEMPORARY) {
		return false;
	}
	log_event(&c->log, LOG_LEVEL_ERROR, "bounce-due", { "error", span_str(e->text) });
	return true;
}

static bool settle_all(struct context *c, struct arena *arena, struct err *e)
{
	struct bounce_row *v;
	size_t n;
	if (!store_bounce_standings(c->store, arena, c->env.now(&c->env), PAGE, &v, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct due d = { .c = c, .arena = arena_new(), .row = v[i] };
		bool ok = store_begin(c->store, e) && store_finish(c->store, settle(&d, e), e);
		arena_free(d.arena);
		if (!ok && !passable(c, e)) {
			return false;
		}
	}
	if (n > 0) {
		wake_touch(c);
	}
	return true;
}

/* One alert a post, when most reports about it may be there. */
static bool alert(struct context *c, struct arena *arena, const struct bounce_group *g,
                  struct err *e)
{
	struct list list;
	struct post post;
	bool found, told = false;
	if (!store_list_get(c->store, arena, g->list, &list, &found, e) ||
	    (found && !store_post_get(c->store, arena, g->post, &post, &found, e))) {
		return false;
	}
	return (!found || bounce_mail_alert(c, arena, &list, g, post.subject, &told, e)) &&
	       store_bounce_alerted(c->store, g->post, c->env.now(&c->env), e);
}

static bool alert_all(struct context *c, struct arena *arena, struct err *e)
{
	struct bounce_group *v;
	size_t n;
	int64_t before = c->env.now(&c->env) - ALERT_AFTER;
	if (!store_bounce_alerts(c->store, arena, before, PAGE, &v, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		bool first = i == 0 || v[i].post != v[i - 1].post;
		bool ok = !first || (store_begin(c->store, e) &&
		                     store_finish(c->store, alert(c, arena, &v[i], e), e));
		if (!ok && !passable(c, e)) {
			return false;
		}
	}
	if (n > 0) {
		wake_touch(c);
	}
	return true;
}

bool bounces_due(struct context *c, struct err *e)
{
	size_t n = PAGE;
	bool ok = true;
	while (ok && n == PAGE) {
		struct arena *arena = arena_new();
		ok = record_page(c, arena, false, &n, e);
		arena_free(arena);
	}
	struct arena *arena = arena_new();
	ok = ok && record_page(c, arena, true, &n, e) && settle_all(c, arena, e) &&
	     alert_all(c, arena, e);
	arena_free(arena);
	return ok;
}
