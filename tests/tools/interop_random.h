/*
 * Random messages, what lists do to them, and what may befall them after signing. All
 * from one seeded generator, so that a number names a message.
 */
#ifndef LADLE_TESTS_INTEROP_RANDOM_H
#define LADLE_TESTS_INTEROP_RANDOM_H

#include "base/ascii.h"
#include "base/codec.h"
#include "mail/edit.h"

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	/* splitmix64 */
	uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline size_t pick(struct random *r, size_t sides)
{
	return (size_t)(random_next(r) % sides);
}

/* True in N of 100 cases. */
static inline bool chance(struct random *r, size_t n)
{
	return pick(r, 100) < n;
}

#define PICK(r, table) (table)[pick(r, sizeof(table) / sizeof((table)[0]))]

/* ---- messages ---- */

static const char *const random_words[] = {
	"one",  "Two",          "three\xc3\xa4", "=?utf-8?q?f=C3=BCnf?=", "six,",
	"a;b",  "\"quoted\"",   "(comment)",     "\xe6\x97\xa5\xe6\x9c\xac", "\xff\xfe",
	"x=y",  "\\",           "<a@b.example>", "0",                     "\xf0\x9f\x98\x80",
};
static const char *const random_names[] = {
	"Subject",    "To",       "Cc",          "Comments",   "Keywords",     "Comments",
	"References", "Reply-To", "X-Mailer",    "Received",   "Precedence",   "List-Id",
	"Comments",   "sender",   "In-Reply-To", "Received",   "Content-Type", "DKIM-Signature",
	"User-Agent", "ORGANIZATION", "Return-Path", "Auto-Submitted", "Content-Language", "A",
};

static inline void random_value(struct random *r, struct buf *out)
{
	for (size_t n = pick(r, 9); n > 0; n--) {
		static const char *const spaces[] = { " ", " ", " ", "  ", "\t", "\r\n ", "\r\n\t  ", " \r\n " };

		buf_str(out, PICK(r, spaces));
		buf_str(out, PICK(r, random_words));
	}
	if (chance(r, 10)) {
		buf_str(out, " \t");
	}
}

static inline void random_field(struct random *r, struct buf *out)
{
	buf_str(out, PICK(r, random_names));
	buf_str(out, chance(r, 5) ? " :" : ":");
	random_value(r, out);
	buf_str(out, "\r\n");
}

static inline void random_line(struct random *r, struct buf *out)
{
	static const char *const lines[] = {
		"",    ".",   "..",   ".dot", "-- ", "From here", "=3D=", "\t", " trailing \t", "--x",
		"aGVsbG8gd29ybGQ=", "\xc3\xa4\xc3\xb6", "\xff\x80\x01", "\x0c", "> quoted", "{\"h\":1}",
	};

	buf_str(out, PICK(r, lines));
	for (size_t n = chance(r, 50) ? pick(r, 12) : 0; n > 0; n--) {
		buf_str(out, PICK(r, random_words));
		buf_chr(out, ' ');
	}
}

