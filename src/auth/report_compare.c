/*
 * What each revision changed, in words. A recipe says which fields and whether the body
 * differ; the two revisions say how. Older ones are rebuilt one from the other, so that no
 * more than two are in memory.
 *
 * Whatever strangers sent: at most NAMES_MAX fields of a recipe are looked at, FIELDS_MAX
 * and BODY_MAX differences are told, of each value VALUE_MAX octets.
 */
#include "auth/report.h"

#include "auth/dkim2.h"
#include "base/ascii.h"
#include "base/utf8.h"
#include "mail/diff.h"
#include "mail/word.h"

enum { NAMES_MAX = 100, FIELDS_MAX = 20, BODY_MAX = 8, VALUE_MAX = 60, READ_MAX = 4000 };

struct telling {
	struct arena *arena; /* of the words */
	struct arena *work;
	const struct message *old, *new;
	struct span *v;
	size_t n, cap;
};

static void tell(struct telling *t, struct buf *words)
{
	*ARENA_PUSH(t->arena, t->v, t->n, t->cap) = buf_move(words, t->arena);
}

/* ---- values ---- */

/* What a field says, as people would read it. */
static struct span readable(struct arena *arena, const struct field *field)
{
	struct span text = message_text(arena, field);

	return word_decode(arena, span_sub(text, 0, READ_MAX));
}

/* The start of TEXT that is shown, whole characters. */
static struct span shown(struct span text)
{
	size_t n = 0;

	while (n < text.n) {
		size_t more = utf8_len(span_from(text, n));

		more = more > 0 ? more : 1;
		if (n + more > VALUE_MAX) {
			break;
		}
		n += more;
	}
	return span_sub(text, 0, n);
}

/* In quotes, without control characters, not without end. */
static void put_value(struct buf *out, struct span text)
{
	struct span part = shown(text);

	buf_chr(out, '"');
	for (size_t i = 0; i < part.n; i++) {
		if (part.p[i] == '"' || part.p[i] == '\\') {
			buf_chr(out, '\\');
		}
		buf_chr(out, ascii_cntrl(part.p[i]) ? ' ' : part.p[i]);
	}
	buf_str(out, part.n < text.n ? "...\"" : "\"");
}

/* ---- fields ---- */

struct values {
	const struct field **v;
	size_t n, cap;
};

static struct values values_of(struct arena *arena, const struct message *m, struct span name)
{
	struct values values = { NULL, 0, 0 };
	const struct field *field;
	size_t at = 0;

	while ((field = message_next(m, name, &at))) {
		*ARENA_PUSH(arena, values.v, values.n, values.cap) = field;
	}
	return values;
}

static bool same_text(struct arena *arena, const struct field *a, const struct field *b)
{
	return span_eq(message_text(arena, a), message_text(arena, b));
}

/* One field became another one. */
static void tell_value(struct telling *t, struct span name, const struct field *old,
                       const struct field *new)
{
	struct span before = readable(t->work, old), after = readable(t->work, new);
	struct buf words = BUF_INIT;

	if (span_eq(before, after)) {
		buf_printf(&words, "%.*s written in another form", SPAN_FMT(shown(name)));
	} else if (before.n > VALUE_MAX && span_eq(shown(before), shown(after))) {
		buf_printf(&words, "%.*s changed behind ", SPAN_FMT(shown(name)));
		put_value(&words, before);
	} else {
		buf_printf(&words, "%.*s: ", SPAN_FMT(shown(name)));
		put_value(&words, before);
		buf_str(&words, " became ");
		put_value(&words, after);
	}
	tell(t, &words);
}

static void tell_counts(struct telling *t, struct span name, const struct values *old,
                        const struct values *new)
{
	struct buf words = BUF_INIT;
	size_t n = old->n > 0 ? old->n : new->n;
	const char *verb = old->n == 0 ? "added" : "removed";

	buf_printf(&words, "%.*s", SPAN_FMT(shown(name)));
	if (old->n > 0 && new->n > 0) {
		buf_printf(&words, ": %zu field%s became %zu", old->n, old->n == 1 ? "" : "s",
		           new->n);
	} else if (n > 1) {
		buf_printf(&words, ": %zu fields %s", n, verb);
	} else {
		buf_printf(&words, " %s", verb);
	}
	tell(t, &words);
}

static void tell_several(struct telling *t, struct span name, size_t differ, size_t n)
{
	struct buf words = BUF_INIT;

	buf_printf(&words, "%.*s: %zu of %zu fields changed", SPAN_FMT(shown(name)), differ, n);
	tell(t, &words);
}

