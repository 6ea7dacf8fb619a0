/* Wrapping a message that cannot be appended to. RFC 2046 5.1. */
#include "rules/revise_wrap.h"

#include "auth/crypto.h"
#include "base/codec.h"
#include "base/utf8.h"
#include "mail/mime.h"

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

static void footer_part(struct buf *out, struct span footer)
{
	bool ascii = utf8_ascii(footer);
	buf_printf(out,
	           "Content-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: %s\r\n"
	           "Content-Disposition: inline\r\n\r\n",
	           ascii ? "us-ascii" : "utf-8", ascii ? "7bit" : "quoted-printable");
	if (ascii) {
		buf_add(out, footer);
	} else {
		codec_qp(out, footer);
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

void revise_wrap(struct edits *x, const struct revise *r, struct span footer)
{
	struct span mark = boundary(r);
	struct span body = r->message->body;
	struct buf head = BUF_INIT, tail = BUF_INIT;
	buf_printf(&head, "--%.*s\r\n", SPAN_FMT(mark));
	move_fields(x, r, &head);
	buf_str(&head, "\r\n");
	/* The CRLF before a boundary belongs to it, so a last line keeps its own. */
	buf_printf(&tail, "\r\n--%.*s\r\n", SPAN_FMT(mark));
	footer_part(&tail, footer);
	buf_printf(&tail, "\r\n--%.*s--\r\n", SPAN_FMT(mark));
	edit_body(x, 0, 0, arena_copy(r->arena, buf_span(&head)));
	edit_body(x, body.n, 0, arena_copy(r->arena, buf_span(&tail)));
	add_fields(x, r, mark);
	buf_free(&head);
	buf_free(&tail);
}
