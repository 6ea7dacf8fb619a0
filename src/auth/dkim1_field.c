/*
 * One signature field taken apart (RFC 6376 3.5, RFC 8617 4.1), and the choice of
 * header fields that is common to signing and verifying.
 *
 * The tags are judged one by one, each by its row of a table; the first reason
 * ends it. Domain and selector come early, so that a result can name them.
 */
#include "auth/dkim1_field.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/idn.h"

/* Judges the VALUE of one tag; NULL or the reason. */
typedef const char *judge(struct arena *arena, struct span value, struct dkim1_field *out);

/* DOMAIN as A-labels; what it was when it is no domain. */
static bool a_labels(struct arena *arena, struct span domain, struct span *out)
{
	struct span ascii;
	bool ok = idn_ascii(arena, domain, &ascii, NULL);

	*out = ok ? ascii : domain;
	return ok;
}

static const char *judge_d(struct arena *arena, struct span value, struct dkim1_field *out)
{
	return a_labels(arena, value, &out->d) ? NULL : "d= is no domain";
}

/* Looser than a domain: a selector may start or end in a hyphen. */
static const char *judge_s(struct arena *arena, struct span value, struct dkim1_field *out)
{
	static const char reason[] = "s= is no selector";
	char before = '.';

	if (!utf8_ascii(value)) {
		return a_labels(arena, value, &out->s) ? NULL : reason;
	}
	out->s = value;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (!ascii_alnum(c) && c != '-' && c != '_' && (c != '.' || before == '.')) {
			return reason;
		}
		before = c;
	}
	return before == '.' || value.n > 253 ? reason : NULL;
}

static const char *judge_v(struct arena *arena, struct span value, struct dkim1_field *out)
{
	(void)arena, (void)out;
	return span_is(value, "1") ? NULL : "unknown version";
}

static const char *judge_a(struct arena *arena, struct span value, struct dkim1_field *out)
{
	(void)arena;
	out->a = value;
	if (span_is(value, "rsa-sha1")) {
		return "rsa-sha1 is no longer accepted";
	}
	if (span_is(value, "rsa-sha256")) {
		out->key_type = KEY_RSA;
	} else if (span_is(value, "ed25519-sha256")) {
		out->key_type = KEY_ED25519;
	} else {
		return "unknown algorithm";
	}
	return NULL;
}

static bool form_of(struct span name, enum canon *form)
{
	*form = span_is(name, "relaxed") ? CANON_RELAXED : CANON_SIMPLE;
	return *form == CANON_RELAXED || span_is(name, "simple");
}

static const char *judge_c(struct arena *arena, struct span value, struct dkim1_field *out)
{
	struct span body = value, header = span_cut(&body, '/');

	(void)arena;
	if (!form_of(header, &out->header) ||
	    !form_of(body.p ? body : SPAN("simple"), &out->body)) {
		return "unknown canonicalization";
	}
	return NULL;
}

static const char *judge_h(struct arena *arena, struct span value, struct dkim1_field *out)
{
	size_t cap = 0;
	bool from = false;

	while (value.p) {
		struct span name = span_trim(span_cut(&value, ':'));

		if (!name.n) {
			return "empty name in h=";
		}
		if (out->n == LIMIT_FIELDS) {
			return "too many names in h=";
		}
		from = from || span_iis(name, "from");
		*ARENA_PUSH(arena, out->names, out->n, cap) = name;
	}
	return from ? NULL : "h= does not cover from";
}

static bool decode(struct arena *arena, struct span value, struct span *out)
{
	struct buf octets = BUF_INIT;
	bool ok = codec_unbase64(&octets, value) && octets.n;

	*out = buf_move(&octets, arena);
	return ok;
}

static const char *judge_bh(struct arena *arena, struct span value, struct dkim1_field *out)
{
	return decode(arena, value, &out->body_hash) ? NULL : "bh= is no base64";
}

static const char *judge_b(struct arena *arena, struct span value, struct dkim1_field *out)
{
	return decode(arena, value, &out->signature) ? NULL : "b= is no base64";
}

static const char *judge_q(struct arena *arena, struct span value, struct dkim1_field *out)
{
	(void)arena, (void)out;
	while (value.p) {
		if (span_is(span_trim(span_cut(&value, ':')), "dns/txt")) {
			return NULL;
		}
	}
	return "unknown query method";
}

static const char *judge_i(struct arena *arena, struct span value, struct dkim1_field *out)
{
	size_t at = span_rchr(value, '@');

	out->i = value;
	if (at == SPAN_NONE || !a_labels(arena, span_from(value, at + 1), &out->i_domain)) {
		return "i= is no address";
	}
	return addr_domain_below(out->i_domain, out->d) ? NULL : "i= is not below d=";
}

static const char *judge_l(struct arena *arena, struct span value, struct dkim1_field *out)
{
	(void)arena;
	return span_u64(value, &out->length) ? NULL : "l= is no number";
}

