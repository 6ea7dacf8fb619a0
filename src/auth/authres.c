/*
 * Authentication-Results (RFC 8601): our own written, strangers' recognised.
 *
 * What comes out of messages (domains, selectors, texts) is bytes from
 * strangers: it only gets into the field as a plain value, inside a quoted string or
 * inside a comment, with everything escaped that could end either.
 */
#include "auth/verify.h"

#include "base/ascii.h"
#include "mail/idn.h"
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
	if (r->text.n) {
		buf_str(out, " (");
		put_comment(out, r->text);
		buf_chr(out, ')');
	}
	put_property(out, "header.d", r->d);
	put_property(out, "header.s", r->s);
	put_property(out, "header.a", r->a);
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
	field = word_fold(arena, SPAN("Authentication-Results"), buf_span(&value));
	buf_free(&value);
	return field;
}

/* ---- recognising our name ---- */

/* Behind white space and comments, which nest; at the end of S when one does not close. */
static struct span skip_cfws(struct span s)
{
	size_t i = 0, depth = 0;

	for (; i < s.n; i++) {
		char c = s.p[i];

		if (depth && c == '\\') {
			i++;
		} else if (c == '(') {
			depth++;
		} else if (c == ')' && depth) {
			depth--;
		} else if (!depth && !ascii_fws(c)) {
			break;
		}
	}
	return span_from(s, i);
}

/* The quoted string at the start of S, without quotes and backslashes. */
static struct span unquote(struct arena *arena, struct span s)
{
	char *out = arena_alloc(arena, s.n);
	size_t n = 0;

	for (size_t i = 1; i < s.n && s.p[i] != '"'; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n) {
			i++;
		}
		if (s.p[i] != '\r' && s.p[i] != '\n') {
			out[n++] = s.p[i];
		}
	}
	return (struct span){ out, n };
}

static struct span first_word(struct arena *arena, struct span s)
{
	size_t n = 0;

	s = skip_cfws(s);
	if (s.n && s.p[0] == '"') {
		return unquote(arena, s);
	}
	/* '/' begins a version in the old form of RFC 5451. */
	while (n < s.n && !ascii_fws(s.p[n]) && s.p[n] != ';' && s.p[n] != '(' && s.p[n] != '/') {
		n++;
	}
	return span_sub(s, 0, n);
}

/* Two spellings of one name: case, a dot at the end, U-labels. */
static struct span folded(struct arena *arena, struct span id)
{
	struct span out;

	id = span_trim(id);
	if (span_ends(id, SPAN("."))) {
		id.n--;
	}
	return idn_ascii(arena, id, &out, NULL) ? out : id;
}

bool authres_is_ours(struct span value, struct span authserv_id)
{
	struct arena *arena = arena_new();
	struct span theirs = folded(arena, first_word(arena, value));
	bool ours = span_ieq(theirs, folded(arena, authserv_id));

	arena_free(arena);
	return ours;
}
