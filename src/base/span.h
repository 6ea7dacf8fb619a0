#ifndef LADLE_BASE_SPAN_H
#define LADLE_BASE_SPAN_H

/*
 * Borrowed bytes: a pointer and a length, never NUL-terminated, NUL bytes
 * allowed. A span owns nothing; whoever made it says how long it lives.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *p; /* first byte; may be NULL only when n is 0 */
	size_t n;      /* length in bytes */
};

/* A span over a string literal. */
#define SPAN(lit) ((struct span){ (lit), sizeof(lit) - 1 })
/* For initialisers of static tables. */
#define SPAN_INIT(lit)                                                                             \
	{                                                                                          \
		(lit), sizeof(lit) - 1                                                             \
	}
/* printf: "%.*s", SPAN_FMT(s). */
#define SPAN_FMT(s) (int)(s).n, (s).p

/* The span of a NUL-terminated string; NULL gives the empty span. */
struct span span_str(const char *s);
/* Bytes [from, to) of S, both clamped to its length. */
struct span span_sub(struct span s, size_t from, size_t to);
/* S without its first N bytes (clamped). */
struct span span_from(struct span s, size_t n);

bool span_eq(struct span a, struct span b);
/* Equal but for ASCII case. */
bool span_ieq(struct span a, struct span b);
bool span_is(struct span a, const char *s);
/* As span_is, without regard to ASCII case. */
bool span_iis(struct span a, const char *s);
/* memcmp order, a shorter prefix first. */
int span_cmp(struct span a, struct span b);
/* The order of their lower-case forms (ASCII), which is that of canonical field names. */
int span_icmp(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);
bool span_istarts(struct span s, struct span prefix);
bool span_ends(struct span s, struct span suffix);
bool span_iends(struct span s, struct span suffix);

#define SPAN_NONE ((size_t)-1)
/* Index of the first (last) byte C, or SPAN_NONE. */
size_t span_chr(struct span s, char c);
size_t span_rchr(struct span s, char c);
/* Index of the first NEEDLE, or SPAN_NONE. */
size_t span_find(struct span s, struct span needle);
size_t span_ifind(struct span s, struct span needle);

/* Without SP, HTAB, CR and LF at both ends / at the end. */
struct span span_trim(struct span s);
struct span span_rtrim(struct span s);

/*
 * Cut *REST at the first SEP: returns what stood before it and moves *REST
 * behind it. Without a SEP the whole is returned and *REST gets p == NULL, so
 * that `while (rest.p)` walks every piece, empty ones included.
 */
struct span span_cut(struct span *rest, char sep);

/* The next word of *REST, which moves behind it; white space is SP, HTAB, CR, LF. Empty at the end.
 */
struct span span_word(struct span *rest);

/*
 * The next line of *REST including its CRLF (or without, if the last line has
 * none); moves *REST behind it. Only CRLF ends a line. Empty when *REST is.
 */
struct span span_line(struct span *rest);

/*
 * A decimal number, digits only, at least one, all of S. False on anything
 * else or when it does not fit.
 */
bool span_u64(struct span s, uint64_t *out);

#endif
