#include "mail/bounce.h"

#include "base/buf.h"
#include "base/limits.h"
#include "mail/bounce_dsn.h"
#include "mail/bounce_reply.h"

#include <check.h>
#include <string.h>

/* --- replies in text ------------------------------------------------------------ */

static const struct {
	const char *text;
	unsigned code;
	const char *status;
} replies[] = {
	{ "550 5.1.1 <a@b>... User unknown", 550, "5.1.1" },
	{ "host x said: 550-5.7.26 no\n550 5.7.26 never", 550, "5.7.26" },
	{ "Remote host said: 452 later (#4.2.2)", 452, "4.2.2" },
	{ "(#5.1.1)", 0, "5.1.1" },
	{ "550", 550, "" },
	{ "550: nobody", 550, "" },
	{ "said '554 no'", 554, "" },
	{ "250 2.1.5 ok", 0, "" },
	{ "2.1.5 ok, but 5.1.2", 0, "5.1.2" },
	{ "in 2004 and 5500 and 55 and 5590x", 0, "" },
	{ "550 bytes", 0, "" },
	{ "port 465 is closed", 0, "" },
	{ "[550.1.2.3] 5.1.1.1 5.1 5..1 5.1.1a 192.5.1.1", 0, "" },
	{ "5.1234.1 5.1.1234", 0, "" },
	{ "5.", 0, "" },
	{ "", 0, "" },
};

START_TEST(reply)
{
	struct bounce_reply r;
	bounce_reply_find(span_str(replies[_i].text), &r);
	ck_assert_uint_eq(r.code, replies[_i].code);
	ck_assert_msg(span_is(r.status, replies[_i].status), "%.*s", SPAN_FMT(r.status));
}
END_TEST

/* --- addresses of fields --------------------------------------------------------- */

static const struct {
	const char *value, *want;
} addresses[] = {
	{ "rfc822; a@b.example", "a@b.example" },
	{ "RFC822;<a@b.example>", "a@b.example" },
	{ "a@b.example", "a@b.example" },
	{ "\"a@b.example\"", "a@b.example" },
	{ "rfc822; a@b.example (somebody)", "a@b.example" },
	{ "utf-8; j\\x{F6}rg@b.example", "j\xc3\xb6rg@b.example" },
	{ "utf-8; \\x{1F600}@b.example", "\xf0\x9f\x98\x80@b.example" },
	{ "utf-8; x\\x{41}\\x{e4}@b.example", "xA\xc3\xa4@b.example" },
	{ "utf-8; \\x{}@b.example", "" },
	{ "utf-8; \\x{D800}@b.example", "" },
	{ "utf-8; \\x{FFFFFF}@b.example", "" },
	{ "utf-8; \\x{0A}@b.example", "" },
	{ "utf-8; \\x{41", "" },
	{ "utf-8; j\xc3\xb6rg@b.example", "j\xc3\xb6rg@b.example" },
	{ "rfc822; j\xf6rg@b.example", "" },
	{ "x400; /c=de/", "" },
	{ "rfc822;", "" },
	{ "rfc822; >a@b<", "" },
	{ "", "" },
};

START_TEST(address)
{
	struct arena *arena = arena_new();
	struct span got = bounce_typed_address(arena, span_str(addresses[_i].value));
	ck_assert_msg(span_is(got, addresses[_i].want), "%.*s", SPAN_FMT(got));
	arena_free(arena);
}
END_TEST

/* --- whole reports ---------------------------------------------------------------- */

#define REPORT(type)                                                                               \
	"From: MAILER-DAEMON@mx.example\r\nTo: list@l.example\r\nSubject: x\r\n"                   \
	"Content-Type: multipart/report; report-type=" type "; boundary=b\r\n\r\n"                 \
	"--b\r\n\r\nWords to people.\r\n"
#define PART(type, text) "--b\r\nContent-Type: " type "\r\n\r\n" text
#define DSN "message/delivery-status"
#define END "--b--\r\n"

