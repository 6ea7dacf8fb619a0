/*
 * dnsstub - an authoritative DNS server over UDP and TCP, for TXT records out of a small table.
 *
 *	dnsstub -z ZONE.tsv -f PORTFILE [-p PORT] [-l LOG] [-t TTL] [--silent]
 *
 *	dnsstub.c	options, sockets, the answer to a question
 *	dnsstub_zone.h	the table
 *	dnsstub_wire.h	messages
 *
 * One process, one thread. An answer is made at once, complete with its delay; a late one waits in
 * a list. Every query is one line of the log, answered or not.
 */
#include "dnsstub_wire.h"
#include "dnsstub_zone.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

struct client {
	struct client *next;
	int fd;
	struct text in;
};

/* An answer that is not due yet. */
struct late {
	struct late *next;
	struct client *client; /* NULL: UDP */
	struct sockaddr_in peer;
	struct text bytes;
	int64_t due;
};

struct stub {
	const char *zone_path;
	struct zone zone;
	unsigned long ttl;
	bool silent;
	int log;
	int epoll;
	int udp;
	int tcp;
	int signals;
	struct client *clients;
	struct late *late;
};

/* What a name has that is no alias. `r` is its first record. */
static void answer_name(const struct stub *s, const struct query *q, struct answer *a,
                        const struct record *r, bool tcp)
{
	const char *name = r->name;

	a->delay += r->delay;
	a->unanswered = r->kind == IS_TIMEOUT;
	if (r->kind == IS_SERVFAIL) {
		a->rcode = RCODE_SERVFAIL;
	}
	if (r->kind == IS_REFUSED) {
		a->rcode = RCODE_REFUSED;
	}
	if (q->type != TYPE_TXT && q->type != TYPE_ANY) {
		return;
	}
	if (r->kind == IS_TRUNCATE && !tcp) {
		a->truncated = true;
	} else if (r->kind == IS_TRUNCATE || r->kind == IS_DELAY) {
		put_txt(a, name, s->ttl, r->data);
	} else if (r->kind == IS_TEXT) {
		for (; r < s->zone.records + s->zone.count; r++) {
			if (r->kind == IS_TEXT && !strcasecmp(r->name, name)) {
				put_txt(a, name, s->ttl, r->data);
			}
		}
	}
}

/* Follows aliases to what the question gets. */
static void find_answer(const struct stub *s, const struct query *q, struct answer *a, bool tcp)
{
	const char *name = q->name;

	if (q->flags & 0x7800) {
		a->rcode = RCODE_NOTIMP;
		return;
	}
	if (q->class != CLASS_IN) {
		a->rcode = RCODE_REFUSED;
		return;
	}
	for (int hops = 0; hops < MAX_CHAIN; hops++) {
		const struct record *r = zone_find(&s->zone, name);

		if (!r) {
			a->rcode = zone_has_below(&s->zone, name) ? RCODE_OK : RCODE_NXDOMAIN;
			return;
		}
		if (r->kind != IS_CNAME) {
			answer_name(s, q, a, r, tcp);
			return;
		}
		put_cname(a, name, s->ttl, r->data);
		a->found = q->type == TYPE_CNAME;
		if (a->found) {
			return;
		}
		name = r->data;
	}
	a->rcode = RCODE_SERVFAIL;
}

/* The whole message for `query`, whose bytes begin at `p`. */
static struct text build_message(const struct query *q, const char *p, struct answer *a)
{
	bool fits, failed = a->rcode != RCODE_OK && a->rcode != RCODE_NXDOMAIN;
	struct text m = { 0 }, authority = { 0 };
	size_t extra = q->extended ? 11 : 0;

	if (!a->found) {
		put_soa(&authority);
	}
	fits = HEADER_SIZE + q->question_size + a->bytes.len + authority.len + extra <= q->room;
	if (!fits || a->truncated || failed) {
		a->count = 0;
		a->bytes.len = 0;
		authority.len = 0;
	}
	put_number(&m, q->id, 2);
	/* QR, AA and RA, the opcode and RD of the query */
	put_number(&m,
	           0x8480u | (q->flags & 0x7900u) | a->rcode |
	                   (!fits || a->truncated ? FLAG_TRUNCATED : 0u),
	           2);
	put_number(&m, 1, 2);
	put_number(&m, a->count, 2);
	put_number(&m, authority.len ? 1 : 0, 2);
	put_number(&m, q->extended, 2);
	text_append(&m, p + HEADER_SIZE, q->question_size);
	text_append(&m, a->bytes.data, a->bytes.len);
	text_append(&m, authority.data, authority.len);
	if (q->extended) {
		put_name(&m, "");
		put_number(&m, TYPE_OPT, 2);
		put_number(&m, OUR_UDP_SIZE, 2);
		put_number(&m, 0, 6);
	}
	text_free(&authority);
	return m;
}

static void log_line(const struct stub *s, const struct text *line)
{
	if (!write_all(s->log, line->data, line->len)) {
		die(TOOL_FAILED, "cannot write log: %s", strerror(errno));
	}
}

