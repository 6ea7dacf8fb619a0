/*
 * Calls that have no place in Ladle: they do not know how long their result
 * may be, keep state that all callers share, cannot report an error, or hand
 * text to a shell. Every source file is compiled with this header included
 * first; using one of these is a compile error that names it.
 *
 * The system headers that declare them come before the macros, since a
 * declaration is not a use.
 */
#ifndef LADLE_BASE_BANNED_H
#define LADLE_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LADLE_BANNED(name, instead) sorry_##name##_is_banned_use_##instead

/* No length. */
#undef strcpy
#define strcpy(a, b) LADLE_BANNED(strcpy, buf)
#undef stpcpy
#define stpcpy(a, b) LADLE_BANNED(stpcpy, buf)
#undef strcat
#define strcat(a, b) LADLE_BANNED(strcat, buf)
#undef strncpy
#define strncpy(a, b, n) LADLE_BANNED(strncpy, buf)
#undef strncat
#define strncat(a, b, n) LADLE_BANNED(strncat, buf)
#undef sprintf
#define sprintf(...) LADLE_BANNED(sprintf, buf)
#undef vsprintf
#define vsprintf(...) LADLE_BANNED(vsprintf, buf)
#undef gets
#define gets(a) LADLE_BANNED(gets, fread)

/* Shared state. */
#undef strtok
#define strtok(a, b) LADLE_BANNED(strtok, span)
#undef gmtime
#define gmtime(t) LADLE_BANNED(gmtime, gmtime_r)
#undef localtime
#define localtime(t) LADLE_BANNED(localtime, localtime_r)
#undef ctime
#define ctime(t) LADLE_BANNED(ctime, gmtime_r)
#undef asctime
#define asctime(t) LADLE_BANNED(asctime, gmtime_r)

/* No errors. */
#undef atoi
#define atoi(a) LADLE_BANNED(atoi, span)
#undef atol
#define atol(a) LADLE_BANNED(atol, span)
#undef atoll
#define atoll(a) LADLE_BANNED(atoll, span)
#undef atof
#define atof(a) LADLE_BANNED(atof, span)

/* A name that another process can take first. */
#undef mktemp
#define mktemp(a) LADLE_BANNED(mktemp, mkstemp)
#undef tmpnam
#define tmpnam(a) LADLE_BANNED(tmpnam, mkstemp)
#undef tempnam
#define tempnam(a, b) LADLE_BANNED(tempnam, mkstemp)

/* A shell. */
#undef system
#define system(a) LADLE_BANNED(system, posix_spawn)
#undef popen
#define popen(a, b) LADLE_BANNED(popen, posix_spawn)

#endif
