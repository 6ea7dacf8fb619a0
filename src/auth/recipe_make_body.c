/*
 * The "b" of a recipe. Old and new body are walked together, segment by segment; only
 * line ends are counted, so that a body of 50 MB takes the time of memchr.
 *
 *   1. A block is whole old lines, kept in one piece, that are whole new lines. Blocks
 *      are copied.
 *   2. What lies between blocks is whole old lines too. They are literals.
 */
#include "auth/recipe_maker.h"

#include "mail/taglist.h"

#include <string.h>

/* Where the new body is while its segments pass. */
struct front {
	uint64_t line; /* number of the line the next byte belongs to */
	bool fresh;    /* it begins that line */
	bool cr;       /* the last byte was CR */
};

/* Pass over TEXT. */
static void pass(struct front *front, struct span text)
{
	size_t at = 0;

	if (text.n == 0) {
		return;
	}
	front->fresh = false;
	while (at < text.n) {
		const char *lf = memchr(text.p + at, '\n', text.n - at);
		bool cr;

		if (!lf) {
			break;
		}
		at = (size_t)(lf - text.p) + 1;
		cr = at >= 2 ? lf[-1] == '\r' : front->cr;
		front->line += cr;
		front->fresh = cr && at == text.n;
	}
	front->cr = text.p[text.n - 1] == '\r';
}

/* Behind the first (last) CRLF of BODY that lies within [from, to), or TO (FROM). */
static size_t behind_first(struct span body, size_t from, size_t to)
{
	size_t at = from;

	while (at < to) {
		const char *lf = memchr(body.p + at, '\n', to - at);

		if (!lf) {
			break;
		}
		at = (size_t)(lf - body.p) + 1;
		if (at >= from + 2 && lf[-1] == '\r') {
			return at;
		}
	}
	return to;
}

static size_t behind_last(struct span body, size_t from, size_t to)
{
	while (to >= from + 2) {
		const char *lf = memrchr(body.p + from, '\n', to - from);

		if (!lf) {
			break;
		}
		to = (size_t)(lf - body.p) + 1;
		if (to >= from + 2 && lf[-1] == '\r') {
			return to;
		}
		to--;
	}
	return from;
}

/* The body without the empty lines at its end. */
static struct span without_empty_end(struct span body)
{
	while (body.n >= 2 && span_ends(body, SPAN("\r\n")) &&
	       (body.n == 2 || span_ends(span_sub(body, 0, body.n - 2), SPAN("\r\n")))) {
		body.n -= 2;
	}
	return body;
}

static bool line_start(struct span body, size_t at)
{
	return at == 0 || span_ends(span_sub(body, 0, at), SPAN("\r\n"));
}

/* Kept segments that follow each other in the old body, as one. */
static struct span joined(const struct segments *segments, size_t *i)
{
	struct span piece = segments->v[*i].bytes;

	while (*i + 1 < segments->n && segments->v[*i].kept && segments->v[*i + 1].kept &&
	       piece.p + piece.n == segments->v[*i + 1].bytes.p) {
		piece.n += segments->v[*i + 1].bytes.n;
		++*i;
	}
	return piece;
}

/* Does the new body end, or a line of it, before segment I? */
static bool line_ends_before(const struct segments *segments, size_t i)
{
	while (i < segments->n && segments->v[i].bytes.n == 0) {
		i++;
	}
	return i == segments->n || span_starts(segments->v[i].bytes, SPAN("\r\n"));
}

/* Whole old lines, kept, that are whole new lines. */
struct block {
	size_t start, end;    /* offsets in the old body */
	uint64_t first, last; /* numbers in the new one */
};

/*
 * The block in the kept piece [from, to) of BODY, of which OLD is what is before the empty
 * lines at its end. ENDS: a line of the new body ends behind the piece. *FRONT is moved to the
 * end of the block. False, and *FRONT stays, when there is none.
 */
static bool find_block(struct span body, struct span old, size_t from, size_t to, bool ends,
                       struct front *front, struct block *block)
{
	struct front inside = *front;
	size_t start = from, end;

