/*
 * Any bytes as a message with signatures. Every name has the same key or none can
 * be fetched; nothing was ever signed with that key, so that nothing may pass.
 */
#include "auth/dkim1.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

/* The Ed25519 key of RFC 8032 7.1, test 2: not one that the seeds were signed with. */
static struct txt any_key(void *self, struct arena *arena, struct span name)
{
	struct txt answer = { .status = TXT_FOUND, .n = 1 };

	(void)self;
	if (name.n % 5 == 0) {
		return (struct txt){ .status = TXT_TEMPORARY };
	}
	answer.records = ARENA_NEW(arena, struct span);
	*answer.records =
		SPAN("v=DKIM1; k=ed25519; p=PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=");
	return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct keysource source = { .txt = any_key };
	struct dkim1_result *results;
	struct message m;
	size_t count;

	if (message_parse(arena, (struct span){ (const char *)data, size }, &m, NULL)) {
		dkim1_verify(arena, &m, &source, 1700000000, &results, &count);
		require(count <= LIMIT_SIGNATURES);
		for (size_t i = 0; i < count; i++) {
			require(results[i].result != AUTH_PASS);
			require(results[i].result != AUTH_NONE);
			require(results[i].text.n > 0);
		}
	}
	arena_free(arena);
	return 0;
}
