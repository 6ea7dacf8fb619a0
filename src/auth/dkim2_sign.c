/*
 * Making DKIM2 fields (draft section 12). A field is written twice: once without
 * signature values, which is what is signed, and once with them. Since white space is
 * no part of the signed text, folding needs no thought beyond where the grammar allows
 * it.
 */
#include "auth/dkim2_field.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "mail/addr.h"

enum {
	COLUMNS = 78, /* RFC 5322 2.1.1: lines should not be longer */
	RSA_BITS_MIN = 2048,
	NONCE_MAX = 64,
};

/* ---- folding ---- */

struct folder {
	struct buf *out;
	size_t column;
};

static void break_line(struct folder *f)
{
	buf_str(f->out, "\r\n ");
	f->column = 1;
}

/* TEXT must stay in one piece. */
static void add_atom(struct folder *f, struct span text)
{
	if (f->column > 1 && f->column + text.n > COLUMNS) {
		break_line(f);
	}
	buf_add(f->out, text);
	f->column += text.n;
}

static void add_space(struct folder *f)
{
	if (f->column > 1) {
		buf_chr(f->out, ' ');
		f->column++;
	}
}

/* TEXT may be broken anywhere, with room for a delimiter behind it. */
static void add_long(struct folder *f, struct span text)
{
	while (text.n) {
		size_t room = f->column < COLUMNS - 1 ? COLUMNS - 1 - f->column : 0;
		size_t n = text.n < room ? text.n : room;

		buf_add(f->out, span_sub(text, 0, n));
		f->column += n;
		text = span_from(text, n);
		if (text.n) {
			break_line(f);
		}
	}
}

static void add_base64(struct folder *f, struct span bytes)
{
	struct buf coded = BUF_INIT;

	codec_base64(&coded, bytes);
	add_long(f, buf_span(&coded));
	buf_free(&coded);
}

/* As add_base64, on a line of its own when that saves a break. */
static void add_hash(struct folder *f, const struct digest *digest)
{
	struct buf coded = BUF_INIT;

	codec_base64(&coded, digest_span(digest));
	add_atom(f, buf_span(&coded));
	buf_free(&coded);
}

static void end_tag(struct folder *f)
{
	buf_chr(f->out, ';');
	f->column++;
}

/* "NAME=VALUE;" with a space before. */
static void add_tag(struct folder *f, const char *name, struct span value)
{
	struct buf tag = BUF_INIT;

	buf_str(&tag, name);
	buf_chr(&tag, '=');
	buf_add(&tag, value);
	buf_chr(&tag, ';');
	if (f->column + 1 + tag.n > COLUMNS) {
		break_line(f);
	} else {
		add_space(f);
	}
	add_atom(f, buf_span(&tag));
	buf_free(&tag);
}

static void add_number(struct folder *f, const char *name, uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	add_tag(f, name, (struct span){ digits, (size_t)length });
}

/* "NAME=" of a tag whose value may be broken. */
static void begin_tag(struct folder *f, const char *name)
{
	enum { WORTH = 24 }; /* less room than this and the tag gets a new line */
	struct span text = span_str(name);

	if (f->column + WORTH > COLUMNS) {
		break_line(f);
	} else {
		add_space(f);
	}
	buf_add(f->out, text);
	buf_chr(f->out, '=');
	f->column += text.n + 1;
}

static struct folder begin_field(struct buf *out, const char *name)
{
	struct folder f = { out, 0 };
	size_t before = out->n;

	buf_str(out, name);
	buf_chr(out, ':');
	f.column = out->n - before;
	return f;
}

/* ---- numbers ---- */

bool dkim2_next(const struct field *fields, size_t count, bool changed, struct dkim2_base *base,
                struct err *e)
{
	struct arena *arena = arena_new();
	struct dkim2_chain chain;
	struct dkim2_fault fault = dkim2_chain_parse(arena, fields, count, &chain);
	bool good;

	if (fault.id == DKIM2_OK && chain.present) {
		fault = dkim2_chain_check(&chain);
	}
	good = fault.id == DKIM2_OK;
	if (!good) {
		err_set(e, ERR_PERMANENT, "", "%.*s", SPAN_FMT(dkim2_fault_text(arena, &fault)));
	} else if (chain.nsigs == LIMIT_SIGNATURES || chain.ninstances == LIMIT_SIGNATURES) {
		good = err_set(e, ERR_PERMANENT, "", "over %u DKIM2 signatures", LIMIT_SIGNATURES);
	}
	if (good) {
		base->i = chain.nsigs + 1;
		base->m = changed || chain.ninstances == 0 ? chain.ninstances + 1 : 0;
		base->signs_m = base->m ? base->m : chain.ninstances;
	}
	arena_free(arena);
	return good;
}

/* ---- Message-Instance ---- */

void dkim2_instance(const struct dkim2_base *base, const struct digest *header_hash,
                    struct buf *out)
{
	struct folder f = begin_field(out, "Message-Instance");

	add_number(&f, "m", base->m);
	begin_tag(&f, "h");
	add_atom(&f, SPAN("sha256:"));
	add_hash(&f, header_hash);
	add_atom(&f, SPAN(":"));
	add_hash(&f, &base->body_hash);
	end_tag(&f);
	if (base->recipe.n) {
		begin_tag(&f, "r");
		add_base64(&f, base->recipe);
		end_tag(&f);
	}
	buf_str(out, "\r\n");
}

struct hash *dkim2_prefix(struct arena *arena, const struct field *fields, size_t count,
                          struct span instance, struct err *e)
{
	struct dkim2_chain chain;
	struct dkim2_fault fault = dkim2_chain_parse(arena, fields, count, &chain);
	struct buf text = BUF_INIT;
	struct message own;
	struct hash *hash;

