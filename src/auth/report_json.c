/* A verdict as JSON. Every member is in doc/formats; the unit test looks there. */
#include "auth/report.h"

#include "auth/dkim2.h"

/* Of doc/formats, "JSON of commands". */
enum { SCHEMA = 1 };

static void put_number(struct json *j, const char *key, uint64_t v)
{
	json_kint(j, key, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void put_spans(struct json *j, const char *key, const struct span *v, size_t n)
{
	json_key(j, key);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_span(j, v[i]);
	}
	json_close(j);
}

static void put_result(struct json *j, enum auth_result result, struct span text)
{
	json_kstr(j, "result", auth_result_name(result));
	json_kspan(j, "text", text);
}

/* ---- DKIM2 ---- */

static void put_signature_set(struct json *j, const struct dkim2_set *s)
{
	json_open(j, '{');
	json_kspan(j, "selector", s->selector);
	json_kspan(j, "algorithm", s->algorithm);
	json_kint(j, "group", s->group);
	json_kint(j, "bits", s->bits);
	json_kbool(j, "authenticated", s->authenticated);
	put_result(j, s->result, s->text);
	json_close(j);
}

static void put_hop(struct json *j, const struct dkim2_hop *hop)
{
	json_open(j, '{');
	put_number(j, "i", hop->i);
	put_number(j, "m", hop->m);
	put_number(j, "t", hop->t);
	json_kspan(j, "time", hop->time);
	json_kspan(j, "d", hop->d);
	json_kspan(j, "mf", hop->mf);
	put_spans(j, "rt", hop->rt, hop->rts);
	json_kspan(j, "nd", hop->nd);
	json_kspan(j, "n", hop->n);
	put_spans(j, "flags", hop->flags, hop->nflags);
	json_key(j, "sets");
	json_open(j, '[');
	for (size_t i = 0; i < hop->nsets; i++) {
		put_signature_set(j, &hop->sets[i]);
	}
	json_close(j);
	put_result(j, hop->result, hop->text);
	json_close(j);
}

static void put_hash_set(struct json *j, const struct dkim2_hash *s)
{
	json_open(j, '{');
	json_kspan(j, "algorithm", s->algorithm);
	json_kint(j, "group", s->group);
	json_kspan(j, "header", s->header);
	json_kspan(j, "body", s->body);
	json_kstr(j, "header_result", auth_result_name(s->header_result));
	json_kstr(j, "body_result", auth_result_name(s->body_result));
	json_close(j);
}

static void put_steps(struct json *j, const struct dkim2_steps *s)
{
	put_number(j, "steps", s->steps);
	put_number(j, "copied", s->copied);
	put_number(j, "restored", s->restored);
}

static void put_recipe(struct json *j, const struct dkim2_instance *in)
{
	json_key(j, "summary");
	if (!in->has_recipe) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	put_number(j, "bytes", in->recipe_bytes);
	json_key(j, "header");
	json_open(j, '[');
	for (size_t i = 0; i < in->nfields; i++) {
		json_open(j, '{');
		json_kspan(j, "name", in->fields[i]);
		put_steps(j, &in->field_steps[i]);
		json_close(j);
	}
	json_close(j);
	json_key(j, "body");
	if (in->body_changed) {
		json_open(j, '{');
		put_steps(j, &in->body_steps);
		json_close(j);
	} else {
		json_null(j);
	}
	json_close(j);
}

static void put_instance(struct json *j, const struct dkim2_instance *in)
{
	json_open(j, '{');
	put_number(j, "m", in->m);
	json_kspan(j, "hashes", in->hashes);
	json_key(j, "sets");
	json_open(j, '[');
	for (size_t i = 0; i < in->nsets; i++) {
		put_hash_set(j, &in->sets[i]);
	}
	json_close(j);
	json_kbool(j, "recipe", in->has_recipe);
	put_spans(j, "fields", in->fields, in->nfields);
	json_kbool(j, "body", in->body_changed);
	put_recipe(j, in);
	if (in->compared) {
		put_spans(j, "changes", in->changes, in->nchanges);
	} else {
		json_key(j, "changes");
		json_null(j);
	}
	put_result(j, in->result, in->text);
	json_close(j);
}

static void put_dkim2(struct json *j, const struct dkim2_result *r)
{
	json_key(j, "dkim2");
	json_open(j, '{');
	put_result(j, r->result, r->text);
	json_kstr(j, "draft", DKIM2_DRAFT);
	json_kbool(j, "provisional", r->provisional);
	json_kbool(j, "author_signed", r->author_signed);
	json_kspan(j, "altered_by", r->altered_by);
	put_number(j, "failing", r->failing);
	json_key(j, "hops");
	json_open(j, '[');
	for (size_t i = 0; i < r->nhops; i++) {
		put_hop(j, &r->hops[i]);
	}
	json_close(j);
	json_key(j, "instances");
	json_open(j, '[');
	for (size_t i = 0; i < r->ninstances; i++) {
		put_instance(j, &r->instances[i]);
	}
	json_close(j);
	json_close(j);
}

/* ---- the others ---- */

static void put_dkim1(struct json *j, const struct verdict *v)
{
	json_key(j, "dkim1");
	json_open(j, '[');
	for (size_t i = 0; i < v->ndkim1; i++) {
		const struct dkim1_result *r = &v->dkim1[i];

		json_open(j, '{');
		put_result(j, r->result, r->text);
		json_kspan(j, "d", r->d);
		json_kspan(j, "s", r->s);
		json_kspan(j, "a", r->a);
		json_kspan(j, "i", r->i);
		json_kint(j, "bits", r->bits);
		json_kbool(j, "aligned", r->aligned);
		json_kbool(j, "partial", r->partial);
		json_kbool(j, "authenticated", r->authenticated);
		json_close(j);
	}
	json_close(j);
}

static void put_dmarc(struct json *j, const struct dmarc_result *r)
{
	static const char *const policies[] = {
		[DMARC_POLICY_NONE] = "none",
		[DMARC_POLICY_QUARANTINE] = "quarantine",
		[DMARC_POLICY_REJECT] = "reject",
	};

	json_key(j, "dmarc");
	if (r->result == AUTH_NONE && r->author.n == 0 && r->text.n == 0) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	put_result(j, r->result, r->text);
	json_kspan(j, "author", r->author);
	json_kspan(j, "found", r->found);
	json_kspan(j, "organization", r->organization);
	json_kstr(j, "policy", policies[r->policy]);
	json_kbool(j, "testing", r->testing);
	json_kbool(j, "strict_dkim", r->strict_dkim);
	json_kbool(j, "strict_spf", r->strict_spf);
	json_kbool(j, "authenticated", r->authenticated);
	json_close(j);
}

static void put_arc_set(struct json *j, const struct arc_set *s)
{
	json_open(j, '{');
	json_kint(j, "i", s->i);
	json_kspan(j, "d", s->d);
	json_kspan(j, "s", s->s);
	json_kspan(j, "a", s->a);
	json_kspan(j, "message_d", s->message_d);
	json_kspan(j, "cv", s->cv);
	json_kstr(j, "seal", auth_result_name(s->seal));
	json_kstr(j, "body", auth_result_name(s->body));
	json_kspan(j, "text", s->text);
	json_close(j);
}

static void put_arc(struct json *j, const struct arc_result *r)
{
	json_key(j, "arc");
	if (r->result == AUTH_NONE && r->nsets == 0) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	put_result(j, r->result, r->text);
	json_key(j, "sets");
	json_open(j, '[');
	for (size_t i = 0; i < r->nsets; i++) {
		put_arc_set(j, &r->sets[i]);
	}
	json_close(j);
	json_close(j);
}

static void put_spf(struct json *j, const struct spf_result *r)
{
	json_key(j, "spf");
	if (r->result.n == 0) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	json_kspan(j, "result", r->result);
	json_kspan(j, "domain", r->domain);
	json_close(j);
}

void report_json(struct json *j, const struct verdict *v)
{
	json_kint(j, "schema", SCHEMA);
	json_kstr(j, "state", report_state_name(report_state(v)));
	json_kbool(j, "from_authentic", v->from_authentic);
	put_dkim2(j, &v->dkim2);
	put_dkim1(j, v);
	put_dmarc(j, &v->dmarc);
	put_arc(j, &v->arc);
	put_spf(j, &v->spf);
}
