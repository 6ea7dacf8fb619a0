#ifndef LADLE_FLOW_RECEIVE_H
#define LADLE_FLOW_RECEIVE_H

#include "flow/spool.h"

/*
 * `ladle receive`: reset signals, own deadline, read all of standard input, spool. Returns
 * the exit code, 0 or 75 and nothing else; prints nothing (syslog only) unless standard error is a
 * terminal. CONFIG as in context_open.
 */
int receive_run(const char *config, const struct spool_envelope *envelope);

#endif
