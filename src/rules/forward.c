/*
 * Mail for the owners goes on as it is or not at all: what cannot be handed on unchanged, or
 * would come back, is held. Nobody is asked whether he may write to them, and no machine is
 * turned away: nothing answers, so there is no loop but the one of the message itself.
 */
#include "rules/forward.h"

#include "rules/loop.h"

static struct forward_choice stop(enum decision decision, const char *rule, const char *reason)
{
	return (struct forward_choice){ .decision = decision, .rule = rule, .reason = reason };
}

struct forward_choice forward_choose(const struct forward_input *in)
{
	const struct message *m = in->message;
	enum auth_result chain = in->verdict->dkim2.result;
	struct forward_choice out = {
		.decision = DECISION_DISCARD,
		.rule = "owner",
		.reason = "forwarded to the owners",
	};
	if (in->truncated || in->size > in->limit) {
		return stop(DECISION_HOLD, "size", "the message is over the size limit");
	}
	if (m->count == 0 || m->bare || m->nul) {
		return stop(DECISION_HOLD, "header",
		            "no mail system hands it on unchanged: no header, or a bare CR, a "
		            "bare LF or a NUL");
	}
	if (loop_marked(m, in->list_id)) {
		return stop(DECISION_HOLD, "loop", "the message was on this list already");
	}
	if (!in->list->sign) {
		out.opaque = true;
		return out;
	}
	if (chain == AUTH_TEMPERROR && in->patient) {
		return stop(DECISION_PUT_BACK, "dns",
		            "signatures could not be checked: DNS does not answer");
	}
	if (chain != AUTH_PASS && chain != AUTH_NONE) {
		return stop(DECISION_HOLD, "broken-signature",
		            "its DKIM2 chain does not verify, so nothing can be added to it");
	}
	if (chain == AUTH_PASS && in->custody == EGRESS_NO_KEY) {
		return stop(DECISION_HOLD, "custody",
		            "there is no key for the domain that it came to");
	}
	out.continues = chain == AUTH_PASS;
	out.by_hop = out.continues && in->custody == EGRESS_BY_HOP;
	return out;
}
