/*
 * Start, read, end. The input is an unlinked file: a program that does not read it
 * cannot make us wait, and none can make us write into a closed pipe.
 */
#include "base/child.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MILLION 1000000
/* Milliseconds between looks whether it is gone, while it says nothing. */
#define LOOK_MS 20

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / MILLION;
}

static int input_file(struct span input, struct err *e)
{
	FILE *f = tmpfile();
	int fd = f ? fcntl(fileno(f), F_DUPFD_CLOEXEC, 3) : -1;
	if (fd < 0 || !file_write_all(fd, input, NULL) || lseek(fd, 0, SEEK_SET) != 0) {
		err_errno(e, "cannot write the input of a program");
		if (fd >= 0) {
			close(fd);
			fd = -1;
		}
	}
	if (f) {
		fclose(f);
	}
	return fd;
}

/* In the child; never returns. Why it could not begin is written to STARTED. */
_Noreturn static void become(const struct child *c, int input, int output, int started)
{
	static const struct rlimit none = { 0, 0 };
	sigset_t no_signals;
	sigemptyset(&no_signals);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &no_signals, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	/* Out of the way of 0 to 3, which may be any of them. */
	input = fcntl(input, F_DUPFD, 10);
	output = fcntl(output, F_DUPFD, 10);
	started = fcntl(started, F_DUPFD, 10);
	if (setsid() >= 0 && chdir("/") == 0 && dup2(input, 0) == 0 && dup2(output, 1) == 1 &&
	    dup2(output, 2) == 2 && dup2(started, 3) == 3 && fcntl(3, F_SETFD, FD_CLOEXEC) == 0 &&
	    close_range(4, ~0u, 0) == 0) {
		/* It takes them as they were declared before there was const. */
		execve(c->argv[0], (char *const *)(uintptr_t)c->argv,
		       (char *const *)(uintptr_t)c->env);
	}
	int code = errno;
	ssize_t told = write(3, &code, sizeof(code));
	_exit(told < 0 ? 126 : 127);
}

/* Of what comes only the end is kept. */
static void keep(struct child_end *end, size_t limit, struct span more)
{
	buf_add(&end->output, more);
	if (end->output.n > limit) {
		size_t over = end->output.n - limit;
		memmove(end->output.p, end->output.p + over, limit);
		end->output.n = limit;
	}
}

static bool is_gone(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
	       info.si_pid == pid;
}

/*
 * Read FD until the process is gone, or the time over. Its end counts, not that of FD,
 * which a process that it has left behind may hold open for ever.
 */
static bool read_output(const struct child *c, pid_t pid, int fd, struct child_end *end)
{
	int64_t until = now_ms() + c->timeout_ms;
	char bytes[4096];
	for (int64_t left; (left = until - now_ms()) > 0;) {
		struct pollfd p = { fd, POLLIN, 0 };
		bool gone = is_gone(pid);
		int ready = poll(&p, 1,
		                 gone             ? 0
		                 : fd < 0         ? 1
		                 : left < LOOK_MS ? (int)left
		                                  : LOOK_MS);
		ssize_t n = ready > 0 ? read(fd, bytes, sizeof(bytes)) : -1;
		if (n > 0) {
			keep(end, c->keep, (struct span){ bytes, (size_t)n });
			continue;
		}
		if (gone) {
			return true;
		}
		fd = ready > 0 ? -1 : fd; /* nothing more is said */
	}
	return false;
}

static void reap(pid_t pid, struct child_end *end)
{
	int status = 0;
	kill(-pid, SIGKILL); /* its own session: whatever is left of it */
	kill(pid, SIGKILL);  /* it may not have got as far as a session */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	end->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Did the program begin? Else errno says why not. */
static bool began(int started)
{
	int code = 0;
	ssize_t n;
	while ((n = read(started, &code, sizeof(code))) < 0 && errno == EINTR) {
	}
	errno = n > 0 ? code : 0;
	return n == 0;
}

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i] >= 0) {
			close(fds[i]);
		}
	}
}

bool child_run(const struct child *c, struct child_end *end, struct err *e)
{
	/* input; output to read, to write; started to read, to write */
	int fd[5] = { -1, -1, -1, -1, -1 };
	bool ok = false;
	*end = (struct child_end){ .output = BUF_INIT };
	fd[0] = input_file(c->input, e);
	if (fd[0] < 0) {
		return false;
	}
	if (pipe2(fd + 1, O_CLOEXEC) != 0 || pipe2(fd + 3, O_CLOEXEC) != 0) {
		err_errno(e, "cannot make a pipe");
		close_all(fd, 5);
		return false;
	}
	pid_t pid = fork();
	if (pid == 0) {
		become(c, fd[0], fd[2], fd[4]);
	}
	close_all((int[]){ fd[0], fd[2], fd[4] }, 3);
	if (pid < 0) {
		err_errno(e, "cannot fork");
	} else {
		ok = began(fd[3]) || err_errno(e, "cannot run \"%s\"", c->argv[0]);
		end->timed_out = ok && !read_output(c, pid, fd[1], end);
		reap(pid, end);
	}
	close_all((int[]){ fd[1], fd[3] }, 2);
	return ok;
}
