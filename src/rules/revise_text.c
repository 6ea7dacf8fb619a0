/*
 * Text put into a text part where it is. The bytes of the part stay as they are:
 * base64 is taken up again at its last quantum, quoted-printable and plain text go
 * on behind their last line. What cannot be carried so (a character that the
 * charset has not, 8-bit text in 7bit, a transfer encoding that is not regular) is
 * left to the caller, who has other ways.
 */
#include "rules/revise_text.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "rules/text_scan.h"

#define BASE64_COLUMNS 76 /* RFC 2045 6.8 */

/* A line that a change goes through is in the recipe as a literal; a longer one is not touched. */
#define LITERAL_MAX 1000u

struct text {
	const struct revise *r;
	struct edits *x;
	struct span body;
	size_t at; /* of the body in the message's */
	enum mime_encoding encoding;
	struct span head, foot;  /* in the body's charset, lines ended by CRLF */
	size_t head_at, foot_at; /* offsets in the body */
};

static void insert(const struct text *t, size_t at, size_t drop, struct span text)
{
	edit_body(t->x, t->at + at, drop, text);
}

static bool line_start(struct span body, size_t at)
{
	return at == 0 || span_ends(span_sub(body, 0, at), SPAN("\r\n"));
}

/* Length of the line that AT is in. */
static size_t line_length(struct span body, size_t at)
{
	size_t before = span_rchr(span_sub(body, 0, at), '\n');
	size_t from = before == SPAN_NONE ? 0 : before + 1;
	size_t behind = span_chr(span_from(body, at), '\n');
	return (behind == SPAN_NONE ? body.n : at + behind) - from;
}

/* Can a cut be made at AT with a recipe of few bytes? */
static bool cheap(struct span body, size_t at)
{
	return line_start(body, at) || at == body.n || line_length(body, at) <= LITERAL_MAX;
}

static bool long_lines(struct span text)
{
	while (text.n > 0) {
		if (span_line(&text).n > LIMIT_LINE_OUT + 2) {
			return true;
		}
	}
	return false;
}

/* --- transfer encodings ------------------------------------------------------ */

static void insert_lines(const struct text *t, size_t at, struct span text)
{
	struct span before = line_start(t->body, at) ? SPAN("") : SPAN("\r\n");
	if (text.n > 0) {
		insert(t, at, 0, arena_join(t->r->arena, before, text, SPAN_END));
	}
}

/* 7bit, 8bit, binary: as it is. */
static bool put_plain(const struct text *t)
{
	bool ascii = utf8_ascii(t->head) && utf8_ascii(t->foot);
	if ((!ascii && t->encoding == MIME_7BIT) || long_lines(t->head) || long_lines(t->foot)) {
		return false;
	}
	insert_lines(t, t->head_at, t->head);
	insert_lines(t, t->foot_at, t->foot);
	return true;
}

static struct span quoted(const struct text *t, struct span text)
{
	struct buf out = BUF_INIT;
	codec_qp(&out, text);
	return buf_move(&out, t->r->arena);
}

static bool put_qp(const struct text *t)
{
	/* A soft line break at the very end would swallow ours. */
	if (t->foot.n > 0 && span_ends(span_rtrim(span_sub(t->body, 0, t->foot_at)), SPAN("="))) {
		return false;
	}
	insert_lines(t, t->head_at, quoted(t, t->head));
	insert_lines(t, t->foot_at, quoted(t, t->foot));
	return true;
}

static bool base64_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/';
}

/*
 * Where the last quantum of four characters begins; SPAN_NONE when the text is
 * not plain regular base64 (other characters, padding inside, a broken quantum, a
 * bare CR, which another edit takes out).
 */
