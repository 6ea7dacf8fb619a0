/*
 * What moderators read. Everything a stranger wrote goes through the notice's variables,
 * which take out what must not be in mail, or is attached as it came.
 */
#include "flow/moderate_mail.h"

#include "auth/report.h"
#include "base/limits.h"
#include "base/unit.h"
#include "base/utf8.h"
#include "flow/answer.h"
#include "flow/arrival_word.h"
#include "flow/notices.h"
#include "flow/outbox.h"
#include "rules/automatic.h"
#include "rules/moderation.h"
#include "rules/people.h"
#include "rules/revise.h"
#include "store/refusals.h"

static struct span minute(struct arena *arena, int64_t t)
{
	return t > 0 ? answer_time(arena, t) : SPAN("");
}

static struct span number(struct arena *arena, int64_t n)
{
	return arena_printf(arena, "%lld", (long long)n);
}

static struct span expiry(struct arena *arena, const struct list *list, const struct held *h)
{
	return list->hold_expiry > 0 ? minute(arena, h->arrived + (int64_t)list->hold_expiry)
	                             : SPAN("");
}

static void set_post(struct arena *arena, struct notice_vars *vars, const struct held *h)
{
	notice_set(vars, "number", number(arena, h->id));
	notice_set(vars, "author", h->author.n > 0 ? h->author : SPAN("nobody who is named"));
	notice_set(vars, "subject", h->subject);
}

/* One letter of the list to one person. */
struct letter_to {
	struct arena *arena;
	const struct list *list;
	const char *name; /* of the notice */
	enum outbox_priority priority;
	struct span recipient, reply_to, in_reply_to;
	const struct compose_part *parts;
	size_t nparts;
	bool utf8;
};

static bool post(struct context *c, const struct letter_to *l, struct notice_vars *vars,
                 struct err *e)
{
	struct notice_text text;
	struct span to;
	if (!addr_canonical(l->arena, l->recipient, &to, e)) {
		return false;
	}
	notice_set_common(l->arena, vars, &c->site, l->list, to);
	if (!notices_render(l->arena, c, l->list, l->name, vars, &text, e)) {
		return false;
	}
	struct compose mail = {
		.from_name = l->list->local,
		.from = route_make(l->arena, l->list, site_delimiter(&c->site), SPAN("owner")),
		.to = to,
		.reply_to = l->reply_to,
		.subject = text.subject,
		.in_reply_to = l->in_reply_to,
		.references = l->in_reply_to.n > 0 ? arena_join(l->arena, SPAN("<"), l->in_reply_to,
		                                                SPAN(">"), SPAN_END)
		                                   : SPAN(""),
		.auto_submitted =
			l->in_reply_to.n > 0 ? SPAN("auto-replied") : SPAN("auto-generated"),
		.list_id = revise_list_id(l->arena, l->list),
		.text = text.text,
		.parts = l->parts,
		.nparts = l->nparts,
	};
	struct letter letter = {
		.list = l->list,
		.priority = l->priority,
		.kind = l->name,
		.recipient = to,
		.compose = &mail,
		.utf8 = l->utf8,
	};
	return outbox_post(c, &letter, e);
}

/* The message as moderators get it: without the pass that it came with. */
static struct span shown(struct context *c, const struct moderate_mail *m, bool header_only)
{
	struct edits *x = edit_new(m->arena, m->message);
	bool hidden = arrival_hide_pass(c, m->pass_word, x);
	if (!hidden || !edit_finish(x, NULL)) {
		return header_only ? m->message->header : m->message->raw;
	}
	return header_only ? edit_header(x) : edit_print(x);
}

/* What is attached, if anything can be; in *WHY what the moderator is told about it. */
static size_t attach(struct context *c, const struct moderate_mail *m, struct compose_part *part,
                     struct span *why)
{
	*why = SPAN("");
	if (!m->message || m->message->count == 0) {
		return 0;
	}
	part->description = SPAN("the message that waits");
	if (m->message->raw.n <= LIMIT_ATTACHED) {
		part->type = SPAN("message/rfc822");
		part->bytes = shown(c, m, false);
		if (compose_carries(part->bytes)) {
			return 1;
		}
	}
	part->type = SPAN("text/rfc822-headers");
	part->bytes = shown(c, m, true);
	*why = SPAN(
		"\n\nIt is too large, or too odd, to be attached whole: \"ladle held show\" has it.");
	return compose_carries(part->bytes) && part->bytes.n <= LIMIT_ATTACHED ? 1 : 0;
}

