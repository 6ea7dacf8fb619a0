#ifndef LADLE_BASE_MEM_H
#define LADLE_BASE_MEM_H

/*
 * Memory. No function here returns NULL: when memory ends, the process writes
 * one line to standard error and leaves with EX_TEMPFAIL by _exit. That is safe
 * because every station of the flow may be killed between any two instructions,
 * and it is the answer an MTA needs (75: keep the mail, try again). A message
 * that alone needs too much is caught by the limits and by the bounded number
 * of attempts.
 *
 * The arena: one per message or request. Everything allocated from it lives
 * until arena_free; there is no other free.
 */

#include "base/span.h"

#include <stdarg.h>

/* The end described above; for a size that overflows before it can be asked for. */
_Noreturn void mem_exhausted(void);
void *mem_alloc(size_t n);                                  /* zeroed */
void *mem_resize(void *p, size_t n);                        /* as realloc */
void *mem_resize_array(void *p, size_t count, size_t size); /* overflow checked */
void mem_free(void *p);                                     /* NULL is fine */
/*
 * From now on up to a MiB of freed memory stays with the process: who does the same again and
 * again, message after message, would else return the pages and ask for them each time.
 */
void mem_keep_freed(void);
char *mem_str(const char *s); /* copy, free with mem_free */

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */

/* N zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);
/* COUNT zeroed elements of SIZE bytes. */
void *arena_array(struct arena *a, size_t count, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* A copy of S (NUL-terminated behind its end, the NUL not counted). */
struct span arena_copy(struct arena *a, struct span s);
/* The same as a C string; NUL bytes in S stay in it. */
char *arena_str(struct arena *a, struct span s);
/* As arena_copy, with the ASCII letters in lower case. */
struct span arena_lower(struct arena *a, struct span s);
/* printf into the arena. */
struct span arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * A, B, C… joined; end with an argument whose p is NULL: SPAN_END. So a part
 * that may be empty needs a p all the same: SPAN("").
 */
#define SPAN_END ((struct span){ NULL, 0 })
struct span arena_join(struct arena *a, struct span first, ...);

/*
 * Growing array in an arena:
 *     struct field *v = NULL; size_t n = 0, cap = 0;
 *     *ARENA_PUSH(arena, v, n, cap) = x;
 * Doubles by copying; the old storage stays in the arena.
 */
#define ARENA_PUSH(a, v, n, cap)                                                                   \
	((v) = arena_grow((a), (v), (n), &(cap), sizeof(*(v))), &(v)[(n)++])
void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

#endif
