/*
 * From and where replies go. Munged: "Name via list" <list@domain>, the authors
 * in Reply-To, or in Cc when replies go elsewhere, and in X-Original-From. At most
 * one Reply-To goes out.
 *
 * A From may have no author, or several, or come twice: the munged form has one
 * From with one address in any case, since that is what it is for.
 */
#include "auth/crypto.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/word.h"
#include "rules/revise.h"
#include "rules/route.h"

/* Authors named in a munged From, and taken over into Reply-To or Cc. */
#define NAMES_MAX   3
#define AUTHORS_MAX 20

static size_t index_of(const struct message *m, const char *name)
{
	const struct field *f = message_find(m, name);
	return f ? (size_t)(f - m->fields) : SPAN_NONE;
}

/* Everybody in From, in order. */
static struct mailboxes authors(const struct revise *r)
{
	const struct field *f = message_find(r->message, "From");
	struct mailboxes all = { 0 };
	if (r->has_author) {
		all.v = ARENA_NEW(r->arena, struct mailbox);
		all.v[all.n++] = r->author;
	} else if (f) {
		all = addr_parse(r->arena, f->value);
	}
	return all;
}

/* TEXT without what turns the direction of what follows it: words of the list. */
static struct span straight(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	while (text.n > 0) {
		size_t n = utf8_len(text), skip = n > 0 ? n : 1;
		buf_add(&out,
		        n > 0 && utf8_printable(text) == 0 ? SPAN("") : span_sub(text, 0, skip));
		text = span_from(text, skip);
	}
	return buf_move(&out, arena);
}

static struct span name_of(struct arena *arena, const struct mailbox *box)
{
	struct span name = span_trim(straight(arena, word_decode(arena, box->name)));
	return name.n > 0 ? name : word_decode(arena, box->local);
}

struct span revise_author_name(const struct revise *r)
{
	struct mailboxes all = authors(r);
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < all.n && i < NAMES_MAX; i++) {
		buf_str(&out, i > 0 ? ", " : "");
		buf_add(&out, name_of(r->arena, &all.v[i]));
	}
	buf_str(&out, all.n > NAMES_MAX ? " and others" : "");
	return buf_move(&out, r->arena);
}

/* The address with its domain in A-labels, if it has such: no copy needs SMTPUTF8 for it then. */
static struct span wire_address(struct arena *arena, struct span addr)
{
	struct span out = addr;
	if (!utf8_ascii(addr) && !addr_canonical(arena, addr, &out, NULL)) {
		return addr;
	}
	return out;
}

static struct span box_text(struct arena *arena, const struct mailbox *box)
{
	return addr_format(arena, word_decode(arena, box->name), wire_address(arena, box->addr));
}

/* The authors as the value of an address field. */
static struct span authors_text(const struct revise *r)
{
	struct mailboxes all = authors(r);
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < all.n && i < AUTHORS_MAX; i++) {
		buf_str(&out, i > 0 ? ", " : "");
		buf_add(&out, box_text(r->arena, &all.v[i]));
	}
	return buf_move(&out, r->arena);
}

/* --- the munged From --------------------------------------------------------- */

/* May C stand in a local part of ours without quotes, and not be the sign for '@'? */
static bool local_char(char c)
{
	return ascii_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+';
}

static bool readable(struct span local, struct span domain)
{
	bool ok = local.n > 0 && domain.n > 0;
	for (size_t i = 0; i < local.n; i++) {
		ok = ok && local_char(local.p[i]);
	}
	for (size_t i = 0; i < domain.n; i++) {
		ok = ok && (ascii_alnum(domain.p[i]) || domain.p[i] == '.' || domain.p[i] == '-');
	}
	return ok;
}

