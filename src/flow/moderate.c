/*
 * A held message meets its decision. Accepted, it goes through the stations' own steps once
 * more, as the same bytes with the same envelope, and becomes a post in the transaction
 * that ends its being held.
 */
#include "flow/moderate.h"

#include "base/fault.h"
#include "flow/answer.h"
#include "flow/arrival.h"
#include "flow/enrol.h"
#include "flow/moderate_mail.h"
#include "flow/trail.h"
#include "flow/wake.h"
#include "mail/date.h"
#include "rules/people.h"
#include "store/blob.h"
#include "store/lists.h"
#include "store/members.h"

struct moderate_case {
	struct moderate m;
	struct held held;
	struct arrival a; /* of an acceptance of a post */
	struct file_map map;
	bool found;       /* there is such a held message, as it was when it was last looked at */
	struct span note; /* who was told */
	bool late;        /* somebody else was first */
	struct err why;   /* class ERR_PERMANENT: it cannot be done */
};

struct span moderate_outcome(struct arena *arena, const struct held *h)
{
	struct span iso = date_iso(arena, h->decided); /* 2026-11-27T18:30:01Z */
	struct span by =
		h->decided_by.n > 0 ? arena_join(arena, SPAN(" by "), h->decided_by, SPAN_END)
		: span_is(h->channel, HELD_BY_EXPIRY) ? SPAN(", as nobody decided in time,")
						      : SPAN(" by a rule");
	if (h->decided == 0) {
		return arena_printf(arena, "%s%.*s", held_state_name(h->state), SPAN_FMT(by));
	}
	return arena_printf(arena, "%s%.*s on %.*s %.*s UTC%s%.*s", held_state_name(h->state),
	                    SPAN_FMT(by), 10, iso.p, 8, iso.p + 11, h->channel.n > 0 ? " by " : "",
	                    SPAN_FMT(h->channel));
}

static bool decided(struct arena *arena, const struct held *h, struct err *e)
{
	return err_set(e, ERR_PERMANENT, "", "held message %lld was %.*s already", (long long)h->id,
	               SPAN_FMT(moderate_outcome(arena, h)));
}

static enum held_state state_after(enum moderation action)
{
	static const enum held_state of[] = {
		[MODERATION_ACCEPT] = HELD_ACCEPTED,
		[MODERATION_REJECT] = HELD_REFUSED,
		[MODERATION_DISCARD] = HELD_DISCARDED,
		[MODERATION_ALLOW] = HELD_ACCEPTED,
	};
	return of[action];
}

static bool open_now(const struct moderate *m, const struct held *h)
{
	bool back = h->state == HELD_REFUSED && state_after(m->action) != HELD_REFUSED;
	return h->state == HELD_WAITING ||
	       (back &&
	        (m->back == HELD_BACK_ALL || (m->back == HELD_BACK_RULES && h->decided_by.n == 0)));
}

static bool load_held(struct context *c, struct arena *arena, int64_t id, struct held *h,
                      struct err *e)
{
	bool found;
	if (!store_held_get(c->store, arena, id, h, &found, e)) {
		return false;
	}
	return found ||
	       err_set(e, ERR_PERMANENT, "", "no held message %lld (ladle held ls)", (long long)id);
}

/* The post as it was when it came in. */
static bool load_post(struct context *c, struct moderate_case *x, struct err *e)
{
	const struct held *h = &x->held;
	struct arrival *a = &x->a;
	a->id = arena_printf(a->arena, "held-%lld", (long long)h->id);
	a->mail_from = h->mail_from;
	a->recipient = h->recipient;
	a->arrived_as = h->arrived_as.n > 0 ? h->arrived_as : h->recipient;
	a->handed_by = h->handed_by;
	a->arrived = h->arrived;
	a->truncated = h->truncated;
	a->held_id = h->id;
	a->patient = !x->m.impatient;
	if (!arrival_route(c, a, e) || !blob_map(c->paths.msg, h->blob, &x->map, e)) {
		return false;
	}
	a->bytes = x->map.bytes;
	arrival_read(a);
	return true;
}