	if (fault.id != DKIM2_OK) {
		err_set(e, ERR_PERMANENT, "", "%.*s", SPAN_FMT(dkim2_fault_text(arena, &fault)));
		return NULL;
	}
	if (!message_parse(arena, instance, &own, e)) {
		return NULL;
	}
	for (size_t k = 0; k < chain.ninstances; k++) {
		canon_dkim2_input(&text, chain.instances[k].field->name,
		                  chain.instances[k].field->value, false);
	}
	for (size_t k = 0; k < own.count; k++) {
		canon_dkim2_input(&text, own.fields[k].name, own.fields[k].value, false);
	}
	for (size_t k = 0; k < chain.nsigs; k++) {
		canon_dkim2_input(&text, chain.sigs[k].field->name, chain.sigs[k].field->value,
		                  false);
	}
	hash = hash_new(HASH_SHA256);
	hash_add(hash, buf_span(&text));
	buf_free(&text);
	return hash;
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

static void add_path(struct folder *f, struct span address)
{
	struct buf path = BUF_INIT;

	buf_chr(&path, '<');
	buf_add(&path, address);
	buf_chr(&path, '>');
	add_base64(f, buf_span(&path));
	buf_free(&path);
}

static void add_envelope(struct folder *f, const struct dkim2_envelope *envelope)
{
	begin_tag(f, "mf");
	add_path(f, envelope->mail_from);
	end_tag(f);
	begin_tag(f, "rt");
	for (size_t i = 0; i < envelope->rcpts; i++) {
		if (i > 0) {
			add_atom(f, SPAN(","));
		}
		add_path(f, envelope->rcpt_to[i]);
	}
	end_tag(f);
}

static void add_sets(struct folder *f, const struct signing *s)
{
	begin_tag(f, "s");
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0) {
			add_atom(f, SPAN("|"));
		}
		add_atom(f, s->signers[i].selector);
		add_atom(f, SPAN(":"));
		add_atom(f, span_str(algorithm_names[pkey_type(s->signers[i].key)]));
		add_atom(f, SPAN(":"));
		add_base64(f, s->values[i]);
	}
	end_tag(f);
}

/* "exploded" says nothing of a message that begins here. */
static bool flags_count(const struct signing *s)
{
	struct span flags = s->envelope->flags;

	return flags.n > 0 && !(s->base->i == 1 && span_is(flags, "exploded"));
}

static void write_field(const struct signing *s, struct buf *out)
{
	struct folder f = begin_field(out, "DKIM2-Signature");

	add_number(&f, "i", s->base->i);
	add_number(&f, "m", s->base->signs_m);
	add_number(&f, "t", (uint64_t)s->envelope->t);
	add_tag(&f, "d", s->signers[0].domain);
	add_envelope(&f, s->envelope);
	if (s->envelope->nonce.n) {
		add_tag(&f, "n", s->envelope->nonce);
	}
	if (flags_count(s)) {
		add_tag(&f, "f", s->envelope->flags);
	}
	add_sets(&f, s);
	buf_str(out, "\r\n");
}

static bool check_signers(const struct signer *signers, size_t n, struct err *e)
{
	if (n == 0 || n > LIMIT_SETS) {
		return err_set(e, ERR_BUG, "", "%zu signers", n);
	}
	for (size_t i = 0; i < n; i++) {
		if (!dkim2_is_domain(signers[i].domain) || !dkim2_is_domain(signers[i].selector)) {
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
		/* It signs the text itself, of which only the hash state is at hand here. */
		if (pkey_type(signers[i].key) == KEY_MLDSA44) {
			return err_set(e, ERR_PERMANENT, "",
			               "mldsa44 keys cannot sign yet: \"%.*s\"",
			               SPAN_FMT(signers[i].selector));
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
	return nonce.n <= NONCE_MAX ||
	       err_set(e, ERR_BUG, "", "nonce over %d characters", NONCE_MAX);
}

static bool check_envelope(const struct dkim2_envelope *envelope, struct span d, struct err *e)
{
	struct span from = envelope->mail_from;

	if (envelope->rcpts == 0 || envelope->t < 0) {
		return err_set(e, ERR_BUG, "", "signature without recipient or time");
	}
	if (from.n && !addr_domain_below(addr_domain(from), d)) {
		return err_set(e, ERR_PERMANENT, "", "mail from \"%.*s\" is not at or below d=%.*s",
		               SPAN_FMT(from), SPAN_FMT(d));
	}
	return check_nonce(envelope->nonce, e);
}

/* Sign what is written so far with every key. */
static bool sign_all(struct signing *s, const struct hash *prefix, struct span field,
                     struct buf *values, struct err *e)
{
	size_t colon = span_chr(field, ':'), ends[LIMIT_SETS], start = 0;
	struct buf input = BUF_INIT;
	struct hash *hash = hash_copy(prefix);
	struct digest digest;
	bool good = true;

	canon_dkim2_input(&input, span_sub(field, 0, colon),
	                  span_sub(field, colon + 1, field.n - 2), true);
	hash_add(hash, buf_span(&input));
	hash_final(hash, &digest);
	for (size_t i = 0; i < s->n && good; i++) {
		good = pkey_sign(s->signers[i].key, HASH_SHA256, &digest, buf_span(&input), values,
		                 e);
		ends[i] = values->n;
	}
	for (size_t i = 0; i < s->n && good; i++) {
		s->values[i] = span_sub(buf_span(values), start, ends[i]);
		start = ends[i];
	}
	buf_free(&input);
	return good;
}

bool dkim2_signature(const struct dkim2_base *base, const struct hash *prefix,
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
