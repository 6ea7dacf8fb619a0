/* trace: did X get it? */
#include "cli/commands.h"
#include "flow/trace.h"
#include "rules/route.h"

static const struct variant *variant_of(const struct trace_post *p)
{
	return p->has_keep ? &p->keep : &p->munged;
}

static const char *from_of(const struct trace_post *p)
{
	return p->has_keep && p->has_munged ? "split" : p->has_keep ? "kept" : "munged";
}

static void recipient_text(struct call *call, const struct trace_post *p, const char *address)
{
	if (!p->has_member) {
		buf_printf(&call->out, "  %s: not a member\n", address);
	} else if (!p->has_row) {
		bool meant = p->member.id <= p->post.member_max;
		buf_printf(&call->out, "  %.*s: %s\n", SPAN_FMT(p->member.address),
		           meant ? "not tried yet" : "not a recipient of this post");
	} else {
		buf_printf(&call->out, "  %.*s: %s %.*s", SPAN_FMT(p->member.address),
		           fan_state_name(p->row.state), SPAN_FMT(call_time(call, p->row.at)));
		if (p->row.state == FAN_DEFERRED) {
			buf_printf(&call->out, ", %lld attempts, next %.*s",
			           (long long)p->row.attempts,
			           SPAN_FMT(call_time(call, p->row.next_at)));
		}
		buf_printf(&call->out, ": %.*s\n", SPAN_FMT(p->row.reply));
	}
	for (size_t i = 0; i < p->nbounces; i++) {
		const struct bounce_event *ev = &p->bounces[i];
		/* What our own delivery was told stands above. */
		if (ev->source != BOUNCE_SOURCE_RELAY) {
			buf_printf(&call->out, "    %s %.*s, %s: %.*s\n",
			           ev->complaint ? "complained" : "came back",
			           SPAN_FMT(call_time(call, ev->at)), bounce_class_name(ev->class),
			           SPAN_FMT(ev->reply));
		}
	}
}

static bool needs_utf8(const struct trace_post *p)
{
	return (p->has_keep && p->keep.utf8) || (p->has_munged && p->munged.utf8);
}

/* What is there for relays that do not offer what the copies need. */
static void utf8_text(struct call *call, const struct trace_post *p)
{
	if (p->has_ascii) {
		buf_printf(&call->out, "  without SMTPUTF8 in ASCII: mode %.*s, From %s\n",
		           SPAN_FMT(p->ascii.mode), p->ascii.munged ? "munged" : "kept");
	} else if (needs_utf8(p)) {
		buf_str(&call->out, "  without SMTPUTF8 nothing\n");
	}
}

static void post_text(struct call *call, const struct trace_post *p, const char *address)
{
	const struct variant *v = variant_of(p);
	struct span list = route_list(call->arena, &p->list);
	buf_printf(
		&call->out,
		"post %lld of %.*s (%lld), received %.*s\n  by %.*s: %.*s\n"
		"  mode %.*s, From %s: %.*s\n"
		"  %lld recipients: %lld sent, %lld deferred, %lld failed, %lld skipped, %lld open\n",
		(long long)p->post.number, SPAN_FMT(list), (long long)p->post.id,
		SPAN_FMT(call_time(call, p->post.received)), SPAN_FMT(p->post.author),
		SPAN_FMT(p->post.subject), SPAN_FMT(v->mode), from_of(p), SPAN_FMT(v->why),
		(long long)p->counts.total, (long long)p->counts.sent,
		(long long)p->counts.deferred, (long long)p->counts.failed,
		(long long)p->counts.skipped, (long long)p->counts.open);
	if (p->post.handed_by.n > 0) {
		buf_printf(&call->out, "  handed over by list %.*s\n", SPAN_FMT(p->post.handed_by));
	}
	if (v->via.n > 0) {
		buf_printf(&call->out, "  a hop of %.*s before the list's\n", SPAN_FMT(v->via));
	}
	utf8_text(call, p);
	if (p->made_id.n > 0) {
		buf_printf(&call->out, "  sent as <%.*s>\n", SPAN_FMT(p->made_id));
	}
	if (p->post.state == POST_STUCK) {
		buf_printf(&call->out, "  stuck: %.*s\n", SPAN_FMT(p->post.reason));
	}
	if (address) {
		recipient_text(call, p, address);
	}
}

