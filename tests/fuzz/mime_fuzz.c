/* Any bytes as message: parts lie inside their parents, in order, and tile into header and body. */
#include "base/limits.h"
#include "mail/mime.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static bool within(struct span inner, struct span outer)
{
	return inner.n == 0 || (inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n);
}

static void check_fields(const struct part *p)
{
	const struct message *m = &p->message;
	size_t at = 0;

	for (size_t i = 0; i < m->count; i++) {
		require(m->fields[i].raw.p == m->header.p + at);
		at += m->fields[i].raw.n;
	}
	require(at == m->header.n && m->count <= LIMIT_FIELDS);
	require(m->separator.n == 0 || span_is(m->separator, "\r\n"));
	require(p->raw.n == m->header.n + m->separator.n + m->body.n);
	require(span_starts(p->raw, m->header) && span_ends(p->raw, p->body));
	require(span_eq(p->raw, m->raw) && span_eq(p->body, m->body));
}

static void check_end(const struct part *p, struct span top)
{
	struct span line = span_from(top, p->close_at);

	require(p->close_at <= top.n);
	if (p->closed) {
		require(span_starts(line, SPAN("--")));
		require(span_starts(span_from(line, 2), p->boundary));
		require(span_starts(span_from(line, 2 + p->boundary.n), SPAN("--")));
		require(p->close_at == 0 || line.p[-1] == '\n');
	} else {
		require(line.p == p->raw.p + p->raw.n);
	}
}

static size_t check(struct arena *arena, const struct part *p, struct span top)
{
	size_t count = 1;

	check_fields(p);
	check_end(p, top);
	require(p->type.type.n > 0 && p->type.subtype.n > 0);
	require(mime_decode(arena, p).n <= p->body.n);
	require(mime_charset(arena, &p->type).n > 0);
	mime_param(arena, &p->type, "name");
	for (const struct part *c = p->children; c; c = c->next) {
		require(c->parent == p && c->depth == p->depth + 1 && c->depth <= LIMIT_DEPTH);
		require(within(c->raw, p->body));
		require(!c->next || c->raw.p + c->raw.n < c->next->raw.p);
		count += check(arena, c, top);
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct message m;
	struct mime out;

	if (message_parse(arena, (struct span){ (const char *)data, size }, &m, NULL)) {
		require(mime_parse(arena, &m, &out, NULL));
		require(check(arena, out.root, m.body) == out.parts && out.parts <= LIMIT_PARTS);
	}
	arena_free(arena);
	return 0;
}