static const char *judge_x(struct arena *arena, struct span value, struct dkim1_field *out)
{
	(void)arena;
	return span_u64(value, &out->expires) ? NULL : "x= is no number";
}

/* x= was judged before. */
static const char *judge_t(struct arena *arena, struct span value, struct dkim1_field *out)
{
	uint64_t t;

	(void)arena;
	if (!span_u64(value, &t)) {
		return "t= is no number";
	}
	return t > out->expires ? "x= is before t=" : NULL;
}

/* Names that RFC 8617 4.1.2 does not want in an ARC-Message-Signature; see doc/departures. */
static const char *judge_h_arc(struct arena *arena, struct span value, struct dkim1_field *out)
{
	(void)arena, (void)value;
	for (size_t i = 0; i < out->n; i++) {
		if (span_iis(out->names[i], "arc-seal")) {
			return "h= covers arc-seal";
		}
	}
	return NULL;
}

static const char *judge_h_seal(struct arena *arena, struct span value, struct dkim1_field *out)
{
	(void)arena, (void)value, (void)out;
	return "h= is not allowed";
}

enum { SIG = DKIM1_SIGNATURE, AMS = DKIM1_ARC_MESSAGE, SEAL = DKIM1_ARC_SEAL };

static const struct {
	const char *name;
	unsigned kinds;      /* that have the tag; others do not look at it */
	const char *missing; /* what is said when it is not there; NULL: optional */
	judge *judge;
} tags[] = {
	{ "d", SIG | AMS | SEAL, "no d= tag", judge_d },
	{ "s", SIG | AMS | SEAL, "no s= tag", judge_s },
	{ "v", SIG, "no v= tag", judge_v },
	{ "a", SIG | AMS | SEAL, "no a= tag", judge_a },
	{ "c", SIG | AMS, NULL, judge_c },
	{ "h", SIG | AMS, "no h= tag", judge_h },
	{ "h", AMS, NULL, judge_h_arc },
	{ "h", SEAL, NULL, judge_h_seal },
	{ "bh", SIG | AMS, "no bh= tag", judge_bh },
	{ "b", SIG | AMS | SEAL, "no b= tag", judge_b },
	{ "q", SIG | AMS, NULL, judge_q },
	{ "i", SIG, NULL, judge_i },
	{ "l", SIG | AMS, NULL, judge_l },
	{ "x", SIG | AMS, NULL, judge_x },
	{ "t", SIG | AMS | SEAL, NULL, judge_t },
};

/* The tag's value B inside TEXT grown over the white space round it. */
static struct span with_space(struct span text, struct span b)
{
	size_t from = (size_t)(b.p - text.p), to = from + b.n;

	while (from && ascii_fws(text.p[from - 1])) {
		from--;
	}
	while (to < text.n && ascii_fws(text.p[to])) {
		to++;
	}
	return span_sub(text, from, to);
}

const char *dkim1_field_parse(struct arena *arena, const struct field *f, enum dkim1_kind kind,
                              struct dkim1_field *out)
{
	struct taglist list;

	*out = (struct dkim1_field){ .length = UINT64_MAX, .expires = UINT64_MAX };
	if (kind != DKIM1_SIGNATURE) {
		/* Without c=, too: doc/departures. */
		out->header = out->body = CANON_RELAXED;
	}
	if (!taglist_parse(f->value, 0, &list, NULL)) {
		return "syntax error";
	}
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		const struct tag *tag = taglist_find(&list, tags[i].name);
		const char *reason = tags[i].missing;

		if (!(tags[i].kinds & kind)) {
			continue;
		}
		if (tag) {
			reason = tags[i].judge(arena, tag->value, out);
		}
		if (reason) {
			return reason;
		}
	}
	if (!out->i.p) {
		out->i = arena_join(arena, SPAN("@"), out->d, SPAN_END);
		out->i_domain = out->d;
	}
	out->b = with_space(f->value, taglist_find(&list, "b")->value);
	return NULL;
}

/* The lowest field called NAME that was not taken yet, or COUNT. */
static size_t lowest(const struct field *fields, size_t count, const bool *taken, struct span name)
{
	for (size_t i = count; i-- > 0;) {
		if (!taken[i] && span_ieq(fields[i].name, name)) {
			return i;
		}
	}
	return count;
}

void dkim1_selected(struct arena *arena, struct buf *out, enum canon form,
                    const struct field *fields, size_t count, size_t self, const struct span *names,
                    size_t n)
{
	bool *taken = arena_array(arena, count, sizeof(*taken));

	if (self < count) {
		taken[self] = true;
	}
	for (size_t k = 0; k < n; k++) {
		size_t i = lowest(fields, count, taken, names[k]);

		if (i == count) {
			continue;
		}
		taken[i] = true;
		canon_field(out, form, &fields[i], false);
	}
}
