/*
 * From and where replies go. Munged: "Name via list" <list@domain>, the author
 * in Reply-To, or in Cc when replies go to the list, and in X-Original-From.
 * Whatever is changed, at most one Reply-To goes out.
 */
#include "mail/word.h"
#include "rules/revise.h"
#include "rules/route.h"

static size_t index_of(const struct message *m, const char *name)
{
	const struct field *f = message_find(m, name);
	return f ? (size_t)(f - m->fields) : SPAN_NONE;
}

/* What to call the author: the display name, else the local part, which tells no harvester where he
 * is. */
static struct span author_name(const struct revise *r)
{
	struct span name = word_decode(r->arena, r->author.name);
	return name.n > 0 ? name : r->author.local;
}

static struct span munged_from(const struct revise *r)
{
	struct span name =
		arena_join(r->arena, author_name(r), SPAN(" via "), r->list->local, SPAN_END);
	struct span address = route_make(r->arena, r->list, site_delimiter(r->site), SPAN(""));
	return word_fold(r->arena, SPAN("From"), addr_format(r->arena, name, address));
}

static struct span author_text(const struct revise *r)
{
	return addr_format(r->arena, word_decode(r->arena, r->author.name), r->author.addr);
}

/* One Reply-To with VALUE instead of all that are there. */
static void set_reply_to(struct edits *x, const struct revise *r, size_t from, struct span value)
{
	struct span field = word_fold(r->arena, SPAN("Reply-To"), value);
	edit_field_drop_all(x, "Reply-To");
	if (from == SPAN_NONE) {
		edit_raw_top(x, field);
	} else {
		edit_field_insert(x, from, field);
	}
}

/* Replies go to the list, so the author is kept reachable as a copy. */
static void add_to_cc(struct edits *x, const struct revise *r, size_t from)
{
	size_t at = index_of(r->message, "Cc");
	struct span author = author_text(r);
	if (at == SPAN_NONE) {
		edit_field_insert(x, from, word_fold(r->arena, SPAN("Cc"), author));
		return;
	}
	struct span old = r->message->fields[at].value;
	struct mailboxes boxes = addr_parse(r->arena, old);
	for (size_t i = 0; i < boxes.n; i++) {
		if (addr_same(boxes.v[i].addr, r->author.addr)) {
			return;
		}
	}
	bool empty = span_trim(old).n == 0;
	edit_field_replace(x, at,
	                   arena_join(r->arena, SPAN("Cc:"), empty ? SPAN(" ") : span_rtrim(old),
	                              empty ? SPAN("") : SPAN(",\r\n "), author, SPAN("\r\n"),
	                              SPAN_END));
}

static void munge(struct edits *x, const struct revise *r, size_t from)
{
	bool to_list = r->list->reply_to == LIST_REPLY_LIST;
	bool has_reply_to = message_count(r->message, "Reply-To") > 0;
	edit_field_replace(x, from, munged_from(r));
	edit_field_insert(x, from, word_fold(r->arena, SPAN("X-Original-From"), author_text(r)));
	if (to_list) {
		add_to_cc(x, r, from);
	} else if (r->list->reply_to == LIST_REPLY_AUTHOR || !has_reply_to) {
		set_reply_to(x, r, from, author_text(r));
	}
}

void revise_from(struct edits *x, const struct revise *r)
{
	size_t from = index_of(r->message, "From");
	if (r->munge && from != SPAN_NONE && r->has_author) {
		munge(x, r, from);
	} else if (r->list->reply_to == LIST_REPLY_AUTHOR && r->has_author) {
		set_reply_to(x, r, from, author_text(r));
	}
	if (r->list->reply_to == LIST_REPLY_LIST) {
		set_reply_to(x, r, from,
		             route_make(r->arena, r->list, site_delimiter(r->site), SPAN("")));
	}
}