/* want: kind, then for each recipient address action status code, separated by "|" */
static const struct {
	const char *name, *text, *want;
} reports[] = {
	{ "all fields",
	  REPORT("delivery-status")
	          PART(DSN, "Original-Envelope-Id: e1\r\nReporting-MTA: dns; mx.example\r\n"
	                    "\r\n"
	                    "Original-Recipient: rfc822;a@b.example\r\n"
	                    "Final-Recipient: rfc822; other@c.example\r\nAction: failed\r\n"
	                    "Status: 5.1.1\r\nRemote-MTA: dns; mx2.example\r\n"
	                    "Diagnostic-Code: smtp; 550 5.1.1 no\r\n such user\r\n") END,
	  "failure|a@b.example failed 5.1.1 550" },
	{ "the reply says more than the status",
	  REPORT("delivery-status")
	          PART(DSN, "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
	                    "Action: failed\r\nStatus: 5.0.0\r\n"
	                    "Diagnostic-Code: smtp; 552 5.2.2 full\r\n") END,
	  "failure|a@b.example failed 5.2.2 552" },
	{ "two recipients, one given up",
	  REPORT("delivery-status")
	          PART(DSN, "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
	                    "Action: delayed\r\nStatus: 4.4.1\r\n\r\n"
	                    "Final-Recipient: rfc822; c@b.example\r\nAction: failed\r\n"
	                    "Status: 5.4.7\r\n") END,
	  "failure|a@b.example delayed 4.4.1 0|c@b.example failed 5.4.7 0" },
	{ "delayed",
	  REPORT("delivery-status")
	          PART(DSN, "\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: DELAYED\r\n"
	                    "Status: 4.4.7\r\nWill-Retry-Until: tomorrow\r\n") END,
	  "delay|a@b.example delayed 4.4.7 0" },
	{ "relayed is a receipt",
	  REPORT("delivery-status")
	          PART(DSN, "\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: relayed\r\n"
	                    "Status: 2.1.9\r\n") END,
	  "receipt|a@b.example relayed 2.1.9 0" },
	{ "no empty line between two",
	  REPORT("delivery-status")
	          PART(DSN, "\r\nFinal-Recipient: rfc822; a@b.example\r\nStatus: 5.1.1\r\n"
	                    "Final-Recipient: rfc822; c@b.example\r\nStatus: 5.2.2\r\n") END,
	  "failure|a@b.example  5.1.1 0|c@b.example  5.2.2 0" },
	{ "the same twice is one",
	  REPORT("delivery-status")
	          PART(DSN, "\r\nFinal-Recipient: rfc822; a@b.example\r\nStatus: 5.1.1\r\n\r\n"
	                    "Final-Recipient: rfc822; A@B.EXAMPLE\r\nStatus: 5.2.2\r\n") END,
	  "failure|a@b.example  5.1.1 0" },
	{ "6533",
	  REPORT("global-delivery-status")
	          PART("message/global-delivery-status",
	               "\r\nFinal-Recipient: utf-8; j\xc3\xb6@b.example\r\nAction: failed\r\n"
	               "Status: 5.6.7\r\n") END,
	  "failure|j\xc3\xb6@b.example failed 5.6.7 0" },
	{ "junk in the fields",
	  REPORT("delivery-status")
	          PART(DSN, ":\r\n\r\nFinal-Recipient rfc822; x@y.example\r\n\r\n"
	                    "Final-Recipient: rfc822; a@b.example\r\nAction: exploded\r\n"
	                    "Status: 9.9.9\r\nDiagnostic-Code\r\n: 550\r\n") END,
	  "failure|a@b.example   0" },
	{ "an MDN is a receipt",
	  REPORT("disposition-notification")
	          PART("message/disposition-notification",
	               "Final-Recipient: rfc822; a@b.example\r\n"
	               "Disposition: manual-action/MDN-sent-manually; displayed\r\n") END,
	  "receipt|a@b.example   0" },
	{ "a complaint",
	  REPORT("feedback-report")
	          PART("message/feedback-report",
	               "Feedback-Type: abuse\r\nUser-Agent: x\r\nVersion: 1\r\n"
	               "Original-Rcpt-To: <a@b.example>\r\n") END,
	  "complaint|a@b.example   0" },
	{ "qmail",
	  "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n"
	  "Hi. I wasn't able to deliver your message.\r\n\r\n<a@b.example>:\r\n"
	  "Remote host said: 550 5.1.1 no such user\r\n\r\n<c@b.example>:\r\nfull (#5.2.2)\r\n\r\n"
	  "--- Below this line is a copy of the message.\r\n\r\nTo: d@b.example\r\n",
	  "failure|a@b.example  5.1.1 550|c@b.example  5.2.2 0" },
	{ "Exim, with its field",
	  "From: Mail Delivery System <Mailer-Daemon@mx.example>\r\nAuto-Submitted: auto-replied\r\n"
	  "X-Failed-Recipients: a@b.example\r\n\r\nIt failed:\r\n\r\n  a@b.example\r\n"
	  "    host mx: 550 nobody\r\n",
	  "failure|a@b.example   550" },
	{ "vacation",
	  "From: A <a@b.example>\r\nSubject: Out of office: your post\r\n"
	  "Auto-Submitted: auto-replied\r\n\r\nBack on Monday; mail will not be delivered.\r\n",
	  "autoreply|a@b.example   0" },
	{ "challenge",
	  "From: A <a@b.example>\r\nSubject: Please confirm your message\r\n\r\nClick.\r\n",
	  "challenge|a@b.example   0" },
	{ "an answer about a report",
	  "From: A <a@b.example>\r\nSubject: Re: failure notice\r\n\r\n> <x@y.example>: user unknown\r\n",
	  "not-a-report" },
	{ "a post about reports",
	  "From: A <a@b.example>\r\nSubject: Undelivered mail\r\nList-Id: <l.example>\r\n\r\n"
	  "I get <x@y.example>: user unknown, and the mail could not be delivered. Why?\r\n",
	  "not-a-report" },
	{ "an ordinary message", "From: a@b.example\r\nSubject: hello\r\n\r\nuser unknown\r\n",
	  "not-a-report" },
	{ "nothing", "", "not-a-report" },
};

