/*
 * Text on the way out: encoded words that hold whole characters, and folding.
 * No line break can get into a field from here: control characters of the
 * text become spaces.
 */
#include "mail/word.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/utf8.h"
#include "mail/charset.h"

#include <string.h>

enum {
	WORD_MAX = 75, /* RFC 2047 section 2 */
	LINE_MAX_COLUMNS = 76,
	PAYLOAD_MAX = WORD_MAX - 12,     /* without "=?utf-8?B?" and "?=" */
	BASE64_MAX = PAYLOAD_MAX / 4 * 3 /* octets that fit as base64 */
};

/* What a field cannot hold. */
static bool control(char c)
{
	return ascii_cntrl(c) && c != '\t';
}

static bool has_control(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (control(text.p[i])) {
			return true;
		}
	}
	return false;
}

/* Does C stand for itself in a Q word? */
static bool q_plain(char c, bool phrase)
{
	if (ascii_alnum(c)) {
		return true;
	}
	if (phrase) {
		return c != '\0' && strchr("!*+-/", c) != NULL;
	}
	return ascii_graph(c) && c != '=' && c != '?' && c != '_';
}

static size_t q_columns(struct span character, bool phrase)
{
	if (character.n == 1 && (character.p[0] == ' ' || q_plain(character.p[0], phrase))) {
		return 1;
	}
	return 3 * character.n;
}

static void q_add(struct buf *out, struct span text, bool phrase)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		unsigned octet = (unsigned char)c;

		if (c == ' ') {
			buf_chr(out, '_');
		} else if (q_plain(c, phrase)) {
			buf_chr(out, c);
		} else {
			buf_chr(out, '=');
			buf_chr(out, digits[octet >> 4]);
			buf_chr(out, digits[octet & 15]);
		}
	}
}

/* How many bytes of TEXT, whole characters, go into one word. */
static size_t word_bytes(struct span text, char how, bool phrase)
{
	const size_t room = how == 'Q' ? PAYLOAD_MAX : BASE64_MAX;
	size_t at = 0, used = 0;

	while (at < text.n) {
		struct span rest = span_from(text, at);
		struct span character = span_sub(rest, 0, utf8_len(rest));
		size_t cost = how == 'Q' ? q_columns(character, phrase) : character.n;

		if (used + cost > room) {
			break;
		}
		used += cost;
		at += character.n;
	}
	return at;
}

/* TEXT, well-formed UTF-8, as words of the kind HOW. */
static void encode(struct buf *out, struct span text, char how, bool phrase)
{
	while (text.n > 0) {
		size_t n = word_bytes(text, how, phrase);
		struct span bytes = span_sub(text, 0, n);

		buf_printf(out, "%s=?utf-8?%c?", out->n ? " " : "", how);
		if (how == 'Q') {
			q_add(out, bytes, phrase);
		} else {
			codec_base64(out, bytes);
		}
		buf_str(out, "?=");
		text = span_from(text, n);
	}
}

/* TEXT with control characters as spaces. */
static struct span spaced(struct arena *arena, struct span text)
{
	char *p = arena_alloc(arena, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		p[i] = control(text.p[i]) ? ' ' : text.p[i];
	}
	return (struct span){ p, text.n };
}

/* TEXT, without control characters, as words. */
static struct span words(struct arena *arena, struct span text, bool phrase)
{
	struct buf clean = BUF_INIT, q = BUF_INIT, b = BUF_INIT;
	bool shorter;

	charset_repair(&clean, text);
	encode(&q, buf_span(&clean), 'Q', phrase);
	encode(&b, buf_span(&clean), 'B', phrase);
	buf_free(&clean);
	shorter = b.n < q.n;
	buf_free(shorter ? &q : &b);
	return buf_move(shorter ? &b : &q, arena);
}

struct span word_encode(struct arena *arena, struct span text, bool phrase)
{
	if (has_control(text)) {
		text = spaced(arena, text);
	}
	if (utf8_ascii(text) && span_find(text, SPAN("=?")) == SPAN_NONE) {
		return text;
	}
	return words(arena, text, phrase);
}

struct span word_encode_always(struct arena *arena, struct span text)
{
	return words(arena, has_control(text) ? spaced(arena, text) : text, false);
}

/* Offset behind the white space (or behind the word) that starts at AT. */
static size_t skip(struct span s, size_t at, bool space)
{
	while (at < s.n && ascii_wsp(s.p[at]) == space) {
		at++;
	}
	return at;
}

struct span word_fold(struct arena *arena, struct span name, struct span value)
{
	struct buf out = BUF_INIT;
	struct span rest = arena_join(arena, SPAN(" "), value, SPAN_END);
	size_t column = name.n + 1;
	bool first = true;

	if (has_control(rest)) {
		rest = spaced(arena, rest);
	}
	buf_add(&out, name);
	buf_chr(&out, ':');
	while (rest.n > 0) {
		size_t space = skip(rest, 0, true);
		size_t n = skip(rest, space, false);
		bool fits = column + n <= LINE_MAX_COLUMNS;

		/* Not before trailing white space: that would be a line of nothing. */
		if (!fits && n > space && !(first && n > LINE_MAX_COLUMNS)) {
			buf_str(&out, "\r\n");
			column = 0;
		}
		buf_add(&out, span_sub(rest, 0, n));
		rest = span_from(rest, n);
		column += n;
		first = false;
	}
	buf_str(&out, "\r\n");
	return buf_move(&out, arena);
}
