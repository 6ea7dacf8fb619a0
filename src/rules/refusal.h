#ifndef LADLE_RULES_REFUSAL_H
#define LADLE_RULES_REFUSAL_H

/*
 * Who is told that a message was refused, after the mail server took it: the hop that
 * answers for it, or nobody (draft section 16, design.md section 6). Pure.
 */

#include "auth/verdict.h"
#include "base/mem.h"
#include "mail/message.h"

enum refusal_to {
	REFUSAL_NOBODY,
	REFUSAL_SIGNER, /* mf= of the newest DKIM2-Signature */
	REFUSAL_AUTHOR, /* no DKIM2; From, which an aligned DKIM1 signature proves */
};

struct refusal_input {
	const struct message *message; /* NULL: it could not be read */
	const struct verdict *verdict; /* by the envelope that it came with; NULL: there is none */
	struct span mail_from;         /* without brackets; empty: null */
	struct span vouched; /* address of the hop before ours, which our own signature proves, or
	                        empty; then nothing else is looked at */
	struct span author;  /* the single From address, or empty */
	struct span arrived_as; /* the recipient that the sender's server named */
	bool handed;            /* a list of this site handed it over */
	bool signs;             /* we sign as the domain of arrived_as, or as one above it */
};

struct refusal_choice {
	enum refusal_to to;
	struct span address; /* without brackets, canonical */
	const char *code;    /* "told", or why nobody is: one word, for counting */
	const char *why;     /* the same for people */
};

struct refusal_choice refusal_choose(struct arena *arena, const struct refusal_input *in);

/* How many were told within REFUSAL_PERIOD, besides. */
#define REFUSAL_PERIOD 3600
struct refusal_counts {
	int64_t address, domain, site;
	bool same; /* the address, of this very message */
};
/* CHOICE, or nobody when there were too many. */
struct refusal_choice refusal_limit(const struct refusal_choice *choice,
                                    const struct refusal_counts *counts);

/* The status code (RFC 3463) of a refusal by rule RULE; 5.7.1 for one it does not know. */
const char *refusal_status(const char *rule);

#endif
