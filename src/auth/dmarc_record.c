/*
 * A DMARC record is read more leniently than a tag list of DKIM: what is wrong in
 * one tag costs that tag, never the record (RFC 9989 4.8). Only its beginning must
 * be right.
 */
#include "auth/dmarc_record.h"

#include "base/ascii.h"
#include "base/limits.h"

/* Words of a tag's value in the order of its enum; letter case does not matter. */
static const char *const policies[] = {
	[DMARC_POLICY_NONE] = "none",
	[DMARC_POLICY_QUARANTINE] = "quarantine",
	[DMARC_POLICY_REJECT] = "reject",
};
static const char *const psds[] = {
	[DMARC_PSD_UNKNOWN] = "u",
	[DMARC_PSD_YES] = "y",
	[DMARC_PSD_NO] = "n",
};
static const char *const modes[] = { "r", "s" };
static const char *const switches[] = { "n", "y" };

enum name { P, SP, NP, PSD, T, ADKIM, ASPF, RUA, NAMES };

static const char *const names[NAMES] = {
	[P] = "p", [SP] = "sp",       [NP] = "np",     [PSD] = "psd",
	[T] = "t", [ADKIM] = "adkim", [ASPF] = "aspf", [RUA] = "rua",
};

/* The next "name=value" of *REST, both trimmed; false when it is not of that form. */
static bool next_tag(struct span *rest, struct span *name, struct span *value)
{
	struct span tag = span_cut(rest, ';');

	*name = span_trim(span_cut(&tag, '='));
	*value = span_trim(tag);
	return tag.p && name->n && value->n;
}

static void collect(struct span rest, struct span values[NAMES])
{
	struct span name, value;

	while (rest.p) {
		if (!next_tag(&rest, &name, &value)) {
			continue;
		}
		for (size_t i = 0; i < NAMES; i++) {
			if (!values[i].n && span_iis(name, names[i])) {
				values[i] = value;
			}
		}
	}
}

/* Which of the N words is VALUE? PRESET when none, and then *BAD unless there is no value. */
static unsigned choose(struct span value, const char *const *words, unsigned n, unsigned preset,
                       bool *bad)
{
	for (unsigned i = 0; i < n; i++) {
		if (span_iis(value, words[i])) {
			return i;
		}
	}
	*bad = *bad || value.n;
	return preset;
}

/* scheme ":" and something behind it */
static bool is_uri(struct span s)
{
	size_t colon = span_chr(s, ':');

	if (colon == SPAN_NONE || colon + 1 == s.n || !ascii_alpha(s.p[0])) {
		return false;
	}
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool scheme = ascii_alnum(c) || c == '+' || c == '-' || c == '.';

		if (i < colon ? !scheme : !ascii_graph(c)) {
			return false;
		}
	}
	return true;
}

static bool has_uri(struct span list)
{
	while (list.p) {
		if (is_uri(span_trim(span_cut(&list, ',')))) {
			return true;
		}
	}
	return false;
}

static void read_policies(const struct span values[NAMES], struct dmarc_record *out)
{
	bool bad = false;

	out->p = choose(values[P], policies, 3, DMARC_POLICY_NONE, &bad);
	out->sp = choose(values[SP], policies, 3, out->p, &bad);
	out->np = choose(values[NP], policies, 3, out->sp, &bad);
	if (bad) { /* RFC 9989 4.10.1 */
		out->p = out->sp = out->np = DMARC_POLICY_NONE;
		out->void_policy = !has_uri(values[RUA]);
	}
}

bool dmarc_record_parse(struct span text, struct dmarc_record *out)
{
	struct span values[NAMES] = { { NULL, 0 } };
	struct span name, value;
	bool ignored = false;

	*out = (struct dmarc_record){ .p = DMARC_POLICY_NONE };
	if (text.n > LIMIT_KEY_RECORD || !next_tag(&text, &name, &value) || !span_iis(name, "v") ||
	    !span_is(value, "DMARC1")) {
		return false;
	}
	collect(text, values);
	read_policies(values, out);
	out->psd = choose(values[PSD], psds, 3, DMARC_PSD_UNKNOWN, &ignored);
	out->testing = choose(values[T], switches, 2, false, &ignored);
	out->strict_dkim = choose(values[ADKIM], modes, 2, false, &ignored);
	out->strict_spf = choose(values[ASPF], modes, 2, false, &ignored);
	return true;
}
