/* The SMTP client against tests/tools/sink, and against servers that no one would want. */
#include "net/smtp.h"

#include "base/buf.h"
#include "certificates.h"
#include "servers.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))
#define MESSAGE "Subject: x\r\n\r\nhello\r\n"

/* Steps of scripts. */
#define HELLO ">220 x\r\n", "<EHLO lists.example\r\n", ">250-x\r\n250 PIPELINING\r\n"
#define PLAIN_HELLO ">220 x\r\n", "<EHLO lists.example\r\n", ">250 x\r\n"
#define UP_TO_DATA HELLO, "<DATA\r\n", ">250 a\r\n250 b\r\n"

static struct arena *arena;
static struct server server;
static struct smtp *smtp;
static struct smtp_config config;

static void setup(void)
{
	arena = arena_new();
	server_folder(&server);
	config = (struct smtp_config){ .connections = 1, .hostname = SPAN("lists.example") };
}

static void teardown(void)
{
	smtp_free(smtp);
	smtp = NULL;
	if (server.pid > 0)
		server_stop(&server);
	server_forget(&server);
	arena_free(arena);
}

static void sink(const char *script, const char *options)
{
	server_write(&server, "script", span_str(script));
	server_start(&server, "sink", arena_printf(arena, "-v -o out -r script %s", options).p);
}

static void connect_to(unsigned port)
{
	struct err e;

	config.url = arena_printf(arena, "smtp://127.0.0.1:%u", port);
	smtp = smtp_new(&config, &e);
	ck_assert_msg(smtp != NULL, "%s", e.text);
}

/* A sink with SCRIPT and a client of it. */
static void start(const char *script, const char *options)
{
	sink(script, options);
	connect_to(server.port);
}

/* End client and sink; its log is complete then. */
static void finish(void)
{
	smtp_free(smtp);
	smtp = NULL;
	server_stop(&server);
}

static struct smtp_job *job_of(struct span from, struct span to, struct span message)
{
	struct smtp_job *job = ARENA_NEW(arena, struct smtp_job);
	struct segment *segment = ARENA_NEW(arena, struct segment);

	segment->bytes = message;
	*job = (struct smtp_job){ .mail_from = from, .rcpt_to = to, .null_sender = from.n == 0,
		.segments = segment, .count = 1, .size = message.n };
	return job;
}

/* Until JOB comes back. */
static const struct smtp_result *run(struct smtp_job *job)
{
	struct smtp_job *done = NULL;
	struct err e;

	ck_assert_uint_eq(smtp_busy(smtp), 0);
	smtp_submit(smtp, job);
	for (int i = 0; i < 300 && !done; i++) {
		ck_assert_uint_eq(smtp_busy(smtp), 1);
		ck_assert_msg(smtp_drive(smtp, 100, &e), "%s", e.text);
		done = smtp_done(smtp);
	}
	ck_assert_ptr_eq(done, job);
	ck_assert_uint_eq(smtp_busy(smtp), 0);
	ck_assert_ptr_null(smtp_done(smtp));
	return &job->result;
}

static const struct smtp_result *send_message(struct span message)
{
	return run(job_of(SPAN("dev@lists.example"), SPAN("ann@home.example"), message));
}

static const struct smtp_result *send_to(const char *rcpt)
{
	return run(job_of(SPAN("dev@lists.example"), span_str(rcpt), SPAN(MESSAGE)));
}

#define CHECK_RESULT(result, want_outcome, want_down, want_code, want_text) do { \
	const struct smtp_result *got_ = (result); \
	ck_assert_msg(got_->outcome == (want_outcome), "%s: %s", outcome_name(got_->outcome), got_->reply); \
	ck_assert_msg(got_->relay_down == (want_down), "relay_down=%d: %s", got_->relay_down, got_->reply); \
	ck_assert_msg(got_->code == (want_code), "code=%ld: %s", got_->code, got_->reply); \
	ck_assert_msg(strstr(got_->reply, (want_text)) != NULL, "\"%s\" is not in \"%s\"", (want_text), \
	              got_->reply); \
} while (0)

#define CHECK_SENT(result) CHECK_RESULT((result), OUTCOME_SENT, false, 250, "250 2.0.0 accepted")

static struct span received(const char *name)
{
	return server_file(arena, &server, arena_printf(arena, "out/%s", name).p);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this process. */
static unsigned open_connections(void)
{
	unsigned n = 0;

	for (int fd = 3; fd < 200; fd++) {
		struct sockaddr_storage a;
		socklen_t size = sizeof(a);

		n += getpeername(fd, (struct sockaddr *)&a, &size) == 0 && a.ss_family == AF_INET;
	}
	return n;
}

/* --- what arrives ----------------------------------------------------------------- */

START_TEST(plain)
{
	start("", "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	ck_assert(span_is(received("001.eml"), MESSAGE));
	ck_assert(span_is(received("001.env"), "<dev@lists.example>\n<ann@home.example>\n"));
	ck_assert(span_is(received("001.params"), "MAIL <dev@lists.example> SIZE=21\n"));
	finish();
	ck_assert_uint_eq(server_logged(&server, "< EHLO lists.example\n"), 1);
	ck_assert_uint_eq(server_logged(&server, "< QUIT"), 1);
	ck_assert_uint_eq(server_count(&server, "bare_lf"), 0);
	/* PIPELINING is used when offered: RCPT and DATA. */
	ck_assert_uint_eq(server_count(&server, "commands_ahead"), 2);
}
END_TEST

START_TEST(without_pipelining)
{
	start("rcpt gone@* reply 550 5.1.1 gone\n", "--no-pipelining --strict");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	CHECK_RESULT(send_to("gone@x.example"), OUTCOME_FAILED, false, 550, "550 5.1.1 gone");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_logged(&server, "error:"), 0);
	ck_assert_uint_eq(server_count(&server, "commands_ahead"), 0);
	ck_assert_uint_eq(server_count(&server, "accepted"), 2);
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
	ck_assert_uint_eq(server_logged(&server, "< DATA"), 2);
}
END_TEST

/* A relay that knows HELO only. */
START_TEST(helo)
{
	start("ehlo * reply 502 5.5.1 what\n", "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	ck_assert(span_is(received("001.params"), ""));
	finish();
	ck_assert_uint_eq(server_logged(&server, "< HELO"), 1);
}
END_TEST

static const struct {
	struct span sent;
	struct span stored;
} contents[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("\r\n"), SPAN_INIT("\r\n") },
	{ SPAN_INIT("a: b\r\n\r\n.\r\n..\r\n.x\r\nx.\r\n"), SPAN_INIT("a: b\r\n\r\n.\r\n..\r\n.x\r\nx.\r\n") },
	{ SPAN_INIT("a: b\r\n\r\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\n"),
	  SPAN_INIT("a: b\r\n\r\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\n") },
	{ SPAN_INIT("a: b\r\n\r\nno end"), SPAN_INIT("a: b\r\n\r\nno end\r\n") },
	{ SPAN_INIT("a: b\r\n\r\n."), SPAN_INIT("a: b\r\n\r\n.\r\n") },
	{ SPAN_INIT("a: b\r\n\r\n\0\x01\x80\xff\r\n"), SPAN_INIT("a: b\r\n\r\n\0\x01\x80\xff\r\n") },
};

/* Exactly the bytes, however they are cut, all over one connection. */
START_TEST(content)
{
	struct span in = contents[_i].sent;

	start("", "--strict");
	for (size_t i = 0; i <= in.n; i++) {
		struct smtp_job *job = job_of(SPAN("a@b.example"), SPAN("c@d.example"), in);
		struct segment cut[2] = { { span_sub(in, 0, i), true }, { span_from(in, i), true } };

		job->segments = cut;
		job->count = 2;
		CHECK_SENT(run(job));
		ck_assert(span_eq(received(arena_printf(arena, "%03zu.eml", i + 1).p), contents[_i].stored));
	}
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
	ck_assert_uint_eq(server_count(&server, "bare_lf"), 0);
}
END_TEST

/* N bytes of short lines, many of which begin with a dot. */
static struct span large(size_t n)
{
	char *p = arena_alloc(arena, n);

