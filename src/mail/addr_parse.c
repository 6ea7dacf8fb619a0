/*
 * Mailboxes out of a field, as strangers write them.
 *
 * Over the tokens of addr_token.c there is one state: what stands outside angle
 * brackets, what stands inside, the last comment. A ',' or ';' or the end turns
 * the state into a mailbox. What fits no rule sets `broken` and costs at most its
 * own mailbox.
 */
#include "mail/addr.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr_token.h"

#include <string.h>

struct tokens {
	struct addr_token *v; /* in the arena */
	size_t n, cap;
};

struct parser {
	struct arena *arena;
	struct addr_reader reader;
	struct mailboxes out;
	size_t cap;
	struct tokens outer, inner; /* outside and inside angle brackets */
	struct span comment;        /* the last one that is not empty */
	bool angle;                 /* there were angle brackets */
	bool open;                  /* and they are not closed yet */
	bool route;                 /* inside is still "@a,@b" */
	bool in_group;
	bool full;
};

static bool is(const struct addr_token *t, char c)
{
	return t->kind == ADDR_SPECIAL && t->special == c;
}

/*
 * Does the token at I belong to the same word as the one before it? Obsolete
 * syntax has white space round dots (RFC 5322 4.4).
 */
static bool joined(const struct tokens *l, size_t i)
{
	const struct span a = l->v[i - 1].text, b = l->v[i].text;

	if (is(&l->v[i], '@') || is(&l->v[i - 1], '@')) {
		return false;
	}
	if (!l->v[i].space) {
		return true;
	}
	return (l->v[i - 1].kind == ADDR_ATOM && a.p[a.n - 1] == '.') ||
	       (l->v[i].kind == ADDR_ATOM && b.p[0] == '.');
}

/* --- text of tokens --------------------------------------------------------- */

/* Escapes undone, line breaks dropped. */
static void unescape(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n) {
			i++;
		}
		if (text.p[i] != '\r' && text.p[i] != '\n') {
			buf_chr(out, text.p[i]);
		}
	}
}

static void add_text(struct buf *out, const struct addr_token *t)
{
	if (t->kind == ADDR_LITERAL) {
		buf_chr(out, '[');
	}
	if (t->kind == ADDR_QUOTED || t->kind == ADDR_LITERAL) {
		unescape(out, t->text);
	} else {
		buf_add(out, t->text);
	}
	if (t->kind == ADDR_LITERAL) {
		buf_chr(out, ']');
	}
}

static struct span comment_text(struct parser *p)
{
	struct buf out = BUF_INIT;

	unescape(&out, p->comment);
	return span_trim(buf_move(&out, p->arena));
}

/* The first N tokens as a display name. */
static struct span phrase(struct parser *p, const struct tokens *l, size_t n)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		if (l->v[i].space && out.n > 0) {
			buf_chr(&out, ' ');
		}
		add_text(&out, &l->v[i]);
	}
	return buf_move(&out, p->arena);
}

/* --- an address out of tokens ----------------------------------------------- */

/* Where the parts of an address lie in a list of tokens. */
struct place {
	size_t from, at; /* the local part, [from, at) */
	size_t end;      /* the domain, [at + 1, end); none when at == end */
};

/* False when there are two '@' or none of the words can be the address. */
static bool locate(const struct tokens *l, struct place *w)
{
	w->at = l->n;
	for (size_t i = 0; i < l->n; i++) {
		if (!is(&l->v[i], '@')) {
			continue;
		}
		if (w->at < l->n) {
			return false;
		}
		w->at = i;
	}
	if (w->at == 0) {
		return false;
	}
	w->from = w->at - 1;
	while (w->from > 0 && joined(l, w->from)) {
		w->from--;
	}
	w->end = w->at;
	if (w->at == l->n) {
		return w->from == 0;
	}
	w->end += 2;
	while (w->end < l->n && joined(l, w->end)) {
		w->end++;
	}
	return w->end <= l->n;
}

