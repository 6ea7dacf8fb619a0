/*
 * The post is committed with these exceptions, so that no worker can make a copy before they
 * are known.
 */
#include "flow/copies_wanted.h"

#include "flow/answer.h"
#include "store/fanout.h"
#include "store/members.h"

/* Addresses of To and Cc that are looked up. */
#define NAMED_MAX 100

static bool acknowledge(struct context *c, struct arrival *a, const struct member *m, struct err *e)
{
	const char *refused;
	struct answer x = { .list = &a->list,
		            .kind = ANSWER_RESULT,
		            .notice = "post-distributed",
		            .recipient = m->address,
		            .in_reply_to = a->message_id,
		            .language = m->language };
	notice_set(&x.vars, "date", answer_time(a->arena, c->env.now(&c->env)));
	/* Only who is proven to have written it is told so. */
	return !a->verdict.from_authentic || answer_send(c, a->arena, &x, &refused, e);
}

static bool for_author(struct context *c, struct arrival *a, int64_t post, struct err *e)
{
	struct member m;
	bool found = false;
	if (a->has_author &&
	    !store_member_by_author(c->store, a->arena, a->list.id, a->author_key, &m, &found, e)) {
		return false;
	}
	if (!found) {
		return true;
	}
	return (!(m.flags & MEMBER_NO_SELFCOPY) || store_fan_skip(c->store, post, m.id, e)) &&
	       (!(m.flags & MEMBER_ACK) || acknowledge(c, a, &m, e));
}

static bool for_named(struct context *c, struct arrival *a, struct span value, int64_t post,
                      struct err *e)
{
	struct mailboxes named = addr_parse(a->arena, value);
	for (size_t i = 0; i < named.n && i < NAMED_MAX; i++) {
		struct span key;
		struct member m;
		bool found = false;
		if (addr_key(a->arena, named.v[i].addr, &key, NULL) &&
		    !store_member_find(c->store, a->arena, a->list.id, key, &m, &found, e)) {
			return false;
		}
		if (found && (m.flags & MEMBER_DEDUP) && !store_fan_skip(c->store, post, m.id, e)) {
			return false;
		}
	}
	return true;
}

bool copies_wanted(struct context *c, struct arrival *a, int64_t post, struct err *e)
{
	const struct field *to = message_find(&a->message, "To");
	const struct field *cc = message_find(&a->message, "Cc");
	return for_author(c, a, post, e) && (!to || for_named(c, a, to->value, post, e)) &&
	       (!cc || for_named(c, a, cc->value, post, e));
}
