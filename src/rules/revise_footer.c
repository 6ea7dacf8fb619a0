/*
 * The footer: in place where the message is a single text/plain whose charset and
 * transfer encoding can carry it, otherwise as a part beside the message, which
 * is wrapped whole and untouched in a new multipart/mixed.
 */
#include "base/codec.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/mime.h"
#include "rules/revise.h"
#include "rules/revise_wrap.h"

/* Columns of base64 text we add (RFC 2045 6.8). */
#define BASE64_COLUMNS 76

/* What a text/plain body is made of. */
struct text_body {
	const struct revise *r;
	struct span body;
	struct span charset;
	enum mime_encoding encoding;
	struct span footer; /* in the body's charset, CRLF line ends, the last line ended */
};

/* The setting's text with CRLF line ends. */
static struct span footer_text(const struct revise *r)
{
	struct buf out = BUF_INIT;
	for (struct span rest = r->list->footer; rest.p && rest.n > 0;) {
		struct span line = span_cut(&rest, '\n');
		buf_add(&out, line);
		buf_str(&out, "\r\n");
	}
	return buf_move(&out, r->arena);
}

static bool ends_line(struct span body)
{
	return body.n == 0 || span_ends(body, SPAN("\r\n"));
}

/* 7bit, 8bit, binary: as it is. */
static bool append_plain(struct edits *x, const struct text_body *t)
{
	bool needs_8bit = !utf8_ascii(t->footer);
	if (needs_8bit && t->encoding == MIME_7BIT) {
		return false;
	}
	edit_body(x, t->body.n, 0,
	          arena_join(t->r->arena, ends_line(t->body) ? SPAN("") : SPAN("\r\n"), t->footer,
	                     SPAN_END));
	return true;
}

static bool append_qp(struct edits *x, const struct text_body *t)
{
	struct buf out = BUF_INIT;
	/* A soft line break at the very end would swallow ours. */
	if (span_ends(span_rtrim(t->body), SPAN("="))) {
		return false;
	}
	buf_str(&out, ends_line(t->body) ? "" : "\r\n");
	codec_qp(&out, t->footer);
	edit_body(x, t->body.n, 0, buf_move(&out, t->r->arena));
	return true;
}

static bool base64_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/';
}

/*
 * Where the last quantum of four characters begins; SPAN_NONE when the text is
 * not plain regular base64 (other characters, padding inside, a broken quantum).
 */
static size_t last_quantum(struct span body)
{
	size_t count = 0, at = SPAN_NONE, padding = 0;
	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];
		if (c == '\r' || c == '\n' || c == ' ' || c == '\t') {
			continue;
		}
		if (count % 4 == 0) {
			at = i;
		}
		padding += c == '=';
		if (c == '=' ? count % 4 < 2 : !base64_char(c) || padding > 0) {
			return SPAN_NONE;
		}
		count++;
	}
	return count % 4 == 0 ? at : SPAN_NONE;
}

static void wrap_lines(struct buf *out, struct span text)
{
	for (size_t at = 0; at < text.n; at += BASE64_COLUMNS) {
		buf_add(out, span_sub(text, at, at + BASE64_COLUMNS));
		buf_str(out, "\r\n");
	}
}

/* The last quantum is decoded, the footer put behind it, and both encoded again; all before keeps
 * its bytes. */
static bool append_base64(struct edits *x, const struct text_body *t)
{
	struct buf plain = BUF_INIT, encoded = BUF_INIT, out = BUF_INIT;
	size_t at = last_quantum(t->body);
	bool empty = span_trim(t->body).n == 0;
	if (!empty && (at == SPAN_NONE || !codec_unbase64(&plain, span_from(t->body, at)))) {
		buf_free(&plain);
		return false;
	}
	size_t from = empty ? t->body.n : at;
	if (plain.n > 0 && plain.p[plain.n - 1] != '\n') {
		buf_str(&plain, "\r\n");
	}
	buf_add(&plain, t->footer);
	codec_base64(&encoded, buf_span(&plain));
	if (from > 0 && t->body.p[from - 1] != '\n') {
		buf_str(&out, "\r\n");
	}
	wrap_lines(&out, buf_span(&encoded));
	edit_body(x, from, t->body.n - from, buf_move(&out, t->r->arena));
	buf_free(&plain);
	buf_free(&encoded);
	return true;
}

/* Signed or encrypted by somebody: nothing inside may change. */
static bool is_protected(const struct mime_type *t, struct span body)
{
	return mime_is(t, "multipart", "signed") || mime_is(t, "multipart", "encrypted") ||
	       mime_is(t, "application", "pkcs7-mime") ||
	       mime_is(t, "application", "x-pkcs7-mime") ||
	       span_starts(body, SPAN("-----BEGIN PGP ")) ||
	       span_find(body, SPAN("\n-----BEGIN PGP ")) != SPAN_NONE;
}

static bool append(struct edits *x, const struct text_body *t)
{
	switch (t->encoding) {
	case MIME_7BIT:
	case MIME_8BIT:
	case MIME_BINARY: return append_plain(x, t);
	case MIME_QP: return append_qp(x, t);
	case MIME_BASE64: return append_base64(x, t);
	case MIME_UNKNOWN: break;
	}
	return false;
}

/* Are line ends in CHARSET what they are in ASCII? Not so in UTF-16 and its kin. */
static bool ascii_compatible(struct span charset)
{
	struct buf probe = BUF_INIT;
	bool same = charset_from_utf8(&probe, charset, SPAN("a\r\n")) &&
	            span_is(buf_span(&probe), "a\r\n");
	buf_free(&probe);
	return same;
}

static bool in_place(struct edits *x, const struct revise *r, const struct mime_type *type,
                     struct span footer)
{
	const struct field *encoding = message_find(r->message, "Content-Transfer-Encoding");
	struct text_body t = { .r = r, .body = r->message->body };
	struct buf text = BUF_INIT;
	if (type->broken || !mime_is(type, "text", "plain") ||
	    message_count(r->message, "Content-Type") > 1 ||
	    message_count(r->message, "Content-Transfer-Encoding") > 1) {
		return false;
	}
	t.charset = mime_charset(r->arena, type);
	t.encoding = encoding ? mime_encoding(encoding->value) : MIME_7BIT;
	bool ok = ascii_compatible(t.charset) && charset_from_utf8(&text, t.charset, footer);
	t.footer = buf_move(&text, r->arena);
	return ok && append(x, &t);
}

void revise_footer(struct edits *x, const struct revise *r)
{
	const struct field *f = message_find(r->message, "Content-Type");
	struct mime_type type = mime_type(r->arena, f ? f->value : SPAN("text/plain"));
	if (r->list->footer.n == 0) {
		return;
	}
	struct span footer = footer_text(r);
	if (is_protected(&type, r->message->body)) {
		if (r->list->protected_parts == LIST_PROTECTED_WRAP) {
			revise_wrap(x, r, footer);
		}
	} else if (!in_place(x, r, &type, footer)) {
		revise_wrap(x, r, footer);
	}
}
