/*
 * Dot-stuffing works on lines that end with CRLF. The check that there are no
 * other LFs is what keeps it right: a dot behind a bare LF would go out
 * unstuffed, and a relay that takes a bare LF for a line end could be made to
 * see the end of the message inside of it, and commands behind.
 */
#include "net/smtp_content.h"

#include <string.h>

/* Longest tail: CRLF, dot, CRLF. */
enum { TAIL = 5 };

static bool strict(struct span s, char before)
{
	const char *at = s.p, *end = s.p + s.n;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		if ((at == s.p ? before : at[-1]) != '\r') {
			return false;
		}
		at++;
	}
	return true;
}

static bool has_eight_bit(struct span s)
{
	uint64_t high = 0x8080808080808080u, word, sum = 0;
	size_t i = 0;

	for (; i + sizeof(word) <= s.n; i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		sum |= word;
	}
	for (; i < s.n; i++) {
		sum |= (unsigned char)s.p[i];
	}
	return sum & high;
}

bool smtp_content_check(const struct segment *segments, size_t count, bool *eight_bit)
{
	char before = '\0';

	*eight_bit = false;
	for (size_t i = 0; i < count; i++) {
		struct span s = segments[i].bytes;

		if (s.n == 0) {
			continue;
		}
		if (!strict(s, before)) {
			return false;
		}
		*eight_bit = *eight_bit || has_eight_bit(s);
		before = s.p[s.n - 1];
	}
	return true;
}

void smtp_content_start(struct smtp_content *c, const struct segment *segments, size_t count)
{
	*c = (struct smtp_content){ .segments = segments, .count = count, .line_start = true };
}

/* Length of the piece at the start of S before the next line that begins with a dot. */
static size_t piece_length(struct span s)
{
	const char *at = s.p, *end = s.p + s.n;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		if (at == end || *at == '.') {
			return (size_t)(at - s.p);
		}
	}
	return s.n;
}

/* A piece of the present segment, one dot more in front if it needs that. */
static size_t take_piece(struct smtp_content *c, char *to, size_t size)
{
	struct span rest = span_from(c->segments->bytes, c->at);
	size_t dot = c->line_start && rest.p[0] == '.' ? 1 : 0;
	size_t n = piece_length(span_sub(rest, 0, size - dot));

	if (dot) {
		to[0] = '.';
	}
	memcpy(to + dot, rest.p, n);
	c->line_start = rest.p[n - 1] == '\n';
	c->at += n;
	return dot + n;
}

static size_t take_tail(struct smtp_content *c, char *to)
{
	static const char tail[TAIL] = { '\r', '\n', '.', '\r', '\n' };
	size_t skip = c->line_start ? 2 : 0;

	memcpy(to, tail + skip, TAIL - skip);
	c->ended = true;
	return TAIL - skip;
}

static void skip_finished(struct smtp_content *c)
{
	while (c->count > 0 && c->at == c->segments->bytes.n) {
		c->segments++;
		c->count--;
		c->at = 0;
	}
}

size_t smtp_content_take(struct smtp_content *c, char *to, size_t size)
{
	size_t n = 0;

	/* With room for the tail there is also room for a dot and a byte. */
	while (!c->ended && size - n >= TAIL) {
		skip_finished(c);
		if (c->count > 0) {
			n += take_piece(c, to + n, size - n);
		} else {
			n += take_tail(c, to + n);
		}
	}
	return n;
}
