/* Variables in texts. One scan serves the check and the expansion. */
#include "rules/template.h"

#include "base/ascii.h"
#include "base/buf.h"

#include <string.h>

static const char *const names[TEMPLATE_VARIABLES] = {
	[TEMPLATE_LIST] = "list",
	[TEMPLATE_ADDRESS] = "address",
	[TEMPLATE_DESCRIPTION] = "description",
	[TEMPLATE_OWNER] = "owner",
	[TEMPLATE_SUBSCRIBE] = "subscribe",
	[TEMPLATE_UNSUBSCRIBE] = "unsubscribe",
	[TEMPLATE_HELP] = "help",
	[TEMPLATE_ARCHIVE] = "archive",
	[TEMPLATE_NUMBER] = "number",
	[TEMPLATE_MESSAGE_ID] = "message-id",
	[TEMPLATE_NAME] = "name",
	[TEMPLATE_AUTHOR] = "author",
};

/* What a text is made of: text, then perhaps a variable, and so on. */
struct token {
	struct span text;
	struct span name; /* p is NULL when none follows */
};

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

/* Length of the name in "{name}" at the start of REST, 0 for none. */
static size_t name_length(struct span rest)
{
	size_t n = 1;
	while (n < rest.n && name_char(rest.p[n])) {
		n++;
	}
	return n > 1 && n < rest.n && rest.p[n] == '}' ? n - 1 : 0;
}

static struct token next_token(struct span *rest)
{
	struct token t = { *rest, SPAN_END };
	for (size_t at = 0; at < rest->n; at++) {
		struct span here = span_from(*rest, at);
		if (span_starts(here, SPAN("{{"))) {
			t.text = span_sub(*rest, 0, at + 1);
			*rest = span_from(here, 2);
			return t;
		}
		size_t n = here.p[0] == '{' ? name_length(here) : 0;
		if (n > 0) {
			t.text = span_sub(*rest, 0, at);
			t.name = span_sub(here, 1, 1 + n);
			*rest = span_from(here, n + 2);
			return t;
		}
	}
	*rest = span_from(*rest, rest->n);
	return t;
}

static size_t find(struct span name)
{
	size_t i = 0;
	while (i < TEMPLATE_VARIABLES && !span_is(name, names[i])) {
		i++;
	}
	return i;
}

static bool unknown(struct span name, struct err *e)
{
	struct buf known = BUF_INIT;
	for (size_t i = 0; i < TEMPLATE_VARIABLES; i++) {
		buf_printf(&known, " {%s}", names[i]);
	}
	err_set(e, ERR_MISUSE, "", "unknown variable \"{%.*s}\", there are%.*s", SPAN_FMT(name),
	        SPAN_FMT(buf_span(&known)));
	buf_free(&known);
	return false;
}

bool template_check(struct span text, struct err *e)
{
	for (struct span rest = text; rest.n > 0;) {
		struct token t = next_token(&rest);
		if (t.name.p && find(t.name) == TEMPLATE_VARIABLES) {
			return unknown(t.name, e);
		}
	}
	return true;
}

static const char *entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

static bool unreserved(char c)
{
	return ascii_alnum(c) || (c != '\0' && strchr("-._~", c));
}

static void add_value(struct buf *out, struct span value, enum template_form form)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		const char *html = form == TEMPLATE_HTML ? entity(c) : NULL;
		if (html) {
			buf_str(out, html);
		} else if (form == TEMPLATE_URL && !unreserved(c)) {
			buf_printf(out, "%%%02X", (unsigned char)c);
		} else {
			buf_chr(out, c);
		}
	}
}

struct span template_expand(struct arena *arena, struct span text,
                            const struct template_values *values, enum template_form form)
{
	struct buf out = BUF_INIT;
	for (struct span rest = text; rest.n > 0;) {
		struct token t = next_token(&rest);
		size_t i = t.name.p ? find(t.name) : TEMPLATE_VARIABLES;
		buf_add(&out, t.text);
		if (i < TEMPLATE_VARIABLES) {
			add_value(&out, values->v[i], form);
		} else if (t.name.p) {
			buf_printf(&out, "{%.*s}", SPAN_FMT(t.name));
		}
	}
	return buf_move(&out, arena);
}
