/*
 * DKIM2 fields into structs (draft sections 8 to 10). Strict: what is not in the
 * grammar makes the field a fault, with the number that its i= or m= has, 0 when that
 * cannot be read.
 */
#include "auth/dkim2_field.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/utf8.h"
#include "mail/idn.h"
#include "mail/taglist.h"

#include <string.h>

static const struct dkim2_fault ok = { .id = DKIM2_OK };

/* ---- values ---- */

/* Tag lists are ASCII: printable, and white space. */
static bool printable(struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_graph(value.p[i]) && !ascii_fws(value.p[i])) {
			return false;
		}
	}
	return true;
}

/* Names of algorithms and flags. */
static bool is_word(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (!ascii_alnum(text.p[i]) && text.p[i] != '-' && text.p[i] != '_') {
			return false;
		}
	}
	return text.n > 0;
}

static bool read_base64(struct arena *arena, struct span text, struct span *out)
{
	struct buf bytes = BUF_INIT;
	bool good = span_trim(text).n > 0 && codec_unbase64(&bytes, text);

	*out = buf_move(&bytes, arena);
	return good;
}

/* A path of the envelope: base64 of UTF-8 in angle brackets. */
static bool read_path(struct arena *arena, struct span text, struct span *out)
{
	if (!read_base64(arena, text, out) || !utf8_valid(*out)) {
		return false;
	}
	for (size_t i = 0; i < out->n; i++) {
		if (ascii_cntrl(out->p[i])) {
			return false;
		}
	}
	return out->n >= 2 && out->p[0] == '<' && out->p[out->n - 1] == '>';
}

/*
 * "a:b:c" with white space round each. The third part keeps its own colons, which no
 * value has.
 */
static bool read_triple(struct span set, struct span part[3])
{
	for (size_t i = 0; i < 3; i++) {
		if (!set.p) {
			return false;
		}
		if (i < 2) {
			part[i] = span_trim(span_cut(&set, ':'));
		} else {
			part[i] = span_trim(set);
		}
	}
	return true;
}

/* ---- DKIM2-Signature ---- */

typedef enum dkim2_fault_id (*read_tag)(struct arena *arena, struct span value,
                                        struct dkim2_sig *sig);

static enum dkim2_fault_id syntax_unless(bool good)
{
	return good ? DKIM2_OK : DKIM2_SIGNATURE_SYNTAX;
}

static enum dkim2_fault_id read_i(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	(void)arena;
	return syntax_unless(span_u64(value, &sig->hop.i));
}

static enum dkim2_fault_id read_m(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	(void)arena;
	return syntax_unless(span_u64(value, &sig->hop.m));
}

static enum dkim2_fault_id read_t(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	(void)arena;
	return syntax_unless(span_u64(value, &sig->hop.t));
}

static enum dkim2_fault_id read_d(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	(void)arena;
	sig->hop.d = value;
	return syntax_unless(idn_is_name(value));
}

static enum dkim2_fault_id read_nd(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	(void)arena;
	sig->hop.nd = value;
	return syntax_unless(idn_is_name(value));
}

static enum dkim2_fault_id read_mf(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	return syntax_unless(read_path(arena, value, &sig->hop.mf));
}

static enum dkim2_fault_id read_rt(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	size_t cap = 0;

	if (value.n == 0) {
		return DKIM2_SIGNATURE_SYNTAX;
	}
	while (value.p) {
		struct span path;

		if (!read_path(arena, span_cut(&value, ','), &path)) {
			return DKIM2_SIGNATURE_SYNTAX;
		}
		*ARENA_PUSH(arena, sig->hop.rt, sig->hop.rts, cap) = path;
	}
	return DKIM2_OK;
}

static enum dkim2_fault_id read_n(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	(void)arena;
	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_graph(value.p[i])) {
			return DKIM2_SIGNATURE_SYNTAX;
		}
	}
	sig->hop.n = value;
	return syntax_unless(value.n <= DKIM2_NONCE_MAX);
}

static enum dkim2_fault_id read_f(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	(void)arena;
	if (value.n == 0) {
		return DKIM2_SIGNATURE_SYNTAX;
	}
	while (value.p) {
		struct span flag = span_trim(span_cut(&value, ','));

		if (!is_word(flag)) {
			return DKIM2_SIGNATURE_SYNTAX;
		}
		sig->hop.feedback = sig->hop.feedback || span_is(flag, "feedback");
		sig->hop.feedhere = sig->hop.feedhere || span_is(flag, "feedhere");
		sig->hop.exploded = sig->hop.exploded || span_is(flag, "exploded");
	}
	return DKIM2_OK;
}

