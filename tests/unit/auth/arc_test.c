/*
 * ARC: chains that are sealed here and verify, and, from one of them, a message that
 * must not for each rule of RFC 8617, 5.2, and each part of a signature.
 */
#include "auth/arc_chain.h"
#include "auth/dkim1_check.h"
#include "base/limits.h"
#include "samples.h"

#include <check.h>
#include <string.h>
#include <time.h>

#define NOW 1700000000

static struct arena *arena;
static struct pkey *ed25519, *rsa;
static struct keysource keys;
static size_t lookups;

static struct txt counted(void *self, struct arena *a, struct span name)
{
	const struct keysource *source = self;

	lookups++;
	return source->txt(source->self, a, name);
}

static void setup(void)
{
	/* RSA with 512 bits. */
	static const char small[] =
		"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAIWmlgix/84GJ+dfgjm7LTc9EPdfkftlgiPpCq4/"
		"kbDAZmU0VvYKDljjleJ1dfvS+CGy9U/kk1tG3EeEvb82xAcCAwEAAQ==";
	struct span ed_text, rsa_text;
	struct keysource *zone;
	struct err e;

	arena = arena_new();
	zone = ARENA_NEW(arena, struct keysource);
	ed25519 = pkey_generate(KEY_ED25519, 0, &e);
	rsa = pkey_generate(KEY_RSA, 2048, &e);
	ck_assert(ed25519 && rsa && key_text(arena, ed25519, &ed_text, &e) &&
	          key_text(arena, rsa, &rsa_text, &e));
	ck_assert(key_file_source(
		arena,
		arena_printf(arena,
	                     "ed._domainkey.a.example\t%.*s\nrsa._domainkey.a.example\t%.*s\n"
	                     "ed._domainkey.b.example\t%.*s\n"
	                     "sha1._domainkey.a.example\th=sha1; %.*s\n"
	                     "web._domainkey.a.example\ts=tlsrpt; %.*s\n"
	                     "gone._domainkey.a.example\tv=DKIM1; k=ed25519; p=\n"
	                     "odd._domainkey.a.example\tv=DKIM1; k=rsa; omg\n"
	                     "weak._domainkey.a.example\tv=DKIM1; k=rsa; p=%s\n"
	                     "down._domainkey.a.example\tTEMPFAIL\n",
	                     SPAN_FMT(ed_text), SPAN_FMT(rsa_text), SPAN_FMT(ed_text),
	                     SPAN_FMT(ed_text), SPAN_FMT(ed_text), small),
		zone, &e));
	keys = (struct keysource){ .self = zone, .txt = counted };
}

static void teardown(void)
{
	pkey_free(ed25519);
	pkey_free(rsa);
	arena_free(arena);
}

static const char post[] =
	"Received: from x\r\nFrom: A <a@example.com>\r\nTo: list@a.example\r\n"
	"Subject: One  two\r\nDate: Fri, 27 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
	"DKIM-Signature: v=1; a=x; b=author\r\nList-Id: <list.a.example>\r\n"
	"List-Unsubscribe: <mailto:u@a.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
	"List-Post: <mailto:list@a.example>\r\nContent-Type: text/plain\r\n\r\nHello.\r\n";

#define RESULTS " mx.a.example;\r\n dkim=pass (good) header.d=example.com;\r\n spf=none"

static bool try_seal(struct span raw, const struct signer *signer, const struct arc_seal *seal,
                     struct span *out, struct err *e)
{
	struct message m = sample_parse(arena, raw);
	struct digest body;
	struct buf text = BUF_INIT;
	bool ok;

	canon_body_hash(CANON_RELAXED, HASH_SHA256, m.body, &body);
	ok = arc_sign(signer, m.fields, m.count, &body, seal, &text, e);
	ck_assert(ok || text.n == 0);
	buf_add(&text, raw);
	*out = buf_move(&text, arena);
	return ok;
}

/* RAW with the next set on top, the chain having been FOUND so. */
static struct span seal_as(struct span raw, const char *selector, enum auth_result found)
{
	bool is_rsa = strcmp(selector, "rsa") == 0;
	struct signer signer = { SPAN("a.example"), span_str(selector), is_rsa ? rsa : ed25519 };
	struct message m = sample_parse(arena, raw);
	struct arc_seal seal = { .authres = SPAN(RESULTS), .t = NOW };
	struct err e;