	for (size_t i = 0; i < n; i++)
		p[i] = "..dot\r\n.\r\nline\r\n.x.\r\n.."[i % 24];
	p[n - 2] = '\r';
	p[n - 1] = '\n';
	/* No CR or LF may stand alone where the pattern was cut. */
	p[n - 3] = p[n - 4] = p[n - 5] = 'x';
	return (struct span){ p, n };
}

START_TEST(large_content)
{
	struct span in = large(6 * 1000 * 1000 + 7);

	start("", "--strict");
	CHECK_SENT(send_message(in));
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	ck_assert(span_eq(received("001.eml"), in));
	ck_assert(span_is(received("002.eml"), MESSAGE));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
}
END_TEST

START_TEST(bare_lf_never_goes_out)
{
	static const struct span messages[] = { SPAN_INIT("a: b\n\nc\n"),
		SPAN_INIT("a: b\r\n\r\nx\n.\r\nMAIL FROM:<evil@x.example>\r\n"), SPAN_INIT("\n") };
	struct smtp_job *job;
	struct segment cut[2] = { { SPAN("a\r\nx"), true }, { SPAN("\n.\r\n"), true } };

	start("", "");
	for (int i = 0; i < LENGTH(messages); i++) {
		CHECK_RESULT(send_message(messages[i]), OUTCOME_FAILED, false, 0, "5.6.0");
		ck_assert_uint_eq(smtp_room(smtp), 1);
	}
	job = job_of(SPAN("a@b.example"), SPAN("c@d.example"), SPAN(MESSAGE));
	job->segments = cut;
	job->count = 2;
	CHECK_RESULT(run(job), OUTCOME_FAILED, false, 0, "LF without a CR");
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 0);
}
END_TEST

/* --- envelope --------------------------------------------------------------------- */

START_TEST(hostile_addresses)
{
	static const struct span bad[] = {
		SPAN_INIT("a@b.example>\r\nRCPT TO:<evil@x.example"), SPAN_INIT("a@b.example\r\nNOOP"),
		SPAN_INIT("a@b.example\n"), SPAN_INIT("a\0@b.example"), SPAN_INIT("a b@c.example"),
		SPAN_INIT("<a@b.example>"), SPAN_INIT("a@b.example> NOTIFY=NEVER"), SPAN_INIT("nobody"),
		SPAN_INIT("a@b..example"), SPAN_INIT("\"a\r\nNOOP\"@b.example"),
	};

	start("", "");
	for (int i = 0; i < LENGTH(bad); i++) {
		const struct smtp_result *r;

		r = run(job_of(SPAN("dev@lists.example"), bad[i], SPAN(MESSAGE)));
		CHECK_RESULT(r, OUTCOME_FAILED, false, 0, "5.1.");
		ck_assert_ptr_null(strpbrk(r->reply, "\r\n"));
		r = run(job_of(bad[i], SPAN("ann@home.example"), SPAN(MESSAGE)));
		CHECK_RESULT(r, OUTCOME_FAILED, false, 0, "5.1.");
	}
	CHECK_RESULT(send_to(""), OUTCOME_FAILED, false, 0, "5.1.3");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 1);
	ck_assert_uint_eq(server_logged(&server, "evil"), 0);
	ck_assert_uint_eq(server_logged(&server, "< NOOP"), 0);
}
END_TEST

START_TEST(null_sender)
{
	struct smtp_job *forgotten = job_of(SPAN(""), SPAN("c@d.example"), SPAN(MESSAGE));
	struct smtp_job *contrary = job_of(SPAN("a@b.example"), SPAN("c@d.example"), SPAN(MESSAGE));

	start("", "");
	forgotten->null_sender = false;
	CHECK_RESULT(run(forgotten), OUTCOME_FAILED, false, 0, "no sender");
	contrary->null_sender = true;
	CHECK_RESULT(run(contrary), OUTCOME_FAILED, false, 0, "5.1.7");
	CHECK_SENT(run(job_of(SPAN(""), SPAN("c@d.example"), SPAN(MESSAGE))));
	ck_assert(span_is(received("001.env"), "<>\n<c@d.example>\n"));
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 1);
}
END_TEST

START_TEST(domains_are_a_labels)
{
	start("", "--no-smtputf8");
	CHECK_SENT(run(job_of(SPAN("a@b\xc3\xbc" "cher.example"), SPAN("\"x y\"@\xcf\x80.example"),
	                      SPAN(MESSAGE))));
	ck_assert(span_is(received("001.env"),
	                  "<a@xn--bcher-kva.example>\n<\"x y\"@xn--1xa.example>\n"));
	finish();
}
END_TEST

static struct smtp_job *utf8_job(void)
{
	return job_of(SPAN("dev@lists.example"), SPAN("j\xc3\xb6@home.example"), SPAN(MESSAGE));
}

/* Said for a local part, and for a header although the addresses are ASCII; not for others. */
START_TEST(smtputf8_offered)
{
	struct smtp_job *header = job_of(SPAN("a@b.example"), SPAN("c@d.example"),
	                                 SPAN("Subject: \xc3\xb6\r\n\r\n"));

	header->utf8 = true;
	start("", "");
	CHECK_SENT(run(utf8_job()));
	ck_assert(!smtp_lacks_utf8(smtp));
	CHECK_SENT(run(header));
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	ck_assert(span_is(received("001.env"), "<dev@lists.example>\n<j\xc3\xb6@home.example>\n"));
	ck_assert(span_is(received("001.params"), "MAIL <dev@lists.example> SIZE=21 SMTPUTF8\n"));
	ck_assert(span_is(received("002.params"), "MAIL <a@b.example> SIZE=15 BODY=8BITMIME SMTPUTF8\n"));
	ck_assert(span_is(received("003.params"), "MAIL <dev@lists.example> SIZE=21\n"));
	finish();
}
END_TEST

