/*
 * What a character set's name stands for, and conversion through iconv.
 *
 * A name comes from a stranger and goes into iconv_open, which reads "/" as
 * the start of options and looks for files: only letters, digits and a few
 * signs may pass, and the number of sets that one text can open is bounded.
 */
#include "mail/charset.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

enum {
	SETS_MAX = 16,
	NAME_MAX_BYTES = 40,
	CHUNK = 512 /* bytes converted into at a time */
};

struct converter {
	char name[NAME_MAX_BYTES + 1]; /* as iconv is asked for it, lower case */
	iconv_t handle;
	bool known;
	bool utf8; /* needs no converter */
};

struct charsets {
	struct converter v[SETS_MAX];
	int n;
};

/* Names that are used for more than they say, and some that iconv does not know. */
static const struct {
	const char *name;
	const char *meant;
} aliases[] = {
	{ "ascii", "utf-8" },
	{ "us-ascii", "utf-8" },
	{ "ansi_x3.4-1968", "utf-8" },
	{ "utf8", "utf-8" },
	{ "unicode-1-1-utf-7", "utf-7" },
	{ "iso-8859-1", "windows-1252" },
	{ "latin1", "windows-1252" },
	{ "iso-8859-8-i", "iso-8859-8" },
	{ "iso-8859-8-e", "iso-8859-8" },
	{ "gb2312", "gb18030" },
	{ "x-gbk", "gb18030" },
	{ "gbk", "gb18030" },
	{ "euc-kr", "cp949" },
	{ "ks_c_5601-1987", "cp949" },
	{ "shift_jis", "cp932" },
	{ "shift-jis", "cp932" },
	{ "x-sjis", "cp932" },
	{ "x-mac-roman", "macintosh" },
};

static bool name_char(char c)
{
	return ascii_alnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
}

/* NAME in lower case as a C string in OUT. */
static bool clean_name(struct span name, char out[NAME_MAX_BYTES + 1])
{
	if (name.n == 0 || name.n > NAME_MAX_BYTES) {
		return false;
	}
	for (size_t i = 0; i < name.n; i++) {
		if (!name_char(name.p[i])) {
			return false;
		}
		out[i] = ascii_lower(name.p[i]);
	}
	out[name.n] = '\0';
	return true;
}

static struct span meant(struct span name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (span_iis(name, aliases[i].name)) {
			return span_str(aliases[i].meant);
		}
	}
	return name;
}

static void convert_open(struct converter *c)
{
	c->utf8 = strcmp(c->name, "utf-8") == 0;
	c->known = c->utf8;
	if (c->utf8) {
		return;
	}
	c->handle = iconv_open("UTF-8", c->name);
	c->known = c->handle != (iconv_t)-1;
}

struct charsets *charset_open(void)
{
	return mem_alloc(sizeof(struct charsets));
}

void charset_close(struct charsets *sets)
{
	if (!sets) {
		return;
	}
	for (int i = 0; i < sets->n; i++) {
		if (sets->v[i].known && !sets->v[i].utf8) {
			iconv_close(sets->v[i].handle);
		}
	}
	mem_free(sets);
}

int charset_find(struct charsets *sets, struct span name)
{
	struct converter fresh = { .known = false };

	if (!clean_name(meant(name), fresh.name)) {
		return -1;
	}
	for (int i = 0; i < sets->n; i++) {
		if (strcmp(sets->v[i].name, fresh.name) == 0) {
			return sets->v[i].known ? i : -1;
		}
	}
	if (sets->n == SETS_MAX) {
		return -1;
	}
	/* An unknown one is remembered as well: asking iconv again costs as much. */
	convert_open(&fresh);
	sets->v[sets->n++] = fresh;
	return fresh.known ? sets->n - 1 : -1;
}

/*
 * Convert as far as it goes, appending to OUT. Returns 0 when all of IN is
 * used up, else errno of iconv with *IN at the byte that stopped it.
 */
static int convert(iconv_t handle, struct span *in, struct buf *out)
{
	char chunk[CHUNK];
	char *from = (char *)(uintptr_t)in->p;
	size_t left = in->n;
	int code = 0;

	while (left > 0) {
		char *to = chunk;
		size_t room = sizeof(chunk), before = left;
		size_t r = iconv(handle, &from, &left, &to, &room);

		code = r == (size_t)-1 ? errno : 0;
		buf_add(out, (struct span){ chunk, sizeof(chunk) - room });
		if (code != E2BIG || (left == before && room == sizeof(chunk))) {
			break;
		}
	}
	*in = (struct span){ from, left };
	return code;
}

/* What a stateful set still has to write at the end. */
static void convert_end(iconv_t handle, struct buf *out)
{
	char chunk[CHUNK];
	char *to = chunk;
	size_t room = sizeof(chunk);

	iconv(handle, NULL, NULL, &to, &room);
	buf_add(out, (struct span){ chunk, sizeof(chunk) - room });
}

void charset_convert(struct charsets *sets, int number, struct span bytes, struct buf *out)
{
	struct converter *c = &sets->v[number];
	struct span in = bytes;

	if (c->utf8) {
		charset_repair(out, bytes);
		return;
	}
	iconv(c->handle, NULL, NULL, NULL, NULL);
	while (in.n > 0) {
		int code = convert(c->handle, &in, out);

		if (code == 0) {
			break;
		}
		buf_str(out, "\xef\xbf\xbd");
		if (code == EINVAL) {
			break;
		}
		in = span_from(in, 1);
	}
	convert_end(c->handle, out);
}

bool charset_to_utf8(struct buf *out, struct span name, struct span bytes)
{
	struct charsets *sets = charset_open();
	int number = charset_find(sets, name);

	if (number >= 0) {
		charset_convert(sets, number, bytes, out);
	}
	charset_close(sets);
	return number >= 0;
}

bool charset_from_utf8(struct buf *out, struct span name, struct span text)
{
	char clean[NAME_MAX_BYTES + 1];
	struct buf converted = BUF_INIT;
	struct span in = text;
	iconv_t handle;
	int code;

	/* Here the name means what it says: we write nothing that is not in it. */
	if (!clean_name(name, clean) || !utf8_valid(text)) {
		return false;
	}
	handle = iconv_open(clean, "UTF-8");
	if (handle == (iconv_t)-1) {
		return false;
	}
	code = convert(handle, &in, &converted);
	if (code == 0) {
		convert_end(handle, &converted);
		buf_add(out, buf_span(&converted));
	}
	iconv_close(handle);
	buf_free(&converted);
	return code == 0;
}

void charset_repair(struct buf *out, struct span text)
{
	size_t from = 0, at = 0;

	while (at < text.n) {
		size_t n = utf8_len(span_from(text, at));

		if (n > 0) {
			at += n;
			continue;
		}
		buf_add(out, span_sub(text, from, at));
		buf_str(out, "\xef\xbf\xbd");
		from = ++at;
	}
	buf_add(out, span_from(text, from));
}
