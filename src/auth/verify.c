/*
 * All schemes over one message. Records are asked for through lookups.h, which bounds
 * their number; nearly all names are known before the first is needed, so that a
 * resolver can look for them at the same time.
 */
#include "auth/verify.h"

#include "auth/arc.h"
#include "auth/authres.h"
#include "auth/dkim1_field.h"
#include "auth/dmarc.h"
#include "auth/lookups.h"
#include "base/limits.h"
#include "mail/addr.h"
#include "mail/idn.h"

#include <string.h>

/* ---- the names that will be asked for ---- */

static void announce_key(struct arena *arena, struct lookups *l, struct span selector,
                         struct span domain)
{
	if (selector.n && domain.n) {
		lookups_announce(
			l, arena_join(arena, selector, SPAN("._domainkey."), domain, SPAN_END));
	}
}

static void announce_dkim1(struct arena *arena, struct lookups *l, const struct field *f,
                           enum dkim1_kind kind)
{
	struct dkim1_field parsed;

	if (!dkim1_field_parse(arena, f, kind, &parsed)) {
		announce_key(arena, l, parsed.s, parsed.d);
	}
}

/* Those of a chain; after the others, which are needed more. */
static void announce_arc(struct arena *arena, struct lookups *l, const struct message *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct field *f = &m->fields[i];

		if (span_iis(f->name, "ARC-Seal")) {
			announce_dkim1(arena, l, f, DKIM1_ARC_SEAL);
		} else if (span_iis(f->name, "ARC-Message-Signature")) {
			announce_dkim1(arena, l, f, DKIM1_ARC_MESSAGE);
		}
	}
}

/* The selector of each set in s=. */
static void announce_dkim2(struct arena *arena, struct lookups *l, const struct field *f)
{
	struct taglist tags;
	const struct tag *d, *s;
	struct span groups;

	if (!taglist_parse(f->value, TAGLIST_EMPTY_TAGS, &tags, NULL)) {
		return;
	}
	d = taglist_find(&tags, "d");
	s = taglist_find(&tags, "s");
	if (!d || !s) {
		return;
	}
	groups = s->value;
	while (groups.p) {
		struct span sets = span_cut(&groups, '|');

		while (sets.p) {
			struct span set = span_cut(&sets, ',');

			announce_key(arena, l, span_trim(span_cut(&set, ':')), d->value);
		}
	}
}

/* The author's DMARC records come first: no number of signatures may crowd them out. */
static void announce_dmarc(struct arena *arena, struct lookups *l, struct span author)
{
	struct span names[DMARC_QUERIES], domain;
	size_t n = 0;

	if (author.n && idn_ascii(arena, author, &domain, NULL)) {
		n = dmarc_names(arena, domain, names);
	}
	for (size_t i = 0; i < n; i++) {
		lookups_announce(l, names[i]);
	}
}

static void announce_signatures(struct arena *arena, struct lookups *l, const struct message *m)
{
	size_t signatures = 0;

	for (size_t i = 0; i < m->count && signatures < 2 * LIMIT_SIGNATURES; i++) {
		const struct field *f = &m->fields[i];
		bool dkim1 = span_iis(f->name, "DKIM-Signature");

		if (!dkim1 && !span_iis(f->name, "DKIM2-Signature")) {
			continue;
		}
		signatures++;
		if (dkim1) {
			announce_dkim1(arena, l, f, DKIM1_SIGNATURE);
		} else {
			announce_dkim2(arena, l, f);
		}
	}
	announce_arc(arena, l, m);
}

/* ---- the verdict ---- */

static bool has_passed(const struct verdict *v, const struct dkim1_result *r)
{
	for (size_t i = 0; i < v->ndkim1; i++) {
		const struct dkim1_result *old = &v->dkim1[i];

		if (old->result == AUTH_PASS && span_ieq(old->d, r->d) && span_ieq(old->s, r->s)) {
			return true;
		}
	}
	return false;
}

/* Put those of MORE behind the results that say something new. */
static void append(struct arena *arena, struct verdict *v, const struct dkim1_result *more,
                   size_t count)
{
	struct dkim1_result *all = arena_array(arena, v->ndkim1 + count, sizeof(*all));
	size_t n = v->ndkim1;

	if (n) {
		memcpy(all, v->dkim1, n * sizeof(*all));
	}
	for (size_t i = 0; i < count; i++) {
		if (more[i].result != AUTH_PASS || has_passed(v, &more[i])) {
			continue;
		}
		all[n] = more[i];
		all[n++].text = SPAN("on the original");
	}
	v->dkim1 = all;
	v->ndkim1 = n;
}

/* Domain of the only author; empty when there is none. */
static struct span author_domain(struct arena *arena, const struct message *m)
{
	struct mailbox author;

	return addr_author(arena, m, &author) ? author.domain : SPAN("");
}

/*
 * What came was changed on its way into DKIM2: look at what was there before. An
 * original that cannot be rebuilt changes nothing.
 */
static void verify_original(struct arena *arena, const struct message *m,
                            const struct keysource *source, int64_t now, struct verdict *out)
{
	const struct dkim2_result *chain = &out->dkim2;
	struct dkim1_result *results;
	struct message original;
	struct dmarc *dmarc;
	struct span raw;
	size_t count;

	if (chain->result != AUTH_PASS || !chain->ninstances || !chain->instances[0].has_recipe) {
		return;
	}
	if (!dkim2_undo(arena, m, 0, &raw, NULL) || !message_parse(arena, raw, &original, NULL)) {
		return;
	}
	dkim1_verify(arena, &original, source, now, &results, &count);
	if (!count) {
		return;
	}
	dmarc = dmarc_discover(arena, source, author_domain(arena, &original));
	dmarc_align_signatures(dmarc, results, count);
	append(arena, out, results, count);
}

