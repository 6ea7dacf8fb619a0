/*
 * One variant, many copies. Everything that is the same for all recipients is
 * kept in the press: parsed fields, body segments, the header hash up to where
 * the personal field sorts and the canonical text behind it. Message-Instance, hash
 * state and DKIM1 signature are made once unless a personal field is among what they
 * cover; the ARC set covers none and is made once in any case.
 */
#include "flow/copy_press.h"

#include "auth/arc.h"
#include "auth/canon.h"

#include <string.h>

#define PERSONAL "List-Unsubscribe"

static bool digest_from(struct span octets, struct digest *out, struct err *e)
{
	if (octets.n != 32) {
		return err_set(e, ERR_BUG, "", "prepared hash has %zu octets", octets.n);
	}
	memcpy(out->v, octets.p, octets.n);
	out->n = octets.n;
	return true;
}

/* Split the canonical header, the personal field taken out, where that field sorts. */
static void split_header(struct copy_press *p)
{
	struct field *others = arena_array(p->arena, p->header.count, sizeof(*others));
	size_t n = 0;
	for (size_t i = 0; i < p->header.count; i++) {
		if (i != p->personal) {
			others[n++] = p->header.fields[i];
		}
	}
	struct canon_header all = canon_dkim2_header(p->arena, others, n);
	size_t at = 0;
	while (at < all.n && span_icmp(all.v[at].name, SPAN(PERSONAL)) < 0) {
		at++;
	}
	struct canon_header head = { all.v, at }, tail = { all.v + at, all.n - at };
	struct buf text = BUF_INIT;
	canon_dkim2_header_text(&text, &head);
	p->before = hash_new(HASH_SHA256);
	hash_add(p->before, buf_span(&text));
	buf_clear(&text);
	canon_dkim2_header_text(&text, &tail);
	p->behind = buf_move(&text, p->arena);
}

/* DKIM1 knows no ML-DSA-44, and every copy that is signed has a DKIM1 signature. */
static bool check_keys(const struct copy_press *p, struct err *e)
{
	const struct keyring *keys = p->keys;
	if (!p->list->sign || (keys->n > 0 && pkey_type(keys->v[0].key) != KEY_MLDSA44)) {
		return true;
	}
	if (keys->n > 0) {
		return err_set(e, ERR_PERMANENT, "5.3.5",
		               "no rsa or ed25519 key for \"%.*s\", which DKIM1 needs: ladle key "
		               "gen %.*s, then ladle queue retry --all",
		               SPAN_FMT(keys->domain), SPAN_FMT(keys->domain));
	}
	if (keys->passed_over.n > 0) {
		return err_set(e, ERR_PERMANENT, "5.3.5",
		               "\"%.*s\" is of an algorithm that this OpenSSL lacks, and there is "
		               "no other key: ladle key gen %.*s, then ladle queue retry --all",
		               SPAN_FMT(keys->passed_over), SPAN_FMT(p->list->domain));
	}
	return err_set(e, ERR_PERMANENT, "5.3.5",
	               "no active key for \"%.*s\": ladle key gen %.*s, then ladle queue retry "
	               "--all",
	               SPAN_FMT(p->list->domain), SPAN_FMT(p->list->domain));
}

static bool fill(struct copy_press *p, struct err *e)
{
	const struct variant *v = p->v;
	if (!check_keys(p, e)) {
		return false;
	}
	p->base = (struct dkim2_base){
		.m = (uint64_t)v->mi,
		.signs_m = (uint64_t)v->mi_top,
		.i = (uint64_t)v->hop,
		.recipe = v->recipe,
	};
	if (!digest_from(v->body_hash_simple, &p->base.body_hash, e) ||
	    !digest_from(v->body_hash_relaxed, &p->body_relaxed, e) ||
	    !message_parse(p->arena, v->header, &p->header, e) ||
	    !variant_decode(p->arena, v->body, p->raw, &p->body, e)) {
		return false;
	}
	/* Where a list may not change anything, such a field is the author's. */
	const struct field *personal =
		p->list->modify == LIST_MODIFY_NONE ? NULL : message_find(&p->header, PERSONAL);
	p->personal = personal ? (size_t)(personal - p->header.fields) : p->header.count;
	p->fields = arena_array(p->arena, p->header.count, sizeof(*p->fields));
	memcpy(p->fields, p->header.fields, p->header.count * sizeof(*p->fields));
	split_header(p);
	return true;
}

struct copy_press *copy_press_new(const struct variant *v, struct span raw, const struct list *list,
                                  const struct keyring *keys, struct err *e)
{
	struct arena *arena = arena_new();
	struct copy_press *p = ARENA_NEW(arena, struct copy_press);
	p->arena = arena;
	p->v = v;
	p->list = list;
	p->keys = keys;
	p->raw = raw;
	if (!fill(p, e)) {
		copy_press_free(p);
		return NULL;
	}
	return p;
}

bool copy_press_via(struct copy_press *p, const struct keyring *hop, int64_t now, struct err *e)
{
	struct dkim2_envelope envelope = { .next_domain = p->keys->domain, .t = now };
	if (hop->n == 0) {
		return err_set(
			e, ERR_PERMANENT, "5.3.5",
			"no key for \"%.*s\": ladle key gen %.*s, then ladle queue retry --all",
			SPAN_FMT(p->v->via), SPAN_FMT(p->v->via));
	}
	p->hop = hop;
	/* It signs the fields as they came: nothing of ours is among them yet. */
	return dkim2_imaginary_hop(p->header.fields, p->header.count, SPAN(""), hop->v, hop->n,
	                           &envelope, &p->via, e);
}

