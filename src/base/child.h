#ifndef LADLE_BASE_CHILD_H
#define LADLE_BASE_CHILD_H

/* A program of somebody else's, run to its end or to a time limit, without a shell. */

#include "base/buf.h"
#include "base/err.h"

struct child {
	const char *const *argv; /* argv[0]: absolute path; NULL at the end */
	const char *const *env;  /* the whole environment; NULL at the end */
	struct span input;       /* its standard input, a file it can seek in */
	int64_t timeout_ms;      /* then it is killed with all of its process group */
	size_t keep;             /* bytes of its output that are kept, the last ones */
};

struct child_end {
	bool timed_out;
	int code;          /* exit code; -1: it was killed by a signal */
	int signal;        /* that signal, or 0 */
	struct buf output; /* standard output and standard error; the caller's, buf_free */
};

/*
 * Run C in a session of its own, in the folder "/", with no descriptor but 0, 1 and 2 and
 * without the right to gain privileges. What is left of its process group when it ends is
 * killed. False (temporary) when it could not be started; a program that is not there too.
 */
bool child_run(const struct child *c, struct child_end *end, struct err *e);

#endif
