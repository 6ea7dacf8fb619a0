/*
 * The whole verifier over any bytes: key records, two NULs, a message. Keys that do not
 * read as a file of keys are none at all; everything before the NULs is the zone.
 *
 *   1. Two runs say the same, word for word, however the memory lies.
 *   2. What is said of the parts agrees with the whole.
 *   3. What passes can be undone, to every revision, and each of those passes as well.
 */
#include "auth/authres.h"
#include "auth/report.h"
#include "auth/verify.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1800000000 };

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static struct txt no_key(void *self, struct arena *arena, struct span name)
{
	(void)self, (void)arena, (void)name;
	return (struct txt){ .status = TXT_NONE };
}

static struct keysource keys_of(struct arena *arena, struct span zone)
{
	struct keysource source = { .txt = no_key };

	if (!key_file_source(arena, zone, &source, NULL)) {
		source = (struct keysource){ .txt = no_key };
	}
	return source;
}

/* The verdict as text, and in *V. */
static struct span verdict_of(struct arena *arena, const struct message *m,
                              const struct keysource *source, struct verdict *v)
{
	struct report_letter letter;
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	verify_message(arena, m, NULL, source, &(struct verify_options){ .now = NOW }, v);
	report_compare(arena, m, v, &letter);
	json_open(&j, '{');
	report_json(&j, v);
	json_close(&j);
	report_text(&out, v, &letter);
	buf_add(&out, authres_format(arena, SPAN("mx.example"), v));
	return buf_move(&out, arena);
}

static void check_parts(const struct verdict *v)
{
	const struct dkim2_result *r = &v->dkim2;
	bool pass = r->result == AUTH_PASS;

	require((r->text.n == 0) == (pass || r->result == AUTH_NONE));
	require(!pass || (r->provisional && r->author_signed && r->failing == 0 && r->nhops > 0));
	require(r->failing <= r->nhops + 1 || r->result == AUTH_PERMERROR);
	for (size_t i = 0; pass && i < r->nhops; i++) {
		require(r->hops[i].result == AUTH_PASS && r->hops[i].i == i + 1);
	}
	for (size_t i = 0; pass && i < r->ninstances; i++) {
		require(r->instances[i].result == AUTH_PASS && r->instances[i].m == i + 1);
	}
	for (size_t i = 0; i < v->ndkim1; i++) {
		require((v->dkim1[i].result == AUTH_PASS) <= (v->dkim1[i].bits > 0));
	}
	require(!v->from_authentic || pass || v->ndkim1 > 0);
}

/* The newest hop of revision TO is one of flesh and blood: not nd=. */
static bool has_envelope(const struct dkim2_result *r, uint64_t to)
{
	const struct dkim2_hop *newest = NULL;

	for (size_t i = 0; i < r->nhops; i++) {
		if (r->hops[i].m <= to) {
			newest = &r->hops[i];
		}
	}
	return newest && newest->m == to && !newest->nd.p;
}

static void check_undone(struct arena *arena, const struct message *m,
                         const struct dkim2_result *r, const struct keysource *source)
{
	for (uint64_t to = 1; r->result == AUTH_PASS && to <= r->ninstances; to++) {
		struct dkim2_result older;
		struct message undone;
		struct span raw;

		require(dkim2_undo(arena, m, to, &raw, NULL));
		/* A recipe may make a header that is too large to be read, or bring a NUL. */
		if (!message_parse(arena, raw, &undone, NULL) || undone.nul || !has_envelope(r, to)) {
			continue;
		}
		dkim2_verify(arena, &undone, NULL, source, NOW, &older);
		require(older.result == AUTH_PASS);
	}
}

static struct span cut(struct span *rest)
{
	size_t at = span_find(*rest, (struct span){ "\0\0", 2 });
	struct span zone = span_sub(*rest, 0, at == SPAN_NONE ? 0 : at);

	*rest = span_from(*rest, at == SPAN_NONE ? 0 : at + 2);
	return zone;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span raw = { (const char *)data, size }, zone = cut(&raw), first, second;
	struct arena *arena = arena_new(), *other = arena_new();
	struct keysource source = keys_of(arena, zone);
	struct verdict v;
	struct message m;

	if (message_parse(arena, raw, &m, NULL)) {
		first = verdict_of(arena, &m, &source, &v);
		check_parts(&v);
		check_undone(arena, &m, &v.dkim2, &source);
		arena_alloc(other, 1 + size % 97);
		second = verdict_of(other, &m, &source, &v);
		require(span_eq(first, second));
	}
	arena_free(other);
	arena_free(arena);
	return 0;
}
