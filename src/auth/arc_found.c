/*
 * Reading back what we wrote about a chain, so that cv= and the results beside it are
 * always of one mind. Comments and quoted strings hold text of strangers: they are
 * stepped over.
 */
#include "auth/arc.h"
#include "base/ascii.h"
#include "mail/cfws.h"

/* Octets of the quoted string or the comment at the start of S. */
static size_t aside(struct span s)
{
	size_t n = s.p[0] == '"' ? cfws_quoted(s) : cfws_comment(s);

	return n ? n : s.n;
}

/* Of the one result at the start of S. */
static enum auth_result result_at(struct span s)
{
	size_t n = 0;

	s = span_trim(s);
	if (!span_starts(s, SPAN("arc="))) {
		return AUTH_NONE;
	}
	s = span_from(s, sizeof("arc=") - 1);
	while (n < s.n && ascii_alpha(s.p[n])) {
		n++;
	}
	s = span_sub(s, 0, n);
	return span_is(s, "pass") ? AUTH_PASS : span_is(s, "fail") ? AUTH_FAIL : AUTH_NONE;
}

enum auth_result arc_found(struct span authres)
{
	enum auth_result found = AUTH_NONE;
	size_t i = 0;

	while (i < authres.n && found == AUTH_NONE) {
		char c = authres.p[i];

		if (c == ';') {
			found = result_at(span_from(authres, i + 1));
		}
		i = c == '"' || c == '(' ? i + aside(span_from(authres, i)) : i + 1;
	}
	return found;
}
