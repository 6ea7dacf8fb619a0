/*
 * Verifying DKIM-Signature fields. The order of the checks puts first what costs
 * nothing and what the DNS cannot change: syntax, expiry, body, then the key
 * and the signature.
 *
 * Work is bounded: LIMIT_SIGNATURES fields, LIMIT_FIELDS names each, and
 * BODY_HASHES passes over the body however many l= there are.
 */
#include "auth/dkim1.h"

#include "auth/dkim1_field.h"
#include "base/limits.h"
#include "mail/addr.h"

/* Different body hashes (c=, l=) of one message that are computed. */
enum { BODY_HASHES = 8 };

struct body_hash {
	enum canon form;
	uint64_t limit;
	uint64_t length; /* canonical octets of the body */
	struct digest digest;
};

struct verifier {
	struct arena *arena;
	const struct message *m;
	const struct keysource *source;
	int64_t now;
	struct span author; /* From domain; empty when there is no single one */
	struct body_hash bodies[BODY_HASHES];
	size_t nbodies;
};

/* How one signature ended, with the reason. */
struct outcome {
	enum auth_result result;
	const char *reason; /* NULL for pass */
};

static const struct outcome passed = { AUTH_PASS, NULL };

static struct outcome permerror(const char *reason)
{
	return (struct outcome){ AUTH_PERMERROR, reason };
}

static struct outcome failed(const char *reason)
{
	return (struct outcome){ AUTH_FAIL, reason };
}

/* NULL when there were too many others. */
static const struct body_hash *body_hash(struct verifier *v, enum canon form, uint64_t limit)
{
	struct canon_body *running;
	struct body_hash *b;

	for (size_t i = 0; i < v->nbodies; i++) {
		b = &v->bodies[i];
		if (b->form == form && b->limit == limit) {
			return b;
		}
	}
	if (v->nbodies == BODY_HASHES) {
		return NULL;
	}
	b = &v->bodies[v->nbodies++];
	b->form = form;
	b->limit = limit;
	running = canon_body_new(form, HASH_SHA256, limit);
	canon_body_add(running, v->m->body);
	canon_body_final(running, &b->digest, &b->length);
	return b;
}

static struct outcome check_body(struct verifier *v, const struct dkim1_field *f, bool *partial)
{
	const struct body_hash *b = body_hash(v, f->body, f->length);

	if (!b) {
		return permerror("too many different body hashes");
	}
	if (f->length != UINT64_MAX && f->length > b->length) {
		return failed("l= is longer than the body");
	}
	*partial = f->length < b->length;
	if (!crypto_same(f->body_hash, digest_span(&b->digest))) {
		return failed("body hash did not verify");
	}
	return passed;
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

static struct outcome check_signature(struct verifier *v, size_t self, const struct dkim1_field *f,
                                      const struct pkey *key)
{
	const struct message *m = v->m;
	struct field stripped = without_b(v->arena, &m->fields[self], f->b);
	struct buf text = BUF_INIT;
	struct digest digest;
	bool ok;

	dkim1_selected(v->arena, &text, f->header, m->fields, m->count, self, f->names, f->n);
	canon_field(&text, f->header, &stripped, true);
	hash_of(HASH_SHA256, buf_span(&text), &digest);
	ok = pkey_verify(key, HASH_SHA256, &digest, buf_span(&text), f->signature);
	buf_free(&text);
	return ok ? passed : failed("signature did not verify");
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
static struct outcome check_key(const struct dkim1_field *f, const struct key_record *key)
{
	static const struct outcome outcomes[] = {
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
		return outcomes[key->status];
	}
	if (key->type != f->key_type) {
		return permerror("is of another type than a=");
	}
	if (!allows_sha256(key)) {
		return permerror("does not allow sha256");
	}
	if (key->strict && !addr_domain_below(f->d, f->i_domain)) {
		return permerror("wants i= to be d= exactly");
	}
	return passed;
}

/* Key and signature, when all else is in order. */
static void verify_with_key(struct verifier *v, size_t self, const struct dkim1_field *f,
                            struct dkim1_result *out)
{
	struct key_record key;
	struct outcome o;

	key_fetch(v->arena, v->source, f->s, f->d, false, &key);
	out->authenticated = key.authenticated;
	o = check_key(f, &key);
	if (o.reason) {
		out->text = arena_printf(v->arena, "key \"%.*s._domainkey.%.*s\" %s",
		                         SPAN_FMT(f->s), SPAN_FMT(f->d), o.reason);
	} else {
		out->bits = pkey_bits(key.key);
		o = check_signature(v, self, f, key.key);
		out->text = span_str(o.reason);
	}
	out->result = o.result;
	key_record_clear(&key);
}

static bool aligned(const struct verifier *v, struct span d)
{
	return addr_domain_below(d, v->author) || addr_domain_below(v->author, d);
}

static void verify_field(struct verifier *v, size_t self, struct dkim1_result *out)
{
	struct dkim1_field f;
	const char *reason = dkim1_field_parse(v->arena, &v->m->fields[self], &f);
	struct outcome o = passed;

	*out = (struct dkim1_result){ .d = f.d, .s = f.s, .a = f.a, .i = f.i };
	out->aligned = aligned(v, f.d);
	if (reason) {
		o = permerror(reason);
	} else if (v->now >= 0 && f.expires < (uint64_t)v->now) {
		o = failed("signature has expired");
	} else {
		o = check_body(v, &f, &out->partial);
	}
	if (o.reason) {
		out->result = o.result;
		out->text = span_str(o.reason);
		return;
	}
	verify_with_key(v, self, &f, out);
}

static struct span author_domain(struct arena *arena, const struct message *m)
{
	const struct field *from = message_find(m, "From");
	struct mailbox author;

	if (message_count(m, "From") != 1 || !addr_single(arena, from->value, &author)) {
		return SPAN_END;
	}
	return author.domain;
}

void dkim1_verify(struct arena *arena, const struct message *m, const struct keysource *source,
                  int64_t now, struct dkim1_result **results, size_t *count)
{
	struct verifier v = { .arena = arena, .m = m, .source = source, .now = now };
	size_t cap = 0;

	*results = NULL;
	*count = 0;
	v.author = author_domain(arena, m);
	for (size_t i = 0; i < m->count && *count < LIMIT_SIGNATURES; i++) {
		if (span_iis(m->fields[i].name, "DKIM-Signature")) {
			verify_field(&v, i, ARENA_PUSH(arena, *results, *count, cap));
		}
	}
}
