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
#include "mail/idn.h"

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

/* FIELDS and those of the text OWN. */
static bool join(struct arena *arena, const struct field *fields, size_t count, struct span own,
                 struct message *all, struct err *e)
{
	struct message made;
	struct field *v;

	if (!message_parse(arena, own, &made, e)) {
		return false;
	}
	v = arena_array(arena, count + made.count, sizeof(*v));
	for (size_t i = 0; i < count; i++) {
		v[i] = fields[i];
	}
	for (size_t i = 0; i < made.count; i++) {
		v[count + i] = made.fields[i];
	}
	*all = (struct message){ .fields = v, .count = count + made.count };
	return true;
}

static bool whole_chain(struct arena *arena, const struct message *m, struct dkim2_chain *chain,
                        struct err *e)
{
	struct dkim2_fault fault = dkim2_chain_parse(arena, m->fields, m->count, chain);

	if (fault.id == DKIM2_OK && chain->present) {
		fault = dkim2_chain_check(chain);
	}
	return fault.id == DKIM2_OK ||
	       err_set(e, ERR_PERMANENT, "", "%.*s", SPAN_FMT(dkim2_fault_text(arena, &fault)));
}

bool dkim2_next(const struct field *fields, size_t count, struct span own, bool changed,
                struct dkim2_base *base, struct err *e)
{
	struct arena *arena = arena_new();
	struct dkim2_chain chain;
	struct message all;
	bool good = join(arena, fields, count, own, &all, e) && whole_chain(arena, &all, &chain, e);

	if (good && (chain.nsigs == LIMIT_SIGNATURES || chain.ninstances == LIMIT_SIGNATURES)) {
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

/* ---- what stands before our field ---- */

static bool signs_text(const struct signer *signers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pkey_type(signers[i].key) == KEY_MLDSA44) {
			return true;
		}
	}
	return false;
}

/* The fields called NAME of the text we have just made; they are not parsed again. */
static void add_own(struct buf *text, const struct message *own, const char *name)
{
	for (size_t k = 0; k < own->count; k++) {
		if (span_iis(own->fields[k].name, name)) {
			canon_dkim2_input(text, own->fields[k].name, own->fields[k].value, false);
		}
	}
}

struct dkim2_prefix *dkim2_prefix_new(struct arena *arena, const struct field *fields, size_t count,
                                      struct span own, const struct signer *signers, size_t n,
                                      struct err *e)
{
	struct dkim2_chain chain;
	struct dkim2_fault fault = dkim2_chain_parse(arena, fields, count, &chain);
	struct dkim2_prefix *p;
	struct message made;

	if (fault.id != DKIM2_OK) {
		err_set(e, ERR_PERMANENT, "", "%.*s", SPAN_FMT(dkim2_fault_text(arena, &fault)));
		return NULL;
	}
	if (!message_parse(arena, own, &made, e)) {
		return NULL;
	}
	p = mem_alloc(sizeof(*p));
	for (size_t k = 0; k < chain.ninstances; k++) {
		canon_dkim2_input(&p->text, chain.instances[k].field->name,
		                  chain.instances[k].field->value, false);
	}
	add_own(&p->text, &made, "message-instance");
	for (size_t k = 0; k < chain.nsigs; k++) {
		canon_dkim2_input(&p->text, chain.sigs[k].field->name, chain.sigs[k].field->value,
		                  false);
	}
	add_own(&p->text, &made, "dkim2-signature");
	p->hash = hash_new(HASH_SHA256);
	hash_add(p->hash, buf_span(&p->text));
	if (!signs_text(signers, n)) {
		buf_free(&p->text);
	}
	return p;
}

void dkim2_prefix_free(struct dkim2_prefix *p)
{
	if (p) {
		hash_free(p->hash);
		buf_free(&p->text);
		mem_free(p);
	}
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
	if (envelope->next_domain.n) {
		add_tag(f, "nd", envelope->next_domain);
		return;
	}
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
	return nonce.n <= NONCE_MAX ||
	       err_set(e, ERR_BUG, "", "nonce over %d characters", NONCE_MAX);
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
	if (signs_text(s->signers, s->n)) {
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
