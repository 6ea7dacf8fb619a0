/*
 * Which lines differ. What both texts begin and end with is taken off first, so that the
 * usual change, a few lines in a long text, never sees the rest.
 *
 * Myers: an edit path goes from (0,0) to (n,m) by deleting an old line (x + 1), inserting a
 * new one (y + 1) or keeping a line that is the same (both). reach[d] has, for each diagonal
 * k = x - y that d edits lead to, the farthest x there; every step stays inside the texts.
 */
#include "mail/diff.h"

#include "base/limits.h"

#include <string.h>

struct line {
	struct span text; /* with its LF */
	uint64_t hash;
};

struct side {
	struct line *v;
	size_t n;
};

/* FNV-1a */
static uint64_t hash_of_line(struct span s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.n; i++) {
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	}
	return h;
}

static struct span cut_line(struct span *rest)
{
	size_t lf = span_chr(*rest, '\n');
	size_t n = lf == SPAN_NONE ? rest->n : lf + 1;
	struct span line = span_sub(*rest, 0, n);

	*rest = span_from(*rest, n);
	return line;
}

static size_t count_lines(struct span text)
{
	size_t n = 0;

	while (text.n > 0) {
		cut_line(&text);
		n++;
	}
	return n;
}

/* ---- what is the same at both ends ---- */

/* Bytes of the whole lines that both begin with. */
static size_t common_start(struct span a, struct span b)
{
	size_t most = a.n < b.n ? a.n : b.n, i = 0, line = 0;

	for (; i < most && a.p[i] == b.p[i]; i++) {
		if (a.p[i] == '\n') {
			line = i + 1;
		}
	}
	return i == a.n && i == b.n ? i : line;
}

static bool at_line_start(struct span s, size_t i)
{
	return i == 0 || s.p[i - 1] == '\n';
}

/* Bytes of the whole lines that both end with. */
static size_t common_end(struct span a, struct span b)
{
	size_t most = a.n < b.n ? a.n : b.n, i = 0, line = 0;

	for (; i <= most; i++) {
		if (i > 0 && a.p[a.n - i] != b.p[b.n - i]) {
			break;
		}
		if (at_line_start(a, a.n - i) && at_line_start(b, b.n - i)) {
			line = i;
		}
	}
	return line;
}

/* ---- between them ---- */

struct search {
	struct arena *arena;
	struct side old, new;
	int32_t *reach[LIMIT_DIFF_DISTANCE + 1]; /* reach[d][(k + d) / 2]; -1: nothing there */
	uint64_t work;                           /* that may still be done */
};

static bool same(struct search *s, int32_t x, int32_t y)
{
	const struct line *a = &s->old.v[x], *b = &s->new.v[y];
	uint64_t cost = 1 + (a->hash == b->hash ? a->text.n / 64 : 0);

	s->work -= cost < s->work ? cost : s->work;
	return a->hash == b->hash && span_eq(a->text, b->text);
}

static int32_t reached(const struct search *s, int32_t d, int32_t k)
{
	return k < -d || k > d ? -1 : s->reach[d][(k + d) / 2];
}

/*
 * Where edit D arrives on diagonal K, before lines that are kept; *DELETED says by which
 * edit. -1: nowhere inside the texts.
 */
static int32_t arrive(const struct search *s, int32_t d, int32_t k, bool *deleted)
{
	int32_t n = (int32_t)s->old.n, m = (int32_t)s->new.n;
	int32_t down = reached(s, d - 1, k + 1), right = reached(s, d - 1, k - 1);

	if (down >= 0 && down - k > m) {
		down = -1;
	}
	right = right >= 0 && right < n ? right + 1 : -1;
	*deleted = right > down;
	return right > down ? right : down;
}

/* All that D edits reach; true when that is the end of both. */
static bool reach_out(struct search *s, int32_t d)
{
	int32_t n = (int32_t)s->old.n, m = (int32_t)s->new.n;
	bool end = false;

	s->reach[d] = arena_array(s->arena, (size_t)d + 1, sizeof(int32_t));
	for (int32_t k = -d; k <= d; k += 2) {
		bool deleted;
		int32_t x = d == 0 ? 0 : arrive(s, d, k, &deleted);

		while (x >= 0 && x < n && x - k < m && same(s, x, x - k)) {
			x++;
		}
		s->reach[d][(k + d) / 2] = x;
		end = end || (x == n && x - k == m);
	}
	return end;
}

