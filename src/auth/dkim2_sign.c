/*
 * Making DKIM2 fields (draft section 12). A field is written twice: once without
 * signature values, which is what is signed, and once with them.
 */
#include "auth/dkim2_field.h"
#include "auth/dkim2_write.h"

#include "base/ascii.h"
#include "mail/addr.h"
#include "mail/idn.h"

enum { RSA_BITS_MIN = 2048 };

/* ---- Message-Instance ---- */

void dkim2_instance(const struct dkim2_base *base, const struct digest *header_hash,
                    struct buf *out)
{
	struct dkim2_writer w = dkim2_write_begin(out, "Message-Instance");

	dkim2_write_number(&w, "m", base->m);
	dkim2_write_open(&w, "h");
	dkim2_write_atom(&w, SPAN("sha256:"));
	dkim2_write_hash(&w, header_hash);
	dkim2_write_atom(&w, SPAN(":"));
	dkim2_write_hash(&w, &base->body_hash);
	dkim2_write_close(&w);
	if (base->recipe.n) {
		dkim2_write_open(&w, "r");
		dkim2_write_base64(&w, base->recipe);
		dkim2_write_close(&w);
	}
	buf_str(out, "\r\n");
}

/* ---- DKIM2-Signature ---- */

static const char *const algorithm_names[] = {
	[KEY_RSA] = "rsa-sha256",
	[KEY_ED25519] = "ed25519-sha256",
	[KEY_MLDSA44] = "mldsa44",
};

struct signing {
	const struct dkim2_base *base;
	const struct signer *signers;
	size_t n;
	const struct dkim2_envelope *envelope;
	struct span values[LIMIT_SETS]; /* signatures; all empty at first */
};

static void add_path(struct dkim2_writer *w, struct span address)
{
	struct buf path = BUF_INIT;

	buf_chr(&path, '<');
	buf_add(&path, address);
	buf_chr(&path, '>');
	dkim2_write_base64(w, buf_span(&path));
	buf_free(&path);
}

static void add_envelope(struct dkim2_writer *w, const struct dkim2_envelope *envelope)
{
	if (envelope->next_domain.n) {
		dkim2_write_tag(w, "nd", envelope->next_domain);
		return;
	}
	dkim2_write_open(w, "mf");
	add_path(w, envelope->mail_from);
	dkim2_write_close(w);
	dkim2_write_open(w, "rt");
	for (size_t i = 0; i < envelope->rcpts; i++) {
		if (i > 0) {
			dkim2_write_atom(w, SPAN(","));
		}
		add_path(w, envelope->rcpt_to[i]);
	}
	dkim2_write_close(w);
}

static void add_sets(struct dkim2_writer *w, const struct signing *s)
{
	dkim2_write_open(w, "s");
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0) {
			dkim2_write_atom(w, SPAN("|"));
		}
		dkim2_write_atom(w, s->signers[i].selector);
		dkim2_write_atom(w, SPAN(":"));
		dkim2_write_atom(w, span_str(algorithm_names[pkey_type(s->signers[i].key)]));
		dkim2_write_atom(w, SPAN(":"));
		dkim2_write_base64(w, s->values[i]);
	}
	dkim2_write_close(w);
}

/* "exploded" says nothing of a message that begins here. */
static bool flags_count(const struct signing *s)
{
	struct span flags = s->envelope->flags;

	return flags.n > 0 && !(s->base->i == 1 && span_is(flags, "exploded"));
}

static void write_field(const struct signing *s, struct buf *out)
{
	struct dkim2_writer w = dkim2_write_begin(out, "DKIM2-Signature");

	dkim2_write_number(&w, "i", s->base->i);
	dkim2_write_number(&w, "m", s->base->signs_m);
	dkim2_write_number(&w, "t", (uint64_t)s->envelope->t);
	dkim2_write_tag(&w, "d", s->signers[0].domain);
	add_envelope(&w, s->envelope);
	if (s->envelope->nonce.n) {
		dkim2_write_tag(&w, "n", s->envelope->nonce);
	}
	if (flags_count(s)) {
		dkim2_write_tag(&w, "f", s->envelope->flags);
	}
	add_sets(&w, s);
	buf_str(out, "\r\n");
}

static bool check_signers(const struct signer *signers, size_t n, struct err *e)
{
	if (n == 0 || n > LIMIT_SETS) {
		return err_set(e, ERR_BUG, "", "%zu signers", n);
	}
	for (size_t i = 0; i < n; i++) {
		if (!idn_is_name(signers[i].domain) || !idn_is_name(signers[i].selector)) {
			return err_set(e, ERR_PERMANENT, "", "no domain or selector: \"%.*s\"",
			               SPAN_FMT(signers[i].domain));
		}
		if (!span_ieq(signers[i].domain, signers[0].domain)) {
			return err_set(e, ERR_BUG, "", "signers of different domains");
		}
		for (size_t k = 0; k < i; k++) {
			if (span_ieq(signers[i].selector, signers[k].selector)) {
				return err_set(e, ERR_PERMANENT, "", "selector twice: \"%.*s\"",
				               SPAN_FMT(signers[i].selector));
			}
		}
		if (pkey_type(signers[i].key) == KEY_RSA &&
		    pkey_bits(signers[i].key) < RSA_BITS_MIN) {
			return err_set(e, ERR_PERMANENT, "", "RSA key below %d bits: \"%.*s\"",
			               RSA_BITS_MIN, SPAN_FMT(signers[i].selector));
		}
	}
	return true;
}

