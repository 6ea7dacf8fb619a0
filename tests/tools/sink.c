/*
 * sink - an SMTP server that takes everything, or misbehaves as its script says.
 *
 *	sink.c		options, signals, the epoll loop, the life of a connection
 *	sink_smtp.h	the dialogue: commands, content
 *	sink_address.h	the arguments of MAIL and RCPT
 *	sink_events.h	what a step leads to, with a rule or without
 *	sink_conn.h	state, replies
 *	sink_script.h	rules
 *	sink_store.h	files of accepted messages
 *	tlspump.c	a program of its own that speaks TLS for a connection after STARTTLS
 *
 * One process, one thread. Input of all connections passes through one buffer; a connection keeps
 * only what it could not use yet. With STARTTLS the socket is given to a tlspump, the connection
 * goes on over a socket pair, and nothing here knows about TLS.
 *
 * Invariant: while the loop runs a connection is freed only by settle(), the last thing done with
 * it each time.
 */
#include "sink_smtp.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

enum { BUFFER_SIZE = 256 * 1024, EVENTS_AT_ONCE = 128 };

/* How long a connection that the sink ended waits for the client to notice, in ms. */
enum { LINGER = 10000 };

enum { DEFAULT_MAX_SIZE = 256 * 1024 * 1024 };

static void usage(void)
{
	fputs("usage: sink [-v] [-p PORT] [-f PORTFILE] [-o DIR] [-r SCRIPT] [-l LOG] [--strict]\n"
	      "            [--max-size N] [--starttls CERT KEY] [--no-pipelining]\n"
	      "            [--no-8bitmime] [--no-size] [--no-smtputf8] [--no-dsn]\n"
	      "            [--no-enhancedstatuscodes]\n",
	      stderr);
	exit(TOOL_MISUSE);
}

static void log_summary(const struct sink *s)
{
	const struct counts *n = &s->counts;

	sink_log(s,
	         "accepted=%lu rejected=%lu connections=%lu bytes=%lu bare_lf=%lu "
	         "commands_ahead=%lu",
	         n->accepted, n->rejected, n->connections, n->bytes, n->bare_lf, n->commands_ahead);
}

/* The rules are read again; those in use stay if the new ones are wrong. */
static void reload_script(struct sink *s)
{
	struct text why = { 0 };
	struct script *fresh;

	if (!s->script_path) {
		return;
	}
	fresh = script_read(s->script_path, &why);
	if (fresh) {
		fresh->older = s->script;
		s->script = fresh;
		sink_log(s, "script read: %zu rules", fresh->count);
	} else {
		sink_log(s, "error: %.*s", (int)why.len, why.data);
	}
	text_free(&why);
}

static void watch(const struct sink *s, int fd, void *what, unsigned interest, int operation)
{
	struct epoll_event event = { .events = interest, .data.ptr = what };

	if (epoll_ctl(s->epoll, operation, fd, &event) < 0) {
		die(TOOL_FAILED, "epoll: %s", strerror(errno));
	}
}

/*
 * Closes the socket of a connection. Closing alone does not end its events as long as a pump, or a
 * child on its way to become one, has the socket, too.
 */
static void close_socket(const struct conn *c)
{
	watch(c->sink, c->fd, NULL, 0, EPOLL_CTL_DEL);
	close(c->fd);
}

static void close_connection(struct conn *c)
{
	struct sink *s = c->sink;

	if (c->mode == IN_CONTENT && !c->dropping) {
		sink_log(s, "connection %lu: ended within content", c->id);
	}
	set_due(c, 0);
	spool_clear(&s->store, &c->spool);
	close_socket(c);
	if (c->previous) {
		c->previous->next = c->next;
	} else {
		s->conns = c->next;
	}
	if (c->next) {
		c->next->previous = c->previous;
	}
	text_free(&c->rest);
	text_free(&c->out);
	text_free(&c->candidate);
	text_free(&c->candidate_params);
	text_free(&c->envelope);
	text_free(&c->params);
	text_free(&c->spool.memory);
	free(c);
}