	ck_assert(arc_next(m.fields, m.count, found, &seal));
	ck_assert(seal.cv == found);
	ck_assert_msg(try_seal(raw, &signer, &seal, &raw, &e), "%s", e.text);
	return raw;
}

static struct span chain_of(unsigned n, const char *selector)
{
	struct span raw = SPAN(post);

	for (unsigned i = 1; i <= n; i++) {
		raw = seal_as(raw, selector, i == 1 ? AUTH_NONE : AUTH_PASS);
	}
	return raw;
}

static struct arc_result verify_at(struct span raw, int64_t now)
{
	struct message m = sample_parse(arena, raw);
	struct arc_result r;

	arc_verify(arena, &m, &keys, now, &r);
	return r;
}

static void expect(struct span raw, enum auth_result want, const char *text)
{
	struct arc_result r = verify_at(raw, NOW);

	ck_assert_msg(r.result == want && span_is(r.text, text), "%s \"%.*s\", not %s \"%s\"",
	              auth_result_name(r.result), SPAN_FMT(r.text), auth_result_name(want), text);
}

/* ---- what verifies ---- */

START_TEST(no_chain)
{
	struct arc_result r = verify_at(SPAN(post), NOW);

	ck_assert(r.result == AUTH_NONE && r.nsets == 0 && r.text.n == 0);
}
END_TEST

START_TEST(one_to_fifty)
{
	struct span raw = SPAN(post);
	struct signer signer = { SPAN("a.example"), SPAN("ed"), ed25519 };
	struct arc_seal seal = { .i = 51, .cv = AUTH_PASS, .authres = SPAN(RESULTS), .t = NOW };
	struct message m;
	struct err e;

	for (unsigned i = 1; i <= ARC_SETS; i++) {
		struct arc_result r;

		raw = seal_as(raw, i == 2 ? "rsa" : "ed", i == 1 ? AUTH_NONE : AUTH_PASS);
		r = verify_at(raw, NOW);
		ck_assert_msg(r.result == AUTH_PASS, "%u: %.*s", i, SPAN_FMT(r.text));
		ck_assert_uint_eq(r.nsets, i);
		for (unsigned k = 0; k < i; k++) {
			ck_assert(r.sets[k].i == k + 1 && r.sets[k].seal == AUTH_PASS);
			ck_assert(r.sets[k].body == AUTH_PASS);
			ck_assert(span_is(r.sets[k].cv, k ? "pass" : "none"));
			ck_assert(span_is(r.sets[k].d, "a.example"));
			ck_assert(span_is(r.sets[k].message_d, "a.example"));
			ck_assert(span_is(r.sets[k].s, k == 1 ? "rsa" : "ed"));
		}
	}
	m = sample_parse(arena, raw);
	ck_assert(!arc_next(m.fields, m.count, AUTH_PASS, &seal));
	ck_assert(!arc_next(m.fields, m.count, AUTH_FAIL, &seal));
	ck_assert(!try_seal(raw, &signer, &seal, &raw, &e) && e.class == ERR_MISUSE);
}
END_TEST

/* The fields of a set, in order, folded, and what they say. */
START_TEST(how_it_looks)
{
	struct span raw = chain_of(2, "rsa"), line;
	struct message m = sample_parse(arena, raw);

	ck_assert(span_is(m.fields[0].name, "ARC-Seal"));
	ck_assert(span_is(m.fields[1].name, "ARC-Message-Signature"));
	ck_assert(span_is(m.fields[2].name, "ARC-Authentication-Results"));
	ck_assert(span_is(message_text(arena, &m.fields[2]),
	                  "i=2; mx.a.example; dkim=pass (good) header.d=example.com; spf=none"));
	ck_assert(span_starts(m.fields[0].value, SPAN(" i=2; a=rsa-sha256; cv=pass;\r\n")));
	ck_assert(span_starts(m.fields[1].value,
	                      SPAN(" i=2; a=rsa-sha256; c=relaxed/relaxed;\r\n")));
	for (struct span rest = m.header; rest.n;) {
		line = span_line(&rest);
		ck_assert_msg(line.n <= 80, "%.*s", SPAN_FMT(line));
	}
}
END_TEST