static void recipient_json(struct json *j, const struct trace_post *p, const char *address)
{
	json_key(j, "recipient");
	json_open(j, '{');
	json_kstr(j, "address", address);
	json_kbool(j, "member", p->has_member);
	if (p->has_row) {
		json_kstr(j, "state", fan_state_name(p->row.state));
		json_kint(j, "at", p->row.at);
		json_kint(j, "attempts", p->row.attempts);
		json_kint(j, "next", p->row.next_at);
		json_kspan(j, "reply", p->row.reply);
	} else if (p->has_member) {
		json_kstr(j, "state", "open");
	}
	json_key(j, "bounces");
	json_open(j, '[');
	for (size_t i = 0; i < p->nbounces; i++) {
		const struct bounce_event *ev = &p->bounces[i];
		json_open(j, '{');
		json_kint(j, "id", ev->id);
		json_kint(j, "at", ev->at);
		json_kstr(j, "kind", ev->complaint ? "complaint" : "failure");
		json_kstr(j, "class", bounce_class_name(ev->class));
		json_kstr(j, "source", bounce_source_name(ev->source));
		json_kspan(j, "reply", ev->reply);
		json_close(j);
	}
	json_close(j);
	json_close(j);
}

static void post_json(struct call *call, struct json *j, const struct trace_post *p,
                      const char *address)
{
	const struct variant *v = variant_of(p);
	json_open(j, '{');
	json_kint(j, "id", p->post.id);
	json_kspan(j, "list", route_list(call->arena, &p->list));
	json_kint(j, "number", p->post.number);
	json_kspan(j, "author", p->post.author);
	json_kspan(j, "subject", p->post.subject);
	json_kint(j, "received", p->post.received);
	if (p->made_id.n > 0) {
		json_kspan(j, "sent_as", p->made_id);
	}
	json_kspan(j, "mode", v->mode);
	json_kspan(j, "why", v->why);
	json_kspan(j, "handed_by", p->post.handed_by);
	json_kspan(j, "via", v->via);
	json_kbool(j, "munged", p->has_munged);
	json_kbool(j, "split", p->has_munged && p->has_keep);
	json_kbool(j, "smtputf8", needs_utf8(p));
	json_kbool(j, "ascii", p->has_ascii);
	json_kint(j, "recipients", p->counts.total);
	json_kint(j, "sent", p->counts.sent);
	json_kint(j, "deferred", p->counts.deferred);
	json_kint(j, "failed", p->counts.failed);
	json_kint(j, "skipped", p->counts.skipped);
	json_kint(j, "open", p->counts.open);
	if (address) {
		recipient_json(j, p, address);
	}
	json_close(j);
}

static void held_text(struct call *call, const struct held *h)
{
	buf_printf(&call->out, "held %lld, %s, arrived %.*s\n  %.*s (%.*s)\n", (long long)h->id,
	           held_state_name(h->state), SPAN_FMT(call_time(call, h->arrived)),
	           SPAN_FMT(h->reason), SPAN_FMT(h->rule));
}

static void other_text(struct call *call, const struct inbox *row)
{
	buf_printf(&call->out, "message %.*s to %.*s, %s\n  %.*s\n", SPAN_FMT(row->spool),
	           SPAN_FMT(row->recipient), row->state == INBOX_DROPPED ? "discarded" : "waiting",
	           SPAN_FMT(row->reason));
}

