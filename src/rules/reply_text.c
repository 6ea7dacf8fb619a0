/*
 * Mail programs agree on '>' before what is quoted and on "-- " above a signature, and on
 * little else: the line above a quote, in whatever language, ends in a colon; those that do
 * not quote put a line of dashes or underscores, or the old header.
 */
#include "rules/reply_text.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/mime.h"

/* Bytes of decoded text that are looked at. */
#define LOOK_AT 65536
/* Bytes of the last line of what announces a quote, when that is folded. */
#define FOLDED_MAX 14

static const struct part *first_text(const struct part *p)
{
	while (p) {
		if (p->children) {
			p = p->children;
			continue;
		}
		if (mime_is(&p->type, "text", "plain")) {
			return p;
		}
		while (p && !p->next) {
			p = p->parent;
		}
		p = p ? p->next : NULL;
	}
	return NULL;
}

static struct span decoded(struct arena *arena, const struct message *m)
{
	struct mime mime;
	struct buf out = BUF_INIT;
	const struct part *p = mime_parse(arena, m, &mime, NULL) ? first_text(mime.root) : NULL;
	if (!p) {
		return SPAN("");
	}
	struct span bytes = span_sub(mime_decode(arena, p), 0, LOOK_AT);
	if (!charset_to_utf8(&out, mime_charset(arena, &p->type), bytes)) {
		charset_repair(&out, bytes);
	}
	return buf_move(&out, arena);
}

/* The next line of *REST without its end; lines end in LF or CRLF. */
static struct span next_line(struct span *rest)
{
	struct span line = span_cut(rest, '\n');
	return span_rtrim(line);
}

static bool is_quote(struct span line)
{
	static const struct span marks[] = { SPAN_INIT(">"), SPAN_INIT("-----"), SPAN_INIT("_____"),
		                             SPAN_INIT("|") };
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (span_starts(line, marks[i])) {
			return true;
		}
	}
	return span_istarts(line, SPAN("From: ")) || span_is(line, "--");
}

/* Without the marks of quoting before it. */
static struct span unquoted(struct span line)
{
	while (line.n > 0 && (line.p[0] == '>' || ascii_wsp(line.p[0]))) {
		line = span_from(line, 1);
	}
	return line;
}

static bool is_mark(struct span line)
{
	return span_starts(unquoted(line), SPAN("%%%"));
}

/* Of what is quoted a stranger wrote some: marks there may show where, but not say what. */
static bool between_marks(struct span text, struct buf *out)
{
	bool open = false;
	while (text.p) {
		struct span line = next_line(&text);
		bool quoted = is_quote(line), mark = is_mark(line);
		if (mark && open && out->n > 0) {
			return true;
		}
		if (quoted && line.p[0] != '>') {
			break; /* all below is quoted */
		}
		if (open && !quoted && !mark && line.n + out->n > 0) {
			buf_add(out, line);
			buf_chr(out, '\n');
		}
		open = open != mark;
	}
	buf_clear(out);
	return false;
}

/* Where the last line of TEXT begins. */
static size_t last_line(struct span text)
{
	size_t lf = span_rchr(text, '\n');
	return lf == SPAN_NONE ? 0 : lf + 1;
}

/* "On Friday, Bob wrote:"; folded, "wrote:" stands alone. */
static void drop_announcement(struct buf *out)
{
	struct span text = span_rtrim(buf_span(out));
	if (!span_ends(text, SPAN(":"))) {
		return;
	}
	out->n = last_line(text);
	if (text.n - out->n <= FOLDED_MAX && out->n > 0) {
		out->n = last_line(span_sub(text, 0, out->n - 1));
	}
}

static void above_quote(struct span text, struct buf *out)
{
	bool quoted = false;
	while (text.p && !quoted) {
		struct span line = next_line(&text);
		quoted = is_quote(line);
		if (!quoted) {
			buf_add(out, line);
			buf_chr(out, '\n');
		}
	}
	if (quoted) {
		drop_announcement(out);
	}
}

/* Printable, and not too long; cut at a character. */
static struct span clean(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	text = span_trim(text);
	while (text.n > 0) {
		size_t n = text.p[0] == '\n' || text.p[0] == '\t' ? 1 : utf8_printable(text);
		if (out.n + (n ? n : 1) > REPLY_TEXT_MAX) {
			break;
		}
		buf_add(&out, n > 0 ? span_sub(text, 0, n) : SPAN(""));
		text = span_from(text, n > 0 ? n : 1);
	}
	return span_trim(buf_move(&out, arena));
}

struct span reply_text(struct arena *arena, const struct message *m)
{
	struct buf out = BUF_INIT;
	struct span text = decoded(arena, m);
	if (!between_marks(text, &out)) {
		above_quote(text, &out);
	}
	struct span kept = clean(arena, buf_span(&out));
	buf_free(&out);
	return kept;
}
