/* explain: what would happen to a message. */
#include "auth/report.h"
#include "cli/commands.h"
#include "cli/decision.h"
#include "flow/explain.h"
#include "mail/addr.h"
#include "mail/diff.h"
#include "rules/route.h"

/* ---- for people ---- */

/* Who learns of a refusal: asked always, as rules change. */
static void told_text(struct buf *out, const struct explain *x)
{
	const struct refusal_choice *told = &x->told;
	const char *when = x->a.decision == DECISION_REJECT ? "" : "if it were refused, ";
	if (told->to == REFUSAL_NOBODY) {
		buf_printf(out, "%snobody would be told: %s\n", when, told->why);
	} else {
		buf_printf(out, "%sa report would go to <%.*s>: %s\n", when,
		           SPAN_FMT(told->address), told->why);
	}
}

/* Each line of TEXT behind SIGN, without its line end. */
static void lines_text(struct buf *out, const char *sign, struct span text)
{
	while (text.n > 0) {
		struct span line = span_line(&text);
		buf_printf(out, "    %s %.*s\n", sign, SPAN_FMT(span_rtrim(line)));
	}
}

static size_t line_of(struct span body, size_t at)
{
	size_t n = 1;
	for (size_t i = 0; i < at && i < body.n; i++) {
		n += body.p[i] == '\n';
	}
	return n;
}

static void edits_text(struct buf *out, const struct edits *x)
{
	const struct message *m = x->m;
	size_t start = (size_t)(m->body.p - m->raw.p);
	for (size_t i = 0; i < x->n; i++) {
		const struct edit *edit = &x->v[i];
		if (edit->body) {
			buf_printf(out, "    body, line %zu:\n",
			           line_of(m->body, edit->at - start));
		}
		lines_text(out, "-", span_sub(m->raw, edit->at, edit->at + edit->drop));
		lines_text(out, "+", edit->insert);
	}
}

/* Edits X; when REWRITTEN they are made to what is left of the message. */
static void variant_text(struct buf *out, const struct variant *v, const struct edits *x,
                         bool rewritten)
{
	buf_printf(out, "copies with From %s%s: mode %.*s, %.*s\n", v->munged ? "munged" : "kept",
	           v->ascii  ? ", in ASCII for a mail server without SMTPUTF8"
	           : v->utf8 ? ", needing SMTPUTF8"
	                     : "",
	           SPAN_FMT(v->mode), SPAN_FMT(v->why));
	if (v->hop > 0) {
		buf_printf(out, "  DKIM2: signature i=%lld of instance m=%lld", (long long)v->hop,
		           (long long)v->mi_top);
		buf_printf(out, v->via.n > 0 ? ", behind an imaginary hop of %.*s\n" : "\n",
		           SPAN_FMT(v->via));
	}
	if (v->recipe.n > 0) {
		buf_printf(out, "  recipe, %zu bytes: %.*s\n", v->recipe.n, SPAN_FMT(v->recipe));
	}
	buf_str(out, rewritten ? "  edits behind what was taken out (--diff shows all):\n"
	                       : "  edits:\n");
	edits_text(out, x);
}

/* What ADDRESS gets of them, as far as that is known before the mail server is asked. */
static void recipient_text(struct buf *out, const struct explain *x, struct span address)
{
	size_t now, ascii;
	struct err e = { 0 };
	explain_variant(x, address, false, &now, &e);
	buf_printf(out, "%.*s gets From %s, mode %.*s\n", SPAN_FMT(address),
	           x->p.v[now].munged ? "munged" : "kept", SPAN_FMT(x->p.v[now].mode));
	if (!explain_variant(x, address, true, &ascii, &e)) {
		buf_printf(out, "  without SMTPUTF8 nothing: %s\n", e.text);
	} else if (ascii != now) {
		buf_printf(out, "  without SMTPUTF8 in ASCII: From %s, mode %.*s\n",
		           x->p.v[ascii].munged ? "munged" : "kept", SPAN_FMT(x->p.v[ascii].mode));
	}
}

static void explain_text(struct buf *out, const struct explain *x, struct span rcpt)
{
	struct report_letter letter;
	struct verdict v = x->a.verdict;
	if (x->a.judged) {
		report_compare(x->a.arena, &x->a.message, &v, &letter);
		report_text(out, &v, &letter);
	}
	decision_text(out, &x->a);
	told_text(out, x);
	if (!x->prepared) {
		buf_printf(out, "no copies can be made: %s\n", x->unprepared.text);
	}
	for (size_t i = 0; i < x->p.n; i++) {
		variant_text(out, &x->p.v[i], x->p.edits[i], x->rewrite.changed);
	}
	if (rcpt.n > 0 && x->prepared) {
		recipient_text(out, x, rcpt);
	}
}

/* ---- for programs ---- */

static void edits_json(struct json *j, const struct edits *x)
{
	json_key(j, "edits");
	json_open(j, '[');
	for (size_t i = 0; i < x->n; i++) {
		const struct edit *edit = &x->v[i];
		json_open(j, '{');
		json_kstr(j, "where", edit->body ? "body" : "header");
		json_kint(j, "at", (int64_t)edit->at);
		json_kspan(j, "dropped", span_sub(x->m->raw, edit->at, edit->at + edit->drop));
		json_kspan(j, "inserted", edit->insert);
		json_close(j);
	}
	json_close(j);
}

