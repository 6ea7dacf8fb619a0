/* What a message is, and what is to be done with it: looked up here, decided in rules/. */
#include "flow/arrival.h"

#include "flow/arrival_word.h"

#include "auth/verify.h"
#include "flow/arrival_rules.h"
#include "flow/bounces.h"
#include "flow/filter_command.h"
#include "flow/forward.h"
#include "flow/request.h"
#include "mail/msgid.h"
#include "mail/word.h"
#include "rules/revise.h"
#include "rules/robot.h"
#include "rules/token.h"
#include "store/bans.h"
#include "store/blob.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/posts.h"

bool arrival_route(struct context *c, struct arrival *a, struct err *e)
{
	struct route routes[ROUTE_MAX];
	size_t n = route_address(a->arena, a->recipient, site_delimiter(&c->site), routes);
	for (size_t i = 0; i < n; i++) {
		if (!store_list_find(c->store, a->arena, routes[i].local, routes[i].domain,
		                     &a->list, &a->has_list, e)) {
			return false;
		}
		if (a->has_list) {
			a->route = routes[i];
			return true;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (robot_find(a->arena, &c->site, &routes[i], &a->list)) {
			a->has_list = true;
			a->route = routes[i];
			return true;
		}
	}
	return true;
}

void arrival_read(struct arrival *a)
{
	a->readable = message_parse(a->arena, a->bytes, &a->message, &a->unreadable);
	if (!a->readable) {
		return;
	}
	const struct field *subject = message_find(&a->message, "Subject");
	a->has_author = addr_author(a->arena, &a->message, &a->author) &&
	                addr_key(a->arena, a->author.addr, &a->author_key, NULL);
	a->message_id = msgid_of(a->arena, &a->message);
	if (a->has_list && message_count(&a->message, "Message-ID") == 0) {
		a->message_id = revise_message_id(a->arena, a->id, &a->list);
	}
	a->subject = word_decode(a->arena, message_text(a->arena, subject));
}

/* Was this Message-ID distributed here, and by the very same bytes (an MTA that tried again)? */
static bool find_duplicate(struct context *c, struct arrival *a, struct policy_input *in,
                           struct err *e)
{
	struct post *posts;
	size_t n;
	char name[BLOB_NAME + 1];
	if (!store_post_by_message_id(c->store, a->arena, a->message_id, &posts, &n, e)) {
		return false;
	}
	blob_name(a->bytes, name);
	for (size_t i = 0; i < n; i++) {
		if (posts[i].list == a->list.id) {
			in->duplicate = true;
			in->same_bytes = in->same_bytes || span_is(posts[i].blob, name);
		}
	}
	return true;
}

/* Was what the author signed distributed here, and says no hop that a list made copies of it? */
static bool find_replay(struct context *c, struct arrival *a, struct policy_input *in,
                        struct err *e)
{
	const struct dkim2_result *chain = &a->verdict.dkim2;
	bool exploded = false;
	for (size_t i = 0; i < chain->nhops; i++) {
		exploded = exploded || chain->hops[i].exploded;
	}
	/* Of a chain that does not verify the hashes prove nothing. */
	return chain->result != AUTH_PASS || exploded ||
	       store_seen(c->store, a->list.id, chain->instances[0].hashes, &in->replay, e);
}

static bool load_facts(struct context *c, struct arrival *a, struct policy_input *in, struct err *e)
{
	struct member member = { 0 };
	struct ban ban;
	if (a->has_author) {
		if (!store_member_by_author(c->store, a->arena, a->list.id, a->author_key, &member,
		                            &in->member, e) ||
		    !store_ban_find(c->store, a->arena, a->list.id, a->author_key,
		                    c->env.now(&c->env), &ban, &in->banned, e) ||
		    !store_domain_signs(c->store, addr_domain(a->author_key), &in->domain_signs,
		                        e)) {
			return false;
		}
		a->member = in->member;
		in->author = a->author.addr;
		in->member_moderated = member.flags & MEMBER_MODERATED;
		in->member_for = in->member ? a->arrived - member.joined : 0;
	}
	if (!arrival_rules_load(c, a, in, e)) {
		return false;
	}
	return a->as_new ||
	       (find_replay(c, a, in, e) && (a->message_id.n == 0 || find_duplicate(c, a, in, e)));
}

void arrival_verify(struct context *c, struct arrival *a)
{
	struct envelope envelope = { true, a->mail_from, &a->arrived_as, 1 };
	struct verify_options options = { c->env.now(&c->env), c->site.trusted_authserv_id };
	verify_message(a->arena, &a->message, &envelope, &c->keys, &options, &a->verdict);
	a->judged = true;
}

/* A post: verify, collect what the rules ask for, let them decide. */
static bool judge_post(struct context *c, struct arrival *a, struct err *e)
{
	arrival_verify(c, a);
	filter_judge(a->arena, &a->list, &a->message, &a->content);
	struct policy_input in = {
		.site = &c->site,
		.list = &a->list,
		.message = &a->message,
		.verdict = &a->verdict,
		.list_id = revise_list_id(a->arena, &a->list),
		.mail_from = a->mail_from,
		.size = a->bytes.n,
		.truncated = a->truncated,
		.approved = a->held_id != 0 || a->pass != 0,
		.patient = a->patient,
		.handed = a->handed_by.n > 0,
		.content = &a->content,
	};
	if (!load_facts(c, a, &in, e)) {
		return false;
	}
	struct policy_result result = policy_decide(a->arena, &in);
	if (result.decision == DECISION_ACCEPT && a->list.filter_command.n > 0) {
		struct policy_command said = filter_command_ask(a);
		policy_hear(&in, &said, &result);
	}
	arrival_rules_tag(a, result.tags, result.ntags);
	a->decision = result.decision;
	a->rule = result.rule;
	a->reason = result.reason;
	a->rows = result.rows;
	a->nrows = result.n;
	if (a->handed_by.n > 0 && a->decision != DECISION_ACCEPT) {
		a->reason = arena_printf(a->arena, "%.*s (handed over by list %.*s)",
		                         SPAN_FMT(a->reason), SPAN_FMT(a->handed_by));
	}
	return true;
}

void arrival_decide(struct arrival *a, enum decision decision, const char *rule, struct span reason)
{
	a->decision = decision;
	a->rule = rule;
	a->reason = reason;
}

/* Mail to list+unsubscribe-TOKEN: the token is the proof, whoever sends it. */
static bool personal_unsubscribe(struct context *c, struct arrival *a)
{
	struct token token;
	if (a->route.role != ROLE_UNSUBSCRIBE ||
	    !token_check(c->secret, TOKEN_UNSUBSCRIBE, a->list.id, a->route.token, &token)) {
		return false;
	}
	a->unsubscribe = token.member;
	arrival_decide(a, DECISION_DISCARD, "unsubscribe",
	               SPAN("unsubscribed by personal address"));
	return true;
}

/* Nobody is here; those who answer for the message are told, if anybody does. */
static void judge_unknown(struct context *c, struct arrival *a)
{
	if (a->recipient.n == 0) {
		arrival_decide(a, DECISION_HOLD, "no-list",
		               SPAN("nothing says which address it came to"));
		return;
	}
	struct span reason =
		arena_printf(a->arena, "no list has the address \"%.*s\"", SPAN_FMT(a->recipient));
	if (a->readable) {
		arrival_verify(c, a);
	}
	if (a->judged && a->verdict.temporary && a->patient) {
		arrival_decide(a, DECISION_PUT_BACK, "dns",
		               SPAN("signatures could not be checked: DNS does not answer"));
	} else {
		arrival_decide(a, DECISION_REJECT, "no-list", reason);
	}
}

struct refusal arrival_refusal(const struct arrival *a)
{
	return (struct refusal){
		.list = a->has_list ? &a->list : NULL,
		.message = a->readable ? &a->message : NULL,
		.verdict = a->judged ? &a->verdict : NULL,
		.mail_from = a->mail_from,
		.recipient = a->recipient,
		.arrived_as = a->arrived_as,
		.author = a->has_author ? a->author.addr : SPAN(""),
		.message_id = a->message_id,
		.rule = a->rule,
		.reason = a->reason,
		.arrived = a->arrived,
		.truncated = a->truncated,
		.handed = a->handed_by.n > 0,
	};
}

bool arrival_judge(struct context *c, struct arrival *a, struct err *e)
{
	if (!a->has_list) {
		judge_unknown(c, a);
	} else if (personal_unsubscribe(c, a)) {
		return true;
	} else if (request_wanted(a)) {
		return request_judge(c, a, e);
	} else if (forward_wanted(a)) {
		return forward_judge(c, a, e);
	} else if (a->route.role == ROLE_BOUNCE) {
		return bounces_judge(c, a, e);
	} else if (arrival_is_word(a)) {
		return arrival_judge_word(c, a, e);
	} else if (a->route.role != ROLE_POST && a->route.role != ROLE_PASS) {
		arrival_decide(a, DECISION_HOLD, "not-a-post",
		               arena_printf(a->arena, "mail for the %s address",
		                            role_name(a->route.role)));
	} else if (!a->readable) {
		arrival_decide(a, DECISION_HOLD, "unreadable",
		               arena_printf(a->arena, "%s", a->unreadable.text));
	} else {
		return arrival_find_pass(c, a, e) && (a->rule || judge_post(c, a, e));
	}
	return true;
}
