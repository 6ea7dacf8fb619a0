#ifndef LADLE_RULES_MTA_H
#define LADLE_RULES_MTA_H

/*
 * What a mail server must know so that mail for the lists reaches Ladle: every
 * address of every list (its aliases' too, at all their domains), and how the
 * program is called. Printed as lines for the server's files, and compared with
 * files that are there.
 *
 * The call is always wrapped in a shell with "|| exit 75", so that a program that
 * is missing or killed makes the server keep the mail instead of bouncing it.
 */

#include "base/buf.h"
#include "base/err.h"
#include "rules/list.h"

/* An address of a list, without what may stand behind its local part. */
struct mta_address {
	struct span local, domain; /* lower case; the domain as A-labels or as U-labels */
};

struct mta {
	struct arena *arena;
	char delimiter;
	struct span program, config, user; /* how Ladle is called, and as whom */
	struct mta_address *addresses;
	size_t n, cap;
	struct span *domains; /* of the addresses, each once */
	size_t ndomains, domains_cap;
};

/* Add LIST and its aliases. A domain in U-labels is there in both forms. */
void mta_add(struct mta *m, const struct list *list);

/*
 * The fixed addresses of A: itself, and with each word that may stand behind its local
 * part after a '-'. In M's arena.
 */
struct span *mta_forms(const struct mta *m, const struct mta_address *a, size_t *n);

/* What is wrong with a file. */
struct mta_finding {
	unsigned line; /* 0: of no line */
	struct span text;
};
struct mta_findings {
	struct mta_finding *v;
	size_t n, cap;
};

/* A file of a mail server. */
struct mta_kind {
	const char *name; /* "postfix-recipients" */
	const char *help;
	void (*print)(const struct mta *m, struct buf *out);
	/* Compare TEXT, such a file's, with what it should say. */
	void (*check)(const struct mta *m, struct span text, struct mta_findings *out);
};
extern const struct mta_kind mta_kinds[];
extern const size_t mta_kinds_count;

/* Used by the kinds: add a finding, formatted. */
void mta_found(const struct mta *m, struct mta_findings *out, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* check of a table of Postfix (texttable or regexp). WANT: what the value must begin with, or "".
 */
void mta_check_map(const struct mta *m, struct span text, const char *want,
                   struct mta_findings *out);
void mta_check_main(const struct mta *m, struct span text, struct mta_findings *out);
void mta_check_master(const struct mta *m, struct span text, struct mta_findings *out);
void mta_check_aliases(const struct mta *m, struct span text, struct mta_findings *out);

/* A logical line: with those behind it that begin with white space; comments and empty ones left
 * out. */
struct mta_line {
	struct span text;
	unsigned number; /* of its first line */
};
/* The next of *REST, *NUMBER the lines read so far; false at the end. */
bool mta_next_line(struct arena *arena, struct span *rest, unsigned *number, struct mta_line *out);

#endif