/* Who answers for it is to be told: he must still do so now. */
static bool verify(struct context *c, struct moderate_case *x, struct err *e)
{
	if (!load_post(c, x, e)) {
		return false;
	}
	if (x->a.readable) {
		arrival_verify(c, &x->a);
	}
	return true;
}

static bool judge(struct context *c, struct moderate_case *x, struct err *e)
{
	if (!load_post(c, x, e) || !arrival_judge(c, &x->a, e)) {
		return false;
	}
	if (x->a.decision != DECISION_ACCEPT) {
		enum err_class class =
			x->a.decision == DECISION_PUT_BACK ? ERR_TEMPORARY : ERR_PERMANENT;
		return err_set(e, class, "", "held message %lld cannot be sent: %.*s",
		               (long long)x->held.id, SPAN_FMT(x->a.reason));
	}
	return true;
}

/* Keep a failure for moderate_answer; returns OK. */
static bool keep_failure(struct moderate_case *x, bool ok, const struct err *e)
{
	if (!ok) {
		x->why = *e;
	}
	return ok;
}

static bool load_open(struct context *c, struct moderate_case *x, struct err *e)
{
	if (!load_held(c, x->a.arena, x->m.held, &x->held, e)) {
		return false;
	}
	x->found = true;
	x->late = !open_now(&x->m, &x->held);
	return !x->late || decided(x->a.arena, &x->held, e);
}

static bool load(struct context *c, struct moderate_case *x, struct err *e)
{
	if (!load_open(c, x, e)) {
		return false;
	}
	if (x->held.kind != HELD_POST || x->m.action == MODERATION_DISCARD) {
		return true;
	}
	if (x->m.action == MODERATION_REJECT ? verify(c, x, e) : judge(c, x, e)) {
		return true;
	}
	/* Somebody else may have decided meanwhile, which is then why it cannot be done. */
	struct err why = *e;
	if (load_open(c, x, e)) {
		*e = why;
	}
	return false;
}

bool moderate_load(struct context *c, struct arena *arena, const struct moderate *m,
                   struct moderate_case **out, struct err *e)
{
	struct moderate_case *x = *out = ARENA_NEW(arena, struct moderate_case);
	x->m = *m;
	x->a.arena = arena;
	return keep_failure(x, load(c, x, e), e);
}

/* A line of the trail: WHAT was done to SUBJECT. */
static bool record(struct context *c, struct moderate_case *x, const char *what,
                   struct span subject, struct span detail, struct err *e)
{
	struct audit a = {
		.channel = x->m.channel,
		.actor = x->m.by,
		.what = span_str(what),
		.subject = subject,
		.detail = detail,
	};
	return trail_add_of(c, x->a.arena, x->held.list, a, e);
}

static bool record_decision(struct context *c, struct moderate_case *x, struct err *e)
{
	static const char *const what[] = {
		[MODERATION_ACCEPT] = "held accept",
		[MODERATION_REJECT] = "held reject",
		[MODERATION_DISCARD] = "held discard",
		[MODERATION_ALLOW] = "held accept",
	};
	const struct held *h = &x->held;
	return record(
		c, x, what[x->m.action], arena_printf(x->a.arena, "%lld", (long long)h->id),
		arena_printf(x->a.arena, "%.*s: %.*s", SPAN_FMT(h->author), SPAN_FMT(h->subject)),
		e);
}

/* The one statement that says who is first. */
static bool decide(struct context *c, struct moderate_case *x, struct err *e)
{
	const struct moderate *m = &x->m;
	struct held_decision d = {
		.state = state_after(m->action),
		.at = c->env.now(&c->env),
		.by = m->by,
		.channel = m->channel,
		.note = m->note,
		.back = m->back,
	};
	bool changed;
	if (!store_held_decide(c->store, m->held, &d, &changed, e)) {
		return false;
	}
	if (changed) {
		return record_decision(c, x, e);
	}
	x->late = load_held(c, x->a.arena, m->held, &x->held, e);
	return x->late && decided(x->a.arena, &x->held, e);
}

