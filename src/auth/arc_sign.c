/* Making an ARC set. It is sealed as it will stand, so that the order of its fields is fixed here.
 */
#include "auth/arc_chain.h"
#include "auth/dkim1_write.h"
#include "mail/word.h"

/* Can a chain have been found to be so? */
static bool plausible(const struct arc_chain *c, enum auth_result found)
{
	return found == AUTH_NONE ? !c->present
	                          : c->present && (found == AUTH_FAIL ||
	                                           (found == AUTH_PASS && c->n && !c->fault.n));
}

bool arc_next(const struct field *fields, size_t count, enum auth_result found,
              struct arc_seal *out)
{
	struct arena *arena = arena_new();
	struct arc_chain *chain = ARENA_NEW(arena, struct arc_chain);
	bool ok;

	arc_chain_read(arena, fields, count, chain);
	ok = plausible(chain, found) && !arc_chain_ended(chain) && chain->n < ARC_SETS;
	if (ok) {
		out->i = chain->n + 1;
		out->cv = found;
	}
	arena_free(arena);
	return ok;
}

/* Everything in the arena of one signing. */
struct sealer {
	struct arena *arena;
	const struct signer *signer;
	const struct field *fields;
	size_t count;
	const struct arc_seal *seal;
	struct arc_chain chain; /* of the sets below */
	struct span part[ARC_PARTS];
};

static bool fits(const struct sealer *s, struct err *e)
{
	unsigned i = s->seal->i;

	if (pkey_type(s->signer->key) == KEY_MLDSA44) {
		return err_set(e, ERR_MISUSE, "", "key type \"mldsa44\" cannot seal for ARC");
	}
	if (i > ARC_SETS || i != s->chain.n + 1 || !plausible(&s->chain, s->seal->cv)) {
		return err_set(e, ERR_MISUSE, "", "ARC set i=%u with cv=%s does not fit the chain",
		               i, auth_result_name(s->seal->cv));
	}
	return true;
}

static struct span results(const struct sealer *s)
{
	struct span value = span_trim(message_unfold(s->arena, s->seal->authres));
	struct span text = arena_printf(s->arena, "i=%u; ", s->seal->i);

	return word_fold(s->arena, SPAN("ARC-Authentication-Results"),
	                 arena_join(s->arena, text, value, SPAN_END));
}

static bool message_signature(struct sealer *s, const struct digest *body_hash, struct err *e)
{
	struct span start = arena_printf(s->arena, "ARC-Message-Signature: i=%u;", s->seal->i);
	struct buf field = BUF_INIT;
	bool ok = dkim1_sign_as(DKIM1_ARC_MESSAGE, start, s->signer, s->fields, s->count, body_hash,
	                        s->seal->t, &field, e);

	s->part[ARC_MESSAGE] = buf_move(&field, s->arena);
	return ok;
}

/* All sets that the seal covers, but for the seal itself. */
static struct hash *covered(struct sealer *s)
{
	struct hash *hash = hash_new(HASH_SHA256);
	struct span own = arena_join(s->arena, s->part[ARC_RESULTS], s->part[ARC_MESSAGE],
	                             SPAN("\r\n"), SPAN_END);
	struct arc_link link = { .cv = SPAN_END };
	struct message m;

	for (unsigned i = 1; s->seal->cv == AUTH_PASS && i < s->seal->i; i++) {
		arc_chain_hash(hash, &s->chain.v[i], true);
	}
	if (message_parse(s->arena, own, &m, NULL) && m.count == 2) {
		link.part[ARC_RESULTS] = &m.fields[0];
		link.part[ARC_MESSAGE] = &m.fields[1];
		arc_chain_hash(hash, &link, false);
	}
	return hash;
}

static bool seal(struct sealer *s, struct err *e)
{
	struct buf field = BUF_INIT;
	struct dkim1_writer w = { &field, 0 };
	bool ok;

	dkim1_write(&w, arena_printf(s->arena, "ARC-Seal: i=%u; a=%s-sha256; cv=%s;", s->seal->i,
	                             key_type_name(pkey_type(s->signer->key)),
	                             auth_result_name(s->seal->cv)));
	dkim1_write_signer(&w, s->signer, s->seal->t);
	ok = dkim1_write_signature(&w, s->signer, covered(s), e);
	s->part[ARC_SEAL] = buf_move(&field, s->arena);
	return ok;
}

bool arc_sign(const struct signer *signer, const struct field *fields, size_t count,
              const struct digest *body_hash, const struct arc_seal *said, struct buf *out,
              struct err *e)
{
	struct arena *arena = arena_new();
	struct sealer *s = ARENA_NEW(arena, struct sealer);
	bool ok;

	s->arena = arena;
	s->signer = signer;
	s->fields = fields;
	s->count = count;
	s->seal = said;
	arc_chain_read(arena, fields, count, &s->chain);
	ok = fits(s, e);
	if (ok) {
		s->part[ARC_RESULTS] = results(s);
		ok = message_signature(s, body_hash, e) && seal(s, e);
	}
	if (ok) {
		buf_add(out, s->part[ARC_SEAL]);
		buf_add(out, s->part[ARC_MESSAGE]);
		buf_add(out, s->part[ARC_RESULTS]);
	}
	arena_free(arena);
	return ok;
}
