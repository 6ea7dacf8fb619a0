/*
 * The supervisor. It opens no keys, and the database only before there are children,
 * to give back what a killed run had claimed; they open their own.
 * Child 0 is `process`, child 1… are `deliver` workers 0…. Data flows through
 * the database only; inotify wakes whoever waits.
 */
#include "flow/run.h"

#include "base/file.h"
#include "flow/bounces.h"
#include "flow/deliver.h"
#include "flow/expire.h"
#include "flow/handover.h"
#include "flow/journal.h"
#include "flow/predecessor.h"
#include "flow/process.h"
#include "flow/rounds.h"
#include "flow/sweep.h"
#include "flow/wake.h"
#include "flow/yearly.h"
#include "net/smtp.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define WORKERS_MAX 64
/* Seconds a child that failed waits before it is started again. */
#define RESTART_AFTER 5
#define SECOND_US     INT64_C(1000000)
/* Seconds between looks for work that nobody woke us for. */
#define LOOK_EVERY 300

struct site_run {
	const char *config;
	bool once;
	size_t workers;
	pid_t pid; /* of the supervisor */
	pid_t children[WORKERS_MAX + 1];
	int64_t start_at[WORKERS_MAX + 1]; /* monotonic microseconds; 0: it runs */
	const struct context *context;     /* of the supervisor: no store, no keys */
	const struct log *log;
};

/* Milliseconds to sleep until AT (0: nothing in sight). */
static int64_t until(const struct context *c, int64_t at)
{
	int64_t now = c->env.now(&c->env);
	int64_t seconds = at == 0 ? LOOK_EVERY : at - now;
	return (seconds < 0 ? 0 : seconds > LOOK_EVERY ? LOOK_EVERY : seconds) * 1000;
}

static int child_process(struct context *c, bool once, struct err *e)
{
	int64_t next_at;
	mem_keep_freed();
	if (!context_need(c, CONTEXT_STORE | CONTEXT_DNS | CONTEXT_SECRET, e)) {
		return EX_TEMPFAIL;
	}
	int watch = wake_watch(c, e);
	while (watch >= 0) {
		if (!process_due(c, &next_at, e)) {
			return EX_TEMPFAIL;
		}
		expire_due(c);
		rounds_due(c);
		yearly_due(c);
		if (!bounces_due(c, e)) {
			return EX_TEMPFAIL;
		}
		sweep_due(c);
		if (once) {
			return 0;
		}
		wake_wait(watch, until(c, next_at));
	}
	return EX_TEMPFAIL;
}

static int child_deliver(struct context *c, int64_t worker, bool once, struct err *e)
{
	int64_t next_at = 0;
	bool relay_down;
	if (!context_need(c, CONTEXT_STORE | CONTEXT_SECRET, e)) {
		return EX_TEMPFAIL;
	}
	wake_hold_stop();
	struct deliver *d = deliver_new(c, worker, e);
	int watch = d ? wake_watch(c, e) : -1;
	int code = EX_TEMPFAIL;
	while (watch >= 0 && deliver_due(d, &next_at, &relay_down, e)) {
		if (once) {
			code = 0;
			break;
		}
		/* For a relay that is down only time helps: a wake-up must not cut its rest short.
		 */
		wake_wait(relay_down ? -1 : watch, until(c, next_at));
	}
	deliver_free(d);
	return code;
}

/* Child I of the run; never returns. */
static void child(const struct site_run *run, size_t i)
{
	struct err e = { 0 };
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != run->pid) {
		exit(EX_TEMPFAIL); /* the supervisor died before it was asked for its death */
	}
	struct context *c = context_open(run->config, 0, i == 0 ? "process" : "deliver", &e);
	int code = EX_TEMPFAIL;
	if (c) {
		code = i == 0 ? child_process(c, run->once, &e)
		              : child_deliver(c, (int64_t)i - 1, run->once, &e);
	}
	if (code != 0) {
		log_event(run->log, LOG_LEVEL_ERROR, "failed",
		          { "station", span_str(i ? "deliver" : "process") },
		          { "error", span_str(e.text) });
	}
	context_close(c);
	exit(code);
}

