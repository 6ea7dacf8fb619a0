/*
 * An address in MAIL FROM is what its sender says it is; a report to it would reach whoever
 * he wants to have it. So nobody is told of a refusal but an address that a signature vouches
 * for with the envelope at hand. Everybody else keeps silence, and a machine is not told
 * either: what answers machines answers itself one day.
 */
#include "rules/refusal.h"

#include "base/limits.h"
#include "mail/addr.h"
#include "rules/automatic.h"

#include <string.h>

#define NO_KEY     "we sign for no domain that it was sent to"
#define UNREADABLE "it cannot be read, so nothing vouches for its sender"

/*
 * What machines and lists send. Narrower than rules/automatic.h: a report is not an answer to
 * be read by a person, and a message that was forwarded has a hop that wants to know.
 */
static const struct sign {
	const char *field;
	const char *value; /* the field's begins so; "": any */
	const char *code;
} signs[] = {
	{ "Content-Type", "multipart/report", "automatic" },
	{ "Precedence", "bulk", "bulk" },
	{ "Precedence", "junk", "bulk" },
	{ "Precedence", "list", "bulk" },
	{ "List-Id", "", "bulk" },
	{ "List-Post", "", "bulk" },
	{ "List-Unsubscribe", "", "bulk" },
	{ "Mailing-List", "", "bulk" },
};

/* Why nobody wants a report about M, as a code; NULL: somebody may. */
static const char *unwanted(const struct message *m)
{
	const struct field *suppress = message_find(m, "X-Auto-Response-Suppress");
	if (automatic_submitted(m) ||
	    (suppress && (span_ifind(suppress->value, SPAN("all")) != SPAN_NONE ||
	                  span_ifind(suppress->value, SPAN("ndr")) != SPAN_NONE))) {
		return "automatic";
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (message_begins(m, signs[i].field, span_str(signs[i].value))) {
			return signs[i].code;
		}
	}
	return NULL;
}

/* Does a DKIM1 signature of the author's own domain pass, for all of the message? */
static bool author_proved(const struct verdict *v)
{
	for (size_t i = 0; i < v->ndkim1; i++) {
		const struct dkim1_result *r = &v->dkim1[i];
		if (r->result == AUTH_PASS && r->aligned && !r->partial) {
			return true;
		}
	}
	return false;
}

static struct refusal_choice nobody(const char *code, const char *why)
{
	return (struct refusal_choice){ REFUSAL_NOBODY, SPAN(""), code, why };
}

/* ADDRESS, which the sender's server gave as MAIL FROM, too. */
static struct refusal_choice told(struct arena *arena, enum refusal_to to, struct span address,
                                  const struct refusal_input *in)
{
	struct refusal_choice out = { .to = to, .code = "told" };
	out.why = to == REFUSAL_SIGNER ? "its newest DKIM2-Signature vouches for the address"
	                               : "a DKIM1 signature of the author's domain does";
	if (!addr_same(address, in->mail_from) ||
	    !addr_canonical(arena, address, &out.address, NULL)) {
		return nobody("other-sender", "what is signed is not the address it came from");
	}
	return out;
}

static struct refusal_choice by_chain(struct arena *arena, const struct refusal_input *in)
{
	const struct dkim2_result *chain = &in->verdict->dkim2;
	struct span mf;
	if (!chain->provisional || chain->nhops == 0) {
		return nobody("not-verified", "its newest DKIM2-Signature does not verify");
	}
	if (!addr_path(arena, chain->hops[chain->nhops - 1].mf, &mf, NULL) || mf.n == 0) {
		return nobody("null-sender", "its newest DKIM2-Signature names no return path");
	}
	if (!in->signs) {
		return nobody("no-key", NO_KEY);
	}
	return told(arena, REFUSAL_SIGNER, mf, in);
}

struct refusal_choice refusal_choose(struct arena *arena, const struct refusal_input *in)
{
	if (in->mail_from.n == 0) {
		return nobody("null-sender", "it came from the null sender");
	}
	if (in->handed) {
		return nobody("handed-over", "a list of this site handed it over");
	}
	if (!in->message) {
		return nobody("unreadable", UNREADABLE);
	}
	const char *code = unwanted(in->message);
	if (code) {
		return nobody(code, strcmp(code, "bulk") == 0 ? "it is list or bulk mail"
		                                              : "a machine wrote it");
	}
	if (in->vouched.n > 0) {
		return in->signs ? told(arena, REFUSAL_SIGNER, in->vouched, in)
		                 : nobody("no-key", NO_KEY);
	}
	if (!in->verdict) {
		return nobody("unreadable", UNREADABLE);
	}
	if (in->verdict->dkim2.result != AUTH_NONE) {
		return by_chain(arena, in);
	}
	if (in->author.n == 0 || !author_proved(in->verdict)) {
		return nobody("unsigned", "no signature vouches for its sender");
	}
	return told(arena, REFUSAL_AUTHOR, in->author, in);
}

struct refusal_choice refusal_limit(const struct refusal_choice *choice,
                                    const struct refusal_counts *counts)
{
	if (choice->to == REFUSAL_NOBODY) {
		return *choice;
	}
	if (counts->same) {
		return nobody("told-already", "the address was told of this very message");
	}
	if (counts->address >= LIMIT_REFUSALS_ADDRESS) {
		return nobody("limit-address", "the address was told often enough for now");
	}
	if (counts->domain >= LIMIT_REFUSALS_DOMAIN) {
		return nobody("limit-domain", "its domain was told often enough for now");
	}
	if (counts->site >= LIMIT_REFUSALS_SITE) {
		return nobody("limit-site", "enough reports were sent for now");
	}
	return *choice;
}

const char *refusal_status(const char *rule)
{
	static const struct {
		const char *rule, *status;
	} table[] = {
		{ "no-list", "5.1.1" },           /* bad destination mailbox address */
		{ "size", "5.2.3" },              /* over an administrative limit */
		{ "content", "5.6.1" },           /* media not supported */
		{ "nonmember", "5.7.2" },         /* mailing list expansion prohibited */
		{ "broken-signature", "5.7.20" }, /* no passing DKIM signature, RFC 7372 */
		{ "altered", "5.7.22" },          /* no valid signature matches the author */
		{ "unauthenticated", "5.7.22" },
	};
	for (size_t i = 0; rule && i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].rule, rule) == 0) {
			return table[i].status;
		}
	}
	return "5.7.1";
}
