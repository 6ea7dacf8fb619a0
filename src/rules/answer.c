/*
 * What is small is looked at first: a limit of the address, then those that one address has at
 * all lists, then that of the site.
 */
#include "rules/answer.h"

static const struct limit {
	int64_t day;
	const char *why;
} limits[ANSWER_KINDS] = {
	[ANSWER_CONFIRM] = { ANSWER_CONFIRM_DAY,
	                     "a confirmation of this list waits for the address" },
	[ANSWER_HELP] = { ANSWER_HELP_DAY, "it had an answer today" },
	[ANSWER_STATE] = { ANSWER_STATE_DAY, "it was told today" },
	[ANSWER_RESULT] = { ANSWER_LIST_DAY, "it had enough answers today" },
};

const char *answer_refused(enum answer_kind kind, const struct answer_counts *counts)
{
	if (counts->kind_day >= limits[kind].day) {
		return limits[kind].why;
	}
	if (kind == ANSWER_HELP && counts->list_day >= ANSWER_HELP_DAY) {
		return limits[kind].why;
	}
	if (counts->list_day >= ANSWER_LIST_DAY) {
		return "it had enough answers today";
	}
	if (kind == ANSWER_CONFIRM && counts->lists_hour >= ANSWER_CONFIRM_HOUR) {
		return "too many lists asked it for a confirmation within the hour";
	}
	if (counts->site_hour >= ANSWER_SITE_HOUR) {
		return "the site has sent all answers it sends within the hour";
	}
	return NULL;
}
