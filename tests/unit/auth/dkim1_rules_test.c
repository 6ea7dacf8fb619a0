/*
 * DKIM1 rule by rule. Each signature is made here over text that the table spells out, so
 * that the canonical forms are those of RFC 6376 and not what the library thinks they are.
 */
#include "auth/dkim1.h"

#include "base/codec.h"
#include "samples.h"

#include <check.h>
#include <string.h>

#define NEGATIVE "dkim2/negative/"

enum { NOW = 1700000000 };

/* RFC 6376, 3.4.5 (with a From, which h= must have): the message and its four forms. */
#define FROM_RAW     "From: a@example.com\r\n"
#define RFC_HEADER   "A: X\r\nB : Y\t\r\n\tZ  \r\n" FROM_RAW
#define RFC_BODY     " C \r\nD \t E\r\n\r\n\r\n"
#define RFC_RELAXED  "a:X\r\nb:Y Z\r\nfrom:a@example.com\r\n"
#define BODY_SIMPLE  " C \r\nD \t E\r\n"
#define BODY_RELAXED " C\r\nD E\r\n"
#define H            "h=a:b:from; "
#define R            "from:a@example.com\r\n"

static const struct {
	const char *tags;    /* besides v, a, d, s, bh, b */
	const char *header;  /* what h= selects, canonical */
	const char *body;    /* what bh= is over */
	const char *message; /* what comes; the signature is on top */
	enum auth_result want;
	const char *text;
} rules[] = {
	/* canonicalization (3.4) */
	{ "c=simple/simple; " H, RFC_HEADER, BODY_SIMPLE, RFC_HEADER "\r\n" RFC_BODY, AUTH_PASS, "" },
	{ "c=simple/relaxed; " H, RFC_HEADER, BODY_RELAXED, RFC_HEADER "\r\n" RFC_BODY, AUTH_PASS, "" },
	{ "c=relaxed/simple; " H, RFC_RELAXED, BODY_SIMPLE, RFC_HEADER "\r\n" RFC_BODY, AUTH_PASS, "" },
	{ "c=relaxed/relaxed; " H, RFC_RELAXED, BODY_RELAXED, RFC_HEADER "\r\n" RFC_BODY, AUTH_PASS, "" },
	{ H, RFC_HEADER, BODY_SIMPLE, RFC_HEADER "\r\n" RFC_BODY, AUTH_PASS, "" },
	{ "c=simple; " H, RFC_HEADER, BODY_SIMPLE, RFC_HEADER "\r\n" RFC_BODY, AUTH_PASS, "" },
	{ "c=relaxed; " H, RFC_RELAXED, BODY_SIMPLE, RFC_HEADER "\r\n" RFC_BODY, AUTH_PASS, "" },
	{ "c=relaxed/relaxed; " H, RFC_RELAXED, BODY_RELAXED,
	  "a :X \r\nB: Y Z\r\nFROM:a@example.com\r\n\r\n C\r\nD E\r\n", AUTH_PASS, "" },
	{ "c=simple/relaxed; " H, RFC_HEADER, BODY_RELAXED, "A: X\r\nB : Y Z\r\n" FROM_RAW "\r\n" RFC_BODY,
	  AUTH_FAIL, "signature did not verify" },
	{ "c=relaxed/simple; " H, RFC_RELAXED, BODY_SIMPLE, RFC_HEADER "\r\n C\r\nD \t E\r\n", AUTH_FAIL,
	  "body hash did not verify" },
	{ "c=relaxed/relaxed; " H, RFC_RELAXED, BODY_RELAXED, RFC_HEADER "\r\nC\r\nD E\r\n", AUTH_FAIL,
	  "body hash did not verify" },
	{ "c=relaxed/simple; h=from; ", R, "\r\n", FROM_RAW "\r\n", AUTH_PASS, "" },
	{ "c=relaxed/relaxed; h=from; ", R, "", FROM_RAW "\r\n", AUTH_PASS, "" },
	{ "c=relaxed/relaxed; h=from; ", R, "", FROM_RAW "\r\n \t \r\n\r\n", AUTH_PASS, "" },
	{ "c=relaxed/simple; h=from; ", R, "\r\n", FROM_RAW "\r\n \r\n", AUTH_FAIL,
	  "body hash did not verify" },
	{ "c=relaxed/relaxed; h=from; ", R, "x\r\n", FROM_RAW "\r\nx", AUTH_PASS, "" },
	{ "c=relaxed/simple; h=from; ", R, "\xff.\r\n.\r\n", FROM_RAW "\r\n\xff.\r\n.\r\n", AUTH_PASS, "" },

	/* l= (3.5, 8.2): octets of the canonical body */
	{ "c=relaxed/simple; l=0; h=from; ", R, "", FROM_RAW "\r\nanything\r\n", AUTH_PASS, "" },
	{ "c=relaxed/simple; l=3; h=from; ", R, "x\r\n", FROM_RAW "\r\nx\r\nadded\r\n", AUTH_PASS, "" },
	{ "c=relaxed/simple; l=2; h=from; ", R, "x\r", FROM_RAW "\r\nx\r\nadded\r\n", AUTH_PASS, "" },
	{ "c=relaxed/relaxed; l=5; h=from; ", R, "a b\r\n", FROM_RAW "\r\na  b \r\nadded\r\n", AUTH_PASS, "" },
	{ "c=relaxed/simple; l=3; h=from; ", R, "x\r\n", FROM_RAW "\r\ny\r\nadded\r\n", AUTH_FAIL,
	  "body hash did not verify" },
	{ "c=relaxed/simple; l=99; h=from; ", R, "x\r\n", FROM_RAW "\r\nx\r\n", AUTH_FAIL,
	  "l= is longer than the body" },

	/* x=, t=, z= (3.5) */
	{ "c=relaxed; x=1700000000; h=from; ", R, "x\r\n", FROM_RAW "\r\nx\r\n", AUTH_PASS, "" },
	{ "c=relaxed; x=1699999999; h=from; ", R, "x\r\n", FROM_RAW "\r\nx\r\n", AUTH_FAIL,
	  "signature has expired" },
	{ "c=relaxed; t=1699999999; x=1700000001; h=from; ", R, "x\r\n", FROM_RAW "\r\nx\r\n", AUTH_PASS, "" },
	{ "c=relaxed; t=1700000002; x=1700000001; h=from; ", R, "x\r\n", FROM_RAW "\r\nx\r\n",
	  AUTH_PERMERROR, "x= is before t=" },
	{ "c=relaxed; z=From:a@example.com|Subject:was=20this; h=from; ", R, "x\r\n", FROM_RAW "\r\nx\r\n",
	  AUTH_PASS, "" },

	/* h= (3.5, 5.4.2): from the bottom, once each; what is not there is signed as absent */
	{ "c=relaxed; h=from:from; ", R, "x\r\n", FROM_RAW "\r\nx\r\n", AUTH_PASS, "" },
	{ "c=relaxed; h=from:from; ", R, "x\r\n", "From: b@example.org\r\n" FROM_RAW "\r\nx\r\n", AUTH_FAIL,
	  "signature did not verify" },
	{ "c=relaxed; h=from; ", R, "x\r\n", "From: b@example.org\r\n" FROM_RAW "\r\nx\r\n", AUTH_PASS, "" },
	{ "c=relaxed; h=from:a:a:a; ", R "a:2\r\na:1\r\n", "x\r\n", FROM_RAW "A: 1\r\nA: 2\r\n\r\nx\r\n",
	  AUTH_PASS, "" },
	{ "c=relaxed; h=from:a:a:a; ", R "a:2\r\na:1\r\n", "x\r\n", FROM_RAW "A: 2\r\nA: 1\r\n\r\nx\r\n",
	  AUTH_FAIL, "signature did not verify" },
	{ "c=relaxed; h=from:a:a:a; ", R "a:2\r\na:1\r\n", "x\r\n",
	  "A: 0\r\n" FROM_RAW "A: 1\r\nA: 2\r\n\r\nx\r\n", AUTH_FAIL, "signature did not verify" },
	{ "c=relaxed; h=from:subject; ", R, "x\r\n", FROM_RAW "\r\nx\r\n", AUTH_PASS, "" },
	{ "c=relaxed; h=from:subject; ", R, "x\r\n", "Subject: added\r\n" FROM_RAW "\r\nx\r\n", AUTH_FAIL,
	  "signature did not verify" },
	{ "c=relaxed; h=a:b:FROM; ", RFC_RELAXED, "x\r\n", RFC_HEADER "\r\nx\r\n", AUTH_PASS, "" },
};

