/*
 * The writer keeps for each depth only what closes it; whether a comma is due
 * follows from `first`, which is false as soon as something stands at the
 * depth, and so is false again after a close.
 */

#include "base/json.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>

static const struct {
	char byte;
	const char *text;
} short_escapes[] = {
	{ '"', "\\\"" }, { '\\', "\\\\" }, { '\n', "\\n" }, { '\r', "\\r" },
	{ '\t', "\\t" }, { '\b', "\\b" },  { '\f', "\\f" },
};

static void new_line(struct json *j)
{
	if (!j->indent) {
		return;
	}
	buf_chr(j->out, '\n');
	for (unsigned i = 0; i < j->depth; i++) {
		buf_str(j->out, "  ");
	}
}

/* What stands before a key, or before a value that has none. */
static void separate(struct json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (!j->depth) {
		return;
	}
	if (!j->first) {
		buf_chr(j->out, ',');
	}
	new_line(j);
	j->first = false;
}

void json_open(struct json *j, char brace)
{
	assert(j->depth < sizeof(j->closer));
	assert(brace == '{' || brace == '[');
	separate(j);
	buf_chr(j->out, brace);
	j->closer[j->depth++] = brace == '{' ? '}' : ']';
	j->first = true;
}

void json_close(struct json *j)
{
	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	if (!j->first) {
		new_line(j);
	}
	buf_chr(j->out, j->closer[j->depth]);
	j->first = false;
}

/* The code point of the two or three bytes at P; more have none that is escaped. */
static unsigned code_point(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;

	return n == 2 ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu)
	              : (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
}

static void put_escaped(struct json *j, char c)
{
	for (size_t i = 0; i < sizeof(short_escapes) / sizeof(short_escapes[0]); i++) {
		if (short_escapes[i].byte == c) {
			buf_str(j->out, short_escapes[i].text);
			return;
		}
	}
	if (ascii_8bit(c)) {
		buf_str(j->out, "\xef\xbf\xbd");
	} else {
		buf_printf(j->out, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

/*
 * How many bytes at the start of S are written as they are: what a terminal would obey is
 * not, since that is where JSON is often looked at.
 */
static size_t verbatim(struct span s)
{
	size_t n = 0;

	while (n < s.n) {
		char c = s.p[n];
		size_t step = utf8_printable(span_from(s, n));

		if (!step || c == '"' || c == '\\') {
			break;
		}
		n += step;
	}
	return n;
}

/* Write the character at the start of S, which is not written as it is; its length. */
static size_t put_special(struct json *j, struct span s)
{
	size_t n = utf8_len(s);

	if (n < 2) {
		put_escaped(j, s.p[0]);
		return 1;
	}
	buf_printf(j->out, "\\u%04x", code_point(s.p, n));
	return n;
}

static void put_string(struct json *j, struct span s)
{
	buf_chr(j->out, '"');
	while (s.n) {
		size_t n = verbatim(s);

		buf_add(j->out, span_sub(s, 0, n));
		s = span_from(s, n);
		if (!s.n) {
			break;
		}
		s = span_from(s, put_special(j, s));
	}
	buf_chr(j->out, '"');
}

void json_key(struct json *j, const char *key)
{
	assert(j->depth > 0 && j->closer[j->depth - 1] == '}' && !j->after_key);
	separate(j);
	put_string(j, span_str(key));
	buf_str(j->out, j->indent ? ": " : ":");
	j->after_key = true;
}

void json_span(struct json *j, struct span s)
{
	separate(j);
	put_string(j, s);
}

void json_str(struct json *j, const char *s)
{
	if (s) {
		json_span(j, span_str(s));
	} else {
		json_null(j);
	}
}

void json_int(struct json *j, int64_t v)
{
	separate(j);
	buf_printf(j->out, "%" PRId64, v);
}

void json_bool(struct json *j, bool v)
{
	separate(j);
	buf_str(j->out, v ? "true" : "false");
}

void json_null(struct json *j)
{
	separate(j);
	buf_str(j->out, "null");
}

void json_kspan(struct json *j, const char *key, struct span s)
{
	json_key(j, key);
	json_span(j, s);
}

void json_kstr(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_str(j, s);
}

void json_kint(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_kbool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}