/*
 * SPF of a trusted server, if it speaks of the MAIL FROM that we have: a result about
 * another one was found on an earlier way of the message.
 */
static void read_spf(struct arena *arena, const struct message *m, const struct envelope *envelope,
                     struct span trusted, struct spf_result *out)
{
	struct span ours;

	authres_spf(arena, m, trusted, out);
	if (!out->result.n || !envelope->known) {
		return;
	}
	if (!idn_ascii(arena, addr_domain(envelope->mail_from), &ours, NULL) ||
	    !span_ieq(ours, out->domain)) {
		*out = (struct spf_result){ .result = SPAN("") };
	}
}

/* ---- changed by others ---- */

/* Fields that say what list a message is on, and nothing of what it says. */
static bool says_nothing(struct span name)
{
	return span_istarts(name, SPAN("List-")) || span_iis(name, "Precedence") ||
	       span_iis(name, "Archived-At");
}

static bool alters(const struct dkim2_instance *in)
{
	for (size_t i = 0; i < in->nfields; i++) {
		if (!says_nothing(in->fields[i])) {
			return true;
		}
	}
	return in->body_changed;
}

/*
 * A chain proves who changed what, not that the author would sign it again: whoever got
 * one message of his can send on another one in his name, with a recipe that is right.
 */
static struct span altered_by(const struct dkim2_result *r, struct span author)
{
	for (size_t i = 1; i < r->ninstances; i++) {
		const struct dkim2_hop *hop = dkim2_first_signer(r, r->instances[i].m);
		struct span maker = hop ? hop->d : SPAN("");
		bool own = addr_domain_below(maker, author) || addr_domain_below(author, maker);

		if (!own && alters(&r->instances[i])) {
			return maker;
		}
	}
	return SPAN("");
}

/* Nobody but the author's domain has had a hand in it (verdict.h); COMMAND: nor in a Subject. */
static bool untouched(const struct dmarc *dmarc, const struct verdict *v, bool command)
{
	bool undecided;

	if (v->dkim2.result == AUTH_PASS && v->dkim2.author_signed && v->dkim2.altered_by.n == 0) {
		return true;
	}
	for (size_t i = 0; i < v->ndkim1; i++) {
		const struct dkim1_result *r = &v->dkim1[i];

		if (r->result == AUTH_PASS && r->aligned && !r->partial && !r->doubles &&
		    !(command && r->adds_subject)) {
			return true;
		}
	}
	/* By SPF alone: then it came from there as it is. */
	return dmarc_evaluate(dmarc, NULL, 0, &v->spf, &undecided).result == AUTH_PASS;
}

/* From the checks of the message as it came, not of its original. */
static void conclude(const struct dmarc *dmarc, struct span author_domain, struct verdict *v)
{
	bool author = author_domain.n > 0, undecided;

	v->dkim2.altered_by = SPAN("");
	if (author && v->dkim2.result == AUTH_PASS) {
		v->dkim2.altered_by = altered_by(&v->dkim2, author_domain);
	}
	v->words_authentic = author && untouched(dmarc, v, true);
	v->doubled = author && !untouched(dmarc, v, false);
	v->dmarc = dmarc_evaluate(dmarc, v->dkim1, v->ndkim1, &v->spf, &undecided);
	v->from_signed = author && v->dkim2.result == AUTH_PASS && v->dkim2.author_signed;
	bool doubles = false;
	for (size_t i = 0; author && i < v->ndkim1; i++) {
		const struct dkim1_result *r = &v->dkim1[i];

		if (r->result == AUTH_PASS && r->aligned && !r->partial) {
			v->from_signed = true;
			doubles = doubles || r->doubles;
			v->dkim2.altered_by = SPAN("");
		}
	}
	v->doubled = v->doubled && doubles;
	v->from_authentic = v->from_signed || v->dmarc.result == AUTH_PASS;
	/* Once the author is known, a key that does not come changes nothing. */
	v->temporary = v->dkim2.result == AUTH_TEMPERROR || (undecided && !v->from_authentic);
}

void verify_message(struct arena *arena, const struct message *m, const struct envelope *envelope,
                    const struct keysource *source, const struct verify_options *options,
                    struct verdict *out)
{
	struct lookups *lookups = lookups_new(arena, source);
	struct keysource limited = lookups_source(lookups);
	struct span author = author_domain(arena, m);
	struct dmarc *dmarc;

	*out = (struct verdict){ .temporary = false };
	announce_dmarc(arena, lookups, author);
	announce_signatures(arena, lookups, m);
	lookups_prefetch(lookups);
	dkim2_verify(arena, m, envelope, &limited, options->now, &out->dkim2);
	dkim1_verify(arena, m, &limited, options->now, &out->dkim1, &out->ndkim1);
	read_spf(arena, m, envelope, options->trusted, &out->spf);
	dmarc = dmarc_discover(arena, &limited, author);
	dmarc_align_signatures(dmarc, out->dkim1, out->ndkim1);
	conclude(dmarc, author, out);
	verify_original(arena, m, &limited, options->now, out);
	arc_verify(arena, m, &limited, options->now, &out->arc);
}
