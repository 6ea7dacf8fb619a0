/* What somebody wrote in an answer, and what a machine did. */
#include "rules/reply_text.h"

#include "base/buf.h"

#include "rules/automatic.h"

#include <check.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define PLAIN     "Subject: x\r\n\r\n"

static const struct {
	const char *message, *want;
} cases[] = {
	{ PLAIN "Too long.\r\n", "Too long." },
	{ PLAIN "Too long.\r\n\r\nOn Friday, Bob wrote:\r\n> text\r\n", "Too long." },
	{ PLAIN "Too long.\r\nOn Friday, Bob wrote:\r\n> text\r\n", "Too long." },
	{ PLAIN "Nein.\r\n\r\nAm Freitag, dem 27. November, schrieb Bob Langname <b@c.example>:\r\n> x",
	  "Nein." },
	{ PLAIN "No.\r\n\r\nOn Friday Bob Longname <bob@long.example>\r\nwrote:\r\n> x\r\n", "No." },
	{ PLAIN "On Friday, Bob wrote:\r\n> text\r\nSee above.\r\n", "" },
	{ PLAIN "> text\r\n", "" },
	{ PLAIN "", "" },
	{ PLAIN "Because:\r\n", "Because:" },
	{ PLAIN "One.\r\n\r\nTwo.\r\n-- \r\nMod\r\n", "One.\n\nTwo." },
	{ PLAIN "One.\r\n-----Original Message-----\r\nFrom: x\r\n", "One." },
	{ PLAIN "One.\r\nFrom: Bob\r\nSent: now\r\n", "One." },
	{ PLAIN "Hi\r\n%%%\r\nThe reason.\r\n%%%\r\nbye\r\n", "The reason." },
	{ PLAIN "> %%% start\r\n>\r\nThe reason.\r\n\r\nMore.\r\n> %%% end\r\n", "The reason.\n\nMore." },
	/* The subject of the held message, which its author chose, is quoted too. */
	{ PLAIN "Off topic.\r\n>     %%% You are\r\n>     all fools\r\n>     %%% bye\r\n", "Off topic." },
	{ PLAIN ">     %%% You are\r\n>     all fools\r\n>     %%% bye\r\n\r\nBelow.\r\n", "" },
	{ PLAIN "Off topic.\r\n-----Original Message-----\r\n    %%% You are\r\n    fools\r\n"
	        "    %%% bye\r\n", "Off topic." },
	{ PLAIN "Above.\r\n> %%% start, never ended\r\n> x\r\n", "Above." },
	{ PLAIN "a\033[31mb\000c\r\n", "a[31mb" },
	{ "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
	  "quoted-printable\r\n\r\nZu gro=DF.\r\n",
	  "Zu gro\303\237." },
	{ "Content-Type: text/plain; charset=nonsense\r\n\r\n\377ok\r\n", "\357\277\275ok" },
	{ "Content-Type: text/html\r\n\r\n<p>no</p>\r\n", "" },
	{ "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
	  "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
	  "Content-Type: text/html\r\n\r\n<p>no</p>\r\n--b\r\n\r\nplain\r\n--b--\r\n--a\r\n\r\n"
	  "second\r\n--a--\r\n",
	  "plain" },
};

START_TEST(what_was_written)
{
	struct message m;
	ck_assert(message_parse(arena, span_str(cases[_i].message), &m, NULL));
	struct span got = reply_text(arena, &m);
	ck_assert_msg(span_is(got, cases[_i].want), "%s: \"%.*s\"", cases[_i].message,
	              SPAN_FMT(got));
}
END_TEST

START_TEST(bounded)
{
	struct buf text = BUF_INIT;
	struct message m;
	buf_str(&text, PLAIN);
	for (int i = 0; i < 200000; i++) {
		buf_str(&text, "\303\274\r\n");
	}
	ck_assert(message_parse(arena, buf_span(&text), &m, NULL));
	struct span got = reply_text(arena, &m);
	ck_assert_uint_le(got.n, REPLY_TEXT_MAX);
	ck_assert_uint_ge(got.n, REPLY_TEXT_MAX - 3);
	buf_free(&text);
}
END_TEST

static const struct {
	const char *header;
	bool machine;
} marks[] = {
	{ "Subject: Re: held", false },
	{ "Auto-Submitted: no", false },
	{ "Auto-Submitted: auto-replied", true },
	{ "AUTO-SUBMITTED: auto-generated (vacation)", true },
	{ "Content-Type: multipart/report; report-type=delivery-status", true },
	{ "Content-Type: text/plain", false },
	{ "Precedence: bulk", true },
	{ "Precedence: first-class", false },
	{ "X-Auto-Response-Suppress: None", false },
	{ "X-Auto-Response-Suppress: All", true },
	{ "Subject: Out of Office: Re: held", true },
	{ "Subject: Automatic reply: held", true },
	{ "Subject: Re: Out of office", false },
	{ "List-Id: <x.example>", true },
};

START_TEST(machines)
{
	struct message m;
	struct span raw = arena_printf(arena, "From: a@b.example\r\n%s\r\n\r\nx\r\n",
	                               marks[_i].header);
	ck_assert(message_parse(arena, raw, &m, NULL));
	ck_assert_msg((automatic_why(&m, SPAN("a@b.example")) != NULL) == marks[_i].machine, "%s",
	              marks[_i].header);
	ck_assert_ptr_nonnull(automatic_why(&m, SPAN("")));
}
END_TEST

Suite *reply_text_suite(void)
{
	Suite *suite = suite_create("reply_text");
	TCase *tc = tcase_create("reply_text");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, what_was_written, 0, LENGTH(cases));
	tcase_add_test(tc, bounded);
	tcase_add_loop_test(tc, machines, 0, LENGTH(marks));
	suite_add_tcase(suite, tc);
	return suite;
}
