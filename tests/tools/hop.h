/*
 * One hop of a DKIM2 chain by the library, for tools that need signed messages: what the
 * flow does for a copy, without lists and stores.
 */
#ifndef LADLE_TESTS_HOP_H
#define LADLE_TESTS_HOP_H

#include "auth/dkim2.h"

#include <stdio.h>
#include <stdlib.h>

struct hop {
	struct span mail_from, rcpt_to;
	const struct signer *signers;
	size_t nsigners;
	struct edits *edits; /* finished; NULL: RAW goes on as it came */
	struct span flags;
	int64_t t;
};

/* RAW (or what the edits make of it) with the fields of HOP on top. False: see *E. */
static inline bool hop_sign(struct arena *arena, struct span raw, const struct hop *hop,
                            struct span *out, struct err *e)
{
	struct dkim2_envelope envelope = { .mail_from = hop->mail_from,
		                           .rcpt_to = &hop->rcpt_to,
		                           .rcpts = 1,
		                           .flags = hop->flags,
		                           .t = hop->t };
	struct span text = hop->edits ? edit_print(hop->edits) : raw;
	struct buf instance = BUF_INIT, fields = BUF_INIT;
	struct dkim2_base base = { 0 };
	struct canon_header header;
	struct digest digest;
	struct dkim2_prefix *prefix;
	struct message m;
	bool good;

	if (!message_parse(arena, text, &m, e) ||
	    !dkim2_next(m.fields, m.count, SPAN_END, hop->edits != NULL, &base, e) ||
	    (hop->edits && !recipe_make(arena, hop->edits, &base.recipe, e))) {
		return false;
	}
	if (base.m) {
		header = canon_dkim2_header(arena, m.fields, m.count);
		canon_dkim2_header_hash(HASH_SHA256, &header, &digest);
		canon_body_hash(CANON_SIMPLE, HASH_SHA256, m.body, &base.body_hash);
		dkim2_instance(&base, &digest, &instance);
	}
	prefix = dkim2_prefix_new(arena, m.fields, m.count, buf_span(&instance), hop->signers,
	                          hop->nsigners, e);
	good = prefix && dkim2_signature(&base, prefix, hop->signers, hop->nsigners, &envelope,
	                                 &fields, e);
	dkim2_prefix_free(prefix);
	if (good) {
		buf_add(&fields, buf_span(&instance));
		buf_add(&fields, text);
		*out = arena_copy(arena, buf_span(&fields));
	}
	buf_free(&fields);
	buf_free(&instance);
	return good;
}

/* The private key in FILE; ends the program when there is none. */
static inline struct pkey *hop_key(const char *file)
{
	char pem[8192];
	FILE *f = fopen(file, "rb");
	size_t n = f ? fread(pem, 1, sizeof(pem), f) : 0;
	struct err e = { .text = "no such file" };
	struct pkey *key = n ? pkey_private((struct span){ pem, n }, &e) : NULL;

	if (!key) {
		fprintf(stderr, "'%s': %s\n", file, e.text);
		exit(66);
	}
	fclose(f);
	return key;
}

#endif
