/*
 * The writer of our own mail. Every value passes clean() or a function of mail/word,
 * which does the same, before it is in a field. The boundary is made of the Message-ID,
 * which nobody outside can foresee, and is checked not to occur in what is attached.
 */
#include "mail/compose.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/date.h"
#include "mail/msgid.h"
#include "mail/word.h"

/* Bytes of a display name that are kept. */
#define NAME_BYTES 200
/* Bytes without a space from which on a value is encoded: such a word cannot be folded. */
#define WORD_BYTES 400
/* Identifiers longer than this are no use in an answer; of many only the last are kept. */
#define ID_BYTES         250
#define REFERENCES       20
#define FIELD_NAME_BYTES 76

struct writer {
	struct arena *arena;
	struct buf *out;
	const struct compose *c;
	struct span boundary;
};

/* TEXT without what must not reach a terminal or end a field: a space in its place. */
static struct span clean(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	while (text.n > 0) {
		size_t n = utf8_printable(text);
		if (n > 0) {
			buf_add(&out, span_sub(text, 0, n));
		} else {
			buf_chr(&out, ' ');
			n = utf8_len(text);
		}
		text = span_from(text, n > 0 ? n : 1);
	}
	return span_trim(buf_move(&out, arena));
}

/* Is there a word that no fold can shorten? */
static bool has_long_word(struct span text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		n = ascii_wsp(text.p[i]) ? 0 : n + 1;
		if (n > WORD_BYTES) {
			return true;
		}
	}
	return false;
}

static void field(struct writer *w, struct span name, struct span value)
{
	if (value.n > 0) {
		buf_add(w->out, word_fold(w->arena, name, value));
	}
}

/* Text for people, whatever is in it. */
static void text_field(struct writer *w, struct span name, struct span text)
{
	text = clean(w->arena, text);
	field(w, name,
	      has_long_word(text) ? word_encode_always(w->arena, text)
	                          : word_encode(w->arena, text, false));
}

/* At most MAX bytes of TEXT, whole characters. */
static struct span cut(struct span text, size_t max)
{
	while (max < text.n && max > 0 && ((unsigned char)text.p[max] & 0xc0) == 0x80) {
		max--;
	}
	return span_sub(text, 0, max);
}

static struct span mailbox(struct arena *arena, struct span name, struct span address)
{
	struct span addr;
	if (!addr_path(arena, address, &addr, NULL) || addr.n == 0) {
		return SPAN(
			"undisclosed-recipients:;"); /* RFC 5322 3.6.3: there has to be something */
	}
	return addr_format(arena, cut(clean(arena, name), NAME_BYTES), addr);
}

static bool is_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++) {
		if (!ascii_graph(id.p[i]) || id.p[i] == '<' || id.p[i] == '>') {
			return false;
		}
	}
	return id.n > 0 && id.n <= ID_BYTES;
}

static struct span bracketed(struct arena *arena, struct span id)
{
	return is_id(id) ? arena_join(arena, SPAN("<"), id, SPAN(">"), SPAN_END) : SPAN("");
}

static struct span references(struct arena *arena, struct span value)
{
	struct span *ids;
	struct buf out = BUF_INIT;
	size_t n = msgid_list(arena, value, REFERENCES, &ids);
	for (size_t i = 0; i < n; i++) {
		if (is_id(ids[i])) {
			buf_printf(&out, "%s<%.*s>", out.n > 0 ? " " : "", SPAN_FMT(ids[i]));
		}
	}
	return buf_move(&out, arena);
}

static bool is_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!ascii_graph(name.p[i]) || name.p[i] == ':') {
			return false;
		}
	}
	return name.n > 0 && name.n <= FIELD_NAME_BYTES;
}

static void header(struct writer *w)
{
	const struct compose *c = w->c;
	struct arena *arena = w->arena;
	field(w, SPAN("From"), mailbox(arena, c->from_name, c->from));
	field(w, SPAN("To"), mailbox(arena, SPAN(""), c->to));
	if (c->reply_to.n > 0) {
		field(w, SPAN("Reply-To"), mailbox(arena, SPAN(""), c->reply_to));
	}
	text_field(w, SPAN("Subject"), c->subject);
	field(w, SPAN("Date"), date_format(arena, c->date));
	field(w, SPAN("Message-ID"), bracketed(arena, c->message_id));
	field(w, SPAN("In-Reply-To"), bracketed(arena, c->in_reply_to));
	field(w, SPAN("References"), references(arena, c->references));
	text_field(w, SPAN("Auto-Submitted"), c->auto_submitted);
	field(w, SPAN("List-Id"), bracketed(arena, c->list_id));
	for (size_t i = 0; i < c->nfields; i++) {
		if (is_name(c->fields[i].name)) {
			text_field(w, c->fields[i].name, c->fields[i].value);
		}
	}
	buf_str(w->out, "MIME-Version: 1.0\r\n");
}

