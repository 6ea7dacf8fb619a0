#ifndef LADLE_RULES_MEMBER_H
#define LADLE_RULES_MEMBER_H

/*
 * What a member may choose: how mail comes, until when it does not, and flags. One table
 * of words serves commands by mail, the command line and the files of import and export.
 */

#include "base/mem.h"
#include "rules/list.h"

/* What somebody wants changed; nothing else of the member is. */
struct member_change {
	bool has_delivery;
	uint64_t delivery; /* enum member_delivery */
	int64_t days;      /* no mail for so many days, then as before; 0: not asked for */
	uint64_t on, off;  /* enum member_flag */
	bool has_language;
	struct span language; /* "de", "pt-br"; empty: the list's */
};

#define MEMBER_DAYS_MAX 366

/* "mail", "nomail", "digest-mime", "digest-plain", "both". */
const char *member_delivery_name(uint64_t delivery);
/* The mode that WORD names, under any of its names. False: none. */
bool member_delivery_read(struct span word, uint64_t *out);

/*
 * Add what WORDS ask for to *CHANGE: `digest`, `nomail-14d`, `vacation 14`, `ack`, `noack`,
 * `ack off`, `lang de`. False when WORDS are none of these.
 */
bool member_change_read(struct span words, struct member_change *change);
bool member_change_empty(const struct member_change *change);
/* Make it true. A new mode, or days, ends what days said before. NOW in seconds since 1970. */
void member_change_apply(const struct member_change *change, int64_t now, struct member *m);

/* Does M get no mail at NOW? */
bool member_silent(const struct member *m, int64_t now);

/*
 * What differs from the usual as words separated by commas, "digest-mime,ack,lang de,
 * until 1796000000": empty for a member without wishes. And the way back, into a member
 * without wishes; false when a word is none of these.
 */
struct span member_words(struct arena *arena, const struct member *m);
bool member_words_read(struct span words, struct member *m);

/* Name of flag number I ("selfcopy"…), NULL behind the last; the flag is 1 << I. */
const char *member_flag_name(unsigned i);

#endif
