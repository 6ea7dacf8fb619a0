#include "chain.h"

#include "base/codec.h"
#include "samples.h"

#include <check.h>
#include <stdlib.h>

#define KEYS "dkim2/mail-auth-0.15.1-spec08/keys/"

/* ---- the zone ---- */

static struct span record(struct arena *arena, const struct pkey *key)
{
	struct span text;
	struct err e;

	ck_assert_msg(key_text(arena, key, &text, &e), "%s", e.text);
	return text;
}

static struct txt one(struct arena *arena, struct span text)
{
	struct txt txt = { .status = TXT_FOUND, .n = 1 };

	txt.records = arena_array(arena, 1, sizeof(*txt.records));
	txt.records[0] = text;
	return txt;
}

static const struct {
	const char *selector, *text;
} odd_records[] = {
	{ "syntax", "v=DKIM1; k=ed25519; p=AAAA; p=AAAA" },
	{ "malformed", "v=DKIM1; k=ed25519; p=AAAA" },
	{ "revoked", "v=DKIM1; k=ed25519; p=" },
	{ "unknown", "v=DKIM1; k=future; p=AAAA" },
	{ "purpose",
	  "v=DKIM1; k=ed25519; s=other; p=hwjviTXyzUXSCWayBqE17s/4NSynQKxw58jayHudRAI=" },
	{ "wrong", "v=DKIM1; k=ed25519; p=hwjviTXyzUXSCWayBqE17s/4NSynQKxw58jayHudRAI=" },
};

static struct txt lookup(void *self, struct arena *arena, struct span name)
{
	struct chain *chain = self;
	struct span selector = span_sub(name, 0, span_chr(name, '.'));
	struct txt txt = { .status = TXT_NONE };

	for (size_t i = 0; i < sizeof(odd_records) / sizeof(odd_records[0]); i++) {
		if (span_is(selector, odd_records[i].selector)) {
			return one(arena, span_str(odd_records[i].text));
		}
	}
	if (span_is(selector, "temp")) {
		txt.status = TXT_TEMPORARY;
	} else if (span_starts(selector, SPAN("ed"))) {
		txt = one(arena, record(arena, chain->ed25519));
		txt.authenticated = span_is(selector, "ed-signed");
	} else if (span_starts(selector, SPAN("rsa"))) {
		txt = one(arena, record(arena, chain->rsa));
	} else if (span_is(selector, "mldsa") && chain->mldsa44) {
		txt = one(arena, record(arena, chain->mldsa44));
	} else if (span_is(selector, "multiple")) {
		txt = (struct txt){ .status = TXT_FOUND, .n = 2 };
		txt.records = arena_array(arena, 2, sizeof(*txt.records));
		txt.records[0] = txt.records[1] = record(arena, chain->ed25519);
	}
	return txt;
}

struct chain *chain_new(void)
{
	struct chain *chain = mem_alloc(sizeof(*chain));

	chain->arena = arena_new();
	chain->ed25519 = pkey_private(
		sample_file(chain->arena, KEYS "ed25519._domainkey.test2.dkim2.com.pem"), NULL);
	chain->rsa = pkey_private(
		sample_file(chain->arena, KEYS "sel1._domainkey.test1.dkim2.com.pem"), NULL);
	ck_assert(chain->ed25519 && chain->rsa);
	if (crypto_has_mldsa44()) {
		chain->mldsa44 = pkey_generate(KEY_MLDSA44, 0, NULL);
	}
	chain->source = (struct keysource){ .self = chain, .txt = lookup };
	return chain;
}

void chain_free(struct chain *chain)
{
	pkey_free(chain->ed25519);
	pkey_free(chain->rsa);
	pkey_free(chain->mldsa44);
	arena_free(chain->arena);
	mem_free(chain);
}

/* ---- hops by the library ---- */

static struct span *recipients(struct arena *arena, const char *list, size_t *n)
{
	struct span rest = span_str(list), *v = NULL;
	size_t cap = 0;

	*n = 0;
	while (rest.p) {
		*ARENA_PUSH(arena, v, *n, cap) = span_cut(&rest, ',');
	}
	return v;
}

static void header_hash_of(struct arena *arena, const struct message *m, enum hash_alg alg,
                           struct digest *out)
{
	struct canon_header header = canon_dkim2_header(arena, m->fields, m->count);

	canon_dkim2_header_hash(alg, &header, out);
}

