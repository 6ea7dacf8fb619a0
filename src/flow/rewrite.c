/* Messages made of messages, and where their bytes come from. */
#include "flow/rewrite.h"

#include <stdio.h>

void rewrite_begin(struct rewrite *w, struct arena *arena, const struct message *m)
{
	struct segment *all = ARENA_NEW(arena, struct segment);
	*all = (struct segment){ .bytes = m->body, .kept = true };
	*w = (struct rewrite){
		.arena = arena,
		.stored = m->raw,
		.message = *m,
		.body = { .v = all, .n = m->body.n > 0, .bytes = m->body.n },
	};
}

static bool write_message(FILE *f, struct span header, const struct segments *body)
{
	bool ok = fwrite(header.p, 1, header.n, f) == header.n && fputs("\r\n", f) >= 0;
	for (size_t i = 0; ok && i < body->n; i++) {
		ok = fwrite(body->v[i].bytes.p, 1, body->v[i].bytes.n, f) == body->v[i].bytes.n;
	}
	return ok && fflush(f) == 0;
}

/* In an unlinked file, mapped: a large message must not become anonymous memory. */
static bool print(struct arena *arena, const struct edits *x, const struct segments *body,
                  struct file_map *map, struct err *e)
{
	FILE *f = tmpfile();
	bool ok = false;
	if (!f || !write_message(f, edit_header(x), body)) {
		err_errno(e, "cannot write the changed message");
	} else {
		ok = file_map(arena_printf(arena, "/proc/self/fd/%d", fileno(f)).p, map, e);
	}
	if (f) {
		fclose(f);
	}
	return ok;
}

bool rewrite_pass(struct rewrite *w, struct edits *x, struct err *e)
{
	struct message made;
	struct file_map map = { 0 };
	if (!edit_finish(x, e)) {
		return false;
	}
	struct segments body = edit_segments(x);
	if (!print(w->arena, x, &body, &map, e)) {
		return false;
	}
	if (!message_parse(w->arena, map.bytes, &made, e)) {
		file_unmap(&map);
		return false;
	}
	w->body = rewrite_body(w, &body);
	rewrite_end(w);
	w->map = map;
	w->message = made;
	w->changed = true;
	return true;
}

void rewrite_end(struct rewrite *w)
{
	file_unmap(&w->map);
}

/* Where in W's body we are: ranges are asked for in ascending order. */
struct cursor {
	size_t index; /* of a segment */
	size_t start; /* of that segment, in W's body */
};

static void push(const struct rewrite *w, struct segments *out, size_t *cap, struct segment s)
{
	*ARENA_PUSH(w->arena, out->v, out->n, *cap) = s;
	out->bytes += s.bytes.n;
}

/* The segments that make up bytes FROM to TO of W's body. */
static void push_range(const struct rewrite *w, struct cursor *c, size_t from, size_t to,
                       struct segments *out, size_t *cap)
{
	while (c->index < w->body.n && c->start < to) {
		const struct segment *s = &w->body.v[c->index];
		size_t end = c->start + s->bytes.n;
		if (end > from) {
			struct span part = span_sub(s->bytes, from > c->start ? from - c->start : 0,
			                            to - c->start);
			push(w, out, cap, (struct segment){ part, s->kept });
		}
		if (end > to) {
			return; /* the next range may begin in here */
		}
		c->start = end;
		c->index++;
	}
}

struct segments rewrite_body(const struct rewrite *w, const struct segments *body)
{
	struct segments out = { 0 };
	struct cursor c = { 0 };
	size_t cap = 0;
	for (size_t i = 0; i < body->n; i++) {
		const struct segment *s = &body->v[i];
		if (s->kept) {
			size_t from = (size_t)(s->bytes.p - w->message.body.p);
			push_range(w, &c, from, from + s->bytes.n, &out, &cap);
		} else {
			push(w, &out, &cap, *s);
		}
	}
	return out;
}
