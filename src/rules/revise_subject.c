/*
 * The subject tag: one tag and one reply mark stand before the text, in the order
 * that the list wants. Only what has to be different is new; the rest of the field
 * keeps its bytes, its folding and its encoded words, but for a word that the cut
 * goes through.
 *
 * What is there is read off the decoded text (rules/subject); this file decides
 * what should be there, and puts the field together.
 */
#include "base/ascii.h"
#include "mail/word.h"
#include "rules/revise.h"
#include "rules/subject.h"

#define TIDY_COLUMNS 76
/* Tags that are taken out of the text itself; nobody has more but to see what happens. */
#define DROPPED_MAX 20

/* Where the pieces of the new value go; COLUMN is that of the line at hand. */
struct writer {
	struct buf out;
	size_t start; /* of the value in it */
	size_t column;
};

static void count_columns(struct writer *w, struct span text)
{
	size_t lf = span_rchr(text, '\n');
	w->column = lf == SPAN_NONE ? w->column + text.n : text.n - lf - 1;
}

/* TEXT, which may be folded. Where it begins with white space the line may break first. */
static void put(struct writer *w, struct span text)
{
	struct span rest = text;
	size_t first = span_rtrim(span_line(&rest)).n;
	bool sensible = w->out.n > w->start || first <= TIDY_COLUMNS;
	if (text.n > 0 && ascii_wsp(text.p[0]) && first > 0 && sensible &&
	    w->column + first > TIDY_COLUMNS) {
		buf_str(&w->out, "\r\n");
		w->column = 0;
	}
	buf_add(&w->out, text);
	count_columns(w, text);
}

/* Words, each with a space before it, where the line may break. */
static void put_words(struct writer *w, struct arena *arena, struct span text)
{
	for (struct span rest = text; rest.p && rest.n > 0;) {
		put(w, arena_join(arena, SPAN(" "), span_cut(&rest, ' '), SPAN_END));
	}
}

/* The offset in VALUE, folded, at which AT bytes of it unfolded are behind. */
static size_t folded(struct span value, size_t at)
{
	size_t i = 0;
	while (at > 0 && i < value.n) {
		bool fold = i + 2 < value.n && value.p[i] == '\r' && value.p[i + 1] == '\n' &&
		            ascii_wsp(value.p[i + 2]);
		i += fold ? 2 : 1;
		at -= !fold;
	}
	return i;
}

/* The value of the field at hand, in all its forms. */
struct old {
	struct arena *arena;
	struct span value; /* folded */
	struct span unfolded;
	struct word_pieces pieces;
	struct span text; /* decoded */
};

static struct old read_old(struct arena *arena, struct span value)
{
	struct old o = { .arena = arena, .value = value };
	struct buf text = BUF_INIT;
	o.unfolded = message_unfold(arena, value);
	o.pieces = word_pieces(arena, o.unfolded);
	for (size_t i = 0; i < o.pieces.n; i++) {
		buf_add(&text, o.pieces.v[i].text);
	}
	o.text = buf_move(&text, arena);
	return o;
}

static size_t raw_offset(const struct old *o, struct span raw)
{
	return folded(o->value, (size_t)(raw.p - o->unfolded.p));
}

/* The new value: the head, then what stays of the old one. */
struct span_list {
	struct span *v;
	size_t n, cap;
};

static void push(const struct old *o, struct span_list *l, struct span text)
{
	bool beside =
		l->n > 0 && span_ends(l->v[l->n - 1], SPAN("?=")) && span_starts(text, SPAN("=?"));
	if (text.n > 0) {
		*ARENA_PUSH(o->arena, l->v, l->n, l->cap) =
			beside ? arena_join(o->arena, SPAN(" "), text, SPAN_END) : text;
	}
}

