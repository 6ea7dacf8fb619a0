/* Names of results (RFC 8601 2.7), and what a chain says of who did what. */
#include "auth/verdict.h"

static const char *const names[] = {
	[AUTH_NONE] = "none",           [AUTH_PASS] = "pass",           [AUTH_FAIL] = "fail",
	[AUTH_PERMERROR] = "permerror", [AUTH_TEMPERROR] = "temperror",
};

const char *auth_result_name(enum auth_result r)
{
	return names[r];
}

const struct dkim2_hop *dkim2_first_signer(const struct dkim2_result *r, uint64_t m)
{
	for (size_t i = 0; i < r->nhops; i++) {
		if (r->hops[i].m >= m) {
			return &r->hops[i];
		}
	}
	return NULL;
}

bool dkim2_header_matches(const struct dkim2_result *r)
{
	const struct dkim2_instance *newest = &r->instances[r->ninstances - 1];
	for (size_t i = 0; i < newest->nsets; i++) {
		if (newest->sets[i].header_result == AUTH_PASS) {
			return true;
		}
	}
	return false;
}
