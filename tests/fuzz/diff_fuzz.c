/* Two texts, parted by the first NUL: what differs, put in place of what was, gives the new one. */
#include "mail/diff.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static struct span next_line(struct span *rest)
{
	size_t lf = span_chr(*rest, '\n');
	struct span line = span_sub(*rest, 0, lf == SPAN_NONE ? rest->n : lf + 1);

	require(line.n > 0);
	*rest = span_from(*rest, line.n);
	return line;
}

static void check(struct arena *arena, struct span old, struct span new)
{
	struct diff d = diff_lines(arena, old, new);
	struct span old_rest = old, new_rest = new;
	size_t at = 0;

	require((d.n == 0) == span_eq(old, new));
	for (size_t i = 0; i < d.n; i++) {
		require(d.v[i].old_at >= at && d.v[i].old_n + d.v[i].new_n > 0);
		for (; at < d.v[i].old_at; at++) {
			require(span_eq(next_line(&old_rest), next_line(&new_rest)));
		}
		for (size_t k = 0; k < d.v[i].old_n; k++, at++) {
			next_line(&old_rest);
		}
		for (size_t k = 0; k < d.v[i].new_n; k++) {
			next_line(&new_rest);
		}
	}
	require(span_eq(old_rest, new_rest));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span text = { (const char *)data, size }, old = span_cut(&text, '\0');
	struct buf out = BUF_INIT;

	check(arena, old, text);
	diff_unified(arena, &out, SPAN("a"), SPAN("b"), old, text);
	buf_free(&out);
	arena_free(arena);
	return 0;
}
