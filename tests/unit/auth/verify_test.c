/* The verdict over all schemes: what is asked of the DNS, and what makes an author authentic. */
#include "auth/verify.h"
#include "base/limits.h"
#include "chain.h"
#include "samples.h"

#include <check.h>

/* A source that writes down what it is asked. */
struct spy {
	struct keysource inner;
	struct buf asked, prefetched;
	size_t lookups;
};

static struct txt spy_txt(void *self, struct arena *arena, struct span name)
{
	struct spy *spy = self;

	spy->lookups++;
	buf_add(&spy->asked, name);
	buf_chr(&spy->asked, '\n');
	return spy->inner.txt(spy->inner.self, arena, name);
}

static void spy_prefetch(void *self, const struct span *names, size_t n)
{
	struct spy *spy = self;

	ck_assert_uint_eq(spy->lookups, 0);
	for (size_t i = 0; i < n; i++) {
		buf_add(&spy->prefetched, names[i]);
		buf_chr(&spy->prefetched, '\n');
	}
}

struct world {
	struct chain *chain;
	struct arena *arena;
	struct spy spy;
	struct keysource source;
	struct message m;
	struct verdict v;
};

static void world_new(struct world *w)
{
	*w = (struct world){ .chain = chain_new() };
	w->arena = w->chain->arena;
	w->spy.inner = w->chain->source;
	w->source = (struct keysource){ &w->spy, spy_txt, spy_prefetch };
}

static void world_free(struct world *w)
{
	buf_free(&w->spy.asked);
	buf_free(&w->spy.prefetched);
	chain_free(w->chain);
}

static void verify(struct world *w, struct span raw)
{
	struct envelope unknown = { .known = false };

	w->m = sample_parse(w->arena, raw);
	verify_message(w->arena, &w->m, &unknown, &w->source, CHAIN_NOW, &w->v);
}

/* RAW with a DKIM1 signature of D on top. */
static struct span dkim1(struct world *w, struct span raw, const char *d)
{
	struct message m = sample_parse(w->arena, raw);
	struct signer signer = { span_str(d), SPAN("ed1"), w->chain->ed25519 };
	struct digest body_hash;
	struct buf out = BUF_INIT;
	struct err e;

	canon_body_hash(CANON_RELAXED, HASH_SHA256, m.body, &body_hash);
	ck_assert(dkim1_sign(&signer, m.fields, m.count, &body_hash, CHAIN_NOW, &out, &e));
	buf_add(&out, raw);
	return buf_move(&out, w->arena);
}

static const struct chain_hop author = {
	.d = "example.com",
	.mf = "a@example.com",
	.rt = "list@lists.example.org",
};

#define POST "From: A <a@example.com>\r\nSubject: one\r\n\r\nbody\r\n"

START_TEST(nothing)
{
	struct world w;

	world_new(&w);
	verify(&w, SPAN(POST));
	ck_assert_int_eq(w.v.dkim2.result, AUTH_NONE);
	ck_assert_uint_eq(w.v.ndkim1, 0);
	ck_assert(!w.v.from_authentic && !w.v.temporary);
	ck_assert_uint_eq(w.spy.lookups, 0);
	ck_assert_uint_eq(w.spy.prefetched.n, 0);
	world_free(&w);
}
END_TEST

START_TEST(both)
{
	struct world w;

	world_new(&w);
	verify(&w, chain_hop(w.chain, dkim1(&w, SPAN(POST), "example.com"), &author));
	ck_assert_msg(w.v.dkim2.result == AUTH_PASS, "%.*s", SPAN_FMT(w.v.dkim2.text));
	ck_assert_uint_eq(w.v.ndkim1, 1);
	ck_assert_int_eq(w.v.dkim1[0].result, AUTH_PASS);
	ck_assert(w.v.from_authentic && !w.v.temporary);
	/* each name was announced, then asked once */
	ck_assert_str_eq(w.spy.prefetched.p,
	                 "ed._domainkey.example.com\ned1._domainkey.example.com\n");
	ck_assert_str_eq(w.spy.asked.p, w.spy.prefetched.p);
	world_free(&w);
}
END_TEST

static const struct {
	const char *raw; /* to be signed with DKIM1 */
	const char *d;
	bool authentic;
} authors[] = {
	{ POST, "example.com", true },
	{ POST, "mail.example.com", true },
	{ POST, "example.org", false },
	{ "From: a@example.com\r\nFrom: a@example.com\r\n\r\nbody\r\n", "example.com", false },
	{ "From: a@example.com, b@example.com\r\n\r\nbody\r\n", "example.com", false },
	{ "From: x:a@example.com;\r\n\r\nbody\r\n", "example.com", false },
};

START_TEST(author_table)
{
	struct world w;

	world_new(&w);
	verify(&w, dkim1(&w, span_str(authors[_i].raw), authors[_i].d));
	ck_assert_int_eq(w.v.dkim1[0].result, AUTH_PASS);
	ck_assert_int_eq(w.v.from_authentic, authors[_i].authentic);
	world_free(&w);
}
END_TEST