static bool writable(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_cntrl(s.p[i])) {
			return false;
		}
	}
	return s.n <= LIMIT_ADDRESS;
}

static bool local_part(struct parser *p, const struct tokens *l, const struct place *w,
                       struct mailbox *m)
{
	struct buf out = BUF_INIT;
	bool words = true;

	for (size_t i = w->from; i < w->at; i++) {
		const struct addr_token *t = &l->v[i];
		char last = out.n ? out.p[out.n - 1] : '.';

		words = words && (t->kind == ADDR_ATOM || t->kind == ADDR_QUOTED);
		/* A quoted string and its neighbour need a dot between them. */
		if (i > w->from && last != '.' && (t->kind != ADDR_ATOM || t->text.p[0] != '.')) {
			p->out.broken = true;
		}
		m->quoted = m->quoted || t->kind == ADDR_QUOTED;
		add_text(&out, t);
	}
	m->local = buf_move(&out, p->arena);
	return words && writable(m->local);
}

static bool domain_name(struct span d)
{
	return d.n > 0 && d.p[0] != '.' && span_find(d, SPAN("..")) == SPAN_NONE;
}

static bool domain(struct parser *p, const struct tokens *l, const struct place *w,
                   struct mailbox *m)
{
	const struct addr_token *first = &l->v[w->at + 1];
	struct buf out = BUF_INIT;
	bool ok = true;

	for (size_t i = w->at + 1; i < w->end; i++) {
		ok = ok && l->v[i].kind == (w->end == w->at + 2 ? first->kind : ADDR_ATOM);
		add_text(&out, &l->v[i]);
	}
	m->domain = buf_move(&out, p->arena);
	ok = ok && writable(m->domain);
	if (first->kind == ADDR_LITERAL) {
		return ok && span_chr(m->domain, ' ') == SPAN_NONE;
	}
	return ok && first->kind == ADDR_ATOM && domain_name(m->domain);
}

/* The address of L into M; *NAMED tokens before it are left for the display name. */
static bool address(struct parser *p, const struct tokens *l, struct mailbox *m, size_t *named)
{
	struct place w;

	if (!locate(l, &w) || !local_part(p, l, &w, m)) {
		return false;
	}
	if (w.end > w.at && !domain(p, l, &w, m)) {
		return false;
	}
	if (w.from > 0 || w.end < l->n || !utf8_valid(m->local) || !utf8_valid(m->domain)) {
		p->out.broken = true;
	}
	m->addr = addr_join(p->arena, m->local, m->domain);
	*named = w.from;
	return m->addr.n <= LIMIT_ADDRESS;
}

/* --- mailboxes -------------------------------------------------------------- */

/*
 * Brackets and '@' have no place in a phrase. An address that only repeats
 * the one in angle brackets is let pass: whichever a reader takes, it is the same.
 */
static bool phrase_ok(const struct tokens *l, const struct mailbox *m)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].kind == ADDR_LITERAL) {
			return false;
		}
		if (l->v[i].kind == ADDR_SPECIAL && !span_ieq(m->name, m->addr)) {
			return false;
		}
	}
	return true;
}

static bool mailbox(struct parser *p, struct mailbox *m)
{
	size_t named = 0;

	if (!address(p, p->angle ? &p->inner : &p->outer, m, &named)) {
		return false;
	}
	m->name = phrase(p, &p->outer, p->angle ? p->outer.n : named);
	if (p->angle && !phrase_ok(&p->outer, m)) {
		p->out.broken = true;
	}
	if (m->name.n == 0) {
		m->name = comment_text(p);
	}
	m->in_group = p->in_group;
	return true;
}

/* What was read since the last separator is complete. */
static void finish(struct parser *p)
{
	struct mailbox m = { .quoted = false };

	if (p->angle || p->outer.n > 0) {
		p->full = p->out.n == LIMIT_ADDRESSES;
		if (!p->full && mailbox(p, &m)) {
			*ARENA_PUSH(p->arena, p->out.v, p->out.n, p->cap) = m;
		} else {
			p->out.broken = true;
		}
	}
	if (p->open) {
		p->out.broken = true;
	}
	p->outer.n = p->inner.n = 0;
	p->comment = (struct span){ NULL, 0 };
	p->angle = p->open = p->route = false;
}