static void tell_field(struct telling *t, struct span name)
{
	struct values old = values_of(t->work, t->old, name);
	struct values new = values_of(t->work, t->new, name);
	size_t differ = 0;

	if (old.n != new.n) {
		tell_counts(t, name, &old, &new);
		return;
	}
	for (size_t i = 0; i < old.n; i++) {
		differ += !same_text(t->work, old.v[i], new.v[i]);
	}
	if (differ > 0 && old.n == 1) {
		tell_value(t, name, old.v[0], new.v[0]);
	} else if (differ > 0) {
		tell_several(t, name, differ, old.n);
	}
}

static void tell_header(struct telling *t, const struct dkim2_instance *in)
{
	size_t i = 0;

	for (; i < in->nfields && i < NAMES_MAX && t->n < FIELDS_MAX; i++) {
		tell_field(t, in->fields[i]);
	}
	if (i < in->nfields) {
		struct buf words = BUF_INIT;

		buf_printf(&words, "%zu more field names in the recipe", in->nfields - i);
		tell(t, &words);
	}
}

/* ---- body ---- */

static void put_lines(struct buf *out, size_t n)
{
	buf_printf(out, "%zu line%s", n, n == 1 ? "" : "s");
}

/* "line 3", "lines 3 to 5" of the old body. */
static void put_place(struct buf *out, const struct diff_change *c)
{
	if (c->old_n == 1) {
		buf_printf(out, "line %zu", c->old_at + 1);
	} else {
		buf_printf(out, "lines %zu to %zu", c->old_at + 1, c->old_at + c->old_n);
	}
}

static void put_change(struct buf *out, const struct diff *d, const struct diff_change *c)
{
	if (c->old_n == 0) {
		put_lines(out, c->new_n);
		if (c->old_at == d->old_lines) {
			buf_str(out, " added at the end of the body");
		} else if (c->old_at == 0) {
			buf_str(out, " added at the top of the body");
		} else {
			buf_printf(out, " added behind line %zu of the body", c->old_at);
		}
		return;
	}
	put_place(out, c);
	if (c->new_n == 0) {
		buf_str(out, " of the body removed");
	} else {
		buf_str(out, " of the body replaced by ");
		put_lines(out, c->new_n);
	}
}

static void tell_body(struct telling *t)
{
	struct diff d = diff_lines(t->work, t->old->body, t->new->body);
	struct buf words = BUF_INIT;

	for (size_t i = 0; i < d.n && i < BODY_MAX; i++) {
		put_change(&words, &d, &d.v[i]);
		tell(t, &words);
	}
	if (d.n > BODY_MAX) {
		buf_printf(&words, "%zu more places in the body changed", d.n - BODY_MAX);
		tell(t, &words);
	}
}

/* ---- revisions ---- */

static void compare(struct arena *arena, struct arena *work, struct dkim2_instance *in,
                    const struct message *old, const struct message *new)
{
	struct telling t = { .arena = arena, .work = work, .old = old, .new = new };

	tell_header(&t, in);
	if (in->body_changed) {
		tell_body(&t);
	}
	in->compared = true;
	in->changes = t.v;
	in->nchanges = t.n;
}

static struct span field_text(struct arena *arena, const struct message *m, const char *name)
{
	return arena_copy(arena, readable(arena, message_find(m, name)));
}

void report_compare(struct arena *arena, const struct message *m, struct verdict *v,
                    struct report_letter *letter)
{
	struct arena *held = NULL; /* what the present revision lies in */
	struct message now = *m;

	letter->from = letter->author = field_text(arena, m, "From");
	letter->date = field_text(arena, m, "Date");
	for (size_t k = v->dkim2.ninstances; k > 0; k--) {
		struct dkim2_instance *in = &v->dkim2.instances[k - 1];
		struct arena *work;
		struct message older;
		struct span raw;

		if (!in->has_recipe) {
			in->compared = true;
			continue;
		}
		work = arena_new();
		if (!dkim2_undo(work, &now, k - 1, &raw, NULL) ||
		    !message_parse(work, raw, &older, NULL)) {
			arena_free(work);
			break;
		}
		compare(arena, work, in, &older, &now);
		arena_free(held);
		held = work;
		now = older;
		letter->author = field_text(arena, &now, "From");
		letter->date = field_text(arena, &now, "Date");
	}
	arena_free(held);
}
