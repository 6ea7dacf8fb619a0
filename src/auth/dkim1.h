#ifndef LADLE_AUTH_DKIM1_H
#define LADLE_AUTH_DKIM1_H

/* DKIM signatures: RFC 6376, 8301 (no SHA-1, RSA from 1024), 8463 (Ed25519). */

#include "auth/canon.h"
#include "auth/key.h"
#include "auth/verdict.h"

/*
 * Verify every DKIM-Signature of M (at most LIMIT_SIGNATURES; the rest is
 * ignored), top first. NOW: seconds since 1970; a signature whose x= lies before
 * it fails. Results are allocated in ARENA.
 */
void dkim1_verify(struct arena *arena, const struct message *m, const struct keysource *source,
                  int64_t now, struct dkim1_result **results, size_t *count);

/* A signer: which key signs as which selector and domain. */
struct signer {
	struct span domain;   /* d= */
	struct span selector; /* s= */
	struct pkey *key;
};

/*
 * DKIM1 signature field of a message given by its fields and body hash (SHA-256
 * of the relaxed body). relaxed/relaxed, signs (and oversigns: once more than
 * there are) From, Subject, Date, To, Cc, Reply-To, Message-ID, Sender,
 * In-Reply-To, References, MIME-Version, Content-Type, Content-Transfer-Encoding,
 * Content-Disposition, and, on mail that has a List-Id, List-Id, List-Unsubscribe,
 * List-Unsubscribe-Post; signs
 * those present of the other Content-*, List-* and Resent-*. Appends the complete folded field with
 * its CRLF. No l=.
 */
bool dkim1_sign(const struct signer *signer, const struct field *fields, size_t count,
                const struct digest *body_hash, int64_t now, struct buf *out, struct err *e);

#endif
