/*
 * From a post to one prepared variant: edits, then from the same edit list the
 * recipe, the header and the body's segments; mode by rules/egress.
 */
#include "flow/variant.h"

#include "auth/authres.h"
#include "auth/canon.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/idn.h"

struct span variant_encode(struct arena *arena, const struct segments *body, struct span raw)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < body->n; i++) {
		const struct segment *s = &body->v[i];
		if (s->bytes.n == 0) {
			continue;
		}
		if (s->kept) {
			buf_printf(&out, "k %zu %zu\n", (size_t)(s->bytes.p - raw.p), s->bytes.n);
		} else {
			buf_printf(&out, "i %zu\n", s->bytes.n);
			buf_add(&out, s->bytes);
			buf_chr(&out, '\n');
		}
	}
	return buf_move(&out, arena);
}

static bool decode_one(struct span *rest, struct span raw, struct segment *out)
{
	size_t lf = span_chr(*rest, '\n');
	if (lf == SPAN_NONE || lf < 3 || rest->p[1] != ' ') {
		return false;
	}
	struct span numbers = span_sub(*rest, 2, lf);
	uint64_t a = 0, b = 0;
	out->kept = rest->p[0] == 'k';
	if (!out->kept && rest->p[0] != 'i') {
		return false;
	}
	*rest = span_from(*rest, lf + 1);
	if (out->kept) {
		struct span first = span_cut(&numbers, ' ');
		if (!span_u64(first, &a) || !span_u64(numbers, &b) || a > raw.n || b > raw.n - a) {
			return false;
		}
		out->bytes = span_sub(raw, a, a + b);
		return true;
	}
	if (!span_u64(numbers, &a) || a >= rest->n || rest->p[a] != '\n') {
		return false;
	}
	out->bytes = span_sub(*rest, 0, a);
	*rest = span_from(*rest, a + 1);
	return true;
}

bool variant_decode(struct arena *arena, struct span text, struct span raw, struct segments *out,
                    struct err *e)
{
	size_t cap = 0;
	*out = (struct segments){ 0 };
	while (text.n > 0) {
		struct segment s;
		if (!decode_one(&text, raw, &s)) {
			return err_set(e, ERR_BUG, "", "prepared body does not fit its message");
		}
		*ARENA_PUSH(arena, out->v, out->n, cap) = s;
		out->bytes += s.bytes.n;
	}
	return true;
}

static bool has_dkim2(const struct message *m)
{
	return message_count(m, "DKIM2-Signature") + message_count(m, "Message-Instance") > 0;
}

/* Does the author's domain answer to the domain the list signs as? */
static bool from_ours(const struct prepare_input *in, const struct mailbox *author, bool has_author)
{
	return has_author && in->verdict->from_authentic &&
	       addr_domain_below(author->domain, in->list->domain);
}

static bool edit(struct arena *arena, const struct prepare_input *in, const struct mailbox *author,
                 bool has_author, bool opaque, struct edits **out, struct err *e)
{
	struct revise r = {
		.arena = arena,
		.site = in->site,
		.list = in->list,
		.message = in->message,
		.author = *author,
		.has_author = has_author,
		.recipient = in->recipient,
		.auth_results = in->nameless
		                        ? SPAN("")
		                        : authres_format(arena, in->site->authserv_id, in->verdict),
		.id = in->id,
		.munge = in->munge && !in->nameless, /* then it is the list's already */
		.ascii = in->ascii,
		.drop_dkim2 = opaque,
		/* These get a DKIM2 signature of ours; a copy with From kept and a NUL gets none.
		 */
		.repair_nul = in->list->sign && (in->munge || opaque),
		.number = (uint64_t)in->number,
		.now = in->now,
	};
	*out = edit_new(arena, in->message);
	return revise_all(*out, &r, e) && edit_finish(*out, e);
}

static void fill_hashes(struct arena *arena, const struct segments *body, struct variant *out)
{
	struct digest d;
	canon_segments_hash(CANON_SIMPLE, HASH_SHA256, body, &d);
	out->body_hash_simple = arena_copy(arena, digest_span(&d));
	canon_segments_hash(CANON_RELAXED, HASH_SHA256, body, &d);
	out->body_hash_relaxed = arena_copy(arena, digest_span(&d));
}

