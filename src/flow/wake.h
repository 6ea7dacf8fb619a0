#ifndef LADLE_FLOW_WAKE_H
#define LADLE_FLOW_WAKE_H

/* How stations tell each other of work without polling: a file that is touched, watched with
 * inotify. */

#include "flow/context.h"

/* Tell everybody. Trouble is ignored: work is found at the next turn all the same. */
void wake_touch(const struct context *c);

/* A descriptor that becomes readable on wake_touch and when a file is moved into spool/new; -1 with
 * *E. */
int wake_watch(const struct context *c, struct err *e);
/*
 * Wait until FD is readable, a signal came, or MS milliseconds passed; empties it.
 * SIGTERM, blocked by wake_hold_stop, ends the process here and nowhere else.
 */
void wake_wait(int fd, int64_t ms);
/* Block SIGTERM: a stop must not cut copies that are under way in two. */
void wake_hold_stop(void);
/* Was a stop asked for since wake_hold_stop? */
bool wake_stopping(void);

#endif
