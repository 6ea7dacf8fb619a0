/* A verdict as JSON, and as a short story: who wrote it, who changed what, who it was sent to. */
#include "auth/report.h"

#include "auth/dkim2.h"

static void json_names(struct json *j, const char *key, const struct span *v, size_t n)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_span(j, v[i]);
	}
	json_close(j);
}

static void json_sets(struct json *j, const struct dkim2_hop *hop)
{
	json_key(j, "sets");
	json_open(j, '[');
	for (size_t i = 0; i < hop->nsets; i++) {
		const struct dkim2_set *s = &hop->sets[i];
		json_open(j, '{');
		json_kspan(j, "selector", s->selector);
		json_kspan(j, "algorithm", s->algorithm);
		json_kint(j, "group", s->group);
		json_kint(j, "bits", s->bits);
		json_kstr(j, "result", auth_result_name(s->result));
		json_kspan(j, "text", s->text);
		json_close(j);
	}
	json_close(j);
}

static void json_hop(struct json *j, const struct dkim2_hop *hop)
{
	struct span flags[3];
	size_t n = 0;
	if (hop->feedback) {
		flags[n++] = SPAN("feedback");
	}
	if (hop->feedhere) {
		flags[n++] = SPAN("feedhere");
	}
	if (hop->exploded) {
		flags[n++] = SPAN("exploded");
	}
	json_open(j, '{');
	json_kint(j, "i", (int64_t)hop->i);
	json_kint(j, "m", (int64_t)hop->m);
	json_kint(j, "t", (int64_t)hop->t);
	json_kspan(j, "d", hop->d);
	json_kspan(j, "mf", hop->mf);
	json_names(j, "rt", hop->rt, hop->rts);
	json_kspan(j, "nd", hop->nd);
	json_names(j, "flags", flags, n);
	json_sets(j, hop);
	json_kstr(j, "result", auth_result_name(hop->result));
	json_kspan(j, "text", hop->text);
	json_close(j);
}

static void json_instance(struct json *j, const struct dkim2_instance *in)
{
	json_open(j, '{');
	json_kint(j, "m", (int64_t)in->m);
	json_kspan(j, "hashes", in->hashes);
	json_kbool(j, "recipe", in->has_recipe);
	json_names(j, "fields", in->fields, in->nfields);
	json_kbool(j, "body", in->body_changed);
	json_kstr(j, "result", auth_result_name(in->result));
	json_kspan(j, "text", in->text);
	json_close(j);
}

static void json_dkim2(struct json *j, const struct dkim2_result *r)
{
	json_key(j, "dkim2");
	json_open(j, '{');
	json_kstr(j, "result", auth_result_name(r->result));
	json_kstr(j, "draft", DKIM2_DRAFT);
	json_kspan(j, "text", r->text);
	json_kbool(j, "provisional", r->provisional);
	json_kbool(j, "author_signed", r->author_signed);
	json_key(j, "hops");
	json_open(j, '[');
	for (size_t i = 0; i < r->nhops; i++) {
		json_hop(j, &r->hops[i]);
	}
	json_close(j);
	json_key(j, "instances");
	json_open(j, '[');
	for (size_t i = 0; i < r->ninstances; i++) {
		json_instance(j, &r->instances[i]);
	}
	json_close(j);
	json_close(j);
}

void report_json(struct json *j, const struct verdict *v)
{
	json_dkim2(j, &v->dkim2);
	json_key(j, "dkim1");
	json_open(j, '[');
	for (size_t i = 0; i < v->ndkim1; i++) {
		const struct dkim1_result *r = &v->dkim1[i];
		json_open(j, '{');
		json_kstr(j, "result", auth_result_name(r->result));
		json_kspan(j, "d", r->d);
		json_kspan(j, "s", r->s);
		json_kspan(j, "a", r->a);
		json_kint(j, "bits", r->bits);
		json_kbool(j, "aligned", r->aligned);
		json_kspan(j, "text", r->text);
		json_close(j);
	}
	json_close(j);
	json_key(j, "dmarc");
	json_null(j);
	json_key(j, "arc");
	json_null(j);
}

/* "changed by lists.example.org (subject, body)": instance M was made by the first hop that signs
 * it. */
static const struct dkim2_instance *made_by(const struct dkim2_result *r, size_t hop)
{
	for (size_t i = 0; i < r->ninstances; i++) {
		bool earlier = hop > 0 && r->hops[hop - 1].m >= r->instances[i].m;
		if (r->instances[i].m == r->hops[hop].m && !earlier) {
			return &r->instances[i];
		}
	}
	return NULL;
}

static void text_change(struct buf *out, const struct dkim2_instance *in)
{
	buf_str(out, ", who changed");
	for (size_t i = 0; i < in->nfields; i++) {
		buf_printf(out, "%s%.*s", i ? ", " : " ", SPAN_FMT(in->fields[i]));
	}
	if (in->body_changed) {
		buf_str(out, in->nfields ? " and the body" : " the body");
	}
	if (in->nfields == 0 && !in->body_changed) {
		buf_str(out, " nothing that is hashed");
	}
}

static void text_hop(struct buf *out, const struct dkim2_result *r, size_t i)
{
	const struct dkim2_hop *hop = &r->hops[i];
	const struct dkim2_instance *in = made_by(r, i);
	buf_printf(out, "  %llu. %s %.*s", (unsigned long long)hop->i,
	           i == 0 ? "signed by" : "passed on by", SPAN_FMT(hop->d));
	if (in && in->has_recipe) {
		text_change(out, in);
	}
	if (hop->nd.n > 0) {
		buf_printf(out, ", handed to %.*s", SPAN_FMT(hop->nd));
	} else if (hop->rts > 0) {
		buf_printf(out, ", sent to %.*s%s", SPAN_FMT(hop->rt[0]),
		           hop->rts > 1 ? " and others" : "");
	}
	if (hop->result != AUTH_NONE) {
		buf_printf(out, ": %s", auth_result_name(hop->result));
	}
	buf_chr(out, '\n');
}

static void text_dkim1(struct buf *out, const struct dkim1_result *r)
{
	buf_printf(out, "DKIM1 %s: %.*s (%.*s, selector %.*s)%s", auth_result_name(r->result),
	           SPAN_FMT(r->d), SPAN_FMT(r->a), SPAN_FMT(r->s),
	           r->aligned ? ", the author's domain" : "");
	if (r->text.n > 0) {
		buf_printf(out, ": %.*s", SPAN_FMT(r->text));
	}
	buf_chr(out, '\n');
}

void report_text(struct buf *out, const struct verdict *v)
{
	const struct dkim2_result *r = &v->dkim2;
	buf_printf(out, "DKIM2 %s", auth_result_name(r->result));
	if (r->result == AUTH_PASS) {
		buf_str(out, ": every hop and every revision verifies");
	} else if (r->text.n > 0) {
		buf_printf(out, ": %.*s", SPAN_FMT(r->text));
	}
	buf_chr(out, '\n');
	for (size_t i = 0; i < r->nhops; i++) {
		text_hop(out, r, i);
	}
	for (size_t i = 0; i < v->ndkim1; i++) {
		text_dkim1(out, &v->dkim1[i]);
	}
	buf_printf(out, "From is %s\n", v->from_authentic ? "authentic" : "not proved");
}
