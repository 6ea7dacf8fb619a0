/*
 * Any bytes as a message whose Authentication-Results are read, and as what gets into ours: ours
 * is one field, is recognised, and nothing in it is read as SPF.
 */
#include "auth/authres.h"

#include "base/ascii.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ID "mx.example.org"

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void check_read(struct arena *arena, struct span text)
{
	struct message m;
	struct spf_result r;

	authres_is_ours(text, SPAN(ID));
	if (!message_parse(arena, text, &m, NULL)) {
		return;
	}
	authres_spf(arena, &m, SPAN(ID ", example.com"), &r);
	require(r.result.n || !r.domain.n);
	for (size_t i = 0; i < r.domain.n; i++) {
		char c = r.domain.p[i];

		require(ascii_alnum(c) || c == '.' || c == '-' || c == '_');
	}
}

static void check_written(struct arena *arena, struct span text)
{
	struct dkim1_result dkim1 = { .result = AUTH_FAIL, .d = text, .s = text, .text = text };
	struct verdict v = { .dkim1 = &dkim1, .ndkim1 = 1 };
	struct message m;
	struct spf_result r;
	struct span field;

	v.dmarc.author = v.dmarc.text = text;
	v.dkim2.text = text;
	field = authres_format(arena, SPAN(ID), &v);
	require(message_parse(arena, field, &m, NULL));
	require(m.count == 1 && m.header.n == field.n);
	require(authres_is_ours(m.fields[0].value, SPAN(ID)));
	authres_spf(arena, &m, SPAN(ID), &r);
	require(!r.result.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena *arena = arena_new();

	check_read(arena, text);
	check_written(arena, text);
	arena_free(arena);
	return 0;
}
