/*
 * Filling paragraphs. Values are longer or shorter than their variables, so that
 * lines are broken anew when they are in. Lines that begin with white space stay
 * lines; too long ones of them are broken, too. Nothing is done behind a line "-- ".
 */
#include "base/ascii.h"
#include "base/buf.h"
#include "rules/notice.h"

struct flow {
	struct buf out;
	size_t column;   /* of the line that is being written, 0: none */
	bool empty_line; /* one is due before the next word */
};

static size_t columns(struct span word)
{
	size_t n = 0;
	for (size_t i = 0; i < word.n; i++) {
		n += ((unsigned char)word.p[i] & 0xc0) != 0x80;
	}
	return n;
}

static void end_line(struct flow *f)
{
	if (f->column > 0) {
		buf_chr(&f->out, '\n');
		f->column = 0;
	}
}

/* Put WORD on the line, or on a new one with INDENT. */
static void put_word(struct flow *f, struct span indent, struct span word)
{
	size_t width = columns(word);
	if (f->column > 0 && f->column + 1 + width > NOTICE_COLUMNS) {
		end_line(f);
	}
	if (f->column > 0) {
		buf_chr(&f->out, ' ');
		f->column++;
	} else {
		if (f->empty_line && f->out.n > 0) {
			buf_chr(&f->out, '\n');
		}
		f->empty_line = false;
		buf_add(&f->out, indent);
		f->column = indent.n;
	}
	buf_add(&f->out, word);
	f->column += width;
}

static void put_words(struct flow *f, struct span indent, struct span line)
{
	while (line.p) {
		struct span word = span_cut(&line, ' ');
		if (word.n > 0) {
			put_word(f, indent, word);
		}
	}
}

/* A line of its own; what fits keeps its inner spaces. */
static void put_indented(struct flow *f, struct span line)
{
	size_t n = 0;
	while (n < line.n && ascii_wsp(line.p[n])) {
		n++;
	}
	end_line(f);
	if (columns(line) <= NOTICE_COLUMNS) {
		put_word(f, span_sub(line, 0, n), span_from(line, n));
	} else {
		put_words(f, span_sub(line, 0, n), span_from(line, n));
	}
	end_line(f);
}

struct span notice_flow(struct arena *arena, struct span text)
{
	struct flow f = { .out = BUF_INIT };
	while (text.p && text.n > 0 && !span_starts(text, SPAN("-- \n"))) {
		struct span line = span_rtrim(span_cut(&text, '\n'));
		if (line.n == 0) {
			end_line(&f);
			f.empty_line = true;
		} else if (ascii_wsp(line.p[0])) {
			put_indented(&f, line);
		} else {
			put_words(&f, SPAN(""), line);
		}
	}
	end_line(&f);
	if (text.n > 0) {
		buf_str(&f.out, f.empty_line && f.out.n > 0 ? "\n" : "");
		buf_add(&f.out, text);
	}
	return buf_move(&f.out, arena);
}
