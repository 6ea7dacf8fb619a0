/*
 * sink_store.h - where the sink keeps the messages it accepts.
 *
 * Invariants: a name NNN.eml, NNN.params or NNN.env only ever appears complete (written under a
 * name that begins with a dot, then renamed), .env as the last of the three. So a test that waits
 * for NNN.env may read the others at once. Numbers go up in the order of acceptance.
 */
#ifndef LADLE_TESTS_SINK_STORE_H
#define LADLE_TESTS_SINK_STORE_H

#include "tool.h"

#include <dirent.h>
#include <sys/stat.h>

/* Content beyond this is kept in a file until the message ends. */
enum { SPOOL_MEMORY = 1 << 20 };

struct store {
	int folder;           /* -1: accepted messages are counted and thrown away */
	unsigned long last;   /* number of the newest message */
	unsigned long spools; /* files opened so far, for their temporary names */
};

/* The content of one message while it comes in. */
struct spool {
	struct text memory;
	int file;      /* -1 as long as all of it is in memory */
	char name[32]; /* of the file */
};

static inline _Noreturn void store_failed(const char *name)
{
	die(TOOL_FAILED, "cannot write \"%s\": %s", name, strerror(errno));
}

/* The highest number that a file in the folder bears, so that a second run goes on after it. */
static inline unsigned long store_highest(const char *path)
{
	unsigned long highest = 0;
	DIR *folder = opendir(path);

	if (!folder) {
		die(TOOL_FAILED, "cannot read folder \"%s\": %s", path, strerror(errno));
	}
	for (struct dirent *entry; (entry = readdir(folder));) {
		char *end;
		unsigned long n = strtoul(entry->d_name, &end, 10);

		if (end != entry->d_name && *end == '.' && n > highest) {
			highest = n;
		}
	}
	closedir(folder);
	return highest;
}

/* Uses the folder at `path`, made if it is missing; NULL for none. */
static inline void store_open(struct store *s, const char *path)
{
	s->folder = -1;
	if (!path) {
		return;
	}
	if (mkdir(path, 0777) < 0 && errno != EEXIST) {
		die(TOOL_FAILED, "cannot make folder \"%s\": %s", path, strerror(errno));
	}
	s->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0) {
		die(TOOL_FAILED, "cannot open folder \"%s\": %s", path, strerror(errno));
	}
	s->last = store_highest(path);
}

static inline int store_create(struct store *s, char name[32])
{
	int fd;

	snprintf(name, 32, ".sink-%ld-%lu", (long)getpid(), ++s->spools);
	fd = openat(s->folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		store_failed(name);
	}
	return fd;
}

/* Gives a finished temporary file its name NNN.KIND. */
static inline void store_rename(const struct store *s, int fd, const char *from, const char *kind)
{
	char to[32];

	snprintf(to, sizeof(to), "%03lu.%s", s->last, kind);
	if (close(fd) < 0 || renameat(s->folder, from, s->folder, to) < 0) {
		store_failed(to);
	}
}

static inline void store_text(struct store *s, const struct text *t, const char *kind)
{
	char name[32];
	int fd = store_create(s, name);

	if (!write_all(fd, t->data, t->len)) {
		store_failed(name);
	}
	store_rename(s, fd, name, kind);
}

static inline void spool_append(struct store *s, struct spool *p, const char *bytes, size_t len)
{
	if (s->folder < 0) {
		return;
	}
	text_append(&p->memory, bytes, len);
	if (p->memory.len < SPOOL_MEMORY) {
		return;
	}
	if (p->file < 0) {
		p->file = store_create(s, p->name);
	}
	if (!write_all(p->file, p->memory.data, p->memory.len)) {
		store_failed(p->name);
	}
	p->memory.len = 0;
}

/* Forgets the content; the memory is kept for the next message. */
static inline void spool_clear(const struct store *s, struct spool *p)
{
	p->memory.len = 0;
	if (p->file < 0) {
		return;
	}
	close(p->file);
	unlinkat(s->folder, p->name, 0);
	p->file = -1;
}

/* Makes the content and its envelope the next message of the folder. */
static inline void store_message(struct store *s, struct spool *p, const struct text *envelope,
                                 const struct text *params)
{
	if (s->folder < 0) {
		return;
	}
	s->last++;
	if (p->file < 0) {
		store_text(s, &p->memory, "eml");
	} else {
		if (!write_all(p->file, p->memory.data, p->memory.len)) {
			store_failed(p->name);
		}
		store_rename(s, p->file, p->name, "eml");
		p->file = -1;
	}
	p->memory.len = 0;
	if (params->len) {
		store_text(s, params, "params");
	}
	store_text(s, envelope, "env");
}

#endif