static bool start(struct site_run *run, size_t i, struct err *e)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		child(run, i);
	}
	run->children[i] = pid;
	return pid > 0 || err_errno(e, "cannot fork");
}

/* Claims of workers that are no more, from a run that was killed. */
static bool recover_all(struct context *c, struct err *e)
{
	int64_t released = 0;
	if (!context_need(c, CONTEXT_STORE, e)) {
		return false;
	}
	bool ok = predecessor_give_back(c, -1, &released, e) && journal_empty_all(c, e);
	store_close(c->store); /* not to be inherited by the children */
	c->store = NULL;
	if (ok && released > 0) {
		log_event(&c->log, LOG_LEVEL_WARNING, "recovered",
		          { "copies", arena_printf(c->arena, "%lld", (long long)released) });
	}
	return ok;
}

static bool wait_child(pid_t pid, int *worst)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return false;
		}
	}
	if (status != 0) {
		*worst = WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL;
	}
	return true;
}

/* Is there a hand-over now that was not among the N of BEFORE? Both are sorted. */
static bool handed_since(struct arena *arena, const struct context *c, const struct span *before,
                         size_t n, struct err *e)
{
	struct span *names;
	size_t count, at = 0;
	if (!handover_names(arena, c, &names, &count, e)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		while (at < n && span_cmp(before[at], names[i]) < 0) {
			at++;
		}
		if (at == n || !span_eq(before[at], names[i])) {
			return true;
		}
	}
	return false;
}

/* Process, then deliver; *AGAIN: lists of this site got something of it. */
static int run_round(struct site_run *run, struct arena *arena, bool *again, struct err *e)
{
	int worst = 0;
	struct span *before;
	size_t n;
	if (!start(run, 0, e)) {
		return EX_TEMPFAIL;
	}
	bool loaded = smtp_load(e); /* for all workers, while the first station works */
	if (!wait_child(run->children[0], &worst) || !loaded ||
	    !handover_names(arena, run->context, &before, &n, e)) {
		return EX_TEMPFAIL;
	}
	size_t started = 0;
	while (started < run->workers && start(run, started + 1, e)) {
		started++;
	}
	for (size_t i = 1; i <= started; i++) {
		wait_child(run->children[i], &worst);
	}
	*again = worst == 0 && handed_since(arena, run->context, before, n, e);
	return started == run->workers ? worst : EX_TEMPFAIL;
}

static int run_once(struct site_run *run, struct err *e)
{
	int code = 0;
	for (bool again = true; again && code == 0;) {
		struct arena *arena = arena_new();
		again = false;
		code = run_round(run, arena, &again, e);
		arena_free(arena);
	}
	return code;
}

static void stop_all(struct site_run *run)
{
	int ignored;
	for (size_t i = 0; i <= run->workers; i++) {
		if (run->children[i] > 0) {
			kill(run->children[i], SIGTERM);
		}
	}
	for (size_t i = 0; i <= run->workers; i++) {
		if (run->children[i] > 0) {
			wait_child(run->children[i], &ignored);
		}
	}
}

static int64_t clock_us(const struct site_run *run)
{
	return run->context->env.now_us(&run->context->env);
}

