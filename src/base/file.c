/*
 * Files, durably. A name is only ever changed by rename of a file that was
 * synced before, and the folder is synced before success is reported: after a
 * crash the old content or the new content is there, never a mixture. A
 * process that is killed in between leaves a file ".NAME.XXXXXX.tmp" behind,
 * which nobody reads.
 */

#include "base/file.h"

#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP ((size_t)64 * 1024)

static void close_keeping_errno(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

static bool map_descriptor(int fd, const char *path, struct file_map *map, struct err *e)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) != 0) {
		return err_errno(e, "cannot examine \"%s\"", path);
	}
	if (!S_ISREG(st.st_mode)) {
		return err_set(e, ERR_TEMPORARY, "4.3.0", "cannot map \"%s\": not a regular file",
		               path);
	}
	if (st.st_size == 0) {
		return true;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		return err_errno(e, "cannot map \"%s\"", path);
	}
	map->bytes = (struct span){ p, (size_t)st.st_size };
	return true;
}

bool file_map(const char *path, struct file_map *map, struct err *e)
{
	int fd;
	bool done;

	map->bytes = SPAN("");
	/* O_NONBLOCK: a FIFO in the place of the file must not stop us. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return err_errno(e, "cannot open \"%s\"", path);
	}
	done = map_descriptor(fd, path, map, e);
	close_keeping_errno(fd);
	return done;
}

void file_unmap(struct file_map *map)
{
	if (map->bytes.n) {
		munmap((void *)(uintptr_t)map->bytes.p, map->bytes.n);
	}
	map->bytes = SPAN("");
}

static ssize_t read_some(int fd, char *p, size_t n)
{
	ssize_t got;

	do {
		got = read(fd, p, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* What is left of a regular file, so that it is read in one piece; READ_STEP for others. */
static size_t first_step(int fd, size_t limit)
{
	struct stat st;
	size_t size;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0) {
		return READ_STEP;
	}
	size = (size_t)st.st_size;
	return (size < limit ? size : limit) + 1;
}

static bool read_all(int fd, const char *name, size_t limit, struct buf *out, struct err *e)
{
	size_t start = out->n;
	size_t step = first_step(fd, limit);

	for (;;) {
		ssize_t got;

		buf_reserve(out, step);
		got = read_some(fd, out->p + out->n, step);
		if (got < 0) {
			return err_errno(e, "cannot read \"%s\"", name);
		}
		out->n += (size_t)got;
		out->p[out->n] = '\0';
		if (out->n - start > limit) {
			return err_set(e, ERR_PERMANENT, "5.3.4",
			               "cannot read \"%s\": more than %zu bytes", name, limit);
		}
		if (!got) {
			return true;
		}
		step = READ_STEP;
	}
}

bool file_read(const char *path, size_t limit, struct buf *out, struct err *e)
{
	bool input = !path || strcmp(path, "-") == 0;
	int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t start = out->n;
	bool done;

	if (fd < 0) {
		return err_errno(e, "cannot open \"%s\"", path);
	}
	done = read_all(fd, input ? "standard input" : path, limit, out, e);
	if (!done) {
		out->n = start;
		out->p[start] = '\0';
	}
	if (!input) {
		close_keeping_errno(fd);
	}
	return done;
}

bool file_write_all(int fd, struct span s, struct err *e)
{
	while (s.n) {
		ssize_t n = fault_errno("write") ? -1 : write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return err_errno(e, "cannot write");
		}
		s = span_from(s, (size_t)n);
	}
	return true;
}

bool file_sync(int fd, struct err *e)
{
	if (fault_errno("fsync") || fsync(fd) != 0) {
		return err_errno(e, "cannot sync");
	}
	return true;
}

bool file_sync_dir(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done;

	if (fd < 0) {
		return err_errno(e, "cannot open folder \"%s\"", path);
	}
	done = file_sync(fd, e);
	close_keeping_errno(fd);
	return done || err_prefix(e, "folder \"%s\"", path);
}

/* The folder that PATH stands in, for fsync; the caller frees it. */
static char *parent_of(const char *path)
{
	struct span s = span_str(path);
	struct buf folder = BUF_INIT;
	size_t slash;

	while (s.n > 1 && s.p[s.n - 1] == '/') {
		s.n--;
	}
	slash = span_rchr(s, '/');
	if (slash == SPAN_NONE) {
		return mem_str(".");
	}
	while (slash > 0 && s.p[slash - 1] == '/') {
		slash--;
	}
	buf_add(&folder, span_sub(s, 0, slash ? slash : 1));
	return folder.p;
}

