/*
 * A report is a message of the domain that was written to: the receiver knows it by that
 * domain's signature, and the message by its own, which comes back with it untouched.
 */
#include "flow/refusal.h"

#include "base/limits.h"
#include "flow/keys.h"
#include "flow/notices.h"
#include "flow/outbox.h"
#include "mail/addr.h"
#include "mail/date.h"
#include "mail/dsn.h"
#include "mail/idn.h"
#include "rules/route.h"
#include "store/blob.h"
#include "store/refusals.h"

/* A list that signs nothing has nobody to sign a report. */
static bool can_sign(struct context *c, struct arena *arena, const struct refusal *r, bool *out,
                     struct err *e)
{
	return keys_present(arena, &c->paths, addr_domain(r->arrived_as), out, e) &&
	       ((*out = *out && (!r->list || r->list->sign)), true);
}

/* The row about telling CHOICE. */
static bool fill_row(struct context *c, struct arena *arena, const struct refusal *r,
                     const struct refusal_choice *choice, struct refused *out, struct err *e)
{
	char *name = arena_alloc(arena, BLOB_NAME + 1);
	*out = (struct refused){
		.at = c->env.now(&c->env),
		.code = span_str(choice->code),
		.recipient = r->recipient,
	};
	if (choice->to == REFUSAL_NOBODY) {
		return true;
	}
	blob_name(r->message->raw, name);
	out->message = span_str(name);
	if (!addr_key(arena, choice->address, &out->address, e)) {
		return false;
	}
	out->domain = addr_domain(out->address);
	return true;
}

static bool limit(struct context *c, struct arena *arena, const struct refusal *r,
                  struct refusal_choice *choice, struct err *e)
{
	struct refused row;
	struct refusal_counts sent;
	int64_t n[3];
	if (choice->to == REFUSAL_NOBODY) {
		return true;
	}
	if (!fill_row(c, arena, r, choice, &row, e) ||
	    !store_refusal_known(c->store, &row, &sent.same, e) ||
	    !store_refusal_counts(c->store, row.address, row.domain, row.at - REFUSAL_PERIOD, n,
	                          e)) {
		return false;
	}
	sent.address = n[0];
	sent.domain = n[1];
	sent.site = n[2];
	*choice = refusal_limit(choice, &sent);
	return true;
}

bool refusal_decide(struct context *c, struct arena *arena, const struct refusal *r,
                    struct refusal_choice *out, struct err *e)
{
	struct refusal_input in = {
		.message = r->message,
		.verdict = r->verdict,
		.mail_from = r->mail_from,
		.vouched = r->vouched,
		.author = r->author,
		.arrived_as = r->arrived_as,
		.handed = r->handed,
	};
	if (!can_sign(c, arena, r, &in.signs, e)) {
		return false;
	}
	*out = refusal_choose(arena, &in);
	return limit(c, arena, r, out, e);
}

/*
 * Who writes: the list's owners at the domain that was written to, where that is the list's
 * or that of an alias; else the mail system there.
 */
static struct span writer(struct context *c, struct arena *arena, const struct refusal *r,
                          struct span domain)
{
	char delimiter = site_delimiter(&c->site);
	struct route routes[ROUTE_MAX];
	struct list here = { .domain = domain };
	if (r->list && span_eq(r->list->domain, domain)) {
		here.local = r->list->local;
	} else if (r->list && route_address(arena, r->recipient, delimiter, routes) > 0 &&
	           span_eq(routes[0].domain, domain)) {
		here.local = routes[0].local;
	} else {
		return arena_join(arena, SPAN("MAILER-DAEMON@"), domain, SPAN_END);
	}
	return route_make(arena, &here, delimiter, SPAN("owner"));
}

/* What people read. CONTACT is no help where there is no list. */
static bool text_of(struct context *c, struct arena *arena, const struct refusal *r,
                    struct span contact, struct notice_text *out, struct err *e)
{
	struct notice_vars vars = { .n = 0 };
	notice_set_common(arena, &vars, &c->site, r->list, r->mail_from);
	notice_set(&vars, "list", addr_local(r->arrived_as));
	notice_set(&vars, "address", r->arrived_as);
	notice_set(&vars, "domain", addr_domain(r->arrived_as));
	notice_set(&vars, "owner", r->list ? contact : SPAN(""));
	notice_set(&vars, "reason", r->reason);
	notice_set(&vars, "date", date_format(arena, r->arrived));
	return notices_render(arena, c, r->list, "refused", &vars, out, e);
}

/* The texts of the draft where a signature was the reason; they are meant for machines. */
static struct span diagnostic(const struct refusal *r)
{
	bool chain = r->verdict && span_is(span_str(r->rule), "broken-signature");
	return chain && r->verdict->dkim2.text.n > 0 ? r->verdict->dkim2.text : r->reason;
}

static bool report(struct context *c, struct arena *arena, const struct refusal *r,
                   const struct refusal_choice *choice, struct span domain, struct err *e)
{
	struct compose_part parts[2];
	size_t n;
	struct dsn dsn = {
		.reporting_mta = c->site.hostname,
		.arrived = r->arrived,
		.recipient = r->arrived_as,
		.status = r->status.n > 0 ? r->status : span_str(refusal_status(r->rule)),
		.diagnostic = diagnostic(r),
	};
	struct span from = writer(c, arena, r, domain);
	addr_canonical(arena, dsn.recipient, &dsn.recipient, NULL);
	struct notice_text text;
	if (!text_of(c, arena, r, from, &text, e)) {
		return false;
	}
	dsn_parts(arena, &dsn, r->message, !r->truncated, LIMIT_RETURNED, parts, &n);
	struct compose mail = {
		.from_name = r->list ? r->list->local : SPAN("Mail system"),
		.from = from,
		.to = choice->address,
		.subject = text.subject,
		.in_reply_to = r->message_id,
		.references = arena_join(arena, SPAN("<"), r->message_id, SPAN(">"), SPAN_END),
		.auto_submitted = SPAN("auto-replied"),
		.text = text.text,
		.parts = parts,
		.nparts = n,
		.subtype = SPAN("report"),
		.report_type = SPAN("delivery-status"),
	};
	struct letter letter = {
		.list = r->list,
		.priority = OUTBOX_REPORT,
		.kind = "refusal",
		.mail_from = SPAN(""),
		.recipient = choice->address,
		.domain = domain,
		.compose = &mail,
	};
	return outbox_post(c, &letter, e);
}

bool refusal_post(struct context *c, struct arena *arena, const struct refusal *r,
                  const struct refusal_choice *choice, struct err *e)
{
	struct refused row;
	struct span domain;
	if (!fill_row(c, arena, r, choice, &row, e) || !store_refusal_add(c->store, &row, e)) {
		return false;
	}
	return choice->to == REFUSAL_NOBODY ||
	       (idn_ascii(arena, addr_domain(r->arrived_as), &domain, e) &&
	        report(c, arena, r, choice, domain, e));
}