/* WHAT in RAW, once, becomes WITH. */
static struct span replaced(struct span raw, const char *what, const char *with)
{
	size_t at = span_find(raw, span_str(what));

	ck_assert_msg(at != SPAN_NONE, "no \"%s\"", what);
	return arena_join(arena, span_sub(raw, 0, at), span_str(with),
	                  span_from(raw, at + strlen(what)), SPAN_END);
}

/* Copies differ in what one set must serve, and everybody may put trace fields on top. */
START_TEST(not_covered)
{
	struct span raw = chain_of(2, "ed");

	expect(replaced(raw, "mailto:u@", "mailto:me@"), AUTH_PASS, "");
	expect(replaced(raw, "=One-Click", "=Two"), AUTH_PASS, "");
	expect(replaced(raw, "Received: from x", "Received: from y"), AUTH_PASS, "");
	raw = arena_join(arena, SPAN("DKIM-Signature: v=1; b=ours\r\nAuthentication-Results: z\r\n"
	                             "DKIM2-Signature: i=1\r\nList-Unsubscribe: <x>\r\n"),
	                 raw, SPAN_END);
	expect(raw, AUTH_PASS, "");
}
END_TEST

static const char *const covered[][2] = {
	{ "A <a@", "B <a@" },
	{ "One  two", "One three" },
	{ "b=author", "b=other" },
	{ "<mailto:list@", "<mailto:l@" },
	{ "Content-Type: text/plain", "Content-Type: text/html" },
	{ "Received: from x\r\n", "Subject: more\r\n" },
	{ "Received: from x\r\n", "From: b@example.com\r\n" },
};

START_TEST(is_covered)
{
	expect(replaced(chain_of(2, "ed"), covered[_i][0], covered[_i][1]), AUTH_FAIL,
	       "ARC-Message-Signature i=2: signature did not verify");
}
END_TEST

/* ---- what must not verify: one thing wrong in a chain of three ---- */

enum op { DROP, DOUBLE, CHANGE };

#define KEY(s) "key \"" s "._domainkey.a.example\" "
#define BROKEN_3 "ARC-Seal i=3: signature did not verify"

