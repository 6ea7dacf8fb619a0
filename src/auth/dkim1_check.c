/*
 * The checks of a signature field that do not depend on whether it is called
 * DKIM-Signature, ARC-Message-Signature or ARC-Seal.
 *
 * Work is bounded: DKIM1_BODY_HASHES passes over the body however many l= there are.
 */
#include "auth/dkim1_check.h"

#include "mail/addr.h"

static struct dkim1_outcome outcome(enum auth_result result, const char *reason)
{
	return (struct dkim1_outcome){ result, span_str(reason) };
}

static struct dkim1_outcome passed(void)
{
	return outcome(AUTH_PASS, NULL);
}

/* NULL when there were too many others. */
static const struct dkim1_body_hash *body_hash(struct dkim1_checker *c, enum canon form,
                                               uint64_t limit)
{
	struct canon_body *running;
	struct dkim1_body_hash *b;

	for (size_t i = 0; i < c->nbodies; i++) {
		b = &c->bodies[i];
		if (b->form == form && b->limit == limit) {
			return b;
		}
	}
	if (c->nbodies == DKIM1_BODY_HASHES) {
		return NULL;
	}
	b = &c->bodies[c->nbodies++];
	b->form = form;
	b->limit = limit;
	running = canon_body_new(form, HASH_SHA256, limit);
	canon_body_add(running, c->m->body);
	canon_body_final(running, &b->digest, &b->length);
	return b;
}

struct dkim1_outcome dkim1_check_body(struct dkim1_checker *c, const struct dkim1_field *f,
                                      bool *partial)
{
	const struct dkim1_body_hash *b;

	if (c->now >= 0 && f->expires < (uint64_t)c->now) {
		return outcome(AUTH_FAIL, "signature has expired");
	}
	b = body_hash(c, f->body, f->length);
	if (!b) {
		return outcome(AUTH_PERMERROR, "too many different body hashes");
	}
	if (f->length != UINT64_MAX && f->length > b->length) {
		return outcome(AUTH_FAIL, "l= is longer than the body");
	}
	*partial = f->length < b->length;
	if (!crypto_same(f->body_hash, digest_span(&b->digest))) {
		return outcome(AUTH_FAIL, "body hash did not verify");
	}
	return passed();
}

static bool allows_sha256(const struct key_record *key)
{
	struct span rest = key->hashes;

	if (!rest.p) {
		return true;
	}
	while (rest.p) {
		if (span_is(span_trim(span_cut(&rest, ':')), "sha256")) {
			return true;
		}
	}
	return false;
}

/* What a key record is worth for this signature. */
static struct dkim1_outcome judge_key(const struct dkim1_field *f, const struct key_record *key)
{
	static const struct {
		enum auth_result result;
		const char *reason;
	} outcomes[] = {
		[KEY_OK] = { AUTH_PASS, NULL },
		[KEY_UNAVAILABLE] = { AUTH_TEMPERROR, "could not be fetched" },
		[KEY_MISSING] = { AUTH_PERMERROR, "does not exist" },
		[KEY_MULTIPLE] = { AUTH_PERMERROR, "has multiple records" },
		[KEY_SYNTAX] = { AUTH_PERMERROR, "has a syntax error" },
		[KEY_REVOKED] = { AUTH_PERMERROR, "has been revoked" },
		[KEY_MALFORMED] = { AUTH_PERMERROR, "is malformed or too short" },
		[KEY_UNKNOWN] = { AUTH_PERMERROR, "is of an unknown type" },
		[KEY_PURPOSE] = { AUTH_PERMERROR, "is not for mail" },
		[KEY_LOOKUPS] = { AUTH_PERMERROR, "not fetched, too many look-ups" },
	};

	if (key->status != KEY_OK) {
		return outcome(outcomes[key->status].result, outcomes[key->status].reason);
	}
	if (key->type != f->key_type) {
		return outcome(AUTH_PERMERROR, "is of another type than a=");
	}
	if (!allows_sha256(key)) {
		return outcome(AUTH_PERMERROR, "does not allow sha256");
	}
	if (key->strict && !addr_domain_below(f->d, f->i_domain)) {
		return outcome(AUTH_PERMERROR, "wants i= to be d= exactly");
	}
	return passed();
}

struct dkim1_outcome dkim1_check_key(struct dkim1_checker *c, const struct dkim1_field *f,
                                     struct key_record *key)
{
	struct dkim1_outcome o;

	key_fetch(c->arena, c->source, f->s, f->d, false, key);
	o = judge_key(f, key);
	if (o.reason.n) {
		o.reason = arena_printf(c->arena, "key \"%.*s._domainkey.%.*s\" %.*s",
		                        SPAN_FMT(f->s), SPAN_FMT(f->d), SPAN_FMT(o.reason));
	}
	return o;
}

/* F with the value of b= taken out (RFC 6376 3.7). */
static struct field without_b(struct arena *arena, const struct field *f, struct span b)
{
	struct field out = *f;
	struct span head = { f->raw.p, (size_t)(b.p - f->raw.p) };
	size_t value = (size_t)(f->value.p - f->raw.p);
	struct span tail = span_from(f->raw, head.n + b.n);

	out.raw = arena_join(arena, head, tail, SPAN_END);
	out.value = span_sub(out.raw, value, value + f->value.n - b.n);
	return out;
}

void dkim1_check_digest(struct arena *arena, struct hash *before, const struct field *itself,
                        const struct dkim1_field *f, struct digest *out)
{
	struct field stripped = without_b(arena, itself, f->b);
	struct buf text = BUF_INIT;

	canon_field(&text, f->header, &stripped, true);
	hash_add(before, buf_span(&text));
	hash_final(before, out);
	buf_free(&text);
}

struct dkim1_outcome dkim1_check_signature(const struct dkim1_field *f, const struct pkey *key,
                                           const struct digest *digest)
{
	/* Both key types that come this far sign the digest. */
	return pkey_verify(key, HASH_SHA256, digest, SPAN_END, f->signature)
	               ? passed()
	               : outcome(AUTH_FAIL, "signature did not verify");
}

struct dkim1_outcome dkim1_check_selected(struct dkim1_checker *c, size_t self,
                                          const struct dkim1_field *f, const struct pkey *key)
{
	const struct message *m = c->m;
	struct hash *before = hash_new(HASH_SHA256);
	struct buf text = BUF_INIT;
	struct digest digest;

	dkim1_selected(c->arena, &text, f->header, m->fields, m->count, self, f->names, f->n);
	hash_add(before, buf_span(&text));
	buf_free(&text);
	dkim1_check_digest(c->arena, before, &m->fields[self], f, &digest);
	return dkim1_check_signature(f, key, &digest);
}
