/* DKIM1: vectors of the RFCs, messages of other projects, round trips, and signatures that must not
 * pass. */
#include "auth/dkim1.h"
#include "base/codec.h"
#include "base/limits.h"
#include "samples.h"

#include <check.h>
#include <string.h>

static const int64_t year_2022 = 1667843700;

struct found {
	struct dkim1_result *v;
	size_t n;
};

static struct found verify(struct arena *arena, struct span raw, const struct keysource *keys,
                           int64_t now)
{
	struct message m = sample_parse(arena, raw);
	struct found f;

	dkim1_verify(arena, &m, keys, now, &f.v, &f.n);
	return f;
}

/* The same over a file of tests/corpus/dkim1. */
static struct found verify_file(struct arena *arena, const char *name, bool keys_before)
{
	struct keysource keys = sample_keys(arena, "dkim1/keys.tsv");
	struct span text;

	text = sample_file(arena, arena_printf(arena, "dkim1/%s", name).p);
	if (keys_before) {
		text = span_from(text, span_find(text, SPAN("\n\n")) + 2);
	}
	return verify(arena, sample_crlf(arena, text), &keys, year_2022);
}

static const struct {
	const char *file;
	const char *want; /* of all signatures, top first: p pass, f fail, e permerror; capital:
	                     aligned */
	const char *text; /* of the last one */
} files[] = {
	/* RFC 6376, appendix A.2, and RFC 8463, appendix A.3 */
	{ "dkim_verifier/rfc6376-A.2.eml", "P", "" },
	{ "dkim_verifier/rfc8463-A.3.eml", "PP", "" },
	{ "mail-auth/001.txt", "PP", "" },
	{ "mail-auth/002.txt", "P", "" },
	{ "mail-auth/003.txt", "pp", "" },
	{ "mail-auth/004.txt", "P", "" },
	{ "mail-auth/005.txt", "P", "" },
	{ "mail-auth/006.txt", "P", "" },
	{ "mailauth/signed.eml", "PP", "" },
	{ "dkim_verifier/rfc6376-A.2-body_modified.eml", "F", "body hash did not verify" },
	{ "dkim_verifier/rfc6376-A.2-header_subject_modified.eml", "F",
	  "signature did not verify" },
	{ "dkim_verifier/rfc6376-A.2-ill_formed-list_id.eml", "P", "" },
	{ "dkim_verifier/rfc6376-A.2-ill_formed-missing_v.eml", "E", "no v= tag" },
	{ "dkim_verifier/rfc8463-A.3-key_algo_mismatch.eml", "EE",
	  "key \"brisbane._domainkey.football.example.com\" is of another type than a=" },
	{ "dkim_verifier/flags_s-auid_and_sdid_match.eml", "P", "" },
	{ "dkim_verifier/flags_s-auid_is_subdomain_of_sdid.eml", "E",
	  "key \"s.flags._domainkey.example.com\" wants i= to be d= exactly" },
	{ "dkim_verifier/alignment-from_not_in_auid.eml", "P", "" },
	{ "dkim_verifier/alignment-from_not_in_sdid.eml", "p", "" },
	{ "dkim_verifier/alignment-signed_by_parent_domain.eml", "P", "" },
	{ "dkim_verifier/header_with_non_ascii_char.eml", "P", "" },
	{ "dkim_verifier/time-received_long_before_creation.eml", "P", "" },
	/* The signed field stands below; a second From leaves nothing to be aligned with. */
	{ "dkim_verifier/added_header-from.eml", "p", "" },
	{ "dkim_verifier/added_header-subject.eml", "P", "" },
	{ "dkim_verifier/added_header-date.eml", "P", "" },
	{ "dkim_verifier/added_header-to.eml", "P", "" },
	{ "dkim_verifier/time-received_after_creation.eml", "P", "" },
	{ "dkim_verifier/time-received_briefly_before_creation.eml", "P", "" },
	{ "dkim_verifier/unsigned_header-content-type.eml", "P", "" },
	{ "dkim_verifier/unsigned_header-reply_to-in_domain.eml", "P", "" },
	{ "dkim_verifier/unsigned_header-reply_to-invalid.eml", "P", "" },
	{ "dkim_verifier/unsigned_header-reply_to-not_in_domain.eml", "P", "" },
	{ "dkim_verifier/ill_formed-from.eml", "", "" },
	{ "dkim_verifier/fakePayPal.eml", "", "" },
};