struct span revise_author_address(struct arena *arena, const struct site *site,
                                  const struct list *list, struct span author)
{
	struct span key = author;
	struct digest d;
	struct buf text = BUF_INIT;
	addr_key(arena, author, &key, NULL);
	struct span local = addr_local(key), domain = addr_domain(key);
	struct span word = arena_join(arena, SPAN("a-"), local.n ? local : SPAN(""), SPAN("="),
	                              domain.n ? domain : SPAN(""), SPAN_END);
	if (!readable(local, domain) || list->local.n + 1 + word.n > LIMIT_LOCAL_PART) {
		hash_of(HASH_SHA256, key, &d);
		buf_str(&text, "a-");
		codec_base32(&text, span_sub(digest_span(&d), 0, 15));
		word = buf_move(&text, arena);
	}
	return route_make(arena, list, site_delimiter(site), word);
}

struct span revise_author_of(struct arena *arena, struct span word)
{
	size_t equals = span_rchr(word, '=');
	if (!span_istarts(word, SPAN("a-")) || equals == SPAN_NONE ||
	    !readable(span_sub(word, 2, equals), span_from(word, equals + 1))) {
		return SPAN("");
	}
	return addr_join(arena, span_sub(word, 2, equals), span_from(word, equals + 1));
}

/* The name by the list's template; a name that has been through this once is not made longer. */
static struct span from_name(const struct revise *r)
{
	struct template_values values = revise_values(r);
	struct span template = r->list->from_name, name = values.v[TEMPLATE_NAME];
	values.v[TEMPLATE_NAME] = SPAN("\x01"); /* no name has one: word_decode makes it a space */
	struct span around = template_expand(r->arena, template, &values, TEMPLATE_PLAIN);
	size_t at = span_chr(around, '\x01');
	if (at != SPAN_NONE) {
		struct span behind = span_from(around, at + 1);
		if (span_trim(behind).n > 0 && span_iends(name, behind)) {
			name.n -= behind.n;
		}
	}
	values.v[TEMPLATE_NAME] = name;
	return span_trim(template_expand(r->arena, template, &values, TEMPLATE_PLAIN));
}

static struct span munged_from(const struct revise *r)
{
	struct mailboxes all = authors(r);
	struct span address = route_list(r->arena, r->list);
	if (r->list->from_address == LIST_FROM_ADDRESS_AUTHOR && all.n == 1) {
		address = revise_author_address(r->arena, r->site, r->list, all.v[0].addr);
	}
	return word_fold(r->arena, SPAN("From"), addr_format(r->arena, from_name(r), address));
}

/* From as it was, byte for byte where it is ASCII; else with encoded words, for old servers' sake.
 */
static struct span original_from(const struct revise *r)
{
	static const struct span name = SPAN_INIT("X-Original-From");
	const struct field *f = message_find(r->message, "From");
	struct span line = f->value;
	struct span text = authors_text(r);
	bool fits = span_line(&line).n + name.n + 1 <= LIMIT_LINE_OUT;
	if (utf8_ascii(f->value) && fits && span_chr(f->value, '\r') == SPAN_NONE) {
		return arena_join(r->arena, name, SPAN(":"), f->value, SPAN("\r\n"), SPAN_END);
	}
	return word_fold(r->arena, name,
	                 text.n > 0 ? text
	                            : word_encode(r->arena, message_text(r->arena, f), false));
}

/* --- where replies go -------------------------------------------------------- */

/* Where a field goes that belongs to From. */
static void put_beside_from(struct edits *x, const struct revise *r, struct span field)
{
	size_t from = index_of(r->message, "From");
	edit_field_insert(x, from == SPAN_NONE ? r->message->count - 1 : from, field);
}

/* One Reply-To with VALUE instead of all that are there. */
static void set_reply_to(struct edits *x, const struct revise *r, struct span value)
{
	edit_field_drop_all(x, "Reply-To");
	put_beside_from(x, r, word_fold(r->arena, SPAN("Reply-To"), value));
}

/* Of several Reply-To fields the first stays. */
static void drop_further_reply_to(struct edits *x, const struct revise *r)
{
	size_t at = 0;
	message_next(r->message, SPAN("Reply-To"), &at);
	while (message_next(r->message, SPAN("Reply-To"), &at)) {
		edit_field_drop(x, at - 1);
	}
}

