/* The resolver against tests/tools/dnsstub, and against a server that answers as no server should. */
#include "net/dns.h"

#include "auth/verify.h"
#include "base/limits.h"
#include "servers.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))
#define LINE_64 "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._"
#define LINE_256 LINE_64 LINE_64 LINE_64 LINE_64
#define LINE_2048 LINE_256 LINE_256 LINE_256 LINE_256 LINE_256 LINE_256 LINE_256 LINE_256

static struct arena *arena;
static struct server server;
static struct dns *dns;
static struct keysource source;
static int64_t skipped; /* seconds that the tests' clock is ahead */

static int64_t clock_us(const struct env *e)
{
	struct timespec t;

	(void)e;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec + skipped) * 1000000 + t.tv_nsec / 1000;
}

static struct env env;

static void setup(void)
{
	arena = arena_new();
	env = env_real();
	env.now_us = clock_us;
	skipped = 0;
	server_folder(&server);
}

static void teardown(void)
{
	dns_free(dns);
	dns = NULL;
	if (server.pid > 0)
		server_stop(&server);
	server_forget(&server);
	arena_free(arena);
}

static void connect_to(const char *servers, unsigned timeout)
{
	struct err e;

	dns = dns_new(span_str(servers), timeout, &env, &e);
	ck_assert_msg(dns != NULL, "%s", e.text);
	source = dns_source(dns);
}

/* A stub with ZONE and a resolver that asks it. */
static void start(const char *zone, const char *options, unsigned timeout)
{
	server_write(&server, "zone", span_str(zone));
	server_start(&server, "dnsstub", arena_printf(arena, "-z zone %s", options).p);
	connect_to(arena_printf(arena, "127.0.0.1:%u", server.port).p, timeout);
}

static struct txt look_up(const char *name)
{
	return source.txt(source.self, arena, span_str(name));
}