/* Decoded text [from, to) of piece I, of words: encoded anew, each word by itself. */
static void push_encoded(const struct old *o, struct span_list *l, size_t i, size_t from, size_t to)
{
	struct span text = span_sub(o->pieces.v[i].text, from, to);
	bool beside = i + 1 < o->pieces.n && o->pieces.v[i + 1].words;
	struct span rest =
		beside ? word_encode_always(o->arena, text) : word_encode(o->arena, text, false);
	if (!span_starts(rest, SPAN("=?"))) {
		push(o, l, rest);
		return;
	}
	for (bool first = true; rest.p && rest.n > 0; first = false) {
		struct span word = span_cut(&rest, ' ');
		push(o, l, first ? word : arena_join(o->arena, SPAN(" "), word, SPAN_END));
	}
}

/* The bytes that stand for [from, to) of the decoded text. */
static void push_old(const struct old *o, struct span_list *l, size_t from, size_t to)
{
	size_t at = 0;
	for (size_t i = 0; i < o->pieces.n && at < to; i++) {
		const struct word_piece *p = &o->pieces.v[i];
		size_t a = from > at ? from - at : 0, b = to - at < p->text.n ? to - at : p->text.n;
		struct span raw = p->raw;
		at += p->text.n;
		if (a >= b) {
			continue;
		}
		if (p->words && (a > 0 || b < p->text.n)) {
			push_encoded(o, l, i, a, b);
			continue;
		}
		if (!p->words) {
			raw = span_sub(raw, word_piece_offset(p, a), word_piece_offset(p, b));
		}
		size_t start = raw_offset(o, raw), end = raw_offset(o, span_from(raw, raw.n));
		raw = span_sub(o->value, start, end);
		/* White space before a word that decoding drops is not kept at a cut. */
		push(o, l, at - p->text.n == from && p->words ? span_trim(raw) : raw);
	}
}

static bool is_word(struct span text)
{
	return span_starts(text, SPAN("=?"));
}

/* TEXT as field text with a space behind it, before NEXT: two words would swallow that space. */
static struct span head_text(const struct old *o, struct span text, struct span next)
{
	struct span encoded = word_encode(o->arena, text, false);
	if (is_word(encoded) && is_word(next)) {
		return word_encode(o->arena, arena_join(o->arena, text, SPAN(" "), SPAN_END),
		                   false);
	}
	return encoded;
}

/* What may stand before the text: what rules put there, tag and mark. */
#define PARTS 3

/* The field of PARTS (decoded, put apart by spaces) and REST (bytes that stay). */
static struct span assemble(const struct old *o, struct span name, const struct span parts[PARTS],
                            const struct span_list *rest)
{
	struct writer w = { .out = BUF_INIT, .column = name.n + 1 };
	struct span next = rest->n > 0 ? rest->v[0] : SPAN("");
	struct span heads[PARTS] = { SPAN(""), SPAN(""), SPAN("") };
	for (size_t i = PARTS; i-- > 0;) {
		if (parts[i].n > 0) {
			next = heads[i] = head_text(o, parts[i], next);
		}
	}
	buf_add(&w.out, name);
	buf_chr(&w.out, ':');
	w.start = w.out.n;
	for (size_t i = 0; i < PARTS; i++) {
		put_words(&w, o->arena, heads[i]);
	}
	for (size_t i = 0; i < rest->n; i++) {
		put(&w,
		    i == 0 ? arena_join(o->arena, SPAN(" "), rest->v[0], SPAN_END) : rest->v[i]);
	}
	buf_str(&w.out, "\r\n");
	return buf_move(&w.out, o->arena);
}

/* What is wanted differs from what is there only by a tag that is missing. */
static bool only_insert(const struct revise *r, const struct subject *s)
{
	return s->tags == 0 && s->marks <= 1 &&
	       (s->marks == 0 || r->list->subject_tag_place != LIST_TAG_AFTER_REPLY);
}

static bool as_wanted(const struct revise *r, const struct subject *s)
{
	if (s->tags != 1 || !s->number_right || s->marks > 1) {
		return false;
	}
	return s->marks == 0 || r->list->subject_tag_place == LIST_TAG_ANY ||
	       s->tag_first == (r->list->subject_tag_place == LIST_TAG_FIRST);
}