	if (!front->fresh || !line_start(body, from)) {
		start = behind_first(body, from, to);
	}
	end = behind_last(body, start, to);
	if (to == old.n && to == body.n && ends) {
		end = to;
	}
	if (end > old.n) {
		end = old.n;
	}
	if (start >= end) {
		return false;
	}
	pass(&inside, span_sub(body, from, start));
	*block = (struct block){ .start = start, .end = end, .first = inside.line };
	pass(&inside, span_sub(body, start, end));
	block->last = inside.fresh ? inside.line - 1 : inside.line;
	*front = inside;
	return true;
}

/* The old lines [from, to) as literals. */
static bool literal_lines(struct maker *maker, struct span body, size_t from, size_t to)
{
	struct span rest = span_sub(body, from, to);

	while (rest.n) {
		struct span line = span_line(&rest);

		if (span_ends(line, SPAN("\r\n"))) {
			line.n -= 2;
		}
		if (!recipe_add_literal(maker, line)) {
			return false;
		}
	}
	return true;
}

/* Steps for the whole body. */
static bool body_steps(struct maker *maker, const struct segments *segments, struct span old)
{
	struct front front = { .line = 1, .fresh = true };
	struct span body = maker->x->m->body;
	size_t done = 0;

	for (size_t i = 0; i < segments->n; i++) {
		bool kept = segments->v[i].kept;
		struct span piece = joined(segments, &i);
		size_t from = kept ? (size_t)(piece.p - body.p) : 0;
		bool ends = line_ends_before(segments, i + 1);
		struct block block;

		if (kept && find_block(body, old, from, from + piece.n, ends, &front, &block)) {
			if (!literal_lines(maker, body, done, block.start)) {
				return false;
			}
			recipe_add_copy(maker, block.first, block.last);
			done = block.end;
			piece = span_from(piece, block.end - from);
		}
		pass(&front, piece);
	}
	return literal_lines(maker, body, done, old.n);
}

/* Is there nothing but CRLFs behind the first SKIP bytes of the new body? */
static bool only_line_ends(const struct segments *segments, size_t skip)
{
	char expected = '\r';

	for (size_t i = 0; i < segments->n; i++) {
		struct span rest = span_from(segments->v[i].bytes, skip);

		skip -= segments->v[i].bytes.n - rest.n;
		for (size_t k = 0; k < rest.n; k++) {
			if (rest.p[k] != expected) {
				return false;
			}
			expected = expected == '\r' ? '\n' : '\r';
		}
	}
	return expected == '\r';
}

/*
 * Is the new body the old one, OLD, but for empty lines at the end? One copy from line 1
 * of all of it says that the new body begins with the bytes of the old one.
 */
static bool body_same(const struct maker *maker, const struct segments *segments, struct span old)
{
	if (maker->n > 1) {
		return false;
	}
	if (maker->n == 1 && (maker->steps[0].kind != STEP_COPY || maker->steps[0].first != 1)) {
		return false;
	}
	return only_line_ends(segments, old.n);
}

/* Is there a recipe of an older revision, whose ranges may reach to the very last line? */
static bool has_recipe(const struct message *m)
{
	const struct field *f;
	struct taglist tags;
	size_t at = 0;

	while ((f = message_next(m, SPAN("Message-Instance"), &at))) {
		if (!taglist_parse(f->value, TAGLIST_EMPTY_TAGS, &tags, NULL) ||
		    taglist_find(&tags, "r")) {
			return true;
		}
	}
	return false;
}

/*
 * Empty lines at the end are no part of what is undone, since hashes do not know them and
 * mail servers change their number; but where a recipe counted on them they are.
 */
bool recipe_make_body(struct maker *maker, bool *any, struct err *e)
{
	struct segments segments = edit_segments(maker->x);
	struct span body = maker->x->m->body;
	struct span old = has_recipe(maker->x->m) ? body : without_empty_end(body);

	if (segments.bytes == body.n && segments.n == 1 && segments.v[0].kept) {
		return true;
	}
	if (!body_steps(maker, &segments, old)) {
		return recipe_too_large(e);
	}
	if (body_same(maker, &segments, old)) {
		return true;
	}
	*any = true;
	json_key(&maker->json, "b");
	recipe_write_steps(maker);
	return true;
}
