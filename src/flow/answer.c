/* The one place where answers are counted and written. */
#include "flow/answer.h"

#include "flow/notices.h"
#include "flow/outbox.h"
#include "mail/addr.h"
#include "mail/date.h"
#include "rules/people.h"
#include "rules/revise.h"
#include "rules/robot.h"
#include "rules/route.h"
#include "store/pending.h"

struct span answer_time(struct arena *arena, int64_t t)
{
	struct span iso = date_iso(arena, t); /* 2026-11-27T18:30:01Z */
	return arena_printf(arena, "%.*s %.*s UTC", 10, iso.p, 5, iso.p + 11);
}

bool answer_allowed(struct context *c, struct arena *arena, const struct list *list,
                    enum answer_kind kind, struct span recipient, const char **refused,
                    struct err *e)
{
	struct span key;
	struct answer_counts counts;
	if (!addr_key(arena, recipient, &key, e) ||
	    !store_answer_count(c->store, key, list->id, kind, c->env.now(&c->env), &counts, e)) {
		return false;
	}
	*refused = answer_refused(kind, &counts);
	return true;
}

static bool render(struct context *c, struct arena *arena, const struct answer *x,
                   struct notice_text *out, struct err *e)
{
	struct notice_source where = notices_source(arena, c, x->list);
	struct notice_vars vars = x->vars;
	struct span language = x->language.n > 0 && notice_language_valid(x->language)
	                               ? arena_lower(arena, x->language)
	                               : notices_language(c, x->list);
	notice_set_common(arena, &vars, &c->site, x->list, x->recipient);
	return notice_render(arena, &where, span_str(x->notice), language, vars.v, vars.n, out, e);
}

static bool post(struct context *c, struct arena *arena, const struct answer *x, struct span from,
                 struct err *e)
{
	struct notice_text text;
	if (!render(c, arena, x, &text, e)) {
		return false;
	}
	struct compose compose = {
		.from_name = x->list->local,
		.from = from,
		.to = x->recipient,
		.subject = text.subject,
		.text = text.text,
		.in_reply_to = x->in_reply_to,
		.auto_submitted =
			x->in_reply_to.n > 0 ? SPAN("auto-replied") : SPAN("auto-generated"),
		.list_id = robot_is(x->list) ? SPAN("") : revise_list_id(arena, x->list),
	};
	struct letter letter = {
		.list = x->list,
		.priority = x->priority,
		.kind = x->notice,
		.mail_from = SPAN(""),
		.recipient = x->recipient,
		.compose = &compose,
	};
	return outbox_post(c, &letter, e);
}

bool answer_send(struct context *c, struct arena *arena, struct answer *x, const char **refused,
                 struct err *e)
{
	char delimiter = site_delimiter(&c->site);
	struct span key, from;
	if (!answer_allowed(c, arena, x->list, x->kind, x->recipient, refused, e)) {
		return false;
	}
	if (*refused) {
		return true;
	}
	from = route_make(arena, x->list, delimiter, SPAN("request"));
	if (x->token.n > 0) {
		from = route_make(arena, x->list, delimiter,
		                  arena_join(arena, SPAN("confirm-"), x->token, SPAN_END));
		notice_set(&x->vars, "confirm", from);
		notice_set(&x->vars, "token", x->token);
		notice_set(&x->vars, "expires", answer_time(arena, x->expires));
	}
	return post(c, arena, x, from, e) && addr_key(arena, x->recipient, &key, e) &&
	       store_answer_add(c->store, key, x->list->id, x->kind, c->env.now(&c->env), e);
}

bool answer_unasked(struct context *c, struct arena *arena, const struct answer *x, struct err *e)
{
	return post(c, arena, x,
	            route_make(arena, x->list, site_delimiter(&c->site), SPAN("request")), e);
}

bool answer_owners(struct context *c, struct arena *arena, const struct list *list,
                   const char *notice, const struct notice_vars *vars, struct err *e)
{
	struct span rest = list->owners, address;
	struct span from = route_make(arena, list, site_delimiter(&c->site), SPAN("request"));
	while (people_next(&rest, &address)) {
		struct answer x = { .list = list,
			            .notice = notice,
			            .in_reply_to = SPAN(""),
			            .language = SPAN(""),
			            .vars = *vars };
		if (!addr_canonical(arena, address, &x.recipient, e) ||
		    !post(c, arena, &x, from, e)) {
			return false;
		}
	}
	return true;
}