static size_t queries(void)
{
	return server_logged(&server, "\n");
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char zone[] =
	"one.example\tv=DKIM1; p=\n"
	"two.example\tfirst\n"
	"two.example\tsecond\n"
	"three.example\tThird.Example has it\n"
	"long.example\t" LINE_256 LINE_256 "\n"
	"longer.example\t" LINE_2048 LINE_2048 "\n"
	"truncated.example\t@TRUNCATE over TCP\n"
	"alias.example\t@CNAME one.example\n"
	"alias2.example\t@CNAME alias.example\n"
	"alias-none.example\t@CNAME nowhere.example\n"
	"alias-nodata.example\t@CNAME nodata.example\n"
	"loop.example\t@CNAME loop.example\n"
	"loop-a.example\t@CNAME loop-b.example\n"
	"loop-b.example\t@CNAME loop-a.example\n"
	"empty.example\t\n"
	"nodata.example\t@NODATA\n"
	"servfail.example\t@SERVFAIL\n"
	"refused.example\t@REFUSED\n"
	"timeout.example\t@TIMEOUT\n"
	"late.example\t@DELAY 400 late\n"
	"sel._domainkey.under.example\tkey\n"
	"max." LINE_256 "\tno name\n";

static const struct {
	const char *name;
	enum txt_status status;
	size_t n;
	const char *first;
} cases[] = {
	{ "one.example", TXT_FOUND, 1, "v=DKIM1; p=" },
	{ "ONE.Example", TXT_FOUND, 1, "v=DKIM1; p=" },
	{ "two.example", TXT_FOUND, 2, "first" },
	{ "Three.EXAMPLE", TXT_FOUND, 1, "Third.Example has it" },
	{ "sel._domainkey.under.example", TXT_FOUND, 1, "key" },
	/* several strings, one by UDP and one too long for it */
	{ "long.example", TXT_FOUND, 1, LINE_256 LINE_256 },
	{ "longer.example", TXT_FOUND, 1, LINE_2048 LINE_2048 },
	{ "truncated.example", TXT_FOUND, 1, "over TCP" },
	{ "alias.example", TXT_FOUND, 1, "v=DKIM1; p=" },
	{ "alias2.example", TXT_FOUND, 1, "v=DKIM1; p=" },
	{ "late.example", TXT_FOUND, 1, "late" },
	{ "nowhere.example", TXT_NONE, 0, NULL },
	{ "nodata.example", TXT_NONE, 0, NULL },
	{ "_domainkey.under.example", TXT_NONE, 0, NULL },
	{ "alias-none.example", TXT_NONE, 0, NULL },
	{ "alias-nodata.example", TXT_NONE, 0, NULL },
	{ "loop.example", TXT_TEMPORARY, 0, NULL },
	{ "loop-a.example", TXT_TEMPORARY, 0, NULL },
	{ "empty.example", TXT_FOUND, 1, "" },
	{ "servfail.example", TXT_TEMPORARY, 0, NULL },
	{ "refused.example", TXT_TEMPORARY, 0, NULL },
	{ "timeout.example", TXT_TEMPORARY, 0, NULL },
};

static void check_case(int i)
{
	struct txt t = look_up(cases[i].name);

	ck_assert_msg(t.status == cases[i].status, "%s: status %d", cases[i].name, t.status);
	ck_assert_uint_eq(t.n, cases[i].n);
	if (cases[i].first)
		ck_assert(span_is(t.records[0], cases[i].first));
	ck_assert(!t.authenticated);
	ck_assert_int_eq(t.no_name, strcmp(cases[i].name, "nowhere.example") == 0);
}

/* The answer, and again without another query. */
START_TEST(answers)
{
	size_t asked;

	start(zone, "", 2);
	check_case(_i);
	asked = queries();
	ck_assert_uint_ge(asked, 1);
	check_case(_i);
	check_case(_i);
	ck_assert_uint_eq(queries(), asked);
}
END_TEST

/* All of them from one resolver, asked for together, in the order of the table and once more. */
START_TEST(all_together)
{
	struct span names[LENGTH(cases)];

	start(zone, "", 2);
	for (int i = 0; i < LENGTH(cases); i++)
		names[i] = span_str(cases[i].name);
	source.prefetch(source.self, names, LENGTH(cases));
	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < LENGTH(cases); i++)
			check_case(i);
	}
	ck_assert_uint_eq(server_logged(&server, "truncated.example TXT tcp\n"), 1);
	ck_assert_uint_eq(server_logged(&server, "longer.example TXT tcp\n"), 1);
	ck_assert_uint_eq(server_logged(&server, "long.example TXT tcp\n"), 0);
}
END_TEST

static const struct span no_names[] = {
	SPAN_INIT(""), SPAN_INIT("."), SPAN_INIT("a..b"), SPAN_INIT(".a"), SPAN_INIT("a.b."),
	SPAN_INIT("a b.example"), SPAN_INIT("a\0b.example"), SPAN_INIT("a.example\0"), SPAN_INIT("a\\.b.example"),
	SPAN_INIT("a\\046b.example"), SPAN_INIT("\xc3\xb6.example"), SPAN_INIT("*.example"), SPAN_INIT("a/b.example"),
	SPAN_INIT("a\r\n.example"), SPAN_INIT("a@b.example"),
	SPAN_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"), /* 64 */
	SPAN_INIT("max." LINE_256),
	SPAN_INIT("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v"
	          ".w.x.y.z.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r"
	          ".s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.abcdef"), /* 254 */
};

START_TEST(never_asked)
{
	start(zone, "", 2);
	source.prefetch(source.self, no_names, LENGTH(no_names));
	for (int i = 0; i < LENGTH(no_names); i++)
		ck_assert_int_eq(source.txt(source.self, arena, no_names[i]).status, TXT_NONE);
	ck_assert_uint_eq(queries(), 0);
}
END_TEST

