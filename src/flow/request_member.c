/* What members and owners ask for: only a proven From gets anything here. */
#include "flow/request_work.h"

#include "mail/addr.h"
#include "rules/member.h"
#include "rules/people.h"
#include "rules/route.h"
#include "store/bans.h"
#include "store/lists.h"
#include "store/members.h"

#define ROSTER_MAX 10000 /* members in one answer */

/* *OK: who wrote is a proven member, *OUT. Otherwise that was said, as far as it may be. */
static bool proven_member(struct request *r, const char *verb, struct member *out, bool *ok,
                          struct err *e)
{
	*ok = false;
	if (!r->authentic) {
		request_note(r, verb, "nothing proves who wrote it");
		return true;
	}
	if (!request_member(r, r->key, out, ok, e)) {
		return false;
	}
	if (!*ok) {
		request_note(r, verb, "not a member");
		return request_reply(r, ANSWER_STATE, "not-member", NULL, e);
	}
	return true;
}

static bool say_settings(struct request *r, const struct member *m, struct err *e)
{
	struct notice_vars vars = { 0 };
	struct span words = member_words(r->arena, m);
	notice_set(&vars, "mode", span_str(member_delivery_name(m->delivery)));
	notice_set(&vars, "until", m->paused > 0 ? answer_time(r->arena, m->paused) : SPAN(""));
	notice_set(&vars, "settings", words);
	return request_reply(r, ANSWER_RESULT, "settings-changed", &vars, e);
}

bool request_set(struct request *r, const struct command_line *line, struct err *e)
{
	struct member m;
	struct enrol how = request_how(r, SPAN(""));
	bool ok, found;
	if (!proven_member(r, "set", &m, &ok, e)) {
		return false;
	}
	if (!ok) {
		return true;
	}
	member_change_apply(&line->change, r->c->env.now(&r->c->env), &m);
	request_note(r, "set", "done");
	return store_member_set(r->c->store, r->a->list.id, &m, &found, e) &&
	       enrol_audit(r->c, r->arena, &how, "member set", m.address,
	                   member_words(r->arena, &m), e) &&
	       say_settings(r, &m, e);
}

/* An address of a list here, of whatever role: the question would come to its owners, or to it. */
static bool is_ours(struct request *r, struct span address, bool *ours, struct err *e)
{
	struct route routes[ROUTE_MAX];
	struct list list;
	size_t n = route_address(r->arena, address, site_delimiter(&r->c->site), routes);
	*ours = false;
	for (size_t i = 0; i < n && !*ours; i++) {
		if (!store_list_find(r->c->store, r->arena, routes[i].local, routes[i].domain,
		                     &list, ours, e)) {
			return false;
		}
	}
	return true;
}

/* *WHY: why the address cannot become the member's; NULL when it can. */
static bool check_other(struct request *r, struct span text, struct span *address, struct span *key,
                        const char **why, struct err *e)
{
	struct member m;
	struct ban ban;
	bool member, banned, ours;
	if (!addr_canonical(r->arena, text, address, NULL) ||
	    !addr_key(r->arena, text, key, NULL)) {
		*why = "not an address";
		return true;
	}
	if (!is_ours(r, *address, &ours, e)) {
		return false;
	}
	if (ours) {
		*why = "not an address of a person";
		return true;
	}
	if (!request_member(r, *key, &m, &member, e) ||
	    !store_ban_find(r->c->store, r->arena, r->a->list.id, *key, r->c->env.now(&r->c->env),
	                    &ban, &banned, e)) {
		return false;
	}
	*why = banned ? "the address is banned" : member ? "a member already" : NULL;
	return true;
}

/* Both are asked or none: one answer must never be enough. */
static bool both_allowed(struct request *r, struct span old, struct span to, bool *ok,
                         struct err *e)
{
	const char *why_old, *why_new;
	if (!answer_allowed(r->c, r->arena, &r->a->list, ANSWER_CONFIRM, old, &why_old, e) ||
	    !answer_allowed(r->c, r->arena, &r->a->list, ANSWER_CONFIRM, to, &why_new, e)) {
		return false;
	}
	*ok = !why_old && !why_new;
	if (!*ok) {
		request_note(r, "changeaddr", why_old ? why_old : why_new);
	}
	return true;
}

/* The first question may have been the last that the site may send in this hour. */
static bool withdraw_half(struct request *r, struct span old, struct span to, struct err *e)
{
	struct store *s = r->c->store;
	int64_t list = r->a->list.id;
	struct span old_key, new_key;
	bool asked;
	return addr_key(r->arena, old, &old_key, e) && addr_key(r->arena, to, &new_key, e) &&
	       store_pending_waits(s, list, new_key, PENDING_CHANGE_NEW, &asked, e) &&
	       (asked || store_pending_drop(s, list, old_key, PENDING_CHANGE_OLD, e));
}

static bool ask_both(struct request *r, struct span old, struct span to, struct err *e)
{
	struct notice_vars vars = { 0 };
	struct enrol_question q = { .action = PENDING_CHANGE_OLD,
		                    .notice = "confirm-change",
		                    .address = old,
		                    .other = to,
		                    .vars = &vars };
	notice_set(&vars, "old", old);
	notice_set(&vars, "new", to);
	if (!request_ask(r, "changeaddr", &q, e)) {
		return false;
	}
	q.action = PENDING_CHANGE_NEW;
	q.address = to;
	q.other = old;
	return request_ask(r, "changeaddr", &q, e) && withdraw_half(r, old, to, e);
}

