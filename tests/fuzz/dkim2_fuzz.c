/*
 * Two uses of an input. As a message: it was not signed by the key that is found, so
 * it never passes, and every revision of it is undone without harm. As changes to a
 * really signed message, four bytes each: what still passes must be the same for every
 * hash and signature.
 */
#include "auth/dkim2.h"
#include "auth/report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1800000000 };

/* Its seed is 32 bytes 1. */
static const char private_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n"
	"-----END PRIVATE KEY-----\n";

static const char letter[] =
	"From: Alice <a@a.example>\r\nTo: b@b.example\r\nSubject: [l]\r\n one  two\r\n"
	"Received: x\r\nComments: 1\r\nComments: 2\r\n\r\nOne \r\nTwo\r\nfooter\r\n\r\n";
static const char recipe[] =
	"{\"h\":{\"subject\":[{\"d\":[\"one two\"]}],\"comments\":[{\"c\":[2,2]}]},\"b\":[{\"c\":[1,2]}]}";

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static struct pkey *key(void)
{
	struct pkey *k = pkey_private(span_str(private_pem), NULL);

	require(k != NULL);
	return k;
}

static struct txt any_key(void *self, struct arena *arena, struct span name)
{
	struct txt answer = { .status = TXT_FOUND, .n = 1 };

	(void)self;
	if (name.n > 0 && name.p[0] == 't') {
		return (struct txt){ .status = TXT_TEMPORARY };
	}
	answer.records = ARENA_NEW(arena, struct span);
	*answer.records =
		SPAN("v=DKIM1; k=ed25519; p=iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=");
	return answer;
}

static const struct keysource source = { .txt = any_key };

/* LETTER as an origin whose m=1 has RECIPE. */
static struct span signed_letter(struct arena *arena)
{
	struct signer signer = { SPAN("a.example"), SPAN("s"), key() };
	struct span to = SPAN("b@b.example");
	struct dkim2_envelope envelope = {
		.mail_from = SPAN("a@a.example"), .rcpt_to = &to, .rcpts = 1, .t = NOW
	};
	struct dkim2_base base = { .m = 1, .i = 1, .signs_m = 1, .recipe = span_str(recipe) };
	struct buf instance = BUF_INIT, out = BUF_INIT;
	struct canon_header header;
	struct digest digest;
	struct message m;
	struct dkim2_prefix *prefix;

	require(message_parse(arena, span_str(letter), &m, NULL));
	header = canon_dkim2_header(arena, m.fields, m.count);
	canon_dkim2_header_hash(HASH_SHA256, &header, &digest);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m.body, &base.body_hash);
	dkim2_instance(&base, &digest, &instance);
	prefix = dkim2_prefix_new(arena, m.fields, m.count, buf_span(&instance), &signer, 1,
	                          NULL);
	require(prefix && dkim2_signature(&base, prefix, &signer, 1, &envelope, &out, NULL));
	dkim2_prefix_free(prefix);
	pkey_free(signer.key);
	buf_add(&out, buf_span(&instance));
	buf_free(&instance);
	buf_str(&out, letter);
	return buf_move(&out, arena);
}

/* All that hashes and signatures see of a message, as one text. */
static struct span essence(struct arena *arena, struct span raw)
{
	struct canon_header header;
	struct digest body;
	struct buf out = BUF_INIT;
	struct message m;

	require(message_parse(arena, raw, &m, NULL));
	header = canon_dkim2_header(arena, m.fields, m.count);
	canon_dkim2_header_text(&out, &header);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m.body, &body);
	buf_add(&out, digest_span(&body));
	for (size_t i = 0; i < m.count; i++) {
		if (span_iis(m.fields[i].name, "message-instance")) {
			canon_dkim2_input(&out, m.fields[i].name, m.fields[i].value, false);
		}
	}
	for (size_t i = 0; i < m.count; i++) {
		/* The value of an Ed25519 signature has no second form, but its base64 has. */
		if (span_iis(m.fields[i].name, "dkim2-signature")) {
			canon_dkim2_input(&out, m.fields[i].name, m.fields[i].value, true);
		}
	}
	return buf_move(&out, arena);
}

