#ifndef LADLE_AUTH_CRYPTO_H
#define LADLE_AUTH_CRYPTO_H

/* All that Ladle asks of OpenSSL: digests, HMAC, signatures, keys. */

#include "base/buf.h"
#include "base/err.h"

enum hash_alg { HASH_SHA256, HASH_SHA512, HASH_SHA1 };

#define HASH_MAX 64u

struct digest {
	unsigned char v[HASH_MAX];
	size_t n; /* 32, 64 or 20 */
};

static inline struct span digest_span(const struct digest *d)
{
	return (struct span){ (const char *)d->v, d->n };
}

/* A running hash. Freed by hash_final or hash_free. */
struct hash;
struct hash *hash_new(enum hash_alg alg);
void hash_add(struct hash *h, struct span bytes);
struct hash *hash_copy(const struct hash *h);        /* the state so far, to be continued twice */
void hash_final(struct hash *h, struct digest *out); /* and frees */
void hash_free(struct hash *h);
void hash_of(enum hash_alg alg, struct span bytes, struct digest *out);

/* HMAC-SHA256 (RFC 2104). */
void hmac_sha256(struct span key, struct span bytes, struct digest *out);
/* Equal, in time that does not depend on where they differ. */
bool crypto_same(struct span a, struct span b);

enum key_type { KEY_RSA, KEY_ED25519, KEY_MLDSA44 };
const char *key_type_name(
	enum key_type t); /* "rsa", "ed25519", "mldsa44": the k= of a key record */

/* Is ML-DSA-44 in this libcrypto? Looked up at run time. */
bool crypto_has_mldsa44(void);

/* A public or private key. */
struct pkey;
void pkey_free(struct pkey *k);
enum key_type pkey_type(const struct pkey *k);
unsigned pkey_bits(const struct pkey *k); /* RSA modulus; 256 for Ed25519 */

/*
 * Public key from the p= octets of a key record: RSA as SubjectPublicKeyInfo or
 * bare RSAPublicKey, Ed25519 as 32 raw octets, ML-DSA-44 as 1312. NULL with a
 * permanent error when it is malformed, or RSA is below 1024 bits.
 */
struct pkey *pkey_public(enum key_type type, struct span octets, struct err *e);
/* Private key from PEM (PKCS #8 or PKCS #1), unencrypted. */
struct pkey *pkey_private(struct span pem, struct err *e);
/* Does PEM hold an ML-DSA-44 key (RFC 9881)? Told also where libcrypto cannot read it. */
bool pkey_is_mldsa44(struct span pem);
/* Are the public halves the same? */
bool pkey_same(const struct pkey *a, const struct pkey *b);
/* A new key; BITS is for RSA (2048 to 4096). */
struct pkey *pkey_generate(enum key_type type, unsigned bits, struct err *e);
bool pkey_pem(const struct pkey *k, struct buf *out, struct err *e);    /* private, PKCS #8 */
bool pkey_record(const struct pkey *k, struct buf *out, struct err *e); /* the octets of p= */

/*
 * Verify. RSA: PKCS #1 v1.5 over DIGEST of ALG. Ed25519: PureEdDSA over the
 * octets of DIGEST. ML-DSA-44: pure, context "DKIM2", over TEXT itself.
 */
bool pkey_verify(const struct pkey *k, enum hash_alg alg, const struct digest *digest,
                 struct span text, struct span signature);
/* Sign, appending the raw signature. As above. */
bool pkey_sign(const struct pkey *k, enum hash_alg alg, const struct digest *digest,
               struct span text, struct buf *out, struct err *e);

#endif
