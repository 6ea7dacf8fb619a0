/*
 * The transaction that ends an arrival: a post with its variants, a held row, or
 * a reason; or what a moderator says about a held message. The message's blob is durable
 * before the transaction begins.
 */
#include "auth/report.h"
#include "base/fault.h"
#include "flow/arrival.h"
#include "flow/arrival_rules.h"
#include "flow/bounces.h"
#include "flow/confirm_post.h"
#include "flow/copies_wanted.h"
#include "flow/enrol.h"
#include "flow/forward.h"
#include "flow/forward_return.h"
#include "flow/moderate.h"
#include "flow/moderate_mail.h"
#include "flow/prepare.h"
#include "flow/request.h"
#include "store/blob.h"
#include "store/held.h"
#include "store/inbox.h"
#include "store/members.h"
#include "store/passes.h"
#include "store/posts.h"

static struct span verdict_text(struct arrival *a)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);
	if (!a->judged) {
		return SPAN("");
	}
	json_open(&j, '{');
	report_json(&j, &a->verdict);
	json_close(&j);
	return buf_move(&out, a->arena);
}

static bool put_inbox(struct context *c, const struct arrival *a, enum inbox_state state,
                      int64_t ref, struct err *e)
{
	struct inbox row = {
		.spool = a->id,
		.state = state,
		.ref = ref,
		.at = c->env.now(&c->env),
		.first_at = a->arrived,
		.recipient = a->recipient,
		.mail_from = a->mail_from,
		.message_id = a->message_id,
		.reason = a->reason,
	};
	return a->held_id != 0 || store_inbox_put(c->store, &row, e);
}

/* When the newest hop signed, if that counts: from then on the signature grows old. */
static int64_t signed_at(const struct arrival *a)
{
	const struct dkim2_result *chain = &a->verdict.dkim2;
	return a->judged && chain->result == AUTH_PASS && chain->nhops > 0
	               ? (int64_t)chain->hops[chain->nhops - 1].t
	               : 0;
}

/* Who answers for the message is told; if nobody does, the reason says so. */
static bool refuse(struct context *c, struct arrival *a, struct err *e)
{
	struct refusal refusal = arrival_refusal(a);
	struct refusal_choice choice;
	if (!refusal_decide(c, a->arena, &refusal, &choice, e) ||
	    !refusal_post(c, a->arena, &refusal, &choice, e)) {
		return false;
	}
	log_event(&c->log, LOG_LEVEL_INFO, "refusal", { "id", a->id },
	          { "message-id", a->message_id }, { "told", choice.address },
	          { "why", span_str(choice.why) });
	if (choice.to == REFUSAL_NOBODY) {
		a->reason = arena_printf(a->arena, "%.*s (nobody is told: %s)", SPAN_FMT(a->reason),
		                         choice.why);
	}
	return true;
}

static bool is_post(const struct arrival *a)
{
	return a->route.role == ROLE_POST || a->route.role == ROLE_PASS;
}

/* Of a post that waits; what came to other addresses they find by ladle held. */
static bool tell_moderators(struct context *c, struct arrival *a, const struct held *held,
                            struct err *e)
{
	struct moderate_mail mail = {
		.arena = a->arena,
		.list = &a->list,
		.held = held,
		.message = a->readable ? &a->message : NULL,
		.verdict = a->judged ? &a->verdict : NULL,
		.pass_word = a->route.role == ROLE_PASS ? a->route.word : SPAN(""),
	};
	return !a->has_list || !is_post(a) || held->state != HELD_WAITING ||
	       moderate_mail_waiting(c, &mail, e);
}

/*
 * That his post waits, if the list wants that and his address is vouched for as in a refusal. A
 * hop on the way answers for a message, too, but need not know.
 */
static bool tell_author(struct context *c, struct arrival *a, const struct held *held,
                        struct err *e)
{
	struct refusal refusal = arrival_refusal(a);
	struct refusal_choice choice;
	bool wanted = a->has_list && a->has_author && is_post(a) && held->state == HELD_WAITING &&
	              (a->list.hold_notice == LIST_NOTICE_ALL ||
	               (a->list.hold_notice == LIST_NOTICE_MEMBERS && a->member));
	if (!wanted) {
		return true;
	}
	if (!refusal_decide(c, a->arena, &refusal, &choice, e)) {
		return false;
	}
	return choice.to == REFUSAL_NOBODY || !addr_same(choice.address, a->author.addr) ||
	       moderate_mail_author(c, a->arena, &a->list, held, choice.address, e);
}

static bool hold(struct context *c, struct arrival *a, struct span blob, struct err *e)
{
	int64_t id = 0;
	bool asked;
	if (a->decision == DECISION_REJECT && !refuse(c, a, e)) {
		return false;
	}
	struct held held = {
		.list = a->has_list ? a->list.id : 0,
		.state = a->decision == DECISION_REJECT ? HELD_REFUSED : HELD_WAITING,
		.blob = blob,
		.mail_from = a->mail_from,
		.recipient = a->recipient,
		.arrived_as = a->arrived_as,
		.handed_by = a->handed_by,
		.author = a->has_author ? a->author.addr : SPAN(""),
		.subject = a->subject,
		.message_id = a->message_id,
		.rule = span_str(a->rule),
		.reason = a->reason,
		.verdict = verdict_text(a),
		.arrived = a->arrived,
		.size = (int64_t)a->bytes.n,
		.truncated = a->truncated,
		.signed_at = signed_at(a),
	};
	if (!store_held_add(c->store, &held, &id, e)) {
		return false;
	}
	held.id = id;
	return confirm_post_ask(c, a, &held, &asked, e) &&
	       (asked || (tell_moderators(c, a, &held, e) && tell_author(c, a, &held, e))) &&
	       put_inbox(c, a, INBOX_HELD, id, e);
}