static void flush_replies(struct conn *c)
{
	ssize_t n;

	if (!c->out.len) {
		return;
	}
	n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);
	if (n >= 0) {
		text_drop(&c->out, (size_t)n);
	} else if (errno != EAGAIN && errno != EINTR) {
		c->dead = true;
	}
}

/* Runs a tlspump, which lies beside this program, between the two descriptors. Never returns. */
static _Noreturn void become_pump(const struct sink *s, int outer, int inner)
{
	struct text path = { 0 }, outer_word = { 0 }, inner_word = { 0 };
	sigset_t none;
	ssize_t n;

	text_reserve(&path, 4096);
	n = readlink("/proc/self/exe", path.data, 4096);
	if (n <= 0) {
		die(TOOL_FAILED, "cannot find myself");
	}
	while (n && path.data[n - 1] != '/') {
		n--;
	}
	path.len = (size_t)n;
	text_printf(&path, "tlspump");
	text_printf(&outer_word, "%d", outer);
	text_printf(&inner_word, "%d", inner);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(s->log, STDERR_FILENO);
	fcntl(outer, F_SETFD, 0);
	fcntl(inner, F_SETFD, 0);
	execl(path.data, "tlspump", s->certificate, s->key, outer_word.data, inner_word.data,
	      (char *)NULL);
	die(TOOL_FAILED, "cannot run \"%s\": %s", path.data, strerror(errno));
}

/* The reply to STARTTLS is out: the connection goes on over a pump. */
static void start_tls(struct conn *c)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		die(TOOL_FAILED, "socket pair: %s", strerror(errno));
	}
	switch (fork()) {
	case -1: die(TOOL_FAILED, "fork: %s", strerror(errno));
	case 0: become_pump(c->sink, c->fd, pair[1]);
	default: break;
	}
	close(pair[1]);
	close_socket(c);
	c->fd = pair[0];
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	c->interest = EPOLLIN;
	watch(c->sink, c->fd, c, c->interest, EPOLL_CTL_ADD);
	c->starting_tls = false;
	c->secure = true;
	c->greeted = false;
	c->mode = IN_COMMANDS;
	reset_transaction(c);
}

/* Sets the timer that ends an idle connection, if the script has one. */
static void watch_idleness(struct conn *c)
{
	struct rule *rule = c->mode == IN_COMMANDS ? script_idle(c->sink->script) : NULL;

	c->event = ON_IDLE;
	c->rule = rule;
	set_due(c, rule ? now_ms() + (int64_t)rule->delay : 0);
}

/* Writes what there is to say, then brings timer and epoll in line with the state; may free c. */
static void settle(struct conn *c)
{
	unsigned interest;

	flush_replies(c);
	if (c->dead) {
		close_connection(c);
		return;
	}
	if (c->starting_tls && !c->out.len) {
		start_tls(c);
	}
	if (c->closing && !c->out.len && !c->shut) {
		shutdown(c->fd, SHUT_WR);
		c->shut = true;
		set_due(c, now_ms() + LINGER);
	}
	if (!c->paused && !c->closing) {
		watch_idleness(c);
	}
	interest = (c->paused || c->starting_tls ? 0 : EPOLLIN) | (c->out.len ? EPOLLOUT : 0u);
	if (interest != c->interest) {
		watch(c->sink, c->fd, c, interest, EPOLL_CTL_MOD);
	}
	c->interest = interest;
}

static void receive(struct conn *c)
{
	char *buffer = c->sink->buffer;
	size_t kept = c->rest.len, have, used;
	ssize_t n;

	if (kept) {
		memcpy(buffer, c->rest.data, kept);
	}
	n = read(c->fd, buffer + kept, BUFFER_SIZE - kept);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n <= 0) {
		c->dead = true;
		return;
	}
	have = kept + (size_t)n;
	c->rest.len = 0;
	used = consume(c, buffer, have);
	text_append(&c->rest, buffer + used, have - used);
}