static char letter(const struct dkim1_result *r)
{
	static const char lower[] = "npfet", upper[] = "NPFET";

	return r->aligned ? upper[r->result] : lower[r->result];
}

START_TEST(file_table)
{
	struct arena *arena = arena_new();
	bool keys_before = span_starts(span_str(files[_i].file), SPAN("mail-auth/"));
	struct found f = verify_file(arena, files[_i].file, keys_before);
	struct buf got = BUF_INIT;

	buf_str(&got, "");
	for (size_t i = 0; i < f.n; i++) {
		buf_chr(&got, letter(&f.v[i]));
	}
	ck_assert_msg(span_is(buf_span(&got), files[_i].want), "%s: %.*s", files[_i].file,
	              SPAN_FMT(buf_span(&got)));
	if (f.n) {
		ck_assert_msg(span_is(f.v[f.n - 1].text, files[_i].text), "%s: %.*s",
		              files[_i].file, SPAN_FMT(f.v[f.n - 1].text));
	}
	buf_free(&got);
	arena_free(arena);
}
END_TEST

START_TEST(result_fields)
{
	struct arena *arena = arena_new();
	struct found f = verify_file(arena, "dkim_verifier/rfc6376-A.2.eml", false);

	ck_assert_uint_eq(f.n, 1);
	ck_assert(span_is(f.v[0].d, "example.com"));
	ck_assert(span_is(f.v[0].s, "brisbane"));
	ck_assert(span_is(f.v[0].a, "rsa-sha256"));
	ck_assert(span_is(f.v[0].i, "joe@football.example.com"));
	ck_assert_uint_eq(f.v[0].bits, 1024);
	arena_free(arena);
}
END_TEST

/* RFC 8463, appendix A.3: any change of one byte of body or signed fields is noticed. */
START_TEST(every_byte_counts)
{
	struct arena *arena = arena_new();
	struct keysource keys = sample_keys(arena, "dkim1/keys.tsv");
	struct span raw =
		sample_crlf(arena, sample_file(arena, "dkim1/dkim_verifier/rfc8463-A.3.eml"));
	size_t from = span_find(raw, SPAN("From: Joe"));

	for (size_t i = from; i < raw.n; i++) {
		struct span copy = arena_copy(arena, raw);
		struct found f;

		/* Of white space and line ends the relaxed form does not know all. */
		if (raw.p[i] <= ' ') {
			continue;
		}
		((char *)copy.p)[i] ^= 0x40;
		f = verify(arena, copy, &keys, year_2022);
		for (size_t k = 0; k < f.n; k++) {
			ck_assert_msg(f.v[k].result != AUTH_PASS, "byte %zu", i);
		}
	}
	arena_free(arena);
}
END_TEST

/* ---- signatures made here ---- */

struct fixture {
	struct arena *arena;
	struct pkey *key;
	struct keysource keys;
};

static struct fixture fixture_new(enum key_type type)
{
	struct fixture x = { .arena = arena_new() };
	struct span record, zone;
	struct err e;

	x.key = pkey_generate(type, 2048, &e);
	ck_assert_msg(x.key != NULL, "%s", e.text);
	ck_assert(key_text(x.arena, x.key, &record, &e));
	zone = arena_join(x.arena, SPAN("sel._domainkey.example.com\t"), record,
	                  SPAN("\nsel._domainkey.xn--bcher-kva.example\t"), record,
	                  SPAN("\nsha1._domainkey.example.com\th=sha1; "), record,
	                  SPAN("\nboth._domainkey.example.com\th=sha1 : sha256; "), record,
	                  SPAN("\ndown._domainkey.example.com\tTEMPFAIL\n"), SPAN_END);
	ck_assert(key_file_source(x.arena, zone, &x.keys, &e));
	return x;
}

static void fixture_free(struct fixture *x)
{
	pkey_free(x->key);
	arena_free(x->arena);
}

/* RAW with our signature on top. */
static struct span sign(struct fixture *x, struct span raw, const char *domain)
{
	struct message m = sample_parse(x->arena, raw);
	struct signer signer = { span_str(domain), SPAN("sel"), x->key };
	struct digest body_hash;
	struct buf out = BUF_INIT;
	struct err e;