static enum dkim2_fault_id read_set(struct arena *arena, struct span text, unsigned group,
                                    struct dkim2_sig *sig)
{
	struct dkim2_set *set = &sig->hop.sets[sig->hop.nsets];
	struct span part[3];

	if (sig->hop.nsets == LIMIT_SETS) {
		return DKIM2_SIGNATURE_SELECTORS;
	}
	if (!read_triple(text, part) || !idn_is_name(part[0]) || !is_word(part[1]) ||
	    !read_base64(arena, part[2], &sig->signatures[sig->hop.nsets])) {
		return DKIM2_SIGNATURE_SYNTAX;
	}
	*set = (struct dkim2_set){ .selector = part[0], .algorithm = part[1], .group = group };
	sig->hop.nsets++;
	return DKIM2_OK;
}

static bool repeated_selector(const struct dkim2_hop *hop)
{
	for (size_t i = 0; i < hop->nsets; i++) {
		for (size_t k = 0; k < i; k++) {
			if (span_ieq(hop->sets[i].selector, hop->sets[k].selector)) {
				return true;
			}
		}
	}
	return false;
}

static enum dkim2_fault_id read_s(struct arena *arena, struct span value, struct dkim2_sig *sig)
{
	sig->hop.sets = arena_array(arena, LIMIT_SETS, sizeof(*sig->hop.sets));
	if (value.n == 0) {
		return DKIM2_SIGNATURE_SYNTAX;
	}
	for (unsigned group = 0; value.p; group++) {
		struct span sets = span_cut(&value, '|');

		while (sets.p) {
			struct span set = span_cut(&sets, ',');
			enum dkim2_fault_id fault = read_set(arena, set, group, sig);

			if (fault != DKIM2_OK) {
				return fault;
			}
		}
	}
	return repeated_selector(&sig->hop) ? DKIM2_SIGNATURE_DUPLICATE_SELECTOR : DKIM2_OK;
}

static const struct {
	const char *name;
	read_tag read;
	bool required;
} signature_tags[] = {
	{ "i", read_i, true },    { "m", read_m, true },    { "t", read_t, true },
	{ "d", read_d, true },    { "s", read_s, true },    { "mf", read_mf, false },
	{ "rt", read_rt, false }, { "nd", read_nd, false }, { "n", read_n, false },
	{ "f", read_f, false },
};
enum { SIGNATURE_TAGS = sizeof(signature_tags) / sizeof(signature_tags[0]) };

/* The number of a field that does not parse, as far as it has one. */
static uint64_t number_of(struct span value, const char *name)
{
	while (value.p) {
		struct span tag = span_cut(&value, ';');
		struct span key = span_trim(span_cut(&tag, '='));
		uint64_t n;

		if (tag.p && span_is(key, name)) {
			return span_u64(span_trim(tag), &n) ? n : 0;
		}
	}
	return 0;
}

/* nd=, or both mf= and rt=. */
static const char *envelope_tag_missing(const struct taglist *tags, bool *unexpected)
{
	bool mf = taglist_find(tags, "mf"), rt = taglist_find(tags, "rt");

	*unexpected = false;
	if (taglist_find(tags, "nd")) {
		*unexpected = mf || rt;
		return NULL;
	}
	return !mf ? "mf" : !rt ? "rt" : NULL;
}

static struct dkim2_fault tags_present(const struct taglist *tags, uint64_t i)
{
	bool unexpected;
	const char *missing;

	for (size_t k = 0; k < SIGNATURE_TAGS; k++) {
		const char *name = signature_tags[k].name;

		if (signature_tags[k].required && !taglist_find(tags, name)) {
			return (struct dkim2_fault){ DKIM2_SIGNATURE_TAG_MISSING, i, 0,
				                     span_str(name) };
		}
	}
	missing = envelope_tag_missing(tags, &unexpected);
	if (unexpected) {
		return (struct dkim2_fault){ DKIM2_SIGNATURE_TAG_UNEXPECTED, i, 0, SPAN("nd") };
	}
	if (missing) {
		return (struct dkim2_fault){ DKIM2_SIGNATURE_TAG_MISSING, i, 0, span_str(missing) };
	}
	return ok;
}

struct dkim2_fault dkim2_parse_signature(struct arena *arena, const struct field *field,
                                         struct dkim2_sig *sig)
{
	uint64_t i = number_of(field->value, "i");
	struct taglist tags;

