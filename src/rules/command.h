#ifndef LADLE_RULES_COMMAND_H
#define LADLE_RULES_COMMAND_H

/*
 * Commands that people write to a list: in the subject and the first lines of a mail to
 * its request address, or as a word behind the delimiter of the address. Pure.
 *
 *     command_mail(arena, message, &subject, &text);
 *     command_read(subject, text, &list);
 *
 * Verbs and options are known under the names that other list managers use, without
 * regard to case. What is not a command is never guessed at.
 */

#include "mail/message.h"
#include "rules/member.h"

enum verb {
	VERB_SUBSCRIBE,
	VERB_UNSUBSCRIBE,
	VERB_CONFIRM,
	VERB_HELP,
	VERB_INFO,
	VERB_LISTS,
	VERB_WHICH,
	VERB_WHO,
	VERB_SET,
	VERB_CHANGE_ADDRESS,
	VERB_ALIAS,
	VERB_UNALIAS,
	VERB_END,
};
const char *verb_name(enum verb v); /* "subscribe"… */

struct command_line {
	enum verb verb;
	struct member_change change; /* VERB_SET, and the mode of VERB_SUBSCRIBE */
	struct span argument;        /* token, address; empty when there is none */
	bool everywhere;             /* VERB_UNSUBSCRIBE: "*", all lists are meant */
	bool bad; /* the verb is known, what stands behind it is not: nothing is done */
};

#define COMMAND_MAX       10  /* commands of one mail */
#define COMMAND_LINES     10  /* lines of its text that are looked at, empty ones not counted */
#define COMMAND_LINE_SIZE 500 /* bytes of a line; a longer one is no command */

struct command_list {
	struct command_line v[COMMAND_MAX];
	size_t n;
	bool unknown; /* a line was no command: reading stopped there */
	bool more;    /* there were more than COMMAND_MAX */
};

/*
 * Subject of M (decoded; of a reply only `confirm`, without "Re:"), and the start of its first
 * text/plain part (decoded, UTF-8). Attached messages are not looked into.
 */
void command_mail(struct arena *arena, const struct message *m, struct span *subject,
                  struct span *text);

/*
 * The commands of SUBJECT, then of TEXT, as spans of these. Quoted lines (">") and empty
 * lines are passed over; `end`, `stop` and the like, a signature ("--") and the first line
 * that is no command end it. A subject that is no command is no mistake.
 */
void command_read(struct span subject, struct span text, struct command_list *out);

/* One line. False when its first word is no verb. */
bool command_line(struct span line, struct command_line *out);

/*
 * What stands behind "subscribe-" or "unsubscribe-" in an address: a delivery mode or
 * "user=domain", the address that is meant. False for anything else.
 */
bool command_suffix(struct arena *arena, struct span suffix, struct command_line *out);

#endif