START_TEST(longest_name)
{
	struct span name = span_sub(no_names[LENGTH(no_names) - 1], 0, 253);

	start(zone, "", 5);
	ck_assert_uint_eq(no_names[LENGTH(no_names) - 1].n, 254);
	ck_assert_int_eq(source.txt(source.self, arena, name).status, TXT_NONE);
	ck_assert_uint_eq(queries(), 1);
}
END_TEST

/* The system's search list is for people at a keyboard. */
START_TEST(no_search)
{
	setenv("LOCALDOMAIN", "search.example", 1);
	start("a.search.example\tfound\n", "", 5);
	ck_assert_int_eq(look_up("a").status, TXT_NONE);
	ck_assert_uint_eq(queries(), 1);
}
END_TEST

/* --- time --------------------------------------------------------------------------- */

static size_t asked_after(const char *name, int64_t wait)
{
	size_t before = queries();

	skipped += wait;
	look_up(name);
	return queries() - before;
}

/* The records' TTL, at least 5 s; the SOA's 60 for nothing; 30 s for a failure (three queries, one server). */
START_TEST(ttl)
{
	start(zone, "-t 100", 5);
	ck_assert_uint_eq(asked_after("one.example", 0), 1);
	ck_assert_uint_eq(asked_after("one.example", 95), 0);
	ck_assert_uint_eq(asked_after("one.example", 10), 1);
	ck_assert_uint_eq(asked_after("nowhere.example", 0), 1);
	ck_assert_uint_eq(asked_after("nowhere.example", 55), 0);
	ck_assert_uint_eq(asked_after("nowhere.example", 10), 1);
	ck_assert_uint_eq(asked_after("servfail.example", 0), 3);
	ck_assert_uint_eq(asked_after("servfail.example", 25), 0);
	ck_assert_uint_eq(asked_after("servfail.example", 10), 3);
}
END_TEST

START_TEST(ttl_bounds)
{
	start(zone, _i ? "-t 2000000000" : "-t 0", 5);
	ck_assert_uint_eq(asked_after("one.example", 0), 1);
	ck_assert_uint_eq(asked_after("one.example", _i ? 86000 : 0), 0);
	ck_assert_uint_eq(asked_after("one.example", _i ? 1000 : 6), 1);
}
END_TEST

/* The server comes back: known after half a minute. */
START_TEST(recovers)
{
	start("a.example\tx\n", "--silent", 1);
	ck_assert_int_eq(look_up("a.example").status, TXT_TEMPORARY);
	ck_assert_int_eq(kill(server.pid, SIGUSR1), 0);
	ck_assert_int_eq(look_up("a.example").status, TXT_TEMPORARY);
	skipped += 31;
	ck_assert_int_eq(look_up("a.example").status, TXT_FOUND);
}
END_TEST

START_TEST(time_is_bounded)
{
	double before = seconds();

	start("a.example\tx\n", "--silent", 1);
	ck_assert_int_eq(look_up("a.example").status, TXT_TEMPORARY);
	ck_assert_double_ge(seconds() - before, 0.9);
	ck_assert_double_lt(seconds() - before, 4.0);
	ck_assert_uint_ge(queries(), 2);
	/* One wait, not one a message. */
	before = seconds();
	ck_assert_int_eq(look_up("a.example").status, TXT_TEMPORARY);
	ck_assert_double_lt(seconds() - before, 0.5);
}
END_TEST

/* Nobody listens at the port. */
START_TEST(no_server)
{
	connect_to(arena_printf(arena, "127.0.0.1:%u", server_no_port()).p, 1);
	ck_assert_int_eq(look_up("a.example").status, TXT_TEMPORARY);
}
END_TEST

/* The second server answers when the first does not. */
START_TEST(second_server)
{
	server_write(&server, "zone", SPAN("a.example\tx\n"));
	server_start(&server, "dnsstub", "-z zone");
	connect_to(arena_printf(arena, "127.0.0.1:%u, 127.0.0.1:%u", server_no_port(), server.port).p, 5);
	ck_assert_int_eq(look_up("a.example").status, TXT_FOUND);
}
END_TEST