	canon_body_hash(CANON_RELAXED, HASH_SHA256, m.body, &body_hash);
	ck_assert(dkim1_sign(&signer, m.fields, m.count, &body_hash, 1700000000, &out, &e));
	buf_add(&out, raw);
	return buf_move(&out, x->arena);
}

static const char *const posts[] = {
	"From: a@example.com\r\n\r\nbody\r\n",
	"From: a@example.com\r\n\r\n",
	"From: a@example.com\r\n",
	"Received: x\r\nFrom: A <a@example.com>\r\nTo: b@example.org,\r\n c@example.org\r\n"
	"Subject:  many \t words\r\nDate: Fri, 27 Nov 2026 18:30:01 +0000\r\nMessage-ID: <1@x>\r\n"
	"Reply-To: l@example.com\r\nCc: d@example.org\r\nMIME-Version: 1.0\r\n"
	"Content-Type: text/plain;\r\n charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
	"References: <0@x>\r\nIn-Reply-To: <0@x>\r\nList-Id: <l.example.com>\r\n"
	"List-Unsubscribe: <https://example.com/u>\r\nList-Unsubscribe-Post: x\r\n"
	"Sender: s@example.com\r\nResent-From: r@example.com\r\nResent-From: q@example.com\r\n"
	"X-Other: not signed\r\n\r\nb\xc3\xb6"
	"dy  with \t space \r\n\r\n\r\n",
	"from : a@example.com\r\nSubject:\r\n\r\n.\r\n",
};

START_TEST(round_trips)
{
	struct fixture x = fixture_new(_i % 2 ? KEY_RSA : KEY_ED25519);
	struct span signature, raw = sign(&x, span_str(posts[_i / 2]), "example.com");
	struct found f = verify(x.arena, raw, &x.keys, 1700000000);
	struct message m = sample_parse(x.arena, raw);

	ck_assert_uint_eq(f.n, 1);
	ck_assert_msg(f.v[0].result == AUTH_PASS, "%.*s", SPAN_FMT(f.v[0].text));
	ck_assert(f.v[0].aligned);
	signature = m.fields[0].raw;
	while (signature.n) {
		ck_assert_uint_le(span_line(&signature).n, 78 + 2);
	}
	fixture_free(&x);
}
END_TEST

/* What a hop may do to a signed post, and whether the signature survives it. */
static const struct {
	const char *find, *put;
	enum auth_result want;
} changes[] = {
	{ "Received: x\r\n", "Received: z\r\n", AUTH_PASS },
	{ "X-Other: not signed\r\n", "", AUTH_PASS },
	{ "many \t words", "many words", AUTH_PASS },
	{ "Subject:  many", "SUBJECT:many", AUTH_PASS },
	{ "with \t space \r\n", "with space\r\n", AUTH_PASS },
	{ "\r\n\r\n\r\n", "\r\n", AUTH_PASS },
	{ "many", "few", AUTH_FAIL },
	{ "space", "spice", AUTH_FAIL },
	{ "List-Id: <l.e", "List-Id: <m.e", AUTH_FAIL },
	{ "From: A", "From: x@example.org\r\nFrom: A", AUTH_FAIL },
	{ "Received: x", "Subject: first\r\nReceived: x", AUTH_FAIL },
	{ "Received: x", "Reply-To: x@example.org\r\nReceived: x", AUTH_FAIL },
	{ "Reply-To: l@example.com\r\n", "", AUTH_FAIL },
	{ "Resent-From: r@example.com\r\nResent-From: q@example.com\r\n",
	  "Resent-From: q@example.com\r\nResent-From: r@example.com\r\n", AUTH_FAIL },
	{ "d=example.com;", "d=example.com; x=1699999999;", AUTH_PERMERROR },
	{ "t=1700000000;", "t=1700000001;", AUTH_FAIL },
};

static struct span replace(struct arena *arena, struct span s, const char *find, const char *put)
{
	size_t at = span_find(s, span_str(find));

	ck_assert_msg(at != SPAN_NONE, "no \"%s\"", find);
	return arena_join(arena, span_sub(s, 0, at), *put ? span_str(put) : SPAN(""),
	                  span_from(s, at + strlen(find)), SPAN_END);
}

