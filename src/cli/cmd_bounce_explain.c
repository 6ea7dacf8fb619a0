/* bounce explain, bounce classes: how a report would be read, and by which rules. */
#include "cli/commands.h"
#include "flow/bounce_proof.h"
#include "mail/addr.h"
#include "rules/bounce_class.h"

struct reading {
	struct bounce b;
	const struct bounce_rule **rules; /* of each recipient */
	bool asked;                       /* there is a site, so: */
	struct bounce_origin origin;
};

static bool accepts(const struct bounce *b)
{
	return b->kind == BOUNCE_FAILURE || b->kind == BOUNCE_DELAY;
}

static void classify(struct call *call, const struct bounce_classes *classes, struct reading *x)
{
	x->rules = arena_array(call->arena, x->b.n, sizeof(*x->rules));
	for (size_t i = 0; i < x->b.n; i++) {
		const struct bounce_recipient *r = &x->b.v[i];
		struct bounce_said said = { r->status,
			                    r->code,
			                    r->reply,
			                    r->text,
			                    addr_domain(r->address),
			                    { r->remote_mta, x->b.reporting_mta } };
		x->rules[i] = bounce_class_of(classes, &said);
	}
}

/* ---- for people ---- */

static void line(struct buf *out, const char *name, struct span value)
{
	if (value.n > 0) {
		buf_printf(out, "  %-16s %.*s\n", name, SPAN_FMT(value));
	}
}

static void recipient_text(struct buf *out, const struct reading *x, size_t i)
{
	const struct bounce_recipient *r = &x->b.v[i];
	const struct bounce_rule *rule = x->rules[i];
	buf_printf(out, "recipient %.*s\n", SPAN_FMT(r->address));
	line(out, "final", span_ieq(r->final, r->address) ? SPAN("") : r->final);
	line(out, "action", span_str(bounce_action_name(r->action)));
	line(out, "status", r->status);
	line(out, "reply", r->reply);
	line(out, "text", r->reply.n > 0 ? SPAN("") : r->text);
	line(out, "remote server", r->remote_mta);
	line(out, "tried last", r->last_attempt);
	line(out, "tried until", r->retry_until);
	if (accepts(&x->b)) {
		buf_printf(out, "  %-16s %s, %s: %.*s\n", "class", bounce_class_name(rule->class),
		           rule->hard ? "hard" : "soft", SPAN_FMT(rule->words));
	}
}

static void reading_text(struct buf *out, const struct reading *x)
{
	const struct bounce *b = &x->b;
	buf_printf(out, "%s: %s\n", bounce_kind_name(b->kind), b->why);
	line(out, "reported by", b->reporting_mta);
	line(out, "feedback type", b->feedback_type);
	line(out, "about message", b->message_id);
	line(out, "returned",
	     b->returned.n == 0 ? SPAN("nothing")
	     : b->whole         ? SPAN("the message")
	                        : SPAN("its header"));
	for (size_t i = 0; i < b->n; i++) {
		recipient_text(out, x, i);
	}
	if (!x->asked) {
		buf_str(out, "authentic: not asked, there is no site (-C)\n");
		return;
	}
	const struct bounce_origin *o = &x->origin;
	bool believed = o->proof >= BOUNCE_PROOF_TOKEN;
	buf_printf(out, "authentic: %s, %.*s\n",
	           believed                         ? "yes"
	           : o->proof == BOUNCE_PROOF_LATER ? "not yet"
	                                            : "no",
	           SPAN_FMT(o->why));
	if (believed) {
		buf_printf(out, "  %-16s %.*s@%.*s, post %lld, member %lld %.*s\n", "sent by",
		           SPAN_FMT(o->list.local), SPAN_FMT(o->list.domain), (long long)o->post,
		           (long long)o->member,
		           SPAN_FMT(o->address.n > 0 ? o->address : SPAN("(has left)")));
	}
}

/* ---- for programs ---- */

static void recipient_json(struct json *j, const struct reading *x, size_t i)
{
	const struct bounce_recipient *r = &x->b.v[i];
	const struct bounce_rule *rule = x->rules[i];
	json_open(j, '{');
	json_kspan(j, "address", r->address);
	json_kspan(j, "original_recipient", r->original);
	json_kspan(j, "final_recipient", r->final);
	json_kstr(j, "action", bounce_action_name(r->action));
	json_kspan(j, "status", r->status);
	json_kint(j, "code", r->code);
	json_kspan(j, "reply", r->reply);
	json_kspan(j, "text", r->text);
	json_kspan(j, "remote_mta", r->remote_mta);
	json_kspan(j, "last_attempt", r->last_attempt);
	json_kspan(j, "final_log_id", r->log_id);
	json_kspan(j, "will_retry_until", r->retry_until);
	if (accepts(&x->b)) {
		json_kstr(j, "class", bounce_class_name(rule->class));
		json_kstr(j, "hardness", rule->hard ? "hard" : "soft");
		json_kspan(j, "words", rule->words);
	}
	json_close(j);
}

static void origin_json(struct json *j, const struct bounce_origin *o)
{
	json_key(j, "authentic");
	json_open(j, '{');
	json_kstr(j, "result", bounce_proof_name(o->proof));
	json_kspan(j, "why", o->why);
	json_kspan(j, "list", o->list.local);
	json_kspan(j, "domain", o->list.domain);
	json_kint(j, "post", o->post);
	json_kint(j, "member", o->member);
	json_kspan(j, "address", o->address);
	json_close(j);
}