/* An answer that comes after its waiter gave up takes the place of the failure. */
START_TEST(late_answer)
{
	start("a.example\t@DELAY 1300 late\nb.example\t@DELAY 1000 other\n", "", 1);
	ck_assert_int_eq(look_up("a.example").status, TXT_TEMPORARY);
	usleep(600 * 1000);
	ck_assert_int_eq(look_up("a.example").status, TXT_FOUND);
}
END_TEST

/* --- prefetch -------------------------------------------------------------------------- */

enum { NAMES = 40 };

static struct span many[NAMES];

/* Names of records that each come 300 ms late. */
static const char *many_late(void)
{
	struct buf text = BUF_INIT;

	for (int i = 0; i < NAMES; i++) {
		many[i] = arena_printf(arena, "s%d.example", i);
		buf_printf(&text, "s%d.example\t@DELAY 300 key %d\n", i, i);
	}
	return buf_move(&text, arena).p;
}

/* All are asked for before anybody waits, each once, and all that come are there for those who do. */
START_TEST(prefetch_is_parallel)
{
	double before;

	start(many_late(), "", 60);
	source.prefetch(source.self, many, NAMES);
	source.prefetch(source.self, many, NAMES);
	for (int i = 0; i < 1000 && queries() < NAMES; i++)
		usleep(5000);
	ck_assert_uint_eq(queries(), NAMES);
	before = seconds();
	for (int i = NAMES - 1; i >= 0; i--) {
		struct txt t = source.txt(source.self, arena, many[i]);

		ck_assert_int_eq(t.status, TXT_FOUND);
		ck_assert(span_is(t.records[0], arena_printf(arena, "key %d", i).p));
	}
	ck_assert_double_lt(seconds() - before, NAMES * 0.3 / 2);
	ck_assert_uint_eq(queries(), NAMES);
}
END_TEST

/* However many do not answer, it is one wait. */
START_TEST(prefetch_of_silence)
{
	double before = seconds();

	start(many_late(), "--silent", 1);
	source.prefetch(source.self, many, NAMES);
	for (int i = 0; i < NAMES; i++)
		ck_assert_int_eq(source.txt(source.self, arena, many[i]).status, TXT_TEMPORARY);
	ck_assert_double_lt(seconds() - before, 10.0);
	ck_assert_double_ge(seconds() - before, 0.9);
}
END_TEST

/* A message with twenty signatures and a server that says nothing: one wait, not twenty. */
START_TEST(message_of_twenty)
{
	struct envelope envelope = { 0 };
	struct buf text = BUF_INIT;
	struct message m;
	struct verdict v;
	double before;

	for (int i = 0; i < 20; i++)
		buf_printf(&text,
		           "DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=s; h=from; bh=s14J+iztnrytnRYzb7lhFG/jS/vrxWJnnahfijFMnco=; b=AAAA\r\n", i);
	buf_str(&text, "From: a@d1.example\r\n\r\nx\r\n");
	start("a.example\tx\n", "--silent", 2);
	ck_assert(message_parse(arena, buf_span(&text), &m, NULL));
	before = seconds();
	verify_message(arena, &m, &envelope, &source, &(struct verify_options){ .now = 1800000000 }, &v);
	ck_assert_double_lt(seconds() - before, 8.0);
	ck_assert_double_ge(seconds() - before, 1.9);
	ck_assert_uint_eq(v.ndkim1, 20);
	ck_assert(v.temporary && v.dkim1[19].result == AUTH_TEMPERROR);
	ck_assert_uint_ge(queries(), 20);
	buf_free(&text);
}
END_TEST

