/*
 * A recipe from an edit list: what was dropped is written down, what was kept is
 * referred to. Nothing is compared line by line, so the time is that of counting line
 * ends.
 *
 *   1. Header: per name the old fields, lowest first, each a copy of its place in the
 *      new header or a literal. A name whose canonical form did not change is left
 *      out, so that "from" stands there only when the new From is another one.
 *   2. Body: an old line is copied when all of it, CRLF included, was kept in one
 *      piece and begins a line of the new body. All others are literals.
 *   3. The empty lines at the end of the old body are left out. The body hash ignores
 *      them, and a mail system on the way may have changed their number, which would
 *      put a range out of bounds.
 */
#include "auth/recipe_maker.h"

#include "base/codec.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- steps ---- */

void recipe_add_copy(struct maker *maker, uint64_t first, uint64_t last)
{
	struct step *top = maker->n ? &maker->steps[maker->n - 1] : NULL;
	struct step step = { .kind = STEP_COPY, .first = first, .last = last };

	if (top && top->kind == STEP_COPY && top->last + 1 == first) {
		top->last = last;
	} else {
		*ARENA_PUSH(maker->arena, maker->steps, maker->n, maker->cap) = step;
	}
}

bool recipe_add_literal(struct maker *maker, struct span text)
{
	struct step step = { .kind = STEP_TEXT, .text = text };

	maker->literal += text.n + 1;
	if (maker->literal > LIMIT_RECIPE_OUT) {
		return false;
	}
	*ARENA_PUSH(maker->arena, maker->steps, maker->n, maker->cap) = step;
	return true;
}

static void write_copy(struct json *j, const struct step *step)
{
	json_key(j, "c");
	json_open(j, '[');
	json_int(j, (int64_t)step->first);
	json_int(j, (int64_t)step->last);
	json_close(j);
}

/* The literals from V on that belong into one step; returns how many. */
static size_t write_literals(struct json *j, const struct step *v, size_t n)
{
	bool text = utf8_valid(v->text);
	size_t count = 0;

	json_key(j, text ? "d" : "u");
	json_open(j, '[');
	while (count < n && v[count].kind == STEP_TEXT && utf8_valid(v[count].text) == text) {
		struct buf coded = BUF_INIT;

		if (!text) {
			codec_base64(&coded, v[count].text);
		}
		json_span(j, text ? v[count].text : buf_span(&coded));
		buf_free(&coded);
		count++;
	}
	json_close(j);
	return count;
}

void recipe_write_steps(struct maker *maker)
{
	struct json *j = &maker->json;
	size_t i = 0;

	json_open(j, '[');
	while (i < maker->n) {
		json_open(j, '{');
		if (maker->steps[i].kind == STEP_COPY) {
			write_copy(j, &maker->steps[i++]);
		} else {
			i += write_literals(j, maker->steps + i, maker->n - i);
		}
		json_close(j);
	}
	json_close(j);
	maker->n = 0;
}

/* ---- header ---- */

/* A hashed field of the old or of the new header. */
struct place {
	const struct field *field;
	size_t index; /* in its header, top first */
	bool kept;
};
struct places {
	struct place *v;
	size_t n;
};

/* Canonical order: by name, lowest first. */
static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = span_icmp(x->field->name, y->field->name);

	if (order != 0) {
		return order;
	}
	return x->index < y->index ? 1 : -1;
}

static struct places hashed_places(struct arena *arena, const struct message *m, const bool *kept)
{
	struct places places = { arena_array(arena, m->count, sizeof(struct place)), 0 };

	for (size_t i = 0; i < m->count; i++) {
		struct place place = { &m->fields[i], i, kept[i] };

		if (!canon_dkim2_unhashed(m->fields[i].name)) {
			places.v[places.n++] = place;
		}
	}
	if (places.n > 1) {
		qsort(places.v, places.n, sizeof(*places.v), by_place);
	}
	return places;
}

static bool count_fields(struct arena *arena, struct span text, size_t *count, struct err *e)
{
	struct message m;

	*count = 0;
	if (text.n == 0) {
		return true;
	}
	if (!message_parse(arena, text, &m, e)) {
		return false;
	}
	*count = m.count;
	return true;
}

/* Which fields of the new header NOW are old ones: walk both in order along the edits. */
static bool mark_kept(struct maker *maker, const struct message *now, const bool *was, bool *is,
                      struct err *e)
{
	const struct edits *x = maker->x;
	size_t edit = 0, at = 0;

	for (size_t i = 0; i < x->m->count; i++) {
		size_t start = (size_t)(x->m->fields[i].raw.p - x->m->raw.p);

		for (; edit < x->n && x->v[edit].at <= start; edit++) {
			size_t inserted;

			if (!count_fields(maker->arena, x->v[edit].insert, &inserted, e)) {
				return false;
			}
			at += inserted;
		}
		if (!was[i]) {
			continue;
		}
		/* The last field may have got the CRLF that it lacked. */
		if (at >= now->count || !span_eq(now->fields[at].value, x->m->fields[i].value)) {
			return err_set(e, ERR_BUG, "", "edits and new header disagree at field %zu",
			               i);
		}
		is[at++] = true;
	}
	return true;
}