START_TEST(change_table)
{
	struct fixture x = fixture_new(KEY_ED25519);
	struct span raw = sign(&x, span_str(posts[3]), "example.com");
	struct found f;

	raw = replace(x.arena, raw, changes[_i].find, changes[_i].put);
	f = verify(x.arena, raw, &x.keys, 1700000000);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_msg(f.v[0].result == changes[_i].want, "\"%s\": %s %.*s", changes[_i].put,
	              auth_result_name(f.v[0].result), SPAN_FMT(f.v[0].text));
	fixture_free(&x);
}
END_TEST

/*
 * Any signature field: TAGS with a b= made for it here, over the fields that
 * h= names and CANON; the body hash is that of "body".
 */
static struct span sign_as(struct fixture *x, const char *tags, enum canon form,
                           const char *signed_fields, const char *rest)
{
	struct buf input = BUF_INIT, signature = BUF_INIT, base64 = BUF_INIT;
	struct span field = arena_printf(x->arena, "DKIM-Signature: %s; b=", tags);
	struct message m =
		sample_parse(x->arena, arena_join(x->arena, field, SPAN("\r\n"), SPAN_END));
	struct digest digest;
	struct err e;
	struct span out;

	buf_str(&input, signed_fields);
	canon_field(&input, form, &m.fields[0], true);
	hash_of(HASH_SHA256, buf_span(&input), &digest);
	ck_assert(pkey_sign(x->key, HASH_SHA256, &digest, SPAN(""), &signature, &e));
	codec_base64(&base64, buf_span(&signature));
	out = arena_join(x->arena, field, buf_span(&base64), SPAN("\r\n"), span_str(rest),
	                 SPAN_END);
	buf_free(&input);
	buf_free(&signature);
	buf_free(&base64);
	return out;
}

/* SHA-256 of "body\r\n" */
#define BH   "bh=Ck5SoRNWUpSR4X0COv7R5ub2pUTtl6xz4dTFz++ji4M="
#define BASE "v=1; a=ed25519-sha256; d=example.com; s=sel; c=relaxed; "
#define POST "From: a@example.com\r\n\r\nbody\r\n"

