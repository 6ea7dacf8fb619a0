/*
 * Order inside the transaction of an event: the event, its three tallies (post, domain and
 * status), the breaker, then the standing of the member, and of all members whose events
 * a breaker has just taken out. A standing is always decided from the events that count at
 * that moment, so nothing needs to be undone by arithmetic.
 */
#include "flow/bounces.h"

#include "base/unit.h"
#include "flow/bounce_standing.h"
#include "mail/idn.h"
#include "store/bans.h"

#define COMPLAINED  (30 * UNIT_DAY)
#define REPLY_SHOWN 500

/* --- the circuit breaker ------------------------------------------------------------ */

static void log_group(const struct context *c, struct arena *arena, const struct bounce_event *ev,
                      const struct bounce_tally *t)
{
	static const char *const what[] = { "post", "status", "domain" };
	log_event(&c->log, LOG_LEVEL_WARNING, "bounce-breaker",
	          { "list", arena_printf(arena, "%lld", (long long)ev->list) },
	          { "post", arena_printf(arena, "%lld", (long long)ev->post) },
	          { "what", span_str(what[t->what]) }, { "name", t->name },
	          { "failed",
	            arena_printf(arena, "%lld of %lld", (long long)t->n, (long long)t->total) },
	          { "class", span_str(bounce_class_name(ev->class)) }, { "reply", ev->reply });
}

/* A tally is over the bound: one group for all that it is about. */
static bool trip(struct context *c, struct arena *arena, const struct bounce_event *ev,
                 struct bounce_tally *t, struct err *e)
{
	struct bounce_group g = { .list = ev->list,
		                  .post = ev->post,
		                  .what = t->what,
		                  .name = t->name,
		                  .class = ev->class,
		                  .status = ev->status,
		                  .reply = ev->reply,
		                  .at = ev->at };
	if (!store_bounce_group_add(c->store, &g, &t->group, e) ||
	    !store_bounce_tally_put(c->store, t, e) || !store_bounce_gather(c->store, t, e)) {
		return false;
	}
	log_group(c, arena, ev, t);
	const struct bounce_filter f = { .group = t->group, .class = -1 };
	return bounce_standing_relieve(c, arena, &f, e);
}

/* One more of WHAT; its total is asked only when there are enough to matter. */
static bool tally(struct context *c, struct arena *arena, const struct bounce_event *ev,
                  enum bounce_tally_what what, struct span name, int64_t *group, struct err *e)
{
	struct bounce_tally t = { .post = ev->post, .what = what, .name = name };
	if (!store_bounce_tally_add(c->store, &t, e)) {
		return false;
	}
	if (t.n >= BOUNCE_SCORE_FEW && t.total == 0 &&
	    (!store_bounce_recipients(c->store, &t, &t.total, e) ||
	     !store_bounce_tally_put(c->store, &t, e))) {
		return false;
	}
	bool tripped = t.group != 0;
	if (!tripped && bounce_score_breaks(t.n, t.total) && !trip(c, arena, ev, &t, e)) {
		return false;
	}
	*group = t.group != 0 ? t.group : *group;
	/* The events before it were gathered then. */
	return !tripped || store_bounce_place(c->store, ev->id, t.group, e);
}

/* The domain last: it says most about the cause, and takes its events out of the others. */
static bool tally_all(struct context *c, struct arena *arena, const struct bounce_event *ev,
                      int64_t *group, struct err *e)
{
	*group = 0;
	return tally(c, arena, ev, BOUNCE_TALLY_POST, SPAN(""), group, e) &&
	       (ev->status.n == 0 ||
	        tally(c, arena, ev, BOUNCE_TALLY_STATUS, ev->status, group, e)) &&
	       tally(c, arena, ev, BOUNCE_TALLY_DOMAIN, ev->domain, group, e);
}

/* --- events ------------------------------------------------------------------------- */

