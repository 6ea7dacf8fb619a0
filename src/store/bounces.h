#ifndef LADLE_STORE_BOUNCES_H
#define LADLE_STORE_BOUNCES_H

/* Events about copies that did not arrive, their groups, and the standing of members. */

#include "rules/bounce_score.h"
#include "store/db.h"

enum bounce_source { BOUNCE_SOURCE_TOKEN, BOUNCE_SOURCE_DKIM2, BOUNCE_SOURCE_RELAY };
const char *bounce_source_name(enum bounce_source s); /* "token", "dkim2", "relay" */

enum bounce_void { BOUNCE_COUNTS, BOUNCE_VOID_GROUP, BOUNCE_VOID_UNDONE };
const char *bounce_void_name(enum bounce_void v); /* "counts", "group", "undone" */

struct bounce_event {
	int64_t id, list, member, post;
	struct span address, domain;
	bool complaint;
	enum bounce_class class;
	bool hard;
	enum bounce_source source;
	struct span status, reply;
	int64_t at;
	int64_t group; /* 0: none */
	enum bounce_void voided;
};

/* *ADDED false: there is one for this member and post already. */
bool store_bounce_add(struct store *s, const struct bounce_event *ev, int64_t *id, bool *added,
                      struct err *e);

/* Which events; what is 0 or empty means any. */
struct bounce_filter {
	int64_t id, list, member, post, group;
	struct span domain;
	int class; /* -1: any */
};
/* Newest first, below BEFORE (0: from the newest), at most LIMIT. */
bool store_bounce_ls(struct store *s, struct arena *arena, const struct bounce_filter *f,
                     int64_t before, size_t limit, struct bounce_event **out, size_t *n,
                     struct err *e);
/* Those of MEMBER that count, since SINCE, oldest first. */
bool store_bounce_hits(struct store *s, struct arena *arena, int64_t member, int64_t since,
                       struct bounce_hit **out, size_t *n, struct err *e);

/* The later ones say more about the cause. */
enum bounce_tally_what { BOUNCE_TALLY_POST, BOUNCE_TALLY_STATUS, BOUNCE_TALLY_DOMAIN };
struct bounce_tally {
	int64_t post;
	enum bounce_tally_what what;
	struct span name; /* domain or status; empty for BOUNCE_TALLY_POST */
	int64_t n, total, group;
};
/* One more; T then holds what is there. */
bool store_bounce_tally_add(struct store *s, struct bounce_tally *t, struct err *e);
/* Keep total and group of T. */
bool store_bounce_tally_put(struct store *s, const struct bounce_tally *t, struct err *e);
/* How many members post T->post went to: at the domain T->name, or all. */
bool store_bounce_recipients(struct store *s, const struct bounce_tally *t, int64_t *total,
                             struct err *e);

struct bounce_group {
	int64_t id, list, post;
	enum bounce_tally_what what;
	struct span name;
	enum bounce_class class;
	struct span status, reply;
	int64_t at, alerted;
	int64_t n, total; /* of its tally */
};
bool store_bounce_group_add(struct store *s, const struct bounce_group *g, int64_t *id,
                            struct err *e);
/* Those that still have events, newest first; LIST 0: of all. */
bool store_bounce_groups(struct store *s, struct arena *arena, int64_t list, size_t limit,
                         struct bounce_group **out, size_t *n, struct err *e);
/*
 * Put the events that tally T is about into group T->group, also out of groups that say less:
 * they are void.
 */
bool store_bounce_gather(struct store *s, const struct bounce_tally *t, struct err *e);
/* Event ID is in group GROUP: it is void. */
bool store_bounce_place(struct store *s, int64_t id, int64_t group, struct err *e);
/* Event ID, or with 0 all of GROUP, counts no more. */
bool store_bounce_undo(struct store *s, int64_t id, int64_t group, int64_t *changed, struct err *e);
/* All events of MEMBER count no more. */
bool store_bounce_forget(struct store *s, int64_t member, int64_t *changed, struct err *e);

struct bounce_row {
	int64_t member, list;
	struct bounce_standing standing;
	uint64_t delivery;   /* enum member_delivery: what he had before */
	struct span address; /* not of the row: of who has loaded the member */
};
/* Standing is good when there is none. */
bool store_bounce_standing(struct store *s, int64_t member, struct bounce_row *out, struct err *e);
/* Good: forget it. Sets the delivery of the member, too: none when disabled or complained. */
bool store_bounce_standing_put(struct store *s, const struct bounce_row *row, struct err *e);
/* Those that are due at NOW (bounce_score_due), the earliest first. */
bool store_bounce_standings(struct store *s, struct arena *arena, int64_t now, size_t limit,
                            struct bounce_row **out, size_t *n, struct err *e);
/* Those of before BEFORE about which no owner was told, by post, the largest of each first. */
bool store_bounce_alerts(struct store *s, struct arena *arena, int64_t before, size_t limit,
                         struct bounce_group **out, size_t *n, struct err *e);
/* The owner was told at NOW about POST. */
bool store_bounce_alerted(struct store *s, int64_t post, int64_t now, struct err *e);

bool store_bounce_forged(struct store *s, int64_t list, int64_t day, struct err *e);
bool store_bounce_forged_count(struct store *s, int64_t list, int64_t *n, struct err *e);
/* A copy that our own delivery could not hand over, not yet an event. */
struct bounce_failed {
	int64_t list, post, member;
	struct span address, reply;
	int64_t at;
};
bool store_bounce_failed(struct store *s, struct arena *arena, size_t limit,
                         struct bounce_failed **out, size_t *n, struct err *e);
/* The same of probes that are out; post: the time since which they are. */
bool store_bounce_failed_probes(struct store *s, struct arena *arena, size_t limit,
                                struct bounce_failed **out, size_t *n, struct err *e);
bool store_bounce_counted(struct store *s, int64_t post, int64_t member, struct err *e);

enum bounce_by { BOUNCE_BY_CLASS, BOUNCE_BY_DOMAIN, BOUNCE_BY_POST, BOUNCE_BY_MEMBER };
struct bounce_sum {
	struct span name;
	int64_t events, scored, last;
};
/* Sums of the events of LIST (0: all), the most first. */
bool store_bounce_stats(struct store *s, struct arena *arena, int64_t list, enum bounce_by by,
                        size_t limit, struct bounce_sum **out, size_t *n, struct err *e);
/* Forget events and groups before BEFORE. */
bool store_bounce_sweep(struct store *s, int64_t before, struct err *e);

#endif