bool request_change_address(struct request *r, const struct command_line *line, struct err *e)
{
	struct member m;
	struct span address, key;
	const char *why;
	bool ok;
	if (!proven_member(r, "changeaddr", &m, &ok, e)) {
		return false;
	}
	if (!ok) {
		return true;
	}
	if (!check_other(r, line->argument, &address, &key, &why, e)) {
		return false;
	}
	if (why) {
		return request_unknown(r, "changeaddr", why, e);
	}
	return both_allowed(r, m.address, address, &ok, e) &&
	       (!ok || ask_both(r, m.address, address, e));
}

bool request_alias(struct request *r, const struct command_line *line, struct err *e)
{
	struct member m;
	struct span address, key;
	const char *why;
	bool ok;
	struct notice_vars vars = { 0 };
	if (!proven_member(r, "alias", &m, &ok, e)) {
		return false;
	}
	if (!ok) {
		return true;
	}
	if (!check_other(r, line->argument, &address, &key, &why, e)) {
		return false;
	}
	if (why) {
		return request_unknown(r, "alias", why, e);
	}
	struct enrol_question q = { .action = PENDING_ALIAS,
		                    .notice = "confirm-alias",
		                    .address = address,
		                    .other = m.address,
		                    .vars = &vars };
	notice_set(&vars, "member", m.address);
	notice_set(&vars, "alias", address);
	return request_ask(r, "alias", &q, e);
}

bool request_unalias(struct request *r, const struct command_line *line, struct err *e)
{
	struct member m;
	struct span key;
	struct enrol how = request_how(r, SPAN(""));
	bool ok, removed = false;
	if (!proven_member(r, "unalias", &m, &ok, e)) {
		return false;
	}
	if (!ok) {
		return true;
	}
	if (addr_key(r->arena, line->argument, &key, NULL) &&
	    !store_member_alias_rm(r->c->store, r->a->list.id, m.id, key, &removed, e)) {
		return false;
	}
	request_note(r, "unalias", removed ? "done" : "no such alias");
	return (!removed ||
	        enrol_audit(r->c, r->arena, &how, "member unalias", m.address, key, e)) &&
	       say_settings(r, &m, e);
}

static void add_list(struct request *r, struct buf *out, const struct list *list)
{
	buf_add(out, route_list(r->arena, list));
	if (list->description.n > 0) {
		buf_str(out, "\n  ");
		buf_add(out, list->description);
	}
	buf_chr(out, '\n');
}

bool request_which(struct request *r, struct err *e)
{
	struct list *v;
	struct notice_vars vars = { 0 };
	struct buf lines = BUF_INIT;
	size_t n = 0;
	request_note(r, "which", "asked for");
	if (r->authentic && !request_lists_of(r, r->key, &v, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		add_list(r, &lines, &v[i]);
	}
	notice_set(&vars, "lists", buf_move(&lines, r->arena));
	return request_reply(r, ANSWER_RESULT, "which", &vars, e);
}

bool request_lists(struct request *r, struct err *e)
{
	struct list *v;
	struct notice_vars vars = { 0 };
	struct buf lines = BUF_INIT;
	size_t n;
	request_note(r, "lists", "asked for");
	if (r->authentic && !store_list_all(r->c->store, r->arena, &v, &n, e)) {
		return false;
	}
	for (size_t i = 0; r->authentic && i < n; i++) {
		if (v[i].advertised && span_eq(v[i].domain, r->a->list.domain)) {
			add_list(r, &lines, &v[i]);
		}
	}
	notice_set(&vars, "lists", buf_move(&lines, r->arena));
	return request_reply(r, ANSWER_RESULT, "lists", &vars, e);
}

bool request_who(struct request *r, struct err *e)
{
	struct enrol_question q = { .action = PENDING_WHO,
		                    .notice = "confirm-who",
		                    .address = r->from };
	if (r->a->list.roster != LIST_ROSTER_OWNERS || !r->authentic ||
	    !people_is_owner(&r->a->list, r->from)) {
		return request_unknown(r, "who", "for owners only, where the list allows it", e);
	}
	return request_ask(r, "who", &q, e);
}

bool request_roster(struct request *r, struct span recipient, struct err *e)
{
	struct member *v;
	struct buf lines = BUF_INIT;
	size_t n;
	const char *refused;
	struct answer x = {
		.list = &r->a->list, .kind = ANSWER_RESULT, .notice = "who", .recipient = recipient
	};
	if (!store_member_page(r->c->store, r->arena, r->a->list.id, 0, ROSTER_MAX, &v, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!(v[i].flags & MEMBER_HIDE)) {
			buf_add(&lines, v[i].address);
			buf_chr(&lines, '\n');
		}
	}
	notice_set(&x.vars, "count", arena_printf(r->arena, "%zu", n));
	notice_set(&x.vars, "members", buf_move(&lines, r->arena));
	return answer_send(r->c, r->arena, &x, &refused, e);
}
