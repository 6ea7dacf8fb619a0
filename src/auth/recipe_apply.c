/*
 * Undo one revision. Knows nothing of JSON.
 *
 *   1. Copy ranges ascend (recipe_parse saw to it), so one pass over the old lines, or
 *      over the fields of one name, serves all steps: time is linear in what goes in
 *      and comes out.
 *   2. No byte is copied; what comes out is spans of what went in.
 */
#include "auth/recipe.h"

#include <string.h>

struct lines recipe_lines(struct arena *arena, struct span body)
{
	struct lines lines = { NULL, 0 };

	if (body.n == 0) {
		return lines;
	}
	lines.v = ARENA_NEW(arena, struct run);
	lines.v[0].bytes = body;
	lines.v[0].open = !span_ends(body, SPAN("\r\n"));
	lines.n = 1;
	return lines;
}

void recipe_lines_hash(enum hash_alg alg, const struct lines *body, struct digest *out)
{
	struct canon_body *canon = canon_body_new(CANON_SIMPLE, alg, UINT64_MAX);

	for (size_t i = 0; i < body->n; i++) {
		canon_body_add(canon, body->v[i].bytes);
		if (body->v[i].open) {
			canon_body_add(canon, SPAN("\r\n"));
		}
	}
	canon_body_final(canon, out, NULL);
}

/* ---- body ---- */

/* A place at the start of a line. */
struct cursor {
	const struct lines *in;
	size_t run;    /* which run */
	size_t at;     /* byte in it */
	uint64_t line; /* number of the line here, from 1 */
};

struct pile {
	struct arena *arena;
	struct run *v;
	size_t n, cap;
	uint64_t *budget;
};

static bool charge(uint64_t *budget, uint64_t bytes)
{
	if (bytes > *budget) {
		return false;
	}
	*budget -= bytes;
	return true;
}

static bool put(struct pile *out, struct span bytes, bool open)
{
	struct run run = { bytes, open };

	if (!charge(out->budget, (uint64_t)bytes.n + 2)) {
		return false;
	}
	*ARENA_PUSH(out->arena, out->v, out->n, out->cap) = run;
	return true;
}

/* Bytes of at most *WANT lines at the start of TEXT; *WANT is lowered by those with a CRLF. */
static size_t closed_lines(struct span text, uint64_t *want)
{
	size_t end = 0, at = 0;

	while (*want > 0 && at < text.n) {
		const char *lf = memchr(text.p + at, '\n', text.n - at);

		if (!lf) {
			break;
		}
		at = (size_t)(lf - text.p) + 1;
		if (at >= 2 && lf[-1] == '\r') {
			end = at;
			--*want;
		}
	}
	return end;
}

/*
 * Pass over COUNT lines, putting them on OUT unless it is NULL. False when there are
 * not so many.
 */
static bool move(struct cursor *cursor, uint64_t count, struct pile *out)
{
	while (count > 0) {
		const struct run *run;
		struct span rest;
		uint64_t before = count;
		bool open;
		size_t n;

		if (cursor->run == cursor->in->n) {
			return false;
		}
		run = &cursor->in->v[cursor->run];
		rest = span_from(run->bytes, cursor->at);
		n = closed_lines(rest, &count);
		open = count > 0 && run->open;
		if (open) {
			n = rest.n;
			count--;
		}
		if (out && before > count && !put(out, span_sub(rest, 0, n), open)) {
			return false;
		}
		cursor->line += before - count;
		cursor->at += n;
		if (open || (cursor->at == run->bytes.n && !run->open)) {
			cursor->run++;
			cursor->at = 0;
		}
	}
	return true;
}

static enum recipe_error refuse(struct arena *arena, const struct step *step, struct span *what)
{
	*what = step->kind == STEP_TEXT
	                ? SPAN("size")
	                : arena_printf(arena, "[%llu,%llu]", (unsigned long long)step->first,
	                               (unsigned long long)step->last);
	return RECIPE_INVALID;
}

