/*
 * Borrowed bytes. Nothing here allocates, and no function passes NULL to a
 * mem* function, whose behaviour would be undefined even for a length of 0.
 */

#include "base/span.h"

#include "base/ascii.h"

#include <string.h>

struct span span_str(const char *s)
{
	return (struct span){ s, s ? strlen(s) : 0 };
}

struct span span_sub(struct span s, size_t from, size_t to)
{
	if (to > s.n) {
		to = s.n;
	}
	if (from > to) {
		from = to;
	}
	if (!s.p) {
		return s;
	}
	return (struct span){ s.p + from, to - from };
}

struct span span_from(struct span s, size_t n)
{
	return span_sub(s, n, s.n);
}

static bool same_bytes(const char *a, const char *b, size_t n)
{
	return !n || memcmp(a, b, n) == 0;
}

static bool same_letters(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ascii_lower(a[i]) != ascii_lower(b[i])) {
			return false;
		}
	}
	return true;
}

bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && same_bytes(a.p, b.p, a.n);
}

bool span_ieq(struct span a, struct span b)
{
	return a.n == b.n && same_letters(a.p, b.p, a.n);
}

bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

bool span_iis(struct span a, const char *s)
{
	return span_ieq(a, span_str(s));
}

int span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order) {
		return order;
	}
	return (a.n > b.n) - (a.n < b.n);
}

int span_icmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)ascii_lower(a.p[i]);
		unsigned char y = (unsigned char)ascii_lower(b.p[i]);

		if (x != y) {
			return x < y ? -1 : 1;
		}
	}
	return (a.n > b.n) - (a.n < b.n);
}

bool span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && same_bytes(s.p, prefix.p, prefix.n);
}

bool span_istarts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && same_letters(s.p, prefix.p, prefix.n);
}

bool span_ends(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_eq(span_from(s, s.n - suffix.n), suffix);
}

bool span_iends(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_ieq(span_from(s, s.n - suffix.n), suffix);
}

size_t span_chr(struct span s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : SPAN_NONE;
}

size_t span_rchr(struct span s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : SPAN_NONE;
}

size_t span_find(struct span s, struct span needle)
{
	const char *at;

	if (!needle.n) {
		return 0;
	}
	if (needle.n > s.n) {
		return SPAN_NONE;
	}
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? (size_t)(at - s.p) : SPAN_NONE;
}

/* The plain search: its cost is the product of both lengths, and needles are short words. */
size_t span_ifind(struct span s, struct span needle)
{
	char first;

	if (!needle.n) {
		return 0;
	}
	first = ascii_lower(needle.p[0]);
	for (size_t i = 0; i + needle.n <= s.n; i++) {
		if (ascii_lower(s.p[i]) == first && same_letters(s.p + i, needle.p, needle.n)) {
			return i;
		}
	}
	return SPAN_NONE;
}

struct span span_trim(struct span s)
{
	s = span_rtrim(s);
	while (s.n && ascii_fws(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

struct span span_rtrim(struct span s)
{
	while (s.n && ascii_fws(s.p[s.n - 1])) {
		s.n--;
	}
	return s;
}

struct span span_cut(struct span *rest, char sep)
{
	struct span all = *rest;
	size_t at = span_chr(all, sep);

	if (at == SPAN_NONE) {
		*rest = (struct span){ NULL, 0 };
		return all;
	}
	*rest = span_from(all, at + 1);
	return span_sub(all, 0, at);
}

struct span span_word(struct span *rest)
{
	struct span s = span_trim(*rest);
	size_t n = 0;

	while (n < s.n && !ascii_fws(s.p[n])) {
		n++;
	}
	*rest = span_trim(span_from(s, n));
	return span_sub(s, 0, n);
}

struct span span_line(struct span *rest)
{
	struct span all = *rest;
	size_t end = 0;

	while (end < all.n) {
		size_t at = span_chr(span_from(all, end), '\n');

		if (at == SPAN_NONE) {
			break;
		}
		end += at + 1;
		if (end >= 2 && all.p[end - 2] == '\r') {
			*rest = span_from(all, end);
			return span_sub(all, 0, end);
		}
	}
	*rest = span_from(all, all.n);
	return all;
}

bool span_u64(struct span s, uint64_t *out)
{
	uint64_t value = 0;

	if (!s.n) {
		return false;
	}
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit = (uint64_t)(s.p[i] - '0');

		if (!ascii_digit(s.p[i])) {
			return false;
		}
		if (value > (UINT64_MAX - digit) / 10) {
			return false;
		}
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}
