/*
 * From a mail to its commands, and each to whoever does it. All of one mail is one
 * transaction; a command that cannot be done is noted and does not stop the others.
 */
#include "flow/request_work.h"

#include "mail/addr.h"
#include "rules/automatic.h"
#include "rules/robot.h"
#include "store/members.h"

#define RULE "request"

bool request_wanted(const struct arrival *a)
{
	switch (a->route.role) {
	case ROLE_REQUEST:
	case ROLE_HELP:
	case ROLE_SUBSCRIBE:
	case ROLE_UNSUBSCRIBE:
	case ROLE_CONFIRM:
	case ROLE_OTHER: return true;
	default: return false;
	}
}

static void one_command(struct request *r, enum verb verb)
{
	struct command_line line = { .verb = verb, .argument = SPAN("") };
	struct span token = r->a->route.token;
	r->commands.n = 1;
	if (token.n > 0 && verb == VERB_CONFIRM) {
		line.argument = token;
	} else if (token.n > 0 && !command_suffix(r->arena, token, &line)) {
		/* A personal address whose token is not, or no longer, valid: as if without. */
		line.bad = verb != VERB_UNSUBSCRIBE;
	}
	r->commands.v[0] = line;
}

static void read_commands(struct request *r)
{
	struct span subject, text;
	static const struct meaning {
		enum role role;
		enum verb verb;
	} meanings[] = {
		{ ROLE_HELP, VERB_HELP },
		{ ROLE_SUBSCRIBE, VERB_SUBSCRIBE },
		{ ROLE_UNSUBSCRIBE, VERB_UNSUBSCRIBE },
		{ ROLE_CONFIRM, VERB_CONFIRM },
	};
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		bool token = r->a->route.token.n > 0 || meanings[i].role != ROLE_CONFIRM;
		if (r->a->route.role == meanings[i].role && token) {
			one_command(r, meanings[i].verb);
			return;
		}
	}
	if (r->a->route.role != ROLE_OTHER) {
		command_mail(r->arena, &r->a->message, &subject, &text);
		command_read(subject, text, &r->commands);
	}
}

static bool new_request(struct context *c, struct arrival *a, struct err *e)
{
	struct request *r = ARENA_NEW(a->arena, struct request);
	*r = (struct request){
		.c = c, .a = a, .arena = a->arena, .from = SPAN(""), .key = SPAN("")
	};
	r->authentic = a->has_author && a->verdict.words_authentic;
	if (a->has_author && !addr_canonical(a->arena, a->author.addr, &r->from, e)) {
		return false;
	}
	r->key = a->has_author ? a->author_key : SPAN("");
	read_commands(r);
	a->request = r;
	return true;
}

bool request_judge(struct context *c, struct arrival *a, struct err *e)
{
	const char *machine = a->readable ? automatic_why(&a->message, a->mail_from) : NULL;
	if (!a->readable || machine) {
		arrival_decide(
			a, DECISION_DISCARD, RULE,
			machine ? arena_printf(a->arena, "written by a machine (%s)", machine)
				: arena_printf(a->arena, "%s", a->unreadable.text));
		return true;
	}
	arrival_verify(c, a);
	/* A token needs nobody's word. */
	if (a->verdict.temporary && !a->verdict.words_authentic && a->patient &&
	    a->route.role != ROLE_CONFIRM) {
		arrival_decide(a, DECISION_PUT_BACK, RULE, SPAN("the DNS does not answer yet"));
		return true;
	}
	arrival_decide(a, DECISION_DISCARD, RULE, SPAN("commands"));
	return new_request(c, a, e);
}

/* ---- for those who do it ---- */

void request_note(struct request *r, const char *verb, const char *what)
{
	buf_printf(&r->log, "%s%s: %s", r->log.n > 0 ? "; " : "", verb, what);
}

bool request_reply(struct request *r, enum answer_kind kind, const char *notice,
                   const struct notice_vars *vars, struct err *e)
{
	const char *refused = "nothing proves who wrote it";
	struct answer x = { .list = &r->a->list,
		            .kind = kind,
		            .notice = notice,
		            .recipient = r->from,
		            .in_reply_to = r->a->message_id };
	if (vars) {
		x.vars = *vars;
	}
	if (r->authentic && !answer_send(r->c, r->arena, &x, &refused, e)) {
		return false;
	}
	if (refused) {
		request_note(r, "no answer", refused);
	}
	return true;
}

