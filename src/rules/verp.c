/* One table: what stands behind the list's name, and what before the member's. */
#include "rules/verp.h"

#include "base/ascii.h"

static const struct {
	struct span marker;
	bool post; /* a number and '-' before the member */
} forms[] = {
	{ SPAN_INIT("-bounces+"), false },
	{ SPAN_INIT("+bounces-probe-"), false }, /* before the next */
	{ SPAN_INIT("+bounces-"), true },
	{ SPAN_INIT("-return-"), true },
};

/* "17-rest" becomes "rest". */
static bool take_post(struct span *rest)
{
	size_t n = 0;
	while (n < rest->n && ascii_digit(rest->p[n])) {
		n++;
	}
	bool found = n > 0 && n < rest->n && rest->p[n] == '-';
	*rest = span_from(*rest, n + 1);
	return found;
}

/* USER=DOMAIN; a user may have '=' in his name, a domain has none. */
static bool take_member(struct arena *arena, struct span text, struct span *out)
{
	size_t at = span_rchr(text, '=');
	if (at == SPAN_NONE || at == 0 || at + 1 == text.n) {
		return false;
	}
	*out = arena_join(arena, span_sub(text, 0, at), SPAN("@"), span_from(text, at + 1),
	                  SPAN_END);
	return true;
}

/* Sympa's: the list comes last. */
static bool read_sympa(struct arena *arena, struct span local, struct verp *out)
{
	static const struct span start = SPAN_INIT("bounce+"), at_sign = SPAN_INIT("==a=="),
				 end = SPAN_INIT("==");
	struct span rest = span_from(local, start.n);
	size_t at = span_ifind(rest, at_sign);
	if (!span_istarts(local, start) || at == SPAN_NONE || at == 0) {
		return false;
	}
	struct span domain = span_from(rest, at + at_sign.n);
	size_t list = span_find(domain, end);
	if (list == SPAN_NONE || list == 0 || list + end.n == domain.n) {
		return false;
	}
	out->list = arena_lower(arena, span_from(domain, list + end.n));
	out->member = arena_join(arena, span_sub(rest, 0, at), SPAN("@"), span_sub(domain, 0, list),
	                         SPAN_END);
	return true;
}

bool verp_read(struct arena *arena, struct span local, struct verp *out)
{
	*out = (struct verp){ SPAN(""), SPAN("") };
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t at = span_ifind(local, forms[i].marker);
		struct span rest =
			at == SPAN_NONE ? SPAN("") : span_from(local, at + forms[i].marker.n);
		if (at != SPAN_NONE && at > 0 && (!forms[i].post || take_post(&rest)) &&
		    take_member(arena, rest, &out->member)) {
			out->list = arena_lower(arena, span_sub(local, 0, at));
			return true;
		}
	}
	return read_sympa(arena, local, out);
}
