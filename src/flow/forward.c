/*
 * The message goes on byte for byte, with trace fields on top, which no hash covers; its
 * return address is list+owner-bounces@. What comes back there is forward_return.c's.
 */
#include "flow/forward.h"

#include "auth/authres.h"
#include "flow/forward_return.h"
#include "flow/keys.h"
#include "flow/outbox.h"
#include "mail/idn.h"
#include "rules/forward.h"
#include "rules/revise.h"

bool forward_wanted(const struct arrival *a)
{
	return a->route.role == ROLE_OWNER_BOUNCES ||
	       (a->route.role == ROLE_OWNER && a->list.owners.n > 0);
}

static void decide(struct arrival *a, const struct forward_choice *choice)
{
	a->decision = choice->decision;
	a->rule = choice->rule;
	a->reason = span_str(choice->reason);
}

bool forward_judge(struct context *c, struct arrival *a, struct err *e)
{
	struct forward_choice unreadable = {
		.decision = DECISION_HOLD,
		.rule = "unreadable",
		.reason = a->unreadable.text,
	};
	bool key;
	if (a->route.role == ROLE_OWNER_BOUNCES) {
		return forward_return_judge(c, a, e);
	}
	if (!a->readable) {
		decide(a, &unreadable);
		return true;
	}
	arrival_verify(c, a);
	if (!keys_present(a->arena, &c->paths, addr_domain(a->arrived_as), &key, e)) {
		return false;
	}
	struct forward_input in = {
		.list = &a->list,
		.message = &a->message,
		.verdict = &a->verdict,
		.list_id = revise_list_id(a->arena, &a->list),
		.size = a->bytes.n,
		.limit = (size_t)c->site.message_size,
		.truncated = a->truncated,
		.patient = a->patient,
		.custody = egress_custody(a->arena, &a->verdict.dkim2, a->list.domain, key),
	};
	struct forward_choice *choice = ARENA_NEW(a->arena, struct forward_choice);
	*choice = forward_choose(&in);
	decide(a, choice);
	a->forward = choice->decision == DECISION_DISCARD ? choice : NULL;
	return true;
}

/* The message with what happened to it here on top. */
static bool traced(struct context *c, struct arrival *a, struct span *out, struct err *e)
{
	struct edits *x = edit_new(a->arena, &a->message);
	struct revise r = {
		.arena = a->arena,
		.site = &c->site,
		.list = &a->list,
		.message = &a->message,
		.recipient = a->recipient,
		.auth_results = authres_format(a->arena, c->site.authserv_id, &a->verdict),
		.id = a->id,
		.now = c->env.now(&c->env),
	};
	revise_trace_fields(x, &r);
	if (a->forward->opaque) {
		edit_field_drop_all(x, "DKIM2-Signature");
		edit_field_drop_all(x, "Message-Instance");
	}
	if (!edit_finish(x, e)) {
		return false;
	}
	*out = edit_print(x);
	return true;
}

bool forward_apply(struct context *c, struct arrival *a, struct err *e)
{
	struct letter letter = {
		.list = &a->list,
		.priority = OUTBOX_REPORT,
		.kind = "owner",
		.mail_from = route_make(a->arena, &a->list, site_delimiter(&c->site),
		                        SPAN("owner-bounces")),
		.chain = a->forward->continues ? OUTBOX_CONTINUE : OUTBOX_PLAIN,
	};
	if (!traced(c, a, &letter.raw, e) ||
	    (a->forward->by_hop &&
	     !idn_ascii(a->arena, addr_domain(a->arrived_as), &letter.via, e))) {
		return false;
	}
	struct mailboxes owners = addr_parse(a->arena, a->list.owners);
	for (size_t i = 0; i < owners.n; i++) {
		if (!addr_canonical(a->arena, owners.v[i].addr, &letter.recipient, e) ||
		    !outbox_post(c, &letter, e)) {
			return false;
		}
	}
	return true;
}
