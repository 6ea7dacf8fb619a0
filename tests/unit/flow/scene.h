#ifndef LADLE_TESTS_FLOW_SCENE_H
#define LADLE_TESTS_FLOW_SCENE_H

/* A new site in a folder of its own, opened, and what the tests of flow/ ask of it. */

#include "flow/context.h"

#include <check.h>
#include <sys/types.h>

struct scene {
	char dir[64];
	struct arena *arena;
	struct context *c; /* without store, secret and resolver */
	struct err e;
};

/* A call has to succeed: ok(&s, …). */
#define ok(s, call) ck_assert_msg((call), "%s: %s", #call, (s)->e.text)
/* It has to fail, with this class and with this in its text. */
#define fails(s, class_, part, call) do { \
	(s)->e = (struct err){ 0 }; \
	ck_assert_msg(!(call), "%s succeeded", #call); \
	ck_assert_msg((s)->e.class == (class_), "%s: class %s: %s", #call, \
	              err_class_name((s)->e.class), (s)->e.text); \
	ck_assert_msg(strstr((s)->e.text, (part)) != NULL, "%s: no \"%s\" in \"%s\"", #call, \
	              (part), (s)->e.text); \
} while (0)
#define assert_span(got, text) do { \
	struct span got_ = (got); \
	ck_assert_msg(span_is(got_, (text)), "\"%.*s\" is not \"%s\"", SPAN_FMT(got_), (text)); \
} while (0)

void scene_open(struct scene *s);
void scene_close(struct scene *s);

/* A path below the scene's folder, in its arena. */
const char *scene_path(struct scene *s, const char *name);
/* Write a file there; returns its path. */
const char *scene_write(struct scene *s, const char *name, struct span bytes, mode_t mode);
struct span scene_read(struct scene *s, const char *path);
/* Entries of the folder PATH, hidden ones too. */
unsigned scene_entries(const char *path);

#endif
