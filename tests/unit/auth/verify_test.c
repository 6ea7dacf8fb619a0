/* The verdict over all schemes: what is asked of the DNS, and what makes an author authentic. */
#include "auth/verify.h"
#include "base/limits.h"
#include "chain.h"
#include "samples.h"

#include <check.h>

/* A source that writes down what it is asked, and has a DMARC record for example.com. */
struct spy {
	struct keysource inner;
	const char *policy; /* NULL: none; "": cannot be fetched */
	struct buf asked, prefetched;
	size_t lookups;
};

static struct txt spy_txt(void *self, struct arena *arena, struct span name)
{
	struct spy *spy = self;

	spy->lookups++;
	buf_add(&spy->asked, name);
	buf_chr(&spy->asked, '\n');
	if (spy->policy && span_is(name, "_dmarc.example.com")) {
		struct txt txt = { .status = *spy->policy ? TXT_FOUND : TXT_TEMPORARY,
			           .n = *spy->policy ? 1 : 0 };

		txt.records = ARENA_NEW(arena, struct span);
		*txt.records = span_str(spy->policy);
		return txt;
	}
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
	verify_message(w->arena, &w->m, &unknown, &w->source, &(struct verify_options){ .now = CHAIN_NOW }, &w->v);
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
	ck_assert_int_eq(w.v.dmarc.result, AUTH_NONE);
	ck_assert_str_eq(w.spy.prefetched.p, "_dmarc.example.com\n_dmarc.com\n");
	ck_assert_str_eq(w.spy.asked.p, w.spy.prefetched.p);
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
	                 "_dmarc.example.com\n_dmarc.com\n"
	                 "ed._domainkey.example.com\ned1._domainkey.example.com\n");
	ck_assert_uint_eq(w.spy.asked.n, w.spy.prefetched.n);
	ck_assert_uint_eq(w.spy.lookups, 4);
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
	/* two keys, and the walks from lists.example.org and from example.com */
	ck_assert_uint_eq(w.spy.lookups, 7);
	world_free(&w);
}
END_TEST

/* The author began the chain, but what there is to read another hop may have written. */
static const struct {
	const char *d; /* of the second hop */
	bool signs;    /* the author signs what that hop made, by DKIM1 */
	bool changes, words;
} hops[] = {
	{ "example.org", false, false, true },
	{ "example.org", false, true, false },
	{ "mail.example.com", false, true, true },
	{ "example.org", true, true, true },
};

