/* init, status, receive, run: the site as a whole. */
#include "base/file.h"
#include "base/folder.h"
#include "base/unit.h"
#include "cli/commands.h"
#include "flow/receive.h"
#include "flow/run.h"
#include "store/fanout.h"
#include "store/held.h"
#include "store/inbox.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/outbox.h"
#include "store/posts.h"
#include "store/refusals.h"
#include "store/relay.h"

#include <stdlib.h>
#include <string.h>

static bool init_run(struct call *call)
{
	const char *dir = call->count > 0 ? call->args[0] : ".";
	if (!context_init(dir, &call->err)) {
		return false;
	}
	buf_printf(&call->out,
	           "made a site in %s\n"
	           "next: edit %s/ladle.conf (smtp-url, dns-servers), then\n"
	           "      ladle -C %s/ladle.conf list create NAME@DOMAIN\n"
	           "      ladle -C %s/ladle.conf key gen DOMAIN\n",
	           dir, dir, dir, dir);
	return true;
}

const struct command cmd_init = {
	.name = "init",
	.arguments = "[DIR]",
	.summary = "Make a site: ladle.conf, data folders, database",
	.min = 0,
	.max = 1,
	.run = init_run,
};

/* ---- receive ---- */

static const char *from_env(const char *name, const char *preset)
{
	const char *value = getenv(name);
	return value ? value : preset;
}

/*
 * Whatever goes wrong here, usage included, must be 75: any other code makes the
 * MTA bounce. So nothing is reported as an error; the exit code says it.
 */
static bool receive_call(struct call *call)
{
	struct spool_envelope envelope = {
		.mail_from = call_opt(call, "-f"),
		.arrived_as = call_opt(call, "-a"),
		.recipient = call_arg(call, 0),
	};
	if (call_opt(call, "--env")) {
		envelope.mail_from = from_env("SENDER", "");
		envelope.recipient = from_env("RECIPIENT", NULL);
	}
	if (!envelope.mail_from) {
		envelope.mail_from = from_env("SENDER", "");
	}
	if (!envelope.recipient || !envelope.recipient[0]) {
		envelope.recipient = from_env("RECIPIENT", from_env("ORIGINAL_RECIPIENT", NULL));
	}
	if (call_opt(call, "--delivered-to") && !envelope.recipient) {
		envelope.recipient = "";
	} else if (!envelope.recipient || !envelope.recipient[0]) {
		return call_usage(call, "no recipient, neither as an argument nor in RECIPIENT");
	}
	call->exit = receive_run(call->config, &envelope);
	return true;
}

static const struct opt receive_opts[] = {
	{ "-f", "SENDER", "envelope sender; '' is the null sender" },
	{ "-a", "ARRIVED-AS", "recipient of the SMTP transaction, where an alias changed it" },
	{ "--env", NULL, "sender and recipient from SENDER and RECIPIENT in the environment" },
	{ "--delivered-to", NULL,
	  "without a recipient: the X-Original-To or Delivered-To that the MTA put on top" },
	{ NULL, NULL, NULL },
};

const struct command cmd_receive = {
	.name = "receive",
	.arguments = "[-f SENDER] [-a ARRIVED-AS] RECIPIENT | --env | --delivered-to",
	.summary = "Take a message from the MTA on standard input",
	.min = 0,
	.max = 1,
	.opts = receive_opts,
	.run = receive_call,
	.for_mta = true,
};

/* ---- run ---- */

static bool run_run(struct call *call)
{
	call->exit = run_site(call->config, call_opt(call, "--once") != NULL);
	return true;
}

static const struct opt run_opts[] = {
	{ "--once", NULL, "do all work that is due, then end" },
	{ NULL, NULL, NULL },
};

const struct command cmd_run = {
	.name = "run",
	.arguments = "[--once]",
	.summary = "Process what came in and deliver it",
	.min = 0,
	.max = 0,
	.opts = run_opts,
	.run = run_run,
};

/* ---- status ---- */

struct numbers {
	size_t lists, spool, stuck, sending, stuck_posts;
	int64_t members, held, next_at;
	struct relay relay;
	struct outbox_counts own;
	int64_t told, silent; /* refusals of the last day */
	bool running;
};

