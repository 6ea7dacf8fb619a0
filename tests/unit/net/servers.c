#include "servers.h"

#include "base/file.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS 24

void server_folder(struct server *s)
{
	const char *base = getenv("TMPDIR");

	*s = (struct server){ .pid = -1 };
	snprintf(s->folder, sizeof(s->folder), "%s/ladle-net-XXXXXX", base ? base : "/tmp");
	ck_assert_msg(mkdtemp(s->folder) != NULL, "no folder %s", s->folder);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

void server_forget(const struct server *s)
{
	nftw(s->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *server_path(struct arena *arena, const struct server *s, const char *name)
{
	return arena_printf(arena, "%s/%s", s->folder, name).p;
}

void server_write(const struct server *s, const char *name, struct span bytes)
{
	struct arena *arena = arena_new();
	int fd = open(server_path(arena, s, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct err e;

	ck_assert_int_ge(fd, 0);
	ck_assert_msg(file_write_all(fd, bytes, &e), "%s", e.text);
	close(fd);
	arena_free(arena);
}

struct span server_file(struct arena *arena, const struct server *s, const char *name)
{
	struct buf bytes = BUF_INIT;
	struct err e;

	if (!file_read(server_path(arena, s, name), 1u << 30, &bytes, &e))
		return SPAN("");
	return buf_move(&bytes, arena);
}

/* Cuts ARGUMENTS at blanks behind the words there are. */
static void add_words(const char **words, size_t n, char *arguments)
{
	char *rest = arguments, *word;

	while ((word = strsep(&rest, " ")) && n < WORDS - 1) {
		if (*word)
			words[n++] = word;
	}
	words[n] = NULL;
}

static const char *tool_path(struct arena *arena, const char *name)
{
	const char *folder = getenv("TOOLS");
	char self[4000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *path;

	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	path = folder ? arena_printf(arena, "%s/%s", folder, name).p
	              : arena_printf(arena, "%s/tools/%s", self, name).p;
	ck_assert_msg(access(path, X_OK) == 0, "there is no %s: make tools", path);
	return path;
}

/* As the child: die with the test, whatever ends it. */
static void die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 2 * 1000 * 1000 }, NULL);
}

static void wait_for_port(struct server *s)
{
	struct arena *arena = arena_new();
	struct span text = SPAN("");

	for (int i = 0; i < 5000 && text.n == 0; i++) {
		ck_assert_msg(waitpid(s->pid, NULL, WNOHANG) == 0, "the server did not start");
		text = server_file(arena, s, "port");
		nap();
	}
	s->port = (unsigned)strtoul(arena_str(arena, text), NULL, 10);
	ck_assert_uint_gt(s->port, 0);
	arena_free(arena);
}

void server_start(struct server *s, const char *name, const char *arguments)
{
	struct arena *arena = arena_new();
	const char *path = tool_path(arena, name);
	char *more = arena_str(arena, span_str(arguments));
	const char *words[WORDS] = { path, "-f", "port", "-l", "log" };
	pid_t parent = getpid();

	add_words(words, 5, more);
	server_write(s, "log", SPAN(""));
	s->pid = fork();
	if (s->pid == 0) {
		die_with(parent);
		if (chdir(s->folder) == 0)
			execv(path, (char *const *)words);
		_exit(1);
	}
	ck_assert_int_gt(s->pid, 0);
	wait_for_port(s);
	arena_free(arena);
}

void server_stop(struct server *s)
{
	int status = 0;

	ck_assert_int_eq(kill(s->pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(s->pid, &status, 0), s->pid);
	s->pid = -1;
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ended with %#x",
	              (unsigned)status);
}

void server_kill(struct server *s)
{
	ck_assert_int_eq(kill(s->pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(s->pid, NULL, 0), s->pid);
	s->pid = -1;
}

unsigned long server_count(const struct server *s, const char *key)
{
	struct arena *arena = arena_new();
	struct span log = server_file(arena, s, "log");
	struct span last = span_from(log, span_rchr(span_rtrim(log), '\n') + 1);
	char *line = arena_str(arena, last);
	char *at = strstr(line, arena_printf(arena, "%s=", key).p);
	unsigned long n;

	ck_assert_msg(at != NULL, "no %s in \"%s\"", key, line);
	n = strtoul(at + strlen(key) + 1, NULL, 10);
	arena_free(arena);
	return n;
}

size_t server_logged(const struct server *s, const char *text)
{
	struct arena *arena = arena_new();
	const char *at = arena_str(arena, server_file(arena, s, "log"));
	size_t n = 0;

	while ((at = strstr(at, text))) {
		at += strlen(text);
		n++;
	}
	arena_free(arena);
	return n;
}

/* --- scripts ------------------------------------------------------------------- */

static int listen_here(unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, size), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static void reset(int fd)
{
	struct linger now = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* Reads until TEXT was there, with nothing before it if NEXT; what comes behind it stays for the next. */
static bool await(int fd, const char *text, bool next, struct buf *in)
{
	size_t at;

	while ((at = span_find(buf_span(in), span_str(text))) == SPAN_NONE) {
		char bytes[4096];
		ssize_t n = read(fd, bytes, sizeof(bytes));

		if (n <= 0)
			return false;
		buf_add(in, (struct span){ bytes, (size_t)n });
	}
	if (next && at > 0)
		return false;
	at += strlen(text);
	memmove(in->p, in->p + at, in->n - at);
	in->n -= at;
	return true;
}

static bool at_end(int fd, const struct buf *in)
{
	char byte;

	return in->n == 0 && read(fd, &byte, 1) <= 0;
}

/* Slow at first, so that the client finds no room; then all up to the final dot. */
static bool take_message(int fd, struct buf *in)
{
	static char bytes[1 << 16];
	ssize_t n = 1;
	int file = open("content", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct err e;

	nanosleep(&(struct timespec){ .tv_nsec = 300 * 1000 * 1000 }, NULL);
	while (n > 0 && !span_ends(buf_span(in), SPAN("\r\n.\r\n"))) {
		n = read(fd, bytes, sizeof(bytes));
		buf_add(in, (struct span){ bytes, n > 0 ? (size_t)n : 0 });
	}
	if (n <= 0 || !file_write_all(file, buf_span(in), &e)) {
		return false;
	}
	buf_clear(in);
	close(file);
	return true;
}

/* One connection; moves *STEP behind its end. */
static bool play(int fd, const char *const **step)
{
	struct buf in = BUF_INIT;
	bool ok = true;

	for (; ok && **step; (*step)++) {
		const char *text = **step + 1;

		if (**step[0] == '.' || **step[0] == '!' || **step[0] == '$') {
			ok = **step[0] != '$' || at_end(fd, &in);
			if (**step[0] == '!')
				reset(fd);
			(*step)++;
			break;
		}
		if (**step[0] == '<' || **step[0] == '=')
			ok = await(fd, text, **step[0] == '=', &in);
		else if (**step[0] == '*')
			ok = take_message(fd, &in);
		else
			ok = send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
	}
	buf_free(&in);
	close(fd);
	return ok;
}

/* Put PUMP (with certificate and key) between FD and what is returned. */
static int wrap(const char *pump, int fd)
{
	char outer[16], inner[16];
	int pair[2], log;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		_exit(1);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pair[0]);
		log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
		dup2(log, STDERR_FILENO);
		snprintf(outer, sizeof(outer), "%d", fd);
		snprintf(inner, sizeof(inner), "%d", pair[1]);
		execl(pump, pump, "cert", "key", outer, inner, (char *)NULL);
		_exit(1);
	}
	close(pair[1]);
	close(fd);
	return pair[0];
}

static _Noreturn void run_script(int listener, const char *const *script, const char *pump)
{
	bool ok = true;

	while (ok && *script) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0 && pump)
			fd = wrap(pump, fd);
		ok = fd >= 0 && play(fd, &script);
	}
	_exit(ok ? 0 : 1);
}

static void start_script(struct server *s, const char *const *script, const char *pump)
{
	pid_t parent = getpid();
	int listener = listen_here(&s->port);

	s->pid = fork();
	if (s->pid == 0) {
		die_with(parent);
		if (chdir(s->folder) == 0)
			run_script(listener, script, pump);
		_exit(1);
	}
	close(listener);
}

void server_script(struct server *s, const char *const *script)
{
	start_script(s, script, NULL);
}

void server_tls_script(struct server *s, const char *const *script)
{
	struct arena *arena = arena_new();

	start_script(s, script, tool_path(arena, "tlspump"));
	arena_free(arena);
}

bool server_played(struct server *s)
{
	int status = 0;

	ck_assert_int_eq(waitpid(s->pid, &status, 0), s->pid);
	s->pid = -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

unsigned server_no_port(void)
{
	unsigned port;

	close(listen_here(&port));
	return port;
}