static void log_query(const struct stub *s, const struct query *q, bool tcp)
{
	static const struct {
		unsigned type;
		const char *word;
	} names[] = {
		{ 1, "A" },          { 2, "NS" },    { TYPE_CNAME, "CNAME" },
		{ TYPE_SOA, "SOA" }, { 12, "PTR" },  { 15, "MX" },
		{ TYPE_TXT, "TXT" }, { 28, "AAAA" }, { TYPE_ANY, "ANY" },
	};
	struct text line = { 0 };
	const char *word = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].type == q->type) {
			word = names[i].word;
		}
	}
	text_printf(&line, "%s ", *q->name ? q->name : ".");
	if (word) {
		text_printf(&line, "%s", word);
	} else {
		text_printf(&line, "TYPE%u", q->type);
	}
	text_printf(&line, tcp ? " tcp\n" : "\n");
	log_line(s, &line);
	text_free(&line);
}

static void send_answer(const struct stub *s, const struct client *client,
                        const struct sockaddr_in *peer, const struct text *message)
{
	struct text framed = { 0 };

	if (!client) {
		sendto(s->udp, message->data, message->len, 0, (const struct sockaddr *)peer,
		       sizeof(*peer));
		return;
	}
	/* small enough for the socket's buffer; a client that does not read loses it */
	put_number(&framed, message->len, 2);
	text_append(&framed, message->data, message->len);
	if (send(client->fd, framed.data, framed.len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		shutdown(client->fd, SHUT_RDWR);
	}
	text_free(&framed);
}

static void postpone(struct stub *s, struct client *client, const struct sockaddr_in *peer,
                     struct text message, unsigned long delay)
{
	struct late *late = new_bytes(sizeof(*late));

	late->client = client;
	if (peer) {
		late->peer = *peer;
	}
	late->bytes = message;
	late->due = now_ms() + (int64_t)delay;
	late->next = s->late;
	s->late = late;
}

/* One query, from a TCP client or (client NULL) by UDP from `peer`. */
static void take_query(struct stub *s, struct client *client, const struct sockaddr_in *peer,
                       const char *p, size_t n)
{
	struct query q;
	struct answer a = { .rcode = RCODE_OK };
	struct text message;

	if (!parse_query(&q, p, n, client != NULL)) {
		return;
	}
	log_query(s, &q, client != NULL);
	if (s->silent) {
		return;
	}
	find_answer(s, &q, &a, client != NULL);
	if (!a.unanswered) {
		message = build_message(&q, p, &a);
		if (a.delay) {
			postpone(s, client, peer, message, a.delay);
		} else {
			send_answer(s, client, peer, &message);
			text_free(&message);
		}
	}
	text_free(&a.bytes);
}

/* Sends what is due; returns how long epoll may wait for the next, in ms. */
static int send_late(struct stub *s)
{
	int64_t now = now_ms(), wait = -1;

	for (struct late **link = &s->late; *link;) {
		struct late *late = *link;
		int64_t left = late->due - now;

		if (left > 0) {
			wait = wait < 0 || left < wait ? left : wait;
			link = &late->next;
			continue;
		}
		*link = late->next;
		send_answer(s, late->client, &late->peer, &late->bytes);
		text_free(&late->bytes);
		free(late);
	}
	return wait > INT_MAX ? INT_MAX : (int)wait;
}

/* Sockets. */

static void watch(const struct stub *s, int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		die(TOOL_FAILED, "epoll: %s", strerror(errno));
	}
}

static void take_datagrams(struct stub *s)
{
	char bytes[PLAIN_UDP_SIZE * 8];
	struct sockaddr_in peer;

	for (;;) {
		socklen_t size = sizeof(peer);
		ssize_t n = recvfrom(s->udp, bytes, sizeof(bytes), MSG_DONTWAIT,
		                     (struct sockaddr *)&peer, &size);

		if (n < 0) {
			return;
		}
		take_query(s, NULL, &peer, bytes, (size_t)n);
	}
}

static void take_client(struct stub *s)
{
	struct client *client;
	int fd = accept4(s->tcp, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		return;
	}
	client = new_bytes(sizeof(*client));
	client->fd = fd;
	client->next = s->clients;
	s->clients = client;
	watch(s, fd, client);
}

static void drop_client(struct stub *s, struct client *client)
{
	struct client **link = &s->clients;

	for (struct late **late = &s->late; *late;) {
		struct late *gone = *late;

		if (gone->client != client) {
			late = &gone->next;
			continue;
		}
		*late = gone->next;
		text_free(&gone->bytes);
		free(gone);
	}
	while (*link != client) {
		link = &(*link)->next;
	}
	*link = client->next;
	close(client->fd);
	text_free(&client->in);
	free(client);
}

static void take_stream(struct stub *s, struct client *client)
{
	ssize_t n;

	text_reserve(&client->in, INPUT_SIZE);
	n = read(client->fd, client->in.data + client->in.len, client->in.room - client->in.len);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n <= 0) {
		drop_client(s, client);
		return;
	}
	client->in.len += (size_t)n;
	while (client->in.len >= 2) {
		size_t len = get_number(client->in.data);

		if (client->in.len < len + 2) {
			return;
		}
		take_query(s, client, NULL, client->in.data + 2, len);
		text_drop(&client->in, len + 2);
	}
}

