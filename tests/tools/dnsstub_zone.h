/*
 * dnsstub_zone.h - the table of names that dnsstub answers from.
 *
 * Lines are "name<TAB>text" or "name<TAB>@DIRECTIVE ..."; those that are empty or begin with # say
 * nothing. Names compare without regard to case; a dot at their end is cut.
 */
#ifndef LADLE_TESTS_DNSSTUB_ZONE_H
#define LADLE_TESTS_DNSSTUB_ZONE_H

#include "tool.h"

#include <limits.h>
#include <strings.h>

enum kind {
	IS_TEXT,
	IS_CNAME,
	IS_SERVFAIL,
	IS_REFUSED,
	IS_TIMEOUT,
	IS_TRUNCATE,
	IS_DELAY,
	IS_NODATA
};

static const struct {
	const char *word;
	enum kind kind;
} directives[] = {
	{ "@CNAME", IS_CNAME },     { "@SERVFAIL", IS_SERVFAIL }, { "@REFUSED", IS_REFUSED },
	{ "@TIMEOUT", IS_TIMEOUT }, { "@TRUNCATE", IS_TRUNCATE }, { "@DELAY", IS_DELAY },
	{ "@NODATA", IS_NODATA },
};

struct record {
	enum kind kind;
	char *name;          /* without a dot at its end */
	char *data;          /* text, or the target of a CNAME */
	unsigned long delay; /* in ms */
};

struct zone {
	struct text source; /* the records point into it */
	struct record *records;
	size_t count;
};

static inline void zone_free(struct zone *z)
{
	text_free(&z->source);
	free(z->records);
	*z = (struct zone){ 0 };
}

/* Cuts the first word off *rest and returns it. */
static inline char *cut_word(char **rest)
{
	char *word = *rest;

	*rest += strcspn(*rest, " \t");
	if (**rest) {
		*(*rest)++ = '\0';
	}
	*rest += strspn(*rest, " \t");
	return word;
}

/* Reads the data of a record; returns NULL or what is wrong. */
static inline const char *parse_data(struct record *r, char *data)
{
	size_t i = 0, rows = sizeof(directives) / sizeof(directives[0]);
	const char *word;

	r->data = data;
	if (*data != '@') {
		return NULL;
	}
	word = cut_word(&r->data);
	while (i < rows && strcmp(directives[i].word, word)) {
		i++;
	}
	if (i == rows) {
		return "unknown directive";
	}
	r->kind = directives[i].kind;
	if (r->kind == IS_CNAME && !*r->data) {
		return "the target is missing";
	}
	if (r->kind == IS_DELAY && !number(cut_word(&r->data), INT_MAX, &r->delay)) {
		return "not a number of ms";
	}
	return NULL;
}

static inline void cut_dot(char *name)
{
	size_t len = strlen(name);

	if (len && name[len - 1] == '.') {
		name[len - 1] = '\0';
	}
}

static inline const char *parse_line(struct record *r, char *line)
{
	char *tab = strchr(line, '\t');
	const char *wrong;

	*r = (struct record){ .kind = IS_TEXT, .name = line };
	if (!tab) {
		return "no tab";
	}
	*tab = '\0';
	wrong = parse_data(r, tab + 1);
	cut_dot(r->name);
	if (r->kind == IS_CNAME) {
		cut_dot(r->data);
	}
	return wrong;
}

/* Reads a zone. False with the reason in *why, and *z empty, if a line is wrong. */
static inline bool zone_read(struct zone *z, const char *path, struct text *why)
{
	int line_number = 0;
	char *line, *end;

	*z = (struct zone){ 0 };
	if (!read_file(path, &z->source)) {
		text_printf(why, "cannot read \"%s\": %s", path, strerror(errno));
		return false;
	}
	text_append(&z->source, "", 1);
	for (line = z->source.data; *line; line = end) {
		const char *wrong;

		line_number++;
		end = strchrnul(line, '\n');
		if (*end) {
			*end++ = '\0';
		}
		line[strcspn(line, "\r")] = '\0';
		if (!*line || *line == '#') {
			continue;
		}
		z->records = realloc(z->records, (z->count + 1) * sizeof(*z->records));
		if (!z->records) {
			die(TOOL_FAILED, "out of memory");
		}
		wrong = parse_line(&z->records[z->count++], line);
		if (wrong) {
			text_printf(why, "%s:%d: %s", path, line_number, wrong);
			zone_free(z);
			return false;
		}
	}
	return true;
}

/* The first record of a name, NULL if it has none. */
static inline const struct record *zone_find(const struct zone *z, const char *name)
{
	for (size_t i = 0; i < z->count; i++) {
		if (!strcasecmp(z->records[i].name, name)) {
			return &z->records[i];
		}
	}
	return NULL;
}

/* True if a name of the zone lies below this one, which then exists, too (RFC 8020). */
static inline bool zone_has_below(const struct zone *z, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < z->count; i++) {
		const char *candidate = z->records[i].name;
		size_t longer = strlen(candidate);

		if (longer > len && candidate[longer - len - 1] == '.' &&
		    !strcasecmp(candidate + longer - len, name)) {
			return true;
		}
	}
	return false;
}

#endif
