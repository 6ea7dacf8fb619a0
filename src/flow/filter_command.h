#ifndef LADLE_FLOW_FILTER_COMMAND_H
#define LADLE_FLOW_FILTER_COMMAND_H

/*
 * The setting filter-command: a program that sees a post before it is distributed. Its
 * exit code decides, the last line it prints is the reason:
 *
 *     0 accept   80 hold   81 reject   82 discard   all else: it failed
 *
 * One that fails, or takes longer than LIMIT_COMMAND_MS, has said nothing: the post is put
 * back, and when there is no more time for that, held.
 */

#include "flow/arrival.h"

/* Ask it about A; everything in A's arena. */
struct policy_command filter_command_ask(const struct arrival *a);

#endif
