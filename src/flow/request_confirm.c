/* A token came back: what it stands for is done, once. */
#include "flow/request_work.h"

#include "flow/confirm_post.h"
#include "mail/addr.h"
#include "rules/people.h"
#include "store/members.h"

static struct request_person person(const struct pending *p, enum subscribe_proof proof)
{
	return (struct request_person){ .address = p->address,
		                        .key = p->key,
		                        .name = p->name,
		                        .delivery = p->delivery,
		                        .proof = proof };
}

/* Both addresses were asked; the second answer of the two makes the change. */
static bool change(struct request *r, const struct pending *p, struct err *e)
{
	bool at_new = p->action == PENDING_CHANGE_NEW;
	struct span old = at_new ? p->other : p->address, to = at_new ? p->address : p->other;
	struct span old_key, new_key;
	struct member m;
	struct enrol how = request_how(r, SPAN("confirmed by both"));
	bool found, changed, waits;
	if (!addr_key(r->arena, old, &old_key, e) || !addr_key(r->arena, to, &new_key, e) ||
	    !store_pending_waits(r->c->store, p->list, at_new ? old_key : new_key,
	                         at_new ? PENDING_CHANGE_OLD : PENDING_CHANGE_NEW, &waits, e)) {
		return false;
	}
	if (waits) {
		request_note(r, "confirm", "the other address has to confirm it, too");
		return true;
	}
	if (!request_member(r, old_key, &m, &found, e) ||
	    (found && !store_member_move(r->c->store, p->list, m.id, to, new_key, &changed, e))) {
		return false;
	}
	if (!found || !changed) {
		request_note(r, "changeaddr",
		             found ? "the new address is a member's already"
		                   : "no longer a member");
		return true;
	}
	request_note(r, "changeaddr", "done");
	struct notice_vars vars = { 0 };
	struct answer x = { .list = &r->a->list,
		            .kind = ANSWER_RESULT,
		            .notice = "settings-changed",
		            .recipient = to };
	const char *refused;
	notice_set(&vars, "settings", arena_join(r->arena, old, SPAN(" > "), to, SPAN_END));
	x.vars = vars;
	return enrol_audit(r->c, r->arena, &how, "member move", old, to, e) &&
	       answer_send(r->c, r->arena, &x, &refused, e);
}

static bool alias(struct request *r, const struct pending *p, struct err *e)
{
	struct member m;
	struct span key;
	struct enrol how = request_how(r, SPAN("confirmed"));
	bool found, added = false;
	if (!addr_key(r->arena, p->other, &key, e) || !request_member(r, key, &m, &found, e) ||
	    (found &&
	     !store_member_alias_add(r->c->store, p->list, m.id, p->address, p->key, &added, e))) {
		return false;
	}
	request_note(r, "alias", added ? "done" : "nothing to do");
	return !added ||
	       enrol_audit(r->c, r->arena, &how, "member alias", m.address, p->address, e);
}

static bool who(struct request *r, const struct pending *p, struct err *e)
{
	bool may =
		r->a->list.roster == LIST_ROSTER_OWNERS && people_is_owner(&r->a->list, p->address);
	request_note(r, "who", may ? "done" : "no longer an owner");
	return !may || request_roster(r, p->address, e);
}

static bool post(struct request *r, const struct pending *p, struct err *e)
{
	uint64_t id;
	bool done = false;
	if (span_u64(p->other, &id) &&
	    !confirm_post_answered(r->c, r->arena, &r->a->list, (int64_t)id, &done, e)) {
		return false;
	}
	request_note(r, "confirm",
	             done ? "the post is for the moderators now"
	                  : "the post does not wait any more");
	return done || request_reply(r, ANSWER_STATE, "bad-token", NULL, e);
}

static bool fulfil(struct request *r, const struct pending *p, struct err *e)
{
	struct request_person proven =
		person(p, p->action == PENDING_INVITE ? PROOF_INVITED : PROOF_TOKEN);
	switch (p->action) {
	case PENDING_SUBSCRIBE:
	case PENDING_INVITE: return request_subscribe(r, &proven, e);
	case PENDING_UNSUBSCRIBE: return request_unsubscribe(r, &proven, e);
	case PENDING_CHANGE_OLD:
	case PENDING_CHANGE_NEW: return change(r, p, e);
	case PENDING_ALIAS: return alias(r, p, e);
	case PENDING_WHO: return who(r, p, e);
	case PENDING_POST: return post(r, p, e);
	case PENDING_LEAVE_ALL: return request_leave_all(r, &proven, e);
	case PENDING_ACTIONS: break;
	}
	return true;
}

bool request_confirm(struct request *r, const struct command_line *line, struct err *e)
{
	struct digest hash;
	struct pending p;
	bool found = false, taken;
	if (pending_hash(line->argument, &hash) &&
	    !store_pending_find(r->c->store, r->arena, r->a->list.id, &hash,
	                        r->c->env.now(&r->c->env), &p, &found, e)) {
		return false;
	}
	if (!found) {
		request_note(r, "confirm", "no token of this list that still counts");
		return request_reply(r, ANSWER_STATE, "bad-token", NULL, e);
	}
	return store_pending_take(r->c->store, &p, &taken, e) && (!taken || fulfil(r, &p, e));
}
