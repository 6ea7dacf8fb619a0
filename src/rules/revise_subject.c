/*
 * The subject tag. Only what is put in is new: the rest of the field keeps its
 * bytes, its folding and its encoded words.
 */
#include "mail/word.h"
#include "rules/revise.h"

#define TIDY_COLUMNS 76

/* The tag with %d replaced by the post's number (and %% by %). */
static struct span expand(const struct revise *r)
{
	struct span tag = r->list->subject_tag;
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < tag.n; i++) {
		bool percent = tag.p[i] == '%' && i + 1 < tag.n;
		if (percent && tag.p[i + 1] == 'd') {
			buf_printf(&out, "%llu", (unsigned long long)r->number);
			i++;
		} else {
			buf_chr(&out, tag.p[i]);
			i += percent && tag.p[i + 1] == '%';
		}
	}
	return buf_move(&out, r->arena);
}

/*
 * Is the tag there already? Of a numbered tag the fixed part before the number
 * counts: a reply carries the number of the post it answers.
 */
static bool tagged(const struct revise *r, struct span subject)
{
	struct span tag = r->list->subject_tag;
	size_t percent = span_find(tag, SPAN("%d"));
	struct span fixed = percent == SPAN_NONE || percent == 0 ? tag : span_sub(tag, 0, percent);
	struct span decoded = word_decode(r->arena, subject);
	return span_ifind(decoded, span_trim(fixed)) != SPAN_NONE;
}

/* Length of the first line of the value VALUE. */
static size_t first_line(struct span value)
{
	return span_line(&value).n;
}

static struct span with_tag(const struct revise *r, const struct field *f, struct span tag)
{
	size_t lead = 0;
	while (lead < f->value.n && (f->value.p[lead] == ' ' || f->value.p[lead] == '\t')) {
		lead++;
	}
	struct span rest = span_from(f->value, lead);
	bool fits = f->name.n + 2 + tag.n + 1 + first_line(rest) <= TIDY_COLUMNS;
	/* A value that begins with a fold brings its own line break. */
	struct span glue = span_starts(rest, SPAN("\r\n")) ? SPAN("")
	                   : fits                          ? SPAN(" ")
	                                                   : SPAN("\r\n ");
	return arena_join(r->arena, f->name, SPAN(": "), tag, glue, rest, SPAN("\r\n"), SPAN_END);
}

static size_t index_of(const struct message *m, const char *name)
{
	const struct field *f = message_find(m, name);
	return f ? (size_t)(f - m->fields) : SPAN_NONE;
}

void revise_subject(struct edits *x, const struct revise *r)
{
	if (r->list->subject_tag.n == 0) {
		return;
	}
	struct span tag = word_encode(r->arena, expand(r), false);
	size_t at = index_of(r->message, "Subject");
	if (at == SPAN_NONE) {
		edit_field_insert(
			x, r->message->count - 1,
			arena_join(r->arena, SPAN("Subject: "), tag, SPAN("\r\n"), SPAN_END));
		return;
	}
	const struct field *f = &r->message->fields[at];
	if (!tagged(r, message_text(r->arena, f))) {
		edit_field_replace(x, at, with_tag(r, f, tag));
	}
}
