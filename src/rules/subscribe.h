#ifndef LADLE_RULES_SUBSCRIBE_H
#define LADLE_RULES_SUBSCRIBE_H

/*
 * Who may come and go: the two policies of a list as tables of policy and proof. Pure.
 *
 * Proof is what vouches for the address that is to be subscribed or taken off. Without any
 * nothing happens and nobody is written to: the address may be somebody else's.
 */

#include "rules/list.h"

enum subscribe_policy {
	SUBSCRIBE_OPEN,             /* whoever proves his address */
	SUBSCRIBE_CONFIRM,          /* and answers a confirmation */
	SUBSCRIBE_MODERATE,         /* and whom a moderator lets in */
	SUBSCRIBE_CONFIRM_MODERATE, /* both */
	SUBSCRIBE_CLOSED,           /* nobody by mail */
	SUBSCRIBE_INVITE            /* who was invited */
};
enum unsubscribe_policy {
	UNSUBSCRIBE_OPEN,
	UNSUBSCRIBE_CONFIRM,
	UNSUBSCRIBE_MODERATE,         /* and whom a moderator lets go */
	UNSUBSCRIBE_CONFIRM_MODERATE, /* both */
	UNSUBSCRIBE_CLOSED
};

enum subscribe_proof {
	PROOF_NONE,
	PROOF_DOMAIN,    /* an authentic From of the address's domain asks for it */
	PROOF_FROM,      /* it is the authentic From itself */
	PROOF_TOKEN,     /* the address has confirmed, or its personal token came */
	PROOF_INVITED,   /* it has accepted an invitation */
	PROOF_MODERATOR, /* a moderator has agreed to what it confirmed */
	PROOF_COUNT
};

enum subscribe_act {
	SUBSCRIBE_SILENT,  /* nothing but a line in the log */
	SUBSCRIBE_REFUSE,  /* say why not */
	SUBSCRIBE_ALREADY, /* say that it is so already */
	SUBSCRIBE_ASK,     /* send a confirmation to the address */
	SUBSCRIBE_HOLD,    /* ask the moderators */
	SUBSCRIBE_DO
};
const char *subscribe_act_name(enum subscribe_act a);

struct subscribe_facts {
	enum subscribe_proof proof;
	bool automatic; /* a machine wrote the mail: it is neither believed nor answered */
	bool member;
	bool banned;
	int64_t members; /* of the list */
};

struct subscribe_result {
	enum subscribe_act act;
	const char *reason; /* lower case, for the log and for people; never text of the request */
};

struct subscribe_result subscribe_decide(const struct list *list,
                                         const struct subscribe_facts *facts);
struct subscribe_result unsubscribe_decide(const struct list *list,
                                           const struct subscribe_facts *facts);

#endif
