/*
 * Comments, white space and quoted strings. A backslash takes the octet behind it with
 * it in comments and quoted strings, and nowhere else.
 */
#include "mail/cfws.h"

#include "base/ascii.h"

size_t cfws_comment(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '(') {
			depth++;
		} else if (s.p[i] == ')' && --depth == 0) {
			return i + 1;
		}
	}
	return s.n;
}

struct span cfws_skip(struct span s)
{
	while (s.n > 0 && (ascii_fws(s.p[0]) || s.p[0] == '(')) {
		s = span_from(s, s.p[0] == '(' ? cfws_comment(s) : 1);
	}
	return s;
}

size_t cfws_quoted(struct span s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '"') {
			return i + 1;
		}
	}
	return 0;
}
