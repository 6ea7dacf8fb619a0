/*
 * Our own signature on the copy says that we had verified all the hops before us when we made
 * it, so the return path of the one before is known without asking the DNS again. What we
 * put on top is known by its last fields, X-Loop, Authentication-Results and Received; below
 * them is the message as it came.
 */
#include "flow/forward_return.h"

#include "auth/authres.h"
#include "auth/canon.h"
#include "auth/dkim2.h"
#include "flow/keys_public.h"
#include "mail/bounce.h"
#include "mail/msgid.h"
#include "rules/revise.h"
#include "store/lists.h"

struct forward_return {
	struct message original;
	struct refusal refusal;
	struct refusal_choice choice;
};

static bool end(struct arrival *a, const char *reason)
{
	arrival_decide(a, DECISION_DISCARD, "owner-bounces",
	               arena_printf(a->arena, "a report about mail for the owners: %s", reason));
	return true;
}

/* Is the newest hop of R ours, as we signed it, for owners of the list? */
static bool is_ours(struct context *c, struct arrival *a, const struct dkim2_result *r, bool whole)
{
	const struct dkim2_hop *newest = r->nhops > 0 ? &r->hops[r->nhops - 1] : NULL;
	struct span path =
		route_make(a->arena, &a->list, site_delimiter(&c->site), SPAN("owner-bounces"));
	struct span mf;
	return newest && r->ninstances > 0 && newest->rts == 1 &&
	       addr_path(a->arena, newest->mf, &mf, NULL) && addr_same(mf, path) &&
	       (r->provisional ||
	        (!whole && newest->result == AUTH_PASS && dkim2_header_matches(r)));
}

/* Does the first signer of the report answer for the domain that the copy went to? */
static bool answers(struct arrival *a, const struct dkim2_result *copy)
{
	const struct dkim2_result *report = &a->verdict.dkim2;
	struct span rt;
	return addr_path(a->arena, copy->hops[copy->nhops - 1].rt[0], &rt, NULL) &&
	       addr_domain_below(addr_domain(rt), report->hops[0].d);
}

/* COPY without what we and those behind us have put on top; false when that is not found. */
static bool strip(struct context *c, struct arrival *a, const struct message *copy,
                  struct span *out)
{
	struct span id = revise_list_id(a->arena, &a->list);
	for (size_t i = 0; i + 2 < copy->count; i++) {
		const struct field *f = &copy->fields[i];
		if (!canon_dkim2_unhashed(f->name)) {
			return false;
		}
		if (span_iis(f->name, "X-Loop") && span_ieq(span_trim(f->value), id)) {
			const struct field *received = f + 2;
			*out = span_from(copy->raw,
			                 (size_t)(received->raw.p - copy->raw.p) + received->raw.n);
			return span_iis(f[1].name, "Authentication-Results") &&
			       authres_is_ours(f[1].value, c->site.authserv_id) &&
			       span_iis(received->name, "Received");
		}
	}
	return false;
}

/* The hop that sent it to us; an imaginary one of ours may stand in between. */
static const struct dkim2_hop *before_ours(const struct dkim2_result *copy)
{
	for (size_t i = copy->nhops - 1; i-- > 0;) {
		if (copy->hops[i].nd.n == 0) {
			return &copy->hops[i];
		}
	}
	return NULL;
}

/* Which of our addresses HOP had sent it to; empty: none. */
static bool find_arrived_as(struct context *c, struct arrival *a, const struct dkim2_hop *hop,
                            struct span *out, struct err *e)
{
	struct route routes[ROUTE_MAX];
	*out = SPAN("");
	for (size_t i = 0; i < hop->rts && out->n == 0; i++) {
		struct span rt;
		if (!addr_path(a->arena, hop->rt[i], &rt, NULL)) {
			continue;
		}
		size_t n = route_address(a->arena, rt, site_delimiter(&c->site), routes);
		for (size_t k = 0; k < n; k++) {
			int64_t list;
			if (!store_list_at(c->store, routes[k].local, routes[k].domain, &list, e)) {
				return false;
			}
			*out = list == a->list.id && routes[k].role == ROLE_OWNER ? rt : *out;
		}
	}
	return true;
}

static bool decide(struct context *c, struct arrival *a, struct forward_return *x, bool whole,
                   const struct dkim2_hop *hop, const struct bounce *b, struct err *e)
{
	struct span mf;
	if (!addr_path(a->arena, hop->mf, &mf, NULL)) {
		mf = SPAN("");
	}
	x->refusal = (struct refusal){
		.list = &a->list,
		.message = &x->original,
		.mail_from = mf,
		.vouched = mf,
		.message_id = msgid_of(a->arena, &x->original),
		.rule = "owner-bounces",
		/* Neither the owner's address nor what his server said. */
		.reason = SPAN("it could not be handed on to those who answer for the list"),
		.status = b->n > 0 && span_starts(b->v[0].status, SPAN("5.")) ? b->v[0].status
		                                                              : SPAN("5.0.0"),
		.arrived = a->arrived,
		.truncated = !whole,
	};
	if (!find_arrived_as(c, a, hop, &x->refusal.arrived_as, e)) {
		return false;
	}
	x->refusal.recipient = x->refusal.arrived_as;
	if (!refusal_decide(c, a->arena, &x->refusal, &x->choice, e)) {
		return false;
	}
	a->returned = x;
	return end(a, x->choice.to == REFUSAL_NOBODY
	                      ? arena_printf(a->arena, "nobody is told: %s", x->choice.why).p
	                      : "passed on to the hop before");
}

bool forward_return_judge(struct context *c, struct arrival *a, struct err *e)
{
	struct forward_return *x = ARENA_NEW(a->arena, struct forward_return);
	struct keysource own = keys_public_source(a->arena, &c->paths);
	struct bounce b;
	struct message copy;
	struct dkim2_result chain;
	struct span original;
	if (!a->readable || a->mail_from.n > 0) {
		return end(a, "not a report");
	}
	bounce_read(a->arena, &a->message, &b);
	if (b.kind != BOUNCE_FAILURE || !b.dsn ||
	    !message_parse(a->arena, b.returned, &copy, NULL)) {
		return end(a, "not one of a failure that returns the message");
	}
	arrival_verify(c, a);
	if (a->verdict.dkim2.result == AUTH_TEMPERROR && a->patient) {
		arrival_decide(a, DECISION_PUT_BACK, "dns",
		               SPAN("signatures could not be checked: DNS does not answer"));
		return true;
	}
	if (a->verdict.dkim2.result != AUTH_PASS) {
		return end(a, "it is not signed by DKIM2, or does not verify");
	}
	dkim2_verify(a->arena, &copy, NULL, &own, c->env.now(&c->env), &chain);
	if (!is_ours(c, a, &chain, b.whole) || !answers(a, &chain)) {
		return end(a, "what it returns is not a copy of ours that went to its domain");
	}
	const struct dkim2_hop *hop = before_ours(&chain);
	if (!hop || !strip(c, a, &copy, &original) ||
	    !message_parse(a->arena, original, &x->original, NULL)) {
		return end(a, "there was no hop before ours");
	}
	return decide(c, a, x, b.whole, hop, &b, e);
}

bool forward_return_apply(struct context *c, struct arrival *a, struct err *e)
{
	return refusal_post(c, a->arena, &a->returned->refusal, &a->returned->choice, e);
}
