#ifndef LADLE_RULES_ANSWER_H
#define LADLE_RULES_ANSWER_H

/* How many answers an address gets, so that nobody can make us write to it at will. Pure. */

#include "base/span.h"

enum answer_kind {
	ANSWER_CONFIRM, /* a question with a token */
	ANSWER_HELP,    /* because nothing was understood; not to who had any answer today */
	ANSWER_STATE,   /* that it is so already, or cannot be */
	ANSWER_RESULT,  /* what was done, or what was asked for */
	ANSWER_KINDS
};

/* Answers that one address had so far. */
struct answer_counts {
	int64_t kind_day;   /* of this kind from this list in 24 hours; of confirmations those that
	                       were not used */
	int64_t list_day;   /* of all kinds from this list in 24 hours */
	int64_t lists_hour; /* other lists that sent it a confirmation within the hour */
	int64_t site_hour;  /* to all addresses within the hour */
};

#define ANSWER_CONFIRM_DAY  1 /* confirmations an address and list */
#define ANSWER_CONFIRM_HOUR 3 /* lists that ask an address for one */
#define ANSWER_HELP_DAY     1 /* of all kinds: two machines that answer each other stop at once */
#define ANSWER_STATE_DAY    1 /* of the same kind, an address and list */
#define ANSWER_LIST_DAY     5 /* of all kinds */
#define ANSWER_SITE_HOUR    1000 /* of all kinds, to everybody */

/* May one more be sent? If not, why: for the log. NULL: it may. */
const char *answer_refused(enum answer_kind kind, const struct answer_counts *counts);

#endif
