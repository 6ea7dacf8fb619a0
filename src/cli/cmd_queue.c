/*
 * queue ls, show, retry, drop: what waits. An id is the number of a post, "m" and a
 * number for mail of our own, or the name of a spool file for a message that was not
 * processed.
 */
#include "base/file.h"
#include "base/folder.h"
#include "cli/commands.h"
#include "flow/queue.h"
#include "flow/spool.h"
#include "flow/wake.h"
#include "store/fanout.h"
#include "store/inbox.h"
#include "store/lists.h"
#include "store/outbox.h"

#include <string.h>

#define PAGE 1000

static const char *const post_states[] = {
	[POST_SENDING] = "sending",
	[POST_DONE] = "done",
	[POST_STUCK] = "stuck",
};
static const char *const inbox_states[] = {
	[INBOX_TRYING] = "waiting",    [INBOX_POST] = "post",   [INBOX_HELD] = "held",
	[INBOX_DROPPED] = "discarded", [INBOX_STUCK] = "stuck",
};

static bool print_post(struct call *call, struct json *j, const struct post *p)
{
	struct fan_counts n;
	if (!store_fan_counts(call->context->store, p->id, &n, &call->err)) {
		return false;
	}
	if (call->json) {
		json_open(j, '{');
		json_kint(j, "id", p->id);
		json_kstr(j, "state", post_states[p->state]);
		json_kspan(j, "message_id", p->message_id);
		json_kspan(j, "author", p->author);
		json_kint(j, "received", p->received);
		json_kint(j, "sent", n.sent);
		json_kint(j, "deferred", n.deferred);
		json_kint(j, "failed", n.failed);
		json_kint(j, "skipped", n.skipped);
		json_kint(j, "open", n.open);
		json_kspan(j, "reason", p->state == POST_STUCK ? p->reason : SPAN(""));
		json_close(j);
		return true;
	}
	buf_printf(
		&call->out,
		"%lld\t%s\t%.*s\t<%.*s>\t%lld sent, %lld deferred, %lld failed, %lld open%s%.*s\n",
		(long long)p->id, post_states[p->state], SPAN_FMT(p->author),
		SPAN_FMT(p->message_id), (long long)n.sent, (long long)n.deferred,
		(long long)n.failed, (long long)n.open, p->state == POST_STUCK ? "\t" : "",
		SPAN_FMT(p->state == POST_STUCK ? p->reason : SPAN("")));
	return true;
}

static bool print_posts(struct call *call, struct json *j, enum post_state state)
{
	struct post *posts;
	size_t n;
	if (!store_post_ls(call->context->store, call->arena, state, PAGE, &posts, &n,
	                   &call->err)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!print_post(call, j, &posts[i])) {
			return false;
		}
	}
	return true;
}

static void print_inbox(struct call *call, struct json *j, const struct inbox *row)
{
	if (call->json) {
		json_open(j, '{');
		json_kspan(j, "id", row->spool);
		json_kstr(j, "state", inbox_states[row->state]);
		json_kint(j, "attempts", row->attempts);
		json_kint(j, "next", row->next_at);
		json_kspan(j, "reason", row->reason);
		json_close(j);
	} else {
		buf_printf(&call->out, "%.*s\t%s\t%lld attempts, next %.*s\t%.*s\n",
		           SPAN_FMT(row->spool), inbox_states[row->state], (long long)row->attempts,
		           SPAN_FMT(call_time(call, row->next_at)), SPAN_FMT(row->reason));
	}
}

/* The messages in FOLDER, also one just received, which no process has seen yet. */
static bool print_spooled(struct call *call, struct json *j, const char *folder)
{
	struct span *names;
	size_t n;
	if (!folder_names(call->arena, folder, SPAN(""), &names, &n, &call->err)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct inbox row = { .spool = names[i] };
		bool found;
		if (!store_inbox_get(call->context->store, call->arena, names[i], &row, &found,
		                     &call->err)) {
			return false;
		}
		if (!found) {
			row.reason = SPAN("not processed yet");
		}
		row.spool = names[i];
		print_inbox(call, j, &row);
	}
	return true;
}

static void print_letter(struct call *call, struct json *j, const struct outgoing *o)
{
	if (call->json) {
		json_open(j, '{');
		json_kspan(j, "id", arena_printf(call->arena, "m%lld", (long long)o->id));
		json_kstr(j, "state", outbox_state_name(o->state));
		json_kspan(j, "kind", o->kind);
		json_kspan(j, "recipient", o->recipient);
		json_kspan(j, "mail_from", o->mail_from);
		json_kspan(j, "message_id", o->message_id);
		json_kspan(j, "domain", o->domain);
		json_kint(j, "attempts", o->attempts);
		json_kint(j, "next", o->next_at);
		json_kspan(j, "reply", o->reply);
		json_close(j);
	} else {
		buf_printf(&call->out,
		           "m%lld\t%s\t%.*s to %.*s\t<%.*s>\t%lld attempts, next %.*s\t%.*s\n",
		           (long long)o->id, outbox_state_name(o->state), SPAN_FMT(o->kind),
		           SPAN_FMT(o->recipient), SPAN_FMT(o->message_id), (long long)o->attempts,
		           SPAN_FMT(call_time(call, o->next_at)), SPAN_FMT(o->reply));
	}
}