static void check_consistent(const struct dkim2_result *r)
{
	require((r->text.n == 0) == (r->result == AUTH_PASS || r->result == AUTH_NONE));
	require(r->result != AUTH_PASS || (r->provisional && r->author_signed && r->failing == 0));
	for (size_t i = 0; i < r->nhops; i++) {
		require(r->result != AUTH_PASS || r->hops[i].result == AUTH_PASS);
	}
	for (size_t i = 0; i < r->ninstances; i++) {
		require(r->result != AUTH_PASS || r->instances[i].result == AUTH_PASS);
	}
}

static void undo_all(struct arena *arena, const struct message *m, size_t revisions)
{
	for (size_t to = 0; to <= revisions; to++) {
		struct dkim2_result result;
		struct message older;
		struct span out;

		if (!dkim2_undo(arena, m, to, &out, NULL)) {
			continue;
		}
		if (message_parse(arena, out, &older, NULL)) {
			dkim2_verify(arena, &older, NULL, &source, NOW, &result);
		}
	}
}

/* All that is told of it: bounded, on lines of their own; diffs only when all can be undone. */
static void tell(struct arena *arena, const struct message *m, const struct dkim2_result *result)
{
	struct verdict v = { .dkim2 = *result };
	struct report_letter told;
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);
	struct span original;
	bool undone = dkim2_undo(arena, m, 0, &original, NULL);

	report_compare(arena, m, &v, &told);
	report_text(&out, &v, &told);
	for (size_t i = 0; i < out.n; i++) {
		require(out.p[i] == '\n' || (unsigned char)out.p[i] >= ' ');
	}
	buf_clear(&out);
	json_open(&j, '{');
	report_json(&j, &v);
	json_close(&j);
	buf_clear(&out);
	require(!dkim2_diff(arena, m, 0, &out, NULL) || undone);
	buf_free(&out);
}

static void run_message(struct span raw)
{
	struct arena *arena = arena_new();
	struct dkim2_result result;
	struct message m;

	if (message_parse(arena, raw, &m, NULL)) {
		dkim2_verify(arena, &m, NULL, &source, NOW, &result);
		check_consistent(&result);
		undo_all(arena, &m, result.ninstances);
		tell(arena, &m, &result);
	}
	arena_free(arena);
}

/* (where, what, how): replace, insert, delete. */
static struct span changed(struct arena *arena, struct span raw, const uint8_t *data, size_t size)
{
	char *p = arena_alloc(arena, raw.n + size);
	size_t n = raw.n;

	memcpy(p, raw.p, raw.n);
	for (size_t i = 0; i + 3 < size; i += 4) {
		size_t at = (data[i] * 256u + data[i + 1]) % (n + 1);

		if (data[i + 3] % 3 == 0 && at < n) {
			p[at] = (char)data[i + 2];
		} else if (data[i + 3] % 3 == 1) {
			memmove(p + at + 1, p + at, n - at);
			p[at] = (char)data[i + 2];
			n++;
		} else if (at < n) {
			memmove(p + at, p + at + 1, n - at - 1);
			n--;
		}
	}
	return (struct span){ p, n };
}

static void run_changes(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span raw = signed_letter(arena), other = changed(arena, raw, data, size);
	struct dkim2_result result;
	struct message m;

	if (message_parse(arena, other, &m, NULL)) {
		dkim2_verify(arena, &m, NULL, &source, NOW, &result);
		check_consistent(&result);
		require(size >= 4 || result.result == AUTH_PASS);
		if (result.result == AUTH_PASS) {
			require(span_eq(essence(arena, raw), essence(arena, other)));
		}
	}
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run_message((struct span){ (const char *)data, size });
	if (size <= 64) {
		run_changes(data, size);
	}
	return 0;
}