struct enrol request_how(struct request *r, struct span detail)
{
	return (struct enrol){ .list = &r->a->list,
		               .channel = SPAN("mail"),
		               .actor = r->from.n > 0 ? r->from : r->a->mail_from,
		               .detail = detail,
		               .in_reply_to = SPAN("") };
}

enum subscribe_proof request_proof(const struct request *r, struct span address)
{
	if (!r->authentic) {
		return PROOF_NONE;
	}
	if (addr_same(r->from, address)) {
		return PROOF_FROM;
	}
	return span_ieq(addr_domain(r->key), addr_domain(address)) ? PROOF_DOMAIN : PROOF_NONE;
}

bool request_member(struct request *r, struct span key, struct member *out, bool *found,
                    struct err *e)
{
	return store_member_find(r->c->store, r->arena, r->a->list.id, key, out, found, e);
}

bool request_ask(struct request *r, const char *verb, const struct enrol_question *q, struct err *e)
{
	struct enrol_question asked = *q;
	const char *refused;
	asked.list = &r->a->list;
	asked.asked_by = r->from;
	if (!enrol_ask(r->c, r->arena, &asked, &refused, e)) {
		return false;
	}
	request_note(r, verb, refused ? refused : "the address has to confirm it");
	return true;
}

/* ---- one after the other ---- */

static bool describe(struct request *r, const char *notice, struct err *e)
{
	const struct list *list = &r->a->list;
	struct notice_vars vars = { 0 };
	notice_set_flag(&vars, "closed", list->subscribe_policy == SUBSCRIBE_CLOSED);
	notice_set_flag(&vars, "members-only", list->nonmember != LIST_ACTION_ACCEPT);
	notice_set_flag(&vars, "moderated", list->moderated);
	request_note(r, notice, "asked for");
	return request_reply(r, ANSWER_RESULT, notice, &vars, e);
}

bool request_unknown(struct request *r, const char *verb, const char *why, struct err *e)
{
	request_note(r, verb, why);
	return request_reply(r, ANSWER_HELP,
	                     robot_is(&r->a->list) ? "site-help" : "unknown-command", NULL, e);
}

static bool about_person(struct request *r, const struct command_line *line, struct err *e)
{
	struct request_person who;
	if (!request_person(r, line, &who)) {
		return request_unknown(r, verb_name(line->verb), "not an address", e);
	}
	return line->verb == VERB_SUBSCRIBE ? request_subscribe(r, &who, e)
	                                    : request_unsubscribe(r, &who, e);
}

static bool carry_out(struct request *r, const struct command_line *line, struct err *e)
{
	if (line->bad) {
		return request_unknown(r, verb_name(line->verb), "not understood", e);
	}
	if (robot_is(&r->a->list)) {
		return request_site(r, line, e);
	}
	switch (line->verb) {
	case VERB_SUBSCRIBE:
	case VERB_UNSUBSCRIBE: return about_person(r, line, e);
	case VERB_CONFIRM: return request_confirm(r, line, e);
	case VERB_HELP: return describe(r, "help", e);
	case VERB_INFO: return describe(r, "info", e);
	case VERB_LISTS: return request_lists(r, e);
	case VERB_WHICH: return request_which(r, e);
	case VERB_WHO: return request_who(r, e);
	case VERB_SET: return request_set(r, line, e);
	case VERB_CHANGE_ADDRESS: return request_change_address(r, line, e);
	case VERB_ALIAS: return request_alias(r, line, e);
	case VERB_UNALIAS: return request_unalias(r, line, e);
	case VERB_END: break;
	}
	return true;
}

bool request_apply(struct context *c, struct arrival *a, struct err *e)
{
	struct request *r = a->request;
	bool ok = true;
	(void)c;
	r->log = (struct buf)BUF_INIT;
	for (size_t i = 0; ok && i < r->commands.n; i++) {
		ok = carry_out(r, &r->commands.v[i], e);
	}
	if (ok && r->commands.n == 0) {
		ok = request_unknown(r, "mail", "no command in it", e);
	}
	if (r->commands.more) {
		request_note(r, "more", "too many commands in one mail");
	}
	a->reason = arena_printf(r->arena, "mail for the %s address: %.*s",
	                         role_name(a->route.role), SPAN_FMT(buf_span(&r->log)));
	buf_free(&r->log);
	return ok;
}