static const struct {
	enum op op;
	enum arc_part part;
	unsigned i;
	const char *what, *with;
	enum auth_result want;
	const char *text;
} wrong[] = {
	/* each set is complete, 1 to N, without gap or repetition */
	{ DROP, ARC_RESULTS, 1, 0, 0, AUTH_FAIL, "ARC-Authentication-Results i=1 is missing" },
	{ DROP, ARC_MESSAGE, 2, 0, 0, AUTH_FAIL, "ARC-Message-Signature i=2 is missing" },
	{ DROP, ARC_SEAL, 3, 0, 0, AUTH_FAIL, "ARC-Seal i=3 is missing" },
	{ DROP, ARC_PARTS, 1, 0, 0, AUTH_FAIL, "ARC-Authentication-Results i=1 is missing" },
	{ DROP, ARC_PARTS, 2, 0, 0, AUTH_FAIL, "ARC-Authentication-Results i=2 is missing" },
	{ DOUBLE, ARC_RESULTS, 1, 0, 0, AUTH_FAIL, "ARC-Authentication-Results i=1 is there twice" },
	{ DOUBLE, ARC_MESSAGE, 3, 0, 0, AUTH_FAIL, "ARC-Message-Signature i=3 is there twice" },
	{ DOUBLE, ARC_SEAL, 2, 0, 0, AUTH_FAIL, "ARC-Seal i=2 is there twice" },
	{ CHANGE, ARC_SEAL, 3, "i=3", "i=51", AUTH_FAIL, "ARC-Seal has no valid i=" },
	{ CHANGE, ARC_SEAL, 3, "i=3", "i=0", AUTH_FAIL, "ARC-Seal has no valid i=" },
	{ CHANGE, ARC_SEAL, 3, "i=3", "i=003", AUTH_FAIL, "ARC-Seal has no valid i=" },
	{ CHANGE, ARC_SEAL, 3, "i=3", "i=-3", AUTH_FAIL, "ARC-Seal has no valid i=" },
	{ CHANGE, ARC_SEAL, 3, "i=3", "i=4294967299", AUTH_FAIL, "ARC-Seal has no valid i=" },
	{ CHANGE, ARC_SEAL, 3, "i=3", "i=4", AUTH_FAIL, "ARC-Seal i=3 is missing" },
	{ CHANGE, ARC_SEAL, 3, "i=3;", "i=3; i=3;", AUTH_FAIL, "ARC-Seal has no valid i=" },
	{ CHANGE, ARC_SEAL, 3, "i=3;", "", AUTH_FAIL, "ARC-Seal has no valid i=" },
	{ CHANGE, ARC_MESSAGE, 3, "i=3;", "", AUTH_FAIL, "ARC-Message-Signature has no valid i=" },
	{ CHANGE, ARC_RESULTS, 3, "i=3;", "", AUTH_FAIL,
	  "ARC-Authentication-Results has no valid i=" },
	{ CHANGE, ARC_RESULTS, 3, "i=3;", "i=3", AUTH_FAIL,
	  "ARC-Authentication-Results has no valid i=" },
	{ CHANGE, ARC_RESULTS, 3, "i=3;", "x; i=3;", AUTH_FAIL,
	  "ARC-Authentication-Results has no valid i=" },
	{ CHANGE, ARC_RESULTS, 3, "i=3;", "i=51;", AUTH_FAIL,
	  "ARC-Authentication-Results has no valid i=" },
	/* cv= by position */
	{ CHANGE, ARC_SEAL, 1, "cv=none", "cv=pass", AUTH_FAIL, "ARC-Seal i=1: cv= is not none" },
	{ CHANGE, ARC_SEAL, 2, "cv=pass", "cv=none", AUTH_FAIL, "ARC-Seal i=2: cv= is not pass" },
	{ CHANGE, ARC_SEAL, 2, "cv=pass", "cv=fail", AUTH_FAIL, "ARC-Seal i=2: cv= is not pass" },
	{ CHANGE, ARC_SEAL, 2, "cv=pass", "cv=PASS", AUTH_FAIL, "ARC-Seal i=2: cv= is not pass" },
	{ CHANGE, ARC_SEAL, 3, "cv=pass;", "", AUTH_FAIL, "ARC-Seal i=3: cv= is not pass" },
	{ CHANGE, ARC_SEAL, 3, "cv=pass", "cv=fail", AUTH_FAIL,
	  "ARC-Seal i=3: cv=fail ended the chain" },
	/* the newest message signature */
	{ CHANGE, ARC_PARTS, 0, "Hello.", "Hallo.", AUTH_FAIL,
	  "ARC-Message-Signature i=3: body hash did not verify" },
	{ CHANGE, ARC_MESSAGE, 3, "h=From", "h=ARC-Seal:From", AUTH_FAIL,
	  "ARC-Message-Signature i=3: h= covers arc-seal" },
	{ CHANGE, ARC_MESSAGE, 3, "h=From:From:", "h=", AUTH_FAIL,
	  "ARC-Message-Signature i=3: h= does not cover from" },
	{ CHANGE, ARC_MESSAGE, 3, "a=ed25519-sha256", "a=rsa-sha1", AUTH_FAIL,
	  "ARC-Message-Signature i=3: rsa-sha1 is no longer accepted" },
	{ CHANGE, ARC_MESSAGE, 3, "a=ed25519-sha256", "a=rsa-sha256", AUTH_FAIL,
	  "ARC-Message-Signature i=3: " KEY("ed") "is of another type than a=" },
	{ CHANGE, ARC_MESSAGE, 3, "s=ed", "s=gone", AUTH_FAIL,
	  "ARC-Message-Signature i=3: " KEY("gone") "has been revoked" },
	{ CHANGE, ARC_MESSAGE, 3, "s=ed", "s=down", AUTH_TEMPERROR,
	  "ARC-Message-Signature i=3: " KEY("down") "could not be fetched" },
	{ CHANGE, ARC_MESSAGE, 3, "t=1700000000", "x=1699999999", AUTH_FAIL,
	  "ARC-Message-Signature i=3: signature has expired" },
	{ CHANGE, ARC_MESSAGE, 3, "bh=", "l=2; bh=", AUTH_FAIL,
	  "ARC-Message-Signature i=3: body hash did not verify" },
	{ CHANGE, ARC_MESSAGE, 3, "bh=", "c=relaxed; bh=", AUTH_FAIL,
	  "ARC-Message-Signature has no valid i=" },
	/* the seals: what they cover */
	{ CHANGE, ARC_RESULTS, 1, "dkim=pass", "dkim=fail", AUTH_FAIL, BROKEN_3 },
	{ CHANGE, ARC_RESULTS, 3, "dkim=pass", "dkim=fail", AUTH_FAIL, BROKEN_3 },
	{ CHANGE, ARC_MESSAGE, 1, "t=1700000000", "t=1700000001", AUTH_FAIL, BROKEN_3 },
	{ CHANGE, ARC_SEAL, 1, "t=1700000000", "t=1700000001", AUTH_FAIL, BROKEN_3 },
	{ CHANGE, ARC_SEAL, 3, "t=1700000000", "t=1700000001", AUTH_FAIL, BROKEN_3 },
	/* the seals: tags and keys */
	{ CHANGE, ARC_SEAL, 2, "cv=pass;", "cv=pass; h=from;", AUTH_FAIL,
	  "ARC-Seal i=2: h= is not allowed" },
	{ CHANGE, ARC_SEAL, 3, "cv=pass;", "cv=pass; bh=x;", AUTH_FAIL, BROKEN_3 },
	{ CHANGE, ARC_SEAL, 1, "a=ed25519-sha256", "a=rsa-sha1", AUTH_FAIL,
	  "ARC-Seal i=1: rsa-sha1 is no longer accepted" },
	{ CHANGE, ARC_SEAL, 3, "d=a.example;", "", AUTH_FAIL, "ARC-Seal i=3: no d= tag" },
	{ CHANGE, ARC_SEAL, 3, "s=ed;", "", AUTH_FAIL, "ARC-Seal i=3: no s= tag" },
	{ CHANGE, ARC_SEAL, 3, "b=", "y=", AUTH_FAIL, "ARC-Seal i=3: no b= tag" },
	{ CHANGE, ARC_SEAL, 3, "d=a.example", "d=a_b.!", AUTH_FAIL,
	  "ARC-Seal i=3: d= is no domain" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=gone", AUTH_FAIL,
	  "ARC-Seal i=3: " KEY("gone") "has been revoked" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=none", AUTH_FAIL,
	  "ARC-Seal i=3: " KEY("none") "does not exist" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=odd", AUTH_FAIL,
	  "ARC-Seal i=3: " KEY("odd") "has a syntax error" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=weak", AUTH_FAIL,
	  "ARC-Seal i=3: " KEY("weak") "is malformed or too short" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=sha1", AUTH_FAIL,
	  "ARC-Seal i=3: " KEY("sha1") "does not allow sha256" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=web", AUTH_FAIL,
	  "ARC-Seal i=3: " KEY("web") "is not for mail" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=rsa", AUTH_FAIL,
	  "ARC-Seal i=3: " KEY("rsa") "is of another type than a=" },
	{ CHANGE, ARC_SEAL, 3, "s=ed", "s=down", AUTH_TEMPERROR,
	  "ARC-Seal i=3: " KEY("down") "could not be fetched" },
};
#define WRONG ((int)(sizeof(wrong) / sizeof(wrong[0])))

