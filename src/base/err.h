#ifndef LADLE_BASE_ERR_H
#define LADLE_BASE_ERR_H

/*
 * One error value for the whole program: what class of trouble, which enhanced
 * status code (RFC 3463) says it to a mail system, and a text for people.
 *
 * A function that can fail returns bool and takes a `struct err *` last; on
 * false it has filled it. The text: lower case, no full stop, what failed
 * first, the subject in double quotes.
 */

#include "base/span.h"

enum err_class {
	ERR_NONE,      /* no error */
	ERR_TEMPORARY, /* try again later: DNS, disk, locks */
	ERR_PERMANENT, /* the input will never do: a bad message, an unknown list */
	ERR_MISUSE,    /* wrong command line or setting */
	ERR_BUG,       /* a broken invariant of our own */
};

struct err {
	enum err_class class;
	char status[12]; /* enhanced status such as "5.7.1"; "" when none fits */
	char text[500];  /* cut with "..." when longer */
};

/* Fill *E; always returns false, so that `return err_set(…)` reads well. E may be NULL. */
bool err_set(struct err *e, enum err_class class, const char *status, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/*
 * As err_set with ": strerror(errno)" behind; ENOSPC, EIO and all others are
 * temporary, status 4.3.1 for ENOSPC, else 4.3.0. errno stays as it is.
 */
bool err_errno(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Put "PREFIX: " before the text; returns false. */
bool err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The sysexits code of a class: 0, 75, 65, 64, 70. */
int err_exit(enum err_class class);
const char *err_class_name(enum err_class class);

#endif
