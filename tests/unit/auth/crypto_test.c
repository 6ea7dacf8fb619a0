/* Digests, HMAC, keys and signatures against published vectors; keys that must not be taken. */
#include "auth/crypto.h"
#include "base/codec.h"
#include "base/mem.h"
#include "samples.h"

#include <check.h>
#include <jansson.h>
#include <string.h>

static void same_hex(const struct digest *digest, const char *want)
{
	struct buf hex = BUF_INIT;

	codec_hex(&hex, digest_span(digest));
	ck_assert_str_eq(hex.p, want);
	buf_free(&hex);
}

/* FIPS 180-4, examples of NIST: "abc" and the empty message. */
START_TEST(digests)
{
	struct digest d;

	hash_of(HASH_SHA256, SPAN("abc"), &d);
	same_hex(&d, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_of(HASH_SHA256, SPAN(""), &d);
	same_hex(&d, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_of(HASH_SHA1, SPAN("abc"), &d);
	same_hex(&d, "a9993e364706816aba3e25717850c26c9cd0d89d");
	hash_of(HASH_SHA512, SPAN("abc"), &d);
	same_hex(&d, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	             "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}
END_TEST

START_TEST(running_hash)
{
	struct hash *h = hash_new(HASH_SHA256), *copy;
	struct digest a, b, want;

	hash_add(h, SPAN("a"));
	hash_add(h, SPAN(""));
	hash_add(h, (struct span){ NULL, 0 });
	copy = hash_copy(h);
	hash_add(h, SPAN("bc"));
	hash_add(copy, SPAN("xy"));
	hash_final(h, &a);
	hash_final(copy, &b);
	hash_of(HASH_SHA256, SPAN("abc"), &want);
	ck_assert(span_eq(digest_span(&a), digest_span(&want)));
	hash_of(HASH_SHA256, SPAN("axy"), &want);
	ck_assert(span_eq(digest_span(&b), digest_span(&want)));
	hash_free(hash_new(HASH_SHA512));
	hash_free(NULL);
}
END_TEST

/* RFC 4231, test cases 1, 2 and 6. */
START_TEST(hmac)
{
	char key[131];
	struct digest d;

	memset(key, 0x0b, 20);
	hmac_sha256((struct span){ key, 20 }, SPAN("Hi There"), &d);
	same_hex(&d, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_sha256(SPAN("Jefe"), SPAN("what do ya want for nothing?"), &d);
	same_hex(&d, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	hmac_sha256((struct span){ key, 131 },
	            SPAN("Test Using Larger Than Block-Size Key - Hash Key First"), &d);
	same_hex(&d, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	hmac_sha256((struct span){ NULL, 0 }, (struct span){ NULL, 0 }, &d);
	same_hex(&d, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(same)
{
	ck_assert(crypto_same(SPAN("abc"), SPAN("abc")));
	ck_assert(crypto_same(SPAN(""), (struct span){ NULL, 0 }));
	ck_assert(!crypto_same(SPAN("abc"), SPAN("abd")));
	ck_assert(!crypto_same(SPAN("abc"), SPAN("ab")));
}
END_TEST

/* RFC 8463, appendix A.1 (the key of RFC 8032 7.1, test 1), as PKCS #8. */
static const char ed25519_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
	"-----END PRIVATE KEY-----\n";

/* RFC 8463, appendix A.2, as PKCS #1. */
static const char rsa_pem[] = "-----BEGIN RSA PRIVATE KEY-----\n"
			      "MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi\n"
			      "Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM\n"
			      "KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB\n"
			      "AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm\n"
			      "6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe\n"
			      "zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy\n"
			      "6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc\n"
			      "uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy\n"
			      "WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd\n"
			      "WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a\n"
			      "licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst\n"
			      "o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe\n"
			      "uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL\n"
			      "-----END RSA PRIVATE KEY-----\n";

static struct pkey *private_key(const char *pem)
{
	struct err e;
	struct pkey *k = pkey_private(span_str(pem), &e);

	ck_assert_msg(k != NULL, "%s", e.text);
	return k;
}

static void same_record(const struct pkey *k, const char *want)
{
	struct buf octets = BUF_INIT, text = BUF_INIT;
	struct err e;

	ck_assert(pkey_record(k, &octets, &e));
	codec_base64(&text, buf_span(&octets));
	ck_assert_str_eq(text.p, want);
	buf_free(&octets);
	buf_free(&text);
}

/* The private keys of RFC 8463, appendix A, give its public ones. */
START_TEST(records)
{
	struct pkey *ed25519 = private_key(ed25519_pem), *rsa = private_key(rsa_pem);

	ck_assert_int_eq(pkey_type(ed25519), KEY_ED25519);
	ck_assert_uint_eq(pkey_bits(ed25519), 256);
	same_record(ed25519, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	ck_assert_int_eq(pkey_type(rsa), KEY_RSA);
	ck_assert_uint_eq(pkey_bits(rsa), 1024);
	same_record(rsa, "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
	                 "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
	                 "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
	                 "Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
	pkey_free(ed25519);
	pkey_free(rsa);
	pkey_free(NULL);
}
END_TEST

/* RFC 8032 7.1, test 1: the digest is what Ed25519 signs. */
START_TEST(ed25519_vector)
{
	struct pkey *k = private_key(ed25519_pem);
	struct digest nothing = { .n = 0 };
	struct buf signature = BUF_INIT, hex = BUF_INIT;
	struct err e;

	ck_assert(pkey_sign(k, HASH_SHA256, &nothing, SPAN("ignored"), &signature, &e));
	codec_hex(&hex, buf_span(&signature));
	ck_assert_str_eq(hex.p,
	                 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88"
	                 "21590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
	ck_assert(pkey_verify(k, HASH_SHA256, &nothing, SPAN(""), buf_span(&signature)));
	buf_free(&signature);
	buf_free(&hex);
	pkey_free(k);
}
END_TEST

/* What was signed verifies with the public half, and with nothing else. */
static void round_trip(struct pkey *k)
{
	struct buf signature = BUF_INIT, octets = BUF_INIT, pem = BUF_INIT;
	struct digest digest, other;
	struct pkey *public, *again;
	struct err e;
	bool pure = pkey_type(k) == KEY_MLDSA44;

	hash_of(HASH_SHA256, SPAN("text"), &digest);
	hash_of(HASH_SHA256, SPAN("Text"), &other);
	ck_assert(pkey_record(k, &octets, &e));
	public = pkey_public(pkey_type(k), buf_span(&octets), &e);
	ck_assert_msg(public != NULL, "%s", e.text);
	ck_assert(pkey_pem(k, &pem, &e));
	ck_assert(span_starts(buf_span(&pem), SPAN("-----BEGIN PRIVATE KEY-----\n")));
	again = pkey_private(buf_span(&pem), &e);
	ck_assert_msg(again != NULL, "%s", e.text);

	buf_str(&signature, "kept");
	ck_assert(pkey_sign(again, HASH_SHA256, &digest, SPAN("text"), &signature, &e));
	ck_assert(span_starts(buf_span(&signature), SPAN("kept")));
	ck_assert(signature.p[signature.n] == '\0');
	struct span s = span_from(buf_span(&signature), 4);

	ck_assert(pkey_verify(public, HASH_SHA256, &digest, SPAN("text"), s));
	ck_assert_int_eq(pkey_verify(public, HASH_SHA256, &other, SPAN("text"), s), pure);
	ck_assert_int_eq(pkey_verify(public, HASH_SHA256, &digest, SPAN("Text"), s), !pure);
	ck_assert(
		!pkey_verify(public, HASH_SHA256, &digest, SPAN("text"), span_sub(s, 0, s.n - 1)));
	ck_assert(!pkey_verify(public, HASH_SHA256, &digest, SPAN("text"), SPAN("")));
	signature.p[signature.n / 2] ^= 1;
	ck_assert(!pkey_verify(public, HASH_SHA256, &digest, SPAN("text"), s));

	/* A public key has nothing to sign with. */
	ck_assert(!pkey_sign(public, HASH_SHA256, &digest, SPAN("text"), &signature, &e));
	ck_assert(!pkey_pem(public, &pem, &e));
	buf_free(&signature);
	buf_free(&octets);
	buf_free(&pem);
	pkey_free(public);
	pkey_free(again);
	pkey_free(k);
}

START_TEST(round_trips)
{
	struct err e;

	round_trip(private_key(ed25519_pem));
	round_trip(private_key(rsa_pem));
	round_trip(pkey_generate(KEY_ED25519, 0, &e));
	round_trip(pkey_generate(KEY_RSA, 2048, &e));
	if (crypto_has_mldsa44()) {
		round_trip(pkey_generate(KEY_MLDSA44, 0, &e));
	}
}
END_TEST

START_TEST(generate_refuses)
{
	static const unsigned bits[] = { 0, 512, 1024, 2047, 4097, 65536 };
	struct err e;

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		ck_assert(!pkey_generate(KEY_RSA, bits[i], &e));
		ck_assert_int_eq(e.class, ERR_MISUSE);
	}
	if (!crypto_has_mldsa44()) {
		ck_assert(!pkey_generate(KEY_MLDSA44, 0, &e));
	}
}
END_TEST

static const struct {
	enum key_type type;
	const char *octets; /* base64 */
} bad_public[] = {
	{ KEY_RSA, "" },
	{ KEY_RSA, "AAAA" },
	/* of 512, 768 and 1023 bits */
	{ KEY_RSA,
	  "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAPKBSyt0DrPzicLeAL/d120grGojTGuCAufVNLkbVD4xl8m8"
	  "zmZmywTJaEq+1jiY91O86MKWgJSbuS8hhyMOqs8CAwEAAQ==" },
	{ KEY_RSA,
	  "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhANUtWL2UPW4Fv0/h1tUrr4tQ6eJiojXg7Qy8yKN8UmtwtYKn"
	  "Aa8C+EYdZFzG+3afGc/9qJLctVzHxoIG7b6+IHSEPAEoiLgTXBt9k0f/JhWprTvf+rqxTmvURzOTNrtq"
	  "KQIDAQAB" },
	{ KEY_RSA,
	  "MIGeMA0GCSqGSIb3DQEBAQUAA4GMADCBiAKBgGBB/B1wRKz7MBUXdwDcRN2gGnF22Sl9UU/3gHB/43V9"
	  "XdRnwh+5yq48in4ueJR6j+IJbugPykoyqj05+d3iZjQ5xVWnMg7CCpTY0gc467MM/CqRISAomxKzAM98"
	  "/S3SEtL38LlwivkcvFNUNA7C74lt7kLOyjiVl4tj0qpmmpdvAgMBAAE=" },
	/* an Ed25519 key, an EC key, and an RSA key with something behind it */
	{ KEY_RSA, "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
	{ KEY_RSA,
	  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKTnzxndKPZg408DAI6Bm7tuEqrs0Rlnqc7ItOqxcYtJ/"
	  "emsPKWxzV17fAhSfRoTVsjYf3riYZclAoqnkdtmcyg==" },
	{ KEY_RSA,
	  "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bd"
	  "OKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4h"
	  "stT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQABAA==" },
	{ KEY_ED25519, "" },
	{ KEY_ED25519, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ==" },
	{ KEY_ED25519, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURoA" },
	{ KEY_ED25519, "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
	{ KEY_MLDSA44, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
};

START_TEST(public_refuses)
{
	struct arena *arena = arena_new();
	struct err e = { .class = ERR_NONE };

	ck_assert(!pkey_public(bad_public[_i].type, sample_unbase64(arena, bad_public[_i].octets),
	                       &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	arena_free(arena);
}
END_TEST

static const char *const bad_private[] = {
	"",
	"no key",
	"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	/* on the curve P-256 */
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7cxQlsmOge6tKkF+\n"
	"hEs9Xu7R7PDOe0T4qkZoO3WuspGhRANCAATZoIOK1XyvIfOmEukLc6mOgxq9zKCF\n"
	"j4rbgS5VPzM5oMlfuqRgEHAhDdp0ICMMjut39bE+ED1nwTiXNV6EfBsE\n"
	"-----END PRIVATE KEY-----\n",
	/* encrypted: nobody is asked for a passphrase */
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhRdRo40t7dVQICCAAw\n"
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJW3iCGVEaiYJsJfnBNescYEQCet\n"
	"ZXKAnCRRDBW3iAKvD0FV5lwEnWfQ6xBevE+ef2hzJ92sUI8z7xPys6wh/TiXSKzO\n"
	"ZFm3A0h1QSW8I5U5t0E=\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n",
	/* a public key */
	"-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
	"-----END PUBLIC KEY-----\n",
};

START_TEST(private_refuses)
{
	struct err e = { .class = ERR_NONE };

	ck_assert(!pkey_private(span_str(bad_private[_i]), &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
}
END_TEST

/* The same key as SubjectPublicKeyInfo and as RSAPublicKey. */
START_TEST(rsa_both_forms)
{
	struct arena *arena = arena_new();
	struct err e;
	struct pkey *k = pkey_public(
		KEY_RSA,
		sample_unbase64(arena,
	                        "MIGJAoGBAOQeU5CgFPNZGIazlXo2k/eJ1jpaTTxrmqF1HrDLlt04pvaMtCJj8nXo"
	                        "liLRC/H9vJjMI1vdb3XLcW60AIN/PBD8EL97/y4GwJH7LPUvGP48vqUe+owqszes"
	                        "biGy1PlCO8c70/OjFnJVgvMF87YR4Lcincb7aSvI5MgpP6X8rjDdAgMBAAE="),
		&e);

	ck_assert_msg(k != NULL, "%s", e.text);
	same_record(k, "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
	               "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
	               "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
	               "Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
	pkey_free(k);
	arena_free(arena);
}
END_TEST

static struct span vector(struct arena *arena, json_t *root, const char *name)
{
	return sample_unbase64(arena, json_string_value(json_object_get(root, name)));
}

/* tests/corpus/mldsa44: with the context "DKIM2", and not with an empty one. */
START_TEST(mldsa44_vector)
{
	struct arena *arena = arena_new();
	struct span text = sample_file(arena, "mldsa44/mldsa44.json"), m;
	json_t *root = json_loadb(text.p, text.n, 0, NULL);
	struct digest none = { .n = 0 };
	struct err e;
	struct pkey *k = pkey_public(KEY_MLDSA44, vector(arena, root, "pk"), &e);

	ck_assert_int_eq(k != NULL, crypto_has_mldsa44());
	if (k) {
		m = vector(arena, root, "m");
		ck_assert(pkey_verify(k, HASH_SHA256, &none, m, vector(arena, root, "s")));
		ck_assert(!pkey_verify(k, HASH_SHA256, &none, SPAN("m"), vector(arena, root, "s")));
		ck_assert(!pkey_verify(k, HASH_SHA256, &none, m,
		                       vector(arena, root, "s_empty_context")));
	}
	pkey_free(k);
	json_decref(root);
	arena_free(arena);
}
END_TEST

/* Known for what it is, also where it cannot be read. */
START_TEST(mldsa44_private)
{
	static const char head[] = "-----BEGIN PRIVATE KEY-----\n",
			  tail[] = "\n-----END PRIVATE KEY-----\n";
	struct arena *arena = arena_new();
	struct span text = sample_file(arena, "mldsa44/mldsa44.json");
	json_t *root = json_loadb(text.p, text.n, 0, NULL);
	static const char *const names[] = { "pkcs8_seed", "pkcs8_both" };
	struct err e;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span pem = arena_printf(
			arena, "%s%s%s", head,
			json_string_value(json_object_get(root, names[i])), tail);
		struct pkey *k = pkey_private(pem, &e);

		ck_assert(pkey_is_mldsa44(pem));
		ck_assert_int_eq(k != NULL, crypto_has_mldsa44());
		pkey_free(k);
	}
	ck_assert(!pkey_is_mldsa44(span_str(ed25519_pem)));
	ck_assert(!pkey_is_mldsa44(span_str(rsa_pem)));
	ck_assert(!pkey_is_mldsa44(SPAN("")));
	ck_assert(!pkey_is_mldsa44(SPAN("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")));
	json_decref(root);
	arena_free(arena);
}
END_TEST

/* The frame of a public RSA key: cut anywhere, or with any byte of its head changed. */
START_TEST(spki_frame)
{
	enum { HEAD = 32 }; /* up to the modulus */
	struct arena *arena = arena_new();
	struct span pem = sample_file(arena, "dkim2/negative/keys/rsa.pem");
	struct pkey *private = pkey_private(pem, NULL), *key;
	struct buf octets = BUF_INIT, again = BUF_INIT;
	size_t taken = 0;

	ck_assert(private && pkey_record(private, &octets, NULL));
	for (size_t n = 0; n <= octets.n + 1; n++) {
		/* A copy of its own size, so that a read behind it is seen. */
		char *copy = mem_alloc(n ? n : 1);

		memcpy(copy, octets.p, n < octets.n ? n : octets.n);
		key = pkey_public(KEY_RSA, (struct span){ copy, n }, NULL);
		ck_assert_msg((key != NULL) == (n == octets.n), "%zu octets", n);
		pkey_free(key);
		mem_free(copy);
	}
	for (size_t i = 0; i < HEAD * 255u; i++) {
		octets.p[i / 255] ^= (char)(i % 255 + 1);
		key = pkey_public(KEY_RSA, buf_span(&octets), NULL);
		octets.p[i / 255] ^= (char)(i % 255 + 1);
		/* What is taken all the same is another way to say the same key. */
		if (key) {
			taken++;
			buf_clear(&again);
			ck_assert(pkey_record(key, &again, NULL));
			ck_assert_msg(span_eq(buf_span(&again), buf_span(&octets)), "byte %zu", i / 255);
			pkey_free(key);
		}
	}
	ck_assert_uint_le(taken, 20);
	buf_free(&octets);
	buf_free(&again);
	pkey_free(private);
	arena_free(arena);
}
END_TEST

START_TEST(same_key)
{
	struct pkey *a = private_key(ed25519_pem), *b = private_key(rsa_pem), *c, *d;
	struct buf octets = BUF_INIT;
	struct err e;

	ck_assert(pkey_record(a, &octets, &e));
	c = pkey_public(KEY_ED25519, buf_span(&octets), &e);
	d = pkey_generate(KEY_ED25519, 0, &e);
	ck_assert(pkey_same(a, c) && pkey_same(c, a));
	ck_assert(!pkey_same(a, b) && !pkey_same(a, d));
	buf_free(&octets);
	pkey_free(a);
	pkey_free(b);
	pkey_free(c);
	pkey_free(d);
}
END_TEST

/* An RSAPublicKey of 1024 bits whose exponent has BYTES octets, at most 100. */
static struct span with_exponent(struct arena *arena, size_t bytes)
{
	static const char head[] = "\x30\x81\xff\x02\x81\x81\x00\xc1";
	struct buf out = BUF_INIT;

	buf_add(&out, (struct span){ head, sizeof(head) - 1 });
	for (int i = 0; i < 127; i++) {
		buf_chr(&out, (char)(2 * i + 1));
	}
	buf_chr(&out, 0x02);
	buf_chr(&out, (char)bytes);
	for (size_t i = 0; i < bytes; i++) {
		buf_chr(&out, i + 1 < bytes ? 0x71 : 0x01);
	}
	out.p[2] = (char)(out.n - 3);
	return buf_move(&out, arena);
}

/* Verifying with a long one costs a hundred times as much, and strangers choose it. */
START_TEST(long_exponents)
{
	struct arena *arena = arena_new();
	struct err e;
	struct pkey *k = pkey_public(KEY_RSA, with_exponent(arena, 8), &e);

	ck_assert_msg(k != NULL, "%s", e.text);
	pkey_free(k);
	ck_assert(!pkey_public(KEY_RSA, with_exponent(arena, 9), &e));
	ck_assert(strstr(e.text, "exponent"));
	ck_assert(!pkey_public(KEY_RSA, with_exponent(arena, 100), &e));
	arena_free(arena);
}
END_TEST

Suite *crypto_suite(void);

Suite *crypto_suite(void)
{
	Suite *suite = suite_create("auth/crypto");
	TCase *t = tcase_create("crypto");

	tcase_add_test(t, digests);
	tcase_add_test(t, running_hash);
	tcase_add_test(t, hmac);
	tcase_add_test(t, same);
	tcase_add_test(t, records);
	tcase_add_test(t, ed25519_vector);
	tcase_add_test(t, round_trips);
	tcase_add_test(t, generate_refuses);
	tcase_add_loop_test(t, public_refuses, 0, sizeof(bad_public) / sizeof(bad_public[0]));
	tcase_add_loop_test(t, private_refuses, 0, sizeof(bad_private) / sizeof(bad_private[0]));
	tcase_add_test(t, rsa_both_forms);
	tcase_add_test(t, long_exponents);
	tcase_add_test(t, spki_frame);
	tcase_add_test(t, mldsa44_vector);
	tcase_add_test(t, mldsa44_private);
	tcase_add_test(t, same_key);
	tcase_set_timeout(t, 60);
	suite_add_tcase(suite, t);
	return suite;
}
