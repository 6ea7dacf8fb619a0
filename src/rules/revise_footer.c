/*
 * Header text and footer: where they go. In place where the message is a single
 * text that can carry them, as parts of its own multipart/mixed, otherwise as
 * parts beside the message, which is wrapped whole and untouched in a new one.
 * Never inside of what somebody signed or encrypted.
 */
#include "base/utf8.h"
#include "mail/mime.h"
#include "rules/revise.h"
#include "rules/revise_wrap.h"
#include "rules/text_scan.h"

/* TEXT with CRLF line ends, the last line ended. */
static struct span lines(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	for (struct span rest = text; rest.p && rest.n > 0;) {
		buf_add(&out, span_cut(&rest, '\n'));
		buf_str(&out, "\r\n");
	}
	return buf_move(&out, arena);
}

static struct span plain_note(const struct revise *r, struct span template)
{
	struct template_values values = revise_values(r);
	return lines(r->arena, template_expand(r->arena, template, &values, TEMPLATE_PLAIN));
}

static uint32_t code_point(struct span character)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)character.p[0] & first[character.n];
	for (size_t i = 1; i < character.n; i++) {
		c = c << 6 | ((unsigned char)character.p[i] & 0x3fu);
	}
	return c;
}

/* Characters as references, so that it fits into every charset. */
static struct span ascii_html(struct arena *arena, struct span html)
{
	struct buf out = BUF_INIT;
	for (size_t n; html.n > 0; html = span_from(html, n)) {
		n = utf8_len(html);
		if (n > 1) {
			buf_printf(&out, "&#%u;", (unsigned)code_point(span_sub(html, 0, n)));
		} else {
			n = 1;
			buf_chr(&out, html.p[0]);
		}
	}
	return buf_move(&out, arena);
}

/* TEXT, lines with CRLF, as a paragraph of its own. */
static struct span html_of_text(struct arena *arena, struct span text)
{
	static const struct span template = SPAN_INIT("{name}");
	struct buf out = BUF_INIT;
	buf_str(&out, "<div>\r\n");
	while (text.n > 0) {
		struct template_values line = { 0 };
		line.v[TEMPLATE_NAME] = span_rtrim(span_line(&text));
		buf_add(&out, template_expand(arena, template, &line, TEMPLATE_HTML));
		buf_str(&out, "<br>\r\n");
	}
	buf_str(&out, "</div>\r\n");
	return buf_move(&out, arena);
}

static struct span html_note(const struct revise *r, struct span template, struct span text)
{
	struct template_values values = revise_values(r);
	if (template.n > 0) {
		struct span html = template_expand(r->arena, template, &values, TEMPLATE_HTML);
		return ascii_html(r->arena, lines(r->arena, html));
	}
	return text.n > 0 ? ascii_html(r->arena, html_of_text(r->arena, text)) : SPAN("");
}

static struct notes make_notes(const struct revise *r)
{
	struct notes n = { 0 };
	n.head = plain_note(r, r->list->header_text);
	n.foot = plain_note(r, r->list->footer);
	n.html_head = html_note(r, r->list->header_html, n.head);
	n.html_foot = html_note(r, r->list->footer_html, n.foot);
	return n;
}

/* Signed or encrypted by somebody: nothing inside may change. */
static bool is_protected(const struct part *p)
{
	static const char *const types[][2] = {
		{ "multipart", "signed" },          { "multipart", "encrypted" },
		{ "application", "pkcs7-mime" },    { "application", "x-pkcs7-mime" },
		{ "application", "pgp-encrypted" },
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (mime_is(&p->type, types[i][0], types[i][1])) {
			return true;
		}
	}
	return mime_is(&p->type, "text", NULL) && text_scan(p).pgp;
}

static bool is_attachment(const struct part *p)
{
	return message_begins(&p->message, "Content-Disposition", SPAN("attachment"));
}

static bool is_single(const struct message *m, const char *name)
{
	return message_count(m, name) <= 1;
}

/* One of the two texts that can be written into, as the list wants it. */
static bool is_text(const struct revise *r, const struct part *p)
{
	bool plain = mime_is(&p->type, "text", "plain");
	bool html = r->list->html_in_place && mime_is(&p->type, "text", "html");
	return (plain || html) && !p->type.broken && !is_attachment(p) &&
	       is_single(&p->message, "Content-Type") &&
	       is_single(&p->message, "Content-Transfer-Encoding");
}

/* Each alternative is a text of its own; all of them or none. */
static bool into_alternatives(struct edits *x, const struct revise *r, const struct part *top,
                              const struct notes *notes)
{
	size_t before = x->n;
	bool ok = r->list->html_in_place && mime_is(&top->type, "multipart", "alternative") &&
	          top->children;
	for (const struct part *p = top->children; ok && p; p = p->next) {
		ok = is_text(r, p) && !is_protected(p) && revise_text(x, r, p, notes);
	}
	if (!ok) {
		x->n = before;
	}
	return ok;
}

/* Is MARK the boundary of a part inside of P, too? Then nobody can say whose a delimiter is. */
static bool is_inside(const struct part *p, struct span mark)
{
	for (const struct part *c = p->children; c; c = c->next) {
		if (span_eq(c->boundary, mark) || is_inside(c, mark)) {
			return true;
		}
	}
	return false;
}

static bool takes_parts(const struct revise *r, const struct mime *mime)
{
	const struct part *top = mime->root;
	return mime_is(&top->type, "multipart", "mixed") && !top->type.broken && !mime->cut &&
	       top->boundary.n > 0 && (top->children || top->closed) &&
	       !is_inside(top, top->boundary) && is_single(r->message, "Content-Type");
}

static void put_notes(struct edits *x, const struct revise *r, const struct mime *mime,
                      const struct notes *notes)
{
	const struct part *top = mime->root;
	bool html = mime_is(&top->type, "text", "html") && !top->type.broken &&
	            (r->list->header_html.n > 0 || r->list->footer_html.n > 0);
	if (is_protected(top)) {
		if (r->list->protected_parts == LIST_PROTECTED_WRAP) {
			revise_wrap(x, r, notes, false);
		}
	} else if (is_text(r, top) && revise_text(x, r, top, notes)) {
		return;
	} else if (takes_parts(r, mime)) {
		revise_add_parts(x, r, top, notes);
	} else if (into_alternatives(x, r, top, notes)) {
		return;
	} else if (r->list->other_parts == LIST_PROTECTED_WRAP ||
	           mime_is(&top->type, "text", "plain")) {
		revise_wrap(x, r, notes, html);
	}
}

void revise_footer(struct edits *x, const struct revise *r)
{
	struct mime mime;
	struct notes notes = make_notes(r);
	if (notes.head.n + notes.foot.n + notes.html_head.n + notes.html_foot.n == 0 ||
	    !mime_parse(r->arena, r->message, &mime, NULL)) {
		return;
	}
	put_notes(x, r, &mime, &notes);
}
