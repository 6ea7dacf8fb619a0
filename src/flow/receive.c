/*
 * What the MTA runs. Two exit codes only: 0, the message is durably ours; 75, the
 * MTA keeps it. Nothing on standard output or error: an MTA would mail it to
 * strangers.
 */
#include "flow/receive.h"

#include "base/limits.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* The deadline: an MTA that runs out of patience kills us and bounces; we give up first. */
static void give_up(int sig)
{
	(void)sig;
	_exit(EX_TEMPFAIL);
}

static void reset_signals(void)
{
	/* MTAs hand down ignored signals; SIGXFSZ stays ignored so that a file size limit is an
	 * error, not a death. */
	for (int sig = 1; sig < NSIG; sig++) {
		if (sig != SIGKILL && sig != SIGSTOP) {
			signal(sig, SIG_DFL);
		}
	}
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGALRM, give_up);
	alarm(LIMIT_RECEIVE_SECONDS);
}

static void quiet(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		if (!isatty(STDERR_FILENO)) { /* somebody tries it by hand: no MTA has a terminal */
			dup2(null, STDERR_FILENO);
		}
		close(null);
	}
}

int receive_run(const char *config, const struct spool_envelope *envelope)
{
	struct err e = { 0 };
	reset_signals();
	quiet();
	umask(077);
	struct log log = { LOG_TARGET_SYSLOG, LOG_LEVEL_INFO, "receive" };
	struct context *c = context_open(config, 0, "receive", &e);
	char name[SPOOL_NAME];
	bool ok = c && spool_receive(c, STDIN_FILENO, envelope, name, &e);
	if (ok) {
		log_event(&log, LOG_LEVEL_INFO, "spooled", { "id", span_str(name) },
		          { "to", span_str(envelope->recipient) },
		          { "from", span_str(envelope->mail_from) });
	} else {
		log_event(&log, LOG_LEVEL_ERROR, "refused", { "to", span_str(envelope->recipient) },
		          { "error", span_str(e.text) });
		fprintf(stderr, "ladle receive: %s\n", e.text);
	}
	context_close(c);
	return ok ? EX_OK : EX_TEMPFAIL;
}