/* A bound for all together; what is answered within it is known, and without it one waits again. */
START_TEST(budget)
{
	double before;

	start("a.example\tx\nb.example\t@TIMEOUT\nc.example\t@TIMEOUT\nd.example\t@DELAY 300 y\n", "", 20);
	dns_budget(dns, 1);
	before = seconds();
	ck_assert_int_eq(look_up("a.example").status, TXT_FOUND);
	ck_assert_int_eq(look_up("b.example").status, TXT_TEMPORARY);
	ck_assert_int_eq(look_up("c.example").status, TXT_TEMPORARY);
	ck_assert_int_eq(look_up("d.example").status, TXT_TEMPORARY);
	ck_assert_int_eq(look_up("a.example").status, TXT_FOUND);
	ck_assert_double_ge(seconds() - before, 0.9);
	ck_assert_double_lt(seconds() - before, 5.0);
	dns_budget(dns, 0);
	skipped += 31;
	ck_assert_int_eq(look_up("d.example").status, TXT_FOUND);
}
END_TEST

START_TEST(prefetch_is_bounded)
{
	struct span names[LIMIT_DNS_LOOKUPS + 20];

	start("a.example\tx\n", "", 60);
	for (unsigned i = 0; i < LIMIT_DNS_LOOKUPS + 20; i++)
		names[i] = arena_printf(arena, "n%u.example", i);
	source.prefetch(source.self, names, LIMIT_DNS_LOOKUPS + 20);
	for (unsigned i = 0; i < LIMIT_DNS_LOOKUPS; i++)
		ck_assert_int_eq(source.txt(source.self, arena, names[i]).status, TXT_NONE);
	ck_assert_uint_eq(queries(), LIMIT_DNS_LOOKUPS);
}
END_TEST

START_TEST(free_with_queries_out)
{
	start(many_late(), "", 60);
	source.prefetch(source.self, many, NAMES);
}
END_TEST

/* --- a server of our own ------------------------------------------------------------------ */

/* Name of the question as text; the length of the question in *N. */
static void read_question(const unsigned char *query, char name[256], size_t *n)
{
	size_t at = 12, out = 0;

	while (query[at]) {
		if (out)
			name[out++] = '.';
		memcpy(name + out, query + at + 1, query[at]);
		out += query[at];
		at += 1u + query[at];
	}
	name[out] = '\0';
	*n = at + 5 - 12;
}

struct answer {
	unsigned char p[4096];
	size_t n;
};

static void put(struct answer *a, const char *bytes, size_t n)
{
	memcpy(a->p + a->n, bytes, n);
	a->n += n;
}

/* Question and flags of QUERY, COUNT records to come. */
static void begin_answer(struct answer *a, const unsigned char *query, size_t question, unsigned flags,
                         unsigned count)
{
	unsigned char head[12] = { query[0], query[1], (unsigned char)(flags >> 8), (unsigned char)flags, 0, 1, 0,
		(unsigned char)count };

	a->n = 0;
	put(a, (const char *)head, 12);
	put(a, (const char *)query + 12, question);
}

#define PUT(a, literal) put((a), (literal), sizeof(literal) - 1)
#define TXT_RECORD(text) "\xc0\x0c\0\x10\0\1\0\0\1\0\0\3\2" text
/* An alias of LABEL (one byte) in the domain of the question, whose first label is one byte as well. */
#define ALIAS_RECORD(label) "\xc0\x0c\0\5\0\1\0\0\1\0\0\4\1" label "\xc0\x0e"

