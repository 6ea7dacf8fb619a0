/*
 * The edit list. Knows where edits may lie and how the new message follows
 * from them; knows nothing of why an edit is made.
 *
 * The order in which edits are applied, and into which edit_finish sorts them:
 * the header before the body, then by position, then at one position what only
 * inserts before what drops, then as they were made. So a field put behind field
 * 3 stands before whatever replaces field 4, and fields on top stand above all.
 * Header and body must be told apart by more than the position, since without a
 * separator the end of the one is the start of the other.
 *
 * The separator is no edit: whoever prints a message prints header, CRLF, body.
 */
#include "mail/edit.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

/* A position outside any message: edit_finish refuses it. */
#define NOWHERE SIZE_MAX

struct edits *edit_new(struct arena *arena, const struct message *m)
{
	struct edits *x = ARENA_NEW(arena, struct edits);

	x->arena = arena;
	x->m = m;
	x->reversible = true;
	return x;
}

/* Takes no edit that changes nothing, so that each one parts what is kept. */
static void put(struct edits *x, struct edit edit)
{
	x->finished = false;
	if (edit.drop == 0 && edit.insert.n == 0 && edit.at != NOWHERE) {
		return;
	}
	edit.insert = arena_copy(x->arena, edit.insert);
	edit.order = x->n;
	*ARENA_PUSH(x->arena, x->v, x->n, x->cap) = edit;
}

static size_t offset(const struct edits *x, struct span s)
{
	return (size_t)(s.p - x->m->raw.p);
}

/* Offset of the end of the header; where its next field would start. */
static size_t header_end(const struct edits *x)
{
	return x->m->header.n;
}

static size_t body_start(const struct edits *x)
{
	return x->m->header.n + x->m->separator.n;
}

void edit_field_top(struct edits *x, struct span name, struct span value)
{
	edit_raw_top(x, arena_join(x->arena, name, SPAN(": "), value, SPAN("\r\n"), SPAN_END));
}

void edit_raw_top(struct edits *x, struct span field)
{
	put(x, (struct edit){ .at = 0, .insert = field });
}

static void put_field(struct edits *x, size_t i, bool behind, bool drop, struct span insert)
{
	struct edit edit = { .at = NOWHERE, .insert = insert };

	if (i < x->m->count) {
		struct span raw = x->m->fields[i].raw;

		edit.at = offset(x, raw) + (behind ? raw.n : 0);
		edit.drop = drop ? raw.n : 0;
	}
	put(x, edit);
}

void edit_field_insert(struct edits *x, size_t i, struct span field)
{
	put_field(x, i, true, false, field);
}

void edit_field_drop(struct edits *x, size_t i)
{
	put_field(x, i, false, true, SPAN(""));
}

void edit_field_replace(struct edits *x, size_t i, struct span field)
{
	put_field(x, i, false, true, field);
}

size_t edit_field_drop_all(struct edits *x, const char *name)
{
	size_t at = 0, count = 0;

	while (message_next(x->m, span_str(name), &at)) {
		edit_field_drop(x, at - 1);
		count++;
	}
	return count;
}

void edit_body(struct edits *x, size_t at, size_t drop, struct span insert)
{
	size_t in_raw = at <= x->m->body.n ? body_start(x) + at : NOWHERE;

	put(x, (struct edit){ .at = in_raw, .drop = drop, .insert = insert, .body = true });
}

void edit_irreversible(struct edits *x)
{
	x->reversible = false;
}

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Total, since no two edits have the same order: an unstable sort will do. */
static int compare_edits(const void *left, const void *right)
{
	const struct edit *a = left, *b = right;

	if (a->body != b->body) {
		return a->body ? 1 : -1;
	}
	if (a->at != b->at) {
		return compare(a->at, b->at);
	}
	if ((a->drop > 0) != (b->drop > 0)) {
		return a->drop > 0 ? 1 : -1;
	}
	return compare(a->order, b->order);
}

/* Every edit starts where the one before it ends, or later, and ends inside its half. */
static bool check_places(const struct edits *x, struct err *e)
{
	size_t free_from = 0;
	bool in_body = false;

	for (size_t i = 0; i < x->n; i++) {
		const struct edit *edit = &x->v[i];
		size_t end = edit->body ? x->m->raw.n : header_end(x);

		if (edit->body && !in_body) {
			free_from = body_start(x);
		}
		in_body = edit->body;
		if (edit->at > end || edit->drop > end - edit->at) {
			return err_set(e, ERR_BUG, "", "edit %zu: outside the %s", edit->order,
			               edit->body ? "body" : "header");
		}
		if (edit->at < free_from) {
			return err_set(e, ERR_BUG, "", "edit %zu: overlaps another one",
			               edit->order);
		}
		free_from = edit->at + edit->drop;
	}
	return true;
}

/* Whole fields, each with its CRLF, and nothing else. */
static bool is_fields(struct edits *x, struct span text)
{
	struct message m;

	return message_parse(x->arena, text, &m, NULL) && m.header.n == text.n &&
	       span_ends(text, SPAN("\r\n"));
}

