/* Names are sorted: what is read from a folder must not hang on the order its file system has. */
#include "base/folder.h"

#include <dirent.h>
#include <stdlib.h>

static int by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

bool folder_names(struct arena *arena, const char *path, struct span suffix, struct span **names,
                  size_t *n, struct err *e)
{
	size_t cap = 0;
	DIR *dir = opendir(path);

	*names = NULL;
	*n = 0;
	if (!dir) {
		return err_errno(e, "cannot read \"%s\"", path);
	}
	for (struct dirent *d; (d = readdir(dir));) {
		struct span name = span_str(d->d_name);

		if (name.p[0] != '.' && span_ends(name, suffix)) {
			*ARENA_PUSH(arena, *names, *n, cap) =
				arena_copy(arena, span_sub(name, 0, name.n - suffix.n));
		}
	}
	closedir(dir);
	if (*n > 0) {
		qsort(*names, *n, sizeof(**names), by_bytes);
	}
	return true;
}
