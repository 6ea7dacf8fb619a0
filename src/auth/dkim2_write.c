/*
 * Writing DKIM2 fields. Since white space is no part of the signed text, folding needs
 * no thought beyond where the grammar allows it.
 */
#include "auth/dkim2_write.h"

#include "base/codec.h"

#include <stdio.h>

enum { COLUMNS = 78 }; /* RFC 5322 2.1.1: lines should not be longer */

static void break_line(struct dkim2_writer *w)
{
	buf_str(w->out, "\r\n ");
	w->column = 1;
}

void dkim2_write_atom(struct dkim2_writer *w, struct span text)
{
	if (w->column > 1 && w->column + text.n > COLUMNS) {
		break_line(w);
	}
	buf_add(w->out, text);
	w->column += text.n;
}

static void add_space(struct dkim2_writer *w)
{
	if (w->column > 1) {
		buf_chr(w->out, ' ');
		w->column++;
	}
}

/* TEXT may be broken anywhere, with room for a delimiter behind it. */
static void add_long(struct dkim2_writer *w, struct span text)
{
	while (text.n) {
		size_t room = w->column < COLUMNS - 1 ? COLUMNS - 1 - w->column : 0;
		size_t n = text.n < room ? text.n : room;

		buf_add(w->out, span_sub(text, 0, n));
		w->column += n;
		text = span_from(text, n);
		if (text.n) {
			break_line(w);
		}
	}
}

void dkim2_write_base64(struct dkim2_writer *w, struct span bytes)
{
	struct buf coded = BUF_INIT;

	codec_base64(&coded, bytes);
	add_long(w, buf_span(&coded));
	buf_free(&coded);
}

void dkim2_write_hash(struct dkim2_writer *w, const struct digest *digest)
{
	struct buf coded = BUF_INIT;

	codec_base64(&coded, digest_span(digest));
	dkim2_write_atom(w, buf_span(&coded));
	buf_free(&coded);
}

void dkim2_write_close(struct dkim2_writer *w)
{
	buf_chr(w->out, ';');
	w->column++;
}

void dkim2_write_tag(struct dkim2_writer *w, const char *name, struct span value)
{
	struct buf tag = BUF_INIT;

	buf_str(&tag, name);
	buf_chr(&tag, '=');
	buf_add(&tag, value);
	buf_chr(&tag, ';');
	if (w->column + 1 + tag.n > COLUMNS) {
		break_line(w);
	} else {
		add_space(w);
	}
	dkim2_write_atom(w, buf_span(&tag));
	buf_free(&tag);
}

void dkim2_write_number(struct dkim2_writer *w, const char *name, uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	dkim2_write_tag(w, name, (struct span){ digits, (size_t)length });
}

void dkim2_write_open(struct dkim2_writer *w, const char *name)
{
	enum { WORTH = 24 }; /* less room than this and the tag gets a new line */
	struct span text = span_str(name);

	if (w->column + WORTH > COLUMNS) {
		break_line(w);
	} else {
		add_space(w);
	}
	buf_add(w->out, text);
	buf_chr(w->out, '=');
	w->column += text.n + 1;
}

struct dkim2_writer dkim2_write_begin(struct buf *out, const char *name)
{
	struct dkim2_writer w = { out, 0 };
	size_t before = out->n;

	buf_str(out, name);
	buf_chr(out, ':');
	w.column = out->n - before;
	return w;
}
