/* Digests by libcrypto, and what is made of them. */
#include "auth/libcrypto.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct hash {
	EVP_MD_CTX *ctx;
};

_Noreturn void libcrypto_failed(const char *what)
{
	fprintf(stderr, "ladle: libcrypto: %s failed\n", what);
	_exit(EX_TEMPFAIL);
}

const EVP_MD *libcrypto_digest(enum hash_alg alg)
{
	static const EVP_MD *(*const md[])(void) = {
		[HASH_SHA256] = EVP_sha256,
		[HASH_SHA512] = EVP_sha512,
		[HASH_SHA1] = EVP_sha1,
	};

	return md[alg]();
}

struct hash *hash_new(enum hash_alg alg)
{
	struct hash *h = mem_alloc(sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestInit_ex2(h->ctx, libcrypto_digest(alg), NULL)) {
		libcrypto_failed("digest");
	}
	return h;
}

void hash_add(struct hash *h, struct span bytes)
{
	if (bytes.n && !EVP_DigestUpdate(h->ctx, bytes.p, bytes.n)) {
		libcrypto_failed("digest");
	}
}

struct hash *hash_copy(const struct hash *h)
{
	struct hash *copy = mem_alloc(sizeof(*copy));

	copy->ctx = EVP_MD_CTX_new();
	if (!copy->ctx || !EVP_MD_CTX_copy_ex(copy->ctx, h->ctx)) {
		libcrypto_failed("copy of a digest");
	}
	return copy;
}

void hash_final(struct hash *h, struct digest *out)
{
	unsigned n = 0;

	*out = (struct digest){ .n = 0 };
	if (!EVP_DigestFinal_ex(h->ctx, out->v, &n)) {
		libcrypto_failed("digest");
	}
	out->n = n;
	hash_free(h);
}

void hash_free(struct hash *h)
{
	if (!h) {
		return;
	}
	EVP_MD_CTX_free(h->ctx);
	mem_free(h);
}

void hash_of(enum hash_alg alg, struct span bytes, struct digest *out)
{
	struct hash *h = hash_new(alg);

	hash_add(h, bytes);
	hash_final(h, out);
}

void hmac_sha256(struct span key, struct span bytes, struct digest *out)
{
	unsigned n = 0;

	*out = (struct digest){ .n = 0 };
	if (key.n > INT32_MAX || !HMAC(EVP_sha256(), libcrypto_octets(key), (int)key.n,
	                               libcrypto_octets(bytes), bytes.n, out->v, &n)) {
		libcrypto_failed("hmac");
	}
	out->n = n;
}

bool crypto_same(struct span a, struct span b)
{
	return a.n == b.n && CRYPTO_memcmp(libcrypto_octets(a), libcrypto_octets(b), a.n) == 0;
}
