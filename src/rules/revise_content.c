/*
 * Parts taken out. A part is replaced as a whole, header and all, by a text/plain part;
 * the root of the post or of an attached message keeps its header but for the Content-*
 * fields, which describe the body and go with it.
 *
 * The bytes of an attached message are bytes of the post's body: fields in there are
 * edited as body.
 */
#include "rules/revise_content.h"

#include "base/codec.h"
#include "base/utf8.h"

struct content {
	struct edits *x;
	const struct filter_result *filtered;
	struct span list;
};

/* --- places ----------------------------------------------------------------- */

static size_t offset(const struct content *c, const char *p)
{
	return (size_t)(p - c->x->m->body.p);
}

static const char *end_of(struct span s)
{
	return s.p + s.n;
}

/* Drop the bytes from FROM to TO, INSERT in their place. */
static void edit_range(const struct content *c, const char *from, const char *to,
                       struct span insert)
{
	edit_body(c->x, offset(c, from), (size_t)(to - from), insert);
}

/* --- the header of a root --------------------------------------------------- */

static bool describes_body(const struct field *f)
{
	return span_istarts(f->name, SPAN("Content-"));
}

static void top_header(const struct content *c, const struct message *m, struct span fields)
{
	for (size_t i = 0; i < m->count; i++) {
		if (describes_body(&m->fields[i])) {
			edit_field_drop(c->x, i);
		}
	}
	edit_field_insert(c->x, m->count - 1, fields);
}

static void attached_header(const struct content *c, const struct message *m, struct span fields)
{
	/* The last field can come without its line end. */
	bool open = m->count > 0 && !span_ends(m->header, SPAN("\r\n")) &&
	            !describes_body(&m->fields[m->count - 1]);
	for (size_t i = 0; i < m->count; i++) {
		const struct field *f = &m->fields[i];
		if (describes_body(f)) {
			edit_range(c, f->raw.p, end_of(f->raw), SPAN(""));
		}
	}
	edit_range(c, end_of(m->header), end_of(m->header),
	           arena_join(c->x->arena, open ? SPAN("\r\n") : SPAN(""), fields,
	                      m->separator.n > 0 ? SPAN("") : SPAN("\r\n"), SPAN_END));
}

/* The Content-* fields of root P become FIELDS. */
static void set_header(const struct content *c, const struct filter_part *p, struct span fields)
{
	const struct message *m = &p->part->message;
	if (message_count(m, "MIME-Version") == 0) {
		fields = arena_join(c->x->arena, SPAN("MIME-Version: 1.0\r\n"), fields, SPAN_END);
	}
	if (p == c->filtered->v) {
		top_header(c, m, fields);
	} else {
		attached_header(c, m, fields);
	}
}

/* --- a text in place of a part ---------------------------------------------- */

static struct span note_text(const struct content *c, const struct filter_part *p)
{
	struct span what = filter_describe(c->x->arena, p);
	return arena_printf(c->x->arena,
	                    "[The list %.*s has removed a part of this message:\r\n"
	                    "%.*s, %llu %s]\r\n",
	                    SPAN_FMT(c->list), SPAN_FMT(what), (unsigned long long)p->size,
	                    p->size == 1 ? "byte" : "bytes");
}

static struct span note_fields(struct span text)
{
	return utf8_ascii(text) ? SPAN("Content-Type: text/plain; charset=us-ascii\r\n"
	                               "Content-Transfer-Encoding: 7bit\r\n"
	                               "Content-Disposition: inline\r\n")
	                        : SPAN("Content-Type: text/plain; charset=utf-8\r\n"
	                               "Content-Transfer-Encoding: quoted-printable\r\n"
	                               "Content-Disposition: inline\r\n");
}

static struct span note_body(const struct content *c, struct span text)
{
	struct buf out = BUF_INIT;
	if (utf8_ascii(text)) {
		return text;
	}
	codec_qp(&out, text);
	return buf_move(&out, c->x->arena);
}

/* A part without any bytes shares its line end with the delimiter behind it. */
static bool needs_line_end(const struct content *c, const char *end)
{
	struct span rest = span_from(c->x->m->body, offset(c, end));
	return rest.n > 0 && !span_starts(rest, SPAN("\r\n"));
}

