#ifndef LADLE_STORE_WRITERS_H
#define LADLE_STORE_WRITERS_H

/* Who writes how much on which list. AUTHOR as addr_key makes it. */

#include "store/db.h"

/* A post of AUTHOR came at AT and was not discarded. */
bool store_written_add(struct store *s, int64_t list, struct span author, int64_t at,
                       struct err *e);
/* How many of AUTHOR, or with an empty one of all, have come after AFTER and up to UNTIL. */
bool store_written_count(struct store *s, int64_t list, struct span author, int64_t after,
                         int64_t until, int64_t *n, struct err *e);
/* Those before BEFORE go. */
bool store_written_sweep(struct store *s, int64_t before, struct err *e);

/* LIST distributes a post of AUTHOR. */
bool store_writer_posted(struct store *s, int64_t list, struct span author, struct err *e);
/* How many it has distributed. */
bool store_writer_posts(struct store *s, int64_t list, struct span author, int64_t *n,
                        struct err *e);

#endif