static bool check_nonce(struct span nonce, struct err *e)
{
	for (size_t i = 0; i < nonce.n; i++) {
		if (!ascii_graph(nonce.p[i]) || nonce.p[i] == ';') {
			return err_set(e, ERR_BUG, "", "nonce is not printable");
		}
	}
	return nonce.n <= DKIM2_NONCE_MAX ||
	       err_set(e, ERR_BUG, "", "nonce over %d characters", DKIM2_NONCE_MAX);
}

static bool check_path(const struct dkim2_envelope *envelope, struct span d, struct err *e)
{
	struct span from = envelope->mail_from;

	return envelope->rcpts == 0
	               ? err_set(e, ERR_BUG, "", "signature without recipient")
	               : !from.n || addr_domain_below(addr_domain(from), d) ||
	                         err_set(e, ERR_PERMANENT, "",
	                                 "mail from \"%.*s\" is not at or below d=%.*s",
	                                 SPAN_FMT(from), SPAN_FMT(d));
}

static bool check_next(const struct dkim2_envelope *envelope, struct err *e)
{
	if (envelope->rcpts > 0 || envelope->mail_from.n > 0) {
		return err_set(e, ERR_BUG, "", "signature with an envelope and a next domain");
	}
	return idn_is_name(envelope->next_domain) ||
	       err_set(e, ERR_PERMANENT, "", "no domain: \"%.*s\"",
	               SPAN_FMT(envelope->next_domain));
}

static bool check_envelope(const struct dkim2_envelope *envelope, struct span d, struct err *e)
{
	if (envelope->t < 0) {
		return err_set(e, ERR_BUG, "", "signature without time");
	}
	return (envelope->next_domain.n ? check_next(envelope, e) : check_path(envelope, d, e)) &&
	       check_nonce(envelope->nonce, e);
}

/* Sign what is written so far with every key. */
static bool sign_all(struct signing *s, const struct dkim2_prefix *prefix, struct span field,
                     struct buf *values, struct err *e)
{
	size_t colon = span_chr(field, ':'), ends[LIMIT_SETS], start = 0;
	struct buf input = BUF_INIT, text = BUF_INIT;
	struct hash *hash = hash_copy(prefix->hash);
	struct digest digest;
	bool good = true;

	canon_dkim2_input(&input, span_sub(field, 0, colon),
	                  span_sub(field, colon + 1, field.n - 2), true);
	hash_add(hash, buf_span(&input));
	hash_final(hash, &digest);
	if (dkim2_signs_text(s->signers, s->n)) {
		buf_add(&text, buf_span(&prefix->text));
		buf_add(&text, buf_span(&input));
	}
	for (size_t i = 0; i < s->n && good; i++) {
		good = pkey_sign(s->signers[i].key, HASH_SHA256, &digest, buf_span(&text), values,
		                 e);
		ends[i] = values->n;
	}
	for (size_t i = 0; i < s->n && good; i++) {
		s->values[i] = span_sub(buf_span(values), start, ends[i]);
		start = ends[i];
	}
	buf_free(&input);
	buf_free(&text);
	return good;
}

bool dkim2_signature(const struct dkim2_base *base, const struct dkim2_prefix *prefix,
                     const struct signer *signers, size_t n, const struct dkim2_envelope *envelope,
                     struct buf *out, struct err *e)
{
	struct signing s = { .base = base, .signers = signers, .n = n, .envelope = envelope };
	struct buf field = BUF_INIT, values = BUF_INIT;
	bool good;

	if (!check_signers(signers, n, e) || !check_envelope(envelope, signers[0].domain, e)) {
		return false;
	}
	write_field(&s, &field);
	good = sign_all(&s, prefix, buf_span(&field), &values, e);
	if (good) {
		write_field(&s, out);
	}
	buf_free(&field);
	buf_free(&values);
	return good;
}

bool dkim2_imaginary_hop(const struct field *fields, size_t count, struct span own,
                         const struct signer *signers, size_t n,
                         const struct dkim2_envelope *envelope, struct buf *out, struct err *e)
{
	struct dkim2_base base = { 0 };
	struct arena *arena = arena_new();
	struct dkim2_prefix *prefix = NULL;
	bool good = dkim2_next(fields, count, own, false, &base, e);

	if (good && base.m > 0) {
		good = err_set(e, ERR_PERMANENT, "", "imaginary hop without Message-Instance");
	}
	if (good && !envelope->next_domain.n) {
		good = err_set(e, ERR_BUG, "", "imaginary hop without a next domain");
	}
	if (good) {
		prefix = dkim2_prefix_new(arena, fields, count, own, signers, n, e);
	}
	good = prefix && dkim2_signature(&base, prefix, signers, n, envelope, out, e);
	dkim2_prefix_free(prefix);
	arena_free(arena);
	return good;
}
