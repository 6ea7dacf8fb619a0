/*
 * The process station. For each spool file, in order of arrival:
 *   1. handled before (its name is in the inbox as such): only remove the file;
 *   2. count the attempt, durably, so that a message that kills us is set aside
 *      after LIMIT_ATTEMPTS;
 *   3. decide, commit, remove the file.
 * Killed between any two, the next run does the rest and nothing twice.
 */
#include "flow/process.h"

#include "base/fault.h"
#include "base/folder.h"
#include "base/limits.h"
#include "flow/arrival.h"
#include "flow/moderate.h"
#include "flow/spool.h"
#include "flow/wake.h"
#include "rules/retry.h"
#include "store/inbox.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Seconds between attempts at a message whose handling failed. */
#define RETRY_FAILED 60
/* Seconds of one turn that may be spent waiting for DNS. */
#define DNS_SECONDS_A_TURN 30

struct turn {
	struct context *c;
	struct arena *arena; /* of this message */
	struct span name;
	const char *path;
	struct inbox row;
	bool retries; /* look only at what was tried before; else only at what is new */
	bool done;    /* this file needs no second look */
	int64_t *next_at;
};

static void soonest(int64_t *at, int64_t candidate)
{
	if (*at == 0 || candidate < *at) {
		*at = candidate;
	}
}

static bool remove_file(const char *path, struct err *e)
{
	return unlink(path) == 0 || errno == ENOENT || err_errno(e, "cannot remove \"%s\"", path);
}

/* The log may be read by more people than who may use a token. */
static struct span to_of(const struct turn *t, const struct arrival *a)
{
	enum moderation action;
	bool secret = a && a->route.token.n > 0 &&
	              (a->route.role == ROLE_PASS || moderation_of(a->route.role, &action));
	if (!secret) {
		return a ? a->recipient : SPAN("");
	}
	struct span word = span_sub(a->route.word, 0, a->route.word.n - a->route.token.n);
	return route_make(t->arena, &a->list, site_delimiter(&t->c->site),
	                  arena_join(t->arena, word, SPAN("..."), SPAN_END));
}

static void log_turn(const struct turn *t, enum log_level level, const char *event,
                     const struct arrival *a, struct span reason)
{
	log_event(&t->c->log, level, event, { "id", t->name }, { "to", to_of(t, a) },
	          { "message-id", a ? a->message_id : SPAN("") },
	          { "rule", a && a->rule ? span_str(a->rule) : SPAN("") }, { "reason", reason });
}

/* Too many attempts: out of the way, but kept. */
static bool set_aside(struct turn *t, struct err *e)
{
	const char *aside =
		arena_printf(t->arena, "%s/%.*s", t->c->paths.spool_stuck, SPAN_FMT(t->name)).p;
	t->row.state = INBOX_STUCK;
	t->row.at = t->c->env.now(&t->c->env);
	/* The row first: a file that it calls stuck is set aside at the next turn in any case. */
	if (!store_inbox_put(t->c->store, &t->row, e)) {
		return false;
	}
	(void)fault_point("process-aside");
	if (!file_mkdirs(t->c->paths.spool_stuck, 0700, e)) {
		return false;
	}
	if (rename(t->path, aside) != 0) {
		return err_errno(e, "cannot move \"%s\"", t->path);
	}
	log_turn(t, LOG_LEVEL_ERROR, "stuck", NULL, t->row.reason);
	return file_sync_dir(t->c->paths.spool_stuck, e);
}

static bool put_row(struct turn *t, int64_t attempts, int64_t next_at, struct span reason,
                    struct err *e)
{
	t->row.state = INBOX_TRYING;
	t->row.attempts = attempts;
	t->row.next_at = next_at;
	t->row.reason = reason;
	t->row.at = t->c->env.now(&t->c->env);
	return store_inbox_put(t->c->store, &t->row, e);
}

/* A DNS failure: not the message's fault, so no attempt is counted. */
static bool put_back(struct turn *t, const struct arrival *a, struct err *e)
{
	int64_t now = t->c->env.now(&t->c->env);
	int64_t age = now - t->row.first_at;
	int64_t next = now + (age < 60 ? 30 : age < 3600 ? age / 2 : 1800);
	log_turn(t, LOG_LEVEL_INFO, "put-back", a, a->reason);
	soonest(t->next_at, next);
	return put_row(t, 0, next, a->reason, e);
}

