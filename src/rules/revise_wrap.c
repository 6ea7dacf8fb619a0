/* Notes as parts: of the message's own multipart/mixed, or of a new one round it. RFC 2046 5.1. */
#include "rules/revise_wrap.h"

#include "auth/crypto.h"
#include "base/codec.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/mime.h"

#define COLUMNS 76u /* of base64 (RFC 2045 6.8) */

/*
 * Content-* fields describe the body and go with it. Those of the whole message
 * (Content-Length is dropped by revise_all) never count as such.
 */
static bool moves(const struct field *f)
{
	return span_istarts(f->name, SPAN("Content-")) && !span_iis(f->name, "Content-Length");
}

/* A boundary that occurs nowhere in the message: from its own hash, counted on until it is new. */
static struct span boundary(const struct revise *r)
{
	struct digest d;
	struct buf hex = BUF_INIT;
	hash_of(HASH_SHA256, r->message->header, &d);
	codec_hex(&hex, span_sub(digest_span(&d), 0, 12));
	struct span base = buf_move(&hex, r->arena);
	for (unsigned i = 0;; i++) {
		struct span out = arena_printf(r->arena, "=_ladle_%.*s_%u", SPAN_FMT(base), i);
		if (span_find(r->message->raw, out) == SPAN_NONE) {
			return out;
		}
	}
}

/* The encoding of the outer multipart: what its parts need (RFC 2045 6.4: 7bit, 8bit or binary
 * only). */
static struct span outer_encoding(const struct revise *r)
{
	const struct field *f = message_find(r->message, "Content-Transfer-Encoding");
	if (f && mime_encoding(f->value) == MIME_BINARY) {
		return SPAN("Content-Transfer-Encoding: binary\r\n");
	}
	return utf8_ascii(r->message->body) ? SPAN("")
	                                    : SPAN("Content-Transfer-Encoding: 8bit\r\n");
}

static void move_fields(struct edits *x, const struct revise *r, struct buf *part)
{
	for (size_t i = 0; i < r->message->count; i++) {
		const struct field *f = &r->message->fields[i];
		if (moves(f)) {
			buf_add(part, f->raw);
			buf_str(part, span_ends(f->raw, SPAN("\r\n")) ? "" : "\r\n");
			edit_field_drop(x, i);
		}
	}
}

/* Does a line of TEXT end a multipart whose boundary is MARK? */
static bool has_boundary(struct span text, struct span mark)
{
	while (text.n > 0) {
		struct span line = span_line(&text);
		if (span_starts(line, SPAN("--")) && span_starts(span_from(line, 2), mark)) {
			return true;
		}
	}
	return false;
}

/* How TEXT can go its way unharmed. */
static enum mime_encoding choose_encoding(struct span text, struct span mark)
{
	if (has_boundary(text, mark)) {
		return MIME_BASE64;
	}
	if (!utf8_ascii(text)) {
		return MIME_QP;
	}
	while (text.n > 0) {
		struct span line = span_line(&text);
		if (line.n > LIMIT_LINE_OUT || span_starts(line, SPAN("From "))) {
			return MIME_QP;
		}
	}
	return MIME_7BIT;
}

static void add_base64(struct buf *out, struct span text)
{
	struct buf encoded = BUF_INIT;
	codec_base64(&encoded, text);
	for (struct span rest = buf_span(&encoded); rest.n > 0; rest = span_from(rest, COLUMNS)) {
		buf_add(out, span_sub(rest, 0, COLUMNS));
		buf_str(out, rest.n > COLUMNS ? "\r\n" : "");
	}
	buf_free(&encoded);
}

/* TEXT as a part of the multipart with the boundary MARK: header and body, without its last CRLF.
 */
static void note_part(struct buf *out, struct span text, struct span mark, bool html)
{
	static const char *const names[] = {
		[MIME_7BIT] = "7bit", [MIME_QP] = "quoted-printable", [MIME_BASE64] = "base64"
	};
	enum mime_encoding encoding = choose_encoding(text, mark);
	struct span body = span_sub(text, 0, text.n - 2);
	buf_printf(out,
	           "Content-Type: text/%s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n"
	           "Content-Disposition: inline\r\n\r\n",
	           html ? "html" : "plain", utf8_ascii(text) ? "us-ascii" : "utf-8",
	           names[encoding]);
	if (encoding == MIME_BASE64) {
		add_base64(out, text);
	} else if (encoding == MIME_QP) {
		codec_qp(out, body);
	} else {
		buf_add(out, body);
	}
}