/* Changed on the way into DKIM2: the author's signature passes on what was there before. */
START_TEST(original)
{
	static const struct chain_hop list = {
		.d = "lists.example.org",
		.mf = "list-b@lists.example.org",
		.rt = "m@example.net",
	};
	struct chain_hop hop = list;
	struct world w;
	struct message m;
	struct err e;
	struct span raw;

	world_new(&w);
	raw = dkim1(&w, SPAN(POST), "example.com");
	raw = arena_join(w.arena, SPAN("DKIM-Signature: broken\r\n"), raw, SPAN_END);
	m = sample_parse(w.arena, raw);
	hop.edits = edit_new(w.arena, &m);
	edit_field_replace(hop.edits, 2, SPAN("From: A via List <list@lists.example.org>\r\n"));
	edit_body(hop.edits, m.body.n, 0, SPAN("footer\r\n"));
	ck_assert_msg(edit_finish(hop.edits, &e), "%s", e.text);
	raw = chain_hop(w.chain, m.raw, &hop);
	verify(&w, raw);
	ck_assert_msg(w.v.dkim2.result == AUTH_PASS, "%.*s", SPAN_FMT(w.v.dkim2.text));
	ck_assert_uint_eq(w.v.ndkim1, 3);
	ck_assert_int_eq(w.v.dkim1[0].result, AUTH_PERMERROR);
	ck_assert_int_eq(w.v.dkim1[1].result, AUTH_FAIL);
	ck_assert(!w.v.dkim1[1].aligned);
	ck_assert_int_eq(w.v.dkim1[2].result, AUTH_PASS);
	ck_assert(span_is(w.v.dkim1[2].d, "example.com"));
	ck_assert(span_is(w.v.dkim1[2].text, "on the original"));
	ck_assert(w.v.dkim1[2].aligned);
	/* The From that stands there now is the list's. */
	ck_assert_int_eq(w.v.from_authentic, w.v.dkim2.author_signed);
	ck_assert_uint_eq(w.spy.lookups, 2);
	world_free(&w);
}
END_TEST

START_TEST(temporary)
{
	struct world w;

	world_new(&w);
	/* SHA-256 of "body\r\n" */
	verify(&w, SPAN("DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=temp; h=from;"
	                " bh=Ck5SoRNWUpSR4X0COv7R5ub2pUTtl6xz4dTFz++ji4M=; b=AAAA\r\n" POST));
	ck_assert_int_eq(w.v.dkim1[0].result, AUTH_TEMPERROR);
	ck_assert(w.v.temporary && !w.v.from_authentic);
	world_free(&w);
}
END_TEST

/* However many keys a message names, LIMIT_DNS_LOOKUPS are asked for. */
START_TEST(lookup_limit)
{
	struct world w;
	struct buf raw = BUF_INIT;
	struct span text;
	size_t lines = 0;

	world_new(&w);
	for (unsigned i = 0; i < LIMIT_SIGNATURES + 5; i++) {
		buf_printf(&raw,
		           "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s%u; h=from;"
		           " bh=Ck5SoRNWUpSR4X0COv7R5ub2pUTtl6xz4dTFz++ji4M=; b=AAAA\r\n",
		           i);
	}
	buf_str(&raw, POST);
	text = chain_hop(w.chain, buf_span(&raw), &author);
	buf_free(&raw);
	verify(&w, text);
	ck_assert_int_eq(w.v.dkim2.result, AUTH_PASS);
	ck_assert_uint_eq(w.v.ndkim1, LIMIT_SIGNATURES);
	ck_assert_uint_eq(w.spy.lookups, LIMIT_DNS_LOOKUPS);
	ck_assert(span_is(w.v.dkim1[0].text, "key \"s0._domainkey.example.com\" does not exist"));
	ck_assert_int_eq(w.v.dkim1[LIMIT_SIGNATURES - 1].result, AUTH_PERMERROR);
	ck_assert(span_is(w.v.dkim1[LIMIT_SIGNATURES - 1].text,
	                  "key \"s49._domainkey.example.com\" not fetched, too many look-ups"));
	text = buf_span(&w.spy.prefetched);
	for (; text.n; lines++) {
		text = span_from(text, span_chr(text, '\n') + 1);
	}
	ck_assert_uint_eq(lines, LIMIT_DNS_LOOKUPS);
	world_free(&w);
}
END_TEST

/* The same key many times is one look-up. */
START_TEST(asked_once)
{
	struct world w;
	struct span raw = SPAN(POST);

	world_new(&w);
	for (int i = 0; i < 5; i++) {
		raw = dkim1(&w, raw, i % 2 ? "example.com" : "EXAMPLE.com");
	}
	verify(&w, raw);
	ck_assert_uint_eq(w.v.ndkim1, 5);
	for (size_t i = 0; i < 5; i++) {
		ck_assert_int_eq(w.v.dkim1[i].result, AUTH_PASS);
	}
	ck_assert_uint_eq(w.spy.lookups, 1);
	ck_assert_str_eq(w.spy.prefetched.p, "ed1._domainkey.example.com\n");
	world_free(&w);
}
END_TEST

START_TEST(without_prefetch)
{
	struct world w;

	world_new(&w);
	w.source.prefetch = NULL;
	verify(&w, chain_hop(w.chain, SPAN(POST), &author));
	ck_assert_int_eq(w.v.dkim2.result, AUTH_PASS);
	ck_assert(w.v.from_authentic);
	world_free(&w);
}
END_TEST

Suite *verify_suite(void);

Suite *verify_suite(void)
{
	Suite *suite = suite_create("auth/verify");
	TCase *t = tcase_create("verify");

	tcase_add_test(t, nothing);
	tcase_add_test(t, both);
	tcase_add_loop_test(t, author_table, 0, sizeof(authors) / sizeof(authors[0]));
	tcase_add_test(t, original);
	tcase_add_test(t, temporary);
	tcase_add_test(t, lookup_limit);
	tcase_add_test(t, asked_once);
	tcase_add_test(t, without_prefetch);
	tcase_set_timeout(t, 60);
	suite_add_tcase(suite, t);
	return suite;
}
