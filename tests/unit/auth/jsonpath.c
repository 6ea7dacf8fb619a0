#include "jsonpath.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *parse(struct span document)
{
	json_error_t e;
	json_t *root = json_loadb(document.p, document.n, JSON_REJECT_DUPLICATES, &e);

	ck_assert_msg(root != NULL, "%s: %.*s", e.text, (int)document.n, document.p);
	return root;
}

struct span jsonpath(struct arena *arena, struct span document, const char *path)
{
	json_t *root = parse(document), *at = root;
	struct span rest = { path, strlen(path) }, out;
	char *text;

	while (rest.p) {
		char *step = arena_str(arena, span_cut(&rest, '.'));

		at = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
		                       : json_object_get(at, step);
		ck_assert_msg(at != NULL, "no %s of %s in %.*s", step, path, (int)document.n,
		              document.p);
	}
	text = json_dumps(at, JSON_COMPACT | JSON_ENCODE_ANY);
	out = arena_copy(arena, span_str(text));
	free(text);
	json_decref(root);
	return out;
}

static void walk(json_t *at, void (*seen)(const char *key, void *self), void *self)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(at, key, value) {
		seen(key, self);
		walk(value, seen, self);
	}
	json_array_foreach(at, i, value) {
		walk(value, seen, self);
	}
}

void jsonpath_keys(struct span document, void (*seen)(const char *key, void *self), void *self)
{
	json_t *root = parse(document);

	walk(root, seen, self);
	json_decref(root);
}
