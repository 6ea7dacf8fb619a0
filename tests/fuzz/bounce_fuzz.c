/* Any bytes as a report: what is read lies in the message or is text, within the limits. */
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/bounce.h"
#include "mail/bounce_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void text(struct span s, size_t max)
{
	require(s.n <= max && utf8_valid(s));
	for (size_t i = 0; i < s.n; i++) {
		require(s.p[i] != '\n' && s.p[i] != '\r' && s.p[i] != '\0');
	}
}

static void check(const struct bounce *b)
{
	require(bounce_kind_name(b->kind)[0] != '\0' && b->why && b->n <= LIMIT_REPORTED);
	for (size_t i = 0; i < b->n; i++) {
		const struct bounce_recipient *r = &b->v[i];
		require(r->address.n > 0 && span_chr(r->address, '@') != SPAN_NONE);
		text(r->address, LIMIT_ADDRESS);
		text(r->reply, 1000);
		text(r->text, 1000);
		require(r->status.n == 0 || bounce_status_valid(r->status));
		require(r->code == 0 || (r->code >= 400 && r->code < 600));
		require(bounce_action_name(r->action) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct message m;
	struct bounce b;

	if (message_parse(arena, bounce_unboxed((struct span){ (const char *)data, size }), &m,
	                  NULL)) {
		bounce_read(arena, &m, &b);
		check(&b);
	}
	arena_free(arena);
	return 0;
}
