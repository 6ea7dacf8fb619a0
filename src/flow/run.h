#ifndef LADLE_FLOW_RUN_H
#define LADLE_FLOW_RUN_H

#include "flow/context.h"

/*
 * `ladle run`: the supervisor of `process` and of the deliver workers; restarts one that
 * dies; ends them and itself on SIGTERM or SIGINT. ONCE: all work that is due,
 * then the end. One at a time a site (data/run.lock). Returns an exit code.
 */
int run_site(const char *config, bool once);

#endif
