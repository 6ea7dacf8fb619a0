/*
 * All schemes over one message. Key records are asked for through a source that
 * asks once for each name and never for more than LIMIT_DNS_LOOKUPS names,
 * whatever the message says; all names are known before the first is needed,
 * so that a resolver can look for them at the same time.
 */
#include "auth/verify.h"

#include "auth/dkim1_field.h"
#include "base/limits.h"
#include "mail/addr.h"

#include <string.h>

/* ---- a source that counts ---- */

struct answer {
	struct span name;
	struct txt txt;
};

struct counted {
	const struct keysource *source;
	struct arena *arena;
	struct answer v[LIMIT_DNS_LOOKUPS];
	size_t n;
};

static struct txt counted_txt(void *self, struct arena *arena, struct span name)
{
	struct counted *c = self;
	struct answer *a;

	(void)arena; /* answers outlive the one who asks first */
	for (size_t i = 0; i < c->n; i++) {
		if (span_ieq(c->v[i].name, name)) {
			return c->v[i].txt;
		}
	}
	if (c->n == LIMIT_DNS_LOOKUPS) {
		return (struct txt){ .status = TXT_REFUSED };
	}
	a = &c->v[c->n++];
	a->name = arena_copy(c->arena, name);
	a->txt = c->source->txt(c->source->self, c->arena, a->name);
	return a->txt;
}

/* ---- the names of all keys ---- */

struct names {
	struct arena *arena;
	struct span v[LIMIT_DNS_LOOKUPS];
	size_t n;
};

static void add_name(struct names *names, struct span selector, struct span domain)
{
	struct span name;

	if (!selector.n || !domain.n || names->n == LIMIT_DNS_LOOKUPS) {
		return;
	}
	name = arena_join(names->arena, selector, SPAN("._domainkey."), domain, SPAN_END);
	for (size_t i = 0; i < names->n; i++) {
		if (span_ieq(names->v[i], name)) {
			return;
		}
	}
	names->v[names->n++] = name;
}

static void add_dkim1(struct names *names, const struct field *f)
{
	struct dkim1_field parsed;

	if (!dkim1_field_parse(names->arena, f, &parsed)) {
		add_name(names, parsed.s, parsed.d);
	}
}

/* The selector of each set in s=. */
static void add_dkim2(struct names *names, const struct field *f)
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

			add_name(names, span_trim(span_cut(&set, ':')), d->value);
		}
	}
}

static void prefetch(struct arena *arena, const struct message *m, const struct keysource *source)
{
	struct names *names = ARENA_NEW(arena, struct names);
	size_t signatures = 0;

	if (!source->prefetch) {
		return;
	}
	names->arena = arena;
	for (size_t i = 0; i < m->count && signatures < 2 * LIMIT_SIGNATURES; i++) {
		const struct field *f = &m->fields[i];
		bool dkim1 = span_iis(f->name, "DKIM-Signature");

		if (!dkim1 && !span_iis(f->name, "DKIM2-Signature")) {
			continue;
		}
		signatures++;
		if (dkim1) {
			add_dkim1(names, f);
		} else {
			add_dkim2(names, f);
		}
	}
	if (names->n) {
		source->prefetch(source->self, names->v, names->n);
	}
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
	struct span raw;
	size_t count;

	if (chain->result != AUTH_PASS || !chain->ninstances || !chain->instances[0].has_recipe) {
		return;
	}
	if (!dkim2_undo(arena, m, 0, &raw, NULL) || !message_parse(arena, raw, &original, NULL)) {
		return;
	}
	dkim1_verify(arena, &original, source, now, &results, &count);
	append(arena, out, results, count);
}

static bool has_author(struct arena *arena, const struct message *m)
{
	const struct field *from = message_find(m, "From");
	struct mailbox author;

	return message_count(m, "From") == 1 && addr_single(arena, from->value, &author);
}

/* From the checks of the message as it came, not of its original. */
static void conclude(struct arena *arena, const struct message *m, struct verdict *v)
{
	bool author = has_author(arena, m);

	bool waiting = false;

	v->from_authentic = author && v->dkim2.result == AUTH_PASS && v->dkim2.author_signed;
	for (size_t i = 0; i < v->ndkim1; i++) {
		const struct dkim1_result *r = &v->dkim1[i];

		if (r->result == AUTH_TEMPERROR) {
			waiting = true;
		}
		if (author && r->result == AUTH_PASS && r->aligned && !r->partial) {
			v->from_authentic = true;
		}
	}
	/* Once the author is known, a key that does not come changes nothing. */
	v->temporary = v->dkim2.result == AUTH_TEMPERROR || (waiting && !v->from_authentic);
}

void verify_message(struct arena *arena, const struct message *m, const struct envelope *envelope,
                    const struct keysource *source, int64_t now, struct verdict *out)
{
	struct counted *counted = ARENA_NEW(arena, struct counted);
	struct keysource limited = { .self = counted, .txt = counted_txt };

	*out = (struct verdict){ .temporary = false };
	counted->source = source;
	counted->arena = arena;
	prefetch(arena, m, source);
	dkim2_verify(arena, m, envelope, &limited, now, &out->dkim2);
	dkim1_verify(arena, m, &limited, now, &out->dkim1, &out->ndkim1);
	conclude(arena, m, out);
	verify_original(arena, m, &limited, now, out);
}