static bool count_lists(struct call *call, struct numbers *n)
{
	struct list *lists;
	struct store *s = call->context->store;
	if (!store_list_all(s, call->arena, &lists, &n->lists, &call->err)) {
		return false;
	}
	for (size_t i = 0; i < n->lists; i++) {
		int64_t members;
		if (!store_member_count(s, lists[i].id, &members, &call->err)) {
			return false;
		}
		n->members += members;
	}
	return true;
}

static bool count_all(struct call *call, struct numbers *n)
{
	struct context *c = call->context;
	struct span *names;
	struct post *posts;
	if (!count_lists(call, n) ||
	    !folder_names(call->arena, c->paths.spool_new, SPAN(""), &names, &n->spool,
	                  &call->err) ||
	    !folder_names(call->arena, c->paths.spool_stuck, SPAN(""), &names, &n->stuck,
	                  &call->err) ||
	    !store_held_count(c->store, 0, HELD_WAITING, &n->held, &call->err) ||
	    !store_post_ls(c->store, call->arena, POST_SENDING, 100000, &posts, &n->sending,
	                   &call->err) ||
	    !store_post_ls(c->store, call->arena, POST_STUCK, 100000, &posts, &n->stuck_posts,
	                   &call->err) ||
	    !store_fan_next_at(c->store, &n->next_at, &call->err) ||
	    !store_outbox_counts(c->store, &n->own, &call->err) ||
	    !store_refusal_totals(c->store, c->env.now(&c->env) - UNIT_DAY, &n->told, &n->silent,
	                          &call->err) ||
	    !store_relay_get(c->store, call->arena, &n->relay, &call->err)) {
		return false;
	}
	struct err ignored;
	int lock = file_lock(c->paths.lock, &ignored);
	n->running = lock < 0;
	file_unlock(lock);
	return true;
}

static void status_json(struct call *call, const struct numbers *n)
{
	struct json j = JSON_INIT(&call->out);
	json_open(&j, '{');
	json_kbool(&j, "running", n->running);
	json_kint(&j, "lists", (int64_t)n->lists);
	json_kint(&j, "members", n->members);
	json_kint(&j, "spool", (int64_t)n->spool);
	json_kint(&j, "spool_stuck", (int64_t)n->stuck);
	json_kint(&j, "held", n->held);
	json_kint(&j, "posts_sending", (int64_t)n->sending);
	json_kint(&j, "posts_stuck", (int64_t)n->stuck_posts);
	json_kint(&j, "own_waiting", n->own.waiting);
	json_kint(&j, "own_failed", n->own.failed);
	json_kint(&j, "own_stuck", n->own.stuck);
	json_kint(&j, "refusals_told", n->told);
	json_kint(&j, "refusals_silent", n->silent);
	json_kint(&j, "next_retry", n->next_at);
	json_kint(&j, "relay_down_since", n->relay.down_since);
	json_kspan(&j, "relay_reply", n->relay.reply);
	json_close(&j);
	buf_chr(&call->out, '\n');
}

static bool status_run(struct call *call)
{
	struct numbers n = { 0 };
	if (!call_context(call, CONTEXT_STORE) || !count_all(call, &n)) {
		return false;
	}
	if (call->json) {
		status_json(call, &n);
		return true;
	}
	buf_printf(
		&call->out,
		"ladle run   %s\nlists       %zu, %lld members\nspool       %zu waiting, %zu stuck\n"
		"held        %lld\nposts       %zu being sent, %zu stuck\n"
		"own mail    %lld waiting, %lld failed, %lld stuck\n"
		"refusals    %lld told, %lld silent in 24 hours\nnext retry  %.*s\n",
		n.running ? "is at work" : "is not running", n.lists, (long long)n.members, n.spool,
		n.stuck, (long long)n.held, n.sending, n.stuck_posts, (long long)n.own.waiting,
		(long long)n.own.failed, (long long)n.own.stuck, (long long)n.told,
		(long long)n.silent, SPAN_FMT(call_time(call, n.next_at)));
	if (n.relay.down_since != 0) {
		buf_printf(&call->out, "relay       down since %.*s: %.*s\n",
		           SPAN_FMT(call_time(call, n.relay.down_since)), SPAN_FMT(n.relay.reply));
	} else {
		buf_str(&call->out, "relay       no trouble known\n");
	}
	return true;
}

static const struct opt status_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_status = {
	.name = "status",
	.arguments = "",
	.summary = "Show how the site is doing",
	.min = 0,
	.max = 0,
	.opts = status_opts,
	.run = status_run,
};
