#ifndef LADLE_CLI_ROSTER_H
#define LADLE_CLI_ROSTER_H

/*
 * Files of members: one a line, an address or "Name <address>", behind a tabulator what
 * rules/member.h writes of options. Empty lines and lines with # are passed over.
 */

#include "cli/cli.h"
#include "store/members.h"

struct roster {
	const struct new_member **v; /* ascending by key, none twice; in the arena or the text */
	size_t n;
	int64_t repeated; /* lines that named somebody again */
};

/*
 * Read TEXT, which must outlive *OUT. FILE is for messages: "FILE:LINE: …". PRESET: what a line
 * without options gets. LIST itself is refused.
 */
bool roster_read(struct call *call, const struct list *list, struct span text, const char *file,
                 const struct member *preset, struct roster *out);

/* No longer by key, but as the lines were. */
void roster_in_order(struct roster *r);

/* "Name <address>" or a bare address. Fills address, name and key. */
bool roster_address(struct call *call, struct arena *arena, struct span text,
                    struct new_member *out);
/* A list that is its own member would send each post to itself. */
bool roster_not_itself(struct call *call, const struct list *list, struct span address);

/* What --mode and --set make of a new member, who joins now. */
bool call_member_preset(struct call *call, struct member *preset);
/* Would LIST have more members than member-limit says, with MORE than the database has now? */
bool call_member_limit(struct call *call, const struct list *list, int64_t more);

#define OPT_MEMBER_MODE                                                                            \
	{ "--mode", "MODE", "mail, nomail, digest-mime, digest-plain or both" },                   \
	{                                                                                          \
		"--delivery", "MODE", "the same"                                                   \
	}
#define OPT_MEMBER_SET                                                                              \
	{                                                                                           \
		"--set", "OPTION",                                                                  \
			"ack, selfcopy, dedup, hide, moderated (no… for the opposite), lang XX, " \
			"nomail-14d; may be repeated"                                               \
	}

/* How far it is, on a terminal; nothing when standard error is none. */
struct progress {
	const char *what;
	size_t total;
	int shown; /* the last percentage; -1: nothing yet */
	bool terminal;
};
void progress_start(struct progress *p, const char *what, size_t total);
void progress_show(struct progress *p, size_t done);
void progress_end(struct progress *p);

#endif
