#ifndef LADLE_STORE_BLOB_H
#define LADLE_STORE_BLOB_H

/*
 * Message bytes, once each, in files named by their SHA-256: msg/ab/cdef…
 * A blob is written durably before a row names it; a blob no row names is removed by blob_sweep.
 */

#include "base/file.h"

#define BLOB_NAME 64 /* hex digits */

/* The name that BYTES have or would have. */
void blob_name(struct span bytes, char name[BLOB_NAME + 1]);

/* Keep BYTES below folder DIR; NAME gets the digits and a NUL. Already there: nothing is written.
 */
bool blob_put(const char *dir, struct span bytes, char name[BLOB_NAME + 1], struct err *e);
bool blob_map(const char *dir, struct span name, struct file_map *map, struct err *e);
/* Remove; missing is fine. */
bool blob_rm(const char *dir, struct span name, struct err *e);

/*
 * Remove what no row of S names, if it was neither written nor put again since BEFORE (seconds
 * since 1970); so between blob_put and the commit of the row there is the time from BEFORE to now.
 * Also what a killed blob_put has left. *REMOVED: how many files. Not inside a transaction: it
 * would hold the lock for long.
 */
struct store;
bool blob_sweep(struct store *s, const char *dir, int64_t before, int64_t *removed, struct err *e);

#endif
