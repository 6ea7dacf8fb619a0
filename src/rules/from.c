/*
 * Read top down: the first row that applies decides. Why munge at all: a receiver that
 * applies the author's DMARC policy refuses a copy whose From no signature of that
 * domain covers, or files it as spam, and the member is bounced off the list.
 */
#include "rules/from.h"

#include "auth/dmarc.h"
#include "rules/domains.h"

#include <stddef.h>

static bool keeps(const struct from_input *in)
{
	return in->list->from == LIST_FROM_KEEP;
}

static bool munges(const struct from_input *in)
{
	return in->list->from == LIST_FROM_MUNGE;
}

static bool never(const struct from_input *in)
{
	return domains_have(in->list->never_munge, in->author_domain);
}

static bool survives(const struct from_input *in)
{
	return in->survives;
}

static bool enforced(const struct from_input *in)
{
	return dmarc_effective(in->dmarc) != DMARC_POLICY_NONE;
}

static bool unknown(const struct from_input *in)
{
	return in->dmarc->result == AUTH_TEMPERROR;
}

static bool listed(const struct from_input *in)
{
	return domains_have(in->list->always_munge, in->author_domain);
}

static bool always(const struct from_input *in)
{
	(void)in;
	return true;
}

static const struct row {
	bool (*applies)(const struct from_input *in);
	enum from_plan plan;
	bool fixed; /* the setting says so: no exception for receivers of DKIM2 */
	const char *why;
} rows[] = {
	{ keeps, FROM_KEEP, true, "the list keeps From" },
	{ munges, FROM_MUNGE, true, "the list munges From" },
	{ never, FROM_KEEP, true, "the author's domain is in never-munge" },
	{ survives, FROM_KEEP, true, "the author's own signature survives" },
	{ enforced, FROM_MUNGE, false, "the author's domain has a DMARC policy" },
	{ unknown, FROM_MUNGE, false, "the author's DMARC policy could not be looked up" },
	{ listed, FROM_MUNGE, false, "the author's domain is in always-munge" },
	{ always, FROM_KEEP, true, "the author's domain asks for nothing" },
};

struct from_choice from_choose(const struct from_input *in)
{
	const struct row *row = rows;
	while (!row->applies(in)) {
		row++;
	}
	struct from_choice out = { row->plan, row->why };
	if (!row->fixed && in->continues && in->site->dkim2_receivers.n > 0) {
		out.plan = FROM_SPLIT;
	}
	return out;
}

bool from_kept_for(const struct site *site, struct span domain)
{
	return domains_have(site->dkim2_receivers, domain);
}
