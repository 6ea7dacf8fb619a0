/*
 * The only callers of malloc and realloc. An arena is a list of chunks; the
 * newest ordinary chunk is at the head, and allocations are cut from its end.
 * Chunk sizes double from CHUNK_MIN to CHUNK_MAX. An allocation of a quarter
 * of CHUNK_MAX or more that does not fit gets a chunk of its own behind the
 * head, so that the room left in the head is not lost.
 *
 * Under AddressSanitizer unused room is poisoned and a gap is kept behind each
 * allocation: a read or write past its end is found, as with malloc.
 */

#include "base/mem.h"

#include "base/ascii.h"
#include "base/fault.h"

#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define CHUNK_MIN ((size_t)4 * 1024)
#define CHUNK_MAX ((size_t)1024 * 1024)
#define OWN_CHUNK (CHUNK_MAX / 4)

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEM_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define MEM_ASAN 1
#endif

#ifdef MEM_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP            sizeof(max_align_t)
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP            ((size_t)0)
#endif

struct chunk {
	struct chunk *next;
	size_t size; /* bytes in data */
	size_t used; /* of them, always a multiple of the alignment */
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct chunk *head; /* never NULL */
	size_t next_size;   /* of the next ordinary chunk */
};

void mem_exhausted(void)
{
	static const char line[] = "ladle: out of memory\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)written;
	_exit(EX_TEMPFAIL);
}

static size_t product(size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n)) {
		mem_exhausted();
	}
	return n;
}

static size_t sum(size_t a, size_t b)
{
	size_t n;

	if (__builtin_add_overflow(a, b, &n)) {
		mem_exhausted();
	}
	return n;
}

/* malloc(0) may be NULL, so the least is one byte; no object is larger than PTRDIFF_MAX. */
static size_t request(size_t n)
{
	if (n > PTRDIFF_MAX || fault_point("alloc")) {
		mem_exhausted();
	}
	return n ? n : 1;
}

void *mem_alloc(size_t n)
{
	void *p = calloc(1, request(n));

	if (!p) {
		mem_exhausted();
	}
	return p;
}

void *mem_resize(void *p, size_t n)
{
	void *q = realloc(p, request(n));

	if (!q) {
		mem_exhausted();
	}
	return q;
}

void *mem_resize_array(void *p, size_t count, size_t size)
{
	return mem_resize(p, product(count, size));
}

void mem_free(void *p)
{
	free(p);
}

void mem_keep_freed(void)
{
	/* Other C libraries decide for themselves. */
#ifdef __GLIBC__
	(void)mallopt(M_TRIM_THRESHOLD, (int)CHUNK_MAX);
	(void)mallopt(M_TOP_PAD, (int)(CHUNK_MAX / 4));
#endif
}

char *mem_str(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_resize(NULL, n), s, n);
}

static struct chunk *chunk_new(size_t size)
{
	struct chunk *c = mem_resize(NULL, sum(sizeof(struct chunk), size));

	c->next = NULL;
	c->size = size;
	c->used = 0;
	POISON(c->data, size);
	return c;
}

/* NEED bytes off the end of C, of which the caller uses N. */
static void *chunk_take(struct chunk *c, size_t n, size_t need)
{
	char *p = c->data + c->used;

	c->used += need;
	UNPOISON(p, n);
	return p;
}

struct arena *arena_new(void)
{
	struct arena *a = mem_alloc(sizeof(*a));

	a->head = chunk_new(CHUNK_MIN - sizeof(struct chunk));
	a->next_size = 2 * CHUNK_MIN;
	return a;
}

void arena_free(struct arena *a)
{
	struct chunk *c = a ? a->head : NULL;

	while (c) {
		struct chunk *next = c->next;

		UNPOISON(c->data, c->size);
		mem_free(c);
		c = next;
	}
	mem_free(a);
}

static void *take_own_chunk(struct arena *a, size_t n, size_t need)
{
	struct chunk *c = chunk_new(need);

	c->next = a->head->next;
	a->head->next = c;
	return chunk_take(c, n, need);
}

/* N bytes, not zeroed. */
static void *take(struct arena *a, size_t n)
{
	size_t align = _Alignof(max_align_t);
	size_t need = sum(sum(n, GAP), align - 1) & ~(align - 1);
	struct chunk *c = a->head;

	if (c->size - c->used >= need) {
		return chunk_take(c, n, need);
	}
	if (need >= OWN_CHUNK) {
		return take_own_chunk(a, n, need);
	}
	while (a->next_size - sizeof(struct chunk) < need) {
		a->next_size *= 2;
	}
	c = chunk_new(a->next_size - sizeof(struct chunk));
	c->next = a->head;
	a->head = c;
	if (a->next_size < CHUNK_MAX) {
		a->next_size *= 2;
	}
	return chunk_take(c, n, need);
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p = take(a, n);

	memset(p, 0, n);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	return arena_alloc(a, product(count, size));
}

char *arena_str(struct arena *a, struct span s)
{
	char *p = take(a, sum(s.n, 1));

	if (s.n) {
		memcpy(p, s.p, s.n);
	}
	p[s.n] = '\0';
	return p;
}

struct span arena_copy(struct arena *a, struct span s)
{
	return (struct span){ arena_str(a, s), s.n };
}

struct span arena_lower(struct arena *a, struct span s)
{
	char *p = arena_str(a, s);

	for (size_t i = 0; i < s.n; i++) {
		p[i] = ascii_lower(p[i]);
	}
	return (struct span){ p, s.n };
}

struct span arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, again;
	char *p;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0) { /* longer than INT_MAX */
		mem_exhausted();
	}
	p = take(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct span){ p, (size_t)n };
}

struct span arena_join(struct arena *a, struct span first, ...)
{
	va_list args;
	size_t total = 0, at = 0;
	char *p;

	va_start(args, first);
	for (struct span s = first; s.p; s = va_arg(args, struct span)) {
		total = sum(total, s.n);
	}
	va_end(args);
	p = take(a, sum(total, 1));
	va_start(args, first);
	for (struct span s = first; s.p; s = va_arg(args, struct span)) {
		memcpy(p + at, s.p, s.n);
		at += s.n;
	}
	va_end(args);
	p[total] = '\0';
	return (struct span){ p, total };
}

void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	void *wider;
	size_t used;

	if (n < *cap) {
		return v;
	}
	*cap = *cap ? product(*cap, 2) : 8;
	wider = arena_array(a, *cap, size);
	used = product(n, size);
	if (used) {
		memcpy(wider, v, used);
	}
	return wider;
}
