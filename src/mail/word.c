/*
 * Encoded words on the way in. One pass: plain text is copied, each encoded
 * word is undone into `run`, and a run is converted to UTF-8 when something
 * else than a word of the same character set follows, because mailers split
 * words inside a character.
 *
 * Words are recognised also where RFC 2047 section 5 wants white space round
 * them and there is none; mailers leave it out and readers do not mind. Linear:
 * a try from one "=?" stops at the third "?" behind it.
 */
#include "mail/word.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/utf8.h"
#include "mail/charset.h"

#include <string.h>

struct word {
	struct span charset; /* without the language of RFC 2231 section 5 */
	char how;            /* 'b' or 'q' */
	struct span text;    /* still encoded */
	size_t end;          /* offset behind "?=" */
};

struct decoder {
	struct charsets *sets;
	struct buf out; /* UTF-8 */
	struct buf run; /* octets of the words just read */
	int charset;    /* their character set, -1 for no words */
};

/* The bytes from *AT up to a '?', which *AT moves behind; none may be white space. */
static bool take(struct span text, size_t *at, struct span *out)
{
	size_t i = *at;

	while (i < text.n && text.p[i] != '?') {
		if (!ascii_graph(text.p[i]) && !ascii_8bit(text.p[i])) {
			return false;
		}
		i++;
	}
	if (i == text.n) {
		return false;
	}
	*out = span_sub(text, *at, i);
	*at = i + 1;
	return true;
}

/* The word whose "=?" is at AT. */
static bool word_at(struct span text, size_t at, struct word *w)
{
	struct span how;

	at += 2;
	if (!take(text, &at, &w->charset) || !take(text, &at, &how) || how.n != 1) {
		return false;
	}
	w->how = ascii_lower(how.p[0]);
	if (w->how != 'b' && w->how != 'q') {
		return false;
	}
	if (!take(text, &at, &w->text) || at == text.n || text.p[at] != '=') {
		return false;
	}
	w->charset = span_cut(&w->charset, '*');
	w->end = at + 1;
	return true;
}

size_t word_length(struct span text)
{
	struct word w;

	return span_starts(text, SPAN("=?")) && word_at(text, 0, &w) ? w.end : 0;
}

static void unq(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '=' && i + 2 < text.n && codec_unhex(out, span_sub(text, i + 1, i + 3))) {
			i += 2;
		} else {
			buf_chr(out, c == '_' ? ' ' : c);
		}
	}
}

/* The octets of W into OUT; false when they cannot be had. */
static bool octets(const struct word *w, struct buf *out)
{
	if (w->how == 'b') {
		return codec_unbase64(out, w->text);
	}
	unq(out, w->text);
	return true;
}

static void flush(struct decoder *d)
{
	if (d->charset >= 0) {
		charset_convert(d->sets, d->charset, buf_span(&d->run), &d->out);
	}
	buf_clear(&d->run);
	d->charset = -1;
}

static bool blank(struct span s)
{
	return span_trim(s).n == 0;
}

/* Add the word W with the plain text GAP before it. False: not a word after all. */
static bool add_word(struct decoder *d, struct span gap, const struct word *w)
{
	struct buf fresh = BUF_INIT;
	int charset = charset_find(d->sets, w->charset);
	bool known = charset >= 0 && octets(w, &fresh);

	if (!known) {
		goto out;
	}
	if (d->charset < 0 || !blank(gap)) {
		flush(d);
		charset_repair(&d->out, gap);
	} else if (d->charset != charset) {
		flush(d);
	}
	d->charset = charset;
	buf_add(&d->run, buf_span(&fresh));
out:
	buf_free(&fresh);
	return known;
}

static void decode(struct decoder *d, struct span text)
{
	size_t done = 0, at = 0;

	for (;;) {
		size_t next = span_find(span_from(text, at), SPAN("=?"));
		struct word w;

		if (next == SPAN_NONE) {
			break;
		}
		at += next;
		if (word_at(text, at, &w) && add_word(d, span_sub(text, done, at), &w)) {
			done = at = w.end;
		} else {
			at += 2;
		}
	}
	flush(d);
	charset_repair(&d->out, span_from(text, done));
}

static bool plain(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (ascii_cntrl(text.p[i])) {
			return false;
		}
	}
	return span_find(text, SPAN("=?")) == SPAN_NONE && utf8_valid(text);
}

struct span word_decode(struct arena *arena, struct span text)
{
	struct decoder d = { .out = BUF_INIT, .run = BUF_INIT, .charset = -1 };
	struct span out;
	char *p;

	if (plain(text)) {
		return text;
	}
	d.sets = charset_open();
	decode(&d, text);
	/* Also what was encoded: a line break out of a word must not become one. */
	p = arena_alloc(arena, d.out.n + 1);
	for (size_t i = 0; i < d.out.n; i++) {
		p[i] = ascii_cntrl(d.out.p[i]) ? ' ' : d.out.p[i];
	}
	out = (struct span){ p, d.out.n };
	charset_close(d.sets);
	buf_free(&d.run);
	buf_free(&d.out);
	return out;
}
