/*
 * Canonical forms. Bodies are streamed: what goes to the hash is decided piece
 * by piece, and what cannot be decided yet (are these line ends the last ones?
 * does this white space end a line?) is kept as a count, never as bytes, so
 * that memory does not grow with the message.
 *
 * Invariants of a running body:
 *   1. everything before the pending part was handed on;
 *   2. the pending part is, in this order: `ends` CRLFs, then at most one of
 *      white space (`space`) and a CR whose LF may still come (`cr`), in this
 *      order; of the relaxed form only, for `space`;
 *   3. only CRLF ends a line; a bare CR or LF is data like any other byte.
 */
#include "auth/canon.h"

#include "base/ascii.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- bodies ---- */

/* Short pieces are gathered: a call into the digest costs as much as 64 bytes of it. */
enum { GATHER = 4096 };

struct canon_body {
	enum canon form;
	struct hash *hash;
	uint64_t limit;  /* octets that are hashed */
	uint64_t length; /* octets there were */
	uint64_t ends;   /* CRLFs pending */
	bool space;      /* white space pending */
	bool cr;         /* a CR pending */
	size_t n;
	char gathered[GATHER];
};

struct canon_body *canon_body_new(enum canon form, enum hash_alg alg, uint64_t limit)
{
	struct canon_body *b = mem_alloc(sizeof(*b));

	b->form = form;
	b->hash = hash_new(alg);
	b->limit = limit;
	return b;
}

static void flush(struct canon_body *b)
{
	hash_add(b->hash, (struct span){ b->gathered, b->n });
	b->n = 0;
}

/* Hand canonical octets on. */
static void emit(struct canon_body *b, struct span s)
{
	uint64_t room = b->limit > b->length ? b->limit - b->length : 0;

	b->length += s.n;
	if (s.n > room) {
		s.n = (size_t)room;
	}
	if (s.n > GATHER - b->n) {
		flush(b);
	}
	if (s.n >= GATHER) {
		hash_add(b->hash, s);
	} else if (s.n) {
		memcpy(b->gathered + b->n, s.p, s.n);
		b->n += s.n;
	}
}

