/* Which held messages a command means, and who gives it. */
#include "base/ascii.h"
#include "base/limits.h"
#include "base/unit.h"
#include "cli/cmd_held.h"
#include "mail/addr.h"
#include "rules/list.h"

bool held_id(struct call *call, const char *text, int64_t *id)
{
	uint64_t v;
	if (!span_u64(span_str(text), &v) || v > INT64_MAX) {
		return call_usage(call, "\"%s\" is not the number of a held message", text);
	}
	*id = (int64_t)v;
	return true;
}

/* "12h" before now. */
static bool read_older(struct call *call, const char *text, int64_t *before)
{
	struct span s = span_str(text);
	uint64_t n, seconds;
	if (!unit_split(s, UNIT_DURATION, &n, &seconds) || ascii_digit(s.p[s.n - 1]) ||
	    n > 100000) {
		return call_usage(call, "--older \"%s\": a time such as 12h or 3d is wanted", text);
	}
	struct context *c = call_context(call, CONTEXT_STORE);
	if (!c) {
		return false;
	}
	*before = c->env.now(&c->env) - (int64_t)(n * seconds);
	return true;
}

bool held_filter_read(struct call *call, struct held_filter *out, bool *any)
{
	const char *list = call_opt(call, "--list"), *older = call_opt(call, "--older");
	struct list row = { 0 };
	*out = (struct held_filter){
		.sender = span_str(call_opt(call, "--sender")),
		.rule = span_str(call_opt(call, "--rule")),
	};
	*any = list || older || out->sender.n > 0 || out->rule.n > 0 || call_opt(call, "--all");
	if ((list && !call_list(call, list, &row)) ||
	    (older && !read_older(call, older, &out->before))) {
		return false;
	}
	out->list = row.id;
	return true;
}

static bool is_sender(struct span wanted, struct span address)
{
	if (wanted.p[0] != '@') {
		return addr_same(wanted, address);
	}
	struct span domain = span_from(wanted, 1);
	return span_ieq(addr_domain(address), domain);
}

bool held_fits(const struct held_filter *f, const struct held *h)
{
	return (f->list == 0 || f->list == h->list) &&
	       (f->sender.n == 0 || is_sender(f->sender, h->author) ||
	        is_sender(f->sender, h->mail_from)) &&
	       (f->rule.n == 0 || span_eq(f->rule, h->rule)) &&
	       (f->before == 0 || h->arrived < f->before);
}

struct span held_by(struct call *call)
{
	const char *by = call_opt(call, "--by");
	if (by) {
		call->actor = span_str(by);
	}
	return call_actor(call);
}