static struct span spoiled(struct span raw, enum op op, enum arc_part part, unsigned i,
                           const char *what, const char *with)
{
	struct message m = sample_parse(arena, raw);
	struct arc_chain *chain = ARENA_NEW(arena, struct arc_chain);
	struct span f, head, tail;

	if (i == 0) {
		return replaced(raw, what, with);
	}
	arc_chain_read(arena, m.fields, m.count, chain);
	if (part == ARC_PARTS) { /* the three stand together */
		const struct field *const *p = chain->v[i].part;

		f.p = p[ARC_SEAL]->raw.p;
		f.n = (size_t)(p[ARC_RESULTS]->raw.p + p[ARC_RESULTS]->raw.n - f.p);
	} else {
		f = chain->v[i].part[part]->raw;
	}
	head = span_sub(raw, 0, (size_t)(f.p - raw.p));
	tail = span_from(raw, head.n + f.n);
	f = op == DROP     ? SPAN("")
	    : op == DOUBLE ? arena_join(arena, f, f, SPAN_END)
	                   : replaced(f, what, with);
	return arena_join(arena, head.n ? head : SPAN(""), f, tail, SPAN_END);
}

START_TEST(wrong_table)
{
	struct span raw = chain_of(3, "ed");

	expect(spoiled(raw, wrong[_i].op, wrong[_i].part, wrong[_i].i, wrong[_i].what,
	               wrong[_i].with),
	       wrong[_i].want, wrong[_i].text);
}
END_TEST