static struct span describe(struct arena *arena, const struct bounce *b)
{
	struct buf out = BUF_INIT;
	buf_str(&out, bounce_kind_name(b->kind));
	for (size_t i = 0; i < b->n; i++) {
		const struct bounce_recipient *r = &b->v[i];
		buf_printf(&out, "|%.*s %s %.*s %u", SPAN_FMT(r->address),
		           bounce_action_name(r->action), SPAN_FMT(r->status), r->code);
	}
	return buf_move(&out, arena);
}

START_TEST(report)
{
	struct arena *arena = arena_new();
	struct message m;
	struct bounce b;
	ck_assert(message_parse(arena, span_str(reports[_i].text), &m, NULL));
	bounce_read(arena, &m, &b);
	struct span got = describe(arena, &b);
	ck_assert_msg(span_is(got, reports[_i].want), "%s: %.*s", reports[_i].name, SPAN_FMT(got));
	arena_free(arena);
}
END_TEST

/* What came back is there byte for byte, and its identifier known. */
START_TEST(returned)
{
	struct arena *arena = arena_new();
	const char text[] = REPORT("delivery-status")
		PART(DSN, "\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n")
		PART("message/rfc822", "Message-ID: <1@l>\r\nX:  y\r\n\r\nbody\xff\r\n\r\n") END;
	struct message m;
	struct bounce b;
	ck_assert(message_parse(arena, span_str(text), &m, NULL));
	bounce_read(arena, &m, &b);
	ck_assert(b.dsn && b.whole);
	ck_assert(span_is(b.returned, "Message-ID: <1@l>\r\nX:  y\r\n\r\nbody\xff\r\n"));
	ck_assert(span_is(b.message_id, "1@l"));
	arena_free(arena);
}
END_TEST

/* Thousands of recipients, thousands of addresses a line: bounded, and quickly. */
START_TEST(hostile)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct message m;
	struct bounce b;
	buf_str(&text, REPORT("delivery-status") "--b\r\nContent-Type: " DSN "\r\n\r\n");
	for (int i = 0; i < 3000; i++) {
		buf_printf(&text, "Final-Recipient: rfc822; a%d@b.example\r\n\r\n", i);
	}
	buf_str(&text, END);
	ck_assert(message_parse(arena, buf_span(&text), &m, NULL));
	bounce_read(arena, &m, &b);
	ck_assert_uint_eq(b.n, LIMIT_REPORTED);
	/* Nor are all the others compared with those: 100,000 of them took 20 seconds. */
	ck_assert_uint_lt(b.named, 1000);
	buf_clear(&text);
	buf_str(&text, "From: mailer-daemon@x\r\nSubject: failure notice\r\n\r\n");
	for (int i = 0; i < 20000; i++) {
		buf_printf(&text, "<a%d@b.example>%s", i, i % 50 ? " " : ":\r\n");
	}
	ck_assert(message_parse(arena, buf_span(&text), &m, NULL));
	bounce_read(arena, &m, &b);
	ck_assert_int_eq(b.kind, BOUNCE_FAILURE);
	ck_assert_uint_le(b.n, LIMIT_REPORTED);
	buf_free(&text);
	arena_free(arena);
}
END_TEST

Suite *bounce_suite(void);
Suite *bounce_suite(void)
{
	Suite *s = suite_create("mail/bounce");
	TCase *t = tcase_create("all");
	tcase_add_loop_test(t, reply, 0, sizeof(replies) / sizeof(*replies));
	tcase_add_loop_test(t, address, 0, sizeof(addresses) / sizeof(*addresses));
	tcase_add_loop_test(t, report, 0, sizeof(reports) / sizeof(*reports));
	tcase_add_test(t, returned);
	tcase_add_test(t, hostile);
	suite_add_tcase(s, t);
	return s;
}