static void fill(struct turn *t, const struct spooled *in, struct arrival *a)
{
	*a = (struct arrival){
		.arena = t->arena,
		.id = t->name,
		.bytes = in->message,
		.mail_from = in->mail_from,
		.recipient = in->recipient,
		.arrived_as = in->arrived_as,
		.handed_by = in->handed_by,
		.arrived = in->time,
		.truncated = in->truncated,
		.patient = t->c->env.now(&t->c->env) - t->row.first_at < LIMIT_PUT_BACK,
	};
}

static bool finish(struct turn *t, struct arrival *a, struct err *e)
{
	if (a->decision == DECISION_PUT_BACK) {
		return put_back(t, a, e);
	}
	if (!arrival_commit(t->c, a, e)) {
		return false;
	}
	(void)fault_point("process-unlink");
	log_turn(t, LOG_LEVEL_INFO, decision_past(a->decision), a, a->reason);
	wake_touch(t->c);
	return remove_file(t->path, e);
}

static bool handle(struct turn *t, const struct spooled *in, struct err *e)
{
	struct arrival a;
	fill(t, in, &a);
	if (!arrival_route(t->c, &a, e)) {
		return false;
	}
	arrival_read(&a);
	bool ok = arrival_judge(t->c, &a, e) && finish(t, &a, e);
	moderate_end(a.word);
	return ok;
}

/* First sight of the file, or another attempt: the row as it will be counted. */
static bool count_attempt(struct turn *t, bool found, struct err *e)
{
	int64_t now = t->c->env.now(&t->c->env);
	if (!found) {
		t->row = (struct inbox){ .spool = t->name, .first_at = now };
	}
	return put_row(t, t->row.attempts + 1, now + RETRY_FAILED * (t->row.attempts + 1),
	               t->row.reason, e);
}

static bool open_and_handle(struct turn *t, struct err *e)
{
	struct spooled in;
	if (!spool_open(t->path, &in, e)) {
		return false;
	}
	bool ok = handle(t, &in, e);
	spool_close(&in);
	return ok;
}

/* One file. False only for trouble that will meet the next one as well. */
static bool turn(struct turn *t, struct err *e)
{
	bool found;
	struct err trouble = { 0 };
	if (!store_inbox_get(t->c->store, t->arena, t->name, &t->row, &found, e)) {
		return false;
	}
	if ((found && t->row.state == INBOX_TRYING) != t->retries) {
		return true;
	}
	t->done = true;
	if (found && t->row.state != INBOX_TRYING) {
		return t->row.state == INBOX_STUCK ? set_aside(t, e) : remove_file(t->path, e);
	}
	/* A time further off than any wait comes from a clock that was wrong. */
	int64_t wait = t->row.next_at - t->c->env.now(&t->c->env);
	if (found && wait > 0 && wait <= LIMIT_PUT_BACK) {
		soonest(t->next_at, t->row.next_at);
		return true;
	}
	if (found && t->row.attempts >= LIMIT_ATTEMPTS) {
		return set_aside(t, e);
	}
	if (!count_attempt(t, found, e)) {
		return false;
	}
	if (open_and_handle(t, &trouble)) {
		return true;
	}
	log_turn(t, LOG_LEVEL_ERROR, "failed", NULL, span_str(trouble.text));
	soonest(t->next_at, t->row.next_at);
	/* Only what the message itself brings about counts towards setting it aside. */
	int64_t attempts = t->row.attempts - (trouble.class == ERR_TEMPORARY);
	return put_row(t, attempts, t->row.next_at, arena_printf(t->arena, "%s", trouble.text), e);
}

bool process_due(struct context *c, int64_t *next_at, struct err *e)
{
	struct arena *arena = arena_new();
	struct span *names;
	size_t n;
	bool ok = folder_names(arena, c->paths.spool_new, SPAN(""), &names, &n, e);
	*next_at = 0;
	/*
	 * What is new comes before what was tried, and waiting for DNS is bounded for
	 * the turn: strangers' key names that never answer must not hold up the rest.
	 */
	if (c->dns) {
		dns_budget(c->dns, DNS_SECONDS_A_TURN);
	}
	for (size_t i = 0; ok && i < 2 * n; i++) {
		struct span *name = &names[i % n];
		struct turn t = { .c = c,
			          .arena = arena_new(),
			          .name = *name,
			          .retries = i >= n,
			          .next_at = next_at };
		t.path = arena_printf(t.arena, "%s/%.*s", c->paths.spool_new, SPAN_FMT(*name)).p;
		ok = name->n == 0 || turn(&t, e);
		if (t.done) {
			name->n = 0;
		}
		arena_free(t.arena);
	}
	arena_free(arena);
	return ok;
}
