/*
 * Invariants: p is NULL exactly when cap is 0; otherwise n < cap and p[n] is
 * NUL. The storage doubles, so that adding byte by byte stays linear.
 */

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#define FIRST_CAP ((size_t)64)

void buf_free(struct buf *b)
{
	mem_free(b->p);
	*b = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->p) {
		b->p[0] = '\0';
	}
}

void buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;

	if (__builtin_add_overflow(b->n, more, &need) || need > SIZE_MAX / 4) {
		mem_exhausted();
	}
	need++; /* the NUL */
	if (need <= b->cap) {
		return;
	}
	cap = b->cap ? 2 * b->cap : FIRST_CAP;
	if (cap < need) {
		cap = need;
	}
	b->p = mem_resize(b->p, cap);
	b->cap = cap;
	b->p[b->n] = '\0';
}

void buf_add(struct buf *b, struct span s)
{
	if (!s.n) {
		return;
	}
	buf_reserve(b, s.n);
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, span_str(s));
}

void buf_chr(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0) { /* longer than INT_MAX */
		mem_exhausted();
	}
	buf_reserve(b, (size_t)n);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
}

struct span buf_move(struct buf *b, struct arena *arena)
{
	struct span s = arena_copy(arena, buf_span(b));

	buf_free(b);
	return s;
}