/* The text behind the prefix; with DROP without the tags in it. */
static struct span_list text_without_tags(const struct revise *r, const struct old *o, size_t from,
                                          bool drop)
{
	struct span_list l = { NULL, 0, 0 };
	struct span tag = r->list->subject_tag;
	size_t at = from, start, dropped = 0;
	while (drop && dropped++ < DROPPED_MAX && subject_find_tag(o->text, tag, &start, &at)) {
		push_old(o, &l, from, start);
		from = at;
	}
	push_old(o, &l, from, o->text.n);
	return l;
}

/* What rules put there, unless the subject has it. */
static struct span post_tag(const struct revise *r, const struct old *o)
{
	struct span tag = r->list->post_tag;
	return tag.n > 0 && span_ifind(o->text, tag) == SPAN_NONE ? tag : SPAN("");
}

/* Only that before the text as it is; the empty span when there is nothing to put there. */
static struct span with_post_tag(const struct old *o, const struct field *f, struct span tag)
{
	struct span parts[PARTS] = { tag, SPAN(""), SPAN("") };
	struct span_list rest = { NULL, 0, 0 };
	size_t from = 0;
	while (from < o->text.n && ascii_fws(o->text.p[from])) {
		from++;
	}
	push_old(o, &rest, from, o->text.n);
	return tag.n > 0 ? assemble(o, f->name, parts, &rest) : SPAN("");
}

/* The field in place of F, or the empty span when it is as the list wants it. */
static struct span new_field(const struct revise *r, const struct field *f)
{
	struct old o = read_old(r->arena, f->value);
	struct span extra = post_tag(r, &o);
	if (r->list->subject_tag.n == 0) {
		return with_post_tag(&o, f, extra);
	}
	struct span tag = subject_tag(r->arena, r->list->subject_tag, r->number);
	struct subject s = subject_read(o.text, r->list->subject_tag, r->number);
	size_t start, at = s.end;
	bool further = subject_find_tag(o.text, r->list->subject_tag, &start, &at);
	/* A tag further back, as in "Fwd: [dev] x", will do when it is the only one. */
	bool tagged = s.tags == 0 && further;
	if (tagged ? s.marks <= 1 : as_wanted(r, &s) && !further) {
		return with_post_tag(&o, f, extra);
	}
	struct span mark = s.marks > 1 ? SPAN("Re:") : s.mark;
	bool insert = !tagged && only_insert(r, &s);
	struct span_list rest =
		text_without_tags(r, &o, insert ? s.begin : s.end, s.tags > 0 && further);
	struct span parts[PARTS] = { extra, tagged ? SPAN("") : tag, insert ? SPAN("") : mark };
	uint64_t place = r->list->subject_tag_place;
	bool came_behind = place == LIST_TAG_ANY && s.tags > 0 && !s.tag_first;
	if (place == LIST_TAG_AFTER_REPLY || came_behind) {
		struct span first = parts[1];
		parts[1] = parts[2];
		parts[2] = first;
	}
	return assemble(&o, f->name, parts, &rest);
}

void revise_subject(struct edits *x, const struct revise *r)
{
	const struct field *f = message_find(r->message, "Subject");
	if (r->list->subject_tag.n == 0 && r->list->post_tag.n == 0) {
		return;
	}
	if (!f) {
		struct span tag = subject_tag(r->arena, r->list->subject_tag, r->number);
		tag = span_trim(arena_printf(r->arena, "%.*s %.*s", SPAN_FMT(r->list->post_tag),
		                             SPAN_FMT(tag)));
		edit_field_insert(
			x, r->message->count - 1,
			word_fold(r->arena, SPAN("Subject"), word_encode(r->arena, tag, false)));
		return;
	}
	struct span field = new_field(r, f);
	if (field.n > 0) {
		edit_field_replace(x, (size_t)(f - r->message->fields), field);
	}
}
