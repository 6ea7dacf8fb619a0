/*
 * tool.h - the few things every test tool needs: a growable byte string, a fatal error, numbers
 * from the command line, the clock, files that appear whole. The tools use nothing of Ladle's own
 * library, so that a fault there cannot hide itself in the tool that should show it.
 *
 * A tool that cannot go on says why on stderr and ends: there is nobody to recover for.
 */
#ifndef LADLE_TESTS_TOOL_H
#define LADLE_TESTS_TOOL_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Exit codes of the tools, as in sysexits.h. */
enum { TOOL_MISUSE = 64, TOOL_FAILED = 70 };

/* A growable byte string. All zero is an empty one. */
struct text {
	char *data;
	size_t len;
	size_t room;
};

/* Prints "PROGRAM: MESSAGE" on stderr and ends the process with `status`. */
__attribute__((noreturn, format(printf, 2, 3))) static inline void die(int status,
                                                                       const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

/* Returns `size` fresh zero bytes, to be freed by the caller. */
static inline void *new_bytes(size_t size)
{
	void *bytes = calloc(1, size);

	if (!bytes) {
		die(TOOL_FAILED, "out of memory");
	}
	return bytes;
}

/* Makes room for `more` bytes after the present ones. */
static inline void text_reserve(struct text *t, size_t more)
{
	size_t room = t->room ? t->room : 256;

	if (t->room - t->len >= more) {
		return;
	}
	while (room - t->len < more) {
		room *= 2;
	}
	t->data = realloc(t->data, room);
	if (!t->data) {
		die(TOOL_FAILED, "out of memory");
	}
	t->room = room;
}

static inline void text_append(struct text *t, const char *bytes, size_t len)
{
	if (!len) {
		return;
	}
	text_reserve(t, len);
	memcpy(t->data + t->len, bytes, len);
	t->len += len;
}

__attribute__((format(printf, 2, 3))) static inline void text_printf(struct text *t,
                                                                     const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		die(TOOL_FAILED, "cannot format");
	}
	text_reserve(t, (size_t)len + 1);
	va_start(args, format);
	vsnprintf(t->data + t->len, (size_t)len + 1, format, args);
	va_end(args);
	t->len += (size_t)len;
}

/* Removes the first `len` bytes. */
static inline void text_drop(struct text *t, size_t len)
{
	if (!len) {
		return;
	}
	t->len -= len;
	memmove(t->data, t->data + len, t->len);
}

static inline void text_free(struct text *t)
{
	free(t->data);
	*t = (struct text){ 0 };
}

/* Reads a decimal number of at most `max` into *value; false if `word` is anything else. */
static inline bool number(const char *word, unsigned long max, unsigned long *value)
{
	char *end;

	if (!word || *word < '0' || *word > '9') {
		return false;
	}
	errno = 0;
	*value = strtoul(word, &end, 10);
	return !errno && !*end && *value <= max;
}

/* The same for the value of an option, where anything else ends the program. */
static inline unsigned long option_number(const char *option, const char *word, unsigned long max)
{
	unsigned long value;

	if (!number(word, max, &value)) {
		die(TOOL_MISUSE, "%s: not a number up to %lu: \"%s\"", option, max, word);
	}
	return value;
}

/* Nanoseconds of a clock that never jumps. */
static inline int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline int64_t now_ms(void)
{
	return now_ns() / 1000000;
}

/* Writes all bytes; false with errno on failure. */
static inline bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return false;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Appends the whole file at `path` to *t; false with errno on failure. */
static inline bool read_file(const char *path, struct text *t)
{
	ssize_t n = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return false;
	}
	while (n > 0) {
		text_reserve(t, 65536);
		n = read(fd, t->data + t->len, t->room - t->len);
		if (n > 0) {
			t->len += (size_t)n;
		}
	}
	close(fd);
	return n == 0;
}

/* Opens `path` for log lines, each appended whole; without a path the log is stderr. */
static inline int open_log(const char *path)
{
	int fd;

	if (!path) {
		return STDERR_FILENO;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0) {
		die(TOOL_FAILED, "cannot open log \"%s\": %s", path, strerror(errno));
	}
	return fd;
}

/* Writes the port to `path`, which appears complete: who waits for the file can read it at once. */
static inline void publish_port(const char *path, unsigned port)
{
	struct text line = { 0 }, temporary = { 0 };
	int fd;

	if (!path) {
		return;
	}
	text_printf(&line, "%u\n", port);
	text_printf(&temporary, "%s.tmp.%ld", path, (long)getpid());
	fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || !write_all(fd, line.data, line.len) || close(fd) < 0 ||
	    rename(temporary.data, path) < 0) {
		die(TOOL_FAILED, "cannot write port file \"%s\": %s", path, strerror(errno));
	}
	text_free(&line);
	text_free(&temporary);
}

#endif
