#ifndef LADLE_FLOW_REQUEST_WORK_H
#define LADLE_FLOW_REQUEST_WORK_H

/* Private to flow/request*.c: one mail with commands at work. */

#include "flow/answer.h"
#include "flow/enrol.h"
#include "flow/request.h"
#include "rules/command.h"
#include "rules/subscribe.h"
#include "store/pending.h"

struct request {
	struct context *c;
	struct arrival *a;
	struct arena *arena;
	struct command_list commands;
	bool authentic;   /* From is proven */
	struct span from; /* canonical; empty: no single author */
	struct span key;  /* of it */
	struct buf log;   /* what became of each command */
};

/* "subscribe: the address has to confirm it", and what was not sent because of its limit. */
void request_note(struct request *r, const char *verb, const char *what);
/* An answer to who wrote, if he is proven. */
bool request_reply(struct request *r, enum answer_kind kind, const char *notice,
                   const struct notice_vars *vars, struct err *e);
/* The same for what cannot be done because of how it was asked for. */
bool request_unknown(struct request *r, const char *verb, const char *why, struct err *e);
/* As enrol.h wants it. */
struct enrol request_how(struct request *r, struct span detail);
/* The proof that this mail is for ADDRESS. */
enum subscribe_proof request_proof(const struct request *r, struct span address);

/* enrol_ask, with list and asked_by filled in, and what came of it noted. */
bool request_ask(struct request *r, const char *verb, const struct enrol_question *q,
                 struct err *e);

/* The member with KEY. */
bool request_member(struct request *r, struct span key, struct member *out, bool *found,
                    struct err *e);

/* request_subscribe.c: joining and leaving, with a proof. */
struct request_person {
	struct span address, key, name;
	uint64_t delivery;
	enum subscribe_proof proof;
};
bool request_subscribe(struct request *r, const struct request_person *who, struct err *e);
bool request_unsubscribe(struct request *r, const struct request_person *who, struct err *e);
/* The person a command is about, its argument or who wrote. False: not an address. */
bool request_person(struct request *r, const struct command_line *line, struct request_person *out);

/* request_site.c: at an address for all lists (rules/robot.h). */
bool request_site(struct request *r, const struct command_line *line, struct err *e);
/* The lists that KEY is a member of: of this domain alone, as of others the writer may know
 * nothing. */
bool request_lists_of(struct request *r, struct span key, struct list **out, size_t *n,
                      struct err *e);
/* Who is proven to be WHO leaves all lists of the domain, as far as each lets him. */
bool request_leave_all(struct request *r, const struct request_person *who, struct err *e);

/* request_confirm.c: what a token stands for. */
bool request_confirm(struct request *r, const struct command_line *line, struct err *e);

/* request_member.c: what members and owners ask for. */
bool request_set(struct request *r, const struct command_line *line, struct err *e);
bool request_change_address(struct request *r, const struct command_line *line, struct err *e);
bool request_alias(struct request *r, const struct command_line *line, struct err *e);
bool request_unalias(struct request *r, const struct command_line *line, struct err *e);
bool request_which(struct request *r, struct err *e);
bool request_lists(struct request *r, struct err *e);
bool request_who(struct request *r, struct err *e);
bool request_roster(struct request *r, struct span recipient, struct err *e);

#endif
