/* Any message: what was written in it is clean UTF-8 and not too long. */
#include "rules/reply_text.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "rules/automatic.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct message m;

	if (message_parse(arena, (struct span){ (const char *)data, size }, &m, NULL)) {
		struct span text = reply_text(arena, &m);

		require(text.n <= REPLY_TEXT_MAX && utf8_valid(text));
		require(span_eq(span_trim(text), text));
		for (size_t i = 0; i < text.n; i++) {
			require(!ascii_cntrl(text.p[i]) || text.p[i] == '\n' || text.p[i] == '\t');
		}
		automatic_why(&m, SPAN("x@y.example"));
	}
	arena_free(arena);
	return 0;
}
