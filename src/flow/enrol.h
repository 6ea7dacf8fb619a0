#ifndef LADLE_FLOW_ENROL_H
#define LADLE_FLOW_ENROL_H

/*
 * Members come, change and go: the row, the line of the trail, the word to the person and
 * to the owners, all in the caller's transaction.
 */

#include "flow/context.h"
#include "rules/list.h"
#include "rules/notice.h"
#include "rules/pending.h"

struct enrol {
	const struct list *list;
	struct span channel;     /* "mail", "cli": for the trail */
	struct span actor;       /* who brings it about */
	struct span detail;      /* how: "confirmed", "personal address" */
	struct span in_reply_to; /* the mail that did; or empty */
	bool quiet;              /* no word to the person */
	bool silent;             /* nor to the owners */
};

/* *ADDED false: he was there. M needs address, name and options; joined is set. */
bool enrol_join(struct context *c, struct arena *arena, const struct enrol *how, struct member *m,
                bool *added, struct err *e);
/* *REMOVED false: he was not there. */
bool enrol_leave(struct context *c, struct arena *arena, const struct enrol *how,
                 const struct member *m, bool *removed, struct err *e);
/* A line of the trail. */
bool enrol_audit(struct context *c, struct arena *arena, const struct enrol *how, const char *what,
                 struct span subject, struct span detail, struct err *e);

/*
 * Ask an address by a token to confirm ACTION: the row that waits, and NOTICE. *REFUSED: why it
 * is not asked (rules/answer.h); NULL when it is. The newest question of a kind is the one that
 * counts, but for kinds of which there may be many.
 */
struct enrol_question {
	const struct list *list;
	enum pending_action action;
	const char *notice;
	struct span address, name;
	struct span other; /* second address of the action, number of a post; or empty */
	uint64_t delivery;
	struct span asked_by;
	const struct notice_vars *vars; /* or NULL */
};
bool enrol_ask(struct context *c, struct arena *arena, const struct enrol_question *q,
               const char **refused, struct err *e);

#endif
