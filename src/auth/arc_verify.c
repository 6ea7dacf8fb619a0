/*
 * Validating a chain, RFC 8617 5.2, in its order: structure, the newest message
 * signature, then every seal from the newest down. The first thing that is
 * not in order is the result.
 *
 * Work is bounded: ARC_SETS seals whose input is hashed as one growing text, so
 * that the cost is that of the header once; one body hash.
 */
#include "auth/arc_chain.h"
#include "auth/dkim1_check.h"

struct verifier {
	struct dkim1_checker c;
	struct arc_chain chain;
	struct dkim1_field seals[ARC_SETS + 1];
	struct digest digests[ARC_SETS + 1]; /* of what each seal signs */
	struct arc_result *out;
};

static bool fault(struct verifier *v, unsigned i, const char *name, enum auth_result result,
                  struct span reason)
{
	v->out->result = result == AUTH_TEMPERROR ? AUTH_TEMPERROR : AUTH_FAIL;
	v->out->sets[i - 1].text = reason;
	v->out->text = arena_printf(v->c.arena, "%s i=%u: %.*s", name, i, SPAN_FMT(reason));
	return false;
}

/* Key and signature of F over DIGEST, or over the fields of h= for number SELF. */
static struct dkim1_outcome check(struct verifier *v, const struct dkim1_field *f, size_t self,
                                  const struct digest *digest)
{
	struct key_record key;
	struct dkim1_outcome o = dkim1_check_key(&v->c, f, &key);

	if (o.result == AUTH_PASS) {
		o = digest ? dkim1_check_signature(f, key.key, digest)
		           : dkim1_check_selected(&v->c, self, f, key.key);
	}
	key_record_clear(&key);
	return o;
}

/* What can be told of each set before anything was verified. */
static void describe(struct verifier *v)
{
	struct arc_result *out = v->out;

	out->nsets = v->chain.n;
	out->sets = arena_array(v->c.arena, out->nsets, sizeof(*out->sets));
	for (unsigned i = 1; i <= v->chain.n; i++) {
		const struct arc_link *link = &v->chain.v[i];
		struct arc_set *set = &out->sets[i - 1];
		struct dkim1_field f;

		set->i = i;
		set->cv = link->cv;
		if (link->part[ARC_SEAL]) {
			dkim1_field_parse(v->c.arena, link->part[ARC_SEAL], DKIM1_ARC_SEAL, &f);
			set->d = f.d;
			set->s = f.s;
			set->a = f.a;
		}
		if (link->part[ARC_MESSAGE]) {
			dkim1_field_parse(v->c.arena, link->part[ARC_MESSAGE], DKIM1_ARC_MESSAGE,
			                  &f);
			set->message_d = f.d;
		}
	}
}

/* Steps 2 and 3. */
static bool structure(struct verifier *v)
{
	const struct arc_chain *chain = &v->chain;

	v->out->result = AUTH_FAIL;
	if (arc_chain_ended(chain)) {
		return fault(v, chain->n, "ARC-Seal", AUTH_FAIL, SPAN("cv=fail ended the chain"));
	}
	if (chain->fault.n) {
		v->out->text = chain->fault;
		return false;
	}
	for (unsigned i = 1; i <= chain->n; i++) {
		if (!span_is(chain->v[i].cv, i == 1 ? "none" : "pass")) {
			return fault(v, i, "ARC-Seal", AUTH_FAIL,
			             i == 1 ? SPAN("cv= is not none") : SPAN("cv= is not pass"));
		}
	}
	return true;
}

static struct dkim1_outcome message_signature(struct verifier *v, unsigned i)
{
	const struct field *field = v->chain.v[i].part[ARC_MESSAGE];
	size_t self = (size_t)(field - v->c.m->fields);
	struct dkim1_field f;
	const char *reason = dkim1_field_parse(v->c.arena, field, DKIM1_ARC_MESSAGE, &f);
	struct dkim1_outcome o = { AUTH_PERMERROR, span_str(reason) };
	bool partial = false;

	if (!reason) {
		o = dkim1_check_body(&v->c, &f, &partial);
	}
	if (o.result == AUTH_PASS) {
		o = check(v, &f, self, NULL);
	}
	return o;
}

/* Step 4. */
static bool newest_message_signature(struct verifier *v)
{
	unsigned n = v->chain.n;
	struct dkim1_outcome o = message_signature(v, n);

	v->out->sets[n - 1].body = o.result;
	return o.result == AUTH_PASS || fault(v, n, "ARC-Message-Signature", o.result, o.reason);
}

/*
 * Step 5, which changes no result, so that it comes last: the older ones, as far as they
 * pass. One that nobody knows about counts as not looked at.
 */
static void older_message_signatures(struct verifier *v)
{
	struct dkim1_outcome o = { AUTH_PASS, SPAN_END };

	for (unsigned i = v->chain.n - 1; i > 0 && o.result == AUTH_PASS; i--) {
		struct arc_set *set = &v->out->sets[i - 1];

		o = message_signature(v, i);
		if (o.result != AUTH_TEMPERROR) {
			set->body = o.result;
			set->text = o.reason;
		}
	}
}

/* Take the seals apart and hash what they sign. */
static bool read_seals(struct verifier *v)
{
	struct hash *sofar = hash_new(HASH_SHA256);
	bool ok = true;

	for (unsigned i = 1; ok && i <= v->chain.n; i++) {
		const struct arc_link *link = &v->chain.v[i];
		const struct field *seal = link->part[ARC_SEAL];
		struct buf text = BUF_INIT;
		const char *reason =
			dkim1_field_parse(v->c.arena, seal, DKIM1_ARC_SEAL, &v->seals[i]);

		if (reason) {
			v->out->sets[i - 1].seal = AUTH_PERMERROR;
			ok = fault(v, i, "ARC-Seal", AUTH_PERMERROR, span_str(reason));
			break;
		}
		arc_chain_hash(sofar, link, false);
		dkim1_check_digest(v->c.arena, hash_copy(sofar), seal, &v->seals[i],
		                   &v->digests[i]);
		canon_field(&text, CANON_RELAXED, seal, false);
		hash_add(sofar, buf_span(&text));
		buf_free(&text);
	}
	hash_free(sofar);
	return ok;
}

/* Step 6. */
static bool seals(struct verifier *v)
{
	for (unsigned i = v->chain.n; i > 0; i--) {
		struct dkim1_outcome o = check(v, &v->seals[i], 0, &v->digests[i]);

		v->out->sets[i - 1].seal = o.result;
		if (o.result != AUTH_PASS) {
			return fault(v, i, "ARC-Seal", o.result, o.reason);
		}
	}
	return true;
}

void arc_verify(struct arena *arena, const struct message *m, const struct keysource *source,
                int64_t now, struct arc_result *out)
{
	struct verifier *v;

	*out = (struct arc_result){ .result = AUTH_NONE };
	v = ARENA_NEW(arena, struct verifier);
	v->c = (struct dkim1_checker){ .arena = arena, .m = m, .source = source, .now = now };
	v->out = out;
	arc_chain_read(arena, m->fields, m->count, &v->chain);
	if (!v->chain.present) {
		return;
	}
	describe(v);
	if (structure(v) && newest_message_signature(v) && read_seals(v) && seals(v)) {
		out->result = AUTH_PASS;
		older_message_signatures(v);
	}
}
