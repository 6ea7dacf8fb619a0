/*
 * Encoded words told apart from what stands round them. Where a run of words
 * may be cut is not asked of the character sets: two neighbours are one piece
 * when together they decode to something else than each by itself, which is so
 * for a character split between them and for a shift state that goes on.
 */
#include "mail/word.h"

#include "base/utf8.h"
#include "mail/charset.h"

#define BAD "\xef\xbf\xbd" /* U+FFFD */

struct cutter {
	struct arena *arena;
	struct word_pieces out;
	size_t cap;
	unsigned words; /* so far */
};

/* GAP: bytes of RAW before a word that decoding drops. */
static void push(struct cutter *c, struct span raw, size_t gap, bool words)
{
	struct word_piece piece = { raw, word_decode(c->arena, span_from(raw, gap)), words };

	if (raw.n > 0) {
		*ARENA_PUSH(c->arena, c->out.v, c->out.n, c->cap) = piece;
	}
}

/* Length of the encoded word at the start of TEXT that decodes, else 0. */
static size_t word_here(struct cutter *c, struct span text)
{
	size_t n = word_length(text);
	struct span raw = span_sub(text, 0, n);
	struct buf as_text = BUF_INIT;
	bool decodes;

	charset_repair(&as_text, raw);
	decodes = !span_eq(word_decode(c->arena, raw), buf_span(&as_text));
	buf_free(&as_text);
	return decodes ? n : 0;
}

/* Where the next such word at or behind AT begins, or the end; *N is its length. */
static size_t next_word(struct cutter *c, struct span text, size_t at, size_t *n)
{
	while (at < text.n) {
		size_t next = span_find(span_from(text, at), SPAN("=?"));

		if (next == SPAN_NONE) {
			break;
		}
		at += next;
		*n = word_here(c, span_from(text, at));
		if (*n > 0) {
			return at;
		}
		at += 2;
	}
	*n = 0;
	return text.n;
}

static bool blank(struct span s)
{
	return span_trim(s).n == 0;
}

/* Does TEXT decode to what its two halves, cut at AT, decode to? */
static bool separable(struct cutter *c, struct span text, size_t at)
{
	struct span a = word_decode(c->arena, span_sub(text, 0, at));
	struct span b = word_decode(c->arena, span_trim(span_from(text, at)));

	/* Two halves of one character may be no more together than they are apart. */
	if (span_ends(a, SPAN(BAD)) || span_starts(b, SPAN(BAD))) {
		return false;
	}
	return span_eq(word_decode(c->arena, text),
	               arena_join(c->arena, a.n ? a : SPAN(""), b.n ? b : SPAN(""), SPAN_END));
}

/* A run of words begins at AT, the first one N bytes long. Returns where it ends. */
static size_t run(struct cutter *c, struct span text, size_t at, size_t n)
{
	size_t from = at, word = at, end = at + n;

	for (;;) {
		size_t next_n, next = next_word(c, text, end, &next_n);

		if (next_n == 0 || !blank(span_sub(text, end, next))) {
			break;
		}
		if (++c->words >= WORD_PIECES_WORDS) {
			push(c, span_from(text, from), word - from, true);
			return text.n;
		}
		if (separable(c, span_sub(text, word, next + next_n), end - word)) {
			push(c, span_sub(text, from, end), word - from, true);
			from = end;
			word = next;
		}
		end = next + next_n;
	}
	push(c, span_sub(text, from, end), word - from, true);
	return end;
}

struct word_pieces word_pieces(struct arena *arena, struct span text)
{
	struct cutter c = { .arena = arena };
	size_t done = 0;

	while (done < text.n) {
		size_t n, at = next_word(&c, text, done, &n);

		push(&c, span_sub(text, done, at), 0, false);
		done = n > 0 ? run(&c, text, at, n) : text.n;
		if (++c.words >= WORD_PIECES_WORDS && done < text.n) {
			push(&c, span_from(text, done), 0, true);
			done = text.n;
		}
	}
	return c.out;
}

size_t word_piece_offset(const struct word_piece *p, size_t at)
{
	size_t raw = 0, text = 0;

	while (raw < p->raw.n && text < at) {
		size_t n = utf8_len(span_from(p->raw, raw));

		/* What is no UTF-8 was read as U+FFFD, three bytes for one. */
		text += n > 0 ? n : 3;
		if (text > at) {
			break;
		}
		raw += n > 0 ? n : 1;
	}
	return raw;
}
