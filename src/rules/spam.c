/* Which field says what is in two tables. */
#include "rules/spam.h"

#include "base/ascii.h"

/* Fields whose value begins with one of `words` when it is spam. */
static const struct {
	const char *field;
	const char *words; /* separated by | */
} marks[] = {
	{ "X-Spam-Flag", "yes|true" },
	{ "X-Spam-Status", "yes" },
	{ "X-Spam", "yes|true|spam" },
	{ "X-Rspamd-Action", "reject|add header|rewrite subject|quarantine" },
	{ "X-Spamd-Result", "default: true" },
};

/* Where the score is: behind `before`, or at the start. */
static const struct {
	const char *field;
	const char *before;
} scores[] = {
	{ "X-Spam-Status", "score=" }, { "X-Spam-Status", "hits=" }, { "X-Spam-Score", "" },
	{ "X-Spamd-Result", "[" },     { "X-Rspamd-Score", "" },
};

bool spam_marked(struct arena *arena, const struct message *m)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t at = 0;
		for (const struct field *f; (f = message_next(m, span_str(marks[i].field), &at));) {
			struct span text = message_text(arena, f);
			for (struct span rest = span_str(marks[i].words); rest.p;) {
				if (span_istarts(text, span_cut(&rest, '|'))) {
					return true;
				}
			}
		}
	}
	return false;
}

/* "-1.5 / 15" begins with a score: digits, and of a fraction two. */
static bool read_score(struct span text, int64_t *out)
{
	size_t i = text.n > 0 && (text.p[0] == '-' || text.p[0] == '+');
	int64_t v = 0, unit = 100;
	size_t digits = 0;
	for (; i < text.n && digits < 8 && ascii_digit(text.p[i]); i++, digits++) {
		v = v * 10 + (text.p[i] - '0');
	}
	v *= 100;
	if (digits > 0 && i + 1 < text.n && text.p[i] == '.') {
		for (i++; i < text.n && unit > 1 && ascii_digit(text.p[i]); i++) {
			unit /= 10;
			v += (text.p[i] - '0') * unit;
		}
	}
	*out = text.n > 0 && text.p[0] == '-' ? -v : v;
	return digits > 0;
}

bool spam_score(struct arena *arena, const struct message *m, int64_t *out)
{
	bool any = false;
	for (size_t i = 0; i < sizeof(scores) / sizeof(scores[0]); i++) {
		size_t at = 0;
		for (const struct field *f;
		     (f = message_next(m, span_str(scores[i].field), &at));) {
			struct span text = message_text(arena, f),
				    before = span_str(scores[i].before);
			size_t where = before.n > 0 ? span_ifind(text, before) : 0;
			int64_t v;
			if (where != SPAN_NONE &&
			    read_score(span_trim(span_from(text, where + before.n)), &v) &&
			    (!any || v > *out)) {
				any = true;
				*out = v;
			}
		}
	}
	return any;
}