static void letter_text(struct call *call, const struct outgoing *o)
{
	buf_printf(&call->out, "own mail m%lld (%.*s) to %.*s: %s %.*s: %.*s\n", (long long)o->id,
	           SPAN_FMT(o->kind), SPAN_FMT(o->recipient), outbox_state_name(o->state),
	           SPAN_FMT(call_time(call, o->at)), SPAN_FMT(o->reply));
}

static void letter_json(struct json *j, const struct outgoing *o)
{
	json_open(j, '{');
	json_kint(j, "id", o->id);
	json_kspan(j, "kind", o->kind);
	json_kspan(j, "recipient", o->recipient);
	json_kstr(j, "state", outbox_state_name(o->state));
	json_kint(j, "at", o->at);
	json_kint(j, "attempts", o->attempts);
	json_kint(j, "next", o->next_at);
	json_kspan(j, "reply", o->reply);
	json_close(j);
}

static void print_text(struct call *call, const struct trace *t, const char *address)
{
	for (size_t i = 0; i < t->nposts; i++) {
		post_text(call, &t->posts[i], address);
	}
	for (size_t i = 0; i < t->nheld; i++) {
		held_text(call, &t->held[i]);
	}
	for (size_t i = 0; i < t->ninbox; i++) {
		if (t->inbox[i].state != INBOX_POST && t->inbox[i].state != INBOX_HELD) {
			other_text(call, &t->inbox[i]);
		}
	}
	for (size_t i = 0; i < t->nletters; i++) {
		letter_text(call, &t->letters[i]);
	}
}

static void print_json(struct call *call, const struct trace *t, const char *address)
{
	struct json j = JSON_INIT(&call->out);
	json_open(&j, '{');
	json_key(&j, "posts");
	json_open(&j, '[');
	for (size_t i = 0; i < t->nposts; i++) {
		post_json(call, &j, &t->posts[i], address);
	}
	json_close(&j);
	json_key(&j, "held");
	json_open(&j, '[');
	for (size_t i = 0; i < t->nheld; i++) {
		json_open(&j, '{');
		json_kint(&j, "id", t->held[i].id);
		json_kstr(&j, "state", held_state_name(t->held[i].state));
		json_kspan(&j, "rule", t->held[i].rule);
		json_kspan(&j, "reason", t->held[i].reason);
		json_close(&j);
	}
	json_close(&j);
	json_key(&j, "others");
	json_open(&j, '[');
	for (size_t i = 0; i < t->ninbox; i++) {
		if (t->inbox[i].state != INBOX_POST && t->inbox[i].state != INBOX_HELD) {
			json_open(&j, '{');
			json_kspan(&j, "id", t->inbox[i].spool);
			json_kspan(&j, "recipient", t->inbox[i].recipient);
			json_kspan(&j, "reason", t->inbox[i].reason);
			json_close(&j);
		}
	}
	json_close(&j);
	json_key(&j, "letters");
	json_open(&j, '[');
	for (size_t i = 0; i < t->nletters; i++) {
		letter_json(&j, &t->letters[i]);
	}
	json_close(&j);
	json_close(&j);
	buf_chr(&call->out, '\n');
}

static bool trace_run(struct call *call)
{
	struct trace t;
	const char *address = call_arg(call, 1);
	struct context *c = call_context(call, CONTEXT_STORE);
	if (!c || !trace_message(c, call->arena, span_str(call->args[0]), span_str(address), &t,
	                         &call->err)) {
		return false;
	}
	if (t.nposts + t.ninbox + t.nletters == 0) {
		return err_set(&call->err, ERR_PERMANENT, "", "nothing is known about <%s>",
		               call->args[0]);
	}
	if (call->json) {
		print_json(call, &t, address);
	} else {
		print_text(call, &t, address);
	}
	return true;
}

static const struct opt json_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_trace = {
	.name = "trace",
	.arguments = "MESSAGE-ID [ADDRESS]",
	.summary = "Show what became of a message, and whether ADDRESS got it",
	.min = 1,
	.max = 2,
	.opts = json_opts,
	.run = trace_run,
};
