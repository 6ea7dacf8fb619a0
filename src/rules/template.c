/*
 * Variables and conditions in texts. One scan serves the check and the expansion:
 * it cuts the text at its tags, so that both agree on what is a tag.
 */
#include "rules/template.h"

#include "base/ascii.h"
#include "base/buf.h"

#include <string.h>

enum tag { TAG_NONE, TAG_VARIABLE, TAG_IF, TAG_ELSE, TAG_END };

/* What a text is made of: text, then perhaps a tag, and so on. */
struct token {
	struct span text;
	enum tag tag;
	struct span name; /* of TAG_VARIABLE and TAG_IF */
	struct span raw;  /* the tag as it is written */
	size_t at;        /* of the tag */
};

struct scan {
	struct span text;
	size_t at;
};

/* A condition that is open. */
struct level {
	size_t at;     /* of its {if} */
	bool holds;    /* now in the part that counts */
	bool had_else; /* now behind {else} */
};

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

/* The tag that REST starts with, *NAME its variable; its length, 0 for none. */
static size_t read_tag(struct span rest, struct token *t)
{
	bool condition = span_starts(rest, SPAN("{if "));
	size_t from = condition ? 4 : 1, n = from;
	while (n < rest.n && name_char(rest.p[n])) {
		n++;
	}
	if (n == from || n >= rest.n || rest.p[n] != '}') {
		return 0;
	}
	t->name = span_sub(rest, from, n);
	t->tag = condition                  ? TAG_IF
	         : span_is(t->name, "else") ? TAG_ELSE
	         : span_is(t->name, "end")  ? TAG_END
	                                    : TAG_VARIABLE;
	t->raw = span_sub(rest, 0, n + 1);
	return n + 1;
}

/* Bytes up to and with the line end, when only white space stands before it in REST. */
static size_t blank_line(struct span rest)
{
	size_t n = 0;
	while (n < rest.n && ascii_wsp(rest.p[n])) {
		n++;
	}
	if (n < rest.n && rest.p[n] != '\n') {
		return SPAN_NONE;
	}
	return n < rest.n ? n + 1 : n;
}

/* A tag alone on its line takes the line with it. */
static void take_line(struct scan *s, struct token *t)
{
	size_t n = t->text.n;
	while (n > 0 && ascii_wsp(t->text.p[n - 1])) {
		n--;
	}
	size_t start = t->at - (t->text.n - n);
	size_t behind = blank_line(span_from(s->text, s->at));
	if (behind != SPAN_NONE && (start == 0 || s->text.p[start - 1] == '\n')) {
		t->text.n = n;
		s->at += behind;
	}
}

static struct token next_token(struct scan *s)
{
	struct span rest = span_from(s->text, s->at);
	struct token t = { .text = rest };
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] != '{') {
			continue;
		}
		struct span here = span_from(rest, i);
		if (here.n > 1 && here.p[1] == '{') {
			t.text = span_sub(rest, 0, i + 1);
			s->at += i + 2;
			return t;
		}
		size_t n = read_tag(here, &t);
		if (n > 0) {
			t.text = span_sub(rest, 0, i);
			t.at = s->at + i;
			s->at = t.at + n;
			if (t.tag != TAG_VARIABLE) {
				take_line(s, &t);
			}
			return t;
		}
	}
	s->at = s->text.n;
	return t;
}

static size_t find(struct template_names names, struct span name)
{
	size_t i = 0;
	while (i < names.n && !span_is(name, names.v[i])) {
		i++;
	}
	return i;
}

/* --- check -------------------------------------------------------------------- */

struct check {
	struct template_names names;
	template_fault *fault;
	void *to;
	struct level open[TEMPLATE_DEPTH];
	size_t depth;
	bool ok;
};

static void tell(struct check *c, size_t at, const struct err *e)
{
	c->ok = false;
	c->fault(c->to, at, e);
}

static void check_name(struct check *c, const struct token *t)
{
	struct buf known = BUF_INIT;
	struct err e;
	if (find(c->names, t->name) < c->names.n) {
		return;
	}
	for (size_t i = 0; i < c->names.n; i++) {
		buf_printf(&known, " {%s}", c->names.v[i]);
	}
	err_set(&e, ERR_MISUSE, "", "unknown variable \"{%.*s}\", there are%.*s", SPAN_FMT(t->name),
	        SPAN_FMT(buf_span(&known)));
	tell(c, t->at, &e);
	buf_free(&known);
}

static void check_balance(struct check *c, const struct token *t)
{
	struct err e;
	if (t->tag == TAG_IF && c->depth == TEMPLATE_DEPTH) {
		err_set(&e, ERR_MISUSE, "", "\"%.*s\" is inside of more than %d others",
		        SPAN_FMT(t->raw), TEMPLATE_DEPTH - 1);
		tell(c, t->at, &e);
	} else if (t->tag == TAG_IF) {
		c->open[c->depth++] = (struct level){ .at = t->at };
	} else if (c->depth == 0) {
		err_set(&e, ERR_MISUSE, "", "\"%.*s\" without an \"{if …}\"", SPAN_FMT(t->raw));
		tell(c, t->at, &e);
	} else if (t->tag == TAG_END) {
		c->depth--;
	} else if (c->open[c->depth - 1].had_else) {
		err_set(&e, ERR_MISUSE, "", "a second \"{else}\"");
		tell(c, t->at, &e);
	} else {
		c->open[c->depth - 1].had_else = true;
	}
}

