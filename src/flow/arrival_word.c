/*
 * Tokens decide here, not names: whoever comes with a moderator's token is that moderator.
 * So what a moderator's autoresponder sends must not count, and a token that is wrong must
 * tell nobody anything.
 */
#include "flow/arrival_word.h"

#include "flow/moderate.h"
#include "rules/automatic.h"
#include "rules/reply_text.h"
#include "rules/revise.h"
#include "store/passes.h"

#define RULE "moderation"

bool arrival_is_word(const struct arrival *a)
{
	enum moderation action;
	return a->held_id == 0 && moderation_of(a->route.role, &action);
}

static void refuse(struct arrival *a, struct span reason)
{
	arrival_decide(a, DECISION_DISCARD, RULE, reason);
}

/* The moderator may send it from another address than the one the token was sent to. */
static struct span said(struct arrival *a, const struct moderate *m)
{
	struct span from = a->has_author ? a->author.addr : a->mail_from;
	return arena_printf(a->arena, "%s of held message %lld by %.*s%s%.*s",
	                    moderation_name(m->action), (long long)m->held, SPAN_FMT(m->by),
	                    addr_same(from, m->by) ? "" : ", sent by ",
	                    addr_same(from, m->by) ? 0 : (int)from.n, from.p);
}

static bool judge(struct context *c, struct arrival *a, const struct moderate *m, struct err *e)
{
	refuse(a, said(a, m));
	if (moderate_load(c, a->arena, m, &a->word, e)) {
		return true;
	}
	if (e->class != ERR_PERMANENT && !(e->class == ERR_TEMPORARY && a->patient)) {
		return false;
	}
	arrival_decide(a, e->class == ERR_PERMANENT ? DECISION_DISCARD : DECISION_PUT_BACK, RULE,
	               arena_printf(a->arena, "%.*s: %s", SPAN_FMT(said(a, m)), e->text));
	return true;
}

bool arrival_judge_word(struct context *c, struct arrival *a, struct err *e)
{
	struct moderate m = {
		.channel = SPAN(HELD_BY_MAIL),
		.back = HELD_BACK_NONE,
		.impatient = !a->patient,
	};
	moderation_of(a->route.role, &m.action);
	if (!moderation_open(a->arena, c->secret, &a->list, m.action, a->route.token, &m.held,
	                     &m.by)) {
		refuse(a, SPAN("a moderator's address without a valid token"));
		return true;
	}
	if (!a->readable) {
		refuse(a, arena_printf(a->arena, "%s", a->unreadable.text));
		return true;
	}
	const char *machine = automatic_why(&a->message, a->mail_from);
	if (machine) {
		refuse(a, arena_printf(a->arena, "%.*s: sent by a machine (%s)",
		                       SPAN_FMT(said(a, &m)), machine));
		return true;
	}
	if (m.action == MODERATION_REJECT) {
		m.note = reply_text(a->arena, &a->message);
	}
	return judge(c, a, &m, e);
}

/* FIELD without each WORD, whatever its case. */
static struct span without(struct arena *arena, struct span field, struct span word)
{
	struct buf out = BUF_INIT;
	for (size_t at; (at = span_ifind(field, word)) != SPAN_NONE;) {
		buf_add(&out, span_sub(field, 0, at));
		field = span_from(field, at + word.n);
	}
	buf_add(&out, field);
	return buf_move(&out, arena);
}

bool arrival_hide_pass(struct context *c, struct span word, struct edits *x)
{
	char delimiter = site_delimiter(&c->site);
	struct span all = arena_join(x->arena, (struct span){ &delimiter, 1 }, word, SPAN_END);
	bool found = false;
	for (size_t i = 0; i < x->m->count; i++) {
		const struct field *f = &x->m->fields[i];
		if (span_iis(f->name, REVISE_PASS)) {
			edit_field_drop(x, i);
			found = true;
		} else if (word.n > 0 && span_ifind(f->raw, all) != SPAN_NONE) {
			edit_field_replace(x, i, without(x->arena, f->raw, all));
			found = true;
		}
	}
	return found;
}

/* Is the pass to be read in the message where all would see it? */
static bool shown(const struct arrival *a, struct span pass)
{
	return span_ifind(a->message.body, pass) != SPAN_NONE;
}

bool arrival_find_pass(struct context *c, struct arrival *a, struct err *e)
{
	bool by_address = a->route.role == ROLE_PASS;
	struct span pass = by_address
	                           ? a->route.token
	                           : message_text(a->arena, message_find(&a->message, REVISE_PASS));
	if (pass.n > 0 && !store_pass_find(c->store, a->list.id,
	                                   moderation_pass_hash(a->arena, pass), &a->pass, e)) {
		return false;
	}
	if (by_address && a->pass == 0) {
		arrival_decide(a, DECISION_HOLD, "pass",
		               SPAN("posting address without a valid pass"));
	} else if (a->pass != 0 && shown(a, pass)) {
		a->pass = 0;
		arrival_decide(a, DECISION_HOLD, "pass",
		               SPAN("the text holds the pass with which it was sent"));
	}
	return true;
}
