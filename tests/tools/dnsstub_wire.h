/*
 * dnsstub_wire.h - DNS messages (RFC 1035): a query read, the parts of an answer written.
 *
 * Names are text here: labels with dots between them, any octet that would be unclear as \DDD, the
 * root as the empty string. Nothing is compressed.
 */
#ifndef LADLE_TESTS_DNSSTUB_WIRE_H
#define LADLE_TESTS_DNSSTUB_WIRE_H

#include "tool.h"

enum {
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_TXT = 16,
	TYPE_OPT = 41,
	TYPE_ANY = 255,
	CLASS_IN = 1,
	FLAG_TRUNCATED = 0x0200,
	RCODE_OK = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5
};

enum {
	HEADER_SIZE = 12,
	MAX_NAME = 255,
	PLAIN_UDP_SIZE = 512,
	OUR_UDP_SIZE = 4096,
	MAX_CHAIN = 8,
	NEGATIVE_TTL = 60,
	DEFAULT_TTL = 300,
	INPUT_SIZE = 65536 + 2
};

struct query {
	uint16_t id;
	uint16_t flags;
	char name[MAX_NAME * 4 + 1]; /* as text, odd bytes as \DDD */
	unsigned type;
	unsigned class;
	size_t question_size; /* of its bytes after the header */
	bool extended;        /* it has an OPT record (RFC 6891) */
	size_t room;          /* for the answer */
};

/* What a query gets. */
struct answer {
	struct text bytes;
	unsigned count;
	unsigned rcode;
	bool found; /* of the type that was asked for */
	bool truncated;
	bool unanswered;
	unsigned long delay;
};

static inline void put_number(struct text *t, unsigned long value, int octets)
{
	for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
		char octet = (char)(value >> shift & 0xff);

		text_append(t, &octet, 1);
	}
}

static inline unsigned get_number(const char *p)
{
	return (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

/* One octet of a name as text: itself, or \DDD; returns its value. */
static inline unsigned char take_octet(const char **p)
{
	const char *at = *p;
	bool coded = at[0] == '\\' && at[1] >= '0' && at[1] <= '2' && at[2] && at[3];

	*p += coded ? 4 : 1;
	if (!coded) {
		return (unsigned char)at[0];
	}
	return (unsigned char)((at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0'));
}

/* Writes a name without compression. A label that is too long for DNS is cut. */
static inline void put_name(struct text *t, const char *name)
{
	while (*name) {
		char label[63];
		size_t len = 0;

		while (*name && *name != '.') {
			char octet = (char)take_octet(&name);

			if (len < sizeof(label)) {
				label[len++] = octet;
			}
		}
		if (*name) {
			name++;
		}
		put_number(t, len, 1);
		text_append(t, label, len);
	}
	put_number(t, 0, 1);
}

static inline void put_record(struct text *t, const char *name, unsigned type, unsigned long ttl,
                              const struct text *data)
{
	put_name(t, name);
	put_number(t, type, 2);
	put_number(t, CLASS_IN, 2);
	put_number(t, ttl, 4);
	put_number(t, data->len, 2);
	text_append(t, data->data, data->len);
}

/* Text as the strings of up to 255 octets that a TXT record consists of, at least one. */
static inline void put_txt(struct answer *a, const char *name, unsigned long ttl, const char *text)
{
	struct text data = { 0 };
	size_t left = strlen(text);

	do {
		size_t len = left < 255 ? left : 255;

		put_number(&data, len, 1);
		text_append(&data, text, len);
		text += len;
		left -= len;
	} while (left);
	put_record(&a->bytes, name, TYPE_TXT, ttl, &data);
	a->count++;
	a->found = true;
	text_free(&data);
}

static inline void put_cname(struct answer *a, const char *name, unsigned long ttl,
                             const char *target)
{
	struct text data = { 0 };

	put_name(&data, target);
	put_record(&a->bytes, name, TYPE_CNAME, ttl, &data);
	a->count++;
	text_free(&data);
}

/* The SOA of a negative answer, with the root as its zone. */
static inline void put_soa(struct text *t)
{
	static const unsigned long numbers[] = { 1, 3600, 600, 86400, NEGATIVE_TTL };
	struct text data = { 0 };

	put_name(&data, "ns.invalid");
	put_name(&data, "hostmaster.invalid");
	for (size_t i = 0; i < 5; i++) {
		put_number(&data, numbers[i], 4);
	}
	put_record(t, "", TYPE_SOA, NEGATIVE_TTL, &data);
	text_free(&data);
}

/* Adds one octet of a label to a name as text. */
static inline size_t print_octet(char *to, unsigned char octet)
{
	if (octet > ' ' && octet < 127 && octet != '.' && octet != '\\') {
		*to = (char)octet;
		return 1;
	}
	*to++ = '\\';
	*to++ = (char)('0' + octet / 100);
	*to++ = (char)('0' + octet / 10 % 10);
	*to = (char)('0' + octet % 10);
	return 4;
}

/* Reads the name of the question into q->name; returns its size, 0 if it is broken. */
static inline size_t parse_name(struct query *q, const char *p, size_t n)
{
	size_t at = 0, out = 0;

	while (at < n && p[at]) {
		size_t len = (unsigned char)p[at++];

		if (len > 63 || len >= n - at || at + len >= MAX_NAME) {
			return 0;
		}
		if (out) {
			q->name[out++] = '.';
		}
		for (; len; len--) {
			out += print_octet(q->name + out, (unsigned char)p[at++]);
		}
	}
	q->name[out] = '\0';
	return at < n ? at + 1 : 0;
}

/* Reads a query; false if it is none that can be answered at all. */
static inline bool parse_query(struct query *q, const char *p, size_t n, bool tcp)
{
	size_t name_size, at;

	*q = (struct query){ .room = tcp ? UINT16_MAX : PLAIN_UDP_SIZE };
	if (n < HEADER_SIZE || p[2] & 0x80 || get_number(p + 4) != 1) {
		return false;
	}
	q->id = (uint16_t)get_number(p);
	q->flags = (uint16_t)get_number(p + 2);
	name_size = parse_name(q, p + HEADER_SIZE, n - HEADER_SIZE);
	q->question_size = name_size + 4;
	at = HEADER_SIZE + q->question_size;
	if (!name_size || at > n) {
		return false;
	}
	q->type = get_number(p + at - 4);
	q->class = get_number(p + at - 2);
	if (get_number(p + 10) && n - at >= 11 && !p[at] && get_number(p + at + 1) == TYPE_OPT) {
		unsigned size = get_number(p + at + 3);

		q->extended = true;
		if (!tcp && size > PLAIN_UDP_SIZE) {
			q->room = size < OUR_UDP_SIZE ? size : OUR_UDP_SIZE;
		}
	}
	return true;
}

#endif