/* From now on what this author writes is as good as a member's. */
static bool allow(struct context *c, struct moderate_case *x, struct err *e)
{
	const struct setting *row = setting_find(SETTING_LIST, SPAN("allowed-authors"));
	struct arena *arena = x->a.arena;
	struct list list;
	struct span address;
	bool found;
	if (!addr_canonical(arena, x->a.author.addr, &address, e) ||
	    !store_list_get(c->store, arena, x->held.list, &list, &found, e)) {
		return false;
	}
	if (people_have(list.allowed_authors, address)) {
		return true;
	}
	return setting_put(arena, row, people_with(arena, list.allowed_authors, address), &list,
	                   e) &&
	       store_list_set(c->store, list.id, row, list.allowed_authors, e) &&
	       record(c, x, "list set", SPAN("allowed-authors"), list.allowed_authors, e);
}

static bool list_of(struct context *c, struct moderate_case *x, struct list *out, struct err *e)
{
	bool found;
	return store_list_get(c->store, x->a.arena, x->held.list, out, &found, e) &&
	       (found || err_set(e, ERR_PERMANENT, "", "the list is gone"));
}

/* One line: what the moderator wrote is the reason of the report. */
static struct span one_line(struct arena *arena, struct span text)
{
	char *out = arena_str(arena, text);
	for (size_t i = 0; i < text.n; i++) {
		out[i] = out[i] == '\n' || out[i] == '\r' || out[i] == '\t' ? ' ' : out[i];
	}
	return (struct span){ out, text.n };
}

static bool refuse(struct context *c, struct moderate_case *x, struct err *e)
{
	struct refusal refusal = arrival_refusal(&x->a);
	struct refusal_choice choice;
	struct arena *arena = x->a.arena;
	refusal.rule = "moderation";
	refusal.reason = x->m.note.n > 0 ? one_line(arena, x->m.note)
	                                 : SPAN("a moderator has not accepted it");
	if (!refusal_decide(c, arena, &refusal, &choice, e) ||
	    !refusal_post(c, arena, &refusal, &choice, e)) {
		return false;
	}
	x->note = choice.to == REFUSAL_NOBODY
	                  ? arena_printf(arena, "nobody is told: %s", choice.why)
	                  : arena_printf(arena, "told %.*s", SPAN_FMT(choice.address));
	return true;
}

static bool join(struct context *c, struct moderate_case *x, struct err *e)
{
	struct list list;
	struct member member = { .address = x->held.author, .name = x->held.subject };
	bool added;
	if (!list_of(c, x, &list, e)) {
		return false;
	}
	struct enrol how = { .list = &list,
		             .channel = x->m.channel,
		             .actor = x->m.by,
		             .detail = SPAN("let in by a moderator"),
		             .in_reply_to = SPAN(""),
		             .quiet = !list.welcome };
	return enrol_join(c, x->a.arena, &how, &member, &added, e);
}

static bool leave(struct context *c, struct moderate_case *x, struct err *e)
{
	struct list list;
	struct member member;
	struct span key;
	bool found, removed;
	if (!list_of(c, x, &list, e) || !addr_key(x->a.arena, x->held.author, &key, e) ||
	    !store_member_find(c->store, x->a.arena, list.id, key, &member, &found, e)) {
		return false;
	}
	struct enrol how = { .list = &list,
		             .channel = x->m.channel,
		             .actor = x->m.by,
		             .detail = SPAN("let go by a moderator"),
		             .in_reply_to = SPAN(""),
		             .quiet = !list.goodbye };
	return !found || enrol_leave(c, x->a.arena, &how, &member, &removed, e);
}

