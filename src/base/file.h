#ifndef LADLE_BASE_FILE_H
#define LADLE_BASE_FILE_H

/* Files, durably: write, sync, rename, sync the folder; mapping; locks. */

#include "base/buf.h"
#include "base/err.h"

#include <sys/types.h>

/* A file mapped read-only; its bytes are file-backed, not anonymous memory. */
struct file_map {
	struct span bytes;
};

/* Map PATH; an empty file gives an empty span. Class temporary when it cannot be read. */
bool file_map(const char *path, struct file_map *map, struct err *e);
void file_unmap(struct file_map *map);

/*
 * Whole content of PATH ("-" or NULL: standard input) behind OUT, at most LIMIT
 * bytes (more: permanent error, 5.3.4). On false OUT is as before.
 */
bool file_read(const char *path, size_t limit, struct buf *out, struct err *e);

/* write(2) until all of S is out; EINTR handled. */
bool file_write_all(int fd, struct span s, struct err *e);

/*
 * Make PATH hold BYTES, durably and at once: temporary file in the same folder
 * with MODE, write, fsync, rename over PATH, fsync of the folder.
 */
bool file_replace(const char *path, struct span bytes, mode_t mode, struct err *e);

/* fsync of FD; of the folder PATH; of the folder in which PATH stands. */
bool file_sync(int fd, struct err *e);
bool file_sync_dir(const char *path, struct err *e);
bool file_sync_parent(const char *path, struct err *e);
/* mkdir -p of PATH, with MODE less the umask for what is new, each synced into its parent. */
bool file_mkdirs(const char *path, mode_t mode, struct err *e);
bool file_exists(const char *path);

/*
 * Exclusive flock(2) of PATH (created 0600). Returns the descriptor, to be held
 * as long as the lock; -1 with class temporary when another process has it
 * (errno EWOULDBLOCK) or on trouble. The pid of the holder is written into it.
 */
int file_lock(const char *path, struct err *e);
/* Give it back; -1 is fine. */
void file_unlock(int lock);

#endif