static void reload_zone(struct stub *s)
{
	struct text why = { 0 }, line = { 0 };
	struct zone fresh;

	if (zone_read(&fresh, s->zone_path, &why)) {
		zone_free(&s->zone);
		s->zone = fresh;
	} else {
		text_printf(&line, "error: %.*s\n", (int)why.len, why.data);
		log_line(s, &line);
	}
	text_free(&why);
	text_free(&line);
}

/* Returns false when it is time to end. */
static bool take_signal(struct stub *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
		return true;
	}
	if (info.ssi_signo == SIGHUP) {
		reload_zone(s);
	} else if (info.ssi_signo == SIGUSR1) {
		s->silent = !s->silent;
	}
	return info.ssi_signo == SIGHUP || info.ssi_signo == SIGUSR1;
}

/* One event a turn: a client that goes may not be in the list of events behind it. */
static void serve(struct stub *s)
{
	bool running = true;

	while (running) {
		struct epoll_event event;

		if (epoll_wait(s->epoll, &event, 1, send_late(s)) != 1) {
			continue;
		}
		if (event.data.ptr == &s->udp) {
			take_datagrams(s);
		} else if (event.data.ptr == &s->tcp) {
			take_client(s);
		} else if (event.data.ptr == &s->signals) {
			running = take_signal(s);
		} else {
			take_stream(s, event.data.ptr);
		}
	}
}

/* Binds UDP and TCP to the port; false if it is taken. A port 0 becomes the one that was chosen. */
static bool bind_both(struct stub *s, unsigned *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_port = htons((uint16_t)*port),
		                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int on = 1;

	s->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	s->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->udp < 0 || s->tcp < 0) {
		die(TOOL_FAILED, "socket: %s", strerror(errno));
	}
	setsockopt(s->tcp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(s->udp, (struct sockaddr *)&address, size) == 0 &&
	    getsockname(s->udp, (struct sockaddr *)&address, &size) == 0 &&
	    bind(s->tcp, (struct sockaddr *)&address, size) == 0 &&
	    listen(s->tcp, SOMAXCONN) == 0) {
		*port = ntohs(address.sin_port);
		return true;
	}
	close(s->udp);
	close(s->tcp);
	return false;
}

static void open_sockets(struct stub *s, unsigned port, const char *port_file)
{
	int tries = port ? 1 : 100;
	unsigned bound = port;

	while (tries && !bind_both(s, &bound)) {
		bound = port;
		tries--;
	}
	if (!tries) {
		die(TOOL_FAILED, "cannot bind port %u: %s", port, strerror(errno));
	}
	watch(s, s->udp, &s->udp);
	watch(s, s->tcp, &s->tcp);
	publish_port(port_file, bound);
}

static void open_signals(struct stub *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0) {
		die(TOOL_FAILED, "signalfd: %s", strerror(errno));
	}
	watch(s, s->signals, &s->signals);
}

static void usage(void)
{
	fputs("usage: dnsstub -z ZONE [-p PORT] [-f PORTFILE] [-l LOG] [-t TTL] [--silent]\n",
	      stderr);
	exit(TOOL_MISUSE);
}

static void take_options(struct stub *s, int argc, char **argv, const char **log, unsigned *port,
                         const char **port_file)
{
	static const struct option long_options[] = {
		{ "silent", no_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	int code;

	while ((code = getopt_long(argc, argv, "+z:p:f:l:t:", long_options, NULL)) != -1) {
		if (code == 'z') {
			s->zone_path = optarg;
		} else if (code == 'p') {
			*port = (unsigned)option_number("-p", optarg, 65535);
		} else if (code == 'f') {
			*port_file = optarg;
		} else if (code == 'l') {
			*log = optarg;
		} else if (code == 't') {
			s->ttl = option_number("-t", optarg, INT_MAX);
		} else if (code == 's') {
			s->silent = true;
		} else {
			usage();
		}
	}
	if (optind != argc || !s->zone_path) {
		usage();
	}
}

int main(int argc, char **argv)
{
	struct stub s = { .ttl = DEFAULT_TTL };
	const char *log = NULL, *port_file = NULL;
	struct text why = { 0 };
	unsigned port = 0;

	take_options(&s, argc, argv, &log, &port, &port_file);
	s.log = open_log(log);
	if (!zone_read(&s.zone, s.zone_path, &why)) {
		die(TOOL_MISUSE, "%.*s", (int)why.len, why.data);
	}
	s.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s.epoll < 0) {
		die(TOOL_FAILED, "epoll: %s", strerror(errno));
	}
	open_signals(&s);
	open_sockets(&s, port, port_file);
	serve(&s);
	while (s.clients) {
		drop_client(&s, s.clients);
	}
	while (s.late) {
		struct late *next = s.late->next;

		text_free(&s.late->bytes);
		free(s.late);
		s.late = next;
	}
	zone_free(&s.zone);
	return 0;
}
