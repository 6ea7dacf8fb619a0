#ifndef LADLE_AUTH_LIBCRYPTO_H
#define LADLE_AUTH_LIBCRYPTO_H

/* What hash.c and crypto.c, the files that talk to libcrypto, share. Nobody else includes this. */

#include "auth/crypto.h"

#include <openssl/evp.h>

/* libcrypto wants a pointer even to no octets. */
static inline const unsigned char *libcrypto_octets(struct span s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

/*
 * A digest that cannot be made: memory has ended, or the library is broken.
 * No message is at fault, so it is answered as base/mem.h answers.
 */
_Noreturn void libcrypto_failed(const char *what);

const EVP_MD *libcrypto_digest(enum hash_alg alg);

#endif
