/*
 * Commands about all lists of a domain. Leaving them all is one question: it comes from the
 * first of the lists, since a token belongs to a list, and names them all.
 */
#include "flow/request_work.h"

#include "rules/route.h"
#include "store/lists.h"
#include "store/members.h"

bool request_lists_of(struct request *r, struct span key, struct list **out, size_t *n,
                      struct err *e)
{
	struct membership *v;
	struct list *lists = NULL;
	size_t count, cap = 0;
	*n = 0;
	if (!store_member_everywhere(r->c->store, r->arena, key, &v, &count, e)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct list list;
		bool found;
		if (!store_list_get(r->c->store, r->arena, v[i].list, &list, &found, e)) {
			return false;
		}
		if (found && span_eq(list.domain, r->a->list.domain)) {
			*ARENA_PUSH(r->arena, lists, *n, cap) = list;
		}
	}
	*out = lists;
	return true;
}

static bool ask_all(struct request *r, const struct list *lists, size_t n, struct err *e)
{
	struct buf lines = BUF_INIT;
	struct notice_vars vars = { 0 };
	struct list robot = r->a->list;
	struct enrol_question q = { .action = PENDING_LEAVE_ALL,
		                    .notice = "confirm-leave-all",
		                    .address = r->from,
		                    .name = SPAN(""),
		                    .other = SPAN(""),
		                    .vars = &vars };
	for (size_t i = 0; i < n; i++) {
		buf_add(&lines, route_list(r->arena, &lists[i]));
		buf_chr(&lines, '\n');
	}
	notice_set(&vars, "lists", buf_move(&lines, r->arena));
	r->a->list = lists[0];
	bool ok = request_ask(r, "unsubscribe", &q, e);
	r->a->list = robot;
	return ok;
}

static bool leave_all(struct request *r, struct err *e)
{
	struct list *lists;
	size_t n;
	if (!r->authentic) {
		request_note(r, "unsubscribe", "nothing proves who wrote it");
		return true;
	}
	if (!request_lists_of(r, r->key, &lists, &n, e)) {
		return false;
	}
	if (n == 0) {
		request_note(r, "unsubscribe", "not a member of any list");
		return request_reply(r, ANSWER_STATE, "which", NULL, e);
	}
	return ask_all(r, lists, n, e);
}

bool request_leave_all(struct request *r, const struct request_person *who, struct err *e)
{
	struct list here = r->a->list, *lists;
	size_t n;
	bool ok = request_lists_of(r, who->key, &lists, &n, e);
	for (size_t i = 0; ok && i < n; i++) {
		r->a->list = lists[i];
		ok = request_unsubscribe(r, who, e);
	}
	r->a->list = here;
	return ok;
}

bool request_site(struct request *r, const struct command_line *line, struct err *e)
{
	switch (line->verb) {
	case VERB_LISTS: return request_lists(r, e);
	case VERB_WHICH: return request_which(r, e);
	case VERB_HELP:
	case VERB_INFO:
		request_note(r, "help", "asked for");
		return request_reply(r, ANSWER_RESULT, "site-help", NULL, e);
	case VERB_UNSUBSCRIBE:
		if (line->everywhere) {
			return leave_all(r, e);
		}
		break;
	default: break;
	}
	return request_unknown(r, verb_name(line->verb), "not for all lists", e);
}
