/*
 * The MIME tree, in one pass over the lines of the top body.
 *
 * State: the open multiparts from the outside in, each with its last child
 * still growing, and whether the innermost child is in its header. A line is a
 * delimiter if it starts with "--" and the boundary of an open multipart, nothing
 * but white space behind it; the innermost match counts and ends everything
 * inside of it, closed or not (RFC 2046 5.1.2). A closed multipart is no longer
 * open, but grows on as its parent's child: that is its epilogue.
 *
 * Bounds: a line is compared with at most LIMIT_DEPTH boundaries, a header is
 * read once, and the fields of all parts together are bounded, since a part
 * with a thousand empty fields costs its sender little and us much.
 */
#include "mail/mime.h"

#include "base/ascii.h"
#include "base/limits.h"

#include <string.h>

enum { FIELDS_ALL = 20 * LIMIT_FIELDS };

/* A multipart whose parts are being read. */
struct level {
	struct part *part;
	struct part *last; /* its child that is growing; NULL in the preamble */
};

struct walk {
	struct arena *arena;
	struct mime *out;
	struct span top; /* the top body */
	size_t line;     /* offset of the line at hand */
	size_t next;     /* and of the one behind it */
	struct level open[LIMIT_DEPTH];
	unsigned depth;    /* levels open */
	uint64_t lengths;  /* bit n % 64 is set: a delimiter of n bytes may match */
	struct part *head; /* the part in whose header we are, or NULL */
	size_t start;      /* offset of that header */
	size_t fields;     /* of that header so far */
	size_t all_fields; /* of all parts */
};

static size_t offset(const struct walk *w, struct span s)
{
	return s.p ? (size_t)(s.p - w->top.p) : 0;
}

/* --- a part's own header ---------------------------------------------------- */

static struct mime_type default_type(const struct part *parent)
{
	struct mime_type t = { .type = SPAN("text"), .subtype = SPAN("plain") };

	if (parent && mime_is(&parent->type, "multipart", "digest")) {
		t.type = SPAN("message");
		t.subtype = SPAN("rfc822");
	}
	return t;
}

/* Type, encoding and boundary from P's header. */
static void describe(struct walk *w, struct part *p)
{
	const struct field *type = message_find(&p->message, "Content-Type");
	const struct field *encoding = message_find(&p->message, "Content-Transfer-Encoding");

	p->type = type ? mime_type(w->arena, type->value) : default_type(p->parent);
	p->encoding = encoding ? mime_encoding(encoding->value) : MIME_7BIT;
	if (mime_is(&p->type, "multipart", NULL)) {
		p->boundary = span_rtrim(mime_param(w->arena, &p->type, "boundary"));
	}
}

static uint64_t length_bit(size_t n)
{
	return (uint64_t)1 << n % 64;
}

/* If P is a multipart, its parts are looked for from here on. */
static void open_level(struct walk *w, struct part *p)
{
	if (p->boundary.n == 0) {
		return;
	}
	if (p->depth >= LIMIT_DEPTH) {
		w->out->cut = true;
		return;
	}
	w->open[w->depth++] = (struct level){ p, NULL };
	w->lengths |= length_bit(p->boundary.n) | length_bit(p->boundary.n + 2);
}

/* The header at hand is what lies before END. */
static void head_end(struct walk *w, size_t end)
{
	struct part *p = w->head;
	struct span head = span_sub(w->top, w->start, end);

	w->head = NULL;
	w->all_fields += w->fields;
	if (!message_parse(w->arena, head, &p->message, NULL)) {
		p->message = (struct message){ .raw = head };
		p->message.header = p->message.separator = span_sub(head, 0, 0);
		p->message.body = head;
		w->out->cut = true;
	}
	describe(w, p);
}

/* The header at hand ends at END, the body begins there. */
static void body_begin(struct walk *w, size_t end)
{
	struct part *p = w->head;

	head_end(w, end);
	open_level(w, p);
}

/* The header at hand is too much: all of the part is body. */
static void head_give_up(struct walk *w)
{
	w->out->cut = true;
	w->fields = 0;
	body_begin(w, w->start);
}

static bool field_line(struct span line)
{
	size_t at = 0;

	while (at < line.n && ascii_graph(line.p[at]) && line.p[at] != ':') {
		at++;
	}
	if (at == 0) {
		return false;
	}
	while (at < line.n && ascii_wsp(line.p[at])) {
		at++;
	}
	return at < line.n && line.p[at] == ':';
}