/* The end of a delay, of the patience with an ended connection, or of an idle one. */
static void timer_fired(struct conn *c)
{
	bool was_paused = c->paused;

	set_due(c, 0);
	if (c->closing) {
		c->dead = true;
	} else if (was_paused) {
		c->paused = false;
		carry_out(c, c->event, c->rule);
		text_drop(&c->rest, consume(c, c->rest.data, c->rest.len));
	} else if (c->rule && c->rule->acted < c->rule->times) {
		c->rule->acted++;
		carry_out(c, ON_IDLE, c->rule);
	}
	settle(c);
}

static void run_timers(struct sink *s)
{
	int64_t now;

	if (!s->timed) {
		return;
	}
	now = now_ms();
	for (struct conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		if (c->due && c->due <= now) {
			timer_fired(c);
		}
	}
}

/* How long epoll may wait, in ms. */
static int patience(const struct sink *s)
{
	int64_t first = INT64_MAX, left;

	if (!s->timed) {
		return -1;
	}
	for (const struct conn *c = s->conns; c; c = c->next) {
		if (c->due && c->due < first) {
			first = c->due;
		}
	}
	left = first - now_ms();
	return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void welcome(struct sink *s, int fd, const struct sockaddr_in *peer)
{
	struct conn *c = new_bytes(sizeof(*c));
	char address[INET_ADDRSTRLEN];
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->sink = s;
	c->fd = fd;
	c->id = ++s->counts.connections;
	c->spool.file = -1;
	c->next = s->conns;
	if (c->next) {
		c->next->previous = c;
	}
	s->conns = c;
	c->interest = EPOLLIN;
	watch(s, fd, c, c->interest, EPOLL_CTL_ADD);
	inet_ntop(AF_INET, &peer->sin_addr, address, sizeof(address));
	happen(c, ON_CONNECT, address, 1);
	settle(c);
}

static void accept_all(struct sink *s)
{
	bool more = true;

	while (more) {
		struct sockaddr_in peer;
		socklen_t size = sizeof(peer);
		int fd = accept4(s->listener, (struct sockaddr *)&peer, &size,
		                 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			welcome(s, fd, &peer);
		} else if (errno == EAGAIN) {
			more = false;
		} else if (errno != ECONNABORTED && errno != EINTR) {
			die(TOOL_FAILED, "accept: %s", strerror(errno));
		}
	}
}

/* Returns false when it is time to end. */
static bool take_signal(struct sink *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
		return true;
	}
	if (info.ssi_signo == SIGHUP) {
		reload_script(s);
	} else if (info.ssi_signo == SIGUSR1) {
		log_summary(s);
	}
	return info.ssi_signo == SIGHUP || info.ssi_signo == SIGUSR1;
}

static void serve(struct sink *s)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	bool running = true;

	while (running) {
		int n = epoll_wait(s->epoll, events, EVENTS_AT_ONCE, patience(s));

		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;

			if (events[i].data.ptr == &s->listener) {
				accept_all(s);
			} else if (events[i].data.ptr == &s->signals) {
				running = take_signal(s) && running;
			} else {
				if (events[i].events & EPOLLIN) {
					receive(c);
				} else if (events[i].events & (EPOLLERR | EPOLLHUP)) {
					c->dead = true;
				}
				settle(c);
			}
		}
		run_timers(s);
	}
}

/* A test may want more connections than a shell allows by default. */
static void allow_many_files(void)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static void open_listener(struct sink *s, unsigned port, const char *port_file)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_port = htons((uint16_t)port),
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int on = 1;

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&address, size) < 0 ||
	    listen(s->listener, SOMAXCONN) < 0 ||
	    getsockname(s->listener, (struct sockaddr *)&address, &size) < 0) {
		die(TOOL_FAILED, "cannot listen on port %u: %s", port, strerror(errno));
	}
	watch(s, s->listener, &s->listener, EPOLLIN, EPOLL_CTL_ADD);
	publish_port(port_file, ntohs(address.sin_port));
}