/* A child is no more: in a while there will be another. */
static void mourn(struct site_run *run, pid_t pid, int status)
{
	for (size_t i = 0; i <= run->workers; i++) {
		if (run->children[i] == pid) {
			char text[64];
			snprintf(text, sizeof(text), WIFSIGNALED(status) ? "signal %d" : "exit %d",
			         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
			log_event(run->log, LOG_LEVEL_ERROR, "restart",
			          { "station", span_str(i ? "deliver" : "process") },
			          { "ended", span_str(text) });
			run->children[i] = 0;
			run->start_at[i] = clock_us(run) + RESTART_AFTER * SECOND_US;
		}
	}
}

/* Start those whose time has come; *WAIT_US: until the next one's, -1 when all run. */
static bool start_due(struct site_run *run, int64_t *wait_us, struct err *e)
{
	int64_t now = clock_us(run);
	*wait_us = -1;
	for (size_t i = 0; i <= run->workers; i++) {
		int64_t left = run->start_at[i] - now;
		if (run->start_at[i] == 0) {
			continue;
		}
		if (left <= 0) {
			run->start_at[i] = 0;
			if (!start(run, i, e)) {
				return false;
			}
		} else if (*wait_us < 0 || left < *wait_us) {
			*wait_us = left;
		}
	}
	return true;
}

/* The next of SIGNALS, 0 when WAIT_US (-1: for ever) passed without one. */
static int next_signal(const sigset_t *signals, int64_t wait_us)
{
	struct timespec limit = { .tv_sec = wait_us / SECOND_US,
		                  .tv_nsec = wait_us % SECOND_US * 1000 };
	int sig = wait_us < 0 ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &limit);
	return sig > 0 ? sig : 0;
}

/*
 * All stations anew, with the configuration as it is now; when it cannot be read they go on
 * with the old one. Each ends as on a stop: what is claimed is finished first.
 */
static void reload(struct site_run *run)
{
	struct err trouble = { 0 };
	struct context *c = context_open(run->config, 0, "run", &trouble);
	log_event(run->log, c ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "reload",
	          { "error", span_str(trouble.text) });
	context_close(c);
	if (!c) {
		return;
	}
	stop_all(run);
	for (size_t i = 0; i <= run->workers; i++) {
		run->children[i] = 0;
		run->start_at[i] = 1; /* long ago */
	}
}

/* Until a signal says that it is enough. */
static bool watch(struct site_run *run, const sigset_t *signals, struct err *e)
{
	for (int64_t wait_us;;) {
		int status, sig;
		if (!start_due(run, &wait_us, e)) {
			return false;
		}
		sig = next_signal(signals, wait_us);
		if (sig == SIGHUP) {
			reload(run);
		} else if (sig != 0 && sig != SIGCHLD) {
			return true;
		}
		for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
			mourn(run, pid, status);
		}
	}
}

static int run_forever(struct site_run *run, struct err *e)
{
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	/* Strangers' mail is parsed without libcurl in the process. */
	bool ok = start(run, 0, e) && smtp_load(e);
	for (size_t i = 1; i <= run->workers; i++) {
		run->start_at[i] = 1; /* long ago */
	}
	/* Without one of its stations a site looks well and is not: then end, to be started anew.
	 */
	ok = ok && watch(run, &signals, e);
	stop_all(run);
	return ok ? 0 : EX_TEMPFAIL;
}

static size_t worker_count(const struct context *c)
{
	uint64_t n = c->site.workers;
	if (n == 0) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);
		n = cores > 0 ? (uint64_t)cores : 1;
	}
	return n > WORKERS_MAX ? WORKERS_MAX : (size_t)n;
}

int run_site(const char *config, bool once)
{
	struct err e = { 0 };
	struct context *c = context_open(config, 0, "run", &e);
	int lock = c ? file_lock(c->paths.lock, &e) : -1;
	int code = EX_TEMPFAIL;
	if (lock >= 0 && recover_all(c, &e)) {
		struct site_run run = {
			.config = config,
			.once = once,
			.workers = worker_count(c),
			.pid = getpid(),
			.context = c,
			.log = &c->log,
		};
		code = once ? run_once(&run, &e) : run_forever(&run, &e);
	}
	if (e.class != ERR_NONE) {
		fprintf(stderr, "ladle: %s\n", e.text);
		code = err_exit(e.class);
	}
	if (lock >= 0) {
		close(lock);
	}
	context_close(c);
	return code;
}