/* Nothing of such a copy goes out, and the connection goes on. */
START_TEST(smtputf8_not_offered)
{
	struct smtp_job *header = job_of(SPAN("a@b.example"), SPAN("c@d.example"), SPAN(MESSAGE));

	header->utf8 = true;
	start("", "--no-smtputf8");
	ck_assert(!smtp_lacks_utf8(smtp)); /* nobody knows yet */
	CHECK_RESULT(run(utf8_job()), OUTCOME_FAILED, false, 0, "5.6.7");
	ck_assert(smtp_lacks_utf8(smtp));
	ck_assert(!header->result.wants_ascii);
	CHECK_RESULT(run(header), OUTCOME_FAILED, false, 0, "SMTPUTF8");
	ck_assert(header->result.wants_ascii);
	CHECK_RESULT(run(utf8_job()), OUTCOME_FAILED, false, 0, "5.6.7");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
	ck_assert_uint_eq(server_count(&server, "accepted"), 1);
	ck_assert_uint_eq(server_logged(&server, "< MAIL"), 1);
}
END_TEST

/* A server further on may have none: by the status, and only for a copy that asked for it. */
static const struct {
	bool utf8;
	const char *rule;
	bool wants_ascii;
} refused_for_utf8[] = {
	{ true, "rcpt * reply 553 5.6.7 not here", true },
	{ true, "dot * reply 554 5.6.9 not here", true },
	{ true, "rcpt * reply 450 4.6.7 later", false },
	{ true, "rcpt * reply 550 5.1.1 nobody", false },
	{ true, "rcpt * reply 550 5.6.70 what", false },
	{ true, "rcpt * reply 550 no 5.6.7 here", false },
	{ false, "rcpt * reply 553 5.6.7 not here", false },
};

START_TEST(smtputf8_refused)
{
	struct smtp_job *job = job_of(SPAN("a@b.example"), SPAN("c@d.example"), SPAN(MESSAGE));

	job->utf8 = refused_for_utf8[_i].utf8;
	start(refused_for_utf8[_i].rule, "");
	run(job);
	ck_assert(job->result.wants_ascii == refused_for_utf8[_i].wants_ascii);
	finish();
}
END_TEST

START_TEST(eight_bit)
{
	start("", _i ? "--no-8bitmime" : "");
	CHECK_SENT(send_message(SPAN("a: b\r\n\r\n\xc3\xb6\r\n")));
	ck_assert(span_is(received("001.params"),
	                  _i ? "MAIL <dev@lists.example> SIZE=12\n"
	                     : "MAIL <dev@lists.example> SIZE=12 BODY=8BITMIME\n"));
	ck_assert(span_is(received("001.eml"), "a: b\r\n\r\n\xc3\xb6\r\n"));
	finish();
}
END_TEST

/* Before a byte of it is sent. */
START_TEST(too_large)
{
	start("", "--max-size 1000");
	CHECK_RESULT(send_message(large(5000)), OUTCOME_FAILED, false, 552, "552 5.3.4");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "bytes"), 21);
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
	ck_assert_uint_eq(server_logged(&server, "> 354"), 1);
}
END_TEST

START_TEST(too_large_without_size)
{
	start("", "--max-size 1000 --no-size");
	CHECK_RESULT(send_message(large(5000)), OUTCOME_FAILED, false, 552, "552 5.3.4");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
}
END_TEST

/* --- replies ---------------------------------------------------------------------- */

static const struct {
	const char *script;
	enum outcome outcome;
	bool relay_down;
	long code;
	const char *text;
	unsigned connections; /* for this copy and the next */
} replies[] = {
	{ "mail * times 1 reply 450 4.7.1 later", OUTCOME_DEFERRED, false, 450, "450 4.7.1 later", 1 },
	{ "mail * times 1 reply 550 5.7.1 never", OUTCOME_FAILED, false, 550, "550 5.7.1 never", 1 },
	{ "rcpt * times 1 reply 450 4.2.0 later", OUTCOME_DEFERRED, false, 450, "450 4.2.0 later", 1 },
	{ "rcpt * times 1 reply 550 5.1.1 no\\n5.1.1 such\\n5.1.1 user", OUTCOME_FAILED, false, 550,
	  "550 5.1.1 no such user", 1 },
	{ "data * times 1 reply 451 4.3.0 later", OUTCOME_DEFERRED, false, 451, "451 4.3.0 later", 1 },
	{ "data * times 1 reply 554 5.3.0 never", OUTCOME_FAILED, false, 554, "554 5.3.0 never", 1 },
	{ "dot * times 1 reply 450 4.3.1 full", OUTCOME_DEFERRED, false, 450, "450 4.3.1 full", 1 },
	{ "dot * times 1 reply 550 5.6.0 spam\\nvirus", OUTCOME_FAILED, false, 550,
	  "550 5.6.0 spam virus", 1 },
	/* other codes that say yes */
	{ "dot * times 1 reply 251 2.0.0 will forward", OUTCOME_SENT, false, 251, "will forward", 1 },
	{ "rcpt * times 1 reply 251 2.1.5 will forward", OUTCOME_SENT, false, 250, "accepted", 1 },
	{ "mail * times 1 reply 252 2.0.0 perhaps", OUTCOME_SENT, false, 250, "accepted", 1 },
	/* about the relay */
	{ "mail * times 1 reply-then-close 421 4.3.2 bye", OUTCOME_DEFERRED, true, 421, "421 4.3.2 bye", 2 },
	{ "rcpt * times 1 reply-then-close 421 4.3.2 bye", OUTCOME_DEFERRED, true, 421, "421 4.3.2 bye", 2 },
	{ "data * times 1 reply-then-close 421 4.3.2 bye", OUTCOME_DEFERRED, true, 421, "421 4.3.2 bye", 2 },
	{ "dot * times 1 reply-then-close 421 4.3.2 bye", OUTCOME_DEFERRED, true, 421, "421 4.3.2 bye", 2 },
	{ "mail * times 1 reply 530 5.7.0 STARTTLS first", OUTCOME_DEFERRED, true, 530, "STARTTLS", 1 },
	{ "connect * times 1 reply 554 5.7.1 not you", OUTCOME_DEFERRED, true, 554, "554 5.7.1 not you", 2 },
	{ "connect * times 1 reply-then-close 421 4.3.2 busy", OUTCOME_DEFERRED, true, 421, "421 4.3.2 busy", 2 },
	{ "connect * times 1 drop", OUTCOME_DEFERRED, true, 0, "", 2 },
	{ "ehlo * times 1 reply-then-close 421 4.3.2 busy", OUTCOME_DEFERRED, true, 421, "421 4.3.2 busy", 2 },
	{ "ehlo * times 1 drop", OUTCOME_DEFERRED, true, 0, "", 2 },
	/* the connection breaks */
	{ "mail * times 1 drop", OUTCOME_DEFERRED, false, 0, "closed the connection", 2 },
	{ "rcpt * times 1 drop", OUTCOME_DEFERRED, false, 0, "closed the connection", 2 },
	{ "data * times 1 drop", OUTCOME_DEFERRED, false, 0, "closed the connection", 2 },
	{ "data * times 1 drop-in-data 3", OUTCOME_DEFERRED, false, 0, "", 2 },
	{ "dot * times 1 drop", OUTCOME_DEFERRED, false, 0, "closed the connection", 2 },
	/* refused, and broken before all was answered */
	{ "rcpt * times 1 reply-then-close 550 5.1.1 gone", OUTCOME_FAILED, false, 550, "550 5.1.1 gone", 2 },
	{ "mail * times 1 reply-then-close 451 4.1.0 no", OUTCOME_DEFERRED, false, 451, "451 4.1.0 no", 2 },
	{ "dot * times 1 reply-then-close 554 5.6.0 no", OUTCOME_FAILED, false, 554, "554 5.6.0 no", 2 },
	{ "dot * times 1 reply-then-close 250 2.0.0 yes", OUTCOME_SENT, false, 250, "250 2.0.0 yes", 2 },
	/* printable */
	{ "rcpt * times 1 reply 550 5.1.1 \x1b[31m\xfftab\there", OUTCOME_FAILED, false, 550,
	  "550 5.1.1 ?[31m?tab here", 1 },
};

