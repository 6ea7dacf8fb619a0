#include "unit/flow/scene.h"

#include "base/file.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void scene_open(struct scene *s)
{
	const char *base = getenv("TMPDIR");
	*s = (struct scene){ .dir = "" };
	snprintf(s->dir, sizeof(s->dir), "%s/ladle-flow-XXXXXX", base ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(s->dir));
	s->arena = arena_new();
	ok(s, context_init(s->dir, &s->e));
	s->c = context_open(scene_path(s, "ladle.conf"), 0, "test", &s->e);
	ck_assert_msg(s->c != NULL, "%s", s->e.text);
}

static int removed(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

void scene_close(struct scene *s)
{
	context_close(s->c);
	arena_free(s->arena);
	ck_assert_int_eq(nftw(s->dir, removed, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *scene_path(struct scene *s, const char *name)
{
	return arena_printf(s->arena, "%s/%s", s->dir, name).p;
}

const char *scene_write(struct scene *s, const char *name, struct span bytes, mode_t mode)
{
	const char *path = scene_path(s, name);
	FILE *f = fopen(path, "w");
	ck_assert_msg(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n, "cannot write %s", path);
	ck_assert(fclose(f) == 0 && chmod(path, mode) == 0);
	return path;
}

struct span scene_read(struct scene *s, const char *path)
{
	struct buf text = BUF_INIT;
	ok(s, file_read(path, 1u << 20, &text, &s->e));
	return buf_move(&text, s->arena);
}

unsigned scene_entries(const char *path)
{
	unsigned n = 0;
	DIR *dir = opendir(path);
	ck_assert_msg(dir != NULL, "no folder %s", path);
	for (struct dirent *d; (d = readdir(dir));) {
		n += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
	}
	closedir(dir);
	return n;
}