static bool complain(struct context *c, struct arena *arena, const struct bounce_event *ev,
                     struct err *e)
{
	struct bounce_row row;
	struct ban ban = { .list = ev->list,
		           .reason = SPAN("complained about mail of the list"),
		           .created = ev->at,
		           .expires = ev->at + COMPLAINED };
	bool found, added;
	if (!store_bounce_standing(c->store, ev->member, &row, e)) {
		return false;
	}
	row.list = ev->list;
	if (!bounce_standing_load(c, arena, &row, &found, e) || !found) {
		return !found;
	}
	row.standing = (struct bounce_standing){ BOUNCE_STATE_COMPLAINED, ev->at, 0 };
	return store_bounce_standing_put(c->store, &row, e) &&
	       bounce_standing_audit(c, arena, ev->list, "complaint", ev->address, ev->reply, e) &&
	       (!ban_read(arena, ev->address, &ban, NULL) ||
	        store_ban_add(c->store, &ban, &added, e));
}

bool bounces_record(struct context *c, struct arena *arena, const struct bounce_event *ev,
                    bool *added, struct err *e)
{
	struct bounce_event placed = *ev;
	int64_t group;
	if (!store_bounce_add(c->store, ev, &placed.id, added, e)) {
		return false;
	}
	if (!*added) {
		return true;
	}
	if (ev->complaint) {
		return complain(c, arena, ev, e);
	}
	if (ev->post >= BOUNCE_PROOF_OWN) {
		bool returned = bounce_score_weight(ev->class, ev->hard) > 0;
		return bounce_standing_decide(c, arena, ev->list, ev->member, returned, e);
	}
	/* What may be gone tomorrow says nothing about anybody. */
	if (ev->class == BOUNCE_CLASS_TRANSIENT) {
		return true;
	}
	return tally_all(c, arena, &placed, &group, e) &&
	       (group != 0 || bounce_standing_decide(c, arena, ev->list, ev->member, false, e));
}

void bounces_address(struct arena *arena, struct bounce_event *ev, struct span address)
{
	struct span domain = addr_domain(address);
	ev->address = address;
	ev->domain = domain;
	if (!idn_ascii(arena, domain, &ev->domain, NULL)) {
		ev->domain = domain;
	}
	ev->domain = arena_lower(arena, ev->domain);
}

/* The recipient of B that is EV's member, or the first that failed. */
static const struct bounce_recipient *subject_of(const struct bounce *b, struct span address)
{
	for (size_t i = 0; i < b->n; i++) {
		if (addr_same(b->v[i].address, address) || addr_same(b->v[i].final, address)) {
			return &b->v[i];
		}
	}
	for (size_t i = 0; i < b->n; i++) {
		if (b->v[i].action <= BOUNCE_FAILED) {
			return &b->v[i];
		}
	}
	return NULL;
}

/* A mistake in the site's rules must not keep reports from being read. */
static const struct bounce_classes *usable_classes(struct context *c, struct err *e)
{
	struct err trouble;
	const struct bounce_classes *classes = context_classes(c, &trouble);
	if (!classes) {
		log_event(&c->log, LOG_LEVEL_ERROR, "bounce-classes",
		          { "error", span_str(trouble.text) });
		c->classes = bounce_class_new(SPAN(""), e);
	}
	return c->classes;
}

bool bounces_classify(struct context *c, const struct bounce *b, struct bounce_event *ev,
                      struct span *words, struct err *e)
{
	const struct bounce_classes *classes = usable_classes(c, e);
	const struct bounce_recipient *r = subject_of(b, ev->address);
	const struct bounce_recipient nobody = { .status = SPAN("") };
	if (!classes) {
		return false;
	}
	r = r ? r : &nobody;
	struct bounce_said said = { r->status, r->code,    r->reply,
		                    r->text,   ev->domain, { r->remote_mta, b->reporting_mta } };
	const struct bounce_rule *rule = bounce_class_of(classes, &said);
	ev->class = rule->class;
	ev->hard = rule->hard;
	ev->status = r->status;
	ev->reply = span_sub(r->reply.n > 0 ? r->reply : r->text, 0, REPLY_SHOWN);
	*words = rule->words;
	return true;
}

/* --- reports that come in ------------------------------------------------------------ */

static void decide(struct arrival *a, enum decision decision, struct span reason)
{
	a->decision = decision;
	a->rule = "bounce";
	a->reason = reason;
}

