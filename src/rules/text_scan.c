/*
 * A text is decoded in windows, because all of it at once would be as much memory
 * as its sender likes. What is looked for may lie across two windows, so that the
 * end of the last one stands before each; before the first stands a line end.
 */
#include "rules/text_scan.h"

#include "base/codec.h"

#define WINDOW  (256u * 1024) /* bytes of encoded text */
#define OVERLAP 32u           /* more than anything that is looked for */

#define SEPARATOR "\r\n-- \r\n"

static bool base64_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/' || c == '=';
}

/* How much of TEXT, at least one byte, can be decoded by itself: whole quanta of base64. */
static size_t whole_quanta(struct span text)
{
	size_t count = 0, end = 0;
	for (size_t i = 0; i < text.n; i++) {
		count += base64_char(text.p[i]);
		if (count % 4 == 0) {
			end = i + 1;
		}
	}
	return end > 0 ? end : text.n;
}

/* The same of quoted-printable: whole lines. */
static size_t whole_lines(struct span text)
{
	size_t lf = span_rchr(text, '\n');
	return lf == SPAN_NONE ? text.n : lf + 1;
}

/* Move the next piece of *REST, decoded, behind what is in OUT. */
static void decode_next(enum mime_encoding encoding, struct span *rest, struct buf *out)
{
	struct span window = span_sub(*rest, 0, WINDOW);
	if (encoding == MIME_BASE64) {
		window.n = window.n < rest->n ? whole_quanta(window) : window.n;
		codec_unbase64_lenient(out, window);
	} else if (encoding == MIME_QP) {
		window.n = window.n < rest->n ? whole_lines(window) : window.n;
		codec_unqp(out, window);
	} else {
		buf_add(out, window);
	}
	*rest = span_from(*rest, window.n);
}

static void look(struct text_scan *s, struct span text)
{
	size_t escape = span_rchr(text, '\x1b');
	s->pgp = s->pgp || span_find(text, SPAN("\n-----BEGIN PGP ")) != SPAN_NONE;
	s->signature = s->signature || span_find(text, SPAN(SEPARATOR)) != SPAN_NONE;
	if (escape != SPAN_NONE) {
		struct span behind = span_from(text, escape + 1);
		s->ends_in_ascii =
			span_starts(behind, SPAN("(B")) || span_starts(behind, SPAN("(J"));
	}
}

struct text_scan text_scan(const struct part *p)
{
	struct text_scan s = { .ends_in_ascii = true };
	struct buf text = BUF_INIT, tail = BUF_INIT;
	buf_str(&text, "\r\n");
	for (struct span rest = p->body; rest.n > 0;) {
		decode_next(p->encoding, &rest, &text);
		look(&s, buf_span(&text));
		buf_clear(&tail);
		buf_add(&tail, span_from(buf_span(&text), text.n > OVERLAP ? text.n - OVERLAP : 0));
		buf_clear(&text);
		buf_add(&text, buf_span(&tail));
	}
	struct span end = buf_span(&text);
	end.n -= span_ends(end, SPAN("\r\n")) ? 2 : 0;
	s.flows_on = span_ends(end, SPAN(" ")) && !span_ends(end, SPAN("\r\n-- "));
	buf_free(&text);
	buf_free(&tail);
	return s;
}