static bool is_among(const struct mailboxes *boxes, struct span addr)
{
	for (size_t i = 0; i < boxes->n; i++) {
		if (addr_same(boxes->v[i].addr, addr)) {
			return true;
		}
	}
	return false;
}

/* Nobody who gets an ASCII copy can write to an address that needs SMTPUTF8. */
static bool is_reachable(const struct revise *r, struct span addr)
{
	return !r->ascii || utf8_ascii(wire_address(r->arena, addr));
}

/* Replies go elsewhere, so the authors are kept reachable as a copy. */
static void add_to_cc(struct edits *x, const struct revise *r)
{
	size_t at = index_of(r->message, "Cc");
	struct span old = at == SPAN_NONE ? SPAN("") : r->message->fields[at].value;
	struct mailboxes there = addr_parse(r->arena, old), all = authors(r);
	struct buf out = BUF_INIT;
	if (span_trim(old).n > 0) {
		buf_add(&out, span_rtrim(old));
	}
	for (size_t i = 0; i < all.n && i < AUTHORS_MAX; i++) {
		if (!is_among(&there, all.v[i].addr) && is_reachable(r, all.v[i].addr)) {
			buf_str(&out, out.n == 0 ? " " : ",\r\n ");
			buf_add(&out, box_text(r->arena, &all.v[i]));
		}
	}
	struct span value = buf_move(&out, r->arena);
	struct span field = arena_join(r->arena, SPAN("Cc:"), value, SPAN("\r\n"), SPAN_END);
	if (span_trim(value).n == 0 || span_eq(value, span_rtrim(old))) {
		return;
	}
	if (at == SPAN_NONE) {
		put_beside_from(x, r, field);
	} else {
		edit_field_replace(x, at, field);
	}
}

static bool has_reply_to(const struct revise *r)
{
	return message_text(r->arena, message_find(r->message, "Reply-To")).n > 0;
}

/* The list's wish; without an address, and without an author, there is none. */
static enum list_reply reply_mode(const struct revise *r)
{
	enum list_reply mode = (enum list_reply)r->list->reply_to;
	bool empty = mode == LIST_REPLY_ADDRESS && r->list->reply_to_address.n == 0;
	bool nobody = mode == LIST_REPLY_AUTHOR && authors(r).n == 0;
	bool untouched = r->list->modify == LIST_MODIFY_NONE && !r->munge;
	return empty || nobody || untouched ? LIST_REPLY_NONE : mode;
}

static void revise_reply_to(struct edits *x, const struct revise *r)
{
	switch (reply_mode(r)) {
	case LIST_REPLY_LIST: set_reply_to(x, r, route_list(r->arena, r->list)); break;
	case LIST_REPLY_ADDRESS: set_reply_to(x, r, r->list->reply_to_address); break;
	case LIST_REPLY_AUTHOR: set_reply_to(x, r, authors_text(r)); break;
	case LIST_REPLY_NONE:
		if (r->munge && !has_reply_to(r) && authors(r).n > 0) {
			set_reply_to(x, r, authors_text(r));
		} else if (r->munge || r->list->modify != LIST_MODIFY_NONE) {
			drop_further_reply_to(x, r);
		}
		break;
	}
}

static void munge(struct edits *x, const struct revise *r)
{
	size_t at = 0;
	if (!message_next(r->message, SPAN("From"), &at)) {
		edit_field_insert(x, r->message->count - 1, munged_from(r));
		return;
	}
	edit_field_drop_all(x, "X-Original-From");
	edit_field_replace(x, at - 1, munged_from(r));
	put_beside_from(x, r, original_from(r));
	while (message_next(r->message, SPAN("From"), &at)) {
		edit_field_drop(x, at - 1);
	}
	enum list_reply mode = reply_mode(r);
	if (mode == LIST_REPLY_LIST || mode == LIST_REPLY_ADDRESS) {
		add_to_cc(x, r);
	}
}

void revise_from(struct edits *x, const struct revise *r)
{
	if (r->munge) {
		munge(x, r);
	}
	revise_reply_to(x, r);
}
