#ifndef LADLE_MAIL_DIFF_H
#define LADLE_MAIL_DIFF_H

/*
 * What is different between two texts, line by line, in the least number of lines (Myers,
 * "An O(ND) Difference Algorithm", 1986), and as a unified diff that patch(1) takes.
 *
 * A line ends in LF. A CR before it is part of the line and is printed as it is, so that
 * a diff of messages, whose lines end in CRLF, applies to messages; the lines of the diff
 * itself ("@@", "---", "+++") end in LF. The last line may have no LF.
 *
 * Lines that both texts begin and end with cost one pass over them, whatever their number.
 * Between those the work is bounded by LIMIT_DIFF_LINES, LIMIT_DIFF_DISTANCE and
 * LIMIT_DIFF_WORK; beyond, all of it counts as one change.
 */

#include "base/buf.h"

/* Old lines [old_at, old_at + old_n) became new lines [new_at, new_at + new_n); from 0. */
struct diff_change {
	size_t old_at, old_n;
	size_t new_at, new_n;
};

struct diff {
	struct diff_change *v; /* ascending; what is between two is the same on both sides */
	size_t n;
	size_t old_lines, new_lines; /* of the whole texts */
	bool rough;                  /* a limit was met: there may be a smaller difference */
};

/* In ARENA. No change exactly when the texts are equal. */
struct diff diff_lines(struct arena *arena, struct span old, struct span new);

/*
 * The unified diff with three lines of context, appended to OUT; nothing when the texts
 * are equal. The names go behind "--- " and "+++ " and must not hold an LF.
 */
void diff_unified(struct arena *arena, struct buf *out, struct span old_name, struct span new_name,
                  struct span old, struct span new);

#endif
