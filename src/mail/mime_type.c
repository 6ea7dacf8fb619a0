/*
 * Content-Type and its parameters, and what follows from them for one part.
 *
 * A parameter that comes in sections or with a character set (RFC 2231) goes
 * before a plain one of the same name, which then is there for old readers. Of
 * two alike the first counts.
 */
#include "mail/mime.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/limits.h"
#include "mail/cfws.h"
#include "mail/charset.h"

#include <string.h>

enum { SECTIONS_MAX = 100 }; /* of one parameter */

/* token of RFC 2045 5.1 */
static bool token_char(char c)
{
	return ascii_graph(c) && !strchr("()<>@,;:\\\"/[]?=", c);
}

static void skip_blank(struct span *rest)
{
	*rest = cfws_skip(*rest);
}

static struct span take_token(struct span *rest)
{
	struct span token;
	size_t n = 0;

	skip_blank(rest);
	while (n < rest->n && token_char(rest->p[n])) {
		n++;
	}
	token = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	skip_blank(rest);
	return token;
}

static bool take_char(struct span *rest, char c)
{
	if (rest->n == 0 || rest->p[0] != c) {
		return false;
	}
	*rest = span_from(*rest, 1);
	skip_blank(rest);
	return true;
}

/* Offset behind the quoted string at the start of S. */
static size_t quoted_end(struct span s)
{
	size_t n = cfws_quoted(s);

	return n ? n : s.n;
}

/* Move *REST to the next ';' that is in no comment and in no quotes. */
static void skip_to_params(struct span *rest)
{
	skip_blank(rest);
	while (rest->n > 0 && rest->p[0] != ';') {
		*rest = span_from(*rest, rest->p[0] == '"' ? quoted_end(*rest) : 1);
		skip_blank(rest);
	}
}

struct mime_type mime_type(struct arena *arena, struct span value)
{
	struct mime_type t = { .type = SPAN("text"), .subtype = SPAN("plain"), .present = true };
	struct span rest = value, type, subtype;

	(void)arena; /* all of it lies in VALUE */
	type = take_token(&rest);
	t.broken = type.n == 0 || !take_char(&rest, '/');
	subtype = take_token(&rest);
	t.broken = t.broken || subtype.n == 0;
	if (!t.broken) {
		t.type = type;
		t.subtype = subtype;
	}
	skip_to_params(&rest);
	t.params = rest;
	return t;
}

bool mime_is(const struct mime_type *t, const char *type, const char *subtype)
{
	return span_iis(t->type, type) && (!subtype || span_iis(t->subtype, subtype));
}

/* --- parameters ------------------------------------------------------------- */

/* Everything that one parameter's sections have said so far. */
struct sections {
	struct span plain;           /* NAME=, raw */
	struct span v[SECTIONS_MAX]; /* NAME*0, NAME*1*, …, or NAME* as number 0; raw */
	bool extended[SECTIONS_MAX]; /* percent-encoded */
	bool whole;                  /* number 0 came from NAME* */
};

/* More than a token: mailers leave the quotes out. */
static bool value_char(char c)
{
	return !ascii_fws(c) && c != ';' && c != '(';
}

/* A raw value; a quoted string with its quotes. */
static struct span take_value(struct span *rest)
{
	struct span value;
	size_t n = 0;

	if (rest->n > 0 && rest->p[0] == '"') {
		n = quoted_end(*rest);
	} else {
		while (n < rest->n && value_char(rest->p[n])) {
			n++;
		}
	}
	value = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return value;
}

static void add_value(struct buf *out, struct span raw)
{
	if (raw.n == 0 || raw.p[0] != '"') {
		buf_add(out, raw);
		return;
	}
	for (size_t i = 1; i < raw.n && raw.p[i] != '"'; i++) {
		if (raw.p[i] == '\\' && i + 1 < raw.n) {
			i++;
		}
		if (raw.p[i] != '\r' && raw.p[i] != '\n') {
			buf_chr(out, raw.p[i]);
		}
	}
}

static void add_percent(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && codec_unhex(out, span_sub(s, i + 1, i + 3))) {
			i += 2;
		} else {
			buf_chr(out, s.p[i]);
		}
	}
}

/* ATTRIBUTE is "NAME" and what RFC 2231 puts behind it; file VALUE where it belongs. */
static void file_value(struct sections *s, struct span behind, struct span value)
{
	struct span digits;
	uint64_t number = 0;
	bool extended;

	if (behind.n == 0) {
		if (!s->plain.p) {
			s->plain = value;
		}
		return;
	}
	if (behind.p[0] != '*') {
		return;
	}
	extended = behind.p[behind.n - 1] == '*';
	digits = span_sub(behind, 1, extended ? behind.n - 1 : behind.n);
	if (behind.n > 1 && (!span_u64(digits, &number) || number >= SECTIONS_MAX)) {
		return;
	}
	if (s->v[number].p) {
		return;
	}
	s->whole = s->whole || behind.n == 1;
	s->v[number] = value;
	s->extended[number] = extended;
}

