/*
 * Filling the error value. Every function keeps errno as it found it, because
 * callers look at it after the text was made.
 */

#include "base/err.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct class_row {
	const char *name;
	int exit_code;
};

static const struct class_row classes[] = {
	[ERR_NONE] = { "none", EX_OK },
	[ERR_TEMPORARY] = { "temporary", EX_TEMPFAIL },
	[ERR_PERMANENT] = { "permanent", EX_DATAERR },
	[ERR_MISUSE] = { "misuse", EX_USAGE },
	[ERR_BUG] = { "bug", EX_SOFTWARE },
};

/* A text longer than E->text ends in "...", and not inside a UTF-8 character. */
static void mark_cut(struct err *e, size_t wanted)
{
	size_t end = sizeof(e->text) - 4;

	if (wanted < sizeof(e->text)) {
		return;
	}
	for (size_t i = 0; i < 3 && ((unsigned char)e->text[end] & 0xc0) == 0x80; i++) {
		end--;
	}
	memcpy(e->text + end, "...", 4);
}

static void put_text(struct err *e, const char *text, const char *behind)
{
	int n = snprintf(e->text, sizeof(e->text), "%s%s", text, behind);

	mark_cut(e, n < 0 ? 0 : (size_t)n);
}

bool err_set(struct err *e, enum err_class class, const char *status, const char *fmt, ...)
{
	int saved = errno;
	va_list args;
	int n;

	if (!e) {
		return false;
	}
	e->class = class;
	snprintf(e->status, sizeof(e->status), "%s", status ? status : "");
	va_start(args, fmt);
	n = vsnprintf(e->text, sizeof(e->text), fmt, args);
	va_end(args);
	mark_cut(e, n < 0 ? 0 : (size_t)n);
	errno = saved;
	return false;
}

bool err_errno(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	char what[sizeof(e->text)], why[128];
	va_list args;

	if (!e) {
		return false;
	}
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	snprintf(why, sizeof(why), ": %s", strerror(saved));
	e->class = ERR_TEMPORARY;
	snprintf(e->status, sizeof(e->status), "%s", saved == ENOSPC ? "4.3.1" : "4.3.0");
	put_text(e, what, why);
	errno = saved;
	return false;
}

bool err_prefix(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	char prefix[sizeof(e->text)], behind[sizeof(e->text) + 2];
	va_list args;

	if (!e) {
		return false;
	}
	va_start(args, fmt);
	vsnprintf(prefix, sizeof(prefix), fmt, args);
	va_end(args);
	snprintf(behind, sizeof(behind), ": %s", e->text);
	put_text(e, prefix, behind);
	errno = saved;
	return false;
}

static const struct class_row *row(enum err_class class)
{
	size_t count = sizeof(classes) / sizeof(classes[0]);

	return &classes[(size_t) class < count ? (size_t) class : (size_t)ERR_BUG];
}

int err_exit(enum err_class class)
{
	return row(class)->exit_code;
}

const char *err_class_name(enum err_class class)
{
	return row(class)->name;
}
