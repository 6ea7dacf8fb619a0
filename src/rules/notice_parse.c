/* Reading the text of a notice: everything that is wrong is found at once. */
#include "base/ascii.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "rules/notice.h"

#define SUBJECT SPAN("Subject:")

struct reader {
	struct arena *arena;
	struct notice_file *out;
	size_t cap;
	struct span whole; /* with LF as line ends */
	size_t base;       /* where what is checked begins in it */
};

static unsigned line_of(const struct reader *r, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at && i < r->whole.n; i++) {
		line += r->whole.p[i] == '\n';
	}
	return line;
}

static void fault(struct reader *r, unsigned line, struct span text)
{
	*ARENA_PUSH(r->arena, r->out->faults, r->out->nfaults, r->cap) =
		(struct notice_fault){ line, arena_copy(r->arena, text) };
}

static void template_is_wrong(void *to, size_t at, const struct err *e)
{
	struct reader *r = to;
	fault(r, line_of(r, r->base + at), span_str(e->text));
}

/* Line ends of other systems, and a byte order mark, are no fault. */
static struct span normal(struct arena *arena, struct span bytes)
{
	struct buf out = BUF_INIT;
	if (span_starts(bytes, SPAN("\xef\xbb\xbf"))) {
		bytes = span_from(bytes, 3);
	}
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] != '\r' || i + 1 == bytes.n || bytes.p[i + 1] != '\n') {
			buf_chr(&out, bytes.p[i]);
		}
	}
	return buf_move(&out, arena);
}

static size_t columns(struct span line)
{
	size_t n = 0;
	for (size_t i = 0; i < line.n; i++) {
		n += ((unsigned char)line.p[i] & 0xc0) != 0x80;
	}
	return n;
}

static bool printable(struct span line)
{
	while (line.n > 0) {
		size_t n = utf8_printable(line);
		if (n == 0) {
			return false;
		}
		line = span_from(line, n);
	}
	return true;
}

static void check_lines(struct reader *r)
{
	unsigned number = 0;
	for (struct span rest = r->whole; rest.p;) {
		struct span line = span_cut(&rest, '\n');
		number++;
		if (!utf8_valid(line)) {
			fault(r, number, SPAN("not UTF-8"));
		} else if (!printable(line)) {
			fault(r, number, SPAN("a control character"));
		} else if (columns(line) > NOTICE_COLUMNS) {
			fault(r, number,
			      arena_printf(r->arena, "%zu columns, at most %d", columns(line),
			                   NOTICE_COLUMNS));
		}
	}
}

/* The first line, an empty one, the rest. */
static void cut_up(struct reader *r)
{
	struct span rest = r->whole;
	struct span first = span_cut(&rest, '\n');
	if (!span_istarts(first, SUBJECT) || span_trim(span_from(first, SUBJECT.n)).n == 0) {
		fault(r, 1, SPAN("the first line is not \"Subject: …\""));
	} else {
		r->out->subject = span_trim(span_from(first, SUBJECT.n));
	}
	if (rest.p && span_trim(span_cut(&rest, '\n')).n > 0) {
		fault(r, 2, SPAN("the second line is not empty"));
	}
	if (span_trim(rest).n == 0) {
		fault(r, 2, SPAN("there is no text"));
	}
	r->out->text = rest;
}

static void check_template(struct reader *r, struct template_names names, struct span text)
{
	if (text.n > 0) {
		r->base = (size_t)(text.p - r->whole.p);
		template_faults(text, names, template_is_wrong, r);
	}
}

/* Without the address that confirms, a question cannot be answered. */
static void check_needed(struct reader *r, const struct notice *row)
{
	struct span rest = span_str(row->variables);
	while (rest.p && rest.n > 0) {
		struct span word = span_cut(&rest, ' ');
		struct span name = span_from(word, 1);
		if (word.p[0] == '!' && !template_uses(r->out->text, name)) {
			fault(r, 1,
			      arena_printf(r->arena, "the text lacks \"{%.*s}\"", SPAN_FMT(name)));
		}
	}
}

bool notice_parse(struct arena *arena, const struct notice *row, struct span bytes,
                  struct notice_file *out)
{
	struct reader r = { .arena = arena, .out = out };
	*out = (struct notice_file){ 0 };
	if (bytes.n > LIMIT_TEMPLATE) {
		fault(&r, 1, arena_printf(arena, "%zu bytes, at most %u", bytes.n, LIMIT_TEMPLATE));
		return false;
	}
	r.whole = normal(arena, bytes);
	check_lines(&r);
	cut_up(&r);
	if (row) {
		struct template_names names = notice_names(arena, row);
		check_template(&r, names, out->subject);
		check_template(&r, names, out->text);
		check_needed(&r, row);
	}
	return out->nfaults == 0;
}
