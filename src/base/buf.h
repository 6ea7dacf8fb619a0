#ifndef LADLE_BASE_BUF_H
#define LADLE_BASE_BUF_H

/*
 * Owned bytes that grow. Start with BUF_INIT, end with buf_free. p is always
 * NUL-terminated behind n once something was added (NULL before).
 */

#include "base/mem.h"
#include "base/span.h"

struct buf {
	char *p;    /* owned */
	size_t n;   /* bytes used */
	size_t cap; /* bytes held */
};

#define BUF_INIT                                                                                   \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

void buf_free(struct buf *b);                 /* frees, back to BUF_INIT */
void buf_clear(struct buf *b);                /* n = 0, keeps the storage */
void buf_reserve(struct buf *b, size_t more); /* room for MORE more bytes */
void buf_add(struct buf *b, struct span s);
void buf_str(struct buf *b, const char *s);
void buf_chr(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What it holds; valid until the next change. */
static inline struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}
/* Copy into ARENA, then buf_free. */
struct span buf_move(struct buf *b, struct arena *arena);

#endif