/* Do what the moderator says, or say that it cannot be done. */
static bool heed(struct context *c, struct arrival *a, struct err *e)
{
	return moderate_failed(a->word) ? moderate_answer(c, a->word, &a->list, a->message_id, e)
	                                : moderate_apply(c, a->word, e);
}

/* The token in the address is the proof. */
static bool unsubscribe(struct context *c, struct arrival *a, struct err *e)
{
	struct member member;
	struct enrol how = { .list = &a->list,
		             .channel = SPAN("mail"),
		             .actor = a->mail_from,
		             .detail = SPAN("personal address"),
		             .in_reply_to = SPAN(""),
		             .quiet = !a->list.goodbye };
	bool found, removed;
	return store_member_get(c->store, a->arena, a->list.id, a->unsubscribe, &member, &found,
	                        e) &&
	       (!found || enrol_leave(c, a->arena, &how, &member, &removed, e));
}

static bool drop(struct context *c, struct arrival *a, struct err *e)
{
	return (a->unsubscribe == 0 || unsubscribe(c, a, e)) &&
	       (!a->forward || forward_apply(c, a, e)) && (!a->word || heed(c, a, e)) &&
	       (!a->returned || forward_return_apply(c, a, e)) &&
	       (!a->request || request_apply(c, a, e)) && bounces_commit(c, a, e) &&
	       put_inbox(c, a, INBOX_DROPPED, 0, e);
}

/* What later posts are compared with. */
static bool remember(struct context *c, struct arrival *a, struct err *e)
{
	int64_t now = c->env.now(&c->env);
	const struct dkim2_result *chain = &a->verdict.dkim2;
	if (chain->result == AUTH_PASS &&
	    !store_seen_add(c->store, a->list.id, chain->instances[0].hashes, now, e)) {
		return false;
	}
	return !a->verdict.from_signed ||
	       store_domain_signed(c->store, addr_domain(a->author_key), now, e);
}

static bool prepare(struct context *c, struct arrival *a, int64_t number, struct prepared *out,
                    struct err *e)
{
	struct rewrite rewrite;
	bool ok =
		arrival_rewrite(c, a, &rewrite, e) && prepare_post(c, a, &rewrite, number, out, e);
	rewrite_end(&rewrite);
	return ok;
}

static bool add_variants(struct context *c, int64_t post, struct prepared *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		p->v[i].post = post;
		if (!store_variant_add(c->store, &p->v[i], e)) {
			return false;
		}
	}
	return true;
}

bool arrival_add_post(struct context *c, struct arrival *a, struct span blob, struct err *e)
{
	struct post post = {
		.list = a->list.id,
		.state = POST_SENDING,
		.blob = blob,
		.message_id = a->message_id,
		.author = a->author.addr,
		.subject = a->subject,
		.verdict = verdict_text(a),
		.received = a->arrived,
		.handed_by = a->handed_by,
	};
	struct prepared prepared;
	int64_t id = 0;
	if (!store_post_next_number(c->store, a->list.id, &post.number, e) ||
	    !prepare(c, a, post.number, &prepared, e) ||
	    !store_member_max(c->store, a->list.id, &post.member_max, e)) {
		return false;
	}
	post.reason = prepared.v[0].why;
	if (!store_post_add(c->store, &post, &id, e) || !arrival_keep_id(c, a, id, e) ||
	    !copies_wanted(c, a, id, e) || !arrival_rules_posted(c, a, e)) {
		return false;
	}
	if (!add_variants(c, id, &prepared, e) || !put_inbox(c, a, INBOX_POST, id, e)) {
		return false;
	}
	if (a->pass != 0 && !store_pass_used(c->store, a->pass, c->env.now(&c->env), e)) {
		return false;
	}
	return remember(c, a, e);
}

/* What was tried failed for good: another transaction, for what is done instead. */
static bool begin_again(struct context *c, struct arrival *a, const char *rule, struct err *e)
{
	store_rollback(c->store);
	a->rule = rule;
	a->reason = arena_printf(a->arena, "%s", e->text);
	return store_begin(c->store, e);
}

/*
 * A post that no variant can be made of is held, and a moderator's word that came too late is
 * done with: the reason says why.
 */
static bool apply(struct context *c, struct arrival *a, struct span blob, struct err *e)
{
	if (a->decision == DECISION_DISCARD) {
		if (drop(c, a, e)) {
			return true;
		}
		return a->word && moderate_failed(a->word) && begin_again(c, a, "moderation", e) &&
		       drop(c, a, e);
	}
	if (a->decision == DECISION_ACCEPT) {
		if (arrival_add_post(c, a, blob, e)) {
			return true;
		}
		if (e->class != ERR_PERMANENT || !begin_again(c, a, "egress", e)) {
			return false;
		}
		a->decision = DECISION_HOLD;
	}
	return hold(c, a, blob, e);
}

bool arrival_commit(struct context *c, struct arrival *a, struct err *e)
{
	char blob[BLOB_NAME + 1] = "";
	if (a->decision != DECISION_DISCARD && !blob_put(c->paths.msg, a->bytes, blob, e)) {
		return false;
	}
	(void)fault_point("process-begin");
	if (!store_begin(c->store, e)) {
		return false;
	}
	if (!apply(c, a, span_str(blob), e) || !arrival_rules_came(c, a, e)) {
		store_rollback(c->store);
		return false;
	}
	(void)fault_point("process-commit");
	return store_commit(c->store, e);
}