static void group_start(struct parser *p)
{
	if (p->in_group || p->angle || p->outer.n == 0) {
		p->out.broken = true;
	}
	for (size_t i = 0; i < p->outer.n; i++) {
		if (p->outer.v[i].kind == ADDR_SPECIAL || p->outer.v[i].kind == ADDR_LITERAL) {
			p->out.broken = true;
		}
	}
	if (p->angle) {
		finish(p);
	}
	p->outer.n = 0;
	p->comment = (struct span){ NULL, 0 };
	p->out.group = p->in_group = true;
}

static void group_end(struct parser *p)
{
	if (!p->in_group) {
		p->out.broken = true;
	}
	finish(p);
	p->in_group = false;
}

static void outside(struct parser *p, const struct addr_token *t)
{
	if (is(t, ',')) {
		finish(p);
	} else if (is(t, ';')) {
		group_end(p);
	} else if (is(t, ':')) {
		group_start(p);
	} else if (is(t, '>')) {
		p->out.broken = true;
	} else {
		/* Something behind angle brackets: the comma is missing. */
		if (p->angle) {
			p->out.broken = true;
			finish(p);
		}
		if (is(t, '<')) {
			p->angle = p->open = true;
		} else {
			*ARENA_PUSH(p->arena, p->outer.v, p->outer.n, p->outer.cap) = *t;
		}
	}
}

/* A separator inside angle brackets: the closing one is missing. */
static void unclosed(struct parser *p, const struct addr_token *t)
{
	p->out.broken = true;
	if (is(t, '<') && p->inner.n == 0) {
		return;
	}
	if (is(t, ';')) {
		group_end(p);
	} else {
		finish(p);
	}
	p->angle = p->open = is(t, '<');
}

static void inside(struct parser *p, const struct addr_token *t)
{
	if (is(t, '>')) {
		p->open = false;
	} else if (is(t, '<') || is(t, ';') || (is(t, ',') && !p->route && p->inner.n > 0)) {
		unclosed(p, t);
	} else if (is(t, ':')) {
		if (!p->route) {
			p->out.broken = true;
		}
		p->inner.n = 0;
		p->route = false;
	} else {
		/* Routes of RFC 5322 4.4 may have empty members: "<,,@a:b@c>". */
		if (p->inner.n == 0 && (is(t, '@') || is(t, ','))) {
			p->route = true;
		}
		*ARENA_PUSH(p->arena, p->inner.v, p->inner.n, p->inner.cap) = *t;
	}
}

struct mailboxes addr_parse(struct arena *arena, struct span value)
{
	struct parser p = { .arena = arena, .reader = { .text = value } };

	while (!p.full) {
		struct addr_token t = addr_token_next(&p.reader);

		if (t.kind == ADDR_END) {
			break;
		}
		if (t.kind == ADDR_COMMENT) {
			if (t.text.n > 0) {
				p.comment = t.text;
			}
		} else if (p.open) {
			inside(&p, &t);
		} else {
			outside(&p, &t);
		}
	}
	if (p.in_group || p.reader.broken) {
		p.out.broken = true;
	}
	finish(&p);
	return p.out;
}

bool addr_single(struct arena *arena, struct span value, struct mailbox *out)
{
	struct mailboxes l = addr_parse(arena, value);

	if (l.n != 1 || l.group || l.broken || l.v[0].quoted || l.v[0].domain.n == 0) {
		return false;
	}
	*out = l.v[0];
	return true;
}

bool addr_author(struct arena *arena, const struct message *m, struct mailbox *out)
{
	*out = (struct mailbox){ .quoted = false };
	return message_count(m, "From") == 1 &&
	       addr_single(arena, message_find(m, "From")->value, out);
}