static void variants_json(struct json *j, const struct prepared *p)
{
	json_key(j, "variants");
	json_open(j, '[');
	for (size_t i = 0; i < p->n; i++) {
		const struct variant *v = &p->v[i];
		json_open(j, '{');
		json_kstr(j, "from", v->munged ? "munged" : "kept");
		json_kbool(j, "smtputf8", v->utf8);
		json_kbool(j, "ascii", v->ascii);
		json_kspan(j, "mode", v->mode);
		json_kspan(j, "why", v->why);
		json_kint(j, "i", v->hop);
		json_kint(j, "m", v->mi_top);
		json_kspan(j, "via", v->via);
		json_kspan(j, "recipe", v->recipe);
		edits_json(j, p->edits[i]);
		json_close(j);
	}
	json_close(j);
}

static void explain_json(struct call *call, const struct explain *x)
{
	struct json j = JSON_INIT(&call->out);
	call_open(call, &j, '{');
	json_kspan(&j, "recipient", x->a.recipient);
	json_kspan(&j, "mail_from", x->a.mail_from);
	decision_json(&j, &x->a);
	json_key(&j, "verdict");
	if (x->a.judged) {
		json_open(&j, '{');
		report_json(&j, &x->a.verdict);
		json_close(&j);
	} else {
		json_null(&j);
	}
	json_key(&j, "refusal");
	json_open(&j, '{');
	json_kspan(&j, "to", x->told.address);
	json_kstr(&j, "code", x->told.code);
	json_kstr(&j, "why", x->told.why);
	json_close(&j);
	json_kstr(&j, "unprepared", x->prepared ? "" : x->unprepared.text);
	variants_json(&j, &x->p);
	call_close(call, &j);
}

/* ---- the command ---- */

static bool print_diff(struct call *call, const struct explain *x, struct span rcpt)
{
	struct buf after = BUF_INIT;
	size_t i;
	bool ok = explain_variant(x, rcpt, call_opt(call, "--ascii") != NULL, &i, &call->err) &&
	          explain_after(x, i, &after, &call->err);
	if (ok) {
		diff_unified(call->arena, &call->out, SPAN("received"), SPAN("sent"), x->a.bytes,
		             buf_span(&after));
	}
	buf_free(&after);
	return ok;
}

static bool print(struct call *call, const struct explain *x, struct span rcpt)
{
	bool raw = call_opt(call, "--raw") != NULL, diff = call_opt(call, "--diff") != NULL;
	if ((raw || diff) && !x->prepared) {
		return err_set(&call->err, ERR_PERMANENT, "", "no copies can be made: %s",
		               x->unprepared.text);
	}
	if (raw) {
		call->raw = true;
		return explain_copy(x, rcpt, call_opt(call, "--ascii") != NULL, &call->out,
		                    &call->err);
	}
	if (diff) {
		return print_diff(call, x, rcpt);
	}
	if (call->json) {
		explain_json(call, x);
	} else {
		explain_text(&call->out, x, rcpt);
	}
	return true;
}

static bool check_options(struct call *call, struct span *rcpt)
{
	const char *to = call_opt(call, "--rcpt");
	bool raw = call_opt(call, "--raw") != NULL, diff = call_opt(call, "--diff") != NULL;
	*rcpt = SPAN("");
	if (raw + diff + call->json > 1) {
		return call_usage(call, "--raw, --diff and --json: only one of them");
	}
	if (call_opt(call, "--ascii") && !raw && !diff) {
		return call_usage(call, "--ascii goes with --raw or --diff");
	}
	if (raw && !to) {
		return call_usage(call, "--raw is the copy of one member: say --rcpt ADDRESS");
	}
	return !to || addr_path(call->arena, span_str(to), rcpt, &call->err);
}

static bool explain_run(struct call *call)
{
	struct list list;
	struct explain x;
	struct dns *dns = NULL;
	struct span text, from, rcpt;
	if (!check_options(call, &rcpt) || !call_context(call, CONTEXT_STORE | CONTEXT_SECRET) ||
	    !call_list(call, call->args[0], &list) ||
	    !call_message(call, call_arg(call, 1), &text) ||
	    !explain_sender(call->arena, call_opt(call, "-f"), text, &from, &call->err)) {
		return false;
	}
	bool ok = call_keysource(call, &dns, &call->context->keys);
	if (ok) {
		ok = explain_message(call->context, call->arena, text, from,
		                     route_list(call->arena, &list), &x, &call->err) &&
		     print(call, &x, rcpt);
		explain_end(&x);
	}
	dns_free(dns);
	return ok;
}

static const struct opt explain_opts[] = {
	{ "-f", "SENDER", "MAIL FROM it comes with; '' is the null sender (default: the author)" },
	{ "--rcpt", "ADDRESS", "the member whose copy is meant" },
	{ "--raw", NULL, "print the very copy that ADDRESS would get, signed" },
	{ "--diff", NULL, "print what would be changed as a unified diff, but for signatures" },
	{ "--ascii", NULL, "with --raw or --diff: for a mail server that does not offer SMTPUTF8" },
	{ "--dns", "FILE|SERVER", "as for verify (default: the site's servers)" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_explain = {
	.name = "explain",
	.arguments = "[-f SENDER] [--rcpt ADDRESS] [--raw|--diff] [--ascii] LIST [FILE]",
	.summary = "Show what would happen to a message, without sending or storing anything",
	.min = 1,
	.max = 2,
	.opts = explain_opts,
	.run = explain_run,
};