/* Hand on the line ends that turned out not to be the last ones. */
static void emit_ends(struct canon_body *b)
{
	static const struct span ends = SPAN_INIT("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	                                          "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n");

	while (b->ends) {
		uint64_t n = b->ends < ends.n / 2 ? b->ends : ends.n / 2;

		emit(b, span_sub(ends, 0, (size_t)n * 2));
		b->ends -= n;
	}
}

/* Index behind the last byte of S that is not part of the CRLFs at its end. */
static size_t before_ends(struct span s)
{
	size_t n = s.n;

	while (n >= 2 && s.p[n - 1] == '\n' && s.p[n - 2] == '\r') {
		n -= 2;
	}
	return n;
}

/* Hand on all that is pending: a CR that ends no line comes behind it. */
static void emit_cr(struct canon_body *b)
{
	emit_ends(b);
	if (b->space) {
		emit(b, SPAN(" "));
	}
	b->space = false;
	b->cr = false;
	emit(b, SPAN("\r"));
}

/* Settle a CR at the end of the last piece. */
static void settle_cr(struct canon_body *b, struct span *piece)
{
	if (!b->cr) {
		return;
	}
	if (piece->p[0] != '\n') {
		emit_cr(b);
		return;
	}
	*piece = span_from(*piece, 1);
	b->ends++;
	b->space = false;
	b->cr = false;
}

static void add_simple(struct canon_body *b, struct span piece)
{
	size_t content;

	if (piece.n && piece.p[piece.n - 1] == '\r') {
		piece.n--;
		b->cr = true;
	}
	content = before_ends(piece);
	if (content) {
		emit_ends(b);
		emit(b, span_sub(piece, 0, content));
	}
	b->ends += (piece.n - content) / 2;
}

/* Does the byte need a decision in the relaxed form? */
static bool relaxed_special(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* W with the high bit set in each byte that is C, and perhaps in some behind the first. */
static uint64_t bytes_like(uint64_t w, unsigned char c)
{
	const uint64_t ones = UINT64_MAX / 255;

	w ^= ones * c;
	return (w - ones) & ~w & ones << 7;
}

/* Is there a CR, a tab or a second space in the 8 bytes at P? Reads 9. Never a wrong no. */
static bool needs_care(const char *p)
{
	uint64_t here, next;

	memcpy(&here, p, sizeof(here));
	memcpy(&next, p + 1, sizeof(next));
	return bytes_like(here, '\r') | bytes_like(here, '\t') |
	       (bytes_like(here, ' ') & bytes_like(next, ' '));
}

/* A CRLF at AT with neither an empty line nor white space behind it, as far as S tells. */
static bool inner_end(struct span s, size_t at)
{
	return s.n - at > 2 && s.p[at] == '\r' && s.p[at + 1] == '\n' &&
	       !relaxed_special(s.p[at + 2]);
}

/*
 * Length of the start of S, which is no white space and no CR that ends a line,
 * that passes as it is: single spaces and line ends between other bytes do.
 */
static size_t relaxed_run(struct span s)
{
	size_t n = 1, stop;

	while (n < s.n) {
		if (s.n - n > 8 && !needs_care(s.p + n)) {
			n += 8;
			continue;
		}
		stop = s.n - n > 8 ? n + 8 : s.n;
		while (n < stop && !relaxed_special(s.p[n])) {
			n++;
		}
		if (n == stop) {
			continue;
		}
		if (s.p[n - 1] == ' ') {
			break;
		}
		if (s.p[n] == ' ' && n + 1 < s.n && !relaxed_special(s.p[n + 1])) {
			n++;
		} else if (inner_end(s, n)) {
			n += 2;
		} else {
			break;
		}
	}
	/* A space that was passed last is held back: a line end may follow. */
	return s.p[n - 1] == ' ' ? n - 1 : n;
}

/* One CR of PIECE at *AT: a line end, the last byte so far, or data. */
static bool relaxed_cr(struct canon_body *b, struct span piece, size_t *at)
{
	if (*at + 1 == piece.n) {
		b->cr = true;
	} else if (piece.p[*at + 1] == '\n') {
		b->ends++;
		b->space = false;
		++*at;
	} else {
		return false;
	}
	++*at;
	return true;
}

static void add_relaxed(struct canon_body *b, struct span piece)
{
	size_t at = 0, n;

	while (at < piece.n) {
		if (ascii_wsp(piece.p[at])) {
			b->space = true;
			at++;
			continue;
		}
		if (piece.p[at] == '\r' && relaxed_cr(b, piece, &at)) {
			continue;
		}
		emit_ends(b);
		if (b->space) {
			emit(b, SPAN(" "));
		}
		b->space = false;
		n = relaxed_run(span_from(piece, at));
		emit(b, span_sub(piece, at, at + n));
		at += n;
	}
}

void canon_body_add(struct canon_body *b, struct span piece)
{
	if (!piece.n) {
		return;
	}
	settle_cr(b, &piece);
	if (b->form == CANON_SIMPLE) {
		add_simple(b, piece);
	} else {
		add_relaxed(b, piece);
	}
}

/*
 * Empty lines at the end are gone; one CRLF stands there in any case, but for a
 * relaxed body with nothing in it (RFC 6376 3.4.3, 3.4.4).
 */
void canon_body_final(struct canon_body *b, struct digest *out, uint64_t *length)
{
	if (b->cr) {
		emit_cr(b);
	}
	if (b->form == CANON_SIMPLE || b->length) {
		emit(b, SPAN("\r\n"));
	}
	flush(b);
	hash_final(b->hash, out);
	if (length) {
		*length = b->length;
	}
	mem_free(b);
}

void canon_body_hash(enum canon form, enum hash_alg alg, struct span body, struct digest *out)
{
	struct canon_body *b = canon_body_new(form, alg, UINT64_MAX);

	canon_body_add(b, body);
	canon_body_final(b, out, NULL);
}

void canon_segments_hash(enum canon form, enum hash_alg alg, const struct segments *body,
                         struct digest *out)
{
	struct canon_body *b = canon_body_new(form, alg, UINT64_MAX);

	for (size_t i = 0; i < body->n; i++) {
		canon_body_add(b, body->v[i].bytes);
	}
	canon_body_final(b, out, NULL);
}

/* ---- fields ---- */

static void add_lower(struct buf *out, struct span name)
{
	buf_reserve(out, name.n);
	for (size_t i = 0; i < name.n; i++) {
		buf_chr(out, ascii_lower(name.p[i]));
	}
}

/* A CRLF that folds: white space follows. */
static bool folds(struct span s, size_t at)
{
	return at + 2 < s.n && s.p[at] == '\r' && s.p[at + 1] == '\n' && ascii_wsp(s.p[at + 2]);
}

/* Unfolded, each run of WSP one SP, none at either end. */
static void add_relaxed_value(struct buf *out, struct span value)
{
	size_t start = out->n, at = 0, from;
	bool space = false;

	while (at < value.n) {
		if (ascii_wsp(value.p[at])) {
			space = true;
			at++;
			continue;
		}
		if (folds(value, at)) {
			at += 2;
			continue;
		}
		if (space && out->n > start) {
			buf_chr(out, ' ');
		}
		space = false;
		from = at++;
		while (at < value.n && !relaxed_special(value.p[at])) {
			at++;
		}
		buf_add(out, span_sub(value, from, at));
	}
}

static void add_relaxed_field(struct buf *out, struct span name, struct span value)
{
	add_lower(out, name);
	buf_chr(out, ':');
	add_relaxed_value(out, value);
}

void canon_field(struct buf *out, enum canon form, const struct field *f, bool last)
{
	struct span raw = f->raw;

	if (form == CANON_RELAXED) {
		add_relaxed_field(out, f->name, f->value);
	} else {
		if (span_ends(raw, SPAN("\r\n"))) {
			raw.n -= 2;
		}
		buf_add(out, raw);
	}
	if (!last) {
		buf_str(out, "\r\n");
	}
}

/* ---- DKIM2 header hash ---- */

void canon_dkim2_field(struct buf *out, struct span name, struct span value)
{
	add_relaxed_field(out, name, value);
	buf_str(out, "\r\n");
}

bool canon_dkim2_unhashed(struct span name)
{
	static const char *const names[] = {
		"Apparently-To",
		"ARC-Authentication-Results",
		"ARC-Message-Signature",
		"ARC-Seal",
		"Authentication-Results",
		"Delivered-To",
		"DKIM-Signature",
		"DKIM2-Signature",
		"DL-Expansion-History",
		"Message-Instance",
		"Original-Recipient",
		"Received",
		"Return-Path",
		"SIO-Label-History",
		"X400-Received",
		"X400-Trace",
	};

	if (span_istarts(name, SPAN("X-")) || span_istarts(name, SPAN("Received-"))) {
		return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_iis(name, names[i])) {
			return true;
		}
	}
	return false;
}

struct placed {
	struct canon_line line;
	size_t place; /* from the top */
};

static int placed_cmp(const void *va, const void *vb)
{
	const struct placed *a = va, *b = vb;
	int order = span_icmp(a->line.name, b->line.name);

	if (order) {
		return order;
	}
	return a->place > b->place ? -1 : a->place < b->place;
}

struct canon_header canon_dkim2_header(struct arena *arena, const struct field *fields,
                                       size_t count)
{
	struct placed *placed = arena_array(arena, count, sizeof(*placed));
	struct canon_header h = { arena_array(arena, count, sizeof(*h.v)), 0 };

	for (size_t i = 0; i < count; i++) {
		if (canon_dkim2_unhashed(fields[i].name)) {
			continue;
		}
		placed[h.n].line = (struct canon_line){ fields[i].name, fields[i].value };
		placed[h.n++].place = i;
	}
	if (h.n) {
		qsort(placed, h.n, sizeof(*placed), placed_cmp);
	}
	for (size_t i = 0; i < h.n; i++) {
		h.v[i] = placed[i].line;
	}
	return h;
}

void canon_dkim2_header_text(struct buf *out, const struct canon_header *h)
{
	for (size_t i = 0; i < h->n; i++) {
		canon_dkim2_field(out, h->v[i].name, h->v[i].value);
	}
}

void canon_dkim2_header_hash(enum hash_alg alg, const struct canon_header *h, struct digest *out)
{
	struct buf text = BUF_INIT;

	canon_dkim2_header_text(&text, h);
	hash_of(alg, buf_span(&text), out);
	buf_free(&text);
}

/* ---- DKIM2 signature input ---- */

static void add_squeezed(struct buf *out, struct span s)
{
	size_t from = 0;

	for (size_t at = 0; at < s.n; at++) {
		if (!ascii_fws(s.p[at])) {
			continue;
		}
		buf_add(out, span_sub(s, from, at));
		from = at + 1;
	}
	buf_add(out, span_from(s, from));
}

/* "sel:alg:value,sel:alg:value|…" without the values. */
static void add_emptied(struct buf *out, struct span sets)
{
	unsigned colons = 0;

	for (size_t i = 0; i < sets.n; i++) {
		char c = sets.p[i];

		if (c == ',' || c == '|') {
			colons = 0;
		}
		if (colons < 2) {
			buf_chr(out, c);
		}
		colons += c == ':';
	}
}

void canon_dkim2_input(struct buf *out, struct span name, struct span value, bool empty_s)
{
	struct buf squeezed = BUF_INIT;
	struct span rest, tag;

	add_lower(out, name);
	buf_chr(out, ':');
	if (!empty_s) {
		add_squeezed(out, value);
		buf_str(out, "\r\n");
		return;
	}
	add_squeezed(&squeezed, value);
	rest = buf_span(&squeezed);
	while (rest.p) {
		tag = span_cut(&rest, ';');
		if (span_starts(tag, SPAN("s="))) {
			add_emptied(out, tag);
		} else {
			buf_add(out, tag);
		}
		if (rest.p) {
			buf_chr(out, ';');
		}
	}
	buf_free(&squeezed);
	buf_str(out, "\r\n");
}