static const struct {
	const char *tags;
	enum auth_result want;
	const char *text;
} tags[] = {
	{ BASE "h=from; " BH, AUTH_PASS, "" },
	{ BASE "h=from; " BH "; x=1700000000; t=1", AUTH_PASS, "" },
	{ BASE "h=from; " BH "; x=1699999999", AUTH_FAIL, "signature has expired" },
	{ BASE "h=from; " BH "; x=99999999999999999999", AUTH_PERMERROR, "x= is no number" },
	{ BASE "h=from; " BH "; x=1; t=2", AUTH_PERMERROR, "x= is before t=" },
	{ BASE "h=from; " BH "; t=-1", AUTH_PERMERROR, "t= is no number" },
	{ BASE "h=from; " BH "; l=6", AUTH_PASS, "" },
	{ BASE "h=from; " BH "; l=5", AUTH_FAIL, "body hash did not verify" },
	{ BASE "h=from; " BH "; l=7", AUTH_FAIL, "l= is longer than the body" },
	{ BASE "h=from; " BH "; l=x", AUTH_PERMERROR, "l= is no number" },
	{ BASE "h=from; " BH "; i=@example.com", AUTH_PASS, "" },
	{ BASE "h=from; " BH "; i=x@a.b.Example.COM", AUTH_PASS, "" },
	{ BASE "h=from; " BH "; i=@com", AUTH_PERMERROR, "i= is not below d=" },
	{ BASE "h=from; " BH "; i=@badexample.com", AUTH_PERMERROR, "i= is not below d=" },
	{ BASE "h=from; " BH "; i=example.com", AUTH_PERMERROR, "i= is no address" },
	{ BASE "h=from; " BH "; q=dns/txt", AUTH_PASS, "" },
	{ BASE "h=from; " BH "; q=http : dns/txt", AUTH_PASS, "" },
	{ BASE "h=from; " BH "; q=http", AUTH_PERMERROR, "unknown query method" },
	{ BASE "h=from; " BH "; z=unknown=tag", AUTH_PASS, "" },
	{ BASE "h=from; " BH "; x=1; x=1", AUTH_PERMERROR, "syntax error" },
	{ BASE "h=from; " BH ";", AUTH_PERMERROR, "syntax error" },
	{ BASE "h= from : to :subject; " BH, AUTH_PASS, "" },
	{ BASE "h=From:FROM:From; " BH, AUTH_PASS, "" },
	{ BASE "h=to; " BH, AUTH_PERMERROR, "h= does not cover from" },
	{ BASE "h=from:; " BH, AUTH_PERMERROR, "empty name in h=" },
	{ BASE BH, AUTH_PERMERROR, "no h= tag" },
	{ BASE "h=from", AUTH_PERMERROR, "no bh= tag" },
	{ BASE "h=from; bh=!", AUTH_PERMERROR, "bh= is no base64" },
	{ BASE "h=from; bh=AAAA", AUTH_FAIL, "body hash did not verify" },
	{ "v=2; a=ed25519-sha256; d=example.com; s=sel; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "unknown version" },
	{ "v=1; a=rsa-sha1; d=example.com; s=sel; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "rsa-sha1 is no longer accepted" },
	{ "v=1; a=ed25519-sha512; d=example.com; s=sel; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "unknown algorithm" },
	{ "v=1; a=rsa-sha256; d=example.com; s=sel; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "key \"sel._domainkey.example.com\" is of another type than a=" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=no; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "key \"no._domainkey.example.com\" does not exist" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=down; c=relaxed; h=from; " BH, AUTH_TEMPERROR,
	  "key \"down._domainkey.example.com\" could not be fetched" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=sha1; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "key \"sha1._domainkey.example.com\" does not allow sha256" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=both; c=relaxed; h=from; " BH, AUTH_PASS, "" },
	{ "v=1; a=ed25519-sha256; d=example..com; s=sel; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "d= is no domain" },
	{ "v=1; a=ed25519-sha256; d=examotball.all.\xdf_example.com>; s=sel; h=from; " BH,
	  AUTH_PERMERROR, "d= is no domain" },
	{ "v=1; a=ed25519-sha256; d=all.\xc3\x9f_example.com>; s=\xc3\x9f_>; h=from; " BH,
	  AUTH_PERMERROR, "d= is no domain" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=\xc3\x9f_>; h=from; " BH, AUTH_PERMERROR,
	  "s= is no selector" },
	{ BASE "h=from; " BH "; i=a@\xc3\x9f_>", AUTH_PERMERROR, "i= is no address" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=s..l; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "s= is no selector" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "s= is no selector" },
	{ "v=1; a=ed25519-sha256; d=Example.COM; s=SEL; c=relaxed/simple; h=from; " BH, AUTH_PASS,
	  "" },
	{ "v=1; a=ed25519-sha256; d=b\xc3\xbc"
	  "cher.example; s=sel; c=relaxed; h=from; " BH,
	  AUTH_PASS, "" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=sel; c=relaxed/relaxed; h=from; " BH, AUTH_PASS,
	  "" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=sel; c=relaxed/none; h=from; " BH,
	  AUTH_PERMERROR, "unknown canonicalization" },
	{ "v=1; a=ed25519-sha256; d=example.com; s=sel; c=; h=from; " BH, AUTH_PERMERROR,
	  "unknown canonicalization" },
	{ "a=ed25519-sha256; d=example.com; s=sel; c=relaxed; h=from; " BH, AUTH_PERMERROR,
	  "no v= tag" },
	{ "nothing", AUTH_PERMERROR, "syntax error" },
};

START_TEST(tag_table)
{
	struct fixture x = fixture_new(KEY_ED25519);
	struct span raw = sign_as(&x, tags[_i].tags, CANON_RELAXED, "from:a@example.com\r\n", POST);
	struct found f = verify(x.arena, raw, &x.keys, 1700000000);

	ck_assert_uint_eq(f.n, 1);
	ck_assert_msg(f.v[0].result == tags[_i].want && span_is(f.v[0].text, tags[_i].text),
	              "\"%s\": %s \"%.*s\"", tags[_i].tags, auth_result_name(f.v[0].result),
	              SPAN_FMT(f.v[0].text));
	fixture_free(&x);
}
END_TEST

/* The simple form of fields, and b= in the middle with white space round it. */
START_TEST(simple_form)
{
	static const char signed_field[] = "From :  a@example.com\r\n\t(folded)\r\n";
	static const char before[] =
		"DKIM-Signature: v=1; a=ed25519-sha256;\r\n\td=example.com; s=sel; b=";
	static const char after[] = "; h=from ;\r\n " BH "\r\n";
	struct fixture x = fixture_new(KEY_ED25519);
	struct buf signature = BUF_INIT, text = BUF_INIT;
	struct digest digest;
	struct found f;
	struct err e;

	buf_str(&text, signed_field);
	buf_str(&text, before);
	buf_add(&text, (struct span){ after, strlen(after) - 2 });
	hash_of(HASH_SHA256, buf_span(&text), &digest);
	ck_assert(pkey_sign(x.key, HASH_SHA256, &digest, SPAN(""), &signature, &e));
	buf_clear(&text);
	buf_str(&text, before);
	buf_str(&text, "\r\n\t ");
	codec_base64(&text, span_sub(buf_span(&signature), 0, 30));
	buf_str(&text, " \r\n ");
	codec_base64(&text, span_from(buf_span(&signature), 30));
	buf_str(&text, "\r\n\t");
	buf_str(&text, after);
	buf_str(&text, signed_field);
	buf_str(&text, "\r\nbody\r\n\r\n");
	f = verify(x.arena, buf_span(&text), &x.keys, 1700000000);
	ck_assert_msg(f.v[0].result == AUTH_PASS, "%.*s", SPAN_FMT(f.v[0].text));
	buf_free(&signature);
	buf_free(&text);
	fixture_free(&x);
}
END_TEST

/* Two signatures whose body hashes differ only in the form. */
START_TEST(two_forms)
{
	struct fixture x = fixture_new(KEY_ED25519);
	/* SHA-256 of "body \r\n" */
	struct span raw = sign_as(
		&x, BASE "h=from; bh=F+5KFFJNUDvcy6pDZbEfV6MPDgwkUcwOWdw/wiQo+1I=", CANON_RELAXED,
		"from:a@example.com\r\n", "From: a@example.com\r\n\r\nbody \r\n");
	struct found f;

	raw = sign_as(&x,
	              "v=1; a=ed25519-sha256; d=example.com; s=sel; c=relaxed/relaxed; h=from; " BH,
	              CANON_RELAXED, "from:a@example.com\r\n", arena_str(x.arena, raw));
	f = verify(x.arena, raw, &x.keys, 1700000000);
	ck_assert_uint_eq(f.n, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_msg(f.v[i].result == AUTH_PASS, "%.*s", SPAN_FMT(f.v[i].text));
	}
	fixture_free(&x);
}
END_TEST

/* h= names DKIM-Signature: of others, never the one that is checked. */
START_TEST(signs_other_signature)
{
	struct fixture x = fixture_new(KEY_ED25519);
	struct span raw =
		sign_as(&x, BASE "h=from:dkim-signature:dkim-signature; " BH, CANON_RELAXED,
	                "from:a@example.com\r\ndkim-signature:v=1; old\r\n",
	                "DKIM-Signature: v=1; old\r\n" POST);
	struct found f = verify(x.arena, raw, &x.keys, 1700000000);

	ck_assert_uint_eq(f.n, 2);
	ck_assert_msg(f.v[0].result == AUTH_PASS, "%.*s", SPAN_FMT(f.v[0].text));
	ck_assert_int_eq(f.v[1].result, AUTH_PERMERROR);
	fixture_free(&x);
}
END_TEST

/* ---- hostile ---- */

START_TEST(many_signatures)
{
	struct fixture x = fixture_new(KEY_ED25519);
	struct buf raw = BUF_INIT;
	struct found f;
	size_t hashes = 0;

	for (unsigned i = 0; i < LIMIT_SIGNATURES + 10; i++) {
		buf_printf(&raw, "DKIM-Signature: " BASE "h=from; l=%u; bh=AAAA; b=AAAA\r\n",
		           i % 20);
	}
	buf_str(&raw, POST);
	f = verify(x.arena, buf_span(&raw), &x.keys, 1700000000);
	ck_assert_uint_eq(f.n, LIMIT_SIGNATURES);
	for (size_t i = 0; i < f.n; i++) {
		ck_assert(f.v[i].result == AUTH_FAIL || f.v[i].result == AUTH_PERMERROR);
		hashes += f.v[i].result == AUTH_FAIL;
	}
	/* l=0 to 7 were looked at, the rest not. */
	ck_assert_uint_eq(hashes, 8 * 3);
	ck_assert(span_is(f.v[8].text, "too many different body hashes"));
	buf_free(&raw);
	fixture_free(&x);
}
END_TEST

START_TEST(many_names)
{
	struct fixture x = fixture_new(KEY_ED25519);
	struct buf raw = BUF_INIT;
	struct found f;

	buf_str(&raw, "DKIM-Signature: " BASE BH "; b=AAAA; h=from");
	for (unsigned i = 0; i < LIMIT_FIELDS; i++) {
		buf_str(&raw, ":a");
	}
	buf_str(&raw, "\r\n" POST);
	f = verify(x.arena, buf_span(&raw), &x.keys, 1700000000);
	ck_assert_uint_eq(f.n, 1);
	ck_assert(span_is(f.v[0].text, "too many names in h="));
	buf_free(&raw);
	fixture_free(&x);
}
END_TEST

/* Only one author can be aligned with. */
START_TEST(alignment)
{
	static const struct {
		const char *from;
		bool aligned;
	} cases[] = {
		{ "From: a@example.com\r\n", true },
		{ "From: a@sub.EXAMPLE.com\r\n", true },
		{ "From: A <a@com>\r\n", true },
		{ "From: a@badexample.com\r\n", false },
		{ "From: a@example.com, b@example.com\r\n", false },
		{ "From: a@example.com\r\nFrom: a@example.com\r\n", false },
		{ "From: group: a@example.com;\r\n", false },
		{ "From: nobody\r\n", false },
		{ "Sender: a@example.com\r\n", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture x = fixture_new(KEY_ED25519);
		struct span raw = arena_join(
			x.arena, SPAN("DKIM-Signature: " BASE "h=from; bh=AAAA; b=AAAA\r\n"),
			span_str(cases[i].from), SPAN("\r\nbody\r\n"), SPAN_END);
		struct found f = verify(x.arena, raw, &x.keys, 1700000000);

		ck_assert_msg(f.v[0].aligned == cases[i].aligned, "%s", cases[i].from);
		fixture_free(&x);
	}
}
END_TEST

START_TEST(sign_refuses)
{
	struct arena *arena = arena_new();
	struct message m = sample_parse(arena, SPAN(POST));
	struct signer signer = { SPAN("example.com"), SPAN("sel"), NULL };
	struct digest body_hash;
	struct buf out = BUF_INIT;
	struct key_record k;
	struct err e;

	/* a public key */
	key_parse(arena, SPAN("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), &k);
	signer.key = k.key;
	canon_body_hash(CANON_RELAXED, HASH_SHA256, m.body, &body_hash);
	ck_assert(!dkim1_sign(&signer, m.fields, m.count, &body_hash, 0, &out, &e));
	ck_assert_uint_eq(out.n, 0);
	key_record_clear(&k);
	/* a kind of key that DKIM1 does not know */
	if (crypto_has_mldsa44()) {
		signer.key = pkey_generate(KEY_MLDSA44, 0, &e);
		ck_assert(!dkim1_sign(&signer, m.fields, m.count, &body_hash, 0, &out, &e));
		pkey_free(signer.key);
	}
	arena_free(arena);
}
END_TEST

Suite *dkim1_suite(void);

Suite *dkim1_suite(void)
{
	Suite *suite = suite_create("auth/dkim1");
	TCase *t = tcase_create("dkim1");

	tcase_add_loop_test(t, file_table, 0, sizeof(files) / sizeof(files[0]));
	tcase_add_test(t, result_fields);
	tcase_add_test(t, every_byte_counts);
	tcase_add_loop_test(t, round_trips, 0, 2 * sizeof(posts) / sizeof(posts[0]));
	tcase_add_loop_test(t, change_table, 0, sizeof(changes) / sizeof(changes[0]));
	tcase_add_loop_test(t, tag_table, 0, sizeof(tags) / sizeof(tags[0]));
	tcase_add_test(t, simple_form);
	tcase_add_test(t, two_forms);
	tcase_add_test(t, signs_other_signature);
	tcase_add_test(t, many_signatures);
	tcase_add_test(t, many_names);
	tcase_add_test(t, alignment);
	tcase_add_test(t, sign_refuses);
	tcase_set_timeout(t, 120);
	suite_add_tcase(suite, t);
	return suite;
}
