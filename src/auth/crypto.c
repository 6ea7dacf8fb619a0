/*
 * Keys and signatures by libcrypto. It keeps no state outside its objects.
 * Setting up a context costs up to a tenth of a signature, so a private key
 * holds one that is ready; it is never used itself, only copied, so that a key
 * stays constant. (Using one twice is refused by newer versions anyway.)
 *
 * libcrypto leaves its reasons in a queue of its own; every public function
 * that can fail clears it, so that nobody later reads a stale one.
 */
#include "auth/crypto.h"

#include "auth/libcrypto.h"
#include "base/mem.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string.h>

/* RSA in bits: the least that is verified, the most, what we make (RFC 8301). */
enum { RSA_LEAST = 1024, RSA_MOST = 8192, RSA_MAKE_LEAST = 2048, RSA_MAKE_MOST = 4096 };

/*
 * Bits of an RSA exponent, which is 65537 nearly everywhere. One as long as the modulus, which
 * libcrypto takes up to 3072 bits, makes each verification a hundred times as dear.
 */
enum { RSA_EXPONENT_MOST = 64 };

enum { ED25519_OCTETS = 32, MLDSA44_OCTETS = 1312 };

/* Domain separation of ML-DSA in DKIM2. */
#define MLDSA44_CONTEXT "DKIM2"
/* Its name in a private key (RFC 9881 2). */
#define MLDSA44_OID "2.16.840.1.101.3.4.3.17"

struct key_name {
	const char *record; /* k= of a key record */
	const char *libcrypto;
	size_t octets; /* of a raw public key; 0: DER */
};

static const struct key_name key_names[] = {
	[KEY_RSA] = { "rsa", "RSA", 0 },
	[KEY_ED25519] = { "ed25519", "ED25519", ED25519_OCTETS },
	[KEY_MLDSA44] = { "mldsa44", "ML-DSA-44", MLDSA44_OCTETS },
};

enum { KEY_TYPES = sizeof(key_names) / sizeof(key_names[0]) };

struct pkey {
	EVP_PKEY *evp;
	enum key_type type;
	unsigned bits;
	bool private;
	EVP_PKEY_CTX *ready_rsa; /* private: set up to sign SHA-256 digests */
	EVP_MD_CTX *ready_pure;  /* private, of another type: set up to sign */
};

/* N octets that were written behind OUT by hand. */
static void grown(struct buf *out, size_t n)
{
	out->n += n;
	out->p[out->n] = '\0';
}

/* Put libcrypto's own reason into E and empty its queue. */
static bool refuse(struct err *e, enum err_class class, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	if (reason) {
		err_set(e, class, "", "%s: %s", what, reason);
	} else {
		err_set(e, class, "", "%s", what);
	}
	ERR_clear_error();
	return false;
}

/* ---- keys ---- */

const char *key_type_name(enum key_type t)
{
	return key_names[t].record;
}

bool crypto_has_mldsa44(void)
{
	EVP_SIGNATURE *found = EVP_SIGNATURE_fetch(NULL, key_names[KEY_MLDSA44].libcrypto, NULL);

	EVP_SIGNATURE_free(found);
	ERR_clear_error();
	return found;
}

void pkey_free(struct pkey *k)
{
	if (!k) {
		return;
	}
	EVP_PKEY_CTX_free(k->ready_rsa);
	EVP_MD_CTX_free(k->ready_pure);
	EVP_PKEY_free(k->evp);
	mem_free(k);
}

enum key_type pkey_type(const struct pkey *k)
{
	return k->type;
}

unsigned pkey_bits(const struct pkey *k)
{
	return k->bits;
}

/* RSA signs a digest that is there already. */
static EVP_PKEY_CTX *rsa_context(const struct pkey *k, enum hash_alg alg,
                                 int (*init)(EVP_PKEY_CTX *))
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->evp, NULL);

	if (ctx && init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, libcrypto_digest(alg)) == 1) {
		return ctx;
	}
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

typedef int pure_init(EVP_MD_CTX *, EVP_PKEY_CTX **, const char *, OSSL_LIB_CTX *, const char *,
                      EVP_PKEY *, const OSSL_PARAM[]);

