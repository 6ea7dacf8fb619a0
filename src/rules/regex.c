/* The only user of PCRE2. */
#include "rules/regex.h"

#include "base/limits.h"
#include "base/mem.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct regex {
	pcre2_code *code;
	pcre2_match_context *limits;
	pcre2_match_data *data;
};

static struct regex *compile(struct span pattern, uint32_t options, struct err *e)
{
	int code = 0;
	PCRE2_SIZE offset = 0;
	struct regex *r = mem_alloc(sizeof(*r));
	r->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
	                        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
	                                options,
	                        &code, &offset, NULL);
	if (!r->code) {
		PCRE2_UCHAR why[128] = "";
		pcre2_get_error_message(code, why, sizeof(why));
		err_set(e, ERR_MISUSE, "", "bad pattern \"%.*s\" at offset %zu: %s",
		        SPAN_FMT(pattern), (size_t)offset, (const char *)why);
		regex_free(r);
		return NULL;
	}
	r->limits = pcre2_match_context_create(NULL);
	r->data = pcre2_match_data_create(1, NULL);
	if (!r->limits || !r->data) {
		regex_free(r);
		err_set(e, ERR_TEMPORARY, "4.3.0", "no memory for a pattern");
		return NULL;
	}
	pcre2_set_match_limit(r->limits, LIMIT_REGEX_MATCH);
	pcre2_set_depth_limit(r->limits, LIMIT_REGEX_DEPTH);
	pcre2_set_heap_limit(r->limits, LIMIT_REGEX_HEAP);
	return r;
}

struct regex *regex_new(struct span pattern, struct err *e)
{
	return compile(pattern, PCRE2_CASELESS, e);
}

struct regex *regex_new_case(struct span pattern, struct err *e)
{
	return compile(pattern, 0, e);
}

void regex_free(struct regex *r)
{
	if (r) {
		pcre2_code_free(r->code);
		pcre2_match_context_free(r->limits);
		pcre2_match_data_free(r->data);
		mem_free(r);
	}
}

bool regex_match(const struct regex *r, struct span text, bool *limited)
{
	int n = pcre2_match(r->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, r->data,
	                    r->limits);
	*limited = n < 0 && n != PCRE2_ERROR_NOMATCH;
	return n >= 0 || *limited;
}