bool file_sync_parent(const char *path, struct err *e)
{
	char *folder = parent_of(path);
	bool done = file_sync_dir(folder, e);

	mem_free(folder);
	return done;
}

/* ".NAME.XXXXXX.tmp" beside PATH, a template for mkostemps. */
static void temporary_name(struct buf *out, const char *path)
{
	struct span s = span_str(path);
	size_t slash = span_rchr(s, '/');
	size_t name = slash == SPAN_NONE ? 0 : slash + 1;

	buf_add(out, span_sub(s, 0, name));
	buf_chr(out, '.');
	buf_add(out, span_from(s, name));
	buf_str(out, ".XXXXXX.tmp");
}

static bool fill_temporary(int fd, struct span bytes, mode_t mode, struct err *e)
{
	if (fchmod(fd, mode) != 0) {
		return err_errno(e, "cannot set mode");
	}
	return file_write_all(fd, bytes, e) && file_sync(fd, e);
}

static bool rename_over(const char *from, const char *to, struct err *e)
{
	if (fault_errno("rename") || rename(from, to) != 0) {
		return err_errno(e, "cannot rename \"%s\"", from);
	}
	return true;
}

static void unlink_keeping_errno(const char *path)
{
	int saved = errno;

	unlink(path);
	errno = saved;
}

bool file_replace(const char *path, struct span bytes, mode_t mode, struct err *e)
{
	struct buf name = BUF_INIT;
	bool done = false;
	int fd;

	temporary_name(&name, path);
	fd = mkostemps(name.p, 4, O_CLOEXEC);
	if (fd < 0) {
		err_errno(e, "cannot create \"%s\"", name.p);
		goto out;
	}
	done = fill_temporary(fd, bytes, mode, e);
	close_keeping_errno(fd);
	done = done && rename_over(name.p, path, e);
	if (!done) {
		unlink_keeping_errno(name.p);
	}
	done = done && file_sync_parent(path, e);
out:
	buf_free(&name);
	return done || err_prefix(e, "cannot replace \"%s\"", path);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A new folder's name is content of its parent, which is synced. */
static bool make_folder(const char *path, mode_t mode, struct err *e)
{
	if (is_folder(path)) {
		return true;
	}
	if (mkdir(path, mode) == 0) {
		return file_sync_parent(path, e);
	}
	if (errno == EEXIST && is_folder(path)) { /* another process was faster */
		return true;
	}
	return err_errno(e, "cannot create folder \"%s\"", path);
}

bool file_mkdirs(const char *path, mode_t mode, struct err *e)
{
	char *copy = mem_str(path);
	bool done = true;

	for (char *p = copy; done && *p; p++) {
		if (p == copy || *p != '/') {
			continue;
		}
		*p = '\0';
		done = make_folder(copy, mode, e);
		*p = '/';
	}
	done = done && make_folder(copy, mode, e);
	mem_free(copy);
	return done;
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* The pid that the holder of the lock has written, or 0. */
static uint64_t read_holder(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	uint64_t pid = 0;

	if (n > 0) {
		span_u64(span_trim((struct span){ text, (size_t)n }), &pid);
	}
	return pid;
}

static bool write_holder(int fd)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n;
}

static bool take_lock(int fd, const char *path, struct err *e)
{
	int rc;

	do {
		rc = flock(fd, LOCK_EX | LOCK_NB);
	} while (rc != 0 && errno == EINTR);
	if (rc != 0 && errno == EWOULDBLOCK) {
		err_set(e, ERR_TEMPORARY, "4.3.0", "cannot lock \"%s\": process %" PRIu64 " has it",
		        path, read_holder(fd));
		errno = EWOULDBLOCK;
		return false;
	}
	if (rc != 0) {
		return err_errno(e, "cannot lock \"%s\"", path);
	}
	if (!write_holder(fd)) {
		return err_errno(e, "cannot write \"%s\"", path);
	}
	return true;
}

/* The file is never unlinked: a process that waits on an unlinked file would lock nothing. */
int file_lock(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		err_errno(e, "cannot open \"%s\"", path);
		return -1;
	}
	if (!take_lock(fd, path, e)) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

void file_unlock(int lock)
{
	if (lock >= 0) {
		close(lock);
	}
}
