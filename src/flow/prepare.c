/*
 * The variant with From kept is made first where it may be wanted: whether the author's
 * own signature survives, and whether his chain goes on, can be said of the finished
 * copy only. From is never kept on what the author would not know again.
 */
#include "flow/prepare.h"

#include "auth/dkim1.h"
#include "base/utf8.h"
#include "flow/keys.h"

static bool prepare_input(struct context *c, struct arrival *a, const struct rewrite *rewrite,
                          int64_t number, struct prepare_input *out, struct err *e)
{
	enum auth_result chain = a->verdict.dkim2.result;
	*out = (struct prepare_input){
		.site = &c->site,
		.list = &a->list,
		.message = &rewrite->message,
		.verdict = &a->verdict,
		/* Not with a pass in it: it is shown in Received. */
		.recipient =
			a->route.role == ROLE_PASS ? route_list(a->arena, &a->list) : a->recipient,
		.arrived_as = a->arrived_as,
		.id = a->id,
		.number = number,
		.now = c->env.now(&c->env),
		.as_opaque = rewrite->changed || (chain != AUTH_PASS && chain != AUTH_NONE),
		.nameless = a->list.anonymous,
		.rewrite = rewrite->changed ? rewrite : NULL,
	};
	return keys_present(a->arena, &c->paths, addr_domain(a->arrived_as), &out->arrived_key, e);
}

/* Did this signature prove on arrival that the author wrote it? */
static bool proved(const struct dkim1_result *r)
{
	return r->result == AUTH_PASS && r->aligned && !r->partial;
}

static bool proved_before(const struct verdict *v, const struct dkim1_result *now)
{
	for (size_t i = 0; i < v->ndkim1; i++) {
		if (proved(&v->dkim1[i]) && span_ieq(v->dkim1[i].d, now->d) &&
		    span_ieq(v->dkim1[i].s, now->s)) {
			return true;
		}
	}
	return false;
}

/* Is the body of V that of the message as it came? Everything else breaks signatures. */
static bool same_body(const struct arrival *a, const struct variant *v)
{
	struct segments body;
	if (!variant_decode(a->arena, v->body, a->bytes, &body, NULL)) {
		return false;
	}
	struct span whole = a->message.body;
	return body.n == 0 ? whole.n == 0
	                   : body.n == 1 && body.v[0].kept && body.v[0].bytes.p == whole.p &&
	                             body.v[0].bytes.n == whole.n;
}

/* Does a signature of the author's verify on the copies of V? */
static bool survives(struct context *c, struct arrival *a, const struct variant *v)
{
	struct message m;
	struct dkim1_result *results;
	size_t n;
	if (!a->verdict.from_signed || a->verdict.ndkim1 == 0 || !same_body(a, v) ||
	    !message_parse(a->arena, v->header, &m, NULL)) {
		return false;
	}
	m.body = a->message.body;
	dkim1_verify(a->arena, &m, &c->keys, c->env.now(&c->env), &results, &n);
	for (size_t i = 0; i < n; i++) {
		if (results[i].result == AUTH_PASS && !results[i].partial &&
		    proved_before(&a->verdict, &results[i])) {
			return true;
		}
	}
	return false;
}

static bool add(struct arrival *a, struct prepare_input *in, bool munge, struct prepared *out,
                struct err *e)
{
	in->munge = munge;
	if (!variant_prepare(a->arena, in, &out->v[out->n], &out->edits[out->n], e)) {
		return false;
	}
	out->n++;
	return true;
}

static struct from_choice choose(struct context *c, struct arrival *a, const struct variant *kept,
                                 bool survives)
{
	struct from_input in = {
		.site = &c->site,
		.list = &a->list,
		.dmarc = &a->verdict.dmarc,
		.author_domain = addr_domain(a->author_key),
		.survives = survives,
		.continues = span_is(kept->mode, egress_name(EGRESS_CONTINUE)),
	};
	return from_choose(&in);
}

/* --- in ASCII, for relays without SMTPUTF8 ----------------------------------------- */

static bool needs_utf8(const struct prepared *p)
{
	bool needs = false;
	for (size_t i = 0; i < p->n; i++) {
		needs = needs || p->v[i].utf8;
	}
	return needs;
}

/*
 * From stays the author's where it is ASCII and nothing but his signature, which does
 * not survive this, spoke against or for it.
 */
static bool ascii_keeps_from(struct context *c, struct arrival *a, const struct prepared *p)
{
	const struct field *from = message_find(&a->message, "From");
	return p->from.plan == FROM_KEEP && from && utf8_ascii(from->value) &&
	       choose(c, a, &p->v[0], false).plan == FROM_KEEP;
}

/* One that cannot be made is no reason to have no others: theirs say so. */
static bool add_ascii(struct context *c, struct arrival *a, struct prepare_input *in,
                      struct prepared *out, struct err *e)
{
	struct err why = { 0 };
	out->normal = out->n;
	if (a->list.eai == LIST_EAI_SKIP || !needs_utf8(out)) {
		return true;
	}
	in->ascii = true;
	if (add(a, in, !ascii_keeps_from(c, a, out), out, &why)) {
		return true;
	}
	if (why.class != ERR_PERMANENT) {
		*e = why;
		return false;
	}
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].why = arena_printf(a->arena, "%.*s; not in ASCII: %s",
		                             SPAN_FMT(out->v[i].why), why.text);
	}
	return true;
}

/* The author and the list see why it is so: mode first, then From, then what was taken out. */
static void explain(struct arrival *a, struct prepared *p)
{
	struct span what = a->content.what;
	for (size_t i = 0; i < p->n; i++) {
		struct variant *v = &p->v[i];
		v->why = arena_printf(a->arena, "%.*s; %s", SPAN_FMT(v->why), p->from.why);
		if (what.n > 0) {
			v->why = arena_printf(a->arena, "%.*s: %.*s", SPAN_FMT(v->why),
			                      SPAN_FMT(what));
		}
	}
}

bool prepare_post(struct context *c, struct arrival *a, const struct rewrite *rewrite,
                  int64_t number, struct prepared *out, struct err *e)
{
	struct prepare_input in;
	*out = (struct prepared){ .n = 0 };
	if (!prepare_input(c, a, rewrite, number, &in, e)) {
		return false;
	}
	if (rewrite->changed) {
		out->from = (struct from_choice){ FROM_MUNGE, "the post is not what was written" };
	} else if (a->list.from == LIST_FROM_MUNGE) {
		out->from = (struct from_choice){ FROM_MUNGE, "the list munges From" };
	} else if (add(a, &in, false, out, e)) {
		out->from = choose(c, a, &out->v[0],
		                   a->list.from == LIST_FROM_AUTO && survives(c, a, &out->v[0]));
	} else if (e->class == ERR_PERMANENT) {
		out->from =
			(struct from_choice){ FROM_MUNGE, arena_printf(a->arena, "%s", e->text).p };
	} else {
		return false;
	}
	out->n = out->from.plan == FROM_MUNGE ? 0 : out->n;
	if ((out->from.plan != FROM_KEEP && !add(a, &in, true, out, e)) ||
	    !add_ascii(c, a, &in, out, e)) {
		return false;
	}
	explain(a, out);
	return true;
}