/* Which numbers our DKIM2 fields get, by mode. */
static bool fill_numbers(enum egress mode, const struct message *revised, struct variant *out,
                         struct err *e)
{
	struct dkim2_base base = { 0 };
	if (mode == EGRESS_PLAIN) {
		return true;
	}
	if (mode != EGRESS_CONTINUE) {
		out->mi = out->mi_top = out->hop = 1;
		return true;
	}
	/* Without a recipe nothing that is hashed has changed. */
	if (!dkim2_next(revised->fields, revised->count, SPAN_END, out->recipe.n > 0, &base, e)) {
		return false;
	}
	out->mi = (int64_t)base.m;
	out->mi_top = (int64_t)base.signs_m;
	out->hop = (int64_t)base.i + (out->via.n > 0);
	return out->hop <= LIMIT_SIGNATURES ||
	       err_set(e, ERR_PERMANENT, "", "over %u DKIM2 signatures", LIMIT_SIGNATURES);
}

/* The body over the stored message. */
static struct span stored_body(struct arena *arena, const struct rewrite *rewrite,
                               const struct edits *x, const struct segments *body)
{
	if (!rewrite) {
		return variant_encode(arena, body, x->m->raw);
	}
	struct segments stored = rewrite_body(rewrite, body);
	return variant_encode(arena, &stored, rewrite->stored);
}

/*
 * With its signatures and the recipe in base64 a copy has to be within the limits, too, or
 * nobody with the same ones could read it.
 */
static bool has_room(const struct variant *v, const struct message *revised, struct err *e)
{
	size_t added = LIMIT_ADDED_HEADER + v->recipe.n / 2 * 3;
	if (v->header.n + added > LIMIT_HEADER) {
		return err_set(e, ERR_PERMANENT, "5.3.4", "header of the copies over %u bytes",
		               LIMIT_HEADER);
	}
	if (revised->count + LIMIT_ADDED_FIELDS > LIMIT_FIELDS) {
		return err_set(e, ERR_PERMANENT, "5.3.4", "header of the copies over %u fields",
		               LIMIT_FIELDS);
	}
	return true;
}

static bool finish(struct arena *arena, const struct prepare_input *in, const struct edits *x,
                   enum egress mode, struct variant *out, struct err *e)
{
	struct message revised;
	struct segments body = edit_segments(x);
	out->header = edit_header(x);
	out->body = stored_body(arena, in->rewrite, x, &body);
	out->utf8 = !utf8_ascii(out->header);
	fill_hashes(arena, &body, out);
	return message_parse(arena, out->header, &revised, e) && has_room(out, &revised, e) &&
	       fill_numbers(mode, &revised, out, e);
}

bool variant_prepare(struct arena *arena, const struct prepare_input *in, struct variant *out,
                     struct edits **edits, struct err *e)
{
	struct mailbox author = { 0 };
	bool has_author = !in->nameless && addr_author(arena, in->message, &author);
	struct span recipe = { 0 };
	struct err why = { 0 };
	struct edits *x;

	*out = (struct variant){ .munged = in->munge, .ascii = in->ascii };
	/* A chain that is not continued must not look as if it were. */
	bool opaque = in->as_opaque || !in->list->sign;
	if (!edit(arena, in, &author, has_author, opaque, &x, e)) {
		return false;
	}
	bool reversible = !opaque && recipe_make(arena, x, &recipe, &why);
	struct egress_input choice = {
		.sign = in->list->sign,
		.dkim2 = in->verdict->dkim2.result,
		.has_dkim2_fields = has_dkim2(in->message),
		.reversible = reversible,
		.munged = in->munge,
		.from_ours = from_ours(in, &author, has_author),
		.custody = egress_custody(arena, &in->verdict->dkim2, in->list->domain,
		                          in->arrived_key),
	};
	struct egress_choice mode = egress_choose(&choice);
	if (mode.mode == EGRESS_REFUSED) {
		return err_set(e, ERR_PERMANENT, "5.7.1", "From cannot be kept: %s%s%s", mode.why,
		               why.text[0] ? ": " : "", why.text);
	}
	/* A chain that ends here goes; the recipe stays as it is: DKIM2 fields are in none. */
	bool ends = mode.mode == EGRESS_OPAQUE ||
	            (mode.mode == EGRESS_NEW_ORIGIN && choice.has_dkim2_fields);
	if (ends && !opaque && !edit(arena, in, &author, has_author, true, &x, e)) {
		return false;
	}
	if (mode.mode == EGRESS_CONTINUE && choice.custody == EGRESS_BY_HOP &&
	    !idn_ascii(arena, addr_domain(in->arrived_as), &out->via, e)) {
		return false;
	}
	out->mode = span_str(egress_name(mode.mode));
	out->why = span_str(mode.why);
	out->recipe =
		mode.mode == EGRESS_CONTINUE || mode.mode == EGRESS_NEW_ORIGIN ? recipe : SPAN_END;
	if (edits) {
		*edits = x;
	}
	return finish(arena, in, x, mode.mode, out, e);
}
