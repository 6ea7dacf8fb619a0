/*
 * The revisers in their order, and the small edits that belong to no other file.
 * A field is touched by one reviser only: two edits of the same bytes are a bug
 * that edit_finish finds.
 */
#include "rules/revise.h"

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

/* More bare CRs than this and the message is no text that lines could be made of. */
#define LIMIT_REPAIRS 10000

/*
 * A CR that ends no line must not go out (RFC 5321 2.3.8): relays change it and
 * break the signature. It becomes a space, as Postfix makes it; that is not undone.
 */
static bool repair_body(struct edits *x, const struct revise *r, struct err *e)
{
	struct span body = r->message->body;
	size_t count = 0;
	for (size_t at = 0; r->message->bare && at < body.n; at++) {
		size_t cr = span_chr(span_from(body, at), '\r');
		if (cr == SPAN_NONE) {
			break;
		}
		at += cr;
		if (at + 1 < body.n && body.p[at + 1] == '\n') {
			continue;
		}
		if (++count > LIMIT_REPAIRS) {
			return err_set(e, ERR_PERMANENT, "5.6.0", "more than %d bare CRs",
			               LIMIT_REPAIRS);
		}
		edit_body(x, at, 1, SPAN(" "));
		edit_irreversible(x);
	}
	return true;
}

bool revise_all(struct edits *x, const struct revise *r, struct err *e)
{
	if (r->message->count == 0) {
		return err_set(e, ERR_PERMANENT, "5.6.0", "the message has no header");
	}
	drop_each(x, doomed, sizeof(doomed) / sizeof(doomed[0]));
	if (r->drop_dkim2) {
		drop_each(x, dkim2_fields, sizeof(dkim2_fields) / sizeof(dkim2_fields[0]));
		edit_irreversible(x);
	}
	revise_list_fields(x, r);
	revise_trace_fields(x, r);
	revise_from(x, r);
	revise_subject(x, r);
	revise_footer(x, r);
	return repair_body(x, r, e);
}
