/* Words, strings, patterns and signs. What ends a word is in one place: `ends_word`. */
#include "rules/rule_token.h"

#include "base/ascii.h"

static const struct {
	const char *text;
	enum rule_op op;
} ops[] = {
	/* the longer first */
	{ ">=", RULE_MORE_EQUAL }, { "<=", RULE_LESS_EQUAL }, { "!=", RULE_UNEQUAL },
	{ ">", RULE_MORE },        { "<", RULE_LESS },        { "=", RULE_EQUAL },
};

static bool ends_word(char c)
{
	return ascii_wsp(c) || span_chr(SPAN("()<>=!\""), c) != SPAN_NONE;
}

static struct rule_token token(enum rule_token_kind kind, struct span *rest, size_t n)
{
	struct span raw = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return (struct rule_token){ .kind = kind, .raw = raw, .text = raw };
}

static struct rule_token bad(struct span *rest, size_t n, const char *why)
{
	struct rule_token t = token(RULE_TOKEN_BAD, rest, n);
	t.text = span_str(why);
	return t;
}

/* Offset of the QUOTE that ends what begins at the first byte; SPAN_NONE when there is none. */
static size_t closing(struct span s, char quote)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == quote) {
			return i;
		}
	}
	return SPAN_NONE;
}

/* TEXT without the backslashes before FIRST and SECOND. */
static struct span unescape(struct arena *arena, struct span text, char first, char second)
{
	char *out = arena_str(arena, text);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		bool escape = text.p[i] == '\\' && i + 1 < text.n &&
		              (text.p[i + 1] == first || text.p[i + 1] == second);
		out[n++] = text.p[escape ? ++i : i];
	}
	return (struct span){ out, n };
}

static struct rule_token string(struct arena *arena, struct span *rest)
{
	size_t end = closing(*rest, '"');
	if (end == SPAN_NONE) {
		return bad(rest, rest->n, "the text has no closing quote");
	}
	struct rule_token t = token(RULE_TOKEN_STRING, rest, end + 1);
	t.text = unescape(arena, span_sub(t.raw, 1, end), '"', '\\');
	return t;
}

static struct rule_token pattern(struct arena *arena, struct span *rest)
{
	size_t end = closing(*rest, '/');
	if (end == SPAN_NONE) {
		return bad(rest, rest->n, "the pattern has no closing slash");
	}
	size_t flags = end + 1;
	while (flags < rest->n && ascii_alnum(rest->p[flags])) {
		flags++;
	}
	struct span letters = span_sub(*rest, end + 1, flags);
	if (letters.n > 0 && !span_is(letters, "i")) {
		return bad(rest, flags, "behind a pattern only i, for any case, is known");
	}
	struct rule_token t = token(RULE_TOKEN_PATTERN, rest, flags);
	t.text = unescape(arena, span_sub(t.raw, 1, end), '/', '/');
	t.caseless = letters.n > 0;
	return t;
}

struct rule_token rule_token_next(struct arena *arena, struct span *rest)
{
	*rest = span_trim(*rest);
	if (rest->n == 0) {
		return token(RULE_TOKEN_END, rest, 0);
	}
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		struct span text = span_str(ops[i].text);
		if (span_starts(*rest, text)) {
			struct rule_token t = token(RULE_TOKEN_OP, rest, text.n);
			t.op = ops[i].op;
			return t;
		}
	}
	size_t n = 0;
	switch (rest->p[0]) {
	case '(': return token(RULE_TOKEN_OPEN, rest, 1);
	case ')': return token(RULE_TOKEN_CLOSE, rest, 1);
	case '"': return string(arena, rest);
	case '/': return pattern(arena, rest);
	case '!': return bad(rest, 1, "\"!\" stands only in \"!=\"; write not");
	default:
		while (n < rest->n && !ends_word(rest->p[n])) {
			n++;
		}
		return token(RULE_TOKEN_WORD, rest, n);
	}
}