enum recipe_error recipe_apply_body(struct arena *arena, const struct recipe *r,
                                    const struct lines *body, struct lines *old_body,
                                    uint64_t *budget, struct span *what)
{
	struct cursor cursor = { .in = body, .line = 1 };
	struct pile out = { .arena = arena, .budget = budget };

	if (r->null_body) {
		*what = SPAN("null");
		return RECIPE_INVALID;
	}
	if (!r->has_body) {
		*old_body = *body;
		return RECIPE_OK;
	}
	for (size_t i = 0; i < r->nbody; i++) {
		const struct step *step = &r->body[i];

		if (step->kind == STEP_TEXT) {
			if (!put(&out, step->text, true)) {
				return refuse(arena, step, what);
			}
		} else if (step->first < cursor.line ||
		           !move(&cursor, step->first - cursor.line, NULL) ||
		           !move(&cursor, step->last - step->first + 1, &out)) {
			return refuse(arena, step, what);
		}
	}
	*old_body = (struct lines){ out.v, out.n };
	return RECIPE_OK;
}

/* ---- header ---- */

struct header_pile {
	struct arena *arena;
	struct canon_line *v;
	size_t n, cap;
	uint64_t *budget;
};

static bool put_line(struct header_pile *out, struct span name, struct span value)
{
	struct canon_line line = { name, value };

	if (!charge(out->budget, (uint64_t)name.n + value.n + 3)) {
		return false;
	}
	*ARENA_PUSH(out->arena, out->v, out->n, out->cap) = line;
	return true;
}

/* HERE: the present fields of this name, lowest first. */
static bool apply_field(const struct recipe_field *field, const struct canon_line *here,
                        size_t count, struct header_pile *out, const struct step **bad)
{
	for (size_t i = 0; i < field->n; i++) {
		const struct step *step = &field->steps[i];

		*bad = step;
		if (step->kind == STEP_TEXT) {
			if (!put_line(out, field->name, step->text)) {
				return false;
			}
			continue;
		}
		if (step->first < 1 || step->last > count) {
			return false;
		}
		for (uint64_t k = step->first; k <= step->last; k++) {
			if (!put_line(out, here[k - 1].name, here[k - 1].value)) {
				return false;
			}
		}
	}
	return true;
}

/* How many lines at the start of V have NAME. */
static size_t same_name(const struct canon_line *v, size_t n, struct span name)
{
	size_t count = 0;

	while (count < n && span_ieq(v[count].name, name)) {
		count++;
	}
	return count;
}

/* Both lists ascend by lower-case name: merge them. */
static bool apply_header(const struct recipe *r, const struct canon_header *header,
                         struct header_pile *out, const struct step **bad)
{
	size_t at = 0;

	for (size_t f = 0; f < r->nfields; f++) {
		const struct recipe_field *field = &r->fields[f];
		const struct canon_line *rest;
		size_t here;

		while (at < header->n && span_icmp(header->v[at].name, field->name) < 0) {
			if (!put_line(out, header->v[at].name, header->v[at].value)) {
				return false;
			}
			at++;
		}
		rest = header->n ? header->v + at : NULL; /* V may be NULL then */
		here = same_name(rest, header->n - at, field->name);
		if (!apply_field(field, rest, here, out, bad)) {
			return false;
		}
		at += here;
	}
	for (; at < header->n; at++) {
		if (!put_line(out, header->v[at].name, header->v[at].value)) {
			return false;
		}
	}
	return true;
}

enum recipe_error recipe_apply(struct arena *arena, const struct recipe *r,
                               const struct canon_header *header, const struct lines *body,
                               struct canon_header *old_header, struct lines *old_body,
                               uint64_t *budget, struct span *what)
{
	static const struct step none = { .kind = STEP_TEXT };
	struct header_pile out = { .arena = arena, .budget = budget };
	const struct step *bad = &none;

	*old_header = *header;
	if (r->nfields > 0) {
		if (!apply_header(r, header, &out, &bad)) {
			return refuse(arena, bad, what);
		}
		*old_header = (struct canon_header){ out.v, out.n };
	}
	return recipe_apply_body(arena, r, body, old_body, budget, what);
}
