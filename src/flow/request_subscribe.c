/* Joining and leaving: facts from the store, the decision of rules/subscribe.h, its effect. */
#include "flow/request_work.h"

#include "flow/moderate.h"
#include "mail/addr.h"
#include "mail/word.h"
#include "rules/route.h"
#include "store/bans.h"
#include "store/members.h"

/* "subscribe dev@lists.example" names the list, not who wants to join. */
static bool is_list(struct request *r, struct span address)
{
	return addr_same(address, route_list(r->arena, &r->a->list));
}

bool request_person(struct request *r, const struct command_line *line, struct request_person *out)
{
	bool other = line->argument.n > 0 && !is_list(r, line->argument);
	*out = (struct request_person){ .address = r->from,
		                        .key = r->key,
		                        .name = SPAN(""),
		                        .delivery = line->change.delivery };
	if (other &&
	    (!addr_canonical(r->arena, line->argument, &out->address, NULL) ||
	     !addr_key(r->arena, line->argument, &out->key, NULL) || is_list(r, out->address))) {
		return false;
	}
	out->proof = out->address.n > 0 ? request_proof(r, out->address) : PROOF_NONE;
	if (out->proof == PROOF_FROM) {
		out->name = word_decode(r->arena, r->a->author.name);
	}
	return true;
}

static bool load_facts(struct request *r, const struct request_person *who,
                       struct subscribe_facts *facts, struct member *member, struct err *e)
{
	struct ban ban;
	int64_t now = r->c->env.now(&r->c->env);
	*facts = (struct subscribe_facts){ .proof = who->proof };
	if (who->key.n == 0) {
		return true;
	}
	return request_member(r, who->key, member, &facts->member, e) &&
	       store_ban_find(r->c->store, r->arena, r->a->list.id, who->key, now, &ban,
	                      &facts->banned, e) &&
	       (r->a->list.member_limit == 0 ||
	        store_member_count(r->c->store, r->a->list.id, &facts->members, e));
}

/*
 * The answer goes to the address it is about, if that has asked. Somebody of its domain may
 * have a question sent to it, of which there are few, but no news of each list of the site.
 */
static bool tell(struct request *r, const struct request_person *who, enum answer_kind kind,
                 const char *notice, struct err *e)
{
	const char *refused;
	if (who->proof == PROOF_DOMAIN) {
		request_note(r, "no answer", "it was not the address that asked");
		return true;
	}
	struct answer x = {
		.list = &r->a->list, .kind = kind, .notice = notice, .recipient = who->address
	};
	if (!answer_send(r->c, r->arena, &x, &refused, e)) {
		return false;
	}
	if (refused) {
		request_note(r, "no answer", refused);
	}
	return true;
}

/* One request waits at the moderators, however often it is made. */
static bool hold(struct request *r, enum held_kind kind, const struct request_person *who,
                 struct err *e)
{
	const char *refused, *verb = kind == HELD_JOIN ? "subscribe" : "unsubscribe";
	int64_t id;
	if (!answer_allowed(r->c, r->arena, &r->a->list, ANSWER_CONFIRM, who->address, &refused,
	                    e)) {
		return false;
	}
	if (refused) {
		request_note(r, verb, refused);
		return true;
	}
	request_note(r, verb, "the moderators decide");
	return moderate_ask(r->c, &r->a->list, kind, who->address, who->name,
	                    kind == HELD_JOIN ? SPAN("asks by mail to join")
	                                      : SPAN("asks by mail to leave"),
	                    &id, e) &&
	       tell(r, who, ANSWER_CONFIRM,
	            kind == HELD_JOIN ? "subscribe-pending" : "unsubscribe-pending", e);
}

static bool join(struct request *r, const struct request_person *who, struct err *e)
{
	struct enrol how = request_how(r, who->proof == PROOF_INVITED ? SPAN("invited")
	                                  : who->proof == PROOF_TOKEN ? SPAN("confirmed")
	                                                              : SPAN("asked"));
	struct member m = { .address = who->address, .name = who->name, .delivery = who->delivery };
	bool added;
	how.quiet = !r->a->list.welcome;
	request_note(r, "subscribe", "done");
	return enrol_join(r->c, r->arena, &how, &m, &added, e);
}

bool request_subscribe(struct request *r, const struct request_person *who, struct err *e)
{
	struct member member;
	struct subscribe_facts facts;
	struct enrol_question q = { .action = PENDING_SUBSCRIBE,
		                    .notice = "confirm-subscribe",
		                    .address = who->address,
		                    .name = who->name,
		                    .delivery = who->delivery };
	if (!load_facts(r, who, &facts, &member, e)) {
		return false;
	}
	struct subscribe_result result = subscribe_decide(&r->a->list, &facts);
	switch (result.act) {
	case SUBSCRIBE_DO: return join(r, who, e);
	case SUBSCRIBE_ASK: return request_ask(r, "subscribe", &q, e);
	case SUBSCRIBE_HOLD: return hold(r, HELD_JOIN, who, e);
	default: break;
	}
	request_note(r, "subscribe", result.reason);
	if (result.act == SUBSCRIBE_SILENT) {
		return true;
	}
	return tell(r, who, ANSWER_STATE,
	            result.act == SUBSCRIBE_ALREADY ? "already-member" : "closed", e);
}

static bool leave(struct request *r, const struct request_person *who, const struct member *m,
                  struct err *e)
{
	struct enrol how =
		request_how(r, who->proof == PROOF_TOKEN ? SPAN("confirmed") : SPAN("asked"));
	bool removed;
	how.quiet = !r->a->list.goodbye;
	request_note(r, "unsubscribe", "done");
	return enrol_leave(r->c, r->arena, &how, m, &removed, e);
}

bool request_unsubscribe(struct request *r, const struct request_person *who, struct err *e)
{
	struct member member;
	struct subscribe_facts facts;
	struct enrol_question q = { .action = PENDING_UNSUBSCRIBE,
		                    .notice = "confirm-unsubscribe",
		                    .address = who->address };
	if (!load_facts(r, who, &facts, &member, e)) {
		return false;
	}
	struct subscribe_result result = unsubscribe_decide(&r->a->list, &facts);
	if (result.act == SUBSCRIBE_DO) {
		return leave(r, who, &member, e);
	}
	if (result.act == SUBSCRIBE_ASK) {
		return request_ask(r, "unsubscribe", &q, e);
	}
	if (result.act == SUBSCRIBE_HOLD) {
		return hold(r, HELD_LEAVE, who, e);
	}
	request_note(r, "unsubscribe", result.reason);
	if (result.act == SUBSCRIBE_SILENT) {
		return true;
	}
	return tell(r, who, ANSWER_STATE, result.act == SUBSCRIBE_ALREADY ? "not-member" : "closed",
	            e);
}