/* The next parameter of *REST; what is none is skipped. */
static bool next_param(struct span *rest, struct span *attribute, struct span *value)
{
	while (rest->n > 0) {
		if (!take_char(rest, ';')) {
			skip_to_params(rest);
			continue;
		}
		*attribute = take_token(rest);
		if (take_char(rest, '=')) {
			*value = take_value(rest);
			return true;
		}
	}
	return false;
}

static void collect(struct span params, struct span name, struct sections *out)
{
	struct span rest = params, attribute, value;

	while (next_param(&rest, &attribute, &value)) {
		if (span_istarts(attribute, name)) {
			file_value(out, span_from(attribute, name.n), value);
		}
	}
}

/* The octets of all sections; *CHARSET as the first one names it. */
static void add_sections(struct arena *arena, const struct sections *s, struct buf *out,
                         struct span *charset)
{
	for (size_t i = 0; i < SECTIONS_MAX && s->v[i].p; i++) {
		struct buf text = BUF_INIT;
		struct span rest;

		add_value(&text, s->v[i]);
		rest = buf_move(&text, arena);
		if (i == 0 && s->extended[0] && span_chr(rest, '\'') != SPAN_NONE) {
			*charset = span_cut(&rest, '\'');
			span_cut(&rest, '\''); /* the language */
		}
		if (s->extended[i]) {
			add_percent(out, rest);
		} else {
			buf_add(out, rest);
		}
		if (s->whole) {
			break;
		}
	}
}

static struct span sections_text(struct arena *arena, const struct sections *s)
{
	struct buf octets = BUF_INIT, text = BUF_INIT;
	struct span charset = { NULL, 0 };

	add_sections(arena, s, &octets, &charset);
	if (charset.n == 0 || !charset_to_utf8(&text, charset, buf_span(&octets))) {
		return buf_move(&octets, arena);
	}
	buf_free(&octets);
	return buf_move(&text, arena);
}

struct span mime_param(struct arena *arena, const struct mime_type *t, const char *name)
{
	struct sections s = { .whole = false };
	struct buf out = BUF_INIT;

	collect(t->params, span_str(name), &s);
	if (s.v[0].p) {
		return sections_text(arena, &s);
	}
	add_value(&out, s.plain);
	return buf_move(&out, arena);
}

/* A list of readings that is filled up to MAX. */
struct readings {
	struct span *v;
	size_t n, max;
};

static void add_reading(struct readings *r, struct span text)
{
	for (size_t i = 0; i < r->n; i++) {
		if (span_eq(r->v[i], text)) {
			return;
		}
	}
	if (text.n > 0 && r->n < r->max) {
		r->v[r->n++] = text;
	}
}

/* What a reader takes that knows neither quotes nor white space: all up to the next ';'. */
static struct span sloppy(struct span params, struct span value)
{
	struct span rest = span_from(params, value.p ? (size_t)(value.p - params.p) : params.n);
	struct span text = span_trim(span_sub(rest, 0, span_chr(rest, ';')));

	if (span_starts(text, SPAN("\""))) {
		text = span_from(text, 1);
	}
	return span_ends(text, SPAN("\"")) ? span_sub(text, 0, text.n - 1) : text;
}

size_t mime_param_readings(struct arena *arena, const struct mime_type *t, const char *name,
                           struct span *out, size_t max)
{
	struct readings r = { out, 0, max };
	struct span rest = t->params, attribute, value;
	struct buf joined = BUF_INIT;

	add_reading(&r, mime_param(arena, t, name));
	while (r.n < r.max && next_param(&rest, &attribute, &value)) {
		struct span behind = span_from(attribute, strlen(name));
		struct buf text = BUF_INIT;

		if (!span_istarts(attribute, span_str(name)) ||
		    (behind.n > 0 && behind.p[0] != '*')) {
			continue;
		}
		add_value(&text, value);
		add_percent(&joined, buf_span(&text));
		add_reading(&r, buf_move(&text, arena));
		add_reading(&r, sloppy(t->params, value));
	}
	add_reading(&r, buf_move(&joined, arena));
	return r.n;
}

/* --- what they mean for a part ---------------------------------------------- */

enum mime_encoding mime_encoding(struct span value)
{
	static const struct {
		const char *name;
		enum mime_encoding encoding;
	} names[] = {
		{ "7bit", MIME_7BIT },     { "8bit", MIME_8BIT },
		{ "binary", MIME_BINARY }, { "quoted-printable", MIME_QP },
		{ "base64", MIME_BASE64 },
	};
	struct span rest = value;
	struct span name = take_token(&rest);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_iis(name, names[i].name)) {
			return names[i].encoding;
		}
	}
	return MIME_UNKNOWN;
}

struct span mime_charset(struct arena *arena, const struct mime_type *t)
{
	struct span charset = span_trim(mime_param(arena, t, "charset"));

	if (charset.n == 0) {
		return SPAN("us-ascii");
	}
	return arena_lower(arena, charset);
}

struct span mime_decode(struct arena *arena, const struct part *p)
{
	struct buf out = BUF_INIT;

	if (p->encoding == MIME_QP) {
		codec_unqp(&out, p->body);
	} else if (p->encoding == MIME_BASE64) {
		codec_unbase64_lenient(&out, p->body);
	} else {
		return p->body;
	}
	return buf_move(&out, arena);
}
