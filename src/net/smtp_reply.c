/*
 * A reply is lines of "ddd-text", the last "ddd text" or "ddd". Lines end with
 * LF, a CR before it is cut. Enhanced status codes stand in each line (RFC 2034
 * section 4); in the joined text the first is enough.
 */
#include "net/smtp_reply.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <string.h>

void smtp_reply_clear(struct smtp_reply *r)
{
	/* Not the line and the text behind their ends: this is done for every command. */
	r->code = 0;
	r->offers = 0;
	r->text[0] = '\0';
	r->length = 0;
	r->lines = 0;
	r->used = 0;
	r->bytes = 0;
}

/* The next character of *TEXT as it may be printed; moves *TEXT behind it. */
static struct span take_character(struct span *text)
{
	size_t n = utf8_len(*text);
	struct span character = span_sub(*text, 0, n ? n : 1);

	*text = span_from(*text, character.n);
	if (character.p[0] == '\t') {
		return SPAN(" ");
	}
	if (utf8_printable(character) == 0) {
		return SPAN("?");
	}
	return character;
}

size_t smtp_reply_print(char *to, size_t size, struct span text)
{
	size_t n = 0;

	while (text.n > 0) {
		struct span character = take_character(&text);

		if (character.n >= size - n) {
			break;
		}
		memcpy(to + n, character.p, character.n);
		n += character.n;
	}
	to[n] = '\0';
	return n;
}

static void append(struct smtp_reply *r, struct span text)
{
	r->length += smtp_reply_print(r->text + r->length, sizeof(r->text) - r->length, text);
}

/* Length of the enhanced status code "d.d.d " at the start of TEXT, 0 without one. */
static size_t status_length(struct span text)
{
	size_t at = 0;

	for (int part = 0; part < 3; part++) {
		size_t digits = 0;

		while (at < text.n && digits < 3 && ascii_digit(text.p[at])) {
			at++;
			digits++;
		}
		if (digits == 0 || at == text.n || text.p[at] != (part < 2 ? '.' : ' ')) {
			return 0;
		}
		at++;
	}
	return at;
}

/* The text of a line behind the first, added to what there is. */
static void join(struct smtp_reply *r, struct span text)
{
	struct span first = { r->text + 4, r->length < 4 ? 0 : r->length - 4 };
	size_t n = status_length(text);

	if (n > 0 && n == status_length(first) && memcmp(first.p, text.p, n) == 0) {
		text = span_from(text, n);
	}
	if (text.n == 0) {
		return;
	}
	append(r, SPAN(" "));
	append(r, text);
}

static void note_offer(struct smtp_reply *r, struct span text)
{
	static const struct {
		const char *keyword;
		enum smtp_offer offer;
	} rows[] = {
		{ "PIPELINING", SMTP_OFFER_PIPELINING },
		{ "8BITMIME", SMTP_OFFER_8BITMIME },
		{ "SMTPUTF8", SMTP_OFFER_SMTPUTF8 },
		{ "SIZE", SMTP_OFFER_SIZE },
	};
	struct span keyword = span_cut(&text, ' ');

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (span_iis(keyword, rows[i].keyword)) {
			r->offers |= (unsigned)rows[i].offer;
		}
	}
}

/* The code at the start of LINE, 0 when that is none. */
static long code_of(struct span line)
{
	if (line.n < 3 || line.p[0] < '2' || line.p[0] > '5' || !ascii_digit(line.p[1]) ||
	    !ascii_digit(line.p[2])) {
		return 0;
	}
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-') {
		return 0;
	}
	return (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + (line.p[2] - '0');
}

static enum smtp_reply_state broken(struct smtp_reply *r, const char *why, struct span line)
{
	r->code = 0;
	r->length = 0;
	append(r, span_str(why));
	append(r, line);
	return SMTP_REPLY_BROKEN;
}

static enum smtp_reply_state end_line(struct smtp_reply *r, struct span line)
{
	struct span text = span_from(line, 4);

	r->code = code_of(line);
	if (r->code == 0) {
		return broken(r, "not an SMTP reply: ", line);
	}
	if (r->lines == 0) {
		append(r, line);
		if (line.n > 3) {
			r->text[3] = ' ';
		}
	} else {
		note_offer(r, text);
		join(r, text);
	}
	r->lines++;
	r->used = 0;
	return line.n > 3 && line.p[3] == '-' ? SMTP_REPLY_MORE : SMTP_REPLY_DONE;
}

enum smtp_reply_state smtp_reply_feed(struct smtp_reply *r, struct span *in)
{
	enum smtp_reply_state state = SMTP_REPLY_MORE;

	while (state == SMTP_REPLY_MORE && in->n > 0) {
		size_t lf = span_chr(*in, '\n');
		struct span part = span_sub(*in, 0, lf == SPAN_NONE ? in->n : lf + 1);
		size_t room = sizeof(r->line) - r->used, n = part.n < room ? part.n : room;
		struct span line;

		*in = span_from(*in, part.n);
		r->bytes += part.n;
		memcpy(r->line + r->used, part.p, n);
		r->used += n;
		line = (struct span){ r->line, r->used };
		if (r->bytes > SMTP_REPLY_BYTES) {
			state = broken(r, "a reply that does not end: ", line);
		} else if (lf != SPAN_NONE) {
			state = end_line(r, span_rtrim(line));
		}
	}
	return state;
}
