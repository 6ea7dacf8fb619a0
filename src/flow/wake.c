/* Waking by inotify on data/wake (touched) and spool/new (files moved in). */
#include "flow/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

void wake_touch(const struct context *c)
{
	int fd = open(c->paths.wake, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)futimens(fd, NULL);
		close(fd);
	}
}

int wake_watch(const struct context *c, struct err *e)
{
	wake_touch(c); /* make it, so that there is something to watch */
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0) {
		err_errno(e, "cannot watch for work");
		return -1;
	}
	if (inotify_add_watch(fd, c->paths.wake, IN_ATTRIB | IN_MODIFY) < 0 ||
	    inotify_add_watch(fd, c->paths.spool_new, IN_MOVED_TO) < 0) {
		err_errno(e, "cannot watch \"%s\" for work", c->paths.data);
		close(fd);
		return -1;
	}
	return fd;
}

void wake_wait(int fd, int64_t ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct timespec wait = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	sigset_t none;
	sigemptyset(&none);
	if (ppoll(&p, 1, &wait, &none) <= 0) {
		return;
	}
	char events[4096];
	while (read(fd, events, sizeof(events)) > 0) {
		continue;
	}
}

void wake_hold_stop(void)
{
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

bool wake_stopping(void)
{
	sigset_t pending;
	return sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1;
}