static void add_fields(struct edits *x, const struct revise *r, struct span mark)
{
	struct buf out = BUF_INIT;
	if (message_count(r->message, "MIME-Version") == 0) {
		buf_str(&out, "MIME-Version: 1.0\r\n");
	}
	buf_printf(&out, "Content-Type: multipart/mixed;\r\n\tboundary=\"%.*s\"\r\n",
	           SPAN_FMT(mark));
	buf_add(&out, outer_encoding(r));
	for (struct span rest = buf_span(&out); rest.n > 0;) {
		size_t end = 0;
		do { /* one field with its continuation lines */
			end += span_find(span_from(rest, end), SPAN("\r\n")) + 2;
		} while (end < rest.n && rest.p[end] == '\t');
		edit_field_insert(x, r->message->count - 1, span_sub(rest, 0, end));
		rest = span_from(rest, end);
	}
	buf_free(&out);
}

static void insert(struct edits *x, size_t at, struct buf *text)
{
	edit_body(x, at, 0, buf_span(text));
	buf_free(text);
}

void revise_wrap(struct edits *x, const struct revise *r, const struct notes *notes, bool html)
{
	struct span mark = boundary(r);
	struct span above = html ? notes->html_head : notes->head;
	struct span below = html ? notes->html_foot : notes->foot;
	struct buf head = BUF_INIT, tail = BUF_INIT;
	if (above.n + below.n == 0) {
		return;
	}
	if (above.n > 0) {
		buf_printf(&head, "--%.*s\r\n", SPAN_FMT(mark));
		note_part(&head, above, mark, html);
		buf_str(&head, "\r\n");
	}
	buf_printf(&head, "--%.*s\r\n", SPAN_FMT(mark));
	move_fields(x, r, &head);
	buf_str(&head, "\r\n");
	/* The CRLF before a boundary belongs to it, so a last line keeps its own. */
	buf_printf(&tail, "\r\n--%.*s", SPAN_FMT(mark));
	if (below.n > 0) {
		buf_str(&tail, "\r\n");
		note_part(&tail, below, mark, html);
		buf_printf(&tail, "\r\n--%.*s", SPAN_FMT(mark));
	}
	buf_str(&tail, "--\r\n");
	insert(x, 0, &head);
	insert(x, r->message->body.n, &tail);
	add_fields(x, r, mark);
}

/* Where the line begins that ends before AT. */
static size_t line_before(struct span body, size_t at)
{
	size_t lf = at < 2 ? SPAN_NONE : span_rchr(span_sub(body, 0, at - 1), '\n');
	return lf == SPAN_NONE ? 0 : lf + 1;
}

void revise_add_parts(struct edits *x, const struct revise *r, const struct part *mixed,
                      const struct notes *notes)
{
	struct span body = r->message->body, mark = mixed->boundary;
	struct buf head = BUF_INIT, tail = BUF_INIT;
	size_t first = mixed->close_at;
	if (mixed->children) {
		first = line_before(body, (size_t)(mixed->children->raw.p - body.p));
	}
	if (notes->head.n > 0) {
		buf_printf(&head, "--%.*s\r\n", SPAN_FMT(mark));
		note_part(&head, notes->head, mark, false);
		buf_str(&head, "\r\n");
		insert(x, first, &head);
	}
	if (notes->foot.n == 0) {
		return;
	}
	/* Without the closing boundary the last part would lose its last line end to ours. */
	buf_printf(&tail, "%s--%.*s\r\n", mixed->closed ? "" : "\r\n", SPAN_FMT(mark));
	note_part(&tail, notes->foot, mark, false);
	buf_str(&tail, "\r\n");
	if (!mixed->closed) {
		buf_printf(&tail, "--%.*s--\r\n", SPAN_FMT(mark));
	}
	insert(x, mixed->close_at, &tail);
}