/* The number of edits from start to end; -1 when a limit comes first. */
static int32_t distance(struct search *s)
{
	for (int32_t d = 0; d <= (int32_t)LIMIT_DIFF_DISTANCE && s->work > 0; d++) {
		if (reach_out(s, d)) {
			return d;
		}
	}
	return -1;
}

/* The path of D edits backwards, edits side by side as one change. */
static void walk_back(const struct search *s, int32_t d, struct diff *out)
{
	int32_t k = (int32_t)s->old.n - (int32_t)s->new.n;
	size_t cap = 0;

	for (; d > 0; d--) {
		bool deleted;
		int32_t x = arrive(s, d, k, &deleted), y = x - k;
		struct diff_change *last = out->n > 0 ? &out->v[out->n - 1] : NULL;

		if (!last || last->old_at != (size_t)x || last->new_at != (size_t)y) {
			last = ARENA_PUSH(s->arena, out->v, out->n, cap);
			*last = (struct diff_change){ (size_t)x, 0, (size_t)y, 0 };
		}
		if (deleted) {
			last->old_at--;
			last->old_n++;
		} else {
			last->new_at--;
			last->new_n++;
		}
		k += deleted ? -1 : 1;
	}
	for (size_t i = 0; i < out->n / 2; i++) {
		struct diff_change swap = out->v[i];

		out->v[i] = out->v[out->n - 1 - i];
		out->v[out->n - 1 - i] = swap;
	}
}

static struct side side_of(struct arena *arena, struct span text, size_t n)
{
	struct side side = { arena_array(arena, n, sizeof(*side.v)), n };

	for (size_t i = 0; i < n; i++) {
		side.v[i].text = cut_line(&text);
		side.v[i].hash = hash_of_line(side.v[i].text);
	}
	return side;
}

static void one_change(struct arena *arena, size_t old_n, size_t new_n, struct diff *out)
{
	out->v = ARENA_NEW(arena, struct diff_change);
	out->v[0] = (struct diff_change){ 0, old_n, 0, new_n };
	out->n = 1;
}

/* The least difference of OLD and NEW, which begin and end differently. */
static void compare(struct arena *arena, struct span old, struct span new, struct diff *out)
{
	size_t old_n = count_lines(old), new_n = count_lines(new);
	struct search *s;
	int32_t d = -1;

	if (old_n == 0 || new_n == 0) {
		one_change(arena, old_n, new_n, out);
		return;
	}
	if (old_n <= LIMIT_DIFF_LINES && new_n <= LIMIT_DIFF_LINES) {
		s = ARENA_NEW(arena, struct search);
		s->arena = arena;
		s->old = side_of(arena, old, old_n);
		s->new = side_of(arena, new, new_n);
		s->work = LIMIT_DIFF_WORK;
		d = distance(s);
	}
	if (d >= 0) {
		walk_back(s, d, out);
	} else {
		one_change(arena, old_n, new_n, out);
		out->rough = true;
	}
}

struct diff diff_lines(struct arena *arena, struct span old, struct span new)
{
	struct diff out = { NULL, 0, 0, 0, false };
	size_t start = common_start(old, new), end, before;
	struct span old_middle = span_from(old, start), new_middle = span_from(new, start);

	end = common_end(old_middle, new_middle);
	old_middle = span_sub(old_middle, 0, old_middle.n - end);
	new_middle = span_sub(new_middle, 0, new_middle.n - end);
	if (old_middle.n > 0 || new_middle.n > 0) {
		compare(arena, old_middle, new_middle, &out);
	}
	before = count_lines(span_sub(old, 0, start));
	for (size_t i = 0; i < out.n; i++) {
		out.v[i].old_at += before;
		out.v[i].new_at += before;
	}
	out.old_lines = count_lines(old);
	out.new_lines = count_lines(new);
	return out;
}
