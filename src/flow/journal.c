/* Accepted copies between two settles, in files that outlive the worker. */
#include "flow/journal.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
	int64_t post, member;
};

int journal_open(const struct context *c, int64_t worker, struct err *e)
{
	struct span path = arena_printf(c->arena, "%s/%lld", c->paths.journal, (long long)worker);
	int fd = open(path.p, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_errno(e, "cannot open the journal \"%s\"", path.p);
	}
	return fd;
}

bool journal_reserve(int fd, size_t entries, struct err *e)
{
	int fault = fault_point("journal-reserve");
	int code = fault ? fault : posix_fallocate(fd, 0, (off_t)(entries * sizeof(struct entry)));
	errno = code;
	return code == 0 || err_errno(e, "cannot make room in the journal");
}

bool journal_put(int fd, size_t at, int64_t post, int64_t member, struct err *e)
{
	struct entry entry = { post, member };
	(void)fault_point("journal-add");
	return pwrite(fd, &entry, sizeof(entry), (off_t)(at * sizeof(entry))) == sizeof(entry) ||
	       err_errno(e, "cannot write to the journal");
}

bool journal_empty(int fd, struct err *e)
{
	(void)fault_point("journal-empty");
	return ftruncate(fd, 0) == 0 || err_errno(e, "cannot empty a journal");
}

/* Paths of the journals of all workers. */
static bool all_paths(struct arena *arena, const struct context *c, struct span **paths, size_t *n,
                      struct err *e)
{
	struct span *names;
	size_t all;
	if (!folder_names(arena, c->paths.journal, SPAN(""), &names, &all, e)) {
		return false;
	}
	*n = 0;
	for (size_t i = 0; i < all; i++) {
		if (span_chr(names[i], '.') == SPAN_NONE) { /* not a mark */
			names[(*n)++] = arena_printf(arena, "%s/%.*s", c->paths.journal,
			                             SPAN_FMT(names[i]));
		}
	}
	*paths = names;
	return true;
}

bool journal_empty_all(const struct context *c, struct err *e)
{
	struct arena *arena = arena_new();
	struct span *paths;
	size_t n;
	bool ok = all_paths(arena, c, &paths, &n, e);
	for (size_t i = 0; ok && i < n; i++) {
		ok = truncate(paths[i].p, 0) == 0 ||
		     err_errno(e, "cannot empty \"%s\"", paths[i].p);
	}
	arena_free(arena);
	return ok;
}

static int by_post_and_member(const void *a, const void *b)
{
	const struct fan_accepted *x = a, *y = b;
	if (x->post != y->post) {
		return x->post < y->post ? -1 : 1;
	}
	return x->member < y->member ? -1 : x->member > y->member;
}

static bool read_one(struct arena *arena, const char *path, struct fan_accepted **v, size_t *n,
                     size_t *cap, struct err *e)
{
	struct file_map map;
	if (!file_exists(path)) {
		return true;
	}
	if (!file_map(path, &map, e)) {
		return false;
	}
	for (size_t at = 0; at + sizeof(struct entry) <= map.bytes.n; at += sizeof(struct entry)) {
		struct entry entry;
		memcpy(&entry, map.bytes.p + at, sizeof(entry));
		if (entry.post == 0) {
			continue; /* room that was made and not used */
		}
		*ARENA_PUSH(arena, *v, *n, *cap) =
			(struct fan_accepted){ entry.post, entry.member };
	}
	file_unmap(&map);
	return true;
}

bool journal_read(struct arena *arena, const struct context *c, int64_t worker,
                  struct fan_accepted **out, size_t *n, struct err *e)
{
	struct span one, *paths = &one;
	size_t count = 1, cap = 0;
	bool ok = true;
	*out = NULL;
	*n = 0;
	if (worker >= 0) {
		one = arena_printf(arena, "%s/%lld", c->paths.journal, (long long)worker);
	} else {
		ok = all_paths(arena, c, &paths, &count, e);
	}
	for (size_t i = 0; ok && i < count; i++) {
		ok = read_one(arena, paths[i].p, out, n, &cap, e);
	}
	if (ok && *n > 0) {
		qsort(*out, *n, sizeof(**out), by_post_and_member);
	}
	return ok;
}

int64_t journal_mark_died(struct journal_mark *mark, int64_t post)
{
	struct journal_deaths *at = &mark->deaths[0];
	for (size_t i = 0; i < JOURNAL_DEATHS; i++) {
		struct journal_deaths *d = &mark->deaths[i];
		if (d->n > 0 && d->post == post) {
			return ++d->n;
		}
		if (d->n < at->n) {
			at = d;
		}
	}
	*at = (struct journal_deaths){ post, 1 };
	return 1;
}

void journal_mark_forget(struct journal_mark *mark, int64_t post)
{
	for (size_t i = 0; i < JOURNAL_DEATHS; i++) {
		if (mark->deaths[i].post == post) {
			mark->deaths[i] = (struct journal_deaths){ 0 };
		}
	}
}

static struct span mark_path(struct arena *arena, const struct context *c, int64_t worker)
{
	return arena_printf(arena, "%s/%lld.mark", c->paths.journal, (long long)worker);
}

bool journal_mark_read(struct arena *arena, const struct context *c, int64_t worker,
                       struct journal_mark *out, struct err *e)
{
	const char *path = mark_path(arena, c, worker).p;
	struct file_map map;
	*out = (struct journal_mark){ 0 };
	if (!file_exists(path)) {
		return true;
	}
	if (!file_map(path, &map, e)) {
		return false;
	}
	if (map.bytes.n == sizeof(*out)) {
		memcpy(out, map.bytes.p, sizeof(*out));
	}
	file_unmap(&map);
	return true;
}

bool journal_mark_write(const struct context *c, int64_t worker, const struct journal_mark *mark,
                        struct err *e)
{
	struct arena *arena = arena_new();
	const char *path = mark_path(arena, c, worker).p;
	struct span bytes = { (const char *)mark, sizeof(*mark) };
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool ok = fd >= 0 ? file_write_all(fd, bytes, e) : err_errno(e, "cannot open \"%s\"", path);
	if (fd >= 0) {
		close(fd);
	}
	arena_free(arena);
	return ok;
}
