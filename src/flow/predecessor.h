#ifndef LADLE_FLOW_PREDECESSOR_H
#define LADLE_FLOW_PREDECESSOR_H

/* What a worker does first: it sees to what the one before it, of the same number, left. */

#include "flow/journal.h"

/*
 * What it had claimed is anybody's again; what its relay took, as the JOURNAL says, is
 * sent. The journal is empty then.
 */
bool predecessor_release(struct context *c, int64_t worker, int journal, struct err *e);

/*
 * Claims of WORKER (-1: of everyone), posts' and the outbox's, given back; sent is what the
 * journals say. *RELEASED: how many are due again. The journals stay as they are.
 */
bool predecessor_give_back(struct context *c, int64_t worker, int64_t *released, struct err *e);

/*
 * Read its MARK. When workers died too often at one post, with no batch of it settled in
 * between, the post is set aside: it must not stop the others.
 */
bool predecessor_judge(struct context *c, int64_t worker, struct journal_mark *mark, struct err *e);

#endif
