#ifndef LADLE_CLI_CMD_HELD_H
#define LADLE_CLI_CMD_HELD_H

/* What the commands about held messages have in common: which ones are meant, and by whom. */

#include "cli/commands.h"
#include "store/held.h"

/* What held messages are chosen by; all that is set must fit. */
struct held_filter {
	int64_t list;       /* 0: any */
	struct span sender; /* address, or "@domain"; empty: any */
	struct span rule;   /* empty: any */
	int64_t before;     /* arrived before; 0: any time */
};

#define HELD_FILTER_OPTS                                                                           \
	{ "--list", "LIST", "those of a list" },                                                   \
		{ "--sender", "ADDRESS", "from an address, or from @DOMAIN" },                     \
		{ "--rule", "NAME", "that this rule held" },                                       \
	{                                                                                          \
		"--older", "TIME", "that wait for longer than 12h, 3d…"                          \
	}

/* The filter of the options; *ANY: was one of them, or --all, given? Opens the store for --list. */
bool held_filter_read(struct call *call, struct held_filter *out, bool *any);
bool held_fits(const struct held_filter *f, const struct held *h);

/* The number of a held message. */
bool held_id(struct call *call, const char *text, int64_t *id);
/* Who decides: --by, or the user that runs the command. To be asked before the site is opened. */
struct span held_by(struct call *call);

#endif
