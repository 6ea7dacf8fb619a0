#ifndef LADLE_TESTS_AUTH_JSONPATH_H
#define LADLE_TESTS_AUTH_JSONPATH_H

/* Looking into JSON that was written, apart from base/json.h, whose names jansson has too. */

#include "base/mem.h"

/* What stands at PATH ("hops.0.d") of the document, as compact JSON; the test fails when nothing
 * does. */
struct span jsonpath(struct arena *arena, struct span document, const char *path);
/* Call SEEN for every key of every object in it. */
void jsonpath_keys(struct span document, void (*seen)(const char *key, void *self), void *self);

#endif