/* A report that is believed. */
static bool judge_genuine(struct context *c, struct arrival *a, const struct bounce *b,
                          const struct bounce_origin *o, struct err *e)
{
	struct bounce_arrival *x = a->bounce;
	struct bounce_event *ev = &x->event;
	struct span words;
	ev->list = o->list.id;
	ev->member = o->member;
	ev->post = o->post;
	ev->at = c->env.now(&c->env);
	ev->complaint = b->kind == BOUNCE_COMPLAINT;
	ev->source = o->proof == BOUNCE_PROOF_DKIM2 ? BOUNCE_SOURCE_DKIM2 : BOUNCE_SOURCE_TOKEN;
	bounces_address(a->arena, ev, o->address);
	if (!bounces_classify(c, b, ev, &words, e)) {
		return false;
	}
	x->counts = o->address.n > 0 && (b->kind == BOUNCE_FAILURE || b->kind == BOUNCE_COMPLAINT);
	decide(a, DECISION_DISCARD,
	       b->kind == BOUNCE_FAILURE
	               ? arena_printf(a->arena, "failure for %.*s, post %lld: %s, %.*s",
	                              SPAN_FMT(o->address), (long long)o->post,
	                              bounce_class_name(ev->class), SPAN_FMT(words))
	               : arena_printf(a->arena, "%s for %.*s, post %lld", bounce_kind_name(b->kind),
	                              SPAN_FMT(o->address), (long long)o->post));
	return true;
}

bool bounces_judge(struct context *c, struct arrival *a, struct err *e)
{
	struct bounce_origin o;
	struct bounce b;
	a->bounce = ARENA_NEW(a->arena, struct bounce_arrival);
	if (!a->readable) {
		decide(a, DECISION_HOLD, arena_printf(a->arena, "%s", a->unreadable.text));
		return true;
	}
	bounce_read(a->arena, &a->message, &b);
	if (!bounce_prove(c, a->arena, &a->message, &b, a->mail_from, a->arrived_as, &o, e)) {
		return false;
	}
	if (o.proof == BOUNCE_PROOF_LATER && a->patient) {
		decide(a, DECISION_PUT_BACK, o.why);
		return true;
	}
	if (b.kind == BOUNCE_NONE && o.proof == BOUNCE_PROOF_TOKEN && o.post >= BOUNCE_PROOF_OWN) {
		a->bounce->answer = true;
		a->bounce->event.member = o.member;
		decide(a, DECISION_DISCARD,
		       arena_printf(a->arena, "%.*s has replied, and gets mail again",
		                    SPAN_FMT(o.address)));
		return true;
	}
	if (b.kind == BOUNCE_NONE) {
		decide(a, DECISION_HOLD, SPAN("mail for a return address that is no report"));
		return true;
	}
	if (o.proof < BOUNCE_PROOF_TOKEN) {
		a->bounce->forged = true;
		decide(a, DECISION_DISCARD,
		       arena_printf(a->arena, "forged %s: %.*s", bounce_kind_name(b.kind),
		                    SPAN_FMT(o.why)));
		return true;
	}
	return judge_genuine(c, a, &b, &o, e);
}

bool bounces_commit(struct context *c, struct arrival *a, struct err *e)
{
	bool added;
	if (!a->bounce) {
		return true;
	}
	if (a->bounce->forged) {
		return store_bounce_forged(c->store, a->list.id, c->env.now(&c->env) / UNIT_DAY, e);
	}
	if (a->bounce->answer) {
		int64_t count;
		return bounce_standing_reset(c, a->bounce->event.member, &count, e);
	}
	return !a->bounce->counts || bounces_record(c, a->arena, &a->bounce->event, &added, e);
}

/* --- what people do -------------------------------------------------------------------- */

bool bounces_undo(struct context *c, int64_t id, int64_t group, int64_t *count, struct err *e)
{
	struct arena *arena = arena_new();
	const struct bounce_filter f = { .id = id, .group = group, .class = -1 };
	bool ok = store_begin(c->store, e) &&
	          store_finish(c->store,
	                       store_bounce_undo(c->store, id, group, count, e) &&
	                               bounce_standing_relieve(c, arena, &f, e),
	                       e);
	arena_free(arena);
	return ok;
}

bool bounces_reset(struct context *c, int64_t member, int64_t *count, struct err *e)
{
	return store_begin(c->store, e) &&
	       store_finish(c->store, bounce_standing_reset(c, member, count, e), e);
}