static size_t same_name(const struct places *places, size_t from, struct span name)
{
	size_t n = 0;

	while (from + n < places->n && span_ieq(places->v[from + n].field->name, name)) {
		n++;
	}
	return n;
}

static bool same_canonical(const struct place *a, const struct place *b, size_t n)
{
	bool same = true;

	for (size_t i = 0; i < n && same; i++) {
		struct buf x = BUF_INIT, y = BUF_INIT;

		canon_dkim2_field(&x, a[i].field->name, a[i].field->value);
		canon_dkim2_field(&y, b[i].field->name, b[i].field->value);
		same = span_eq(buf_span(&x), buf_span(&y));
		buf_free(&x);
		buf_free(&y);
	}
	return same;
}

static bool all_kept(const struct place *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!v[i].kept) {
			return false;
		}
	}
	return true;
}

/* Steps for the fields of one name; the kept ones are in the same order in both. */
static bool name_steps(struct maker *maker, const struct place *old, size_t nold,
                       const struct place *now, size_t nnow)
{
	size_t at = 0;

	for (size_t i = 0; i < nold; i++) {
		struct span value = message_unfold(maker->arena, old[i].field->value);

		if (!old[i].kept) {
			if (!recipe_add_literal(maker, span_trim(value))) {
				return false;
			}
			continue;
		}
		while (at < nnow && !now[at].kept) {
			at++;
		}
		at++;
		recipe_add_copy(maker, at, at);
	}
	return true;
}

static bool write_name(struct maker *maker, const struct place *old, size_t nold,
                       const struct place *now, size_t nnow, bool *any)
{
	struct span name = nold ? old->field->name : now->field->name;

	if (all_kept(old, nold) && all_kept(now, nnow)) {
		return true;
	}
	if (nold == nnow && same_canonical(old, now, nold)) {
		return true;
	}
	if (!name_steps(maker, old, nold, now, nnow)) {
		return false;
	}
	if (!*any) {
		json_key(&maker->json, "h");
		json_open(&maker->json, '{');
	}
	*any = true;
	json_key(&maker->json, arena_lower(maker->arena, name).p);
	recipe_write_steps(maker);
	return true;
}

/* Walk the names of both headers in order. */
static bool write_names(struct maker *maker, const struct places *old, const struct places *now,
                        bool *any)
{
	size_t i = 0, k = 0;

	while (i < old->n || k < now->n) {
		struct span name;
		size_t nold, nnow;

		if (i == old->n) {
			name = now->v[k].field->name;
		} else if (k == now->n ||
		           span_icmp(old->v[i].field->name, now->v[k].field->name) < 0) {
			name = old->v[i].field->name;
		} else {
			name = now->v[k].field->name;
		}
		nold = same_name(old, i, name);
		nnow = same_name(now, k, name);
		if (!write_name(maker, old->v + i, nold, now->v + k, nnow, any)) {
			return false;
		}
		i += nold;
		k += nnow;
	}
	return true;
}

bool recipe_too_large(struct err *e)
{
	return err_set(e, ERR_PERMANENT, "", "recipe over %u bytes", LIMIT_RECIPE_OUT);
}

static bool make_header(struct maker *maker, bool *any, struct err *e)
{
	const struct edits *x = maker->x;
	struct message now;
	struct places old_places, new_places;
	bool *was, *is, ok;

	if (!message_parse(maker->arena, edit_header(x), &now, e)) {
		return err_prefix(e, "new header");
	}
	was = arena_array(maker->arena, x->m->count, sizeof(*was));
	is = arena_array(maker->arena, now.count, sizeof(*is));
	for (size_t i = 0; i < x->m->count; i++) {
		was[i] = edit_field_kept(x, i);
	}
	if (!mark_kept(maker, &now, was, is, e)) {
		return false;
	}
	old_places = hashed_places(maker->arena, x->m, was);
	new_places = hashed_places(maker->arena, &now, is);
	ok = write_names(maker, &old_places, &new_places, any);
	if (*any) {
		json_close(&maker->json);
	}
	return ok || recipe_too_large(e);
}

static bool can_be_undone(const struct edits *x, struct err *e)
{
	if (!x->reversible) {
		return err_set(e, ERR_PERMANENT, "", "the edits cannot be undone");
	}
	if (x->m->bare) {
		return err_set(e, ERR_PERMANENT, "", "the old message has a bare CR or LF");
	}
	if (x->m->nul) {
		return err_set(e, ERR_PERMANENT, "", "the old message has a NUL");
	}
	return true;
}

bool recipe_make(struct arena *arena, const struct edits *x, struct span *json, struct err *e)
{
	struct maker maker = { .arena = arena, .x = x, .out = BUF_INIT };
	bool header = false, body = false, ok;

	*json = (struct span){ NULL, 0 };
	if (!can_be_undone(x, e)) {
		return false;
	}
	maker.json = (struct json)JSON_INIT(&maker.out);
	json_open(&maker.json, '{');
	ok = make_header(&maker, &header, e) && recipe_make_body(&maker, &body, e);
	if (ok) {
		json_close(&maker.json);
		ok = maker.out.n <= LIMIT_RECIPE_OUT || recipe_too_large(e);
	}
	if (ok && (header || body)) {
		*json = arena_copy(arena, buf_span(&maker.out));
	}
	buf_free(&maker.out);
	return ok;
}