/* What a reply means, and that the next copy goes through, with a new connection only where it must be. */
START_TEST(reply)
{
	for (int lock_step = 0; lock_step < 2; lock_step++) {
		server_forget(&server);
		server_folder(&server);
		start(replies[_i].script, lock_step ? "--no-pipelining" : "");
		CHECK_RESULT(send_message(SPAN(MESSAGE)), replies[_i].outcome, replies[_i].relay_down,
		             replies[_i].code, replies[_i].text);
		CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_SENT, false, 250, "accepted as");
		finish();
		ck_assert_uint_eq(server_count(&server, "connections"), replies[_i].connections);
		ck_assert_uint_eq(server_count(&server, "accepted"),
		                  replies[_i].outcome == OUTCOME_SENT ? 2 : 1);
		ck_assert_uint_eq(server_logged(&server, "error:"), 0);
	}
}
END_TEST

/* Taken, but the answer is lost: deferred, so it comes twice rather than not at all. */
START_TEST(dropped_after_the_dot)
{
	start("dot * times 1 accept-then-drop", "");
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, false, 0, "closed the connection");
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_SENT, false, 250, "accepted");
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 2);
}
END_TEST

START_TEST(dropped_in_a_large_message)
{
	start("data * times 1 drop-in-data 200000", "");
	CHECK_RESULT(send_message(large(9000000)), OUTCOME_DEFERRED, false, 0, "closed the connection");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 1);
}
END_TEST

/* One says little, three in a row rest the relay, an answer starts the count again. */
START_TEST(failures_in_a_row)
{
	start("mail * times 2 drop\nmail * times 1 reply 450 4.0.0 x\nmail * times 4 drop", "");
	CHECK_RESULT(send_to("1@x.example"), OUTCOME_DEFERRED, false, 0, "");
	CHECK_RESULT(send_to("2@x.example"), OUTCOME_DEFERRED, false, 0, "");
	CHECK_RESULT(send_to("3@x.example"), OUTCOME_DEFERRED, false, 450, "");
	CHECK_RESULT(send_to("4@x.example"), OUTCOME_DEFERRED, false, 0, "");
	CHECK_RESULT(send_to("not an address"), OUTCOME_FAILED, false, 0, "");
	CHECK_RESULT(send_to("5@x.example"), OUTCOME_DEFERRED, false, 0, "");
	CHECK_RESULT(send_to("6@x.example"), OUTCOME_DEFERRED, true, 0, "");
	finish();
	/* The third's connection stayed open, so the fourth came again on a new one. */
	ck_assert_uint_eq(server_count(&server, "connections"), 6);
}
END_TEST

START_TEST(no_relay)
{
	connect_to(server_no_port());
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, true, 0, "onnect");
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, true, 0, "onnect");
}
END_TEST

START_TEST(no_such_host)
{
	struct err e;

	config.url = SPAN("smtp://no-such-host.invalid:25");
	smtp = smtp_new(&config, &e);
	ck_assert_ptr_nonnull(smtp);
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, true, 0, "no-such-host.invalid");
}
END_TEST

static const char *const stalls[] = { "mail * stall", "rcpt * stall", "data * stall", "dot * stall" };

START_TEST(stalled)
{
	config.reply_timeout = 1;
	start(stalls[_i], _i % 2 ? "" : "--no-pipelining");
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, false, 0, "did not answer in time");
}
END_TEST

/* --- connections ------------------------------------------------------------------ */

/* Submits COUNT copies as room comes; returns how many were sent. MAKE gives the I-th. */
static unsigned pump(unsigned count, struct smtp_job *(*make)(unsigned i))
{
	unsigned begun = 0, done = 0, sent = 0;
	struct smtp_job *job;
	struct err e;

	while (done < count) {
		while (begun < count && smtp_room(smtp) > 0)
			smtp_submit(smtp, make(begun++));
		ck_assert(smtp_drive(smtp, 1000, &e));
		while ((job = smtp_done(smtp))) {
			done++;
			sent += job->result.outcome == OUTCOME_SENT;
		}
	}
	ck_assert_uint_eq(smtp_room(smtp), config.connections);
	return sent;
}

static struct smtp_job *numbered(unsigned i)
{
	return job_of(arena_printf(arena, "dev+b-%u@lists.example", i),
	              arena_printf(arena, "m%u@home.example", i), SPAN(MESSAGE));
}

START_TEST(many_copies_few_connections)
{
	sink("", "");
	config.connections = 4;
	connect_to(server.port);
	ck_assert_uint_eq(pump(1000, numbered), 1000);
	finish();
	ck_assert_uint_le(server_count(&server, "connections"), 4);
	ck_assert_uint_eq(server_count(&server, "accepted"), 1000);
	/* Each to its recipient, with its own sender. */
	for (unsigned i = 0; i < 1000; i += 99) {
		ck_assert_uint_eq(server_logged(&server, arena_printf(arena, "MAIL FROM:<dev+b-%u@", i).p), 1);
		ck_assert_uint_eq(server_logged(&server, arena_printf(arena, "RCPT TO:<m%u@", i).p), 1);
	}
}
END_TEST

/* A copy needs one connection, whatever is allowed. */
START_TEST(no_more_connections_than_needed)
{
	sink("", "");
	config.connections = 10;
	connect_to(server.port);
	for (unsigned i = 0; i < 20; i++)
		CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
}
END_TEST

/* The one that is open is taken, also when it is not the first. */
START_TEST(open_connection_is_used)
{
	sink("dot m0@* reply-then-close 421 4.3.2 bye\n", "");
	config.connections = 2;
	connect_to(server.port);
	ck_assert_uint_eq(pump(2, numbered), 1);
	CHECK_RESULT(run(numbered(2)), OUTCOME_SENT, false, 250, "accepted");
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 2);
}
END_TEST

/* While the relay thinks about one copy the others go on: 40 times 150 ms is 6 s in a row, 0.6 s so. */
START_TEST(waits_side_by_side)
{
	double before;

	sink("dot * delay 150\n", "");
	config.connections = 10;
	connect_to(server.port);
	before = seconds();
	ck_assert_uint_eq(pump(40, numbered), 40);
	ck_assert_double_lt(seconds() - before, 4.0);
}
END_TEST