static size_t signers_of(const struct chain *chain, const char *domain,
                         const struct chain_hop *hop, struct signer *out)
{
	struct span d = span_str(domain);
	size_t n = 0;

	if (hop->two_keys || !hop->mldsa44) {
		out[n++] = (struct signer){ d, SPAN("ed"), chain->ed25519 };
	}
	if (hop->two_keys) {
		out[n++] = (struct signer){ d, SPAN("rsa"), chain->rsa };
	}
	if (hop->mldsa44) {
		out[n++] = (struct signer){ d, SPAN("mldsa"), chain->mldsa44 };
	}
	return n;
}

/* The imaginary hops before HOP. */
static void add_via(const struct chain *chain, const struct message *m, const struct chain_hop *hop,
                    struct buf *out)
{
	size_t n;
	struct span *via = recipients(chain->arena, hop->via, &n);
	struct signer signers[3];
	struct err e;

	for (size_t i = 0; i < n; i++) {
		struct dkim2_envelope envelope = {
			.next_domain = i + 1 < n ? via[i + 1] : span_str(hop->d), .t = CHAIN_NOW
		};
		const char *d = arena_printf(chain->arena, "%.*s", SPAN_FMT(via[i])).p;
		size_t count = signers_of(chain, d, hop, signers);

		ck_assert_msg(dkim2_imaginary_hop(m->fields, m->count, buf_span(out), signers,
		                                  count, &envelope, out, &e),
		              "%s", e.text);
	}
}

struct span chain_hop(struct chain *chain, struct span raw, const struct chain_hop *hop)
{
	struct arena *arena = chain->arena;
	struct span text = hop->edits ? edit_print(hop->edits) : raw;
	struct message m = sample_parse(arena, text);
	struct signer signers[3];
	size_t nsigners = signers_of(chain, hop->d, hop, signers);
	struct dkim2_envelope envelope = {
		.mail_from = span_str(hop->mf),
		.flags = span_str(hop->flags),
		.nonce = span_str(hop->nonce),
		.t = hop->t ? hop->t : CHAIN_NOW,
	};
	struct dkim2_base base = { 0 };
	struct buf fields = BUF_INIT, signature = BUF_INIT;
	struct digest header;
	struct dkim2_prefix *prefix;
	struct err e;

	envelope.rcpt_to = recipients(arena, hop->rt, &envelope.rcpts);
	if (hop->via) {
		add_via(chain, &m, hop, &fields);
	}
	ck_assert_msg(dkim2_next(m.fields, m.count, buf_span(&fields), hop->edits != NULL, &base, &e), "%s", e.text);
	if (hop->edits) {
		ck_assert_msg(recipe_make(arena, hop->edits, &base.recipe, &e), "%s", e.text);
	}
	header_hash_of(arena, &m, HASH_SHA256, &header);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m.body, &base.body_hash);
	if (base.m) {
		dkim2_instance(&base, &header, &fields);
	}
	prefix = dkim2_prefix_new(arena, m.fields, m.count, buf_span(&fields), signers,
	                          nsigners, &e);
	ck_assert_msg(prefix != NULL, "%s", e.text);
	ck_assert_msg(dkim2_signature(&base, prefix, signers, nsigners, &envelope,
	                              &signature, &e),
	              "%s", e.text);
	dkim2_prefix_free(prefix);
	buf_add(&signature, buf_span(&fields));
	buf_free(&fields);
	buf_add(&signature, text);
	return buf_move(&signature, arena);
}

/* ---- templates ---- */

struct template
{
	struct chain *chain;
	struct digest now[4]; /* header, body, the same with SHA-512 */
	struct digest before[4];
};

static void add_base64(struct buf *out, struct span bytes)
{
	codec_base64(out, bytes);
}

/* The signature of VALUE (without values in s=) over the fields that M has. */
static void add_signature(struct template *t, struct buf *out, const struct message *m,
                          struct span value, const struct pkey *key)
{
	struct buf field = BUF_INIT, signature = BUF_INIT;
	struct dkim2_prefix *prefix = dkim2_prefix_new(t->chain->arena, m->fields, m->count,
	                                               SPAN_END, NULL, 0, NULL);
	struct hash *hash = prefix ? hash_copy(prefix->hash) : NULL;
	struct digest digest;
	struct err e;

	/*
	 * What does not parse cannot be signed over; whatever stands here is not
	 * looked at then.
	 */
	if (!hash) {
		hash = hash_new(HASH_SHA256);
	}
	canon_dkim2_input(&field, SPAN("DKIM2-Signature"), value, true);
	hash_add(hash, buf_span(&field));
	hash_final(hash, &digest);
	ck_assert(pkey_sign(key, HASH_SHA256, &digest, buf_span(&field), &signature, &e));
	add_base64(out, buf_span(&signature));
	buf_free(&field);
	buf_free(&signature);
	dkim2_prefix_free(prefix);
}

