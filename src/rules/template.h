#ifndef LADLE_RULES_TEMPLATE_H
#define LADLE_RULES_TEMPLATE_H

/*
 * Texts with variables, for footers, fields and names: "{list}" stands for a
 * value, "{{" for "{"; a brace that is followed by something else than a word of
 * a-z and '-' and "}" is a brace.
 */

#include "base/err.h"
#include "base/mem.h"

enum template_variable {
	TEMPLATE_LIST,    /* local part of the list */
	TEMPLATE_ADDRESS, /* posting address */
	TEMPLATE_DESCRIPTION,
	TEMPLATE_OWNER,       /* address of the owners */
	TEMPLATE_SUBSCRIBE,   /* address to subscribe, the shared one */
	TEMPLATE_UNSUBSCRIBE, /* and to unsubscribe */
	TEMPLATE_HELP,        /* web address, else address */
	TEMPLATE_ARCHIVE,     /* web address of the archive, or nothing */
	TEMPLATE_NUMBER,      /* of the post */
	TEMPLATE_MESSAGE_ID,  /* without brackets */
	TEMPLATE_NAME,        /* of the author, else his local part */
	TEMPLATE_AUTHOR,      /* his address */
	TEMPLATE_VARIABLES,
};

struct template_values {
	struct span v[TEMPLATE_VARIABLES]; /* UTF-8, one line */
};

enum template_form {
	TEMPLATE_PLAIN,
	TEMPLATE_HTML, /* values with &, <, > and " escaped */
	TEMPLATE_URL,  /* values with what is no unreserved character percent-encoded */
};

/* Misuse when TEXT has an unknown variable; the error names it and those there are. */
bool template_check(struct span text, struct err *e);

/* TEXT with the values put in. What template_check would refuse stays as it is. */
struct span template_expand(struct arena *arena, struct span text,
                            const struct template_values *values, enum template_form form);

#endif