/* Plain, multipart, empty, of empty lines, without a last line end. */
static inline void random_body(struct random *r, struct buf *out)
{
	size_t lines = chance(r, 8) ? 0 : chance(r, 5) ? 300 + pick(r, 700) : pick(r, 25);
	bool multipart = chance(r, 20);

	for (size_t i = 0; i < lines; i++) {
		if (multipart && i % 7 == 0) {
			buf_str(out, "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
		}
		random_line(r, out);
		buf_str(out, "\r\n");
	}
	if (multipart) {
		buf_str(out, "--x--\r\n");
	}
	for (size_t n = chance(r, 20) ? pick(r, 4) : 0; n > 0; n--) {
		buf_str(out, "\r\n");
	}
	if (chance(r, 5)) {
		buf_str(out, "no line end");
	}
}

static inline struct span random_message(struct random *r, struct arena *arena)
{
	static const char *const authors[] = { "a@a.example", "Alice <a@a.example>", "=?utf-8?q?A=C3=A4?=\r\n <b@sub.a.example>",
		                               "\"A, B\" <a@A.Example>", "a@a.example (x)" };
	struct buf out = BUF_INIT;
	size_t fields = pick(r, 14), from = pick(r, fields + 1);

	for (size_t i = 0; i <= fields; i++) {
		if (i == from) {
			buf_printf(&out, "From: %s\r\n", PICK(r, authors));
		} else {
			random_field(r, &out);
		}
	}
	buf_str(&out, "\r\n");
	random_body(r, &out);
	return buf_move(&out, arena);
}

/* ---- what a list does ---- */

/* A place at the start of a line of BODY, or its end. */
static inline size_t random_line_start(struct random *r, struct span body)
{
	size_t at = pick(r, body.n + 1);

	while (at > 0 && at < body.n && !span_ends(span_sub(body, 0, at), SPAN("\r\n"))) {
		at++;
	}
	return at;
}

static inline void random_body_edit(struct random *r, struct edits *x)
{
	struct span body = x->m->body;
	struct buf text = BUF_INIT;
	size_t at = random_line_start(r, body), end = at;

	if (chance(r, 30)) {
		end = random_line_start(r, body);
	}
	if (body.n == 0 || span_ends(body, SPAN("\r\n")) || at < body.n) {
		for (size_t n = pick(r, 3); n > 0; n--) {
			random_line(r, &text);
			buf_str(&text, "\r\n");
		}
	}
	edit_body(x, at, end > at ? end - at : 0, text.n ? buf_span(&text) : SPAN(""));
	buf_free(&text);
}

static inline bool random_own(struct span name)
{
	return span_iis(name, "from") || span_iis(name, "dkim2-signature") ||
	       span_iis(name, "message-instance");
}

static inline void random_header_edit(struct random *r, struct edits *x, size_t i)
{
	struct buf field = BUF_INIT;

	random_field(r, &field);
	if (random_own(x->m->fields[i].name)) {
		edit_field_insert(x, i, buf_span(&field));
	} else if (chance(r, 40)) {
		edit_field_drop(x, i);
	} else if (chance(r, 40)) {
		struct span name = x->m->fields[i].name;

		buf_clear(&field);
		buf_add(&field, name);
		buf_str(&field, ": [list]");
		random_value(r, &field);
		buf_str(&field, "\r\n");
		edit_field_replace(x, i, buf_span(&field));
	} else {
		edit_field_insert(x, i, buf_span(&field));
	}
	buf_free(&field);
}

/* A finished list of edits of M for hop HOP. From becomes the list's in some cases. */
static inline struct edits *random_edits(struct random *r, struct arena *arena,
                                         const struct message *m, size_t hop)
{
	struct edits *x = edit_new(arena, m);
	bool munge = chance(r, 30);

	for (size_t i = 0; i < m->count; i++) {
		if (munge && span_iis(m->fields[i].name, "from")) {
			edit_field_replace(x, i, arena_printf(arena, "From: via list <l@h%zu.example>\r\n", hop));
		} else if (chance(r, 15)) {
			random_header_edit(r, x, i);
		}
	}
	if (chance(r, 60)) {
		edit_field_top(x, SPAN("List-Id"), arena_printf(arena, "<l%zu.h%zu.example>", pick(r, 9), hop));
	}
	if (chance(r, 30)) {
		random_body_edit(r, x);
	} else if (chance(r, 60) && (m->body.n == 0 || span_ends(m->body, SPAN("\r\n")))) {
		edit_body(x, m->body.n, 0, arena_printf(arena, "-- \r\nfooter of h%zu\r\n", hop));
		if (chance(r, 40)) {
			edit_body(x, 0, 0, SPAN("banner\r\n"));
		}
	}
	edit_finish(x, NULL);
	return x;
}

/* ---- what must be noticed ---- */

enum mutation {
	MUTATE_HEADER, MUTATE_BODY, MUTATE_RECIPE, MUTATE_PATH, MUTATE_TIME, MUTATE_ORDER,
	MUTATE_DROP, MUTATE_ADD, MUTATE_LINE, MUTATE_VALUE, MUTATE_NUMBER, MUTATIONS
};
static const char *const mutation_names[MUTATIONS] = {
	"header byte", "body byte", "recipe byte", "mf= byte", "t= digit", "order of fields",
	"field dropped", "field added", "body line added", "signature value", "m= of a signature",
};

/* RAW with [AT, AT + N) replaced. */
static inline struct span spliced(struct arena *arena, struct span raw, size_t at, size_t n,
                                  struct span text)
{
	return arena_join(arena, span_sub(raw, 0, at), text.n ? text : SPAN(""),
	                  at + n < raw.n ? span_from(raw, at + n) : SPAN(""), SPAN_END);
}

static inline struct span changed_byte(struct arena *arena, struct span raw, size_t at)
{
	char c = raw.p[at], other = c == 'q' ? 'p' : 'q';

	if (ascii_digit(c)) {
		other = c == '9' ? '8' : '9';
	}
	return spliced(arena, raw, at, 1, (struct span){ &other, 1 });
}

/* A byte of PART (a part of RAW) that is neither white space nor an end of base64. */
static inline struct span mutate_in(struct random *r, struct arena *arena, struct span raw,
                                    struct span part)
{
	for (int tries = 0; part.n > 0 && tries < 50; tries++) {
		size_t at = (size_t)(part.p - raw.p) + pick(r, part.n);

		if (ascii_graph(raw.p[at]) && raw.p[at] != '=' && raw.p[at] != ';') {
			return changed_byte(arena, raw, at);
		}
	}
	return SPAN_END;
}

/* The value of tag NAME in the field, up to its ';', without the last three bytes. */
static inline struct span tag_part(const struct field *f, const char *name)
{
	struct span rest = f->value;

	while (rest.p) {
		struct span tag = span_cut(&rest, ';'), value = tag;
		struct span key = span_trim(span_cut(&value, '='));

		if (value.p && span_is(key, name)) {
			return span_sub(span_trim(value), 0, span_trim(value).n - 3);
		}
	}
	return SPAN_END;
}

static inline const struct field *random_of(struct random *r, const struct message *m, const char *name)
{
	size_t n = message_count(m, name), at = 0, which = n ? pick(r, n) : 0;
	const struct field *f = NULL;

	for (size_t i = 0; n && i <= which; i++) {
		f = message_next(m, span_str(name), &at);
	}
	return f;
}

#endif