/* Signals come as input, so that they meet the program only between two steps. */
static void open_signals(struct sink *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGCHLD, SIG_IGN);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0) {
		die(TOOL_FAILED, "signalfd: %s", strerror(errno));
	}
	watch(s, s->signals, &s->signals, EPOLLIN, EPOLL_CTL_ADD);
}

enum option_code { OPTION_STRICT = 256, OPTION_MAX_SIZE, OPTION_STARTTLS, OPTION_NO };

/* The codes from OPTION_NO on are OPTION_NO + the offer that is switched off. */
static const struct option long_options[] = {
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "max-size", required_argument, NULL, OPTION_MAX_SIZE },
	{ "starttls", required_argument, NULL, OPTION_STARTTLS },
	{ "no-pipelining", no_argument, NULL, OPTION_NO + OFFER_PIPELINING },
	{ "no-8bitmime", no_argument, NULL, OPTION_NO + OFFER_8BITMIME },
	{ "no-size", no_argument, NULL, OPTION_NO + OFFER_SIZE },
	{ "no-smtputf8", no_argument, NULL, OPTION_NO + OFFER_SMTPUTF8 },
	{ "no-dsn", no_argument, NULL, OPTION_NO + OFFER_DSN },
	{ "no-enhancedstatuscodes", no_argument, NULL, OPTION_NO + OFFER_ENHANCED },
	{ NULL, 0, NULL, 0 },
};

struct paths {
	const char *folder;
	const char *log;
	const char *port_file;
	unsigned port;
};

static void take_long_option(struct sink *s, int code, char **argv)
{
	if (code > OPTION_NO) {
		s->offers &= ~(unsigned)(code - OPTION_NO);
	} else if (code == OPTION_STRICT) {
		s->strict = true;
	} else if (code == OPTION_MAX_SIZE) {
		s->max_size = option_number("--max-size", optarg, LONG_MAX);
	} else if (code == OPTION_STARTTLS && argv[optind]) {
		s->certificate = optarg;
		s->key = argv[optind++];
	} else {
		usage();
	}
}

static void take_options(struct sink *s, struct paths *paths, int argc, char **argv)
{
	int code;

	while ((code = getopt_long(argc, argv, "+p:o:r:f:l:v", long_options, NULL)) != -1) {
		switch (code) {
		case 'p': paths->port = (unsigned)option_number("-p", optarg, 65535); break;
		case 'o': paths->folder = optarg; break;
		case 'r': s->script_path = optarg; break;
		case 'f': paths->port_file = optarg; break;
		case 'l': paths->log = optarg; break;
		case 'v': s->verbose = true; break;
		default: take_long_option(s, code, argv); break;
		}
	}
	if (optind != argc) {
		usage();
	}
}

int main(int argc, char **argv)
{
	struct sink s = { .offers = OFFER_ALL, .max_size = DEFAULT_MAX_SIZE };
	struct paths paths = { 0 };
	struct text why = { 0 };

	take_options(&s, &paths, argc, argv);
	s.log = open_log(paths.log);
	if (s.script_path) {
		s.script = script_read(s.script_path, &why);
		if (!s.script) {
			die(TOOL_MISUSE, "%.*s", (int)why.len, why.data);
		}
	}
	allow_many_files();
	store_open(&s.store, paths.folder);
	s.buffer = new_bytes(BUFFER_SIZE);
	s.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s.epoll < 0) {
		die(TOOL_FAILED, "epoll: %s", strerror(errno));
	}
	open_signals(&s);
	open_listener(&s, paths.port, paths.port_file);
	serve(&s);
	while (s.conns) {
		close_connection(s.conns);
	}
	log_summary(&s);
	script_free(s.script);
	free(s.buffer);
	return 0;
}