static struct span verdict_text(const struct moderate_mail *m)
{
	struct buf out = BUF_INIT;
	struct report_letter letter;
	if (!m->verdict || !m->message) {
		return SPAN("");
	}
	report_compare(m->arena, m->message, m->verdict, &letter);
	report_text(&out, m->verdict, &letter);
	return buf_move(&out, m->arena);
}

static struct span address_for(struct context *c, const struct moderate_mail *m,
                               enum moderation action, struct span moderator)
{
	return moderation_address(m->arena, &c->site, c->secret, m->list, action, m->held->id,
	                          moderator);
}

static void set_addresses(struct context *c, const struct moderate_mail *m,
                          struct notice_vars *vars, struct span moderator)
{
	notice_set(vars, "accept", address_for(c, m, MODERATION_ACCEPT, moderator));
	notice_set(vars, "reject", address_for(c, m, MODERATION_REJECT, moderator));
	notice_set(vars, "discard", address_for(c, m, MODERATION_DISCARD, moderator));
	if (m->held->author.n > 0) {
		notice_set(vars, "allow", address_for(c, m, MODERATION_ALLOW, moderator));
	}
}

/* A list that is its own moderator would be told, and tell itself, for ever. */
static bool is_own(struct arena *arena, const struct list *list, struct span address)
{
	return addr_same(address, route_list(arena, list)) || people_have(list->aliases, address);
}

static bool to_each(struct context *c, const struct moderate_mail *m, struct letter_to *l,
                    struct notice_vars *vars, struct err *e)
{
	struct span rest = people_moderators(m->list), moderator;
	while (people_next(&rest, &moderator)) {
		if (is_own(m->arena, m->list, moderator)) {
			continue;
		}
		l->recipient = moderator;
		if (m->held) {
			set_addresses(c, m, vars, moderator);
			l->reply_to = address_for(c, m, MODERATION_ACCEPT, moderator);
		}
		if (!post(c, l, vars, e)) {
			return false;
		}
	}
	return true;
}

/* Not about machines' mail, nor about more than anybody can read. */
static bool wanted(struct context *c, const struct moderate_mail *m, bool *out, struct err *e)
{
	int64_t recent, since = c->env.now(&c->env) - UNIT_HOUR;
	*out = !m->message || !automatic_why(m->message, m->held->mail_from);
	if (!store_held_recent(c->store, m->list->id, since, &recent, e)) {
		return false;
	}
	*out = *out && recent <= LIMIT_HELD_MAIL_HOUR;
	return true;
}

bool moderate_mail_waiting(struct context *c, const struct moderate_mail *m, struct err *e)
{
	const struct held *h = m->held;
	struct notice_vars vars = { .n = 0 };
	struct compose_part part = { .type = SPAN("") };
	struct span why;
	static const char *const names[] = { [HELD_POST] = "moderate-post",
		                             [HELD_JOIN] = "moderate-subscribe",
		                             [HELD_LEAVE] = "moderate-unsubscribe" };
	bool send;
	if (!wanted(c, m, &send, e)) {
		return false;
	}
	if (!send) {
		return true;
	}
	struct letter_to l = {
		.arena = m->arena,
		.list = m->list,
		.name = names[h->kind],
		.priority = OUTBOX_NOTICE,
		.parts = &part,
		.nparts = attach(c, m, &part, &why),
		.utf8 = m->message && !utf8_ascii(m->message->header),
	};
	set_post(m->arena, &vars, h);
	notice_set(&vars, "member", h->author);
	notice_set(&vars, "date", minute(m->arena, h->arrived));
	notice_set(&vars, "size",
	           arena_printf(m->arena, "%lld kB", (long long)(h->size + 1023) / 1024));
	notice_set(&vars, "reason", arena_join(m->arena, h->reason, why, SPAN_END));
	notice_set(&vars, "verdict", verdict_text(m));
	notice_set(&vars, "expires", expiry(m->arena, m->list, h));
	return to_each(c, m, &l, &vars, e);
}

