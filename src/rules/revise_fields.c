/*
 * List fields (RFC 2369, 2919, 8058), Precedence, and the trace of our handling:
 * Received, Authentication-Results, X-Loop.
 */
#include "auth/authres.h"
#include "mail/date.h"
#include "mail/word.h"
#include "rules/field_rule.h"
#include "rules/revise.h"
#include "rules/route.h"

/* Fields that say what list a message is on: of what came in, ours replace all. */
static const char *const replaced[] = {
	"List-Id",        "List-Post",        "List-Help",
	"List-Subscribe", "List-Unsubscribe", "List-Unsubscribe-Post",
	"List-Owner",     "List-Archive",     "Archived-At",
	"Precedence",
};

struct span revise_list_id(struct arena *arena, const struct list *list)
{
	return arena_join(arena, list->local, SPAN("."), list->domain, SPAN_END);
}

/* <mailto:list+word@domain> */
static struct span mailto(struct arena *arena, const struct site *site, const struct list *list,
                          struct span word)
{
	struct span address = route_make(arena, list, site_delimiter(site), word);
	return arena_join(arena, SPAN("<mailto:"), address, SPAN(">"), SPAN_END);
}

static struct span bracketed(struct arena *arena, struct span url)
{
	return arena_join(arena, SPAN("<"), url, SPAN(">"), SPAN_END);
}

struct span revise_unsubscribe(struct arena *arena, const struct site *site,
                               const struct list *list, struct span token)
{
	struct span word = token.n > 0 ? arena_join(arena, SPAN("unsubscribe-"), token, SPAN_END)
	                               : SPAN("unsubscribe");
	return arena_join(arena, SPAN("List-Unsubscribe: "), mailto(arena, site, list, word),
	                  SPAN("\r\n"), SPAN_END);
}

static void add_id(struct edits *x, const struct revise *r)
{
	struct span id = revise_list_id(r->arena, r->list);
	struct span phrase = r->list->description;
	/* RFC 2919 wants the brackets, also where an address would stand without them. */
	edit_raw_top(x, word_fold(r->arena, SPAN("List-Id"),
	                          phrase.n > 0 ? addr_format(r->arena, phrase, id)
	                                       : bracketed(r->arena, id)));
}

void revise_list_fields(struct edits *x, const struct revise *r)
{
	struct arena *a = r->arena;
	for (size_t i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++) {
		edit_field_drop_all(x, replaced[i]);
	}
	add_id(x, r);
	edit_field_top(x, SPAN("List-Post"), mailto(a, r->site, r->list, SPAN("")));
	edit_field_top(x, SPAN("List-Help"),
	               r->list->help_url.n > 0 ? bracketed(a, r->list->help_url)
	                                       : mailto(a, r->site, r->list, SPAN("help")));
	edit_field_top(x, SPAN("List-Subscribe"), mailto(a, r->site, r->list, SPAN("subscribe")));
	/* Each copy may put a personal one in its place: for the recipe they are the same. */
	edit_raw_top(x, revise_unsubscribe(a, r->site, r->list, SPAN("")));
	edit_field_top(x, SPAN("List-Owner"), mailto(a, r->site, r->list, SPAN("owner")));
	if (r->list->archive_url.n > 0) {
		edit_field_top(x, SPAN("List-Archive"), bracketed(a, r->list->archive_url));
	}
	if (r->list->archived_at.n > 0) {
		struct template_values values = revise_values(r);
		struct span url = template_expand(a, r->list->archived_at, &values, TEMPLATE_URL);
		edit_raw_top(x, word_fold(a, SPAN("Archived-At"), bracketed(a, url)));
	}
	edit_field_top(x, SPAN("Precedence"), SPAN("list"));
}

/* An encoded value: these are unstructured, or look so to everybody. */
static void add_fields(struct edits *x, const struct revise *r)
{
	struct template_values values = revise_values(r);
	struct span rest = r->list->header_add, name, value;
	while (field_rule_next(&rest, &name, &value)) {
		struct span text = template_expand(r->arena, value, &values, TEMPLATE_PLAIN);
		edit_raw_top(x, word_fold(r->arena, name, word_encode(r->arena, text, false)));
	}
}

static void remove_fields(struct edits *x, const struct revise *r)
{
	for (size_t i = 0; i < r->message->count; i++) {
		if (field_rule_removes(r->list->header_remove, r->message->fields[i].name)) {
			edit_field_drop(x, i);
		}
	}
}

void revise_rule_fields(struct edits *x, const struct revise *r)
{
	remove_fields(x, r);
	add_fields(x, r);
	if (r->list->sender == LIST_SENDER_LIST) {
		edit_field_drop_all(x, "Sender");
		edit_field_top(x, SPAN("Sender"), route_list(r->arena, r->list));
	}
}

/* Nobody but us may speak as our authserv-id (RFC 8601 section 5). */
static void drop_forged_results(struct edits *x, const struct revise *r)
{
	for (size_t i = 0; i < r->message->count; i++) {
		const struct field *f = &r->message->fields[i];
		if (span_iis(f->name, "Authentication-Results") &&
		    authres_is_ours(f->value, r->site->authserv_id)) {
			edit_field_drop(x, i);
		}
	}
}

struct span revise_message_id(struct arena *arena, struct span id, const struct list *list)
{
	return arena_join(arena, id, SPAN("@"), list->domain, SPAN_END);
}

void revise_missing_fields(struct edits *x, const struct revise *r)
{
	if (r->list->modify == LIST_MODIFY_NONE) {
		return;
	}
	if (message_count(r->message, "Message-ID") == 0) {
		struct span id = revise_message_id(r->arena, r->id, r->list);
		edit_field_top(x, SPAN("Message-ID"), bracketed(r->arena, id));
	}
	if (message_count(r->message, "Date") == 0) {
		edit_field_top(x, SPAN("Date"), date_format(r->arena, r->now));
	}
}

void revise_trace_fields(struct edits *x, const struct revise *r)
{
	struct span recipient = r->recipient;
	/* In A-labels: letters here would make every copy need SMTPUTF8. */
	addr_canonical(r->arena, recipient, &recipient, NULL);
	struct span received = arena_printf(
		r->arena, "Received: by %.*s (Ladle)\r\n\tid %.*s for <%.*s>;\r\n\t%.*s\r\n",
		SPAN_FMT(r->site->hostname), SPAN_FMT(r->id), SPAN_FMT(recipient),
		SPAN_FMT(date_format(r->arena, r->now)));
	drop_forged_results(x, r);
	edit_field_top(x, SPAN("X-Loop"), revise_list_id(r->arena, r->list));
	if (r->auth_results.n > 0) {
		edit_raw_top(x, r->auth_results);
	}
	edit_raw_top(x, received);
}