/* Who asked is told that it was refused, and why. */
static bool deny(struct context *c, struct moderate_case *x, struct err *e)
{
	struct list list;
	struct answer answer = { .list = &list,
		                 .kind = ANSWER_RESULT,
		                 .notice = x->held.kind == HELD_JOIN ? "subscribe-denied"
		                                                     : "unsubscribe-denied",
		                 .recipient = x->held.author };
	const char *refused;
	notice_set(&answer.vars, "reason", x->m.note);
	return list_of(c, x, &list, e) && answer_send(c, x->a.arena, &answer, &refused, e);
}

static bool apply(struct context *c, struct moderate_case *x, struct err *e)
{
	if (!decide(c, x, e)) {
		return false;
	}
	(void)fault_point("moderate-decided");
	if (x->m.action == MODERATION_REJECT && x->held.kind == HELD_POST) {
		return refuse(c, x, e);
	}
	if (state_after(x->m.action) != HELD_ACCEPTED) {
		return x->held.kind == HELD_POST || state_after(x->m.action) != HELD_REFUSED ||
		       deny(c, x, e);
	}
	if (x->held.kind != HELD_POST) {
		return x->held.kind == HELD_JOIN ? join(c, x, e) : leave(c, x, e);
	}
	if (!arrival_add_post(c, &x->a, x->held.blob, e)) {
		return false;
	}
	(void)fault_point("moderate-posted");
	return x->m.action != MODERATION_ALLOW || allow(c, x, e);
}

bool moderate_apply(struct context *c, struct moderate_case *x, struct err *e)
{
	return keep_failure(x, apply(c, x, e), e);
}

bool moderate_failed(const struct moderate_case *x)
{
	return x->why.class == ERR_PERMANENT;
}

bool moderate_answer(struct context *c, struct moderate_case *x, const struct list *list,
                     struct span message_id, struct err *e)
{
	struct arena *arena = x->a.arena;
	if (!x->found) {
		return true; /* long forgotten */
	}
	return x->late ? moderate_mail_late(c, arena, list, &x->held, x->m.by, message_id, e)
	               : moderate_mail_failed(c, arena, list, &x->held, x->m.by, message_id,
	                                      span_str(x->why.text), e);
}

void moderate_end(struct moderate_case *x)
{
	if (x) {
		file_unmap(&x->map);
	}
}

static bool commit(struct context *c, struct moderate_case *x, struct err *e)
{
	(void)fault_point("moderate-begin");
	if (!store_begin(c->store, e)) {
		return false;
	}
	if (!moderate_apply(c, x, e)) {
		store_rollback(c->store);
		return false;
	}
	(void)fault_point("moderate-commit");
	return store_commit(c->store, e);
}

bool moderate(struct context *c, struct arena *arena, const struct moderate *m, struct span *note,
              struct err *e)
{
	struct moderate_case *x = NULL;
	bool ok = moderate_load(c, arena, m, &x, e) && commit(c, x, e);
	*note = x->note;
	moderate_end(x);
	if (ok) {
		wake_touch(c);
	}
	return ok;
}

bool moderate_ask(struct context *c, const struct list *list, enum held_kind kind,
                  struct span address, struct span name, struct span reason, int64_t *id,
                  struct err *e)
{
	struct arena *arena = arena_new();
	struct held held = {
		.list = list->id,
		.kind = kind,
		.author = address,
		.subject = name,
		.recipient = route_list(arena, list),
		.rule = span_str(held_kind_name(kind)),
		.reason = reason,
		.arrived = c->env.now(&c->env),
	};
	struct moderate_mail mail = { .arena = arena, .list = list, .held = &held };
	bool ok = store_held_add(c->store, &held, id, e);
	held.id = *id;
	ok = ok && moderate_mail_waiting(c, &mail, e);
	arena_free(arena);
	return ok;
}
