#ifndef LADLE_BASE_FAULT_H
#define LADLE_BASE_FAULT_H

/*
 * Faults on demand, for tests; only in debug builds (LADLE_DEBUG).
 *
 * The environment variable LADLE_FAULT is a list "NAME:N[:ACTION],…": the Nth
 * call (from 1) of fault_point("NAME") acts. ACTION is kill (the default: the
 * process gets SIGKILL), enospc, eio or enomem.
 *
 * LADLE_FAULT_STATE names a file, created when missing, that holds a line
 * "NAME COUNT" for every name that was called. The count goes over all
 * processes that share the file. With LADLE_FAULT_STATE alone the calls are
 * only counted. Names in base: alloc (mem.c); write, fsync, rename (file.c).
 * LADLE_FAULT alone, or one that cannot be read, ends the process
 * by abort(), so that a test cannot pass without its fault.
 */

#include <errno.h>
#include <stdbool.h>

#ifdef LADLE_DEBUG
/* 0, or the errno that the caller has to report as if its system call had failed. */
int fault_point(const char *name);
#else
static inline int fault_point(const char *name)
{
	(void)name;
	return 0;
}
#endif

/* Does a system call have to fail here? errno then says how. */
static inline bool fault_errno(const char *name)
{
	int code = fault_point(name);

	if (code) {
		errno = code;
	}
	return code != 0;
}

#endif