static EVP_MD_CTX *pure_context(const struct pkey *k, pure_init *init)
{
	char context[] = MLDSA44_CONTEXT;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const OSSL_PARAM params[] = { OSSL_PARAM_octet_string("context-string", context,
		                                              sizeof(context) - 1),
		                      OSSL_PARAM_END };

	if (ctx && init(ctx, NULL, NULL, NULL, NULL, k->evp,
	                k->type == KEY_MLDSA44 ? params : NULL) == 1) {
		return ctx;
	}
	EVP_MD_CTX_free(ctx);
	return NULL;
}

/* Set up what every signature needs. */
static bool prepare(struct pkey *k)
{
	if (k->type == KEY_RSA) {
		k->ready_rsa = rsa_context(k, HASH_SHA256, EVP_PKEY_sign_init);
	} else {
		k->ready_pure = pure_context(k, EVP_DigestSignInit_ex);
	}
	return k->ready_rsa || k->ready_pure;
}

static bool small_exponent(const EVP_PKEY *evp)
{
	BIGNUM *exponent = NULL;
	bool small = EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
	             BN_num_bits(exponent) <= RSA_EXPONENT_MOST;

	BN_free(exponent);
	return small;
}

/* Takes EVP over; frees it when it is of no use to us. */
static struct pkey *wrap(EVP_PKEY *evp, bool private, struct err *e)
{
	struct pkey *k;
	size_t type = 0;
	int bits = EVP_PKEY_get_bits(evp);

	while (type < KEY_TYPES && !EVP_PKEY_is_a(evp, key_names[type].libcrypto)) {
		type++;
	}
	if (type == KEY_TYPES) {
		err_set(e, ERR_PERMANENT, "", "key of a type that is not supported");
		goto failed;
	}
	if (type == KEY_RSA && (bits < RSA_LEAST || bits > RSA_MOST)) {
		err_set(e, ERR_PERMANENT, "", "rsa key of %d bits", bits);
		goto failed;
	}
	if (type == KEY_RSA && !small_exponent(evp)) {
		err_set(e, ERR_PERMANENT, "", "rsa key with an exponent of over %d bits",
		        RSA_EXPONENT_MOST);
		goto failed;
	}
	k = mem_alloc(sizeof(*k));
	k->evp = evp;
	k->type = (enum key_type)type;
	k->bits = type == KEY_ED25519 ? 256 : (unsigned)bits;
	k->private = private;
	if (private && !prepare(k)) {
		pkey_free(k);
		refuse(e, ERR_PERMANENT, "private key cannot sign");
		return NULL;
	}
	ERR_clear_error();
	return k;
failed:
	EVP_PKEY_free(evp);
	ERR_clear_error();
	return NULL;
}

/*
 * The RSAPublicKey in a SubjectPublicKeyInfo; false when OCTETS is none for RSA. OpenSSL 3
 * can read it whole, but takes three times as long for that as for the signature.
 */
static bool rsa_inside(struct span octets, struct span *inside)
{
	const unsigned char *p = libcrypto_octets(octets), *const end = p + octets.n;
	long n = (long)octets.n;
	int tag, class;
	X509_ALGOR *algorithm;
	bool rsa;

	if ((ASN1_get_object(&p, &n, &tag, &class, n) & ~V_ASN1_CONSTRUCTED) ||
	    tag != V_ASN1_SEQUENCE || p + n != end) {
		return false;
	}
	algorithm = d2i_X509_ALGOR(NULL, &p, n);
	rsa = algorithm && OBJ_obj2nid(algorithm->algorithm) == NID_rsaEncryption &&
	      (!algorithm->parameter || ASN1_TYPE_get(algorithm->parameter) == V_ASN1_NULL);
	X509_ALGOR_free(algorithm);
	n = (long)(end - p);
	if (!rsa || ASN1_get_object(&p, &n, &tag, &class, n) != 0 || tag != V_ASN1_BIT_STRING ||
	    p + n != end || n < 1 || *p != 0) {
		return false;
	}
	*inside = (struct span){ (const char *)p + 1, (size_t)n - 1 };
	return true;
}

