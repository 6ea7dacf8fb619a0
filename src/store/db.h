#ifndef LADLE_STORE_DB_H
#define LADLE_STORE_DB_H

/*
 * The database: one SQLite file, WAL, synchronous=FULL. Open it, then work in
 * transactions:
 *
 *     if (!store_begin(s, &e)) …   BEGIN IMMEDIATE, waits LIMIT_BUSY_MS for a lock
 *     …calls of this folder…
 *     store_commit(s, &e)          durable when it returns true
 *
 * Every call of the folder takes the store first and an err last, and returns
 * false on failure: class temporary for locks, full disk, I/O; bug for anything
 * that should not be; permanent when the list or post it belongs to is gone. What it gives back
 * lives in the arena it was given. A call outside a transaction is one of its own.
 *
 * A store is for one thread, and must not be carried over fork(2): open it in the child.
 */

#include "base/err.h"
#include "base/mem.h"

struct store;

/*
 * Open (CREATE: make, with mode 0600) the file PATH and bring its schema up to date, each step in a
 * transaction. Class temporary also for a file of another program or of a newer schema: mail waits.
 */
struct store *store_open(const char *path, bool create, struct err *e);
void store_close(struct store *s);

bool store_begin(struct store *s, struct err *e);
/* False: the transaction is gone. It cannot be committed after a call of several statements failed
 * in it. */
bool store_commit(struct store *s, struct err *e);
/* Nothing to fail: after it the transaction is gone. Harmless when there is none. */
void store_rollback(struct store *s);
/* The end of a transaction: commit if OK, else roll back and false (*E stays as it is). */
bool store_finish(struct store *s, bool ok, struct err *e);

#endif
