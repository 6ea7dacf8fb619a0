/* Any bytes: what was parsed tiles the input, and bare and nul tell the truth. */
#include "mail/message.h"
#include "mail/msgid.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static bool has_bare(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r')) {
			return true;
		}
		if (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n')) {
			return true;
		}
	}
	return false;
}

static void check(struct arena *arena, const struct message *m)
{
	size_t at = 0;

	for (size_t i = 0; i < m->count; i++) {
		const struct field *f = &m->fields[i];

		require(f->raw.p == m->raw.p + at && f->name.p == f->raw.p && f->name.n > 0);
		require(f->value.p + f->value.n <= f->raw.p + f->raw.n);
		require(f->value.p[-1] == ':');
		require(span_find(message_unfold(arena, f->value), SPAN("\r\n ")) == SPAN_NONE ||
		        span_find(f->value, SPAN("\r\r\n ")) != SPAN_NONE);
		at += f->raw.n;
		require(at == m->raw.n || span_ends(f->raw, SPAN("\r\n")));
	}
	require(m->header.n == at);
	require(m->separator.n == 0 || span_is(m->separator, "\r\n"));
	require(at + m->separator.n + m->body.n == m->raw.n);
	require(span_ends(m->raw, m->body));
	require(m->bare == has_bare(m->raw));
	require(m->nul == (span_chr(m->raw, '\0') != SPAN_NONE));
	msgid_of(arena, m);
	for (size_t i = 0; i < m->count; i++) {
		struct span *ids;

		require(msgid_list(arena, m->fields[i].value, 5, &ids) <= 5);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct message m;

	if (message_parse(arena, (struct span){ (const char *)data, size }, &m, NULL)) {
		check(arena, &m);
	}
	arena_free(arena);
	return 0;
}
