#ifndef LADLE_CLI_DECISION_H
#define LADLE_CLI_DECISION_H

/* How a decision about a post is shown: each row of the table, and what came of it. */

#include "base/json.h"
#include "flow/arrival.h"

void decision_text(struct buf *out, const struct arrival *a);
/* The keys decision, rule, reason, tag and rules, into an object that is open. */
void decision_json(struct json *j, const struct arrival *a);

#endif