/*
 * An old message signature may be broken: the list changed what it covered. The ones
 * before are not looked at then.
 */
START_TEST(old_message_signature)
{
	struct span raw = chain_of(2, "ed");
	struct arc_result r;

	raw = replaced(raw, "One  two", "[list] One");
	raw = seal_as(raw, "ed", AUTH_PASS);
	raw = seal_as(raw, "ed", AUTH_PASS);
	expect(raw, AUTH_PASS, "");
	r = verify_at(raw, NOW);
	ck_assert(r.sets[3].body == AUTH_PASS && r.sets[2].body == AUTH_PASS);
	ck_assert(r.sets[1].body == AUTH_FAIL && r.sets[0].body == AUTH_NONE);
	ck_assert(span_is(r.sets[1].text, "signature did not verify"));
}
END_TEST

/* An old seal is worth nothing when its key is gone by now, and unknown when it is away. */
START_TEST(old_seal)
{
	static const struct {
		const char *selector;
		enum auth_result want;
		const char *text;
	} old[] = {
		{ "down", AUTH_TEMPERROR, "ARC-Seal i=1: " KEY("down") "could not be fetched" },
		{ "gone", AUTH_FAIL, "ARC-Seal i=1: " KEY("gone") "has been revoked" },
	};

	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		struct span raw = seal_as(SPAN(post), old[i].selector, AUTH_NONE);

		raw = seal_as(raw, "ed", AUTH_PASS);
		raw = seal_as(raw, "ed", AUTH_PASS);
		expect(raw, old[i].want, old[i].text);
	}
}
END_TEST

/* Where the fields stand does not matter; nor does how they are folded. */
START_TEST(order_of_fields)
{
	struct span raw = chain_of(3, "ed");
	struct message m = sample_parse(arena, raw);
	struct buf text = BUF_INIT;

	for (size_t i = m.count; i-- > 0;) {
		if (span_istarts(m.fields[i].name, SPAN("arc-"))) {
			buf_add(&text, m.fields[i].raw);
		}
	}
	buf_add(&text, span_sub(raw, span_find(raw, SPAN("Received:")), raw.n));
	raw = buf_move(&text, arena);
	expect(raw, AUTH_PASS, "");
	expect(replaced(raw, "ARC-Seal: i=2; ", "arc-SEAL  :\r\n\t i=2;  "), AUTH_PASS, "");
	expect(replaced(raw, "ARC-Authentication-Results: i=2;", "ARC-Authentication-Results:i=2;"),
	       AUTH_PASS, "");
}
END_TEST

/* ---- the end of a chain ---- */

/* Is the newest seal, cv=fail, one over its own set and nothing else? */
static bool covers_own_set(struct span raw)
{
	struct message m = sample_parse(arena, raw);
	struct arc_chain *chain = ARENA_NEW(arena, struct arc_chain);
	const struct arc_link *own;
	struct hash *hash = hash_new(HASH_SHA256);
	struct dkim1_field f;
	struct digest digest;

	arc_chain_read(arena, m.fields, m.count, chain);
	own = &chain->v[chain->n];
	ck_assert(!dkim1_field_parse(arena, own->part[ARC_SEAL], DKIM1_ARC_SEAL, &f));
	arc_chain_hash(hash, own, false);
	dkim1_check_digest(arena, hash, own->part[ARC_SEAL], &f, &digest);
	return dkim1_check_signature(&f, ed25519, &digest).result == AUTH_PASS;
}

