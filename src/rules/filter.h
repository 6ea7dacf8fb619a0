#ifndef LADLE_RULES_FILTER_H
#define LADLE_RULES_FILTER_H

/*
 * What becomes of the parts of a post, by the settings content-filter,
 * collapse-alternative and drop-html. Pure: nothing is changed here, see
 * rules/revise_content.h.
 *
 * Attached messages (message/rfc822, message/global) are looked into. Where two readers
 * could see different parts (a bound of base/limits.h was met, a field is there twice, a
 * multipart has a transfer encoding), the post is held at least, when there are rules.
 */

#include "mail/mime.h"
#include "rules/filter_rule.h"
#include "rules/list.h"

enum filter_fate {
	FILTER_STAYS,
	FILTER_REPLACED,  /* by a text that says what was there */
	FILTER_DROPPED,   /* with its delimiter, without a word */
	FILTER_COLLAPSED, /* only its child `chosen` stays, in its place */
};

/* A part, in the order of the message; an attached message is one child of its part. */
struct filter_part {
	const struct part *part;
	size_t number;  /* from 1 */
	size_t parent;  /* index; its own for the root */
	unsigned depth; /* through attached messages too */
	bool root; /* of the post or of an attached message: its header says more than Content-* */
	bool copied;      /* lies in a decoded copy: cannot be edited */
	bool sealed;      /* inside something signed or encrypted */
	bool parents;     /* has parts itself */
	bool gone;        /* something around it is replaced or dropped */
	struct span name; /* file name, as mime_param reads it, decoded; may be empty */
	uint64_t size;    /* bytes, once decoded */
	const struct filter_rule *rule; /* that met it, or NULL */
	enum filter_fate fate;
	size_t chosen; /* FILTER_COLLAPSED: index */
};

struct filter_result {
	enum filter_action action; /* the strongest; FILTER_KEEP when there are no rules */
	struct span reason;        /* of FILTER_HOLD and stronger: which part, which rule */
	struct filter_part *v;
	size_t n;
	bool changes;     /* a part does not stay as it is */
	struct span what; /* the changes in a few words, for trace */
};

void filter_judge(struct arena *arena, const struct list *list, const struct message *m,
                  struct filter_result *out);

/* P as people may read it: "image/png \"cat.png\"", printable and not long. */
struct span filter_describe(struct arena *arena, const struct filter_part *p);
/* TEXT with at most MAX bytes of what may be printed, the rest as "?". */
struct span filter_printable(struct arena *arena, struct span text, size_t max);

#endif