static bool print_letters(struct call *call, struct json *j, enum outbox_state state)
{
	int64_t after = 0;
	for (size_t n = PAGE; n == PAGE;) {
		struct outgoing *v;
		if (!store_outbox_ls(call->context->store, call->arena, state, after, PAGE, &v, &n,
		                     &call->err)) {
			return false;
		}
		for (size_t i = 0; i < n; i++) {
			print_letter(call, j, &v[i]);
			after = v[i].id;
		}
		call_flush(call);
	}
	return true;
}

static bool ls_run(struct call *call)
{
	struct json j = JSON_INIT(&call->out);
	if (!call_context(call, CONTEXT_STORE)) {
		return false;
	}
	call_open(call, &j, '[');
	const struct paths *paths = &call->context->paths;
	bool ok = print_spooled(call, &j, paths->spool_new) &&
	          print_spooled(call, &j, paths->spool_stuck) &&
	          print_letters(call, &j, OUTBOX_WAITING) &&
	          print_letters(call, &j, OUTBOX_FAILED) && print_letters(call, &j, OUTBOX_STUCK) &&
	          print_posts(call, &j, POST_SENDING) && print_posts(call, &j, POST_STUCK);
	if (ok && call->json) {
		json_close(&j);
		buf_chr(&call->out, '\n');
	}
	return ok;
}

static const struct opt json_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_queue_ls = {
	.name = "queue ls",
	.arguments = "",
	.summary = "Show what waits: messages to process, posts being sent or stuck",
	.min = 0,
	.max = 0,
	.opts = json_opts,
	.run = ls_run,
};

/* What argument 0 names. */
struct target {
	enum { TARGET_POST, TARGET_LETTER, TARGET_SPOOLED } kind;
	struct post post;
	struct outgoing letter;
};

static bool get_target(struct call *call, int64_t id, struct target *t)
{
	struct store *s = call->context->store;
	bool found;
	if (!(t->kind == TARGET_POST
	              ? store_post_get(s, call->arena, id, &t->post, &found, &call->err)
	              : store_outbox_get(s, call->arena, id, &t->letter, &found, &call->err))) {
		return false;
	}
	return found || err_set(&call->err, ERR_PERMANENT, "", "no %s %s (ladle queue ls)",
	                        t->kind == TARGET_POST ? "post" : "own mail", call->args[0]);
}

static bool find_target(struct call *call, struct target *t)
{
	struct span name = span_str(call->args[0]);
	uint64_t id;
	bool letter = span_starts(name, SPAN("m"));
	*t = (struct target){ .kind = letter ? TARGET_LETTER : TARGET_POST };
	if (!call_context(call, CONTEXT_STORE)) {
		return false;
	}
	if (span_u64(span_from(name, letter), &id) && id <= INT64_MAX) {
		return get_target(call, (int64_t)id, t);
	}
	t->kind = TARGET_SPOOLED;
	return !strchr(call->args[0], '/') || queue_nothing(call->args[0], &call->err);
}

static void print_row(struct call *call, struct json *j, const struct fan_row *row)
{
	if (call->json) {
		json_open(j, '{');
		json_kspan(j, "address", row->address);
		json_kstr(j, "state", fan_state_name(row->state));
		json_kint(j, "attempts", row->attempts);
		json_kint(j, "at", row->at);
		json_kint(j, "next", row->next_at);
		json_kspan(j, "reply", row->reply);
		json_close(j);
	} else {
		buf_printf(&call->out, "%.*s\t%s\t%lld attempts, next %.*s\t%.*s\n",
		           SPAN_FMT(row->address), fan_state_name(row->state),
		           (long long)row->attempts, SPAN_FMT(call_time(call, row->next_at)),
		           SPAN_FMT(row->reply));
	}
}

/* Exceptions only: successes have no rows of their own. */
static bool show_recipients(struct call *call, struct json *j, int64_t post)
{
	int64_t after = 0;
	for (size_t n = PAGE; n == PAGE;) {
		struct fan_row *rows;
		if (!store_fan_ls(call->context->store, call->arena, post, -1, post, after, PAGE,
		                  &rows, &n, &call->err)) {
			return false;
		}
		for (size_t i = 0; i < n; i++) {
			print_row(call, j, &rows[i]);
			after = rows[i].member;
		}
		call_flush(call);
	}
	return true;
}