/* What NAME gets. Sent as often as it returns true, with *TURN counting. */
static bool make_answer(struct answer *a, const unsigned char *q, const char *name, size_t question, int turn)
{
	static const char from[] = "abcdijkm", to[] = "bcdzjzmz";
	bool edns = q[11], ad = q[3] & 0x20;

	if (!strcmp(name, "ad.example")) { /* only to those who ask for it */
		begin_answer(a, q, question, ad ? 0x81a0 : 0x8180, 1);
		PUT(a, TXT_RECORD("ok"));
	} else if (!strcmp(name, "plain.example") && edns) {
		begin_answer(a, q, question, 0x8181, 0);
	} else if (!strcmp(name, "notimp.example") && edns) {
		begin_answer(a, q, question, 0x8184, 0);
	} else if (strchr(from, name[0]) && name[1] == '.') { /* a, b, c, d, z and i, j, z and k, m, z */
		char alias[] = ALIAS_RECORD("x");

		alias[13] = to[strchr(from, name[0]) - from];
		begin_answer(a, q, question, name[0] == 'j' ? 0x8180 : 0x81a0, 1);
		put(a, alias, sizeof(alias) - 1);
	} else if (!strcmp(name, "z.example")) {
		begin_answer(a, q, question, 0x81a0, 1);
		PUT(a, TXT_RECORD("ok"));
	} else if (!strcmp(name, "y.example")) { /* of itself */
		begin_answer(a, q, question, 0x8180, 1);
		PUT(a, ALIAS_RECORD("y"));
	} else if (!strcmp(name, "w.example")) { /* of what is no host name */
		begin_answer(a, q, question, 0x8180, 1);
		PUT(a, ALIAS_RECORD("*"));
	} else if (!strcmp(name, "junk.example") && turn == 0) {
		begin_answer(a, q, question, 0x8180, 0);
		a->n = 11;
	} else if (!strcmp(name, "other.example") && turn == 0) { /* the answer to another question */
		begin_answer(a, q, question, 0x8180, 1);
		a->p[13] ^= 1;
		PUT(a, TXT_RECORD("no"));
	} else if (!strcmp(name, "forged.example") && turn == 0) { /* the wrong number */
		begin_answer(a, q, question, 0x8180, 1);
		a->p[0] ^= 0xff;
		PUT(a, TXT_RECORD("no"));
	} else if (!strcmp(name, "case.example")) { /* as a server that changes the question does */
		begin_answer(a, q, question, 0x8180, 1);
		a->p[13] = 'C';
		a->p[16] = 'E';
		PUT(a, TXT_RECORD("ok"));
	} else if (!strcmp(name, "foreign.example")) { /* the record of another name */
		begin_answer(a, q, question, 0x8180, 1);
		PUT(a, "\1x\xc0\x14\0\x10\0\1\0\0\1\0\0\3\2no");
	} else if (!strcmp(name, "broken.example")) {
		begin_answer(a, q, question, 0x8180, 1);
		PUT(a, "\xc0\x0c\0\x10\0\1\0\0\1\0\xff\xff\2ok");
	} else {
		begin_answer(a, q, question, 0x8180, 1);
		PUT(a, TXT_RECORD("ok"));
		return false;
	}
	return !strcmp(name, "junk.example") || !strcmp(name, "other.example") || !strcmp(name, "forged.example");
}

static _Noreturn void serve(int fd)
{
	for (;;) {
		unsigned char query[1024];
		struct sockaddr_in peer;
		socklen_t size = sizeof(peer);
		ssize_t n = recvfrom(fd, query, sizeof(query), 0, (struct sockaddr *)&peer, &size);
		struct answer a;
		size_t question;
		char name[256];
		bool more = true;

		if (n < 17)
			continue;
		read_question(query, name, &question);
		for (int turn = 0; more; turn++) {
			more = make_answer(&a, query, name, question, turn);
			sendto(fd, a.p, a.n, 0, (struct sockaddr *)&peer, size);
		}
	}
}

/* Run it; the resolver asks it. */
static pid_t start_own(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, size), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
	}
	close(fd);
	connect_to(arena_printf(arena, "127.0.0.1:%u", ntohs(a.sin_port)).p, 2);
	return pid;
}