/* The text with CRLF, each line ended, and '?' for what a terminal must not see. */
static struct span canonical_text(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	while (text.n > 0) {
		size_t n = utf8_printable(text);
		if (text.p[0] == '\n') {
			buf_str(&out, "\r\n");
		} else if (n > 0 || text.p[0] == '\t') {
			buf_add(&out, span_sub(text, 0, n > 0 ? n : 1));
		} else if (!span_starts(text, SPAN("\r\n"))) {
			buf_chr(&out, '?');
			n = utf8_len(text);
		}
		text = span_from(text, n > 0 ? n : 1);
	}
	if (!span_ends(buf_span(&out), SPAN("\r\n"))) {
		buf_str(&out, "\r\n");
	}
	return buf_move(&out, arena);
}

/* Does TEXT survive the way as it stands? mbox files change lines that begin with "From ". */
static bool is_plain(struct span text)
{
	while (text.n > 0) {
		struct span line = span_line(&text);
		if (line.n > LIMIT_LINE_OUT + 2 || span_starts(line, SPAN("From "))) {
			return false;
		}
	}
	return true;
}

static void text_part(struct writer *w)
{
	struct span text = canonical_text(w->arena, w->c->text);
	bool ascii = utf8_ascii(text);
	buf_printf(w->out, "Content-Type: text/plain; charset=%s\r\n",
	           ascii ? "us-ascii" : "utf-8");
	if (ascii && is_plain(text)) {
		buf_str(w->out, "Content-Transfer-Encoding: 7bit\r\n\r\n");
		buf_add(w->out, text);
	} else {
		buf_str(w->out, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
		codec_qp(w->out, text);
	}
}

static void attach(struct writer *w, const struct compose_part *part)
{
	field(w, SPAN("Content-Type"), clean(w->arena, part->type));
	text_field(w, SPAN("Content-Description"), part->description);
	if (!utf8_ascii(part->bytes)) {
		buf_str(w->out, "Content-Transfer-Encoding: 8bit\r\n");
	}
	buf_str(w->out, "\r\n");
	buf_add(w->out, part->bytes);
}

static bool occurs(const struct compose *c, struct span boundary)
{
	bool found = span_find(c->text, boundary) != SPAN_NONE;
	for (size_t i = 0; !found && i < c->nparts; i++) {
		found = span_find(c->parts[i].bytes, boundary) != SPAN_NONE;
	}
	return found;
}

static struct span choose_boundary(struct arena *arena, const struct compose *c)
{
	char word[40];
	size_t n = 0;
	for (size_t i = 0; i < c->message_id.n && n < sizeof(word); i++) {
		if (ascii_alnum(c->message_id.p[i])) {
			word[n++] = c->message_id.p[i];
		}
	}
	for (unsigned i = 0;; i++) {
		struct span boundary = arena_printf(arena, "=_%.*s_%u", (int)n, word, i);
		if (!occurs(c, boundary)) {
			return boundary;
		}
	}
}

static void multipart(struct writer *w)
{
	const struct compose *c = w->c;
	struct span subtype = c->subtype.n > 0 ? c->subtype : SPAN("mixed");
	w->boundary = choose_boundary(w->arena, c);
	buf_printf(w->out, "Content-Type: multipart/%.*s;", SPAN_FMT(subtype));
	if (c->report_type.n > 0) {
		buf_printf(w->out, " report-type=%.*s;", SPAN_FMT(c->report_type));
	}
	buf_printf(w->out, "\r\n\tboundary=\"%.*s\"\r\n", SPAN_FMT(w->boundary));
	bool ascii = true;
	for (size_t i = 0; i < c->nparts; i++) {
		ascii = ascii && utf8_ascii(c->parts[i].bytes);
	}
	buf_printf(w->out, "%s\r\n--%.*s\r\n", ascii ? "" : "Content-Transfer-Encoding: 8bit\r\n",
	           SPAN_FMT(w->boundary));
	text_part(w);
	for (size_t i = 0; i < c->nparts; i++) {
		buf_printf(w->out, "\r\n--%.*s\r\n", SPAN_FMT(w->boundary));
		attach(w, &c->parts[i]);
	}
	buf_printf(w->out, "\r\n--%.*s--\r\n", SPAN_FMT(w->boundary));
}

void compose_write(struct buf *out, const struct compose *c)
{
	struct writer w = { .arena = arena_new(), .out = out, .c = c };
	header(&w);
	if (c->nparts > 0) {
		multipart(&w);
	} else {
		text_part(&w);
	}
	arena_free(w.arena);
}

bool compose_utf8(const struct compose *c)
{
	return !utf8_ascii(c->from) || !utf8_ascii(c->to) || !utf8_ascii(c->reply_to);
}

bool compose_carries(struct span bytes)
{
	size_t column = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];
		bool crlf = c == '\r' && i + 1 < bytes.n && bytes.p[i + 1] == '\n';
		if (c == '\0' || c == '\n' || (c == '\r' && !crlf) ||
		    (!crlf && ++column > LIMIT_LINE_OUT)) {
			return false;
		}
		if (crlf) {
			column = 0;
			i++;
		}
	}
	return true;
}
