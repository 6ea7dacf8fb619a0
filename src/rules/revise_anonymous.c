/*
 * An allow-list, since no list of what tells on an author is ever complete: mailers make
 * up fields of their own, and so do the servers on the way.
 */
#include "rules/revise_anonymous.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "mail/addr.h"
#include "mail/date.h"
#include "mail/word.h"
#include "rules/route.h"

/*
 * What the message says and how to read it. Everything that is about the way it came or who sent
 * it is made anew, or goes.
 */
static const char *const kept[] = {
	"Subject",
	"Content-Type",
	"Content-Transfer-Encoding",
	"Content-Disposition",
};

/* The words of RFC 3834 and RFC 5436; any other means that a machine wrote. */
static const char *const submitted[] = { "no", "auto-replied", "auto-notified" };

/*
 * The name of a list, as lists write it into X-Loop. Without these two anonymous lists that are
 * each other's members would send a post round for ever. Addresses are put there by people.
 */
static bool is_list_id(struct span value)
{
	size_t dots = 0;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		dots += c == '.';
		if (!ascii_alnum(c) && c != '.' && c != '-' && c != '_') {
			return false;
		}
	}
	return dots >= 2;
}

static bool is_kept(const struct field *f)
{
	if (span_iis(f->name, "X-Loop")) {
		return is_list_id(span_trim(f->value));
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (span_iis(f->name, kept[i])) {
			return true;
		}
	}
	return false;
}

static struct span first_word(struct span value)
{
	struct span text = span_trim(value);
	size_t n = 0;
	while (n < text.n && (ascii_alnum(text.p[n]) || text.p[n] == '-' || text.p[n] == '.')) {
		n++;
	}
	return span_sub(text, 0, n);
}

/*
 * MIME-Version and Auto-Submitted: what stays of the value, for programs write their names behind
 * it, and RFC 5436 puts an owner's address there. Of other fields nothing.
 */
static struct span word_of(const struct field *f)
{
	if (span_iis(f->name, "MIME-Version")) {
		return SPAN("1.0");
	}
	if (!span_iis(f->name, "Auto-Submitted")) {
		return SPAN_END;
	}
	for (size_t i = 0; i < sizeof(submitted) / sizeof(submitted[0]); i++) {
		if (span_iis(first_word(f->value), submitted[i])) {
			return span_str(submitted[i]);
		}
	}
	return SPAN("auto-generated");
}

static void keep_word(struct edits *x, struct arena *arena, size_t i)
{
	const struct field *f = &x->m->fields[i];
	struct span word = word_of(f);
	if (word.n == 0) {
		edit_field_drop(x, i);
	} else if (!span_eq(span_trim(f->value), word)) {
		edit_field_replace(x, i,
		                   arena_join(arena, span_trim(f->name), SPAN(": "), word,
		                              SPAN("\r\n"), SPAN_END));
	}
}

static struct span bracketed(struct arena *arena, struct span id)
{
	return arena_join(arena, SPAN("<"), id, SPAN(">"), SPAN_END);
}

static void add_references(struct edits *x, const struct anonymous *a)
{
	struct buf value = BUF_INIT;
	for (size_t i = 0; i < a->nreferences; i++) {
		buf_str(&value, i > 0 ? "\r\n <" : "<");
		buf_add(&value, a->references[i]);
		buf_chr(&value, '>');
	}
	if (value.n > 0) {
		edit_field_top(x, SPAN("References"), buf_span(&value));
	}
	buf_free(&value);
}

static void add_fields(struct edits *x, const struct anonymous *a)
{
	struct arena *arena = a->arena;
	struct span post = route_list(arena, a->list);
	struct span name = a->list->description.n > 0 ? a->list->description : a->list->local;
	edit_raw_top(x, word_fold(arena, SPAN("From"), addr_format(arena, name, post)));
	edit_field_top(x, SPAN("To"), post);
	edit_field_top(x, SPAN("Date"), date_format(arena, a->now));
	edit_field_top(x, SPAN("Message-ID"), bracketed(arena, a->message_id));
	if (a->in_reply_to.n > 0) {
		edit_field_top(x, SPAN("In-Reply-To"), bracketed(arena, a->in_reply_to));
	}
	add_references(x, a);
}

void revise_anonymous(struct edits *x, const struct anonymous *a)
{
	for (size_t i = 0; i < x->m->count; i++) {
		if (!is_kept(&x->m->fields[i])) {
			keep_word(x, a->arena, i);
		}
	}
	add_fields(x, a);
	edit_irreversible(x);
}
