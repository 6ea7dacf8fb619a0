/* The texts are notices (rules/notice.h); here is what is put into them. */
#include "flow/bounce_mail.h"

#include "flow/bounce_proof.h"
#include "flow/notices.h"
#include "flow/outbox.h"
#include "mail/addr.h"
#include "mail/date.h"
#include "rules/revise.h"
#include "rules/route.h"
#include "rules/token.h"

static const struct {
	const char *notice;
	bool answer; /* a reply counts */
} mails[] = {
	[BOUNCE_MAIL_PROBE] = { "probe", false },
	[BOUNCE_MAIL_WARNING] = { "disabled-warning", true },
	[BOUNCE_MAIL_REMOVED] = { "removed", false },
};

static struct span return_address(struct context *c, struct arena *arena, const struct list *list,
                                  const struct bounce_row *row)
{
	struct token token = { BOUNCE_PROOF_OWN + row->standing.since, row->member };
	struct span word = token_make(arena, c->secret, TOKEN_BOUNCE, list->id, &token);
	return route_make(arena, list, site_delimiter(&c->site),
	                  arena_join(arena, SPAN("b-"), word, SPAN_END));
}

/* A notice of LIST as a message from its owners' address. */
static bool compose_notice(struct context *c, struct arena *arena, const struct list *list,
                           const char *name, const struct notice_vars *vars, struct span to,
                           struct compose *out, struct err *e)
{
	struct notice_text text;
	if (!notices_render(arena, c, list, name, vars, &text, e)) {
		return false;
	}
	*out = (struct compose){
		.from_name = list->local,
		.from = route_make(arena, list, site_delimiter(&c->site), SPAN("owner")),
		.to = to,
		.subject = text.subject,
		.auto_submitted = SPAN("auto-generated"),
		.list_id = revise_list_id(arena, list),
		.text = text.text,
	};
	return true;
}

bool bounce_mail_member(struct context *c, struct arena *arena, enum bounce_mail what,
                        const struct list *list, const struct member *member,
                        const struct bounce_row *row, const struct bounce_event *last,
                        struct err *e)
{
	struct notice_vars vars = { .n = 0 };
	struct span back = return_address(c, arena, list, row);
	int64_t left = BOUNCE_SCORE_WARNINGS - row->standing.warnings - 1;
	struct compose compose;
	notice_set_common(arena, &vars, &c->site, list, member->address);
	notice_set(&vars, "confirm", back);
	notice_set(&vars, "reply", last ? last->reply : SPAN(""));
	notice_set(&vars, "date", last ? date_iso(arena, last->at) : SPAN(""));
	notice_set(&vars, "reason", last ? last->reply : SPAN(""));
	notice_set(&vars, "count",
	           left > 0 ? arena_printf(arena, "%lld", (long long)left) : SPAN(""));
	if (!compose_notice(c, arena, list, mails[what].notice, &vars, member->address, &compose,
	                    e)) {
		return false;
	}
	compose.reply_to = mails[what].answer ? back : SPAN("");
	const struct letter letter = {
		.list = list,
		.priority = OUTBOX_NOTICE,
		.kind = mails[what].notice,
		.mail_from = what == BOUNCE_MAIL_REMOVED ? SPAN("") : back,
		.recipient = member->address,
		.compose = &compose,
	};
	return outbox_post(c, &letter, e);
}

/* What the server said, below what that means. */
static struct span meaning(struct context *c, struct arena *arena, const struct bounce_group *g)
{
	const struct bounce_classes *classes = context_classes(c, NULL);
	struct bounce_said said = { .status = g->status, .reply = g->reply };
	if (!classes) {
		return g->reply;
	}
	const struct bounce_rule *r = bounce_class_of(classes, &said);
	return arena_printf(arena, "%s: %.*s\n%.*s", bounce_class_name(g->class),
	                    SPAN_FMT(r->words), SPAN_FMT(g->reply));
}

bool bounce_mail_alert(struct context *c, struct arena *arena, const struct list *list,
                       const struct bounce_group *g, struct span subject, bool *told, struct err *e)
{
	struct mailboxes owners = addr_parse(arena, list->owners);
	*told = owners.n > 0;
	for (size_t i = 0; i < owners.n; i++) {
		struct notice_vars vars = { .n = 0 };
		struct compose compose;
		struct letter letter = { .list = list,
			                 .priority = OUTBOX_NOTICE,
			                 .kind = "bounce-alert",
			                 .compose = &compose };
		if (!addr_canonical(arena, owners.v[i].addr, &letter.recipient, e)) {
			return false;
		}
		notice_set_common(arena, &vars, &c->site, list, letter.recipient);
		notice_set(&vars, "where", g->what == BOUNCE_TALLY_DOMAIN ? g->name : SPAN(""));
		notice_set(&vars, "failed", arena_printf(arena, "%lld", (long long)g->n));
		notice_set(&vars, "total", arena_printf(arena, "%lld", (long long)g->total));
		notice_set(&vars, "subject", subject);
		notice_set(&vars, "reply", meaning(c, arena, g));
		notice_set(&vars, "event", arena_printf(arena, "--group %lld", (long long)g->id));
		if (!compose_notice(c, arena, list, "bounce-alert", &vars, letter.recipient,
		                    &compose, e) ||
		    !outbox_post(c, &letter, e)) {
			return false;
		}
	}
	return true;
}