	memset(sig, 0, sizeof(*sig));
	sig->field = field;
	if (!printable(field->value) ||
	    !taglist_parse(field->value, TAGLIST_EMPTY_TAGS, &tags, NULL)) {
		return (struct dkim2_fault){ .id = DKIM2_SIGNATURE_SYNTAX, .n = i };
	}
	for (size_t k = 0; k < SIGNATURE_TAGS; k++) {
		const struct tag *tag = taglist_find(&tags, signature_tags[k].name);
		enum dkim2_fault_id fault = DKIM2_OK;

		if (tag) {
			fault = signature_tags[k].read(arena, tag->value, sig);
		}
		if (fault != DKIM2_OK) {
			return (struct dkim2_fault){ .id = fault, .n = i };
		}
	}
	/* Who makes a message has not exploded it. */
	sig->hop.exploded = sig->hop.exploded && sig->hop.i != 1;
	return tags_present(&tags, i);
}

/* ---- Message-Instance ---- */

static const struct {
	const char *name;
	enum hash_alg alg;
} hash_names[] = { { "sha256", HASH_SHA256 }, { "sha512", HASH_SHA512 } };

static enum dkim2_fault_id read_hash_set(struct arena *arena, struct span text, unsigned group,
                                         struct dkim2_mi *mi)
{
	struct dkim2_hash_set *set = &mi->sets[mi->nsets];
	struct span part[3];

	if (mi->nsets == LIMIT_SETS || !read_triple(text, part) || !is_word(part[0]) ||
	    !read_base64(arena, part[1], &set->header) ||
	    !read_base64(arena, part[2], &set->body)) {
		return DKIM2_INSTANCE_SYNTAX;
	}
	set->name = part[0];
	set->group = group;
	for (size_t i = 0; i < sizeof(hash_names) / sizeof(hash_names[0]); i++) {
		if (span_is(part[0], hash_names[i].name)) {
			set->known = true;
			set->alg = hash_names[i].alg;
		}
	}
	for (size_t i = 0; i < mi->nsets; i++) {
		if (span_eq(mi->sets[i].name, set->name)) {
			return DKIM2_INSTANCE_DUPLICATE_HASH;
		}
	}
	mi->nsets++;
	return DKIM2_OK;
}

static enum dkim2_fault_id read_h(struct arena *arena, struct span value, struct dkim2_mi *mi)
{
	mi->hashes = taglist_squeeze(arena, value);
	if (value.n == 0) {
		return DKIM2_INSTANCE_SYNTAX;
	}
	for (unsigned group = 0; value.p; group++) {
		struct span sets = span_cut(&value, '|');

		while (sets.p) {
			struct span set = span_cut(&sets, ',');
			enum dkim2_fault_id fault = read_hash_set(arena, set, group, mi);

			if (fault != DKIM2_OK) {
				return fault;
			}
		}
	}
	return DKIM2_OK;
}

static struct dkim2_fault read_r(struct arena *arena, struct span value, struct dkim2_mi *mi)
{
	static const enum dkim2_fault_id faults[] = {
		[RECIPE_OK] = DKIM2_OK,
		[RECIPE_JSON] = DKIM2_INSTANCE_JSON,
		[RECIPE_INVALID] = DKIM2_INSTANCE_RECIPE,
	};
	struct dkim2_fault fault = { .id = DKIM2_INSTANCE_SYNTAX };
	struct span json;

	if (!read_base64(arena, value, &json)) {
		return fault;
	}
	mi->has_recipe = true;
	fault.id = faults[recipe_parse(arena, json, &mi->recipe, &fault.value)];
	return fault;
}

static struct dkim2_fault instance_values(struct arena *arena, const struct taglist *tags,
                                          struct dkim2_mi *mi)
{
	const struct tag *m = taglist_find(tags, "m"), *h = taglist_find(tags, "h");
	const struct tag *r = taglist_find(tags, "r");
	struct dkim2_fault fault = ok;

	if (m && !span_u64(m->value, &mi->m)) {
		fault.id = DKIM2_INSTANCE_SYNTAX;
	}
	if (fault.id == DKIM2_OK && h) {
		fault.id = read_h(arena, h->value, mi);
	}
	if (fault.id == DKIM2_OK && r) {
		fault = read_r(arena, r->value, mi);
	}
	if (fault.id == DKIM2_OK && (!m || !h)) {
		fault = (struct dkim2_fault){ DKIM2_INSTANCE_TAG_MISSING, 0, 0,
			                      span_str(m ? "h" : "m") };
	}
	return fault;
}

struct dkim2_fault dkim2_parse_instance(struct arena *arena, const struct field *field,
                                        struct dkim2_mi *mi)
{
	struct dkim2_fault fault = { .id = DKIM2_INSTANCE_SYNTAX };
	struct taglist tags;

	memset(mi, 0, sizeof(*mi));
	mi->field = field;
	if (printable(field->value) &&
	    taglist_parse(field->value, TAGLIST_EMPTY_TAGS, &tags, NULL)) {
		fault = instance_values(arena, &tags, mi);
	}
	fault.n = number_of(field->value, "m");
	return fault;
}
