/*
 * Making a signature field over selected fields and a body hash: DKIM-Signature,
 * and ARC-Message-Signature, which differs in its name and first tag.
 */
#include "auth/dkim1_write.h"

/* Everything up to bh=. */
static void put_tags(struct dkim1_writer *w, struct span start, const struct signer *signer,
                     const struct dkim1_names *h, const struct digest *body_hash, int64_t now)
{
	dkim1_write(w, start);
	dkim1_write(w, SPAN(" a="));
	dkim1_write(w, span_str(key_type_name(pkey_type(signer->key))));
	dkim1_write(w, SPAN("-sha256; c=relaxed/relaxed;"));
	dkim1_write_signer(w, signer, now);
	dkim1_write_line(w, SPAN("h="));
	dkim1_write_names(w, h);
	dkim1_write_line(w, SPAN("bh="));
	dkim1_write_base64(w, digest_span(body_hash));
	dkim1_write(w, SPAN(";"));
}

bool dkim1_sign_as(enum dkim1_kind kind, struct span start, const struct signer *signer,
                   const struct field *fields, size_t count, const struct digest *body_hash,
                   int64_t now, struct buf *out, struct err *e)
{
	struct arena *arena = arena_new();
	struct dkim1_names h = dkim1_names(arena, fields, count, kind);
	struct buf field = BUF_INIT, input = BUF_INIT;
	struct dkim1_writer w = { &field, 0 };
	struct hash *before = hash_new(HASH_SHA256);
	bool ok;

	put_tags(&w, start, signer, &h, body_hash, now);
	dkim1_selected(arena, &input, CANON_RELAXED, fields, count, SPAN_NONE, h.v, h.n);
	hash_add(before, buf_span(&input));
	ok = dkim1_write_signature(&w, signer, before, e);
	if (ok) {
		buf_add(out, buf_span(&field));
	}
	buf_free(&field);
	buf_free(&input);
	arena_free(arena);
	return ok;
}

bool dkim1_sign(const struct signer *signer, const struct field *fields, size_t count,
                const struct digest *body_hash, int64_t now, struct buf *out, struct err *e)
{
	if (pkey_type(signer->key) == KEY_MLDSA44) {
		return err_set(e, ERR_MISUSE, "", "key type \"mldsa44\" cannot sign for DKIM1");
	}
	return dkim1_sign_as(DKIM1_SIGNATURE, SPAN("DKIM-Signature: v=1;"), signer, fields, count,
	                     body_hash, now, out, e);
}