static void replace(const struct content *c, const struct filter_part *p)
{
	struct span text = note_text(c, p), body = note_body(c, text);
	struct span old = p->part->body;
	if (p->root) {
		set_header(c, p, note_fields(text));
		edit_range(c, old.p, end_of(old), body);
		return;
	}
	struct span raw = p->part->raw;
	edit_range(c, raw.p, end_of(raw),
	           arena_join(c->x->arena, note_fields(text), SPAN("\r\n"), body,
	                      needs_line_end(c, end_of(raw)) ? SPAN("\r\n") : SPAN(""), SPAN_END));
}

/* --- alternatives ----------------------------------------------------------- */

static struct span content_fields(const struct content *c, const struct message *m)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < m->count; i++) {
		if (describes_body(&m->fields[i])) {
			buf_add(&out, m->fields[i].raw);
		}
	}
	if (message_count(m, "Content-Type") == 0) {
		buf_str(&out, "Content-Type: text/plain; charset=us-ascii\r\n");
	}
	return buf_move(&out, c->x->arena);
}

static void collapse(const struct content *c, const struct filter_part *p)
{
	const struct part *all = p->part, *text = c->filtered->v[p->chosen].part;
	const struct message *m = &text->message;
	if (p->root) {
		set_header(c, p, content_fields(c, m));
		edit_range(c, all->body.p, text->body.p, SPAN(""));
		edit_range(c, end_of(text->body), end_of(all->body), SPAN(""));
		return;
	}
	edit_range(c, all->raw.p, text->raw.p, SPAN(""));
	edit_range(c, end_of(text->raw), end_of(all->raw), SPAN(""));
	/* Around a multipart/digest text is not the default. */
	if (message_count(m, "Content-Type") == 0) {
		edit_range(c, text->raw.p, text->raw.p,
		           m->header.n + m->separator.n > 0
		                   ? SPAN("Content-Type: text/plain\r\n")
		                   : SPAN("Content-Type: text/plain\r\n\r\n"));
	}
}

/* Index of the sibling behind I, or N. */
static size_t sibling(const struct filter_result *r, size_t i)
{
	size_t next = i + 1;
	while (next < r->n && r->v[next].parent != r->v[i].parent) {
		next++;
	}
	return next;
}

/*
 * Child I goes with one delimiter: the one behind it, which then is that of the part
 * behind; if no such part stays, the one before it. BEFORE is the sibling before, or NULL.
 */
static void drop(const struct content *c, size_t i, const struct part *before)
{
	const struct filter_result *r = c->filtered;
	size_t next = sibling(r, i), kept = next;
	const char *from = r->v[i].part->raw.p, *to = end_of(r->v[i].part->raw);
	while (kept < r->n && r->v[kept].fate == FILTER_DROPPED) {
		kept = sibling(r, kept);
	}
	if (kept < r->n) {
		to = r->v[next].part->raw.p;
	} else if (before) {
		from = end_of(before->raw);
	}
	edit_range(c, from, to, SPAN(""));
}

static void drop_children(const struct content *c, size_t parent)
{
	const struct filter_result *r = c->filtered;
	const struct part *before = NULL;
	for (size_t i = parent + 1; i < r->n; i++) {
		if (r->v[i].parent != parent) {
			continue;
		}
		if (r->v[i].fate == FILTER_DROPPED) {
			drop(c, i, before);
		}
		before = r->v[i].part;
	}
}

void revise_content(struct edits *x, const struct filter_result *filtered, struct span list)
{
	struct content c = { x, filtered, list };
	if (!filtered->changes) {
		return;
	}
	edit_irreversible(x);
	for (size_t i = 0; i < filtered->n; i++) {
		const struct filter_part *p = &filtered->v[i];
		if (p->gone) {
			continue;
		}
		if (p->fate == FILTER_REPLACED) {
			replace(&c, p);
		} else if (p->fate == FILTER_COLLAPSED) {
			collapse(&c, p);
		} else if (p->parents && p->fate == FILTER_STAYS) {
			drop_children(&c, i);
		}
	}
}
