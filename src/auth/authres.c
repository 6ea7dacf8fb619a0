/*
 * Our Authentication-Results field (RFC 8601).
 *
 * What comes out of messages (domains, selectors, texts) is bytes from
 * strangers: it only gets into the field as a plain value, inside a quoted string or
 * inside a comment, with everything escaped that could end either.
 */
#include "auth/authres.h"

#include "auth/dmarc.h"
#include "base/ascii.h"
#include "mail/word.h"

/* Octets of one reason that are shown. */
enum { TEXT_MAX = 400 };

static char printable(char c)
{
	return c == ' ' || ascii_graph(c) ? c : '?';
}

static bool plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!ascii_alnum(c) && c != '.' && c != '-' && c != '_' && c != '@') {
			return false;
		}
	}
	return true;
}

static void put_quoted(struct buf *out, struct span s)
{
	buf_chr(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\') {
			buf_chr(out, '\\');
		}
		buf_chr(out, printable(s.p[i]));
	}
	buf_chr(out, '"');
}

static void put_value(struct buf *out, struct span s)
{
	if (plain(s)) {
		buf_add(out, s);
	} else {
		put_quoted(out, s);
	}
}

/* " PROPERTY=VALUE", nothing for an empty value. */
static void put_property(struct buf *out, const char *property, struct span value)
{
	if (!value.n) {
		return;
	}
	buf_printf(out, " %s=", property);
	put_value(out, span_sub(value, 0, TEXT_MAX));
}

/* S as it may stand inside a comment. */
static void put_comment(struct buf *out, struct span s)
{
	s = span_sub(s, 0, TEXT_MAX);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '(' || s.p[i] == ')' || s.p[i] == '\\') {
			buf_chr(out, '\\');
		}
		buf_chr(out, printable(s.p[i]));
	}
}

/* " (TEXT)", nothing for an empty text. */
static void put_reason(struct buf *out, struct span text)
{
	if (text.n) {
		buf_str(out, " (");
		put_comment(out, text);
		buf_chr(out, ')');
	}
}

/* " (i=1 a.example pass, i=2 b.example fail; FAIL: text)" */
static void put_chain(struct buf *out, const struct dkim2_result *r)
{
	if (!r->nhops && !r->text.n) {
		return;
	}
	buf_str(out, " (");
	for (size_t i = 0; i < r->nhops; i++) {
		buf_printf(out, "%si=%llu ", i ? ", " : "", (unsigned long long)r->hops[i].i);
		put_comment(out, r->hops[i].d);
		buf_printf(out, " %s", auth_result_name(r->hops[i].result));
	}
	if (r->nhops && r->text.n) {
		buf_str(out, "; ");
	}
	put_comment(out, r->text);
	buf_chr(out, ')');
}

static void put_dkim2(struct buf *out, const struct dkim2_result *r)
{
	buf_printf(out, "; dkim2=%s", auth_result_name(r->result));
	put_chain(out, r);
	if (r->nhops) {
		put_property(out, "header.d", r->hops[0].d);
	}
	if (r->failing && r->result != AUTH_PASS && r->result != AUTH_NONE) {
		buf_printf(out, " header.i=%llu", (unsigned long long)r->failing);
	}
}

static void put_dkim1(struct buf *out, const struct dkim1_result *r)
{
	buf_printf(out, "; dkim=%s", auth_result_name(r->result));
	put_reason(out, r->text);
	put_property(out, "header.d", r->d);
	put_property(out, "header.s", r->s);
	put_property(out, "header.a", r->a);
}

/* Nothing without an author: there is no domain that it would be about. */
static void put_dmarc(struct buf *out, const struct dmarc_result *r)
{
	if (!r->author.n) {
		return;
	}
	buf_printf(out, "; dmarc=%s", auth_result_name(r->result));
	put_reason(out, r->text);
	if (r->found.n) {
		buf_printf(out, " policy.dmarc=%s", dmarc_policy_name(dmarc_effective(r)));
	}
	put_property(out, "header.from", r->author);
}

/*
 * The oldest set from which on all message signatures pass, 0 when that is all of
 * them (RFC 8617 5.2); -1 when they were not all looked at.
 */
static int oldest_pass(const struct arc_result *r)
{
	for (size_t i = r->nsets; i-- > 0;) {
		if (r->sets[i].body == AUTH_NONE) {
			return -1;
		}
		if (r->sets[i].body != AUTH_PASS) {
			return (int)r->sets[i].i + 1;
		}
	}
	return 0;
}

/* The three results that RFC 8617 knows, "none" only as the absence of a chain. */
static void put_arc(struct buf *out, const struct arc_result *r)
{
	int oldest;

	if (r->result != AUTH_PASS && r->result != AUTH_FAIL) {
		return;
	}
	buf_printf(out, "; arc=%s", auth_result_name(r->result));
	put_reason(out, r->text);
	oldest = r->result == AUTH_PASS ? oldest_pass(r) : -1;
	if (oldest >= 0) {
		buf_printf(out, " header.oldest-pass=%d", oldest);
	}
}

struct span authres_format(struct arena *arena, struct span authserv_id, const struct verdict *v)
{
	struct buf value = BUF_INIT;
	struct span field;

	put_value(&value, authserv_id);
	put_dkim2(&value, &v->dkim2);
	for (size_t i = 0; i < v->ndkim1; i++) {
		put_dkim1(&value, &v->dkim1[i]);
	}
	if (!v->ndkim1) {
		buf_str(&value, "; dkim=none");
	}
	put_dmarc(&value, &v->dmarc);
	put_arc(&value, &v->arc);
	field = word_fold(arena, SPAN("Authentication-Results"), buf_span(&value));
	buf_free(&value);
	return field;
}
