/*
 * The counters live in a file and not in memory: a pipe of several processes
 * shares one count, and the library stays without mutable globals. The file is
 * read, changed and written under an exclusive flock. Nothing here allocates,
 * because mem.c is one of the callers.
 */

#include "base/fault.h"

#ifdef LADLE_DEBUG

#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define STATE_SIZE  4096 /* bytes of the state file that are kept */
#define ACTION_KILL -1

struct action {
	const char *name;
	int value; /* errno to return, or ACTION_KILL */
};

static const struct action actions[] = {
	{ "kill", ACTION_KILL },
	{ "enospc", ENOSPC },
	{ "eio", EIO },
	{ "enomem", ENOMEM },
};

static _Noreturn void give_up(const char *why, const char *what)
{
	fprintf(stderr, "ladle: fault injection: %s: \"%s\"\n", why, what);
	abort();
}

static int action_value(struct span name, const char *list)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (span_is(name, actions[i].name)) {
			return actions[i].value;
		}
	}
	give_up("unknown action in LADLE_FAULT", list);
}

/* What LIST says for call COUNT of NAME: 0, ACTION_KILL or an errno. */
static int look_up(const char *list, const char *name, uint64_t count)
{
	struct span rest = span_str(list);
	int found = 0;

	while (rest.p) {
		struct span action = span_cut(&rest, ',');
		struct span rule_name = span_cut(&action, ':');
		struct span number = span_cut(&action, ':');
		uint64_t at;
		int value;

		if (!span_u64(number, &at) || !at) {
			give_up("bad number in LADLE_FAULT", list);
		}
		value = action.p ? action_value(action, list) : ACTION_KILL;
		if (at == count && span_is(rule_name, name)) {
			found = value;
		}
	}
	return found;
}

static int open_state(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0) {
		give_up("cannot open", path);
	}
	while (flock(fd, LOCK_EX) != 0) {
		if (errno != EINTR) {
			give_up("cannot lock", path);
		}
	}
	return fd;
}

/* The lines of OLD into NEW with the count of NAME raised by one; returns that count. */
static uint64_t raise_count(struct span old, const char *name, char *new, size_t *used)
{
	uint64_t count = 0;

	*used = 0;
	while (old.n) {
		struct span line = span_cut(&old, '\n');
		struct span value = line;

		if (span_is(span_cut(&value, ' '), name)) {
			if (!span_u64(value, &count)) {
				give_up("bad count in the state of", name);
			}
			continue;
		}
		memcpy(new + *used, line.p, line.n);
		new[*used + line.n] = '\n';
		*used += line.n + 1;
	}
	count++;
	*used += (size_t)snprintf(new + *used, 2 * STATE_SIZE - *used, "%s %llu\n", name,
	                          (unsigned long long)count);
	return count;
}

static uint64_t count_call(const char *path, const char *name)
{
	char old[STATE_SIZE], new[2 * STATE_SIZE];
	int fd = open_state(path);
	ssize_t got = pread(fd, old, sizeof(old), 0);
	size_t used;
	uint64_t count;

	if (got < 0 || got == sizeof(old) || strlen(name) > STATE_SIZE / 2) {
		give_up("cannot read", path);
	}
	count = raise_count((struct span){ old, (size_t)got }, name, new, &used);
	if (pwrite(fd, new, used, 0) != (ssize_t)used) {
		give_up("cannot write", path);
	}
	close(fd);
	return count;
}

int fault_point(const char *name)
{
	const char *list = getenv("LADLE_FAULT");
	const char *path = getenv("LADLE_FAULT_STATE");
	int saved = errno;
	int value;
	uint64_t count;

	if (!list && !path) {
		return 0;
	}
	if (!path) {
		give_up("LADLE_FAULT without LADLE_FAULT_STATE", list);
	}
	count = count_call(path, name);
	value = list ? look_up(list, name, count) : 0;
	if (value == ACTION_KILL) {
		raise(SIGKILL);
	}
	errno = saved;
	return value;
}

#endif