static void reading_json(struct json *j, const struct reading *x)
{
	const struct bounce *b = &x->b;
	json_open(j, '{');
	json_kstr(j, "kind", bounce_kind_name(b->kind));
	json_kstr(j, "why", b->why);
	json_kspan(j, "reporting_mta", b->reporting_mta);
	json_kspan(j, "received_from_mta", b->received_from);
	json_kspan(j, "dsn_gateway", b->gateway);
	json_kspan(j, "original_envelope_id", b->envelope_id);
	json_kspan(j, "arrival_date", b->arrived);
	json_kspan(j, "feedback_type", b->feedback_type);
	json_kspan(j, "message_id", b->message_id);
	json_kstr(j, "returned", b->returned.n == 0 ? "nothing" : b->whole ? "message" : "header");
	json_key(j, "recipients");
	json_open(j, '[');
	for (size_t i = 0; i < b->n; i++) {
		recipient_json(j, x, i);
	}
	json_close(j);
	if (x->asked) {
		origin_json(j, &x->origin);
	}
	json_close(j);
}

/* ---- the commands ---- */

static bool read_option(struct call *call, const char *name, struct span *out)
{
	const char *text = call_opt(call, name);
	*out = SPAN("");
	return !text || addr_path(call->arena, span_str(text), out, &call->err);
}

/* What only a site can tell. */
static bool prove(struct call *call, const struct message *m, struct reading *x)
{
	struct span from, arrived_as;
	struct dns *dns = NULL;
	if (!read_option(call, "-f", &from) || !read_option(call, "-a", &arrived_as)) {
		return false;
	}
	if (!call->context) {
		return true;
	}
	x->asked = true;
	bool ok = call_context(call, CONTEXT_STORE | CONTEXT_SECRET) &&
	          call_keysource(call, &dns, &call->context->keys) &&
	          bounce_prove(call->context, call->arena, m, &x->b, from, arrived_as, &x->origin,
	                       &call->err);
	dns_free(dns);
	return ok;
}

static bool open_classes(struct call *call, struct bounce_classes **own,
                         const struct bounce_classes **out)
{
	*own = NULL;
	if (!call_has_site(call)) {
		*out = *own = bounce_class_new(SPAN(""), &call->err);
		return *out != NULL;
	}
	*out = call_context(call, 0) ? context_classes(call->context, &call->err) : NULL;
	return *out != NULL;
}

static bool explain_run(struct call *call)
{
	struct reading x = { .asked = false };
	const struct bounce_classes *classes;
	struct bounce_classes *own;
	struct json j = JSON_INIT(&call->out);
	struct message m;
	struct span text;
	if (!open_classes(call, &own, &classes)) {
		return false;
	}
	bool ok = call_message(call, call_arg(call, 0), &text) &&
	          message_parse(call->arena, bounce_unboxed(text), &m, &call->err);
	if (ok) {
		bounce_read(call->arena, &m, &x.b);
		classify(call, classes, &x);
		ok = prove(call, &m, &x);
	}
	if (ok && call->json) {
		reading_json(&j, &x);
		buf_chr(&call->out, '\n');
	} else if (ok) {
		reading_text(&call->out, &x);
	}
	call_flush(call);
	bounce_class_free(own);
	return ok;
}

static const struct opt explain_opts[] = {
	{ "-a", "ADDRESS", "the address that it arrived at, which may have a token" },
	{ "-f", "ADDRESS", "MAIL FROM it came with; none is the null path" },
	{ "--dns", "FILE|SERVER", "keys from a file, or address[:port] of a server" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_bounce_explain = {
	.name = "bounce explain",
	.arguments = "[-a ADDRESS] [FILE]",
	.summary = "Show how a report would be read: kind, recipients, class, authentic or not",
	.min = 0,
	.max = 1,
	.opts = explain_opts,
	.run = explain_run,
};

static void rule_json(struct json *j, const struct bounce_rule *r)
{
	json_open(j, '{');
	json_kstr(j, "class", bounce_class_name(r->class));
	json_kstr(j, "hardness", r->hard ? "hard" : "soft");
	json_kspan(j, "status", r->status);
	json_kspan(j, "provider", r->provider);
	json_kspan(j, "words", r->words);
	json_kspan(j, "pattern", r->pattern);
	json_kbool(j, "own", r->own);
	json_close(j);
}

static bool classes_run(struct call *call)
{
	const struct bounce_classes *classes;
	struct bounce_classes *own;
	struct json j = JSON_INIT(&call->out);
	size_t n;
	if (!open_classes(call, &own, &classes)) {
		return false;
	}
	const struct bounce_rule *rules = bounce_class_rules(classes, &n);
	struct span name, domains;
	for (size_t i = 0; !call->json && bounce_class_provider(classes, i, &name, &domains); i++) {
		buf_printf(&call->out, "provider %.*s %.*s\n", SPAN_FMT(name), SPAN_FMT(domains));
	}
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		const struct bounce_rule *r = &rules[i];
		if (call->json) {
			rule_json(&j, r);
			continue;
		}
		buf_printf(&call->out, "%s %s %.*s %.*s \"%.*s\"%s%.*s\n",
		           bounce_class_name(r->class), r->hard ? "hard" : "soft",
		           SPAN_FMT(r->status), SPAN_FMT(r->provider), SPAN_FMT(r->words),
		           r->pattern.n > 0 ? " " : "", SPAN_FMT(r->pattern));
	}
	call_close(call, &j);
	call_flush(call);
	bounce_class_free(own);
	return true;
}

static const struct opt classes_opts[] = {
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_bounce_classes = {
	.name = "bounce classes",
	.arguments = "",
	.summary = "Show the rules that say what a refusal means, in the order they are asked",
	.min = 0,
	.max = 0,
	.opts = classes_opts,
	.run = classes_run,
};