void copy_press_free(struct copy_press *p)
{
	if (p) {
		hash_free(p->before);
		dkim2_prefix_free(p->prefix);
		buf_free(&p->instance);
		buf_free(&p->dkim1);
		buf_free(&p->via);
		buf_free(&p->seal);
		arena_free(p->arena);
	}
}

/* A list that may not change anything has no field of its own for a member. */
static bool has_personal(const struct copy_press *p)
{
	return p->personal < p->header.count;
}

const struct segments *copy_body(const struct copy_press *p)
{
	return &p->body;
}

/* The fields of a copy: the variant's, with FIELD (complete, with CRLF; empty: the variant's own)
 * as the personal one. */
static void put_personal(struct copy_press *p, struct span field)
{
	size_t colon = span_chr(field, ':');
	if (!has_personal(p)) {
		return;
	}
	if (field.n == 0) {
		p->fields[p->personal] = p->header.fields[p->personal];
		return;
	}
	p->fields[p->personal] = (struct field){
		.raw = field,
		.name = span_sub(field, 0, colon),
		.value = span_sub(field, colon + 1, field.n - 2),
	};
}

static void hash_header(const struct copy_press *p, struct digest *out)
{
	struct buf line = BUF_INIT;
	struct hash *h = hash_copy(p->before);
	if (has_personal(p)) {
		const struct field *personal = &p->fields[p->personal];
		canon_dkim2_field(&line, personal->name, personal->value);
	}
	hash_add(h, buf_span(&line));
	hash_add(h, p->behind);
	hash_final(h, out);
	buf_free(&line);
}

/* Message-Instance, where something changed, and the hash state for the signature. */
static bool instance(struct copy_press *p, struct buf *out, struct dkim2_prefix **prefix,
                     struct err *e)
{
	struct arena *arena = arena_new();
	struct buf own = BUF_INIT;
	struct digest digest;
	if (p->base.m > 0) {
		hash_header(p, &digest);
		dkim2_instance(&p->base, &digest, out);
	}
	buf_add(&own, buf_span(&p->via));
	buf_add(&own, buf_span(out));
	*prefix = dkim2_prefix_new(arena, p->fields, p->header.count, buf_span(&own), p->keys->v,
	                           p->keys->n, e);
	buf_free(&own);
	arena_free(arena);
	return *prefix != NULL;
}

/* DKIM1 wants RSA as long as there is a verifier without Ed25519; the keyring has it first. */
static bool common(struct copy_press *p, int64_t now, struct buf *mi, struct dkim2_prefix **prefix,
                   struct buf *dkim1, struct err *e)
{
	return !p->list->sign || (dkim1_sign(&p->keys->v[0], p->fields, p->header.count,
	                                     &p->body_relaxed, now, dkim1, e) &&
	                          (p->base.i == 0 || instance(p, mi, prefix, e)));
}

/* Once a press. The topmost Authentication-Results are ours: they say what came in. */
static bool seal(struct copy_press *p, int64_t now, struct err *e)
{
	const struct field *results = message_find(&p->header, "Authentication-Results");
	struct arc_seal said = { .t = now };
	if (p->sealed || !p->list->sign || !p->list->arc_seal || !results) {
		return true;
	}
	said.authres = results->value;
	p->sealed = !arc_next(p->header.fields, p->header.count, arc_found(said.authres), &said) ||
	            arc_sign(&p->keys->v[0], p->header.fields, p->header.count, &p->body_relaxed,
	                     &said, &p->seal, e);
	return p->sealed;
}

static bool sign(struct copy_press *p, const struct copy_job *job,
                 const struct dkim2_prefix *prefix, struct buf *out, struct err *e)
{
	struct dkim2_envelope envelope = {
		.mail_from = job->mail_from,
		.rcpt_to = &job->rcpt_to,
		.rcpts = 1,
		.flags = p->base.i > 1 ? SPAN("exploded") : SPAN(""),
		.t = job->now,
	};
	return p->base.i == 0 ||
	       dkim2_signature(&p->base, prefix, p->keys->v, p->keys->n, &envelope, out, e);
}

/* The variant's header with the personal field in its place. */
static void add_fields(const struct copy_press *p, struct buf *out)
{
	struct span all = p->v->header;
	if (has_personal(p)) {
		struct span old = p->header.fields[p->personal].raw;
		size_t at = (size_t)(old.p - all.p);
		buf_add(out, span_sub(all, 0, at));
		buf_add(out, p->fields[p->personal].raw);
		all = span_from(all, at + old.n);
	}
	buf_add(out, all);
	buf_str(out, "\r\n");
}

bool copy_header(struct copy_press *p, const struct copy_job *job, struct buf *out, struct err *e)
{
	struct buf mi = BUF_INIT, dkim1 = BUF_INIT;
	struct dkim2_prefix *prefix = NULL;
	bool personal = job->unsubscribe.n > 0 && has_personal(p);
	bool ok;
	put_personal(p, job->unsubscribe);
	if (personal) {
		ok = common(p, job->now, &mi, &prefix, &dkim1, e);
	} else {
		ok = p->cached ||
		     (p->cached = common(p, job->now, &p->instance, &p->prefix, &p->dkim1, e));
	}
	ok = ok && seal(p, job->now, e);
	if (ok) {
		buf_add(out, buf_span(&p->seal));
	}
	ok = ok && sign(p, job, personal ? prefix : p->prefix, out, e);
	if (ok) {
		buf_add(out, buf_span(personal ? &mi : &p->instance));
		buf_add(out, buf_span(&p->via));
		buf_add(out, buf_span(personal ? &dkim1 : &p->dkim1));
		add_fields(p, out);
	}
	dkim2_prefix_free(prefix);
	buf_free(&mi);
	buf_free(&dkim1);
	return ok;
}
