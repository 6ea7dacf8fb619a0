/*
 * The index over a message. Knows where the header ends and where each field
 * lies; knows nothing of what fields mean.
 *
 * Invariants:
 *   1. header, separator and body are consecutive and together are raw;
 *   2. the fields are consecutive and together are header;
 *   3. every field but the last ends in CRLF, and the last one does too unless
 *      it ends the input.
 */
#include "mail/message.h"

#include "base/ascii.h"
#include "base/limits.h"

#include <string.h>

/* The length of the line at the start of S, its CRLF included. */
static size_t line_length(struct span s)
{
	size_t at = 0;

	while (at < s.n) {
		const char *lf = memchr(s.p + at, '\n', s.n - at);

		if (!lf) {
			break;
		}
		at = (size_t)(lf - s.p) + 1;
		if (at >= 2 && s.p[at - 2] == '\r') {
			return at;
		}
	}
	return s.n;
}

static bool name_char(char c)
{
	return ascii_graph(c) && c != ':';
}

/* The name at the start of S, and in *COLON the place of the colon behind it. */
static bool field_name(struct span s, struct span *name, size_t *colon)
{
	size_t i = 0;

	while (i < s.n && name_char(s.p[i])) {
		i++;
	}
	*name = span_sub(s, 0, i);
	while (i < s.n && ascii_wsp(s.p[i])) {
		i++;
	}
	*colon = i;
	return name->n > 0 && i < s.n && s.p[i] == ':';
}

/*
 * Cut the field at the start of S. False when there is none. Looks for the
 * end of the line only behind a name and colon, so that a body without any
 * line end costs nothing here.
 */
static bool field_cut(struct span s, struct field *f)
{
	size_t colon, end;

	if (!field_name(s, &f->name, &colon)) {
		return false;
	}
	end = line_length(s);
	while (end < s.n && ascii_wsp(s.p[end])) {
		end += line_length(span_from(s, end));
	}
	f->raw = span_sub(s, 0, end);
	if (span_ends(f->raw, SPAN("\r\n"))) {
		end -= 2;
	}
	f->value = span_sub(s, colon + 1, end);
	return true;
}

static bool parse_header(struct arena *arena, struct message *m, struct err *e)
{
	size_t cap = 0, end = 0;
	struct field field;

	while (field_cut(span_from(m->raw, end), &field)) {
		end += field.raw.n;
		if (end > LIMIT_HEADER) {
			return err_set(e, ERR_PERMANENT, "5.3.4", "header over %u bytes",
			               LIMIT_HEADER);
		}
		if (m->count == LIMIT_FIELDS) {
			return err_set(e, ERR_PERMANENT, "5.3.4", "header over %u fields",
			               LIMIT_FIELDS);
		}
		*ARENA_PUSH(arena, m->fields, m->count, cap) = field;
	}
	m->header = span_sub(m->raw, 0, end);
	return true;
}

/* One byte in each of the eight of a word. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t word_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* 0x80 in exactly those bytes of WORD that are BYTE: no carry leaves a byte. */
static uint64_t equal_bytes(uint64_t word, unsigned char byte)
{
	uint64_t x = word ^ EACH(byte);

	return ~(((x & EACH(0x7f)) + EACH(0x7f)) | x | EACH(0x7f));
}

/*
 * Sets bare and nul. A bare CR or LF is a pair of neighbours of which only one
 * belongs to a CRLF. This reads all of every message, so eight pairs at a time
 * and without branches.
 */
static void scan(struct message *m)
{
	const char *p = m->raw.p;
	size_t n = m->raw.n, i = 0;
	uint64_t bare = 0, nul = 0;

	if (n == 0) {
		return;
	}
	for (; n - i > 8; i += 8) {
		uint64_t here = word_at(p + i), next = word_at(p + i + 1);

		bare |= equal_bytes(here, '\r') ^ equal_bytes(next, '\n');
		nul |= equal_bytes(here, '\0');
	}
	for (; i < n - 1; i++) {
		bare |= (p[i] == '\r') != (p[i + 1] == '\n');
		nul |= p[i] == '\0';
	}
	m->bare = bare || p[0] == '\n' || p[n - 1] == '\r';
	m->nul = nul || p[n - 1] == '\0';
}

bool message_parse(struct arena *arena, struct span raw, struct message *m, struct err *e)
{
	struct span rest;

	*m = (struct message){ .raw = raw };
	if (!parse_header(arena, m, e)) {
		return false;
	}
	rest = span_from(raw, m->header.n);
	m->separator = span_sub(rest, 0, span_starts(rest, SPAN("\r\n")) ? 2 : 0);
	m->body = span_from(rest, m->separator.n);
	scan(m);
	return true;
}

const struct field *message_next(const struct message *m, struct span name, size_t *at)
{
	while (*at < m->count) {
		const struct field *f = &m->fields[(*at)++];

		if (span_ieq(f->name, name)) {
			return f;
		}
	}
	return NULL;
}

const struct field *message_find(const struct message *m, const char *name)
{
	size_t at = 0;

	return message_next(m, span_str(name), &at);
}

bool message_begins(const struct message *m, const char *name, struct span prefix)
{
	const struct field *f = message_find(m, name);

	return f && span_istarts(span_trim(f->value), prefix);
}

size_t message_count(const struct message *m, const char *name)
{
	size_t at = 0, count = 0;

	while (message_next(m, span_str(name), &at)) {
		count++;
	}
	return count;
}

static bool fold_at(struct span s, size_t i)
{
	return s.n - i > 2 && s.p[i] == '\r' && s.p[i + 1] == '\n' && ascii_wsp(s.p[i + 2]);
}

struct span message_unfold(struct arena *arena, struct span value)
{
	char *out;
	size_t n = 0, i = 0;

	if (span_find(value, SPAN("\r\n")) == SPAN_NONE) {
		return value;
	}
	out = arena_alloc(arena, value.n);
	while (i < value.n) {
		if (fold_at(value, i)) {
			i += 2;
		} else {
			out[n++] = value.p[i++];
		}
	}
	return (struct span){ out, n };
}

struct span message_text(struct arena *arena, const struct field *f)
{
	if (!f) {
		return (struct span){ NULL, 0 };
	}
	return span_trim(message_unfold(arena, f->value));
}
