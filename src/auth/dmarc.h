#ifndef LADLE_AUTH_DMARC_H
#define LADLE_AUTH_DMARC_H

/*
 * DMARC (RFC 9989): whose policy holds for an author's domain, which other domains
 * speak for it, and whether one of them did.
 */

#include "auth/key.h"
#include "auth/verdict.h"

/* Names that one tree walk asks for at most (RFC 9989 4.10). */
enum { DMARC_QUERIES = 8 };

/*
 * The names of the TXT records that a walk from DOMAIN (A-labels) may ask for, so
 * that they can be fetched together. In ARENA; returns their number, 0 when DOMAIN is empty.
 */
size_t dmarc_names(struct arena *arena, struct span domain, struct span names[DMARC_QUERIES]);

struct dmarc;

/*
 * Discover the policy for AUTHOR, the domain of the only author (any spelling; empty when
 * there is none: then there is no policy and nothing aligns). Asks SOURCE for at most
 * DMARC_QUERIES names, and one more if existence matters (np=). SOURCE and ARENA must
 * outlive the result. Never NULL.
 */
struct dmarc *dmarc_discover(struct arena *arena, const struct keysource *source,
                             struct span author);

enum dmarc_alignment { DMARC_APART, DMARC_ALIGNED, DMARC_UNDECIDED /* DNS failed */ };

/*
 * Does DOMAIN (a DKIM d=, an SPF domain) align with the author's? By organizational
 * domains, or only if equal when STRICT and there is a record; walks the tree from
 * DOMAIN only where that can change the answer. Without a record: when one of the two
 * equals or is below the other, and that is no top-level domain.
 */
enum dmarc_alignment dmarc_align(const struct dmarc *d, struct span domain, bool strict);

/*
 * Set `aligned` of the N signatures in DKIM. Of one that did not pass nothing more is
 * asked of the DNS: it is then what the names alone say.
 */
void dmarc_align_signatures(const struct dmarc *d, struct dkim1_result *dkim, size_t n);

/*
 * The result, from signatures whose `aligned` is set and from SPF (empty: nobody
 * trusted said anything). *UNDECIDED: an identifier that passed, or may yet pass, may yet
 * align; what it proves is open until the DNS answers.
 */
struct dmarc_result dmarc_evaluate(const struct dmarc *d, const struct dkim1_result *dkim, size_t n,
                                   const struct spf_result *spf, bool *undecided);

/*
 * What the author's domain asks to be done with mail that is not proved to be its
 * own: the record's policy, one step milder with t=y (RFC 9989 4.7). NONE when there
 * is no record, or none is known.
 */
enum dmarc_policy dmarc_effective(const struct dmarc_result *r);
const char *dmarc_policy_name(enum dmarc_policy p); /* "none", "quarantine", "reject" */

#endif
