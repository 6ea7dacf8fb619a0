#ifndef LADLE_STORE_INBOX_H
#define LADLE_STORE_INBOX_H

/*
 * What became of every message that came in, by spool name: makes `process` safe to
 * run again (a spool name that is here was handled), and tells `trace` about what
 * was not distributed. Also the attempts at messages that are still in the spool.
 */

#include "store/db.h"

enum inbox_state {
	INBOX_TRYING,  /* attempts counted, not handled yet; next_at says when again */
	INBOX_POST,    /* became post `ref` */
	INBOX_HELD,    /* became held `ref` */
	INBOX_DROPPED, /* discarded or done with, reason says why */
	INBOX_STUCK,   /* too many attempts: stays in spool/stuck until `queue retry|drop` */
};

struct inbox {
	struct span spool; /* spool file name: primary key */
	enum inbox_state state;
	int64_t ref;
	int64_t at;       /* of the last change */
	int64_t first_at; /* when it was first tried */
	int64_t attempts;
	int64_t next_at;
	struct span recipient, mail_from, message_id;
	struct span reason;
};

bool store_inbox_get(struct store *s, struct arena *arena, struct span spool, struct inbox *out,
                     bool *found, struct err *e);
bool store_inbox_put(struct store *s, const struct inbox *in,
                     struct err *e); /* insert or replace */
/* Rows with STATE, oldest first, at most LIMIT. */
bool store_inbox_ls(struct store *s, struct arena *arena, enum inbox_state state, size_t limit,
                    struct inbox **out, size_t *n, struct err *e);
bool store_inbox_by_message_id(struct store *s, struct arena *arena, struct span message_id,
                               struct inbox **out, size_t *n, struct err *e);
/* Forget handled rows older than BEFORE. */
bool store_inbox_sweep(struct store *s, int64_t before, struct err *e);

#endif