START_TEST(broken_chain)
{
	struct span raw = replaced(chain_of(3, "ed"), "dkim=pass", "dkim=fail");
	struct arc_seal seal;
	struct message m;

	expect(raw, AUTH_FAIL, BROKEN_3);
	raw = seal_as(raw, "ed", AUTH_FAIL);
	expect(raw, AUTH_FAIL, "ARC-Seal i=4: cv=fail ended the chain");
	ck_assert(covers_own_set(raw));
	ck_assert(!covers_own_set(chain_of(2, "ed")));
	/* Nobody adds to that. */
	m = sample_parse(arena, raw);
	ck_assert(!arc_next(m.fields, m.count, AUTH_FAIL, &seal));
	ck_assert(!arc_next(m.fields, m.count, AUTH_PASS, &seal));
	ck_assert(!arc_next(m.fields, m.count, AUTH_NONE, &seal));
}
END_TEST

/* The set that says so has the number behind the highest there is, whatever is missing. */
START_TEST(malformed_chain)
{
	struct span raw = spoiled(chain_of(3, "ed"), DROP, ARC_PARTS, 1, NULL, NULL);
	struct arc_result r;

	raw = seal_as(raw, "ed", AUTH_FAIL);
	r = verify_at(raw, NOW);
	ck_assert(r.result == AUTH_FAIL && r.nsets == 4 && span_is(r.sets[3].cv, "fail"));
	ck_assert(covers_own_set(raw));
	raw = seal_as(SPAN("ARC-Seal: nonsense\r\nFrom: a@b.example\r\n\r\n"), "ed", AUTH_FAIL);
	ck_assert(covers_own_set(raw));
	r = verify_at(raw, NOW);
	ck_assert(r.result == AUTH_FAIL && r.nsets == 1);
}
END_TEST

static const struct {
	unsigned sets;
	enum auth_result found;
	bool next;
} nexts[] = {
	{ 0, AUTH_NONE, true },       { 0, AUTH_PASS, false }, { 0, AUTH_FAIL, false },
	{ 0, AUTH_TEMPERROR, false }, { 2, AUTH_NONE, false }, { 2, AUTH_PASS, true },
	{ 2, AUTH_FAIL, true },       { 2, AUTH_PERMERROR, false }, { 2, AUTH_TEMPERROR, false },
};

START_TEST(next_table)
{
	struct message m = sample_parse(arena, chain_of(nexts[_i].sets, "ed"));
	struct arc_seal seal;

	ck_assert(arc_next(m.fields, m.count, nexts[_i].found, &seal) == nexts[_i].next);
	ck_assert(!nexts[_i].next || seal.i == nexts[_i].sets + 1);
}
END_TEST

START_TEST(sign_refuses)
{
	static const struct arc_seal bad[] = {
		{ .i = 0, .cv = AUTH_NONE },      { .i = 1, .cv = AUTH_NONE },
		{ .i = 2, .cv = AUTH_PASS },      { .i = 4, .cv = AUTH_PASS },
		{ .i = 3, .cv = AUTH_TEMPERROR }, { .i = 3, .cv = AUTH_NONE },
	};
	struct signer signer = { SPAN("a.example"), SPAN("ed"), ed25519 };
	struct span raw = chain_of(2, "ed"), out;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = { 0 };

		ck_assert(!try_seal(raw, &signer, &bad[i], &out, &e) && e.class == ERR_MISUSE);
	}
}
END_TEST

/* ---- reading back what we said ---- */

