/* Names of results (RFC 8601 2.7). */
#include "auth/verdict.h"

static const char *const names[] = {
	[AUTH_NONE] = "none",           [AUTH_PASS] = "pass",           [AUTH_FAIL] = "fail",
	[AUTH_PERMERROR] = "permerror", [AUTH_TEMPERROR] = "temperror",
};

const char *auth_result_name(enum auth_result r)
{
	return names[r];
}
