/*
 * UTF-8 as RFC 3629 section 4 defines it. The second byte has a range of its
 * own behind some first bytes: that excludes overlong forms, surrogates and
 * everything above U+10FFFF.
 */

#include "base/utf8.h"

#include "base/ascii.h"

#include <string.h>

struct lead {
	unsigned char from, to;  /* first byte */
	unsigned char low, high; /* range of the second byte */
	unsigned char length;
};

static const struct lead leads[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct lead *find_lead(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (byte >= leads[i].from && byte <= leads[i].to) {
			return &leads[i];
		}
	}
	return NULL;
}

size_t utf8_len(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	const struct lead *lead;

	if (!s.n) {
		return 0;
	}
	if (p[0] < 0x80) {
		return 1;
	}
	lead = find_lead(p[0]);
	if (!lead || s.n < lead->length || p[1] < lead->low || p[1] > lead->high) {
		return 0;
	}
	for (size_t i = 2; i < lead->length; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return lead->length;
}

/* How many bytes at the start of S are ASCII, counted in whole words of eight. */
static size_t ascii_words(struct span s)
{
	size_t i = 0;

	for (; s.n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, s.p + i, sizeof(word));
		if (word & 0x8080808080808080u) {
			break;
		}
	}
	return i;
}

bool utf8_valid(struct span s)
{
	while (s.n) {
		size_t n = ascii_words(s);

		if (!n) {
			n = utf8_len(s);
		}
		if (!n) {
			return false;
		}
		s.p += n;
		s.n -= n;
	}
	return true;
}

bool utf8_ascii(struct span s)
{
	for (size_t i = ascii_words(s); i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80) {
			return false;
		}
	}
	return true;
}

/*
 * Controls U+0080 to U+009F, line separators and direction overrides U+2028 to
 * U+202E, isolates U+2066 to U+2069: first bytes and the range of the last one.
 */
static const struct {
	struct span start;
	unsigned char from, to;
} unsafe_characters[] = {
	{ SPAN_INIT("\xc2"), 0x80, 0x9f },
	{ SPAN_INIT("\xe2\x80"), 0xa8, 0xae },
	{ SPAN_INIT("\xe2\x81"), 0xa6, 0xa9 },
};

static bool unsafe_character(struct span c)
{
	unsigned char last = (unsigned char)c.p[c.n - 1];

	for (size_t i = 0; i < sizeof(unsafe_characters) / sizeof(unsafe_characters[0]); i++) {
		if (c.n == unsafe_characters[i].start.n + 1 &&
		    span_starts(c, unsafe_characters[i].start) &&
		    last >= unsafe_characters[i].from && last <= unsafe_characters[i].to) {
			return true;
		}
	}
	return false;
}

size_t utf8_printable(struct span s)
{
	size_t n = utf8_len(s);

	if (n == 1) {
		return ascii_cntrl(s.p[0]) ? 0 : 1;
	}
	return n && !unsafe_character(span_sub(s, 0, n)) ? n : 0;
}
