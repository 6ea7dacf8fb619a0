#ifndef LADLE_BASE_JSON_H
#define LADLE_BASE_JSON_H

/*
 * JSON writer for command output (RFC 8259). Reading JSON is jansson's work in
 * auth/. Call json_key before every value inside an object; commas and, with
 * `indent` set, line breaks are put by the writer. A wrong order of calls is a
 * broken invariant and caught by assert.
 *
 *     struct json j = JSON_INIT(&out);
 *     json_open(&j, '{'); json_key(&j, "list"); json_span(&j, name); json_close(&j);
 */

#include "base/buf.h"

struct json {
	struct buf *out;
	unsigned depth;
	bool first; /* nothing yet at this depth */
	bool after_key;
	bool indent;     /* one line for each value, two spaces for each depth */
	char closer[64]; /* what closes each depth */
};

#define JSON_INIT(buffer)                                                                          \
	{                                                                                          \
		.out = (buffer), .depth = 0, .first = true                                         \
	}

void json_open(struct json *j, char brace); /* '{' or '[' */
void json_close(struct json *j);
void json_key(struct json *j, const char *key);
/* A string; bytes that are not UTF-8 become U+FFFD. */
void json_span(struct json *j, struct span s);
void json_str(struct json *j, const char *s); /* NULL gives null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);

/* key and value in one call */
void json_kspan(struct json *j, const char *key, struct span s);
void json_kstr(struct json *j, const char *key, const char *s);
void json_kint(struct json *j, const char *key, int64_t v);
void json_kbool(struct json *j, const char *key, bool v);

#endif
