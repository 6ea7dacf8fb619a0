#ifndef LADLE_RULES_POLICY_H
#define LADLE_RULES_POLICY_H

/*
 * What happens to a post. First the checks that no rule overrules, then the rules of the
 * site and of the list (rules/rule.h), then what the list's other settings say; the first
 * that applies decides. What is accepted is shown to the filter command. Pure.
 */

#include "auth/verdict.h"
#include "base/mem.h"
#include "mail/message.h"
#include "rules/filter.h"
#include "rules/list.h"
#include "rules/rule.h"
#include "rules/site.h"

enum decision {
	DECISION_ACCEPT,
	DECISION_HOLD,
	DECISION_REJECT,
	DECISION_DISCARD,
	DECISION_PUT_BACK
};
const char *decision_name(enum decision d); /* "accept"… */
const char *decision_past(enum decision d); /* "accepted"… */

struct policy_input {
	const struct site *site;
	const struct list *list;
	const struct message *message;
	const struct verdict *verdict;
	struct span list_id;   /* our List-Id value, for loops */
	struct span mail_from; /* without brackets; empty: null */
	struct span author;    /* the single From address, canonical; empty when there is none */
	size_t size;           /* octets as received */
	bool truncated;        /* receive kept only a part */
	bool member;           /* author is a member, by this or another address of his */
	bool member_moderated; /* and his posts are held */
	bool banned;           /* author is banned from the list or the site */
	bool domain_signs; /* an authentic message of the author's domain was seen on this site */
	bool duplicate;    /* Message-ID already distributed on this list */
	bool same_bytes;   /* and the message was the same, byte for byte */
	bool approved; /* a moderator has accepted it: only what cannot be sent at all still stops
	                  it */
	bool patient;  /* put back is still possible (within LIMIT_PUT_BACK of arrival) */
	bool handed;   /* a list of this site handed it over */
	bool replay;   /* its first instance was distributed before, and no hop says exploded */
	const struct filter_result *content; /* NULL: the list looks at no parts */
	int64_t member_for;                  /* seconds since he joined; 0 when not a member */
	int64_t posts;                       /* of the author that this list has distributed */
	const struct rule_set *site_rules, *list_rules; /* counts filled in; NULL: none */
};

/* What became of one row of the table, for those who want to see why. */
enum policy_step {
	POLICY_NO,        /* does not apply */
	POLICY_OVERRULED, /* not asked: a moderator has accepted the message */
	POLICY_PASSED,    /* applies, and the list's settings let the message pass */
	POLICY_DECIDED,
	POLICY_BEHIND, /* comes after the row that decided */
};
struct policy_row {
	const char *rule;
	const char *reason;
	struct span why; /* what a rule of the site or the list found; else empty */
	enum policy_step step;
};

struct policy_result {
	enum decision decision;
	const char *rule;        /* name of the row that decided; of a rule "rules:LINE" */
	struct span reason;      /* for people; in the arena */
	struct policy_row *rows; /* the whole table in its order; in the arena */
	size_t n;
	struct span *tags; /* of rules that applied */
	size_t ntags;
};

/* What the filter command said (flow/filter_command.h). */
struct policy_command {
	enum decision decision;
	struct span reason;
};

/*
 * Member, owner, moderator, as rules know them: the address in From is one, and what
 * `unauthenticated` asks for proves it; of owners and moderators always a proof is
 * wanted. A moderator is also who owns the list.
 */
bool policy_member(const struct policy_input *in);
bool policy_owner(const struct policy_input *in);
bool policy_moderator(const struct policy_input *in);
/* Nobody can say whether a bare From is a member's: the DNS does not tell what DMARC asks for. */
bool policy_undecided(const struct policy_input *in);

struct policy_result policy_decide(struct arena *arena, const struct policy_input *in);

/*
 * The last word about what *RESULT accepts: that of the list's filter command. What it holds
 * a moderator may accept.
 */
void policy_hear(const struct policy_input *in, const struct policy_command *said,
                 struct policy_result *result);

#endif
