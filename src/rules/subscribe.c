/*
 * Invariants: without proof, and to a machine, nothing is ever sent; no policy but open
 * subscribes or takes off by a From alone; a ban is not told to whom it strikes.
 */
#include "rules/subscribe.h"

#define SILENT SUBSCRIBE_SILENT
#define REFUSE SUBSCRIBE_REFUSE
#define ASK    SUBSCRIBE_ASK
#define HOLD   SUBSCRIBE_HOLD
#define DO     SUBSCRIBE_DO

/* By proof: none, domain, From, token, invited, moderator. */
static const enum subscribe_act coming[][PROOF_COUNT] = {
	[SUBSCRIBE_OPEN] = { SILENT, ASK, DO, DO, DO, DO },
	[SUBSCRIBE_CONFIRM] = { SILENT, ASK, ASK, DO, DO, DO },
	[SUBSCRIBE_MODERATE] = { SILENT, ASK, HOLD, HOLD, DO, DO },
	[SUBSCRIBE_CONFIRM_MODERATE] = { SILENT, ASK, ASK, HOLD, DO, DO },
	[SUBSCRIBE_CLOSED] = { SILENT, REFUSE, REFUSE, REFUSE, DO, DO },
	[SUBSCRIBE_INVITE] = { SILENT, REFUSE, REFUSE, REFUSE, DO, DO },
};
static const enum subscribe_act leaving[][PROOF_COUNT] = {
	[UNSUBSCRIBE_OPEN] = { SILENT, ASK, DO, DO, DO, DO },
	[UNSUBSCRIBE_CONFIRM] = { SILENT, ASK, ASK, DO, DO, DO },
	[UNSUBSCRIBE_MODERATE] = { SILENT, ASK, HOLD, HOLD, DO, DO },
	[UNSUBSCRIBE_CONFIRM_MODERATE] = { SILENT, ASK, ASK, HOLD, DO, DO },
	[UNSUBSCRIBE_CLOSED] = { SILENT, REFUSE, REFUSE, REFUSE, DO, DO },
};

static const char *const names[] = {
	[SUBSCRIBE_SILENT] = "silent",   [SUBSCRIBE_REFUSE] = "refuse",
	[SUBSCRIBE_ALREADY] = "already", [SUBSCRIBE_ASK] = "ask",
	[SUBSCRIBE_HOLD] = "hold",       [SUBSCRIBE_DO] = "do",
};

static const char *const reasons[] = {
	[SUBSCRIBE_SILENT] = "nothing proves who wrote it",
	[SUBSCRIBE_REFUSE] = "the list does not take this by mail",
	[SUBSCRIBE_ALREADY] = "it is so already",
	[SUBSCRIBE_ASK] = "the address has to confirm it",
	[SUBSCRIBE_HOLD] = "the moderators decide",
	[SUBSCRIBE_DO] = "as asked",
};

const char *subscribe_act_name(enum subscribe_act a)
{
	return names[a];
}

static struct subscribe_result result(enum subscribe_act act, const char *reason)
{
	return (struct subscribe_result){ act, reason ? reason : reasons[act] };
}

static bool full(const struct list *list, const struct subscribe_facts *facts)
{
	return list->member_limit > 0 && facts->members >= 0 &&
	       (uint64_t)facts->members >= list->member_limit;
}

struct subscribe_result subscribe_decide(const struct list *list,
                                         const struct subscribe_facts *facts)
{
	enum subscribe_act act = coming[list->subscribe_policy][facts->proof];
	if (facts->automatic) {
		return result(SUBSCRIBE_SILENT, "written by a machine");
	}
	if (facts->banned) {
		return result(SUBSCRIBE_SILENT, "the address is banned");
	}
	if (act == SUBSCRIBE_SILENT) {
		return result(act, NULL);
	}
	if (facts->member) {
		return result(SUBSCRIBE_ALREADY, "the address is subscribed already");
	}
	if (full(list, facts)) {
		return result(SUBSCRIBE_REFUSE, "the list has as many members as it may have");
	}
	if (act == SUBSCRIBE_REFUSE) {
		return result(act, list->subscribe_policy == SUBSCRIBE_INVITE
		                           ? "the list takes members by invitation only"
		                           : "the list takes no members by mail");
	}
	return result(act, NULL);
}

struct subscribe_result unsubscribe_decide(const struct list *list,
                                           const struct subscribe_facts *facts)
{
	enum subscribe_act act = leaving[list->unsubscribe_policy][facts->proof];
	if (facts->automatic) {
		return result(SUBSCRIBE_SILENT, "written by a machine");
	}
	if (act == SUBSCRIBE_SILENT) {
		return result(act, NULL);
	}
	if (!facts->member) {
		return result(SUBSCRIBE_ALREADY, "the address is not subscribed");
	}
	return result(act,
	              act == SUBSCRIBE_REFUSE ? "members of the list cannot leave by mail" : NULL);
}