static bool show_post(struct call *call, const struct post *post)
{
	struct json j = JSON_INIT(&call->out);
	if (!call->json) {
		return print_post(call, &j, post) && show_recipients(call, &j, post->id);
	}
	json_open(&j, '{');
	json_key(&j, "post");
	bool ok = print_post(call, &j, post);
	json_key(&j, "recipients");
	json_open(&j, '[');
	ok = ok && show_recipients(call, &j, post->id);
	json_close(&j);
	json_close(&j);
	buf_chr(&call->out, '\n');
	return ok;
}

static bool show_spooled(struct call *call)
{
	struct inbox row;
	bool found;
	struct json j = JSON_INIT(&call->out);
	if (!store_inbox_get(call->context->store, call->arena, span_str(call->args[0]), &row,
	                     &found, &call->err)) {
		return false;
	}
	if (!found && !file_exists(arena_printf(call->arena, "%s/%s",
	                                        call->context->paths.spool_new, call->args[0])
	                                   .p)) {
		return queue_nothing(call->args[0], &call->err);
	}
	if (!found) {
		row = (struct inbox){ .spool = span_str(call->args[0]),
			              .reason = SPAN("not processed yet") };
	}
	print_inbox(call, &j, &row);
	if (call->json) {
		buf_chr(&call->out, '\n');
	}
	return true;
}

static bool show_run(struct call *call)
{
	struct target t;
	struct json j = JSON_INIT(&call->out);
	if (!find_target(call, &t)) {
		return false;
	}
	if (t.kind != TARGET_LETTER) {
		return t.kind == TARGET_POST ? show_post(call, &t.post) : show_spooled(call);
	}
	print_letter(call, &j, &t.letter);
	if (call->json) {
		buf_chr(&call->out, '\n');
	}
	return true;
}

const struct command cmd_queue_show = {
	.name = "queue show",
	.arguments = "ID",
	.summary = "Show one: each recipient that does not have it, and why",
	.min = 1,
	.max = 1,
	.opts = json_opts,
	.run = show_run,
};

static bool retry_target(struct call *call, const struct target *t, int64_t *count)
{
	struct context *c = call->context;
	*count = 1;
	switch (t->kind) {
	case TARGET_POST: return queue_retry_post(c, &t->post, count, &call->err);
	case TARGET_LETTER: return queue_retry_letter(c, t->letter.id, count, &call->err);
	case TARGET_SPOOLED: break;
	}
	return queue_retry_spooled(c, call->args[0], &call->err);
}

static bool retry_run(struct call *call)
{
	struct target t;
	int64_t count = 0;
	bool all = call_opt(call, "--all") != NULL;
	if (all == (call->count > 0)) {
		return call_usage(call, "wanted: an ID, or --all");
	}
	if (all) {
		if (!call_context(call, CONTEXT_STORE) ||
		    !queue_retry_all(call->context, &count, &call->err)) {
			return false;
		}
	} else if (!find_target(call, &t) || !retry_target(call, &t, &count)) {
		return false;
	}
	wake_touch(call->context);
	buf_printf(&call->out, "%lld will be tried now\n", (long long)count);
	return true;
}

static const struct opt retry_opts[] = {
	{ "--all", NULL, "everything that waits or is stuck" },
	{ NULL, NULL, NULL },
};

const struct command cmd_queue_retry = {
	.name = "queue retry",
	.arguments = "ID | --all",
	.summary = "Try again now",
	.min = 0,
	.max = 1,
	.opts = retry_opts,
	.run = retry_run,
};

static bool drop_target(struct call *call, const struct target *t, int64_t *count)
{
	struct context *c = call->context;
	*count = 1;
	switch (t->kind) {
	case TARGET_POST: return queue_drop_post(c, &t->post, count, &call->err);
	case TARGET_LETTER: return queue_drop_letter(c, t->letter.id, count, &call->err);
	case TARGET_SPOOLED: break;
	}
	return queue_drop_spooled(c, call->args[0], &call->err);
}

static bool drop_run(struct call *call)
{
	struct target t;
	int64_t count;
	if (!find_target(call, &t) || !drop_target(call, &t, &count)) {
		return false;
	}
	wake_touch(call->context);
	buf_printf(&call->out, "dropped %lld\n", (long long)count);
	return true;
}

const struct command cmd_queue_drop = {
	.name = "queue drop",
	.arguments = "ID",
	.summary = "Give up on the recipients that still wait, or on a stuck message",
	.min = 1,
	.max = 1,
	.run = drop_run,
};