static const struct {
	const char *authres;
	enum auth_result found;
} said[] = {
	{ "mx.example; dkim2=none; dkim=none", AUTH_NONE },
	{ " mx.example;\r\n arc=pass", AUTH_PASS },
	{ "mx.example; dkim=none; arc=fail (ARC-Seal i=2: x)", AUTH_FAIL },
	{ "mx.example;arc=pass header.oldest-pass=0", AUTH_PASS },
	{ "mx.example; arc=passing", AUTH_NONE },
	{ "mx.example; arc=none", AUTH_NONE },
	{ "mx.example; dkim=fail (; arc=pass) header.d=x", AUTH_NONE },
	{ "mx.example; dkim=fail ((\\); arc=pass)) header.d=x; arc=fail", AUTH_FAIL },
	{ "mx.example; dkim=fail header.d=\"; arc=pass\"", AUTH_NONE },
	{ "mx.example; dkim=fail header.d=\"\\\"; arc=pass\"", AUTH_NONE },
	{ "mx.example; dkim=fail (open; arc=pass", AUTH_NONE },
	{ "\"mx; arc=pass\"; dkim=none", AUTH_NONE },
	{ "mx.example; x=y \\", AUTH_NONE },
	{ "mx.example; (\\", AUTH_NONE },
	{ "arc=pass", AUTH_NONE },
	{ "", AUTH_NONE },
};

START_TEST(found_table)
{
	ck_assert(arc_found(span_str(said[_i].authres)) == said[_i].found);
}
END_TEST

/* ---- cost ---- */

/* One look-up for each signature, none when the structure is wrong. */
START_TEST(bounded_lookups)
{
	struct span raw = chain_of(5, "ed");

	lookups = 0;
	expect(raw, AUTH_PASS, "");
	ck_assert_uint_eq(lookups, 10);
	lookups = 0;
	expect(spoiled(raw, DROP, ARC_SEAL, 2, NULL, NULL), AUTH_FAIL, "ARC-Seal i=2 is missing");
	ck_assert_uint_eq(lookups, 0);
}
END_TEST

static double seconds_for(unsigned sets)
{
	struct buf filler = BUF_INIT;
	struct span results;
	struct signer signer = { SPAN("a.example"), SPAN("ed"), ed25519 };
	struct span raw = SPAN(post);
	struct timespec from, to;
	struct message m;
	struct arc_result r;

	buf_str(&filler, "mx.a.example; x=y (");
	for (int i = 0; i < 400; i++) {
		buf_str(&filler, "filler of  \t ");
	}
	buf_str(&filler, ")");
	results = buf_move(&filler, arena);
	for (unsigned i = 1; i <= sets; i++) {
		struct arc_seal seal = { i, i == 1 ? AUTH_NONE : AUTH_PASS, results, NOW };
		struct err e;

		ck_assert_msg(try_seal(raw, &signer, &seal, &raw, &e), "%s", e.text);
	}
	m = sample_parse(arena, raw);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < 5; i++) {
		arc_verify(arena, &m, &keys, NOW, &r);
		ck_assert(r.result == AUTH_PASS);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

/* Eight times the sets, 8 times the work: 64 times would be quadratic. */
START_TEST(linear)
{
	double few = seconds_for(5), many = seconds_for(40);

	ck_assert_msg(many < 24 * few, "5 sets %.4f s, 40 sets %.4f s", few, many);
}
END_TEST

Suite *arc_suite(void);

Suite *arc_suite(void)
{
	Suite *s = suite_create("auth/arc");
	TCase *t = tcase_create("arc");

	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, no_chain);
	tcase_add_test(t, one_to_fifty);
	tcase_add_test(t, how_it_looks);
	tcase_add_test(t, not_covered);
	tcase_add_loop_test(t, is_covered, 0, (int)(sizeof(covered) / sizeof(covered[0])));
	tcase_add_loop_test(t, wrong_table, 0, WRONG);
	tcase_add_test(t, old_message_signature);
	tcase_add_test(t, old_seal);
	tcase_add_test(t, order_of_fields);
	tcase_add_test(t, broken_chain);
	tcase_add_test(t, malformed_chain);
	tcase_add_loop_test(t, next_table, 0, (int)(sizeof(nexts) / sizeof(nexts[0])));
	tcase_add_test(t, sign_refuses);
	tcase_add_loop_test(t, found_table, 0, (int)(sizeof(said) / sizeof(said[0])));
	tcase_add_test(t, bounded_lookups);
	tcase_add_test(t, linear);
	suite_add_tcase(s, t);
	return s;
}