static const struct {
	const char *name;
	enum txt_status status;
	bool authenticated;
} odd_cases[] = {
	{ "fine.example", TXT_FOUND, false },
	{ "ad.example", TXT_FOUND, true },
	{ "plain.example", TXT_FOUND, false },
	{ "notimp.example", TXT_TEMPORARY, false }, /* c-ares does not show it */
	/* an authentic answer is one with nothing else on the way to it */
	{ "a.example", TXT_FOUND, true },
	{ "i.example", TXT_FOUND, false },
	{ "j.example", TXT_FOUND, false },
	{ "k.example", TXT_FOUND, true },
	{ "y.example", TXT_TEMPORARY, false },
	{ "w.example", TXT_NONE, false },
	{ "junk.example", TXT_FOUND, false },
	{ "other.example", TXT_FOUND, false },
	{ "forged.example", TXT_FOUND, false },
	{ "case.example", TXT_FOUND, false },
	{ "foreign.example", TXT_TEMPORARY, false },
	{ "broken.example", TXT_TEMPORARY, false },
};

static void check_odd(int i)
{
	struct txt t = look_up(odd_cases[i].name);

	ck_assert_msg(t.status == odd_cases[i].status, "%s: status %d", odd_cases[i].name, t.status);
	ck_assert_int_eq(t.authenticated, odd_cases[i].authenticated);
	if (t.status == TXT_FOUND)
		ck_assert(t.n == 1 && span_is(t.records[0], "ok"));
}

START_TEST(odd)
{
	pid_t pid = start_own();

	check_odd(_i);
	/* And the resolver is as good as before. */
	check_odd(0);
	check_odd(2);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
}
END_TEST

/* A server without EDNS: several questions at once, then one after the other. */
START_TEST(without_edns)
{
	struct span names[3] = { SPAN("plain.example"), SPAN("fine.example"), SPAN("ad.example") };
	pid_t pid = start_own();

	source.prefetch(source.self, names, 3);
	for (int turn = 0; turn < 3; turn++) {
		check_odd(2);
		check_odd(0);
		check_odd(1);
		skipped += 100000;
	}
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
}
END_TEST

/* --- configuration -------------------------------------------------------------------------- */

START_TEST(bad_servers)
{
	static const char *const bad[] = { "localhost", "127.0.0.1:x", "127.0.0.1:99999", ",", "[::1" };
	struct err e = { 0 };

	ck_assert_ptr_null(dns_new(span_str(bad[_i]), 1, &env, &e));
	ck_assert_int_eq(e.class, ERR_MISUSE);
}
END_TEST

START_TEST(servers_of_the_system)
{
	connect_to("", 1);
}
END_TEST

static const char *const lists[] = { "[::1]:5353", "::1", "[::1]", "127.0.0.1", "127.0.0.1:53,[::1]:53,::1" };

START_TEST(good_servers)
{
	connect_to(lists[_i], 1);
}
END_TEST

Suite *dns_suite(void);
Suite *dns_suite(void)
{
	Suite *s = suite_create("net/dns");
	TCase *c = tcase_create("dns");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, answers, 0, LENGTH(cases));
	tcase_add_test(c, all_together);
	tcase_add_test(c, never_asked);
	tcase_add_test(c, longest_name);
	tcase_add_test(c, no_search);
	tcase_add_test(c, ttl);
	tcase_add_loop_test(c, ttl_bounds, 0, 2);
	tcase_add_test(c, recovers);
	tcase_add_test(c, time_is_bounded);
	tcase_add_test(c, no_server);
	tcase_add_test(c, second_server);
	tcase_add_test(c, late_answer);
	tcase_add_test(c, prefetch_is_parallel);
	tcase_add_test(c, prefetch_of_silence);
	tcase_add_test(c, message_of_twenty);
	tcase_add_test(c, budget);
	tcase_add_test(c, prefetch_is_bounded);
	tcase_add_test(c, free_with_queries_out);
	tcase_add_loop_test(c, odd, 0, LENGTH(odd_cases));
	tcase_add_test(c, without_edns);
	tcase_add_loop_test(c, bad_servers, 0, 5);
	tcase_add_test(c, servers_of_the_system);
	tcase_add_loop_test(c, good_servers, 0, LENGTH(lists));
	suite_add_tcase(s, c);
	return s;
}