/* Nor does one that is stuck hold up the others. */
START_TEST(one_stalls)
{
	sink("dot m3@* stall\nrcpt m5@* stall\n", "");
	config.connections = 4;
	config.reply_timeout = 2;
	connect_to(server.port);
	ck_assert_uint_eq(pump(100, numbered), 98);
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 98);
}
END_TEST

static struct smtp_job *every_other_bad(unsigned i)
{
	struct smtp_job *job = numbered(i);

	if (i % 2)
		job->rcpt_to = SPAN("gone@home.example");
	return job;
}

/* Refused recipients cost no connection each, but none is kept until the relay loses patience. */
START_TEST(many_refusals)
{
	start("rcpt gone@* reply 550 5.1.1 gone\n", "");
	ck_assert_uint_eq(pump(100, every_other_bad), 50);
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 50);
	ck_assert_uint_ge(server_count(&server, "connections"), 8);
	ck_assert_uint_le(server_count(&server, "connections"), 17);
	ck_assert_uint_eq(server_logged(&server, "< QUIT"), server_count(&server, "connections"));
}
END_TEST

/* 421 for an idle connection, seen only when the next copy comes: sent once, nobody notices. */
START_TEST(idle_421)
{
	start("idle * times 1 idle421 50\n", "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	nanosleep(&(struct timespec){ .tv_nsec = 300 * 1000 * 1000 }, NULL);
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 2);
	ck_assert_uint_eq(server_count(&server, "accepted"), 2);
}
END_TEST

/* Connections that the relay ends while others are at work are closed, not left hanging. */
START_TEST(idle_ones_are_closed)
{
	sink("idle * idle421 100\ndot m100@* delay 600\n", "");
	config.connections = 4;
	connect_to(server.port);
	ck_assert_uint_eq(pump(40, numbered), 40);
	ck_assert_uint_ge(open_connections(), 2);
	CHECK_SENT(run(numbered(100)));
	ck_assert_uint_eq(open_connections(), 1);
	ck_assert_uint_eq(pump(40, numbered), 40);
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 81);
}
END_TEST

/* The same after so long a time that the connection is looked at first. */
START_TEST(idle_long)
{
	start("idle * times 1 idle421 50\n", "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 200 * 1000 * 1000 }, NULL);
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 200 * 1000 * 1000 }, NULL);
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 2);
	ck_assert_uint_eq(server_count(&server, "accepted"), 3);
}
END_TEST

static const char *const tired[] = {
	"mail * after 2 times 1 reply-then-close 421 4.7.0 too many messages",
	"mail * after 2 times 1 drop",
};

/* A relay that has enough of a connection: the copy starts over on a new one, once. */
START_TEST(connection_used_up)
{
	start(tired[_i], "");
	CHECK_SENT(send_to("1@x.example"));
	CHECK_SENT(send_to("2@x.example"));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 2);
	ck_assert_uint_eq(server_logged(&server, "RCPT TO:<2@x.example>"), 1);
}
END_TEST

/* Once MAIL was answered it is this copy's connection: no second beginning. */
START_TEST(broken_later)
{
	start("rcpt * after 2 times 1 drop", _i ? "--no-pipelining" : "");
	CHECK_SENT(send_to("1@x.example"));
	CHECK_RESULT(send_to("2@x.example"), OUTCOME_DEFERRED, false, 0, "closed the connection");
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
}
END_TEST

/* It does not start over twice. */
START_TEST(used_up_at_once)
{
	start("mail * after 2 reply-then-close 421 4.3.2 going down", "");
	CHECK_SENT(send_to("1@x.example"));
	CHECK_RESULT(send_to("2@x.example"), OUTCOME_DEFERRED, true, 421, "going down");
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 2);
}
END_TEST

/* With several at once: everything arrives once. */
START_TEST(relay_that_hangs_up_often)
{
	static const char *const lines[] = { "mail * after 7 times 1 drop\n",
		"mail * after 20 times 1 reply-then-close 421 4.7.0 enough\n",
		"mail * after 33 times 1 drop\n" };

	sink(arena_printf(arena, "%s%s%s", lines[0], lines[1], lines[2]).p, "");
	config.connections = 3;
	connect_to(server.port);
	ck_assert_uint_eq(pump(60, numbered), 60);
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 60);
}
END_TEST

/* Whatever is under way when it ends: no dot goes out. */
START_TEST(free_under_way)
{
	sink("", "");
	config.connections = 3;
	connect_to(server.port);
	smtp_submit(smtp, job_of(SPAN("a@b.example"), SPAN("c@d.example"), large(10000000)));
	smtp_submit(smtp, job_of(SPAN("a@b.example"), SPAN("c@d.example"), large(10000000)));
	for (int i = 0; i < 10; i++)
		ck_assert(smtp_drive(smtp, 1, &(struct err){ 0 }));
	ck_assert_uint_eq(smtp_busy(smtp), 2);
	smtp_submit(smtp, numbered(1));
	finish();
	ck_assert_uint_le(server_count(&server, "accepted"), 1);
}
END_TEST

START_TEST(nothing_to_do)
{
	double before = seconds();

	start("", "");
	ck_assert(smtp_drive(smtp, 5000, &(struct err){ 0 }));
	ck_assert_ptr_null(smtp_done(smtp));
	ck_assert_uint_eq(smtp_room(smtp), 1);
	ck_assert_double_lt(seconds() - before, 4.0);
}
END_TEST

/* What is done already is not waited for behind others. */
START_TEST(drive_returns_at_once)
{
	struct smtp_job *bad = job_of(SPAN("a@b.example"), SPAN("no address"), SPAN(MESSAGE));
	double before;

	sink("mail * stall", "");
	config.connections = 2;
	connect_to(server.port);
	smtp_submit(smtp, numbered(1));
	smtp_submit(smtp, bad);
	ck_assert_uint_eq(smtp_room(smtp), 0);
	before = seconds();
	ck_assert(smtp_drive(smtp, 10000, &(struct err){ 0 }));
	ck_assert_double_lt(seconds() - before, 5.0);
	ck_assert_ptr_eq(smtp_done(smtp), bad);
	ck_assert_uint_eq(smtp_busy(smtp), 1);
	ck_assert_uint_eq(smtp_room(smtp), 1);
}
END_TEST

START_TEST(drive_returns_in_time)
{
	double before;

	start("mail * stall", "");
	smtp_submit(smtp, numbered(1));
	before = seconds();
	ck_assert(smtp_drive(smtp, 200, &(struct err){ 0 }));
	ck_assert_ptr_null(smtp_done(smtp));
	ck_assert_double_ge(seconds() - before, 0.19);
	ck_assert_double_lt(seconds() - before, 3.0);
}
END_TEST

/* --- TLS --------------------------------------------------------------------------- */

enum { GOOD_CA = 1, OTHER = 2, OFFERED = 4, REFUSED = 8, BROKEN = 16 };

