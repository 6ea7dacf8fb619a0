/*
 * One event is one line and one write(2). Whatever a stranger sent stands
 * inside the quotes of its value: control characters, bytes that are not UTF-8
 * and characters that turn or break lines on a terminal are escaped.
 */

#include "base/log.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <syslog.h>
#include <time.h>
#include <unistd.h>

struct level_row {
	const char *name;
	int priority; /* of syslog */
};

static const struct level_row levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARNING] = { "warning", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG },
};

static const struct {
	const char *name;
	char byte;
} short_escapes[] = {
	{ "\\\"", '"' }, { "\\\\", '\\' }, { "\\n", '\n' }, { "\\r", '\r' }, { "\\t", '\t' },
};

/* How many bytes at the start of S can be shown as they are: one character, or 0. */
static size_t showable(struct span s)
{
	return s.p[0] == '"' || s.p[0] == '\\' ? 0 : utf8_printable(s);
}

static bool needs_quotes(struct span s)
{
	bool plain = s.n > 0;

	while (plain && s.n) {
		size_t n = showable(s);

		plain = n && s.p[0] != ' ' && s.p[0] != '=';
		s = span_from(s, n);
	}
	return !plain;
}

static void put_escaped(struct buf *line, char c)
{
	for (size_t i = 0; i < sizeof(short_escapes) / sizeof(short_escapes[0]); i++) {
		if (short_escapes[i].byte == c) {
			buf_str(line, short_escapes[i].name);
			return;
		}
	}
	buf_printf(line, "\\x%02x", (unsigned)(unsigned char)c);
}

static void put_quoted(struct buf *line, struct span s)
{
	buf_chr(line, '"');
	while (s.n) {
		size_t n = showable(s);

		if (n) {
			buf_add(line, span_sub(s, 0, n));
		} else {
			put_escaped(line, s.p[0]);
		}
		s = span_from(s, n ? n : 1);
	}
	buf_chr(line, '"');
}

/* The start of S that fits LIMIT_LOG_VALUE, cut between characters. */
static struct span cut_value(struct span s)
{
	size_t n = LIMIT_LOG_VALUE;

	if (s.n <= n) {
		return s;
	}
	for (size_t i = 0; i < 3 && ((unsigned char)s.p[n] & 0xc0) == 0x80; i++) {
		n--;
	}
	return span_sub(s, 0, n);
}

static void put_pair(struct buf *line, const char *key, struct span value)
{
	struct span shown = cut_value(value);

	if (line->n) {
		buf_chr(line, ' ');
	}
	buf_str(line, key);
	buf_chr(line, '=');
	if (needs_quotes(shown)) {
		put_quoted(line, shown);
	} else {
		buf_add(line, shown);
	}
	if (shown.n < value.n) {
		buf_str(line, "...");
	}
}

void log_format(struct buf *line, const struct log *log, enum log_level level, const char *event,
                const struct log_pair *pairs, size_t count)
{
	if (log->station) {
		put_pair(line, "station", span_str(log->station));
	}
	put_pair(line, "level", span_str(levels[level].name));
	put_pair(line, "event", span_str(event));
	for (size_t i = 0; i < count; i++) {
		put_pair(line, pairs[i].key, pairs[i].value);
	}
}

static void put_time(struct buf *line)
{
	struct env env = env_real();
	time_t now = (time_t)env.now(&env);
	char text[32];
	struct tm tm;

	if (!gmtime_r(&now, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ ", &tm)) {
		return;
	}
	buf_str(line, text);
}

/* A log that cannot be written must not stop the mail, so the result is not looked at. */
static void to_stderr(struct span text)
{
	struct buf line = BUF_INIT;
	ssize_t written;

	put_time(&line);
	buf_add(&line, text);
	buf_chr(&line, '\n');
	written = write(STDERR_FILENO, line.p, line.n);
	(void)written;
	buf_free(&line);
}

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_pair *pairs, size_t count)
{
	struct buf text = BUF_INIT;

	if (log->target == LOG_TARGET_NONE || level > log->level) {
		return;
	}
	log_format(&text, log, level, event, pairs, count);
	if (log->target == LOG_TARGET_SYSLOG) {
		syslog(LOG_MAIL | levels[level].priority, "%s", text.p);
	} else {
		to_stderr(buf_span(&text));
	}
	buf_free(&text);
}
