#ifndef LADLE_STORE_HELD_H
#define LADLE_STORE_HELD_H

#include "store/db.h"

enum held_state { HELD_WAITING, HELD_ACCEPTED, HELD_DISCARDED, HELD_REFUSED };
const char *held_state_name(enum held_state s); /* "waiting", "accepted", "discarded", "refused" */

enum held_kind {
	HELD_POST,
	HELD_JOIN,  /* a request to become a member: author asks, subject is his name */
	HELD_LEAVE, /* the same to be one no longer */
};
const char *held_kind_name(enum held_kind k); /* "post", "join", "leave" */

struct held {
	int64_t id;
	int64_t list; /* 0: no list answers for it (unknown address) */
	enum held_kind kind;
	enum held_state state;
	struct span blob;      /* message bytes */
	struct span mail_from; /* without brackets */
	struct span recipient;
	struct span arrived_as; /* address of its SMTP transaction; empty: the recipient */
	struct span handed_by;  /* list of this site that handed it over, or empty */
	struct span author;     /* From address, may be empty */
	struct span subject;    /* decoded, for people */
	struct span message_id;
	struct span rule; /* policy row that held it */
	struct span reason;
	struct span verdict; /* JSON */
	int64_t arrived;     /* seconds since 1970 */
	int64_t decided;     /* 0 while waiting, and when a rule refused it */
	int64_t size;
	bool truncated;
	struct span decided_by; /* address or user; empty: a rule, or the lapse of time */
	struct span channel;    /* HELD_CLI…; empty: a rule */
	struct span note;       /* what the moderator wrote to the author */
	bool asked;             /* its author has to confirm it, before any moderator sees it */
	int64_t signed_at;      /* t= of the newest DKIM2 signature of a chain that verified; 0 */
};

#define HELD_BY_CLI    "cli"
#define HELD_BY_MAIL   "mail"
#define HELD_BY_EXPIRY "expiry"

/* Which refusals a decision may undo. */
enum held_back {
	HELD_BACK_RULES, /* those that no person has spoken */
	HELD_BACK_ALL,
	HELD_BACK_NONE,
};

/* What becomes of a held message, and who says so. */
struct held_decision {
	enum held_state state;
	int64_t at;
	struct span by, channel, note;
	enum held_back back;
};

bool store_held_add(struct store *s, const struct held *h, int64_t *id, struct err *e);
bool store_held_get(struct store *s, struct arena *arena, int64_t id, struct held *out, bool *found,
                    struct err *e);
/* LIST 0: of all lists; oldest first; only those in STATE; id > AFTER. */
bool store_held_ls(struct store *s, struct arena *arena, int64_t list, enum held_state state,
                   int64_t after, size_t limit, struct held **out, size_t *n, struct err *e);
/*
 * From waiting, or from refused to another state as far as D->back says; one statement, so that
 * of two who decide at once one is first: *CHANGED false for the other.
 */
bool store_held_decide(struct store *s, int64_t id, const struct held_decision *d, bool *changed,
                       struct err *e);
/* How many are in a state, by list and rule. */
struct held_count {
	int64_t list;
	struct span rule;
	int64_t n;
	int64_t oldest; /* arrival */
};
/* LIST 0: of all lists and none. */
bool store_held_counts(struct store *s, struct arena *arena, int64_t list, enum held_state state,
                       struct held_count **out, size_t *n, struct err *e);
/* Ids of at most LIMIT that wait for LIST (0: for none) and arrived before BEFORE. */
bool store_held_expired(struct store *s, struct arena *arena, int64_t list, int64_t before,
                        size_t limit, int64_t **out, size_t *n, struct err *e);
/* The lists for which something waits, 0 for none among them; ascending. */
bool store_held_lists(struct store *s, struct arena *arena, int64_t **out, size_t *n,
                      struct err *e);
/* At most LIMIT that wait for LIST, of which the moderators know, oldest first; *TOTAL in all. */
bool store_held_known(struct store *s, struct arena *arena, int64_t list, size_t limit,
                      struct held **out, size_t *n, int64_t *total, struct err *e);
/*
 * The author of ID is asked to confirm it (ASKED), or has confirmed it; REASON as it is from now
 * on. *CHANGED false: it was so already, or ID does not wait.
 */
bool store_held_ask(struct store *s, int64_t id, bool asked, struct span reason, bool *changed,
                    struct err *e);
/* How many that wait for LIST, and are known to the moderators, arrived since SINCE. */
bool store_held_recent(struct store *s, int64_t list, int64_t since, int64_t *count, struct err *e);
/* *FIRST: WHO was not told yet that ID was decided without him; from now on he was. */
bool store_held_told(struct store *s, int64_t id, struct span who, bool *first, struct err *e);
/* Ids of at most LIMIT that wait for LIST, were signed before BEFORE, and of which nobody was
 * warned; store_held_warned: now they were. */
bool store_held_aging(struct store *s, struct arena *arena, int64_t list, int64_t before,
                      size_t limit, int64_t **out, size_t *n, struct err *e);
bool store_held_warned(struct store *s, int64_t id, struct err *e);
/* Forget what was decided, or refused by a rule, before BEFORE. */
bool store_held_sweep(struct store *s, int64_t before, struct err *e);
bool store_held_count(struct store *s, int64_t list, enum held_state state, int64_t *count,
                      struct err *e);

#endif
