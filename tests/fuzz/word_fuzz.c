/* Any bytes: decoding gives clean UTF-8, encoding and folding can be undone. */
#include "base/ascii.h"
#include "base/utf8.h"
#include "mail/message.h"
#include "mail/word.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void check_clean(struct span s)
{
	require(utf8_valid(s));
	for (size_t i = 0; i < s.n; i++) {
		require(!ascii_cntrl(s.p[i]));
	}
}

static void check_words(struct span encoded)
{
	while (encoded.p) {
		struct span word = span_cut(&encoded, ' ');

		require(word.n <= 75 && word_length(word) == word.n);
	}
}

static void check_encode(struct arena *arena, struct span text, bool phrase)
{
	struct span encoded = word_encode(arena, text, phrase);

	require(utf8_ascii(encoded));
	require(span_eq(word_decode(arena, encoded), text));
	if (!utf8_ascii(text) || span_find(text, SPAN("=?")) != SPAN_NONE) {
		check_words(encoded);
	}
}

static void check_fold(struct arena *arena, struct span value)
{
	struct span field = word_fold(arena, SPAN("Name"), value), rest = field;
	struct span want = arena_join(arena, SPAN("Name: "), value, SPAN("\r\n"), SPAN_END);

	require(span_eq(message_unfold(arena, field), want) || value.n == 0);
	while (rest.n > 0) {
		struct span line = span_line(&rest);

		require(span_ends(line, SPAN("\r\n")) && span_trim(line).n > 0);
		/* Longer only where there is no place to fold. */
		require(line.n <= 78 || span_chr(span_trim(span_from(line, 6)), ' ') == SPAN_NONE ||
		        span_rtrim(line).n <= 76);
	}
}

/* The pieces are the text, raw and decoded. */
static void check_pieces(struct arena *arena, struct span text, struct span decoded)
{
	struct word_pieces pieces = word_pieces(arena, text);
	size_t raw = 0, at = 0;

	for (size_t i = 0; i < pieces.n; i++) {
		const struct word_piece *p = &pieces.v[i];

		require(p->raw.p == text.p + raw);
		require(span_eq(p->text, span_sub(decoded, at, at + p->text.n)));
		require(p->words || word_piece_offset(p, p->text.n) == p->raw.n);
		raw += p->raw.n;
		at += p->text.n;
	}
	require(raw == text.n && at == decoded.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena *arena = arena_new();
	struct span decoded = word_decode(arena, text);

	check_clean(decoded);
	check_pieces(arena, text, decoded);
	check_encode(arena, decoded, false);
	check_encode(arena, decoded, true);
	check_fold(arena, decoded);
	word_encode(arena, text, false);
	require(span_rchr(word_fold(arena, SPAN("Name"), text), '\n') != SPAN_NONE);
	arena_free(arena);
	return 0;
}
