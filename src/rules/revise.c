/*
 * The revisers in their order, and the small edits that belong to no other file.
 * A field is touched by one reviser only: two edits of the same bytes are a bug
 * that edit_finish finds.
 */
#include "rules/revise.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/downgrade.h"
#include "rules/route.h"

/*
 * Fields that MTAs take away on the next submission, whatever we do (and which
 * DKIM2 hashes): better gone with a recipe than gone behind its back.
 */
static const char *const doomed[] = { "Bcc", "Resent-Bcc", "Content-Length" };

static const char *const dkim2_fields[] = { "Message-Instance", "DKIM2-Signature" };

static void drop_each(struct edits *x, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		edit_field_drop_all(x, names[i]);
	}
}

/* Where in BODY, from AT on, the next bare CR is, or NUL where they are looked for; its end. */
static size_t next_fault(const struct revise *r, struct span body, size_t at)
{
	for (; at < body.n; at++) {
		char c = body.p[at];
		if ((c == '\0' && r->repair_nul) ||
		    (c == '\r' && !span_starts(span_from(body, at), SPAN("\r\n")))) {
			break;
		}
	}
	return at;
}

/*
 * A CR that ends no line must not go out (RFC 5321 2.3.8): relays change it and
 * break the signature. It becomes a space, as Postfix makes it; that is not undone.
 */
static bool repair_body(struct edits *x, const struct revise *r, struct err *e)
{
	struct span body = r->message->body;
	size_t count = 0;
	if (!r->message->bare && !(r->message->nul && r->repair_nul)) {
		return true;
	}
	for (size_t at = 0; (at = next_fault(r, body, at)) < body.n; at++) {
		if (++count > LIMIT_REPAIRS) {
			return err_set(e, ERR_PERMANENT, "5.6.0", "more than %d bare CRs or NULs",
			               LIMIT_REPAIRS);
		}
		edit_body(x, at, 1, SPAN(" "));
		edit_irreversible(x);
	}
	return true;
}

/* The edits of the list's own wishes; what is out of them is not hashed, or has to be. */
static void revise_hashed(struct edits *x, const struct revise *r)
{
	drop_each(x, doomed, sizeof(doomed) / sizeof(doomed[0]));
	revise_list_fields(x, r);
	revise_rule_fields(x, r);
	revise_subject(x, r);
	if (r->list->modify == LIST_MODIFY_FULL) {
		revise_footer(x, r);
	}
}

static bool downgrade(void *user, const struct field *f, struct span *out, struct err *e)
{
	const struct revise *r = user;
	return utf8_ascii(f->raw) || downgrade_field(r->arena, f, out, e);
}

/* What the others have made of the header, in ASCII; so it comes last. */
static bool revise_ascii(struct edits *x, const struct revise *r, struct err *e)
{
	struct revise own = *r;
	return edit_finish(x, e) && edit_map(x, downgrade, &own, e);
}

bool revise_all(struct edits *x, const struct revise *r, struct err *e)
{
	if (r->message->count == 0) {
		return err_set(e, ERR_PERMANENT, "5.6.0", "the message has no header");
	}
	if (r->drop_dkim2) {
		drop_each(x, dkim2_fields, sizeof(dkim2_fields) / sizeof(dkim2_fields[0]));
		edit_irreversible(x);
	}
	if (r->list->modify != LIST_MODIFY_NONE) {
		revise_hashed(x, r);
	}
	revise_missing_fields(x, r);
	revise_trace_fields(x, r);
	edit_field_drop_all(x, REVISE_PASS);
	revise_from(x, r);
	return repair_body(x, r, e) && (!r->ascii || revise_ascii(x, r, e));
}

struct template_values revise_values(const struct revise *r)
{
	struct arena *a = r->arena;
	char delimiter = site_delimiter(r->site);
	struct template_values out = { 0 };
	struct span id = span_trim(message_text(a, message_find(r->message, "Message-ID")));
	bool bracketed = span_starts(id, SPAN("<")) && span_ends(id, SPAN(">"));
	out.v[TEMPLATE_LIST] = r->list->local;
	out.v[TEMPLATE_ADDRESS] = route_list(a, r->list);
	out.v[TEMPLATE_DESCRIPTION] = r->list->description;
	out.v[TEMPLATE_OWNER] = route_make(a, r->list, delimiter, SPAN("owner"));
	out.v[TEMPLATE_SUBSCRIBE] = route_make(a, r->list, delimiter, SPAN("subscribe"));
	out.v[TEMPLATE_UNSUBSCRIBE] = route_make(a, r->list, delimiter, SPAN("unsubscribe"));
	out.v[TEMPLATE_HELP] = r->list->help_url.n > 0
	                               ? r->list->help_url
	                               : route_make(a, r->list, delimiter, SPAN("help"));
	out.v[TEMPLATE_ARCHIVE] = r->list->archive_url;
	out.v[TEMPLATE_NUMBER] = arena_printf(a, "%llu", (unsigned long long)r->number);
	out.v[TEMPLATE_MESSAGE_ID] = bracketed ? span_sub(id, 1, id.n - 1) : id;
	out.v[TEMPLATE_NAME] = revise_author_name(r);
	out.v[TEMPLATE_AUTHOR] = r->author.addr;
	return out;
}
