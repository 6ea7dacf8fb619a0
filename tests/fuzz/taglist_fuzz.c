/* Any bytes: a list that parses has distinct names, and reads the same when written again. */
#include "base/buf.h"
#include "mail/taglist.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void check(struct arena *arena, const struct taglist *l)
{
	struct buf text = BUF_INIT;
	struct taglist again;

	require(l->n > 0 && l->n <= LIMIT_TAGS);
	for (size_t i = 0; i < l->n; i++) {
		const char *name = arena_str(arena, l->v[i].name);

		require(taglist_find(l, name) == &l->v[i]);
		buf_str(&text, name);
		buf_chr(&text, '=');
		buf_add(&text, l->v[i].value);
		buf_chr(&text, ';');
		require(span_chr(taglist_squeeze(arena, l->v[i].value), ' ') == SPAN_NONE);
	}
	require(taglist_parse(buf_span(&text), 0, &again, NULL) && again.n == l->n);
	for (size_t i = 0; i < l->n; i++) {
		require(span_eq(again.v[i].value, l->v[i].value));
	}
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena *arena = arena_new();
	struct taglist l;
	bool strict = taglist_parse(text, 0, &l, NULL);

	if (strict) {
		check(arena, &l);
	}
	require(taglist_parse(text, TAGLIST_EMPTY_TAGS, &l, NULL) || !strict);
	if (l.n > 0 && strict) {
		check(arena, &l);
	}
	arena_free(arena);
	return 0;
}