static const struct {
	enum smtp_tls tls;
	int how;
	bool sent;
	bool encrypted;
} policies[] = {
	{ SMTP_TLS_NONE, 0, true, false },
	{ SMTP_TLS_NONE, OFFERED | GOOD_CA, true, false },
	{ SMTP_TLS_OPPORTUNISTIC, 0, true, false },
	{ SMTP_TLS_OPPORTUNISTIC, OFFERED, true, true }, /* nobody vouches for the certificate */
	{ SMTP_TLS_OPPORTUNISTIC, OFFERED | OTHER, true, true },
	{ SMTP_TLS_OPPORTUNISTIC, OFFERED | REFUSED, true, false },
	{ SMTP_TLS_OPPORTUNISTIC, OFFERED | BROKEN, false, false },
	{ SMTP_TLS_REQUIRED, 0, false, false },
	{ SMTP_TLS_REQUIRED, OFFERED, false, false },
	{ SMTP_TLS_REQUIRED, OFFERED | GOOD_CA, true, true },
	{ SMTP_TLS_REQUIRED, OFFERED | OTHER | GOOD_CA, false, false }, /* trusted, but not this host's */
	{ SMTP_TLS_REQUIRED, OFFERED | GOOD_CA | REFUSED, false, false },
	{ SMTP_TLS_REQUIRED, OFFERED | GOOD_CA | BROKEN, false, false },
};

static void write_certificates(int how)
{
	bool other = how & OTHER;

	server_write(&server, "cert", span_str(other ? OTHER_CERTIFICATE : CERTIFICATE));
	server_write(&server, "key", span_str(other ? OTHER_CERTIFICATE_KEY : CERTIFICATE_KEY));
	if (how & BROKEN)
		server_write(&server, "key", SPAN("no key"));
}

START_TEST(tls)
{
	int how = policies[_i].how;

	write_certificates(how);
	config.tls = policies[_i].tls;
	config.ca_file = how & GOOD_CA ? span_str(server_path(arena, &server, "cert")) : SPAN("");
	start(how & REFUSED ? "starttls * reply 454 4.7.0 no\n" : "",
	      how & OFFERED ? "--starttls cert key" : "");
	if (policies[_i].sent) {
		CHECK_SENT(send_message(SPAN(MESSAGE)));
		CHECK_SENT(send_message(SPAN(MESSAGE)));
	} else {
		CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, true,
		             how & REFUSED ? 454 : 0, "");
		ck_assert_uint_gt(strlen(send_message(SPAN(MESSAGE))->reply), 0);
	}
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), policies[_i].sent ? 2 : 0);
	/* Not even the sender goes out in clear. */
	ck_assert_uint_eq(server_logged(&server, "< MAIL"), policies[_i].sent ? 2 : 0);
	if (policies[_i].sent)
		ck_assert_uint_eq(server_logged(&server, "< EHLO"), policies[_i].encrypted ? 2 : 1);
}
END_TEST

/* Lines that each differ from all others, and how they come. */
static struct span numbered_lines(unsigned count)
{
	struct buf lines = BUF_INIT;

	for (unsigned i = 0; i < count; i++)
		buf_printf(&lines, "%08u %60s\r\n", i, "x");
	return buf_move(&lines, arena);
}

/* A relay that does not read for a while: nothing is lost where writing stops and goes on. */
START_TEST(slow_reader)
{
	static const char *const script[] = { UP_TO_DATA, ">354 go\r\n", "*", ">250 taken\r\n", "<QUIT", NULL };
	struct span in = numbered_lines(200000), got;
	struct err e;

	write_certificates(0);
	config.tls = SMTP_TLS_OPPORTUNISTIC;
	if (_i)
		server_tls_script(&server, script);
	else
		server_script(&server, script);
	config.url = arena_printf(arena, "%s://127.0.0.1:%u", _i ? "smtps" : "smtp", server.port);
	smtp = smtp_new(&config, &e);
	CHECK_RESULT(send_message(in), OUTCOME_SENT, false, 250, "250 taken");
	smtp_free(smtp);
	smtp = NULL;
	ck_assert(server_played(&server));
	got = server_file(arena, &server, "content");
	ck_assert_uint_eq(got.n, in.n + 3);
	ck_assert(span_eq(span_sub(got, 0, in.n), in));
}
END_TEST

START_TEST(tls_large)
{
	struct span in = large(3000000);

	write_certificates(0);
	config.tls = SMTP_TLS_REQUIRED;
	config.ca_file = span_str(server_path(arena, &server, "cert"));
	start("", "--starttls cert key");
	CHECK_SENT(send_message(in));
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	ck_assert(span_eq(received("001.eml"), in));
	finish();
	ck_assert_uint_eq(server_count(&server, "connections"), 1);
}
END_TEST

/* smtps: TLS from the first byte on, with every policy; verified unless that is only opportunistic. */
START_TEST(implicit_tls)
{
	static const char *const script[] = { UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n", ">250 taken\r\n", "<QUIT",
		NULL };
	struct err e;

	write_certificates(_i == 3 ? OTHER : 0);
	server_tls_script(&server, script);
	config.url = arena_printf(arena, "smtps://127.0.0.1:%u", server.port);
	config.tls = _i == 3 ? SMTP_TLS_OPPORTUNISTIC : (enum smtp_tls)_i;
	if (_i < 3)
		config.ca_file = span_str(server_path(arena, &server, "cert"));
	smtp = smtp_new(&config, &e);
	ck_assert_ptr_nonnull(smtp);
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_SENT, false, 250, "250 taken");
	smtp_free(smtp);
	smtp = NULL;
	ck_assert(server_played(&server));
}
END_TEST

START_TEST(implicit_tls_unverified)
{
	static const enum smtp_tls policies_that_verify[] = { SMTP_TLS_NONE, SMTP_TLS_REQUIRED };
	static const char *const script[] = { "<never comes", NULL };
	struct err e;

	write_certificates(0);
	server_tls_script(&server, script);
	config.url = arena_printf(arena, "smtps://127.0.0.1:%u", server.port);
	config.tls = policies_that_verify[_i];
	smtp = smtp_new(&config, &e);
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, true, 0, "certificate");
	ck_assert(!server_played(&server));
}
END_TEST

/* The connection ends below TLS: the same as without. */
START_TEST(tls_dropped)
{
	write_certificates(0);
	config.tls = SMTP_TLS_OPPORTUNISTIC;
	start("data * times 1 drop-in-data 100000\nmail * after 3 times 1 drop", "--starttls cert key");
	CHECK_RESULT(send_message(large(9000000)), OUTCOME_DEFERRED, false, 0, "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_count(&server, "accepted"), 2);
	ck_assert_uint_eq(server_count(&server, "connections"), 3);
}
END_TEST

/* The relay is killed while we write; no signal may end us. */
START_TEST(tls_killed)
{
	struct smtp_job *job = job_of(SPAN("a@b.example"), SPAN("c@d.example"), large(20000000));
	struct smtp_job *done = NULL;
	struct err e;

	write_certificates(0);
	config.tls = SMTP_TLS_OPPORTUNISTIC;
	start("", "--starttls cert key");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	smtp_submit(smtp, job);
	ck_assert(smtp_drive(smtp, 20, &e));
	server_kill(&server);
	for (int i = 0; i < 300 && !done; i++) {
		ck_assert(smtp_drive(smtp, 100, &e));
		done = smtp_done(smtp);
	}
	ck_assert_ptr_eq(done, job);
	CHECK_RESULT(&job->result, OUTCOME_DEFERRED, false, 0, "");
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_DEFERRED, true, 0, "onnect");
}
END_TEST