/* Both forms are DER; what follows the key makes it malformed. */
static EVP_PKEY *rsa_public(struct span octets)
{
	struct span key = octets;
	const unsigned char *p;
	EVP_PKEY *evp;

	if (octets.n == 0 || octets.n > INT32_MAX) {
		return NULL;
	}
	if (!rsa_inside(octets, &key)) {
		key = octets;
	}
	p = libcrypto_octets(key);
	evp = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)key.n);
	if (evp && p != libcrypto_octets(key) + key.n) {
		EVP_PKEY_free(evp);
		return NULL;
	}
	return evp;
}

static EVP_PKEY *raw_public(enum key_type type, struct span octets)
{
	if (octets.n != key_names[type].octets) {
		return NULL;
	}
	return EVP_PKEY_new_raw_public_key_ex(NULL, key_names[type].libcrypto, NULL,
	                                      libcrypto_octets(octets), octets.n);
}

struct pkey *pkey_public(enum key_type type, struct span octets, struct err *e)
{
	EVP_PKEY *evp = type == KEY_RSA ? rsa_public(octets) : raw_public(type, octets);
	struct pkey *k;

	if (!evp) {
		refuse(e, ERR_PERMANENT, "public key is malformed");
		return NULL;
	}
	k = wrap(evp, false, e);
	if (k && k->type != type) {
		pkey_free(k);
		err_set(e, ERR_PERMANENT, "", "public key is not of type \"%s\"",
		        key_type_name(type));
		return NULL;
	}
	return k;
}

/* Never ask at the terminal: an encrypted key is an error. */
static int no_passphrase(char *buf, int size, int writing, void *self)
{
	(void)buf, (void)size, (void)writing, (void)self;
	return -1;
}

struct pkey *pkey_private(struct span pem, struct err *e)
{
	EVP_PKEY *evp = NULL;
	BIO *bio = pem.n <= INT32_MAX ? BIO_new_mem_buf(libcrypto_octets(pem), (int)pem.n) : NULL;

	if (bio) {
		evp = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	}
	BIO_free(bio);
	if (!evp) {
		refuse(e, ERR_PERMANENT, "private key cannot be read");
		return NULL;
	}
	return wrap(evp, true, e);
}

bool pkey_is_mldsa44(struct span pem)
{
	BIO *bio = pem.n <= INT32_MAX ? BIO_new_mem_buf(libcrypto_octets(pem), (int)pem.n) : NULL;
	PKCS8_PRIV_KEY_INFO *info =
		bio ? PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio, NULL, NULL, NULL) : NULL;
	const ASN1_OBJECT *algorithm = NULL;
	char oid[sizeof(MLDSA44_OID) + 1] = "";
	bool is = info && PKCS8_pkey_get0(&algorithm, NULL, NULL, NULL, info) == 1 &&
	          OBJ_obj2txt(oid, sizeof(oid), algorithm, 1) == (int)sizeof(MLDSA44_OID) - 1 &&
	          strcmp(oid, MLDSA44_OID) == 0;

	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
	ERR_clear_error();
	return is;
}

bool pkey_same(const struct pkey *a, const struct pkey *b)
{
	bool same = a->type == b->type && EVP_PKEY_eq(a->evp, b->evp) == 1;

	ERR_clear_error();
	return same;
}

struct pkey *pkey_generate(enum key_type type, unsigned bits, struct err *e)
{
	EVP_PKEY *evp;

	if (type == KEY_RSA && (bits < RSA_MAKE_LEAST || bits > RSA_MAKE_MOST)) {
		err_set(e, ERR_MISUSE, "", "rsa key of %u bits: must have %d to %d", bits,
		        RSA_MAKE_LEAST, RSA_MAKE_MOST);
		return NULL;
	}
	if (type == KEY_RSA) {
		evp = EVP_PKEY_Q_keygen(NULL, NULL, key_names[type].libcrypto, (size_t)bits);
	} else {
		evp = EVP_PKEY_Q_keygen(NULL, NULL, key_names[type].libcrypto);
	}
	if (!evp) {
		refuse(e, ERR_PERMANENT, "key cannot be made");
		return NULL;
	}
	return wrap(evp, true, e);
}

