/* What is asked of a verdict by more than one form of the report. */
#include "auth/report.h"

static const char *const states[] = {
	[REPORT_FULLY_VERIFIED] = "fully-verified",
	[REPORT_PROVISIONALLY_VERIFIED] = "provisionally-verified",
	[REPORT_FAILED] = "failed",
	[REPORT_INVALID] = "invalid",
	[REPORT_AUTHOR_VERIFIED] = "author-verified",
	[REPORT_UNVERIFIED] = "unverified",
	[REPORT_TEMPORARY] = "temporary",
	[REPORT_UNSIGNED] = "unsigned",
};

const char *report_state_name(enum report_state state)
{
	return states[state];
}

const struct dkim1_result *report_author_signature(const struct verdict *v)
{
	for (size_t i = 0; i < v->ndkim1; i++) {
		const struct dkim1_result *r = &v->dkim1[i];

		if (r->result == AUTH_PASS && r->aligned && !r->partial && r->text.n == 0) {
			return r;
		}
	}
	return NULL;
}

static enum report_state without_dkim2(const struct verdict *v)
{
	bool something = v->ndkim1 > 0 || v->spf.result.n > 0;

	if (report_author_signature(v) || v->from_authentic) {
		return REPORT_AUTHOR_VERIFIED;
	}
	if (v->temporary) {
		return REPORT_TEMPORARY;
	}
	for (size_t i = 0; i < v->ndkim1; i++) {
		if (v->dkim1[i].result == AUTH_TEMPERROR) {
			return REPORT_TEMPORARY;
		}
	}
	return something ? REPORT_UNVERIFIED : REPORT_UNSIGNED;
}

enum report_state report_state(const struct verdict *v)
{
	static const enum report_state of_dkim2[] = {
		[AUTH_PASS] = REPORT_FULLY_VERIFIED,
		[AUTH_FAIL] = REPORT_FAILED,
		[AUTH_PERMERROR] = REPORT_INVALID,
		[AUTH_TEMPERROR] = REPORT_TEMPORARY,
	};

	if (v->dkim2.result == AUTH_NONE) {
		return without_dkim2(v);
	}
	if (v->dkim2.result != AUTH_PASS && v->dkim2.provisional) {
		return REPORT_PROVISIONALLY_VERIFIED;
	}
	return of_dkim2[v->dkim2.result];
}

const struct dkim2_hop *report_maker(const struct dkim2_result *r, const struct dkim2_instance *in)
{
	const struct dkim2_hop *hop = dkim2_first_signer(r, in->m);

	return hop && hop->m == in->m ? hop : NULL;
}
