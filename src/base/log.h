#ifndef LADLE_BASE_LOG_H
#define LADLE_BASE_LOG_H

/*
 * One line an event, logfmt: `key=value`, values with spaces, quotes or control
 * characters in double quotes with backslash escapes, so that no stranger's
 * bytes can forge a line. To standard error (with time) or to syslog (LOG_MAIL).
 */

#include "base/buf.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_target { LOG_TARGET_STDERR, LOG_TARGET_SYSLOG, LOG_TARGET_NONE };

struct log {
	enum log_target target;
	enum log_level level; /* the least important level that is written */
	const char *station;  /* "process", "deliver"…: first key of every line */
};

struct log_pair {
	const char *key;
	struct span value;
};

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_pair *pairs, size_t count);

/* The line without time and line end behind LINE, as log_write makes it. */
void log_format(struct buf *line, const struct log *log, enum log_level level, const char *event,
                const struct log_pair *pairs, size_t count);

/* log_event(log, LOG_LEVEL_INFO, "sent", { "list", name }, { "post", id }) */
#define log_event(log, level, event, ...)                                                          \
	log_write((log), (level), (event), (const struct log_pair[]){ __VA_ARGS__ },               \
	          sizeof((const struct log_pair[]){ __VA_ARGS__ }) / sizeof(struct log_pair))

#endif