bool pkey_pem(const struct pkey *k, struct buf *out, struct err *e)
{
	BIO *bio;
	char *text = NULL;
	long n = 0;
	bool ok;

	if (!k->private) {
		return err_set(e, ERR_BUG, "", "public key has no private half");
	}
	/* The secure heap: cleansed when it is freed. */
	bio = BIO_new(BIO_s_secmem());
	ok = bio && PEM_write_bio_PKCS8PrivateKey(bio, k->evp, NULL, NULL, 0, NULL, NULL) == 1;
	if (ok) {
		n = BIO_get_mem_data(bio, &text);
	}
	ok = ok && n > 0;
	if (ok) {
		buf_add(out, (struct span){ text, (size_t)n });
	}
	BIO_free(bio);
	return ok || refuse(e, ERR_PERMANENT, "private key cannot be written");
}

static bool raw_record(const struct pkey *k, struct buf *out)
{
	size_t n = key_names[k->type].octets;

	buf_reserve(out, n + 1);
	if (!EVP_PKEY_get_raw_public_key(k->evp, (unsigned char *)out->p + out->n, &n)) {
		return false;
	}
	grown(out, n);
	return true;
}

bool pkey_record(const struct pkey *k, struct buf *out, struct err *e)
{
	static const char unwritten[] = "public key cannot be written";
	unsigned char *der = NULL;
	int n;

	if (key_names[k->type].octets) {
		return raw_record(k, out) || refuse(e, ERR_PERMANENT, unwritten);
	}
	n = i2d_PUBKEY(k->evp, &der);
	if (n <= 0) {
		return refuse(e, ERR_PERMANENT, unwritten);
	}
	buf_add(out, (struct span){ (const char *)der, (size_t)n });
	OPENSSL_free(der);
	return true;
}

/* ---- signatures ---- */

/* What the other types sign: Ed25519 the digest as a message, ML-DSA the text. */
static struct span pure_input(const struct pkey *k, const struct digest *digest, struct span text)
{
	return k->type == KEY_ED25519 ? digest_span(digest) : text;
}

bool pkey_verify(const struct pkey *k, enum hash_alg alg, const struct digest *digest,
                 struct span text, struct span signature)
{
	struct span input = pure_input(k, digest, text);
	bool ok;

	if (k->type == KEY_RSA) {
		EVP_PKEY_CTX *ctx = rsa_context(k, alg, EVP_PKEY_verify_init);

		ok = ctx && EVP_PKEY_verify(ctx, libcrypto_octets(signature), signature.n,
		                            digest->v, digest->n) == 1;
		EVP_PKEY_CTX_free(ctx);
	} else {
		EVP_MD_CTX *ctx = pure_context(k, EVP_DigestVerifyInit_ex);

		ok = ctx && EVP_DigestVerify(ctx, libcrypto_octets(signature), signature.n,
		                             libcrypto_octets(input), input.n) == 1;
		EVP_MD_CTX_free(ctx);
	}
	ERR_clear_error();
	return ok;
}

static bool rsa_sign(const struct pkey *k, enum hash_alg alg, const struct digest *digest,
                     unsigned char *out, size_t *n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(k->ready_rsa);
	bool ok = ctx &&
	          (alg == HASH_SHA256 ||
	           EVP_PKEY_CTX_set_signature_md(ctx, libcrypto_digest(alg)) == 1) &&
	          EVP_PKEY_sign(ctx, out, n, digest->v, digest->n) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool pure_sign(const struct pkey *k, struct span input, unsigned char *out, size_t *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_MD_CTX_copy_ex(ctx, k->ready_pure) == 1 &&
	          EVP_DigestSign(ctx, out, n, libcrypto_octets(input), input.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

bool pkey_sign(const struct pkey *k, enum hash_alg alg, const struct digest *digest,
               struct span text, struct buf *out, struct err *e)
{
	int most = EVP_PKEY_get_size(k->evp);
	size_t n = most > 0 ? (size_t)most : 0;
	unsigned char *to;
	bool ok;

	if (!k->private) {
		return err_set(e, ERR_BUG, "", "public key cannot sign");
	}
	buf_reserve(out, n + 1);
	to = (unsigned char *)out->p + out->n;
	if (k->type == KEY_RSA) {
		ok = rsa_sign(k, alg, digest, to, &n);
	} else {
		ok = pure_sign(k, pure_input(k, digest, text), to, &n);
	}
	if (!ok) {
		return refuse(e, ERR_TEMPORARY, "message cannot be signed");
	}
	grown(out, n);
	return true;
}
