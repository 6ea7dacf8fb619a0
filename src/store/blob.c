/*
 * Message bytes in files named by their hash, below 256 folders.
 *
 * A file is complete and durable before it has its name. To put what is there
 * already renews its time, and the sweep removes only what is old and unnamed;
 * a lock of the folder keeps the sweep from removing a file between its last
 * look at the time and the removal.
 */

#include "store/blob.h"

#include "auth/crypto.h"
#include "base/codec.h"
#include "base/fault.h"
#include "store/stmt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DIGITS 2
#define FILE_DIGITS   (BLOB_NAME - FOLDER_DIGITS)

static bool all_hex(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!memchr("0123456789abcdef", s.p[i], 16)) {
			return false;
		}
	}
	return true;
}

/* The only way from a name to a path, so that no name can lead elsewhere. */
static bool blob_path(struct buf *path, const char *dir, struct span name, struct err *e)
{
	if (name.n != BLOB_NAME || !all_hex(name)) {
		return err_set(e, ERR_BUG, "4.3.0", "\"%.*s\" is no name of a blob",
		               SPAN_FMT(name));
	}
	buf_printf(path, "%s/%.*s/%.*s", dir, FOLDER_DIGITS, name.p, FILE_DIGITS,
	           name.p + FOLDER_DIGITS);
	return true;
}

/* The folder, opened and locked; -1 with errno. Closing it unlocks. */
static int lock_folder(const char *path, int how)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && flock(fd, how) != 0) {
		if (errno == EINTR) {
			continue;
		}
		close(fd);
		return -1;
	}
	return fd;
}

/* Is FILE there, whole? Then it is as good as written now. */
static bool renew(const char *folder, const char *file, size_t size)
{
	int fd = lock_folder(folder, LOCK_SH);
	struct stat st;
	bool there;

	if (fd < 0) {
		return false;
	}
	there = fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	        (uint64_t)st.st_size == size && utimensat(fd, file, NULL, 0) == 0;
	close(fd);
	return there;
}

/*
 * Whoever made the folder or the name may have been killed before it was synced,
 * so both are synced here whether they are new or not.
 */
static bool keep(const char *dir, const char *folder, const char *path, struct span bytes,
                 struct err *e)
{
	if (renew(folder, path + strlen(folder) + 1, bytes.n)) {
		return file_sync_dir(folder, e) && file_sync_dir(dir, e);
	}
	return file_mkdirs(folder, 0700, e) && file_sync_dir(dir, e) &&
	       file_replace(path, bytes, 0600, e);
}

void blob_name(struct span bytes, char name[BLOB_NAME + 1])
{
	struct buf hex = BUF_INIT;
	struct digest digest;

	hash_of(HASH_SHA256, bytes, &digest);
	codec_hex(&hex, digest_span(&digest));
	memcpy(name, hex.p, BLOB_NAME + 1);
	buf_free(&hex);
}

bool blob_put(const char *dir, struct span bytes, char name[BLOB_NAME + 1], struct err *e)
{
	struct buf folder = BUF_INIT, path = BUF_INIT;
	bool ok;

	blob_name(bytes, name);
	buf_printf(&folder, "%s/%.*s", dir, FOLDER_DIGITS, name);
	ok = blob_path(&path, dir, span_str(name), e) && keep(dir, folder.p, path.p, bytes, e);
	buf_free(&path);
	buf_free(&folder);
	return ok;
}

bool blob_map(const char *dir, struct span name, struct file_map *map, struct err *e)
{
	struct buf path = BUF_INIT;
	bool ok = blob_path(&path, dir, name, e) && file_map(path.p, map, e);

	buf_free(&path);
	return ok;
}

static bool remove_file(const char *path, struct err *e)
{
	return unlink(path) == 0 || errno == ENOENT || err_errno(e, "cannot remove \"%s\"", path);
}

bool blob_rm(const char *dir, struct span name, struct err *e)
{
	struct buf path = BUF_INIT;
	bool ok = blob_path(&path, dir, name, e) && remove_file(path.p, e);

	buf_free(&path);
	return ok;
}

struct sweep {
	struct store *store;
	const char *folder; /* path */
	const char *digits; /* its name, the last FOLDER_DIGITS of it */
	int fd;
	int64_t before;
	int64_t *removed;
};

static bool is_old(const struct sweep *w, const char *file)
{
	struct stat st;

	return fstatat(w->fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       (int64_t)st.st_mtime < w->before;
}

static bool remove_old(const struct sweep *w, const char *file, struct err *e)
{
	int fd = lock_folder(w->folder, LOCK_EX);
	bool ok = true;

	if (fd < 0) {
		return err_errno(e, "cannot lock \"%s\"", w->folder);
	}
	if (is_old(w, file)) {
		(void)fault_point("blob-unlink");
		ok = unlinkat(fd, file, 0) == 0 ||
		     err_errno(e, "cannot remove \"%s/%s\"", w->folder, file);
		*w->removed += ok;
	}
	close(fd);
	return ok;
}

/* What file_replace leaves when it is killed. */
static bool is_leftover(struct span file)
{
	return span_starts(file, SPAN(".")) && span_ends(file, SPAN(".tmp"));
}

/* Does a row name the blob in FILE, whose name is FILE_DIGITS long? */
static bool find_row(const struct sweep *w, const char *file, bool *named, struct err *e)
{
	char name[BLOB_NAME];
	int64_t found;

	memcpy(name, w->digits, FOLDER_DIGITS);
	memcpy(name + FOLDER_DIGITS, file, FILE_DIGITS);
	if (!stmt_number(w->store, STMT_BLOB_NAMED,
	                 STMT_ARGS(stmt_text((struct span){ name, BLOB_NAME })), &found, e)) {
		return false;
	}
	*named = found != 0;
	return true;
}

static bool sweep_file(const struct sweep *w, const char *file, struct err *e)
{
	struct span s = span_str(file);
	bool leftover = is_leftover(s), named = false;

	if (!leftover && (s.n != FILE_DIGITS || !all_hex(s))) {
		return true;
	}
	if (!is_old(w, file)) {
		return true;
	}
	if (!leftover && !find_row(w, file, &named, e)) {
		return false;
	}
	return named || remove_old(w, file, e);
}

static bool sweep_folder(struct sweep *w, struct err *e)
{
	DIR *d = opendir(w->folder);
	bool ok = true;

	if (!d) {
		return errno == ENOENT || err_errno(e, "cannot open folder \"%s\"", w->folder);
	}
	w->fd = dirfd(d);
	for (struct dirent *entry = readdir(d); ok && entry; entry = readdir(d)) {
		ok = sweep_file(w, entry->d_name, e);
	}
	closedir(d);
	return ok;
}

bool blob_sweep(struct store *s, const char *dir, int64_t before, int64_t *removed, struct err *e)
{
	struct buf folder = BUF_INIT;
	bool ok = true;

	*removed = 0;
	for (unsigned i = 0; ok && i < 256; i++) {
		struct sweep w = { .store = s, .before = before, .removed = removed };

		buf_clear(&folder);
		buf_printf(&folder, "%s/%02x", dir, i);
		w.folder = folder.p;
		w.digits = folder.p + folder.n - FOLDER_DIGITS;
		ok = sweep_folder(&w, e);
	}
	buf_free(&folder);
	return ok;
}
