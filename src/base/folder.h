#ifndef LADLE_BASE_FOLDER_H
#define LADLE_BASE_FOLDER_H

/* What is in a folder. */

#include "base/err.h"
#include "base/mem.h"

/*
 * The names in folder PATH that end in SUFFIX (may be empty), without it, in ARENA, in
 * order of their bytes. Those that begin with a dot are left out. Errors: as of opendir(3).
 */
bool folder_names(struct arena *arena, const char *path, struct span suffix, struct span **names,
                  size_t *n, struct err *e);

#endif