static size_t last_quantum(struct span body)
{
	size_t count = 0, at = SPAN_NONE, padding = 0;
	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];
		if (c == '\r' && !span_starts(span_from(body, i), SPAN("\r\n"))) {
			return SPAN_NONE;
		}
		if (ascii_fws(c)) {
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

static void add_base64(struct buf *out, struct span plain)
{
	struct buf encoded = BUF_INIT;
	codec_base64(&encoded, plain);
	for (size_t at = 0; at < encoded.n; at += BASE64_COLUMNS) {
		buf_add(out, span_sub(buf_span(&encoded), at, at + BASE64_COLUMNS));
		buf_str(out, "\r\n");
	}
	buf_free(&encoded);
}

/* Whole quanta, so that what follows needs no change: empty lines fill the last one. */
static void put_base64_head(const struct text *t)
{
	struct buf plain = BUF_INIT, out = BUF_INIT;
	size_t fill = t->head.n % 3;
	buf_add(&plain, t->head);
	while (t->head.n > 0 && fill-- > 0) {
		buf_str(&plain, "\r\n");
	}
	add_base64(&out, buf_span(&plain));
	insert(t, 0, 0, buf_move(&out, t->r->arena));
	buf_free(&plain);
}

/* The last quantum is decoded, the text put behind it, and both encoded again. */
static bool put_base64_foot(const struct text *t, size_t from)
{
	struct buf plain = BUF_INIT, out = BUF_INIT;
	if (!codec_unbase64(&plain, span_from(t->body, from))) {
		buf_free(&plain);
		return false;
	}
	if (plain.n > 0 && plain.p[plain.n - 1] != '\n') {
		buf_str(&plain, "\r\n");
	}
	buf_add(&plain, t->foot);
	buf_str(&out, from > 0 && t->body.p[from - 1] != '\n' ? "\r\n" : "");
	add_base64(&out, buf_span(&plain));
	insert(t, from, t->body.n - from, buf_move(&out, t->r->arena));
	buf_free(&plain);
	return true;
}

static bool put_base64(const struct text *t)
{
	bool empty = span_trim(t->body).n == 0;
	size_t from = empty ? t->body.n : last_quantum(t->body);
	if (from == SPAN_NONE || !cheap(t->body, from)) {
		return false;
	}
	put_base64_head(t);
	return t->foot.n == 0 || put_base64_foot(t, from);
}

static bool put_encoded(const struct text *t)
{
	switch (t->encoding) {
	case MIME_7BIT:
	case MIME_8BIT:
	case MIME_BINARY: return put_plain(t);
	case MIME_QP: return put_qp(t);
	case MIME_BASE64: return put_base64(t);
	case MIME_UNKNOWN: break;
	}
	return false;
}

/* --- text/plain -------------------------------------------------------------- */

/* RFC 3676: what would be read as quoted or stuffed is stuffed, and no line of ours flows on. */
static struct span as_flowed(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	while (text.n > 0) {
		struct span line = span_rtrim(span_line(&text));
		bool stuff = span_starts(line, SPAN(" ")) || span_starts(line, SPAN(">")) ||
		             span_starts(line, SPAN("From "));
		buf_str(&out, stuff ? " " : "");
		buf_add(&out, line);
		buf_str(&out, span_is(line, "--") ? " \r\n" : "\r\n");
	}
	return buf_move(&out, arena);
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

#define SEPARATOR "-- \r\n"

/* Two signature separators would be one too many: behind the author's, ours is an empty line. */
static struct span one_separator(struct arena *arena, struct span foot)
{
	if (!span_starts(foot, SPAN(SEPARATOR))) {
		return foot;
	}
	return arena_join(arena, SPAN("\r\n"), span_from(foot, sizeof(SEPARATOR) - 1), SPAN_END);
}

static bool convert(struct arena *arena, struct span charset, struct span *text)
{
	struct buf out = BUF_INIT;
	bool ok = charset_from_utf8(&out, charset, *text);
	*text = buf_move(&out, arena);
	return ok;
}

static bool put_into_plain(struct text *t, const struct part *p, const struct notes *notes)
{
	struct arena *a = t->r->arena;
	struct span charset = mime_charset(a, &p->type);
	struct text_scan scan = text_scan(p);
	bool flowed = span_iis(mime_param(a, &p->type, "format"), "flowed");
	t->head = notes->head;
	t->foot = scan.signature ? one_separator(a, notes->foot) : notes->foot;
	if (flowed) {
		t->head = as_flowed(a, t->head);
		t->foot = as_flowed(a, t->foot);
	}
	/* A paragraph that flows on at the very end is ended by an empty line. */
	if (flowed && t->foot.n > 0 && scan.flows_on) {
		t->foot = arena_join(a, SPAN("\r\n"), t->foot, SPAN_END);
	}
	t->foot_at = t->body.n;
	return ascii_compatible(charset) && scan.ends_in_ascii && convert(a, charset, &t->head) &&
	       convert(a, charset, &t->foot) && put_encoded(t);
}

/* --- text/html --------------------------------------------------------------- */

/* Behind the tag <body…>; 0 without one, also when it is not all on one line. */
static size_t behind_body_tag(struct span body)
{
	size_t at = span_ifind(body, SPAN("<body"));
	struct span rest = span_from(body, at == SPAN_NONE ? body.n : at);
	struct span line = span_line(&rest);
	size_t end = span_chr(line, '>');
	return end == SPAN_NONE ? 0 : at + end + 1;
}

/* Before the last </body>; the end without one. */
static size_t before_body_end(struct span body)
{
	size_t found = body.n;
	for (size_t at = 0, next; at < body.n; at += next + 1) {
		next = span_ifind(span_from(body, at), SPAN("</body"));
		if (next == SPAN_NONE) {
			break;
		}
		found = at + next;
	}
	return found;
}

static bool put_into_html(struct text *t, const struct part *p, const struct notes *notes)
{
	t->head = notes->html_head;
	t->foot = notes->html_foot;
	t->foot_at = t->body.n;
	/* Tags cannot be found in base64; readers take what stands outside of them, too. */
	if (p->encoding != MIME_BASE64) {
		size_t head = behind_body_tag(t->body), foot = before_body_end(t->body);
		t->head_at = cheap(t->body, head) ? head : 0;
		t->foot_at = foot >= head && cheap(t->body, foot) ? foot : t->body.n;
	}
	return ascii_compatible(mime_charset(t->r->arena, &p->type)) && put_encoded(t);
}

bool revise_text(struct edits *x, const struct revise *r, const struct part *p,
                 const struct notes *notes)
{
	size_t before = x->n;
	struct text t = { .r = r,
		          .x = x,
		          .body = p->body,
		          .at = (size_t)(p->body.p - r->message->body.p),
		          .encoding = p->encoding };
	bool ok = mime_is(&p->type, "text", "html") ? put_into_html(&t, p, notes)
	                                            : put_into_plain(&t, p, notes);
	if (!ok) {
		x->n = before;
	}
	return ok;
}
