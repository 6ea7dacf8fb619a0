/*
 * Addresses taken apart, put together and compared. Reading fields is in
 * addr_parse.c, reading envelope paths in addr_path.c.
 *
 * Two spellings count as one here: a domain in U-labels or A-labels, and a local
 * part with or without quotes it does not need (RFC 5321 4.1.2).
 */
#include "mail/addr.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/idn.h"
#include "mail/word.h"

#include <string.h>

/* atext of RFC 5322 3.2.3 and RFC 6532. */
static bool atext(char c)
{
	return ascii_alnum(c) || ascii_8bit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool dot_atom(struct span s)
{
	char before = '.';

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? before == '.' : !atext(s.p[i])) {
			return false;
		}
		before = s.p[i];
	}
	return before != '.';
}

static void add_quoted(struct buf *out, struct span s)
{
	buf_chr(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\') {
			buf_chr(out, '\\');
		}
		buf_chr(out, s.p[i]);
	}
	buf_chr(out, '"');
}

struct span addr_join(struct arena *arena, struct span local, struct span domain)
{
	struct buf out = BUF_INIT;

	if (dot_atom(local)) {
		buf_add(&out, local);
	} else {
		add_quoted(&out, local);
	}
	if (domain.n > 0) {
		buf_chr(&out, '@');
		buf_add(&out, domain);
	}
	return buf_move(&out, arena);
}

struct span addr_unquote(struct arena *arena, struct span local)
{
	struct buf out = BUF_INIT;

	if (local.n < 2 || local.p[0] != '"') {
		return local;
	}
	for (size_t i = 1; i + 1 < local.n; i++) {
		if (local.p[i] == '\\' && i + 2 < local.n) {
			i++;
		}
		buf_chr(&out, local.p[i]);
	}
	return buf_move(&out, arena);
}

struct span addr_local(struct span addr)
{
	size_t at = span_rchr(addr, '@');

	return at == SPAN_NONE ? (struct span){ NULL, 0 } : span_sub(addr, 0, at);
}

struct span addr_domain(struct span addr)
{
	size_t at = span_rchr(addr, '@');

	return at == SPAN_NONE ? (struct span){ NULL, 0 } : span_from(addr, at + 1);
}

/* A label that stands between dots: begins and ends with a letter or digit, lower case. */
static bool plain_domain(struct span s)
{
	size_t start = 0;

	for (size_t i = 0; i <= s.n; i++) {
		char c = i < s.n ? s.p[i] : '.';
		bool edge = i == start || i + 1 >= s.n || s.p[i + 1] == '.';

		if (c == '.') {
			if (i == start || i - start > 63) {
				return false;
			}
			start = i + 1;
		} else if (!ascii_digit(c) && !(c >= 'a' && c <= 'z') && (c != '-' || edge)) {
			return false;
		}
	}
	return s.n <= IDN_NAME_MAX;
}

bool addr_is_plain(struct span addr)
{
	size_t at = span_chr(addr, '@');

	if (at == SPAN_NONE || addr.n > LIMIT_ADDRESS || !dot_atom(span_sub(addr, 0, at))) {
		return false;
	}
	for (size_t i = 0; i < at; i++) {
		if (ascii_upper(addr.p[i]) || ascii_8bit(addr.p[i])) {
			return false;
		}
	}
	return plain_domain(span_from(addr, at + 1));
}

/* --- comparing -------------------------------------------------------------- */

/* DOMAIN in the form that compares; what is no domain is compared as it stands. */
static struct span comparable(struct arena *arena, struct span domain)
{
	struct span out = domain;

	if (domain.n > 0 && domain.p[domain.n - 1] == '.') {
		out = domain = span_sub(domain, 0, domain.n - 1);
	}
	/* ASCII needs no work: the comparison ignores case. */
	if (!utf8_ascii(domain) && !idn_ascii(arena, domain, &out, NULL)) {
		return domain;
	}
	return out;
}

bool addr_same(struct span a, struct span b)
{
	struct arena *arena;
	bool same;

	if (span_eq(a, b)) {
		return true;
	}
	arena = arena_new();
	same = span_ieq(comparable(arena, addr_domain(a)), comparable(arena, addr_domain(b))) &&
	       span_ieq(addr_unquote(arena, addr_local(a)), addr_unquote(arena, addr_local(b))) &&
	       addr_domain(a).n > 0;
	arena_free(arena);
	return same;
}

static bool below(struct span child, struct span parent)
{
	if (child.n == 0 || parent.n == 0 || child.p[0] == '[' || parent.p[0] == '[') {
		return false;
	}
	if (!span_iends(child, parent)) {
		return false;
	}
	return child.n == parent.n || child.p[child.n - parent.n - 1] == '.';
}

bool addr_domain_below(struct span child, struct span parent)
{
	struct arena *arena = arena_new();
	bool yes = below(comparable(arena, child), comparable(arena, parent));

	arena_free(arena);
	return yes;
}

/* --- writing ---------------------------------------------------------------- */

/* NAME trimmed, control characters as spaces. */
static struct span clean(struct arena *arena, struct span name)
{
	char *p = arena_alloc(arena, name.n + 1);

	for (size_t i = 0; i < name.n; i++) {
		p[i] = ascii_cntrl(name.p[i]) ? ' ' : name.p[i];
	}
	return span_trim((struct span){ p, name.n });
}

/* Atoms with single spaces between them need no quotes. */
static bool atoms(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		bool lone = name.p[i] == ' ' && name.p[i - 1] != ' ';

		if (!lone && !atext(name.p[i])) {
			return false;
		}
	}
	return true;
}

struct span addr_format(struct arena *arena, struct span name, struct span addr)
{
	struct span plain = clean(arena, name);
	struct span words = word_encode(arena, plain, true);
	struct buf out = BUF_INIT;

	if (plain.n == 0) {
		return addr;
	}
	if (words.p != plain.p || atoms(plain)) {
		buf_add(&out, words);
	} else {
		add_quoted(&out, plain);
	}
	buf_str(&out, " <");
	buf_add(&out, addr);
	buf_chr(&out, '>');
	return buf_move(&out, arena);
}