bool moderate_mail_late(struct context *c, struct arena *arena, const struct list *list,
                        const struct held *held, struct span moderator, struct span message_id,
                        struct err *e)
{
	struct notice_vars vars = { .n = 0 };
	struct letter_to l = {
		.arena = arena,
		.list = list,
		.name = "moderate-decided",
		.priority = OUTBOX_NOTICE,
		.recipient = moderator,
		.in_reply_to = message_id,
	};
	struct span key;
	bool first, expired = span_is(held->channel, HELD_BY_EXPIRY);
	if (!addr_key(arena, moderator, &key, e) ||
	    !store_held_told(c->store, held->id, key, &first, e)) {
		return false;
	}
	if (!first) {
		return true;
	}
	if (held->kind != HELD_POST) {
		notice_set(&vars, "member", held->author);
	} else {
		set_post(arena, &vars, held);
	}
	notice_set_flag(&vars, "accepted", held->state == HELD_ACCEPTED);
	notice_set_flag(&vars, "rejected", held->state == HELD_REFUSED && !expired);
	notice_set_flag(&vars, "discarded", held->state == HELD_DISCARDED && !expired);
	notice_set_flag(&vars, "expired", expired);
	notice_set(&vars, "by", held->decided_by);
	notice_set(&vars, "date", minute(arena, held->decided));
	return post(c, &l, &vars, e);
}

bool moderate_mail_author(struct context *c, struct arena *arena, const struct list *list,
                          const struct held *held, struct span address, struct err *e)
{
	struct notice_vars vars = { .n = 0 };
	struct letter_to l = {
		.arena = arena,
		.list = list,
		.name = "post-held",
		.priority = OUTBOX_REPORT,
		.recipient = address,
		.in_reply_to = held->message_id,
	};
	struct refused row = {
		.at = c->env.now(&c->env),
		.code = SPAN("held"),
		.recipient = held->recipient,
	};
	notice_set(&vars, "reason", held->reason);
	notice_set(&vars, "date", minute(arena, held->arrived));
	notice_set(&vars, "expires", expiry(arena, list, held));
	if (!addr_key(arena, address, &row.address, e)) {
		return false;
	}
	row.domain = addr_domain(row.address);
	return store_refusal_add(c->store, &row, e) && post(c, &l, &vars, e);
}

bool moderate_mail_failed(struct context *c, struct arena *arena, const struct list *list,
                          const struct held *held, struct span moderator, struct span message_id,
                          struct span reason, struct err *e)
{
	struct notice_vars vars = { .n = 0 };
	struct letter_to l = {
		.arena = arena,
		.list = list,
		.name = "moderate-failed",
		.priority = OUTBOX_NOTICE,
		.recipient = moderator,
		.in_reply_to = message_id,
	};
	struct span key;
	bool first;
	if (!addr_key(arena, moderator, &key, e) ||
	    !store_held_told(c->store, held->id, arena_join(arena, SPAN("failed:"), key, SPAN_END),
	                     &first, e)) {
		return false;
	}
	if (!first) {
		return true;
	}
	set_post(arena, &vars, held);
	notice_set(&vars, "reason", reason);
	return post(c, &l, &vars, e);
}

bool moderate_mail_reminder(struct context *c, struct arena *arena, const struct list *list,
                            const struct held *v, size_t n, int64_t total, struct err *e)
{
	struct moderate_mail m = { .arena = arena, .list = list };
	struct notice_vars vars = { .n = 0 };
	struct letter_to l = {
		.arena = arena,
		.list = list,
		.name = "moderate-reminder",
		.priority = OUTBOX_REPORT,
	};
	struct buf lines = BUF_INIT;
	for (size_t i = 0; i < n; i++) {
		buf_printf(&lines, "%lld  %.*s  %.*s\n", (long long)v[i].id, SPAN_FMT(v[i].author),
		           SPAN_FMT(message_unfold(arena, v[i].subject)));
	}
	if (total > (int64_t)n) {
		buf_str(&lines, "...\n");
	}
	notice_set(&vars, "count", number(arena, total));
	notice_set(&vars, "waiting", buf_move(&lines, arena));
	return to_each(c, &m, &l, &vars, e);
}

bool moderate_mail_aging(struct context *c, struct arena *arena, const struct list *list,
                         const struct held *held, struct err *e)
{
	struct moderate_mail m = { .arena = arena, .list = list };
	struct notice_vars vars = { .n = 0 };
	struct letter_to l = {
		.arena = arena,
		.list = list,
		.name = "signature-ages",
		.priority = OUTBOX_NOTICE,
	};
	set_post(arena, &vars, held);
	notice_set(&vars, "signed", minute(arena, held->signed_at));
	notice_set(&vars, "expires", minute(arena, held->signed_at + LIMIT_SIGNATURE_AGE));
	return to_each(c, &m, &l, &vars, e);
}
