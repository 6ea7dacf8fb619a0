/* Members and what belongs to them. */
#include "flow/enrol.h"

#include "flow/answer.h"
#include "flow/trail.h"
#include "mail/addr.h"
#include "rules/member.h"
#include "store/members.h"
#include "store/pending.h"

bool enrol_audit(struct context *c, struct arena *arena, const struct enrol *how, const char *what,
                 struct span subject, struct span detail, struct err *e)
{
	struct audit a = {
		.channel = how->channel,
		.actor = how->actor,
		.what = span_str(what),
		.subject = subject,
		.detail = detail,
	};
	return trail_add(c, arena, how->list, a, e);
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
	return *refused || ((pending_kind(p.action)->many ||
	                     store_pending_drop(c->store, p.list, p.key, p.action, e)) &&
	                    store_pending_add(c->store, &p, e));
}
