#ifndef LADLE_CORPUSPROPS_AUTHOR_H
#define LADLE_CORPUSPROPS_AUTHOR_H

/* What the author's mail server does in corpusprops: DKIM1, then DKIM2. Empty: it cannot. */

#include "auth/dkim2.h"

#define NOW  1795800000
#define POST "dev@lists.example"

/* M, with the author's DKIM1 signature on top. */
static struct span dkim1_signed(struct arena *arena, const struct message *m, const struct signer *author)
{
	struct err e;
	struct digest hash;
	struct buf out = BUF_INIT;
	canon_body_hash(CANON_RELAXED, HASH_SHA256, m->body, &hash);
	if (!dkim1_sign(author, m->fields, m->count, &hash, NOW - 60, &out, &e)) {
		buf_clear(&out);
	} else {
		buf_add(&out, m->raw);
	}
	return buf_move(&out, arena);
}

/* M, a new chain above it, as it comes to the list. */
static struct span author_signed(struct arena *arena, const struct message *m, const struct signer *author)
{
	struct err e = { 0 };
	struct buf instance = BUF_INIT, out = BUF_INIT;
	struct digest hash;
	struct dkim2_base base = { 0 };
	struct span rcpt = SPAN(POST);
	struct dkim2_envelope envelope = { arena_join(arena, SPAN("a@"), author->domain, SPAN_END),
		                           &rcpt,
		                           1,
		                           SPAN(""),
		                           SPAN(""),
		                           NOW - 60,
		                           SPAN_END };
	struct canon_header h = canon_dkim2_header(arena, m->fields, m->count);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m->body, &base.body_hash);
	canon_dkim2_header_hash(HASH_SHA256, &h, &hash);
	struct dkim2_prefix *prefix = NULL;
	if (dkim2_next(m->fields, m->count, SPAN_END, false, &base, &e)) {
		dkim2_instance(&base, &hash, &instance);
		prefix = dkim2_prefix_new(arena, m->fields, m->count, buf_span(&instance),
		                          author, 1, &e);
	}
	if (!prefix || !dkim2_signature(&base, prefix, author, 1, &envelope, &out, &e)) {
		buf_clear(&out);
	} else {
		buf_add(&out, buf_span(&instance));
		buf_add(&out, m->header);
		buf_str(&out, span_ends(m->header, SPAN("\r\n")) ? "" : "\r\n");
		buf_str(&out, "\r\n");
		buf_add(&out, m->body);
	}
	dkim2_prefix_free(prefix);
	buf_free(&instance);
	return buf_move(&out, arena);
}

#endif