static void add_time(struct buf *out, struct span offset)
{
	buf_printf(out, "%lld",
	           (long long)CHAIN_NOW + strtoll(offset.n ? offset.p : "0", NULL, 10));
}

/* One pass over VALUE: everything but signatures, which stay unless SIGN. */
static void expand(struct template *t, struct buf *out, const struct message *m, struct span value,
                   bool sign)
{
	struct span whole = value;

	for (size_t i = 0; i < value.n; i++) {
		size_t start = i + 1;

		if (value.p[i] != '%') {
			buf_chr(out, value.p[i]);
			continue;
		}
		i++;
		while (value.p[i] == '-' || (value.p[i] >= '0' && value.p[i] <= '9')) {
			i++;
		}
		switch (value.p[i]) {
		case 'H': add_base64(out, digest_span(&t->now[0])); break;
		case 'B': add_base64(out, digest_span(&t->now[1])); break;
		case 'U': add_base64(out, digest_span(&t->now[2])); break;
		case 'V': add_base64(out, digest_span(&t->now[3])); break;
		case 'h': add_base64(out, digest_span(&t->before[0])); break;
		case 'b': add_base64(out, digest_span(&t->before[1])); break;
		case 'u': add_base64(out, digest_span(&t->before[2])); break;
		case 'v': add_base64(out, digest_span(&t->before[3])); break;
		case 'T': add_time(out, span_sub(value, start, i)); break;
		case 'X': buf_str(out, "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"); break;
		case 'S':
		case 'R':
			if (sign) {
				add_signature(t, out, m, whole,
				              value.p[i] == 'R' ? t->chain->rsa
				                                : t->chain->ed25519);
			} else {
				buf_add(out, span_sub(value, i - 1, i + 1));
			}
			break;
		case '{':
			start = i + 1;
			i = start + span_find(span_from(value, start), SPAN("%}"));
			add_base64(out, span_sub(value, start, i));
			i++;
			break;
		default: ck_abort_msg("template: %%%c", value.p[i]);
		}
	}
}

static void add_line(struct template *t, struct buf *out, struct span raw, struct span line)
{
	struct message m = sample_parse(t->chain->arena, raw);
	struct span value = span_from(line, 2);
	struct buf first = BUF_INIT;

	if (line.p[0] != 'H') {
		buf_str(out, line.p[0] == 'M' ? "Message-Instance: " : "DKIM2-Signature: ");
	}
	expand(t, &first, &m, value, false);
	expand(t, out, &m, buf_span(&first), true);
	buf_str(out, "\r\n");
	buf_free(&first);
}

/* Up to an LF that does not end in a CRLF: those fold. */
static struct span template_line(struct span *rest)
{
	struct span line = *rest;
	size_t i = 0;

	while (i < line.n && (line.p[i] != '\n' || (i > 0 && line.p[i - 1] == '\r'))) {
		i++;
	}
	*rest = i < line.n ? span_from(line, i + 1) : (struct span){ NULL, 0 };
	return span_sub(line, 0, i);
}

struct span chain_template(struct chain *chain, struct span raw, struct span before,
                           const char *fields)
{
	struct template t = { .chain = chain };
	struct message m = sample_parse(chain->arena, raw),
		       old = sample_parse(chain->arena, before);
	struct span rest = span_str(fields);

	header_hash_of(chain->arena, &m, HASH_SHA256, &t.now[0]);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m.body, &t.now[1]);
	header_hash_of(chain->arena, &m, HASH_SHA512, &t.now[2]);
	canon_body_hash(CANON_SIMPLE, HASH_SHA512, m.body, &t.now[3]);
	header_hash_of(chain->arena, &old, HASH_SHA256, &t.before[0]);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, old.body, &t.before[1]);
	header_hash_of(chain->arena, &old, HASH_SHA512, &t.before[2]);
	canon_body_hash(CANON_SIMPLE, HASH_SHA512, old.body, &t.before[3]);
	while (rest.p) {
		struct buf out = BUF_INIT;
		struct span line = template_line(&rest);

		if (line.n == 0) {
			continue;
		}
		add_line(&t, &out, raw, line);
		buf_add(&out, raw);
		raw = buf_move(&out, chain->arena);
	}
	return raw;
}
