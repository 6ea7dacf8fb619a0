#ifndef LADLE_RULES_TEMPLATE_H
#define LADLE_RULES_TEMPLATE_H

/*
 * Texts with variables: footers, fields, names, notices (rules/notice.h).
 *
 *     {list}                            the variable's value
 *     {if archive}…{else}…{end}         the first when the value is not empty, else the
 *                                       second, which may be missing; up to TEMPLATE_DEPTH
 *                                       in each other
 *     {{                                a brace
 *
 * A line on which nothing but white space and one {if …}, {else} or {end} stands
 * is not part of the text. A name is a word of a-z and '-'; a brace that is
 * followed by anything else is a brace.
 */

#include "base/err.h"
#include "base/mem.h"

#define TEMPLATE_DEPTH 8

enum template_form {
	TEMPLATE_PLAIN, /* lines of a value behind the first are indented as the one it stands in */
	TEMPLATE_HTML,  /* values with &, <, > and " escaped */
	TEMPLATE_URL,   /* values with what is no unreserved character percent-encoded */
};

/* The variables that a text may use. */
struct template_names {
	const char *const *v;
	size_t n;
};

/* Is told of a fault: its offset in the text, and the error (misuse). */
typedef void template_fault(void *to, size_t at, const struct err *e);

/* Tells FAULT (with TO) of each unknown variable and all that is not balanced; true without any. */
bool template_faults(struct span text, struct template_names names, template_fault *fault,
                     void *to);
/* Does TEXT put the value of NAME in? A condition alone does not count. */
bool template_uses(struct span text, struct span name);
/*
 * TEXT with the values put in, VALUES in the order of NAMES. Unknown variables and
 * an {else} or {end} too many stay as they are, an unknown condition is false.
 */
struct span template_fill(struct arena *arena, struct span text, struct template_names names,
                          const struct span *values, enum template_form form);

/* The variables of a post, for the settings that are templates. */
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

/* template_faults for them: misuse with the first, which names the variables there are. */
bool template_check(struct span text, struct err *e);
/* template_fill for them. */
struct span template_expand(struct arena *arena, struct span text,
                            const struct template_values *values, enum template_form form);

#endif
