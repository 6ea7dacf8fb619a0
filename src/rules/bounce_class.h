#ifndef LADLE_RULES_BOUNCE_CLASS_H
#define LADLE_RULES_BOUNCE_CLASS_H

/*
 * What a refusal means: a table that people can read and extend, one rule a line:
 *
 *     CLASS hard|soft STATUS PROVIDER "in words" PATTERN
 *     provider NAME DOMAIN…
 *
 * STATUS is an enhanced code or a reply code, with * for the rest ("5.1.*", "55*", "*").
 * PROVIDER is a name of a provider line, or * for all. PATTERN, the rest of the line, is a
 * regex over what the mail system said; "." is met by anything. Empty lines and those that
 * begin with # do not count.
 *
 * The first rule that meets the reply decides; when none with a pattern does, what the report
 * says to people is asked the same; rules without a pattern count only then.
 */

#include "base/err.h"
#include "base/mem.h"

enum bounce_class {
	BOUNCE_CLASS_UNKNOWN,
	BOUNCE_CLASS_ADDRESS_DEAD, /* there is nobody, or no such domain */
	BOUNCE_CLASS_MAILBOX_FULL,
	BOUNCE_CLASS_POLICY,     /* policy-or-auth: DMARC, DKIM, SPF, local rules */
	BOUNCE_CLASS_REPUTATION, /* our host or domain is not liked */
	BOUNCE_CLASS_CONTENT,    /* this message is not liked */
	BOUNCE_CLASS_OUR_FAULT,  /* relaying, TLS, syntax, DNS of ours */
	BOUNCE_CLASS_TRANSIENT,  /* time-outs, greylisting, what may be gone tomorrow */
	BOUNCE_CLASS_COUNT
};
const char *bounce_class_name(enum bounce_class c); /* "address-dead", "policy-or-auth"… */
/* False when NAME is none. */
bool bounce_class_find(struct span name, enum bounce_class *out);

/* What is asked about; spans may be empty. */
struct bounce_said {
	struct span status;   /* enhanced */
	unsigned code;        /* of the reply; 0: unknown */
	struct span reply;    /* of the mail system */
	struct span text;     /* of the report, to people */
	struct span domain;   /* of the recipient */
	struct span hosts[2]; /* remote and reporting MTA */
};

struct bounce_rule {
	enum bounce_class class;
	bool hard; /* it will not get better by itself */
	struct span status, provider, words, pattern;
	bool own; /* of the site, not built in */
};

struct bounce_classes;
/*
 * The rules of TEXT (may be empty), then those built in. NULL with a misuse error that names
 * the line and what is wrong.
 */
struct bounce_classes *bounce_class_new(struct span text, struct err *e);
void bounce_class_free(struct bounce_classes *c); /* NULL is fine */

/* What is built in, as text. */
struct span bounce_class_builtin(void);

/* All rules in order. */
const struct bounce_rule *bounce_class_rules(const struct bounce_classes *c, size_t *n);

/* Provider I, its name and its domains separated by spaces; false behind the last one. */
bool bounce_class_provider(const struct bounce_classes *c, size_t i, struct span *name,
                           struct span *domains);

/* The rule that decides about SAID; never NULL: the last rule meets anything. */
const struct bounce_rule *bounce_class_of(const struct bounce_classes *c,
                                          const struct bounce_said *said);

#endif
