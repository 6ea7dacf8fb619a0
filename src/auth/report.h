#ifndef LADLE_AUTH_REPORT_H
#define LADLE_AUTH_REPORT_H

/*
 * A verdict for programs and for people. Order of use: verify_message, report_compare
 * (when somebody will read what was changed), then report_json or report_text.
 *
 * All texts are bytes from strangers in part: report_json makes JSON of them, report_text
 * puts each on one line and leaves it to the caller to make it printable.
 */

#include "auth/verdict.h"
#include "base/json.h"
#include "mail/message.h"

/* What the message says of itself, decoded; empty where it does not say it. */
struct report_letter {
	struct span author; /* From of the oldest revision */
	struct span from;   /* From as it came */
	struct span date;   /* Date of the oldest revision */
};

/*
 * Undo M, of which V is the verdict, revision by revision, and say in `changes` of each
 * instance what it changed, in words: "subject: \"x\" became \"[dev] x\"", "list-id added",
 * "2 lines added at the end of the body". Ends at a recipe that cannot be undone. Hashes
 * are not looked at: V says what it is worth. Lengths and numbers are bounded, and so is
 * the work (dkim2_budget, LIMIT_DIFF_*). All in ARENA.
 */
void report_compare(struct arena *arena, const struct message *m, struct verdict *v,
                    struct report_letter *letter);

/* What a message is worth, in one word; see report_state. */
enum report_state {
	REPORT_FULLY_VERIFIED,         /* DKIM2 pass */
	REPORT_PROVISIONALLY_VERIFIED, /* not that, but the newest signature and hashes hold */
	REPORT_FAILED,                 /* DKIM2 fail */
	REPORT_INVALID,                /* DKIM2 permerror */
	REPORT_AUTHOR_VERIFIED,        /* no DKIM2, but an aligned DKIM1 signature passes */
	REPORT_UNVERIFIED,             /* no DKIM2, and no DKIM1 signature that does */
	REPORT_TEMPORARY,              /* a key could not be fetched, and it matters */
	REPORT_UNSIGNED,               /* nothing to verify */
};
enum report_state report_state(const struct verdict *v);
/* "fully-verified"… */
const char *report_state_name(enum report_state state);

/* The DKIM1 signature that proves the author of the message as it came, or NULL. */
const struct dkim1_result *report_author_signature(const struct verdict *v);

/*
 * As members of the open object: schema, state, from_authentic, dkim2, dkim1, dmarc, arc,
 * spf. doc/formats describes each, "JSON of commands", verify.
 */
void report_json(struct json *j, const struct verdict *v);

/*
 * The story of the message: what it is worth; who wrote it, changed it, sent it; what
 * failed at which hop, in words and in those of the draft; the other schemes.
 */
void report_text(struct buf *out, const struct verdict *v, const struct report_letter *letter);

/* The hop that made instance IN: the first that signs it. NULL when there is none. */
const struct dkim2_hop *report_maker(const struct dkim2_result *r, const struct dkim2_instance *in);

#endif
