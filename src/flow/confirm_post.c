/*
 * The question to an author, and what his answer brings about. Both happen in the
 * transaction of the mail that is the cause.
 */
#include "flow/confirm_post.h"

#include "flow/answer.h"
#include "flow/enrol.h"
#include "flow/moderate_mail.h"
#include "store/blob.h"

static bool wanted(const struct arrival *a, const struct held *held)
{
	return a->has_list && a->has_author && a->judged && a->verdict.from_authentic &&
	       a->list.nonmember == LIST_ACTION_CONFIRM && span_is(held->rule, "nonmember") &&
	       held->state == HELD_WAITING && a->handed_by.n == 0;
}

bool confirm_post_ask(struct context *c, const struct arrival *a, const struct held *held,
                      bool *asked, struct err *e)
{
	struct notice_vars vars = { 0 };
	const char *refused;
	struct enrol_question q = { .list = &a->list,
		                    .action = PENDING_POST,
		                    .notice = "confirm-post",
		                    .name = SPAN(""),
		                    .vars = &vars };
	*asked = false;
	if (!wanted(a, held)) {
		return true;
	}
	q.other = arena_printf(a->arena, "%lld", (long long)held->id);
	notice_set(&vars, "subject", held->subject);
	notice_set(&vars, "date", answer_time(a->arena, held->arrived));
	if (!addr_canonical(a->arena, a->author.addr, &q.address, e)) {
		return false;
	}
	q.asked_by = q.address;
	return enrol_ask(c, a->arena, &q, &refused, e) &&
	       (refused || store_held_ask(c->store, held->id, true, held->reason, asked, e));
}

/* As any other that waits, but for who has vouched for it. */
static bool tell_moderators(struct context *c, struct arena *arena, const struct list *list,
                            const struct held *held, struct err *e)
{
	struct file_map map;
	struct message message;
	struct moderate_mail mail = { .arena = arena, .list = list, .held = held };
	if (!blob_map(c->paths.msg, held->blob, &map, e)) {
		return false;
	}
	if (message_parse(arena, map.bytes, &message, NULL)) {
		mail.message = &message;
	}
	bool ok = moderate_mail_waiting(c, &mail, e);
	file_unmap(&map);
	return ok;
}

bool confirm_post_answered(struct context *c, struct arena *arena, const struct list *list,
                           int64_t id, bool *done, struct err *e)
{
	struct held held;
	bool found;
	*done = false;
	if (!store_held_get(c->store, arena, id, &held, &found, e)) {
		return false;
	}
	if (!found || held.list != list->id) {
		return true;
	}
	held.reason =
		arena_join(arena, held.reason, SPAN("; the author has confirmed it"), SPAN_END);
	if (!store_held_ask(c->store, id, false, held.reason, done, e)) {
		return false;
	}
	held.asked = false;
	return !*done || (tell_moderators(c, arena, list, &held, e) &&
	                  (list->hold_notice != LIST_NOTICE_ALL ||
	                   moderate_mail_author(c, arena, list, &held, held.author, e)));
}
