/*
 * Any bytes as a message with a chain. Every name has the same key or none can be
 * fetched; nothing was ever sealed with that key, so that nothing may pass. Then a
 * set is put on top, and must be in order.
 */
#include "auth/arc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keys of RFC 8032 7.1: test 2 for all others, test 1 for our seal. */
#define OTHER "v=DKIM1; k=ed25519; p=PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
#define OURS "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static struct txt any_key(void *self, struct arena *arena, struct span name)
{
	struct txt answer = { .status = TXT_FOUND, .n = 1 };

	(void)self;
	answer.records = ARENA_NEW(arena, struct span);
	*answer.records = SPAN(OTHER);
	if (span_is(name, "ours._domainkey.fuzz.example")) {
		*answer.records = SPAN(OURS);
	} else if (name.n % 5 == 0) {
		return (struct txt){ .status = TXT_TEMPORARY };
	}
	return answer;
}

static void seal(struct arena *arena, const struct message *m, const struct arc_result *before,
                 const struct keysource *source)
{
	static const char pem[] =
		"-----BEGIN PRIVATE KEY-----\n"
		"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
		"-----END PRIVATE KEY-----\n";
	struct arc_seal said = { .authres = SPAN("mx.fuzz.example; arc=fail"), .t = 1700000000 };
	struct signer signer = { SPAN("fuzz.example"), SPAN("ours"), NULL };
	struct buf out = BUF_INIT;
	struct digest body;
	struct message sealed;
	struct arc_result r;

	/* What is all body may begin with white space, and would continue our last field. */
	if (!m->count || !arc_next(m->fields, m->count, before->result, &said)) {
		return;
	}
	signer.key = pkey_private(SPAN(pem), NULL);
	require(signer.key != NULL);
	canon_body_hash(CANON_RELAXED, HASH_SHA256, m->body, &body);
	require(arc_sign(&signer, m->fields, m->count, &body, &said, &out, NULL));
	buf_add(&out, m->raw);
	if (message_parse(arena, buf_span(&out), &sealed, NULL)) {
		arc_verify(arena, &sealed, source, 1700000000, &r);
		require(r.nsets == said.i);
		require(r.result == (said.cv == AUTH_NONE ? AUTH_PASS : AUTH_FAIL));
	}
	buf_free(&out);
	pkey_free(signer.key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span raw = { (const char *)data, size };
	struct arena *arena = arena_new();
	struct keysource source = { .txt = any_key };
	struct arc_result r;
	struct message m;

	arc_found(raw);
	if (message_parse(arena, raw, &m, NULL)) {
		arc_verify(arena, &m, &source, 1700000000, &r);
		require(r.nsets <= ARC_SETS);
		require(r.result == AUTH_NONE || r.result == AUTH_FAIL ||
		        r.result == AUTH_TEMPERROR);
		require((r.result == AUTH_NONE) == (r.text.n == 0));
		seal(arena, &m, &r, &source);
	}
	arena_free(arena);
	return 0;
}
