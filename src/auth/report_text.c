/*
 * A verdict as a short story. What strangers wrote is put on one line here (put_line); what
 * a terminal must not see is the printer's business.
 */
#include "auth/report.h"

#include "base/ascii.h"

enum { NAMES_MAX = 8, LINE_MAX_SHOWN = 200 };

/* TEXT without line ends and other control characters, not without end. */
static void put_line(struct buf *out, struct span text)
{
	struct span part = span_sub(text, 0, LINE_MAX_SHOWN);

	for (size_t i = 0; i < part.n; i++) {
		buf_chr(out, ascii_cntrl(part.p[i]) ? ' ' : part.p[i]);
	}
	if (part.n < text.n) {
		buf_str(out, "...");
	}
}

/* LEAD and TEXT, or nothing when that is empty. */
static void put_after(struct buf *out, const char *lead, struct span text)
{
	if (text.n > 0) {
		buf_str(out, lead);
		put_line(out, text);
	}
}

static void put_count(struct buf *out, size_t n, const char *what)
{
	buf_printf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* ---- what it is worth ---- */

static void put_verdict(struct buf *out, const struct dkim2_result *r)
{
	buf_printf(out, "DKIM2 %s", auth_result_name(r->result));
	if (r->result == AUTH_NONE) {
		buf_str(out, ": the message has no DKIM2 fields\n");
		return;
	}
	if (r->result != AUTH_PASS) {
		put_after(out, ": ", r->text);
		buf_str(out, r->provisional ? "\n    provisionally verified: the newest signature "
		                              "and the newest hashes hold\n"
		                            : "\n");
		return;
	}
	buf_str(out, ": fully verified, ");
	put_count(out, r->nhops, "hop");
	buf_str(out, ", ");
	put_count(out, r->ninstances, "revision");
	buf_chr(out, '\n');
}

/* ---- who wrote it ---- */

/* The newest revision that brought in another From; NULL: it is the first one's. */
static const struct dkim2_instance *replaced_from(const struct dkim2_result *r)
{
	for (size_t k = r->ninstances; k > 0; k--) {
		const struct dkim2_instance *in = &r->instances[k - 1];

		for (size_t i = 0; i < in->nfields; i++) {
			if (span_is(in->fields[i], "from")) {
				return in;
			}
		}
	}
	return NULL;
}

static void put_why(struct buf *out, const struct verdict *v)
{
	const struct dkim2_result *r = &v->dkim2;
	const struct dkim2_instance *in = replaced_from(r);
	const struct dkim1_result *own = report_author_signature(v);
	const struct dkim2_hop *hop = in ? report_maker(r, in) : r->nhops > 0 ? r->hops : NULL;

	if (r->result == AUTH_PASS && r->author_signed && hop) {
		put_after(out, ": signed by ", hop->d);
		buf_str(out, in ? ", which put it there" : ", which sent it first");
	} else if (own) {
		put_after(out, ": a DKIM1 signature of its domain passes, ", own->d);
	}
}

static const char *why_not(const struct verdict *v)
{
	if (v->temporary) {
		return "a key could not be fetched";
	}
	if (v->dkim2.result != AUTH_NONE) {
		return v->dkim2.result == AUTH_PASS ? "it does not answer to who brought it in"
		                                    : "the DKIM2 chain does not verify";
	}
	return v->ndkim1 > 0 ? "no DKIM1 signature of its domain passes" : "nothing signs it";
}

static void put_author(struct buf *out, const struct verdict *v, const struct report_letter *letter)
{
	buf_str(out, "written by ");
	put_line(out, letter->author.n > 0 ? letter->author : SPAN("nobody who is named"));
	put_after(out, " on ", letter->date);
	if (!span_eq(letter->author, letter->from)) {
		put_after(out, "\n    From is now ", letter->from);
	}
	buf_str(out, "\n    From is ");
	if (v->from_authentic) {
		buf_str(out, "authentic");
		put_why(out, v);
	} else {
		buf_printf(out, "not proved: %s", why_not(v));
	}
	buf_chr(out, '\n');
}

/* ---- who changed it and sent it ---- */

static void put_names(struct buf *out, const struct dkim2_instance *in)
{
	const char *comma = "";

	for (size_t i = 0; i < in->nfields && i < NAMES_MAX; i++) {
		put_after(out, comma, in->fields[i]);
		comma = ", ";
	}
	if (in->nfields > NAMES_MAX) {
		buf_printf(out, ", %zu more", in->nfields - NAMES_MAX);
	}
	if (in->body_changed) {
		buf_printf(out, "%sbody", comma);
	}
}

/* Are the hashes right of what instance K of R changed, and of what it changed it to? */
static bool change_is_proved(const struct dkim2_result *r, size_t k)
{
	return r->instances[k].result == AUTH_PASS &&
	       (k == 0 || r->instances[k - 1].result == AUTH_PASS);
}

static void put_changes(struct buf *out, const struct dkim2_result *r, size_t k,
                        const struct dkim2_hop *hop)
{
	const struct dkim2_instance *in = &r->instances[k];

	buf_str(out, "changed by ");
	put_line(out, hop->d);
	if (in->header_changed || in->body_changed) {
		buf_str(out, " (");
		put_names(out, in);
		buf_chr(out, ')');
	}
	buf_str(out, change_is_proved(r, k) ? "" : ", as it says");
	buf_str(out, !in->compared ? ", how cannot be told" : in->nchanges > 0 ? ":" : ", nothing");
	buf_chr(out, '\n');
	for (size_t i = 0; i < in->nchanges; i++) {
		put_after(out, "    ", in->changes[i]);
		buf_chr(out, '\n');
	}
}

#define BY_DNSSEC " (key by DNSSEC)"

/* Did a signature pass whose key the resolver vouches for? */
static bool vouched(const struct dkim2_hop *hop)
{
	for (size_t i = 0; i < hop->nsets; i++) {
		if (hop->sets[i].result == AUTH_PASS && hop->sets[i].authenticated) {
			return true;
		}
	}
	return false;
}

static void put_way(struct buf *out, const struct dkim2_hop *hop, bool last)
{
	if (hop->nd.p) {
		buf_str(out, "handed on by ");
	} else {
		buf_str(out, last ? "sent to you by " : "sent by ");
	}
	put_line(out, hop->d);
	buf_printf(out, " (i=%llu", (unsigned long long)hop->i);
	put_after(out, ", ", hop->time);
	buf_chr(out, ')');
	if (hop->nd.p) {
		put_after(out, " to ", hop->nd);
	} else if (hop->rts > 0) {
		put_after(out, last ? " for " : " to ", hop->rt[0]);
		if (hop->rts > 1) {
			buf_printf(out, " and %zu more", hop->rts - 1);
		}
	}
	if (hop->result != AUTH_NONE) {
		buf_printf(out, ": %s", auth_result_name(hop->result));
		buf_str(out, vouched(hop) ? BY_DNSSEC : "");
	}
	buf_chr(out, '\n');
}

static void put_hops(struct buf *out, const struct dkim2_result *r)
{
	for (size_t i = 0, k = 0; i < r->nhops; i++) {
		for (; k < r->ninstances && r->instances[k].m <= r->hops[i].m; k++) {
			if (r->instances[k].has_recipe) {
				put_changes(out, r, k, &r->hops[i]);
			}
		}
		put_way(out, &r->hops[i], i + 1 == r->nhops);
	}
}

/* ---- what failed ---- */

/*
 * The draft's texts behind "i=<x> " and "m=<x> ": how they begin and end, for a value stands
 * between. The first that fits.
 */
static const struct {
	const char *start, *end, *words;
} explained[] = {
	{ "signature expired", "", "its signature is more than 14 days old" },
	{ "signature is from the future", "", "its signature is dated more than a day ahead" },
	{ "MAIL FROM and d= ", "", "it signs for another domain than that of its sender" },
	{ "MAIL FROM ", " did not match",
	  "it was sent with another return path than it came with" },
	{ "RCPT TO ", " did not match",
	  "it was sent to others than it came to: strayed or replayed" },
	{ "mf= does not match ", "", "the hop before did not send it here" },
	{ "d= does not match ", "", "the hop before did not send it here" },
	{ "nd= does not match", "", "the hop before handed it to another domain" },
	{ "tag=nd was unexpected", "", "it was to be handed on, not to be sent" },
	{ "public key ", " could not be fetched",
	  "its key could not be looked up: try again later" },
	{ "public key ", " does not exist", "its key is not in the DNS" },
	{ "public key ", " has multiple records", "there are several keys where one must be" },
	{ "public key ", " has a syntax error", "its key record cannot be read" },
	{ "public key ", " is malformed", "its key cannot be used" },
	{ "public key ", " algorithm mismatch", "its key is of another kind than it says" },
	{ "public key ", " has been revoked", "its key was withdrawn" },
	{ "selector ", " incorrect signature",
	  "its signature is wrong: forged, or fields were changed" },
	{ "selector ", " algorithm unknown", "it is signed in a way that is not known here" },
	{ "no group of signatures passed", "", "none of its signatures is right" },
	{ "matching From is not authentic", "", "From is not of the domain that brought it in" },
	{ "header hash ", " mismatch", "the header is not the one that was signed" },
	{ "body hash ", " mismatch", "the body is not the one that was signed" },
	{ "no group of hashes passed", "", "the message is not the one that was signed" },
	{ "algorithm ", " unknown", "it is hashed in a way that is not known here" },
	{ "Recipe ", " is invalid", "what it changed cannot be undone" },
	{ "contains invalid JSON", "", "what it changed cannot be read" },
	{ "is not signed", "", "nobody signed this revision" },
	{ "has ", "", "its field has too much of something" },
	{ "tag=", "", "its field lacks something or has too much" },
	{ "syntax error", "", "its field cannot be read" },
	{ "missing", "", "it is missing" },
};

static const char *words_of(struct span text)
{
	size_t at = span_find(text, SPAN("="));
	struct span rest = span_from(text, at == SPAN_NONE ? text.n : at);

	span_cut(&rest, ' ');
	for (size_t i = 0; rest.p && i < sizeof(explained) / sizeof(explained[0]); i++) {
		if (span_starts(rest, span_str(explained[i].start)) &&
		    span_ends(rest, span_str(explained[i].end))) {
			return explained[i].words;
		}
	}
	return "it cannot be checked";
}

/* "hop i=2 (lists.example.org)", "revision m=2 (of lists.example.org)". */
static void put_subject(struct buf *out, const char *kind, uint64_t n, const struct dkim2_hop *hop)
{
	buf_printf(out, "    %s=%llu", kind, (unsigned long long)n);
	if (hop) {
		put_after(out, " (", hop->d);
		buf_chr(out, ')');
	}
}

static void put_fault(struct buf *out, struct span text)
{
	buf_str(out, "\n        ");
	put_line(out, text);
	buf_chr(out, '\n');
}

/* Where a revision may have been changed that has other hashes than it should. */
static void put_blame(struct buf *out, const struct dkim2_result *r,
                      const struct dkim2_instance *in)
{
	const struct dkim2_instance *next = in + 1;

	if (in->result != AUTH_FAIL) {
		return;
	}
	if (next == r->instances + r->ninstances) {
		buf_str(out, ", so it was changed after that");
	} else if (report_maker(r, next)) {
		put_after(out, " once the changes are undone of ", report_maker(r, next)->d);
	}
}

static void put_instance_fault(struct buf *out, const struct dkim2_result *r,
                               const struct dkim2_instance *in)
{
	put_subject(out, "revision m", in->m, report_maker(r, in));
	buf_printf(out, ": %s", words_of(in->text));
	put_blame(out, r, in);
	put_fault(out, in->text);
}

static const struct dkim2_hop *hop_of(const struct dkim2_result *r, uint64_t i)
{
	for (size_t k = 0; k < r->nhops; k++) {
		if (r->hops[k].i == i) {
			return &r->hops[k];
		}
	}
	return NULL;
}

/* The revision that the verdict's text is about; NULL when it is about something else. */
static const struct dkim2_instance *instance_at_fault(const struct dkim2_result *r)
{
	for (size_t k = 0; k < r->ninstances; k++) {
		if (r->instances[k].text.n > 0 && span_eq(r->instances[k].text, r->text)) {
			return &r->instances[k];
		}
	}
	return NULL;
}

static void put_main_fault(struct buf *out, const struct dkim2_result *r)
{
	const struct dkim2_instance *in = instance_at_fault(r);

	if (in) {
		put_instance_fault(out, r, in);
		return;
	}
	if (r->failing > 0) {
		put_subject(out, "hop i", r->failing, hop_of(r, r->failing));
	} else {
		buf_str(out, "    the message");
	}
	buf_printf(out, ": %s", words_of(r->text));
	put_fault(out, r->text);
}

/* The fault that decided, then what else is wrong. */
static void put_faults(struct buf *out, const struct dkim2_result *r)
{
	if (r->text.n == 0) {
		return;
	}
	buf_str(out, "what is wrong:\n");
	put_main_fault(out, r);
	for (size_t k = 0; k < r->ninstances; k++) {
		const struct dkim2_instance *in = &r->instances[k];

		if (in->text.n > 0 && !span_eq(in->text, r->text)) {
			put_instance_fault(out, r, in);
		}
	}
	for (size_t k = 0; k < r->nhops; k++) {
		const struct dkim2_hop *hop = &r->hops[k];

		if (hop->text.n > 0 && !span_eq(hop->text, r->text)) {
			put_subject(out, "hop i", hop->i, hop);
			buf_printf(out, ": %s", words_of(hop->text));
			put_fault(out, hop->text);
		}
	}
}

/* ---- the others ---- */

static void put_dkim1(struct buf *out, const struct dkim1_result *r)
{
	buf_printf(out, "DKIM1 %s", auth_result_name(r->result));
	put_after(out, ": ", r->d);
	put_after(out, ", ", r->a);
	put_after(out, ", selector ", r->s);
	if (r->bits > 0) {
		buf_printf(out, ", %u bits", r->bits);
	}
	buf_str(out, r->aligned ? ", the author's domain" : "");
	buf_str(out, r->partial ? ", a part of the body only" : "");
	buf_str(out, r->authenticated ? BY_DNSSEC : "");
	put_after(out, ": ", r->text);
	buf_chr(out, '\n');
}

static void put_dmarc(struct buf *out, const struct dmarc_result *r)
{
	static const char *const asks[] = {
		[DMARC_POLICY_NONE] = " asks for nothing",
		[DMARC_POLICY_QUARANTINE] = " asks for quarantine",
		[DMARC_POLICY_REJECT] = " asks for reject",
	};

	buf_printf(out, "DMARC %s", auth_result_name(r->result));
	if (r->found.n > 0) {
		put_after(out, ": ", r->found);
		buf_str(out, asks[r->policy]);
		buf_str(out, r->testing ? " (in test mode)" : "");
	}
	put_after(out, ": ", r->text);
	buf_chr(out, '\n');
}

static void put_arc(struct buf *out, const struct arc_result *r)
{
	buf_printf(out, "ARC %s", auth_result_name(r->result));
	if (r->nsets > 0) {
		buf_str(out, ": ");
		put_count(out, r->nsets, "set");
		put_after(out, ", the newest of ", r->sets[r->nsets - 1].d);
	}
	put_after(out, ": ", r->text);
	buf_chr(out, '\n');
}

static void put_spf(struct buf *out, const struct spf_result *r)
{
	buf_str(out, "SPF ");
	put_line(out, r->result.n > 0 ? r->result : SPAN("none"));
	put_after(out, ": ", r->domain);
	buf_chr(out, '\n');
}

void report_text(struct buf *out, const struct verdict *v, const struct report_letter *letter)
{
	put_verdict(out, &v->dkim2);
	put_author(out, v, letter);
	put_hops(out, &v->dkim2);
	put_faults(out, &v->dkim2);
	for (size_t i = 0; i < v->ndkim1; i++) {
		put_dkim1(out, &v->dkim1[i]);
	}
	if (v->ndkim1 == 0) {
		buf_str(out, "DKIM1 none\n");
	}
	put_dmarc(out, &v->dmarc);
	put_arc(out, &v->arc);
	put_spf(out, &v->spf);
}