/* Both sorted by position: one walk over the fields serves all edits. */
static bool check_fields(struct edits *x, struct err *e)
{
	size_t field = 0, start = 0;

	for (size_t i = 0; i < x->n && !x->v[i].body; i++) {
		const struct edit *edit = &x->v[i];

		while (start < edit->at) {
			start += x->m->fields[field++].raw.n;
		}
		if (start != edit->at) {
			return err_set(e, ERR_BUG, "", "edit %zu: starts inside a field",
			               edit->order);
		}
		while (start < edit->at + edit->drop) {
			start += x->m->fields[field++].raw.n;
		}
		if (start != edit->at + edit->drop) {
			return err_set(e, ERR_BUG, "", "edit %zu: ends inside a field",
			               edit->order);
		}
		if (edit->insert.n > 0 && !is_fields(x, edit->insert)) {
			return err_set(e, ERR_BUG, "",
			               "edit %zu: inserts what is no field: \"%.*s\"", edit->order,
			               SPAN_FMT(span_sub(edit->insert, 0, 100)));
		}
	}
	return true;
}

bool edit_finish(struct edits *x, struct err *e)
{
	if (x->n > 1) {
		qsort(x->v, x->n, sizeof(*x->v), compare_edits);
	}
	x->finished = check_places(x, e) && check_fields(x, e);
	return x->finished;
}

/*
 * The last header edit at or before the field's start is the only one that can
 * cover it, because at one position what drops is sorted last.
 */
bool edit_field_kept(const struct edits *x, size_t i)
{
	size_t start = offset(x, x->m->fields[i].raw);
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (!x->v[middle].body && x->v[middle].at <= start) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low == 0 || x->v[low - 1].drop <= start - x->v[low - 1].at;
}

static bool same_bytes(struct span a, struct span b)
{
	return a.p == b.p && a.n == b.n;
}

/* The fields that EDIT inserts. */
static bool map_insert(struct edits *x, struct edit *edit, edit_map_fn *fn, void *user,
                       struct err *e)
{
	struct message m;
	struct buf out = BUF_INIT;
	bool ok = message_parse(x->arena, edit->insert, &m, e);

	for (size_t i = 0; ok && i < m.count; i++) {
		struct span field = m.fields[i].raw;

		ok = fn(user, &m.fields[i], &field, e);
		buf_add(&out, ok ? field : SPAN(""));
	}
	edit->insert = buf_move(&out, x->arena);
	return ok;
}

bool edit_map(struct edits *x, edit_map_fn *fn, void *user, struct err *e)
{
	size_t n = x->n;
	bool *kept = arena_array(x->arena, x->m->count + 1, sizeof(*kept));

	/* All before the first change, which ends the order that edit_field_kept needs. */
	for (size_t i = 0; i < x->m->count; i++) {
		kept[i] = edit_field_kept(x, i);
	}
	for (size_t i = 0; i < n; i++) {
		struct edit *edit = &x->v[i];

		if (!edit->body && edit->insert.n > 0 && !map_insert(x, edit, fn, user, e)) {
			return false;
		}
	}
	for (size_t i = 0; i < x->m->count; i++) {
		struct span raw = x->m->fields[i].raw, field = raw;

		if (kept[i] && !fn(user, &x->m->fields[i], &field, e)) {
			return false;
		}
		if (!same_bytes(field, raw)) {
			edit_field_replace(x, i, field);
		}
	}
	x->finished = false;
	return true;
}

static void append(char *out, size_t *n, struct span s)
{
	if (s.n > 0) {
		memcpy(out + *n, s.p, s.n);
	}
	*n += s.n;
}

/* Kept fields; the last of the message may come without its CRLF. */
static void append_fields(char *out, size_t *n, struct span fields)
{
	append(out, n, fields);
	if (fields.n > 0 && !span_ends(fields, SPAN("\r\n"))) {
		append(out, n, SPAN("\r\n"));
	}
}

struct span edit_header(const struct edits *x)
{
	size_t room = header_end(x) + 2, n = 0, from = 0;
	char *out;

	for (size_t i = 0; i < x->n && !x->v[i].body; i++) {
		room += x->v[i].insert.n;
	}
	out = arena_alloc(x->arena, room);
	for (size_t i = 0; i < x->n && !x->v[i].body; i++) {
		append_fields(out, &n, span_sub(x->m->raw, from, x->v[i].at));
		append(out, &n, x->v[i].insert);
		from = x->v[i].at + x->v[i].drop;
	}
	append_fields(out, &n, span_sub(x->m->raw, from, header_end(x)));
	return (struct span){ out, n };
}

/* Two kept segments never touch, because put keeps out edits that do nothing. */
static void add_segment(struct segments *s, struct span bytes, bool kept)
{
	if (bytes.n == 0) {
		return;
	}
	s->v[s->n++] = (struct segment){ bytes, kept };
	s->bytes += bytes.n;
}

struct segments edit_segments(const struct edits *x)
{
	struct segments s = { NULL, 0, 0 };
	size_t first = 0, from = body_start(x);

	while (first < x->n && !x->v[first].body) {
		first++;
	}
	s.v = arena_array(x->arena, 2 * (x->n - first) + 1, sizeof(*s.v));
	for (size_t i = first; i < x->n; i++) {
		add_segment(&s, span_sub(x->m->raw, from, x->v[i].at), true);
		add_segment(&s, x->v[i].insert, false);
		from = x->v[i].at + x->v[i].drop;
	}
	add_segment(&s, span_from(x->m->raw, from), true);
	return s;
}

struct span edit_print(const struct edits *x)
{
	struct span header = edit_header(x);
	struct segments body = edit_segments(x);
	char *out = arena_alloc(x->arena, header.n + 2 + body.bytes);
	size_t n = 0;

	append(out, &n, header);
	append(out, &n, SPAN("\r\n"));
	for (size_t i = 0; i < body.n; i++) {
		append(out, &n, body.v[i].bytes);
	}
	return (struct span){ out, n };
}