bool template_faults(struct span text, struct template_names names, template_fault *fault, void *to)
{
	struct check c = { .names = names, .fault = fault, .to = to, .ok = true };
	struct scan s = { text, 0 };
	while (s.at < text.n) {
		struct token t = next_token(&s);
		if (t.tag == TAG_VARIABLE || t.tag == TAG_IF) {
			check_name(&c, &t);
		}
		if (t.tag > TAG_VARIABLE) {
			check_balance(&c, &t);
		}
	}
	for (size_t i = 0; i < c.depth; i++) {
		struct err e;
		err_set(&e, ERR_MISUSE, "", "an \"{if …}\" without \"{end}\"");
		tell(&c, c.open[i].at, &e);
	}
	return c.ok;
}

bool template_uses(struct span text, struct span name)
{
	struct scan s = { text, 0 };
	bool uses = false;
	while (s.at < text.n && !uses) {
		struct token t = next_token(&s);
		uses = t.tag == TAG_VARIABLE && span_eq(t.name, name);
	}
	return uses;
}

/* --- expansion ---------------------------------------------------------------- */

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

/* How the last line of OUT is indented. */
static struct span indentation(struct arena *arena, const struct buf *out)
{
	struct span line = buf_span(out);
	size_t lf = span_rchr(line, '\n'), n = 0;
	line = span_from(line, lf == SPAN_NONE ? 0 : lf + 1);
	while (n < line.n && ascii_wsp(line.p[n])) {
		n++;
	}
	return arena_copy(arena, span_sub(line, 0, n));
}

static void add_lines(struct arena *arena, struct buf *out, struct span value)
{
	struct span indent = SPAN("");
	if (span_chr(value, '\n') != SPAN_NONE) {
		indent = indentation(arena, out);
	}
	for (bool first = true; value.p; first = false) {
		struct span line = span_cut(&value, '\n');
		if (!first) {
			buf_chr(out, '\n');
			buf_add(out, indent);
		}
		buf_add(out, line);
	}
}

static void add_value(struct arena *arena, struct buf *out, struct span value,
                      enum template_form form)
{
	if (form == TEMPLATE_PLAIN) {
		add_lines(arena, out, value);
		return;
	}
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

/* Open, turn or close a condition; those that are too many are counted in *BEYOND. */
static bool turn(struct level *open, size_t *depth, const struct token *t, bool is_true)
{
	bool outer = *depth == 0 || open[*depth - 1].holds;
	if (t->tag == TAG_IF && *depth < TEMPLATE_DEPTH) {
		open[(*depth)++] = (struct level){ .holds = outer && is_true };
		return true;
	}
	if (t->tag == TAG_IF || *depth == 0) {
		return false;
	}
	if (t->tag == TAG_END) {
		(*depth)--;
		return true;
	}
	outer = *depth == 1 || open[*depth - 2].holds;
	open[*depth - 1].holds = outer && !open[*depth - 1].holds;
	return true;
}

struct span template_fill(struct arena *arena, struct span text, struct template_names names,
                          const struct span *values, enum template_form form)
{
	struct level open[TEMPLATE_DEPTH];
	size_t depth = 0;
	struct buf out = BUF_INIT;
	struct scan s = { text, 0 };
	while (s.at < text.n) {
		struct token t = next_token(&s);
		bool holds = depth == 0 || open[depth - 1].holds;
		size_t i = t.tag == TAG_VARIABLE || t.tag == TAG_IF ? find(names, t.name) : names.n;
		buf_add(&out, holds ? t.text : SPAN(""));
		if (t.tag > TAG_VARIABLE) {
			bool done = turn(open, &depth, &t, i < names.n && values[i].n > 0);
			buf_add(&out, holds && !done ? t.raw : SPAN(""));
		} else if (holds && i < names.n) {
			add_value(arena, &out, values[i], form);
		} else if (holds) {
			buf_add(&out, t.raw);
		}
	}
	return buf_move(&out, arena);
}

/* --- of posts ----------------------------------------------------------------- */

static const char *const post_names[TEMPLATE_VARIABLES] = {
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

static void keep_first(void *to, size_t at, const struct err *e)
{
	struct err *first = to;
	(void)at;
	if (first && first->class == ERR_NONE) {
		*first = *e;
	}
}

bool template_check(struct span text, struct err *e)
{
	struct template_names names = { post_names, TEMPLATE_VARIABLES };
	struct err first = { 0 };
	if (template_faults(text, names, keep_first, &first)) {
		return true;
	}
	return err_set(e, first.class, first.status, "%s", first.text);
}

struct span template_expand(struct arena *arena, struct span text,
                            const struct template_values *values, enum template_form form)
{
	struct template_names names = { post_names, TEMPLATE_VARIABLES };
	return template_fill(arena, text, names, values->v, form);
}
