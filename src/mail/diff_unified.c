/* A difference as text: hunks of changes that share their context, as diff -u prints them. */
#include "mail/diff.h"

#include <string.h>

enum { CONTEXT = 3 };

/* A text that is read once, line by line. */
struct reader {
	struct span rest;
	size_t at; /* number of the next line */
};

static struct span next_line(struct reader *r)
{
	const char *lf = r->rest.n > 0 ? memchr(r->rest.p, '\n', r->rest.n) : NULL;
	size_t n = lf ? (size_t)(lf - r->rest.p) + 1 : r->rest.n;
	struct span line = span_sub(r->rest, 0, n);

	r->rest = span_from(r->rest, n);
	r->at++;
	return line;
}

static void pass_to(struct reader *r, size_t line)
{
	while (r->at < line) {
		next_line(r);
	}
}

/* Lines up to LINE, each behind MARK. */
static void put_to(struct reader *r, size_t line, char mark, struct buf *out)
{
	while (r->at < line) {
		struct span text = next_line(r);

		buf_chr(out, mark);
		buf_add(out, text);
		if (!span_ends(text, SPAN("\n"))) {
			buf_str(out, "\n\\ No newline at end of file\n");
		}
	}
}

/* A range of no lines is named by the line before it; a count of 1 is left out. */
static void put_range(struct buf *out, size_t at, size_t n)
{
	buf_printf(out, "%zu", n > 0 ? at + 1 : at);
	if (n != 1) {
		buf_printf(out, ",%zu", n);
	}
}

/* Changes [FIRST, END) in one hunk; their contexts meet. */
static void put_hunk(const struct diff *d, size_t first, size_t end, struct reader *old,
                     struct reader *new, struct buf *out)
{
	const struct diff_change *head = &d->v[first], *tail = &d->v[end - 1];
	size_t lead = head->old_at < CONTEXT ? head->old_at : CONTEXT;
	size_t old_end = tail->old_at + tail->old_n, new_end = tail->new_at + tail->new_n;
	size_t trail = d->old_lines - old_end < CONTEXT ? d->old_lines - old_end : CONTEXT;

	buf_str(out, "@@ -");
	put_range(out, head->old_at - lead, old_end + trail - (head->old_at - lead));
	buf_str(out, " +");
	put_range(out, head->new_at - lead, new_end + trail - (head->new_at - lead));
	buf_str(out, " @@\n");
	pass_to(old, head->old_at - lead);
	for (size_t i = first; i < end; i++) {
		const struct diff_change *c = &d->v[i];

		put_to(old, c->old_at, ' ', out);
		put_to(old, c->old_at + c->old_n, '-', out);
		pass_to(new, c->new_at);
		put_to(new, c->new_at + c->new_n, '+', out);
	}
	put_to(old, old_end + trail, ' ', out);
}

void diff_unified(struct arena *arena, struct buf *out, struct span old_name, struct span new_name,
                  struct span old, struct span new)
{
	struct diff d = diff_lines(arena, old, new);
	struct reader old_reader = { old, 0 }, new_reader = { new, 0 };
	size_t end;

	if (d.n == 0) {
		return;
	}
	buf_printf(out, "--- %.*s\n+++ %.*s\n", SPAN_FMT(old_name), SPAN_FMT(new_name));
	for (size_t i = 0; i < d.n; i = end) {
		for (end = i + 1; end < d.n; end++) {
			size_t before = d.v[end - 1].old_at + d.v[end - 1].old_n;

			if (d.v[end].old_at - before > 2 * (size_t)CONTEXT) {
				break;
			}
		}
		put_hunk(&d, i, end, &old_reader, &new_reader, out);
	}
}
