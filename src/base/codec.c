/*
 * Base64, quoted-printable, hexadecimal and base32. Bodies of megabytes pass
 * through here: the output is reserved once for the worst case and written
 * through a pointer. The value tables hold value + 1, so that 0, which C gives
 * to every byte that is not named, means "not in the alphabet".
 */

#include "base/codec.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <string.h>

#define QP_LINE 76u /* columns, the "=" of a soft break included */

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char hex_digits[] = "0123456789abcdef";
static const char qp_digits[] = "0123456789ABCDEF";

static const unsigned char base64_values[256] = {
	['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,
	['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
	['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
	['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
	['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
	['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
	['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
	['/'] = 64,
};

static const unsigned char hex_values[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Value of a digit; far above every base when C is none. */
static inline uint32_t value_of(const unsigned char *values, char c)
{
	return (uint32_t)values[(unsigned char)c] - 1;
}

/* Take what was written up to END into OUT's length. */
static void finish(struct buf *out, const char *end)
{
	out->n = (size_t)(end - out->p);
	out->p[out->n] = '\0';
}

/* --- base64 --- */

static char *base64_tail(char *w, const unsigned char *p, size_t n)
{
	uint32_t bits = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0);

	*w++ = base64_digits[bits >> 18];
	*w++ = base64_digits[bits >> 12 & 63];
	*w++ = n > 1 ? base64_digits[bits >> 6 & 63] : '=';
	*w++ = '=';
	return w;
}

void codec_base64(struct buf *out, struct span bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t n = bytes.n;
	char *w;

	buf_reserve(out, n / 3 * 4 + 4);
	w = out->p + out->n;
	for (; n >= 3; n -= 3, p += 3, w += 4) {
		uint32_t bits = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

		w[0] = base64_digits[bits >> 18];
		w[1] = base64_digits[bits >> 12 & 63];
		w[2] = base64_digits[bits >> 6 & 63];
		w[3] = base64_digits[bits & 63];
	}
	if (n) {
		w = base64_tail(w, p, n);
	}
	finish(out, w);
}

/* A decoder between two characters: what it has not yet written. */
struct base64_state {
	uint32_t bits;  /* of the digits below, the last one lowest */
	unsigned count; /* digits of an unfinished group of four */
	char *w;        /* where the next byte goes */
};

/* Groups of four digits that stand together; returns how many characters they were. */
static size_t base64_groups(struct base64_state *state, const char *p, size_t n)
{
	char *w = state->w;
	size_t i = 0;

	for (; n - i >= 4; i += 4, w += 3) {
		uint32_t a = value_of(base64_values, p[i]);
		uint32_t b = value_of(base64_values, p[i + 1]);
		uint32_t c = value_of(base64_values, p[i + 2]);
		uint32_t d = value_of(base64_values, p[i + 3]);

		if ((a | b | c | d) > 63) {
			break;
		}
		w[0] = (char)(a << 2 | b >> 4);
		w[1] = (char)(b << 4 | c >> 2);
		w[2] = (char)(c << 6 | d);
	}
	state->w = w;
	return i;
}

static void base64_digit(struct base64_state *state, uint32_t value)
{
	state->bits = state->bits << 6 | value;
	if (++state->count < 4) {
		return;
	}
	*state->w++ = (char)(state->bits >> 16);
	*state->w++ = (char)(state->bits >> 8);
	*state->w++ = (char)state->bits;
	state->count = 0;
}

/* Whole bytes of an unfinished group. */
static void base64_flush(struct base64_state *state)
{
	if (state->count == 2) {
		*state->w++ = (char)(state->bits >> 4);
	}
	if (state->count == 3) {
		*state->w++ = (char)(state->bits >> 10);
		*state->w++ = (char)(state->bits >> 2);
	}
}

/*
 * Digits up to the first character that is neither a digit nor skipped; returns
 * its index. LENIENT skips everything but "=", otherwise white space is skipped.
 */
static size_t base64_digits_of(struct base64_state *state, struct span text, bool lenient)
{
	size_t i = 0;

	while (i < text.n) {
		uint32_t value;

		if (!state->count) {
			i += base64_groups(state, text.p + i, text.n - i);
		}
		if (i == text.n) {
			break;
		}
		value = value_of(base64_values, text.p[i]);
		if (value <= 63) {
			base64_digit(state, value);
		} else if (text.p[i] == '=' || !(lenient || ascii_fws(text.p[i]))) {
			break;
		}
		i++;
	}
	return i;
}

/* Number of "=" when REST holds nothing but them and white space; SIZE_MAX otherwise. */
static size_t count_padding(struct span rest)
{
	size_t count = 0;

	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == '=') {
			count++;
		} else if (!ascii_fws(rest.p[i])) {
			return SIZE_MAX;
		}
	}
	return count;
}

static struct base64_state base64_start(struct buf *out, size_t text_size)
{
	buf_reserve(out, text_size / 4 * 3 + 3);
	return (struct base64_state){ .w = out->p + out->n };
}

bool codec_unbase64(struct buf *out, struct span text)
{
	struct base64_state state = base64_start(out, text.n);
	size_t at = base64_digits_of(&state, text, false);
	size_t padding = count_padding(span_from(text, at));
	unsigned missing = state.count ? 4 - state.count : 0;

	base64_flush(&state);
	finish(out, state.w);
	return padding <= missing && missing != 3;
}

void codec_unbase64_lenient(struct buf *out, struct span text)
{
	struct base64_state state = base64_start(out, text.n);

	base64_digits_of(&state, text, true);
	base64_flush(&state);
	finish(out, state.w);
}

/* The bits of the last digit that no byte uses must be 0: 4 of them with "==", 2 with "=". */
bool codec_base64_canonical(struct span text)
{
	static const uint32_t unused[] = { 0, 3, 15 };
	size_t digits = 0, padding, i;
	uint32_t last = 0;

	for (i = 0; i < text.n; i++) {
		uint32_t value = value_of(base64_values, text.p[i]);

		if (value <= 63) {
			last = value;
			digits++;
		} else if (!ascii_fws(text.p[i])) {
			break;
		}
	}
	padding = count_padding(span_from(text, i));
	return padding <= 2 && (digits + padding) % 4 == 0 && !(last & unused[padding]);
}

/* --- quoted-printable --- */

/* LINE, whose end was cut, without transport's trailing blanks; *SOFT when "=" joined the next. */
static struct span qp_content(struct span line, bool *soft)
{
	while (line.n && ascii_wsp(line.p[line.n - 1])) {
		line.n--;
	}
	*soft = line.n && line.p[line.n - 1] == '=';
	if (*soft) {
		line.n--;
	}
	return line;
}

static char *unqp_line(char *w, struct span s)
{
	while (s.n) {
		size_t at = span_chr(s, '=');
		size_t plain = at == SPAN_NONE ? s.n : at;
		uint32_t high, low;

		memcpy(w, s.p, plain);
		w += plain;
		s = span_from(s, plain);
		if (!s.n) {
			break;
		}
		high = s.n > 2 ? value_of(hex_values, s.p[1]) : UINT32_MAX;
		low = s.n > 2 ? value_of(hex_values, s.p[2]) : UINT32_MAX;
		*w++ = (high | low) > 15 ? '=' : (char)(high << 4 | low);
		s = span_from(s, (high | low) > 15 ? 1 : 3);
	}
	return w;
}

void codec_unqp(struct buf *out, struct span text)
{
	char *w;

	buf_reserve(out, text.n);
	w = out->p + out->n;
	while (text.n) {
		size_t newline = span_chr(text, '\n');
		size_t next = newline == SPAN_NONE ? text.n : newline + 1;
		size_t end = newline == SPAN_NONE ? text.n : newline;
		bool soft;

		if (end < next && end > 0 && text.p[end - 1] == '\r') {
			end--;
		}
		w = unqp_line(w, qp_content(span_sub(text, 0, end), &soft));
		if (!soft) {
			memcpy(w, text.p + end, next - end);
			w += next - end;
		}
		text = span_from(text, next);
	}
	finish(out, w);
}

struct qp {
	struct buf *out;
	size_t column;
};

/* At the end of the text or before its CRLF. */
static bool qp_line_ends(struct span rest)
{
	return !rest.n || (rest.n > 1 && rest.p[0] == '\r' && rest.p[1] == '\n');
}

/* May the character at the start of S stand for itself, at the column that it would get? */
static bool qp_literal(struct span s, size_t column)
{
	if (ascii_wsp(s.p[0])) {
		return !qp_line_ends(span_from(s, 1));
	}
	if (!ascii_graph(s.p[0]) || s.p[0] == '=') {
		return false;
	}
	return column || !(s.p[0] == '.' || span_starts(s, SPAN("From ")));
}

/* The bytes of one character. */
static void qp_encoded(struct buf *out, struct span bytes)
{
	char text[3 * 4];

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		text[3 * i] = '=';
		text[3 * i + 1] = qp_digits[c >> 4];
		text[3 * i + 2] = qp_digits[c & 15];
	}
	buf_add(out, (struct span){ text, 3 * bytes.n });
}

/* One character, all bytes of it on the same line; returns how many it took. */
static size_t qp_character(struct qp *qp, struct span s)
{
	size_t known = utf8_len(s);
	size_t n = known ? known : 1;
	size_t room = qp_line_ends(span_from(s, n)) ? QP_LINE : QP_LINE - 1;
	bool literal = qp_literal(s, qp->column);

	if (qp->column + (literal ? 1 : 3 * n) > room) {
		buf_str(qp->out, "=\r\n");
		qp->column = 0;
		literal = qp_literal(s, 0);
	}
	if (literal) {
		buf_chr(qp->out, s.p[0]);
	} else {
		qp_encoded(qp->out, span_sub(s, 0, n));
	}
	qp->column += literal ? 1 : 3 * n;
	return n;
}

/* Stands for itself inside a line. */
static bool qp_plain(char c)
{
	return (ascii_graph(c) && c != '=') || ascii_wsp(c);
}

/* How many characters at the start of S are surely literal and fit before a soft break. */
static size_t qp_run(struct span s, size_t column)
{
	size_t room = column && column < QP_LINE - 1 ? QP_LINE - 1 - column : 0;
	size_t n = 0;

	if (room > s.n) {
		room = s.n;
	}
	while (n < room && qp_plain(s.p[n])) {
		n++;
	}
	if (n && ascii_wsp(s.p[n - 1]) && qp_line_ends(span_from(s, n))) {
		n--;
	}
	return n;
}

void codec_qp(struct buf *out, struct span text)
{
	struct qp qp = { out, 0 };

	while (text.n) {
		size_t n = qp_run(text, qp.column);

		if (n) {
			buf_add(out, span_sub(text, 0, n));
			qp.column += n;
		} else if (qp_line_ends(text)) {
			buf_str(out, "\r\n");
			qp.column = 0;
			n = 2;
		} else {
			n = qp_character(&qp, text);
		}
		text = span_from(text, n);
	}
}

/* --- hexadecimal --- */

void codec_hex(struct buf *out, struct span bytes)
{
	char *w;

	buf_reserve(out, 2 * bytes.n);
	w = out->p + out->n;
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		*w++ = hex_digits[c >> 4];
		*w++ = hex_digits[c & 15];
	}
	finish(out, w);
}

bool codec_unhex(struct buf *out, struct span text)
{
	if (text.n % 2) {
		return false;
	}
	for (size_t i = 0; i < text.n; i += 2) {
		uint32_t high = value_of(hex_values, text.p[i]);
		uint32_t low = value_of(hex_values, text.p[i + 1]);

		if ((high | low) > 15) {
			return false;
		}
		buf_chr(out, (char)(high << 4 | low));
	}
	return true;
}

/* --- base32 --- */

void codec_base32(struct buf *out, struct span bytes)
{
	uint32_t bits = 0;
	unsigned held = 0; /* bits not yet written */

	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		for (held += 8; held >= 5; held -= 5) {
			buf_chr(out, base32_digits[bits >> (held - 5) & 31]);
		}
	}
	if (held) {
		buf_chr(out, base32_digits[bits << (5 - held) & 31]);
	}
}

static uint32_t base32_value(char c)
{
	c = ascii_lower(c);
	if (c >= 'a' && c <= 'z') {
		return (uint32_t)(c - 'a');
	}
	if (c >= '2' && c <= '7') {
		return (uint32_t)(c - '2') + 26;
	}
	return UINT32_MAX;
}

/* Left-over bits are fewer than a digit and 0 in everything that codec_base32 writes. */
bool codec_unbase32(struct buf *out, struct span text)
{
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint32_t value = base32_value(text.p[i]);

		if (value > 31) {
			return false;
		}
		bits = bits << 5 | value;
		held += 5;
		if (held >= 8) {
			held -= 8;
			buf_chr(out, (char)(bits >> held));
		}
	}
	return held < 5 && !(bits & ((1u << held) - 1));
}