START_TEST(words)
{
	struct chain_hop last = {
		.d = hops[_i].d,
		.mf = hops[_i].d[0] == 'm' ? "x@mail.example.com" : "x@example.org",
		.rt = "dev@lists.example.org",
	}, first = author;
	struct world w;
	struct message m;
	struct err e;
	struct span raw;

	first.rt = last.mf;
	world_new(&w);
	m = sample_parse(w.arena, chain_hop(w.chain, SPAN(POST), &first));
	last.edits = edit_new(w.arena, &m);
	if (hops[_i].changes) {
		edit_body(last.edits, 0, 0, SPAN("unsubscribe\r\n"));
	}
	ck_assert_msg(edit_finish(last.edits, &e), "%s", e.text);
	raw = chain_hop(w.chain, m.raw, &last);
	verify(&w, hops[_i].signs ? dkim1(&w, raw, "example.com") : raw);
	ck_assert_msg(w.v.dkim2.result == AUTH_PASS, "%.*s", SPAN_FMT(w.v.dkim2.text));
	ck_assert(w.v.from_authentic);
	ck_assert_int_eq(w.v.words_authentic, hops[_i].words);
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
	/* s47 is the first without a place: there are two DMARC records, and a key of DKIM2 */
	ck_assert(span_is(w.v.dkim1[46].text, "key \"s46._domainkey.example.com\" does not exist"));
	ck_assert(span_is(w.v.dkim1[47].text,
	                  "key \"s47._domainkey.example.com\" not fetched, too many look-ups"));
	ck_assert(span_starts(buf_span(&w.spy.prefetched), SPAN("_dmarc.example.com\n_dmarc.com\n")));
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
	ck_assert_uint_eq(w.spy.lookups, 3);
	ck_assert_str_eq(w.spy.prefetched.p,
	                 "_dmarc.example.com\n_dmarc.com\ned1._domainkey.example.com\n");
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

#define RESULT(id, spf) "Authentication-Results: " id "; spf=" spf "\r\n"
#define OURS            RESULT("mx.example.org", "pass smtp.mailfrom=a@example.com")

/* What DMARC makes of a post without DKIM2. */
static const struct {
	const char *policy, *raw;
	const char *d;         /* signed by; NULL: not */
	const char *mail_from; /* NULL: unknown */
	enum auth_result result;
	bool authentic, is_signed, temporary;
} posts[] = {
	{ NULL, POST, "mail.example.com", NULL, AUTH_NONE, true, true, false },
	{ NULL, OURS POST, NULL, "a@example.com", AUTH_NONE, false, false, false },
	{ "v=DMARC1; p=reject", POST, NULL, NULL, AUTH_FAIL, false, false, false },
	{ "v=DMARC1; p=reject", POST, "example.com", NULL, AUTH_PASS, true, true, false },
	{ "v=DMARC1; p=reject", POST, "mail.example.com", NULL, AUTH_PASS, true, true, false },
	{ "v=DMARC1; adkim=s", POST, "mail.example.com", NULL, AUTH_FAIL, false, false, false },
	{ "v=DMARC1; p=none", POST, "example.org", NULL, AUTH_FAIL, false, false, false },
	{ "v=DMARC1; p=none", OURS POST, NULL, NULL, AUTH_PASS, true, false, false },
	{ "v=DMARC1; p=none", OURS POST, NULL, "x@example.com", AUTH_PASS, true, false, false },
	{ "v=DMARC1; p=none", OURS POST, NULL, "x@EXAMPLE.com", AUTH_PASS, true, false, false },
	/* a result about another MAIL FROM than ours */
	{ "v=DMARC1; p=none", OURS POST, NULL, "x@example.net", AUTH_FAIL, false, false, false },
	{ "v=DMARC1; p=none", OURS POST, NULL, "", AUTH_FAIL, false, false, false },
	/* of somebody else */
	{ "v=DMARC1; p=none", RESULT("mx.example.net", "pass smtp.mailfrom=a@example.com") POST,
	  NULL, "a@example.com", AUTH_FAIL, false, false, false },
	{ "v=DMARC1; p=none", RESULT("mx.example.org", "fail smtp.mailfrom=a@example.com") POST,
	  NULL, "a@example.com", AUTH_FAIL, false, false, false },
	/* the record cannot be fetched: it matters where something may be proved by it */
	{ "", POST, NULL, NULL, AUTH_TEMPERROR, false, false, false },
	{ "", POST, "example.com", NULL, AUTH_TEMPERROR, true, true, false },
	{ "", POST, "mail.example.com", NULL, AUTH_TEMPERROR, false, false, true },
	{ "", POST, "example.org", NULL, AUTH_TEMPERROR, false, false, false },
	{ "", OURS POST, NULL, "a@example.com", AUTH_TEMPERROR, false, false, true },
	/* no author, no DMARC */
	{ "v=DMARC1; p=reject", "From: a@example.com\r\n" POST, "example.com", NULL, AUTH_NONE, false,
	  false, false },
};

START_TEST(dmarc_table)
{
	struct verify_options options = { CHAIN_NOW, SPAN("other.example, mx.example.org") };
	struct envelope envelope = { .known = false };
	struct span rcpt = SPAN("list@lists.example.org");
	struct span raw = span_str(posts[_i].raw);
	struct world w;

	world_new(&w);
	w.spy.policy = posts[_i].policy;
	if (posts[_i].mail_from) {
		envelope = (struct envelope){ true, span_str(posts[_i].mail_from), &rcpt, 1 };
	}
	if (posts[_i].d) {
		raw = dkim1(&w, raw, posts[_i].d);
	}
	w.m = sample_parse(w.arena, raw);
	verify_message(w.arena, &w.m, &envelope, &w.source, &options, &w.v);
	ck_assert_str_eq(auth_result_name(w.v.dmarc.result), auth_result_name(posts[_i].result));
	ck_assert_int_eq(w.v.from_authentic, posts[_i].authentic);
	ck_assert_int_eq(w.v.from_signed, posts[_i].is_signed);
	ck_assert_int_eq(w.v.temporary, posts[_i].temporary);
	world_free(&w);
}
END_TEST

/* However many names a message has, the author's records are asked for. */
START_TEST(dmarc_is_not_crowded_out)
{
	struct world w;
	struct buf raw = BUF_INIT;

	world_new(&w);
	w.spy.policy = "v=DMARC1; p=reject";
	for (unsigned i = 0; i < LIMIT_SIGNATURES; i++) {
		buf_printf(&raw,
		           "DKIM-Signature: v=1; a=rsa-sha256; d=x%u.example.com; s=s; h=from;"
		           " bh=Ck5SoRNWUpSR4X0COv7R5ub2pUTtl6xz4dTFz++ji4M=; b=AAAA\r\n",
		           i);
	}
	buf_str(&raw, POST);
	verify(&w, buf_span(&raw));
	ck_assert_uint_le(w.spy.lookups, LIMIT_DNS_LOOKUPS);
	ck_assert(span_is(w.v.dmarc.found, "example.com"));
	ck_assert_int_eq(w.v.dmarc.policy, DMARC_POLICY_REJECT);
	buf_free(&raw);
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
	tcase_add_loop_test(t, words, 0, sizeof(hops) / sizeof(hops[0]));
	tcase_add_test(t, temporary);
	tcase_add_test(t, lookup_limit);
	tcase_add_test(t, asked_once);
	tcase_add_test(t, without_prefetch);
	tcase_add_loop_test(t, dmarc_table, 0, sizeof(posts) / sizeof(posts[0]));
	tcase_add_test(t, dmarc_is_not_crowded_out);
	tcase_set_timeout(t, 60);
	suite_add_tcase(suite, t);
	return suite;
}