/* --- servers that are none ----------------------------------------------------------- */

static const struct {
	const char *script[20];
	enum outcome outcome;
	bool relay_down;
	long code;
	const char *text;
} oddities[] = {
	/* a yes that came before there was anything to say yes to */
	{ { UP_TO_DATA, ">354 go\r\n250 taken\r\n", "$" }, OUTCOME_DEFERRED, false, 0,
	  "before the end of the message" },
	{ { HELLO, ">250 1\r\n250 2\r\n250 3\r\n250 4\r\n", "<DATA\r\n", "$" }, OUTCOME_DEFERRED, false, 0, "" },
	{ { HELLO, "<DATA\r\n", ">250 a\r\n250 b\r\n250 c\r\n250 d\r\n", "." }, OUTCOME_DEFERRED, false, 0,
	  "250 c" },
	{ { PLAIN_HELLO, "<MAIL", ">250 a\r\n250 b\r\n354 c\r\n250 d\r\n", "." }, OUTCOME_DEFERRED, false, 0, "" },
	{ { HELLO, "<DATA\r\n", ">354 a\r\n250 b\r\n354 c\r\n", "." }, OUTCOME_DEFERRED, false, 0, "354 a" },
	/* a refusal in the middle of the content counts */
	{ { UP_TO_DATA, ">354 go\r\n552 5.2.2 full\r\n", "$" }, OUTCOME_FAILED, false, 552,
	  "552 5.2.2 full" },
	{ { UP_TO_DATA, ">354 go\r\n421 4.3.2 bye\r\n", "$" }, OUTCOME_DEFERRED, true, 421, "421" },
	/* 354 although the recipient was refused: the dot and nothing else */
	{ { HELLO, "<DATA\r\n", ">250 a\r\n550 5.1.1 no\r\n354 go\r\n", "=.\r\n", ">554 no recipients\r\n",
	    "<QUIT" }, OUTCOME_FAILED, false, 550, "550 5.1.1 no" },
	{ { HELLO, "<DATA\r\n", ">250 a\r\n550 5.1.1 no\r\n354 go\r\n", "=.\r\n", ">250 taken\r\n",
	    "<QUIT" }, OUTCOME_FAILED, false, 550, "550 5.1.1 no" },
	{ { HELLO, "<DATA\r\n", ">250 a\r\n550 5.1.1 no\r\n354 go\r\n", "=.\r\n", "!" }, OUTCOME_FAILED, false,
	  550, "550 5.1.1 no" },
	/* all refused, one after the other: the first tells why */
	{ { HELLO, "<DATA\r\n", ">451 4.7.1 a\r\n503 b\r\n503 c\r\n", "<QUIT" }, OUTCOME_DEFERRED, false, 451,
	  "451 4.7.1 a" },
	/* in pieces */
	{ { HELLO, "<DATA\r\n", ">2", ">50 a\r", ">\n250", ">-b\r\n250 c\r\n354", "> go\r\n", "<\r\n.\r\n",
	    ">250-2.0.0 tak\r\n", ">250 2.0.0 en\r\n", "<QUIT" }, OUTCOME_SENT, false, 250, "250 2.0.0 tak en" },
	/* no SMTP */
	{ { HELLO, "<DATA\r\n", ">250 a\r\nhuh?\r\n", "$" }, OUTCOME_DEFERRED, false, 0,
	  "not an SMTP reply: huh?" },
	{ { UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n", ">2\x1b" "50 x\r\n", "$" }, OUTCOME_DEFERRED, false, 0,
	  "not an SMTP reply: 2?50 x" },
	{ { UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n", ">354 more\r\n", "$" }, OUTCOME_DEFERRED, false, 354, "354" },
	{ { UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n", ">421 4.3.2 bye\r\n", "$" }, OUTCOME_DEFERRED, true, 421,
	  "421" },
	{ { UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n", ">250", "." }, OUTCOME_DEFERRED, false, 0, "closed" },
	{ { UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n", ">250-x\r\n", "!" }, OUTCOME_DEFERRED, false, 0, "" },
	{ { ">SSH-2.0-OpenSSH_9.2\r\n", "." }, OUTCOME_DEFERRED, true, 0, "not an SMTP reply: SSH-2.0" },
	{ { ">HTTP/1.1 400 Bad Request\r\n\r\n", "." }, OUTCOME_DEFERRED, true, 0, "not an SMTP reply: HTTP" },
	{ { ">220 x\r\n", "<EHLO", ">550 5.7.1 a\r\n", "<HELO", ">550 5.7.1 b\r\n", "." }, OUTCOME_DEFERRED, true,
	  550, "550 5.7.1 b" },
	{ { "!" }, OUTCOME_DEFERRED, true, 0, "" },
	/* last words before the connection is gone */
	{ { HELLO, "<DATA\r\n", ">421 4.3.2 bye\r\n", "!" }, OUTCOME_DEFERRED, true, 421, "421 4.3.2 bye" },
};

/* Patience is for each reply, not for all. */
START_TEST(slow_but_steady)
{
	config.reply_timeout = 2;
	start("mail * delay 1300\nrcpt * delay 1300\ndata * delay 1300\n", "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
}
END_TEST

START_TEST(odd)
{
	server_script(&server, oddities[_i].script);
	connect_to(server.port);
	CHECK_RESULT(send_message(SPAN(MESSAGE)), oddities[_i].outcome, oddities[_i].relay_down,
	             oddities[_i].code, oddities[_i].text);
	smtp_free(smtp);
	smtp = NULL;
	ck_assert(server_played(&server));
}
END_TEST

/* Early in a large message, while we are writing. */
START_TEST(refused_within_a_large_message)
{
	static const char *const script[] = { UP_TO_DATA, ">354 go\r\n", "<hello", ">554 5.6.0 a virus\r\n", ".",
		NULL };
	char *p = arena_alloc(arena, 20000000);

	memset(p, 'x', 20000000);
	memcpy(p, "hello", 5);
	server_script(&server, script);
	connect_to(server.port);
	CHECK_RESULT(send_message((struct span){ p, 20000000 }), OUTCOME_FAILED, false, 554, "a virus");
	ck_assert(server_played(&server));
}
END_TEST

/* What a relay says unasked belongs to no copy. */
START_TEST(surplus_reply)
{
	static const char *const script[] = { UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n",
		">250 taken\r\n250 and this too\r\n", ".", UP_TO_DATA, ">354 go\r\n", "<\r\n.\r\n",
		">250 again\r\n", "<QUIT", NULL };

	server_script(&server, script);
	connect_to(server.port);
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_SENT, false, 250, "250 taken");
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_SENT, false, 250, "250 again");
	smtp_free(smtp);
	smtp = NULL;
	ck_assert(server_played(&server));
}
END_TEST

/* RSET goes before the next copy when a recipient was refused; when it is refused, a new connection. */
START_TEST(rset)
{
	static const char *const script[] = { HELLO, "<DATA\r\n", ">250 a\r\n550 5.1.1 b\r\n554 c\r\n",
		"<RSET\r\nMAIL FROM:<dev@lists.example>\r\nRCPT TO:<ann@home.example>\r\nDATA\r\n",
		">500 what?\r\n503 x\r\n503 x\r\n503 x\r\n", ".", HELLO, "<MAIL", "<DATA\r\n",
		">250 a\r\n250 b\r\n354 c\r\n", "<\r\n.\r\n", ">250 taken\r\n", "<QUIT", NULL };

	server_script(&server, script);
	connect_to(server.port);
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_FAILED, false, 550, "550 5.1.1 b");
	CHECK_RESULT(send_message(SPAN(MESSAGE)), OUTCOME_SENT, false, 250, "250 taken");
	smtp_free(smtp);
	smtp = NULL;
	ck_assert(server_played(&server));
}
END_TEST

/* --- configuration ------------------------------------------------------------------- */

static const struct {
	struct span url;
	struct span hostname;
	bool fine;
} configurations[] = {
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT("lists.example"), true },
	{ SPAN_INIT("smtp://127.0.0.1:25"), SPAN_INIT("lists.example"), true },
	{ SPAN_INIT("smtp://127.0.0.1:25/"), SPAN_INIT("lists.example"), true },
	{ SPAN_INIT("smtps://mail.example:465"), SPAN_INIT("localhost"), true },
	{ SPAN_INIT("SMTP://mail.example"), SPAN_INIT("[192.0.2.1]"), true },
	{ SPAN_INIT("smtp://[::1]:25"), SPAN_INIT("b\xc3\xbc" "cher.example"), true },
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT(""), true },
	{ SPAN_INIT(""), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("127.0.0.1"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("127.0.0.1:25"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("http://127.0.0.1"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("lmtp://127.0.0.1"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1:99999"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1:x"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1/name"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://user@127.0.0.1"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://user:word@127.0.0.1"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://user;AUTH=PLAIN@127.0.0.1"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1?x"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1#x"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1\0:25"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1\r\n"), SPAN_INIT("lists.example"), false },
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT("my host"), false },
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT("a\r\nMAIL FROM:<>"), false },
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT("[a\r\nMAIL FROM:<>]"), false },
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT("[192.0.2.1"), false },
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT("a/b"), false },
	{ SPAN_INIT("smtp://127.0.0.1"), SPAN_INIT("a\0b"), false },
};

START_TEST(configuration)
{
	struct err e = { 0 };

	config.url = configurations[_i].url;
	config.hostname = configurations[_i].hostname;
	smtp = smtp_new(&config, &e);
	ck_assert_msg((smtp != NULL) == configurations[_i].fine, "%s", e.text);
	if (!smtp)
		ck_assert_int_eq(e.class, ERR_MISUSE);
}
END_TEST

START_TEST(ehlo_name)
{
	static const char *const names[][2] = { { "[192.0.2.1]", "EHLO [192.0.2.1]\n" },
		{ "b\xc3\xbc" "cher.Example", "EHLO xn--bcher-kva.example\n" }, { "x_y", "EHLO x_y\n" } };

	config.hostname = span_str(names[_i][0]);
	start("", "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
	ck_assert_uint_eq(server_logged(&server, names[_i][1]), 1);
}
END_TEST

/* Settings of the environment are for web browsers. */
START_TEST(no_proxy)
{
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	setenv("smtp_proxy", "http://127.0.0.1:1", 1);
	start("", "");
	CHECK_SENT(send_message(SPAN(MESSAGE)));
	finish();
}
END_TEST

static void add_cases(Suite *s)
{
	TCase *c = tcase_create("content and envelope");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, plain);
	tcase_add_test(c, without_pipelining);
	tcase_add_test(c, helo);
	tcase_add_loop_test(c, content, 0, LENGTH(contents));
	tcase_add_test(c, large_content);
	tcase_add_test(c, bare_lf_never_goes_out);
	tcase_add_test(c, hostile_addresses);
	tcase_add_test(c, null_sender);
	tcase_add_test(c, domains_are_a_labels);
	tcase_add_test(c, smtputf8_offered);
	tcase_add_test(c, smtputf8_not_offered);
	tcase_add_loop_test(c, smtputf8_refused, 0,
	                    sizeof(refused_for_utf8) / sizeof(refused_for_utf8[0]));
	tcase_add_loop_test(c, eight_bit, 0, 2);
	tcase_add_test(c, too_large);
	tcase_add_test(c, too_large_without_size);
	suite_add_tcase(s, c);

	c = tcase_create("replies");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, reply, 0, LENGTH(replies));
	tcase_add_test(c, dropped_after_the_dot);
	tcase_add_test(c, dropped_in_a_large_message);
	tcase_add_test(c, failures_in_a_row);
	tcase_add_test(c, no_relay);
	tcase_add_test(c, no_such_host);
	tcase_add_loop_test(c, stalled, 0, LENGTH(stalls));
	tcase_add_test(c, slow_but_steady);
	tcase_add_loop_test(c, odd, 0, LENGTH(oddities));
	tcase_add_test(c, refused_within_a_large_message);
	tcase_add_test(c, surplus_reply);
	tcase_add_test(c, rset);
	suite_add_tcase(s, c);
}

Suite *smtp_suite(void);
Suite *smtp_suite(void)
{
	Suite *s = suite_create("net/smtp");
	TCase *c = tcase_create("connections");

	add_cases(s);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, many_copies_few_connections);
	tcase_add_test(c, no_more_connections_than_needed);
	tcase_add_test(c, open_connection_is_used);
	tcase_add_test(c, waits_side_by_side);
	tcase_add_test(c, one_stalls);
	tcase_add_test(c, many_refusals);
	tcase_add_test(c, idle_421);
	tcase_add_test(c, idle_ones_are_closed);
	tcase_add_test(c, idle_long);
	tcase_add_loop_test(c, connection_used_up, 0, LENGTH(tired));
	tcase_add_loop_test(c, broken_later, 0, 2);
	tcase_add_test(c, used_up_at_once);
	tcase_add_test(c, relay_that_hangs_up_often);
	tcase_add_test(c, free_under_way);
	tcase_add_test(c, nothing_to_do);
	tcase_add_test(c, drive_returns_at_once);
	tcase_add_test(c, drive_returns_in_time);
	suite_add_tcase(s, c);

	c = tcase_create("tls and configuration");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, tls, 0, LENGTH(policies));
	tcase_add_test(c, tls_large);
	tcase_add_loop_test(c, slow_reader, 0, 2);
	tcase_add_loop_test(c, implicit_tls, 0, 4);
	tcase_add_loop_test(c, implicit_tls_unverified, 0, 2);
	tcase_add_test(c, tls_dropped);
	tcase_add_test(c, tls_killed);
	tcase_add_loop_test(c, configuration, 0, LENGTH(configurations));
	tcase_add_loop_test(c, ehlo_name, 0, 3);
	tcase_add_test(c, no_proxy);
	suite_add_tcase(s, c);
	return s;
}