static void head_line(struct walk *w, struct span line)
{
	bool first = w->line == w->start;

	if (span_eq(line, SPAN("\r\n"))) {
		body_begin(w, w->next);
	} else if (!first && line.n > 0 && ascii_wsp(line.p[0])) {
		if (w->next - w->start > LIMIT_HEADER) {
			head_give_up(w);
		}
	} else if (!field_line(line)) {
		body_begin(w, w->line);
	} else if (++w->fields > LIMIT_FIELDS || w->all_fields + w->fields > FIELDS_ALL ||
	           w->next - w->start > LIMIT_HEADER) {
		head_give_up(w);
	}
}

/* --- parts ------------------------------------------------------------------ */

/* P, which began at START, ends at END. */
static void part_end(struct walk *w, struct part *p, size_t end)
{
	struct message *m = &p->message;
	size_t start, body;

	if (w->head == p) {
		end = end < w->start ? w->start : end;
		head_end(w, end);
	}
	start = offset(w, m->raw);
	body = start + m->header.n + m->separator.n;
	/* The empty line behind the header can be the one before the delimiter. */
	if (body > end) {
		body = end;
		m->separator = span_sub(w->top, end, end);
	}
	m->raw = p->raw = span_sub(w->top, start, end);
	m->body = p->body = span_sub(w->top, body, end);
	if (!p->closed) {
		p->close_at = end;
	}
}

/* Close the levels from KEEP on; their last children end at END. */
static void end_inside(struct walk *w, unsigned keep, size_t end)
{
	while (w->depth > keep) {
		struct part *last = w->open[--w->depth].last;

		if (last) {
			part_end(w, last, end);
		}
	}
}

static struct part *part_new(struct walk *w, struct level *l, struct part *before)
{
	struct part *p = ARENA_NEW(w->arena, struct part);

	p->parent = l->part;
	p->depth = l->part->depth + 1;
	if (before) {
		before->next = p;
	} else {
		l->part->children = p;
	}
	w->out->parts++;
	return p;
}

/* A delimiter of level K: the next part of it begins behind this line. */
static void delimiter(struct walk *w, unsigned k, size_t content_end)
{
	struct part *before = w->open[k].last;

	end_inside(w, k + 1, content_end);
	if (before) {
		part_end(w, before, content_end);
	}
	w->open[k].last = part_new(w, &w->open[k], before);
	w->head = w->open[k].last;
	w->start = w->next;
	w->fields = 0;
}

static void close_delimiter(struct walk *w, unsigned k, size_t content_end)
{
	struct part *p = w->open[k].part;

	end_inside(w, k, content_end);
	p->closed = true;
	p->close_at = w->line;
}

/* Which open multipart LINE is a delimiter of, or none; is it the closing one? */
static bool match(const struct walk *w, struct span line, unsigned *level, bool *closing)
{
	struct span text = span_rtrim(span_from(line, 2));

	/* A body can be all dashes: do not ask every level about each line. */
	if (!(w->lengths & length_bit(text.n))) {
		return false;
	}
	for (unsigned k = w->depth; k-- > 0;) {
		struct span boundary = w->open[k].part->boundary;

		if (text.n != boundary.n && text.n != boundary.n + 2) {
			continue;
		}
		*level = k;
		*closing = text.n > boundary.n;
		if (span_starts(text, boundary) && (!*closing || span_ends(text, SPAN("--")))) {
			return true;
		}
	}
	return false;
}

static void take_line(struct walk *w, struct span line)
{
	/* The CRLF before a delimiter belongs to it. */
	size_t end = w->line < 2 ? 0 : w->line - 2;
	unsigned level = 0;
	bool closing = false;
	bool found = span_starts(line, SPAN("--")) && match(w, line, &level, &closing);

	/* With no parts left, the last one swallows the delimiter. */
	if (found && !closing && w->out->parts >= LIMIT_PARTS) {
		w->out->cut = true;
		found = false;
	}
	if (found && closing) {
		close_delimiter(w, level, end);
	} else if (found) {
		delimiter(w, level, end);
	} else if (w->head) {
		head_line(w, line);
	}
}

bool mime_parse(struct arena *arena, const struct message *m, struct mime *out, struct err *e)
{
	struct walk w = { .arena = arena, .out = out, .top = m->body };
	struct part *root = ARENA_NEW(arena, struct part);
	struct span rest = m->body;

	(void)e; /* nothing is an error yet */
	*out = (struct mime){ .root = root, .parts = 1 };
	root->message = *m;
	root->raw = m->raw;
	root->body = m->body;
	describe(&w, root);
	open_level(&w, root);

	/* With the outermost one closed, the rest is epilogue. */
	while (rest.n > 0 && w.depth > 0) {
		struct span line = span_line(&rest);

		w.next = w.line + line.n;
		take_line(&w, line);
		w.line = w.next;
	}
	end_inside(&w, 0, m->body.n);
	if (!root->closed) {
		root->close_at = m->body.n;
	}
	return true;
}
