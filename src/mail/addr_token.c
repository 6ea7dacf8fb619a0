/*
 * Tokens of address fields, as strangers write them: quoted strings, comments
 * and brackets that nobody closes included.
 *
 * Linear: a byte is looked at a bounded number of times. An unterminated
 * comment runs to the end; an unterminated quote or bracket is stepped over, and
 * the next one is not searched again because nothing closes it either.
 */
#include "mail/addr_token.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/word.h"

#include <string.h>

static bool special(char c)
{
	return c != '\0' && strchr("()<>[]:;@\\,\"", c) != NULL;
}

/* Offset of the '"' that closes the quoted string opened at AT, or SPAN_NONE. */
static size_t quote_end(struct span text, size_t at)
{
	for (size_t i = at + 1; i < text.n; i++) {
		if (text.p[i] == '\\') {
			i++;
		} else if (text.p[i] == '"') {
			return i;
		}
	}
	return SPAN_NONE;
}

/* Offset behind the comment at AT; its content in *INSIDE. */
static size_t comment_end(struct addr_reader *r, size_t at, struct span *inside)
{
	unsigned depth = 0;

	for (size_t i = at; i < r->text.n; i++) {
		char c = r->text.p[i];

		if (c == '\\') {
			i++;
		} else if (c == '(') {
			if (++depth > LIMIT_COMMENTS) {
				r->broken = true;
			}
		} else if (c == ')' && --depth == 0) {
			*inside = span_sub(r->text, at + 1, i);
			return i + 1;
		}
	}
	r->broken = true;
	*inside = span_from(r->text, at + 1);
	return r->text.n;
}

static size_t literal_end(struct span text, size_t at)
{
	size_t n = span_chr(span_from(text, at), ']');

	return n == SPAN_NONE ? n : at + n;
}

static size_t atom_end(struct span text, size_t at)
{
	while (at < text.n && !special(text.p[at]) && !ascii_fws(text.p[at])) {
		at++;
	}
	return at;
}

/*
 * The token of KIND that the byte END closes. Without an END the opening byte is
 * stepped over, *NEVER says so for the next ones, and the result is false.
 */
static bool enclosed(struct addr_reader *r, enum addr_kind kind, size_t end, bool *never,
                     struct addr_token *t)
{
	if (end == SPAN_NONE) {
		*never = r->broken = true;
		r->at++;
		return false;
	}
	t->kind = kind;
	t->text = span_sub(r->text, r->at + 1, end);
	r->at = end + 1;
	return true;
}

/*
 * An encoded word is one atom even when it holds what must not stand in a
 * phrase (RFC 2047 section 5 (3)): "=?utf-8?q?Doe,_Jo?=" is a name, badly written.
 */
static void atom(struct addr_reader *r, struct addr_token *t)
{
	size_t end = atom_end(r->text, r->at);
	size_t word = r->at + word_length(span_from(r->text, r->at));

	if (word > end) {
		r->broken = true;
		end = word;
	}
	for (size_t i = r->at; i < end; i++) {
		if (ascii_cntrl(r->text.p[i])) {
			r->broken = true;
		}
	}
	t->kind = ADDR_ATOM;
	t->text = span_sub(r->text, r->at, end);
	r->at = end;
}

/* The token at r->at, which is not white space. False: stepped over something, read on. */
static bool token_here(struct addr_reader *r, struct addr_token *t)
{
	char c = r->text.p[r->at];

	if (c == '"') {
		size_t end = r->no_quotes ? SPAN_NONE : quote_end(r->text, r->at);

		return enclosed(r, ADDR_QUOTED, end, &r->no_quotes, t);
	}
	if (c == '[') {
		size_t end = r->no_literals ? SPAN_NONE : literal_end(r->text, r->at);

		return enclosed(r, ADDR_LITERAL, end, &r->no_literals, t);
	}
	if (c == '(') {
		t->kind = ADDR_COMMENT;
		r->at = comment_end(r, r->at, &t->text);
		return true;
	}
	if (c == ')' || c == ']' || c == '\\') {
		r->broken = true;
		r->at++;
		return false;
	}
	if (special(c)) {
		t->kind = ADDR_SPECIAL;
		t->special = c;
		t->text = span_sub(r->text, r->at, r->at + 1);
		r->at++;
		return true;
	}
	atom(r, t);
	return true;
}

struct addr_token addr_token_next(struct addr_reader *r)
{
	struct addr_token t = { .kind = ADDR_END };

	while (r->at < r->text.n) {
		if (ascii_fws(r->text.p[r->at])) {
			r->space = true;
			r->at++;
		} else if (token_here(r, &t)) {
			break;
		}
	}
	t.space = r->space;
	r->space = t.kind == ADDR_COMMENT;
	return t;
}