/* What a record says, for a signature that is right. % is the key. */
static const struct {
	const char *records, *tags;
	enum auth_result want;
	const char *text;
} records[] = {
	{ "v=DKIM1; k=ed25519; p=%", "", AUTH_PASS, "" },
	{ "k=ed25519; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; t=s; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; t=s; p=%", "i=a@example.com; ", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; t=s; p=%", "i=a@EXAMPLE.com; ", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; t=s; p=%", "i=a@sub.example.com; ", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" wants i= to be d= exactly" },
	{ "v=DKIM1; k=ed25519; t=y:s; p=%", "i=a@sub.example.com; ", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" wants i= to be d= exactly" },
	{ "v=DKIM1; k=ed25519; p=%", "i=a@sub.example.com; ", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; p=%", "i=@com; ", AUTH_PERMERROR, "i= is not below d=" },
	{ "v=DKIM1; k=ed25519; t=y; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; t=other; p=%", "i=a@sub.example.com; ", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; s=email; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; s=*; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; s=tlsrpt:email; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; s=tlsrpt; p=%", "", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" is not for mail" },
	{ "v=DKIM1; k=ed25519; h=sha256; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; h=sha1:sha256; p=%", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; h=sha1; p=%", "", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" does not allow sha256" },
	{ "v=DKIM1; k=ed25519; p=", "", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" has been revoked" },
	{ "v=DKIM1; p=%", "", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" is malformed or too short" },
	{ "v=DKIM1; k=future; p=%", "", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" is of an unknown type" },
	{ "v=DKIM1; k=ed25519; g=*; n=a note; x=y; p=%", "", AUTH_PASS, "" },
	{ "v=spf1 -all\nv=DKIM1; k=ed25519; p=%", "", AUTH_PASS, "" },
	/* Of several the first counts (3.6.2.2). */
	{ "v=DKIM1; k=ed25519; p=%\nv=DKIM1; k=ed25519; p=", "", AUTH_PASS, "" },
	{ "v=DKIM1; k=ed25519; p=\nv=DKIM1; k=ed25519; p=%", "", AUTH_PERMERROR,
	  "key \"s._domainkey.example.com\" has been revoked" },
};

struct fixture {
	struct arena *arena;
	struct pkey *key;
	struct keysource keys;
};

static struct pkey *private_key(struct arena *arena, const char *file)
{
	struct pkey *key = pkey_private(sample_file(arena, file), NULL);

	ck_assert_msg(key != NULL, "%s", file);
	return key;
}

/* The key in FILE, published as RECORDS says: a record a line, % its p=. */
static struct fixture fixture_new(const char *file, const char *text)
{
	struct fixture x = { .arena = arena_new() };
	struct span rest = span_str(text), record;
	struct buf zone = BUF_INIT;
	struct err e;

	x.key = private_key(x.arena, file);
	ck_assert(key_text(x.arena, x.key, &record, NULL));
	record = span_from(record, span_find(record, SPAN("p=")) + 2);
	while (rest.p) {
		struct span line = span_cut(&rest, '\n'), before = span_cut(&line, '%');

		buf_printf(&zone, "s._domainkey.example.com\t%.*s", SPAN_FMT(before));
		if (line.p) {
			buf_add(&zone, record);
			buf_add(&zone, line);
		}
		buf_chr(&zone, '\n');
	}
	ck_assert(key_file_source(x.arena, buf_move(&zone, x.arena), &x.keys, &e));
	return x;
}

static void fixture_free(struct fixture *x)
{
	pkey_free(x->key);
	arena_free(x->arena);
}

static void add_base64(struct buf *out, struct span bytes)
{
	codec_base64(out, bytes);
}

/* A signature of the canonical HEADER and BODY, as a field; nothing of it is canonicalized here. */
static struct span field_of(struct fixture *x, const char *tags, const char *header, const char *body)
{
	bool relaxed = strstr(tags, "c=relaxed") != NULL;
	struct buf value = BUF_INIT, input = BUF_INIT, signature = BUF_INIT;
	struct digest digest;
	struct span out;

	hash_of(HASH_SHA256, span_str(body), &digest);
	buf_printf(&value, "v=1; a=%s-sha256; d=example.com; s=s; %sbh=",
	           pkey_type(x->key) == KEY_RSA ? "rsa" : "ed25519", tags);
	add_base64(&value, digest_span(&digest));
	buf_str(&value, "; b=");
	buf_str(&input, header);
	buf_str(&input, relaxed ? "dkim-signature:" : "DKIM-Signature: ");
	buf_add(&input, buf_span(&value));
	hash_of(HASH_SHA256, buf_span(&input), &digest);
	ck_assert(pkey_sign(x->key, HASH_SHA256, &digest, buf_span(&input), &signature, NULL));
	add_base64(&value, buf_span(&signature));
	out = arena_join(x->arena, SPAN("DKIM-Signature: "), buf_span(&value), SPAN("\r\n"), SPAN_END);
	buf_free(&value);
	buf_free(&input);
	buf_free(&signature);
	return out;
}

static struct dkim1_result *check(struct fixture *x, struct span raw, size_t want)
{
	struct message m = sample_parse(x->arena, raw);
	struct dkim1_result *results;
	size_t n;

	dkim1_verify(x->arena, &m, &x->keys, NOW, &results, &n);
	ck_assert_uint_eq(n, want);
	return results;
}

START_TEST(rule_table)
{
	struct fixture x = fixture_new(NEGATIVE "keys/ed.pem", "v=DKIM1; k=ed25519; p=%");
	struct span field = field_of(&x, rules[_i].tags, rules[_i].header, rules[_i].body);
	struct dkim1_result *r;

	r = check(&x, arena_join(x.arena, field, span_str(rules[_i].message), SPAN_END), 1);
	ck_assert_msg(r->result == rules[_i].want && span_is(r->text, rules[_i].text),
	              "%d (%s): %s \"%.*s\"", _i, rules[_i].tags, auth_result_name(r->result),
	              SPAN_FMT(r->text));
	ck_assert(r->result != AUTH_PASS ||
	          r->partial == (strstr(rules[_i].tags, "l=") != NULL));
	fixture_free(&x);
}
END_TEST

START_TEST(record_table)
{
	struct fixture x = fixture_new(NEGATIVE "keys/ed.pem", records[_i].records);
	struct span tags = arena_printf(x.arena, "c=relaxed; %sh=from; ", records[_i].tags);
	struct span field = field_of(&x, tags.p, R, "x\r\n");
	struct dkim1_result *r;

	r = check(&x, arena_join(x.arena, field, SPAN(FROM_RAW "\r\nx\r\n"), SPAN_END), 1);
	ck_assert_msg(r->result == records[_i].want && span_is(r->text, records[_i].text),
	              "%s: %s \"%.*s\"", records[_i].records, auth_result_name(r->result),
	              SPAN_FMT(r->text));
	fixture_free(&x);
}
END_TEST

/* RSA from 1024 to 4096 bits. */
START_TEST(rsa_sizes)
{
	static const struct {
		const char *file;
		unsigned bits;
	} keys[] = {
		{ NEGATIVE "keys/rsa1024.pem", 1024 },
		{ NEGATIVE "keys/rsa.pem", 2048 },
		{ "dkim1/keys/rsa3072.pem", 3072 },
		{ "dkim1/keys/rsa4096.pem", 4096 },
	};
	struct fixture x = fixture_new(keys[_i].file, "v=DKIM1; p=%");
	struct span field = field_of(&x, "c=relaxed; h=from; ", R, "x\r\n");
	struct dkim1_result *r;

	r = check(&x, arena_join(x.arena, field, SPAN(FROM_RAW "\r\nx\r\n"), SPAN_END), 1);
	ck_assert_msg(r->result == AUTH_PASS, "%.*s", SPAN_FMT(r->text));
	ck_assert_uint_eq(r->bits, keys[_i].bits);
	fixture_free(&x);
}
END_TEST

/* 512 and 768 bits (RFC 8301): refused for the key, whatever the signature is worth. */
START_TEST(short_rsa)
{
	static const char *const selectors[] = { "rsa512", "rsa768" };
	struct fixture x = { .arena = arena_new() };
	struct dkim1_result *r;
	struct span raw = arena_printf(
		x.arena,
		"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=%s; c=relaxed; h=from; "
		"bh=Ck5SoRNWUpSR4X0COv7R5ub2pUTtl6xz4dTFz++ji4M=; b=AAAA\r\nFrom: a@a.example\r\n\r\nbody\r\n",
		selectors[_i]);

	x.keys = sample_keys(x.arena, NEGATIVE "keys.tsv");
	r = check(&x, raw, 1);
	ck_assert_int_eq(r->result, AUTH_PERMERROR);
	ck_assert_msg(span_ends(r->text, SPAN("is malformed or too short")), "%.*s", SPAN_FMT(r->text));
	fixture_free(&x);
}
END_TEST

/* Each signature is judged by itself, top first. */
START_TEST(several_signatures)
{
	struct fixture x = fixture_new(NEGATIVE "keys/ed.pem", "v=DKIM1; k=ed25519; p=%");
	struct span good = field_of(&x, "c=relaxed; h=from; ", R, "x\r\n");
	struct span bad_body = field_of(&x, "c=relaxed; h=from; ", R, "y\r\n");
	struct span bad_header = field_of(&x, "c=relaxed; h=from; ", "from:b\r\n", "x\r\n");
	struct span sha1 = SPAN("DKIM-Signature: v=1; a=rsa-sha1; d=example.com; s=s; h=from; bh=AAAA; "
	                        "b=AAAA\r\n");
	struct dkim1_result *r;

	r = check(&x,
	          arena_join(x.arena, bad_body, good, sha1, bad_header, good,
	                     SPAN(FROM_RAW "\r\nx\r\n"), SPAN_END),
	          5);
	ck_assert(r[0].result == AUTH_FAIL && span_is(r[0].text, "body hash did not verify"));
	ck_assert(r[1].result == AUTH_PASS);
	ck_assert(r[2].result == AUTH_PERMERROR &&
	          span_is(r[2].text, "rsa-sha1 is no longer accepted"));
	ck_assert(r[3].result == AUTH_FAIL && span_is(r[3].text, "signature did not verify"));
	ck_assert(r[4].result == AUTH_PASS);
	fixture_free(&x);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *dkim1_rules_suite(void);

Suite *dkim1_rules_suite(void)
{
	Suite *suite = suite_create("auth/dkim1_rules");
	TCase *t = tcase_create("dkim1_rules");

	tcase_add_loop_test(t, rule_table, 0, ROWS(rules));
	tcase_add_loop_test(t, record_table, 0, ROWS(records));
	tcase_add_loop_test(t, rsa_sizes, 0, 4);
	tcase_add_loop_test(t, short_rsa, 0, 2);
	tcase_add_test(t, several_signatures);
	suite_add_tcase(suite, t);
	return suite;
}
