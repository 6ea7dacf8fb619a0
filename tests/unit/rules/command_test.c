/* Commands: the vocabulary, what ends them, and that nothing else is one. */

#include "rules/command.h"

#include "base/buf.h"

#include <check.h>
#include <stdio.h>
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

/* "subscribe:digest-mime a@b" and the like, for one line. */
static const char *show(const struct command_line *c)
{
	return arena_printf(arena, "%s%s%s%s%.*s%s", verb_name(c->verb), c->bad ? "!" : "",
	                    c->change.has_delivery ? ":" : "",
	                    c->change.has_delivery ? member_delivery_name(c->change.delivery) : "",
	                    (int)(c->argument.n ? c->argument.n + 1 : 0),
	                    c->argument.n ? arena_printf(arena, " %.*s", SPAN_FMT(c->argument)).p : "",
	                    c->change.days ? arena_printf(arena, " %lldd", (long long)c->change.days).p
	                                   : "")
		.p;
}

static const struct line {
	const char *text, *is;
} lines[] = {
	{ "subscribe", "subscribe" },
	{ "SUBSCRIBE", "subscribe" },
	{ "  sub\t", "subscribe" },
	{ "join dev Ann Example", "subscribe" },
	{ "subscribe digest", "subscribe:digest-mime" },
	{ "subscribe digest=plain address=ann@one.example", "subscribe:digest-plain ann@one.example" },
	{ "subscribe dev@lists.example ann@one.example", "subscribe ann@one.example" },
	{ "subscribe <ann@one.example>", "subscribe ann@one.example" },
	{ "subscribe nomail", "subscribe:nomail" },
	{ "unsubscribe", "unsubscribe" },
	{ "unsub dev", "unsubscribe" },
	{ "leave", "unsubscribe" },
	{ "signoff dev ann@one.example", "unsubscribe ann@one.example" },
	{ "remove", "unsubscribe" },
	{ "confirm abc", "confirm abc" },
	{ "auth abc subscribe dev", "confirm abc" },
	{ "confirm", "confirm!" },
	{ "help", "help" },
	{ "sos", "help" },
	{ "info dev", "info" },
	{ "lists", "lists" },
	{ "which", "which" },
	{ "query", "which" },
	{ "who", "who" },
	{ "review dev", "who" },
	{ "set mail", "set:mail" },
	{ "set each", "set:mail" },
	{ "set digest", "set:digest-mime" },
	{ "set digestplain", "set:digest-plain" },
	{ "set both", "set:both" },
	{ "set nomail", "set:nomail" },
	{ "set postpone", "set:nomail" },
	{ "set nomail-14d", "set 14d" },
	{ "set nomail-2w", "set 14d" },
	{ "set vacation 30", "set 30d" },
	{ "set nomail-0d", "set!" },
	{ "set nomail-367d", "set!" },
	{ "set nomail-99999999999999999999d", "set!" },
	{ "set nomail-3y", "set!" },
	{ "set", "set!" },
	{ "set everything", "set!" },
	{ "set ack on", "set" },
	{ "set ack maybe", "set!" },
	{ "set lang de", "set" },
	{ "set lang ../x", "set!" },
	{ "changeaddr new@two.example", "changeaddr new@two.example" },
	{ "changeaddr new", "changeaddr! new" },
	{ "changeaddr a@b c@d", "changeaddr! a@b" },
	{ "alias a@b.example", "alias a@b.example" },
	{ "unalias <a@b.example>", "unalias a@b.example" },
	{ "end", "end" },
	{ "--", "end" },
	{ "quit", "end" },
};

START_TEST(one_line)
{
	struct command_line c;
	const struct line *l = &lines[_i];
	ck_assert(command_line(span_str(l->text), &c));
	ck_assert_str_eq(show(&c), l->is);
}
END_TEST

static const char *const no_commands[] = {
	"",       " ",       "subscribes", "subscribe:", "please subscribe", "> subscribe",
	"xhelp",  "set-ack", "confirm=a",  "\xc3\xa9",   "un subscribe",
};

START_TEST(is_no_command)
{
	struct command_line c;
	ck_assert(!command_line(span_str(no_commands[_i]), &c));
}
END_TEST

static const struct flag_case {
	const char *text;
	uint64_t on, off;
} flag_cases[] = {
	{ "ack", MEMBER_ACK, 0 },
	{ "noack", 0, MEMBER_ACK },
	{ "ack off", 0, MEMBER_ACK },
	{ "no-ack", 0, MEMBER_ACK },
	{ "noack off", MEMBER_ACK, 0 },
	{ "selfcopy", 0, MEMBER_NO_SELFCOPY },
	{ "noselfcopy", MEMBER_NO_SELFCOPY, 0 },
	{ "not_me", MEMBER_NO_SELFCOPY, 0 },
	{ "myposts off", MEMBER_NO_SELFCOPY, 0 },
	{ "dedup", MEMBER_DEDUP, 0 },
	{ "duplicates off", MEMBER_DEDUP, 0 },
	{ "hide", MEMBER_HIDE, 0 },
	{ "noconceal", 0, MEMBER_HIDE },
};

START_TEST(flags)
{
	struct member_change c = { 0 };
	ck_assert(member_change_read(span_str(flag_cases[_i].text), &c));
	ck_assert_uint_eq(c.on, flag_cases[_i].on);
	ck_assert_uint_eq(c.off, flag_cases[_i].off);
}
END_TEST

START_TEST(moderated_is_not_for_members)
{
	struct member_change c = { 0 };
	ck_assert(!member_change_read(SPAN("moderated off"), &c));
	ck_assert(!member_change_read(SPAN("nomoderated"), &c));
}
END_TEST

START_TEST(a_change_is_applied)
{
	struct member m = { .delivery = MEMBER_DIGEST_MIME, .flags = MEMBER_ACK };
	struct member_change c = { 0 };
	ck_assert(member_change_empty(&c));
	ck_assert(member_change_read(SPAN("nomail-2d"), &c));
	ck_assert(member_change_read(SPAN("ack off"), &c));
	ck_assert(member_change_read(SPAN("hide"), &c));
	ck_assert(!member_change_empty(&c));
	member_change_apply(&c, 1000, &m);
	ck_assert_uint_eq(m.delivery, MEMBER_DIGEST_MIME);
	ck_assert_int_eq(m.paused, 1000 + 2 * 86400);
	ck_assert_uint_eq(m.flags, MEMBER_HIDE);
	ck_assert(member_silent(&m, 1000));
	ck_assert(!member_silent(&m, m.paused));
	c = (struct member_change){ 0 };
	ck_assert(member_change_read(SPAN("mail"), &c));
	member_change_apply(&c, 1000, &m);
	ck_assert(!member_silent(&m, 1000));
	ck_assert_int_eq(m.paused, 0);
}
END_TEST

static const char *const words[] = {
	"",    "nomail", "digest-mime,ack,dedup", "both,noselfcopy,hide,moderated,lang pt-br,until 1796000000",
	"ack",
};

START_TEST(words_there_and_back)
{
	struct member m = { 0 };
	ck_assert(member_words_read(span_str(words[_i]), &m));
	ck_assert_str_eq(arena_str(arena, member_words(arena, &m)), words[_i]);
}
END_TEST

static const char *const bad_words[] = {
	"nothing", "nomail-14d", "until x", "until", "lang", "ack;dedup", "until 99999999999999999999",
};

START_TEST(words_that_are_none)
{
	struct member m = { 0 };
	ck_assert(!member_words_read(span_str(bad_words[_i]), &m));
}
END_TEST

static const char *read_all(const char *subject, const char *text)
{
	struct command_list l;
	struct buf out = BUF_INIT;
	command_read(span_str(subject), span_str(text), &l);
	for (size_t i = 0; i < l.n; i++) {
		buf_printf(&out, "%s%s", i ? ", " : "", show(&l.v[i]));
	}
	buf_printf(&out, "%s%s", l.unknown ? " ?" : "", l.more ? " +" : "");
	return arena_str(arena, buf_move(&out, arena));
}

static const struct mail {
	const char *subject, *text, *is;
} mails[] = {
	{ "subscribe", "", "subscribe" },
	{ "hello", "subscribe\n", "subscribe" },
	{ "hello", "", "" },
	{ "help", "set ack\r\nset mail\r\n", "help, set, set:mail" },
	{ "", "\n\n\nhelp\n", "help" },
	{ "", "help\nend\nsubscribe\n", "help" },
	{ "", "help\nstop\nsubscribe\n", "help" },
	{ "", "help\n-- \nsubscribe\n", "help" },
	{ "end", "subscribe\n", "" },
	{ "", "> subscribe\n>unsubscribe\nhelp\n", "help" },
	{ "", "Dear list,\nsubscribe\n", " ?" },
	{ "subscribe", "Dear list\nunsubscribe\n", "subscribe ?" },
	{ "", "help\nThanks, Ann\nunsubscribe\n", "help ?" },
	{ "", ">1\n>2\n>3\n>4\n>5\n>6\n>7\n>8\n>9\n>10\nhelp\n", "" },
	{ "", "info\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\nhelp\n",
	  "info, info, info, info, info, info, info, info, info, info" },
	{ "help", "info\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\ninfo\n",
	  "help, info, info, info, info, info, info, info, info, info +" },
};

START_TEST(a_mail)
{
	ck_assert_str_eq(read_all(mails[_i].subject, mails[_i].text), mails[_i].is);
}
END_TEST

START_TEST(ten_thousand_commands)
{
	struct command_list l;
	struct buf text = BUF_INIT;
	for (int i = 0; i < 10000; i++) {
		buf_str(&text, "unsubscribe\n");
	}
	command_read(SPAN("x"), buf_span(&text), &l);
	ck_assert_uint_eq(l.n, COMMAND_MAX);
	buf_free(&text);
}
END_TEST

START_TEST(a_line_without_end)
{
	struct command_list l;
	struct buf text = BUF_INIT;
	buf_str(&text, "subscribe ");
	for (int i = 0; i < 100000; i++) {
		buf_str(&text, "digest ");
	}
	command_read(SPAN(""), buf_span(&text), &l);
	ck_assert_uint_eq(l.n, 0);
	ck_assert(l.unknown);
	buf_free(&text);
}
END_TEST

START_TEST(nul_and_controls_are_no_words)
{
	struct command_line c;
	ck_assert(!command_line(SPAN("subscribe\0"), &c));
	ck_assert(!command_line(SPAN("sub\0scribe"), &c));
	ck_assert(command_line(SPAN("alias a@b\0c"), &c));
	ck_assert_uint_eq(c.argument.n, 5); /* addr_key refuses it */
}
END_TEST

static const struct suffix {
	const char *text, *is;
} suffixes[] = {
	{ "digest", "subscribe:digest-mime" },
	{ "nomail", "subscribe:nomail" },
	{ "ann=one.example", "subscribe ann@one.example" },
	{ "a=b=one.example", "subscribe a=b@one.example" },
	{ "=one.example", NULL },
	{ "ann=", NULL },
	{ "abcdefgh", NULL },
	{ "", NULL },
};

START_TEST(a_suffix)
{
	struct command_line c = { .verb = VERB_SUBSCRIBE };
	const struct suffix *s = &suffixes[_i];
	bool ok = command_suffix(arena, span_str(s->text), &c);
	ck_assert_int_eq(ok, s->is != NULL);
	if (ok) {
		ck_assert_str_eq(show(&c), s->is);
	}
}
END_TEST

/* ---- from messages ---- */

#define HEAD "From: a@b.example\r\n"
#define MIME "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"

static const struct source {
	const char *message, *is;
} sources[] = {
	{ HEAD "Subject: Re: [dev] RE: confirm abc\r\n\r\n", "confirm abc" },
	{ HEAD "Subject: [dev] subscribe\r\n\r\n", "subscribe" },
	{ HEAD "Subject: Re: Help for dev\r\n\r\n", "" },
	{ HEAD "Subject: Re: subscribe\r\n\r\ninfo\r\n", "info" },
	{ HEAD "Subject: =?utf-8?Q?sub=73cribe?=\r\n\r\n", "subscribe" },
	{ HEAD "Subject: sub\r\n scribe\r\n\r\n", "subscribe" },
	{ HEAD "Subject: help\r\nSubject: unsubscribe\r\n\r\n", "help" },
	{ HEAD "\r\nhelp\r\n", "help" },
	{ HEAD "Content-Transfer-Encoding: base64\r\n\r\naGVscAo=\r\n", "help" },
	{ HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\nhe=6Cp=0Aset=20ack\r\n", "help, set" },
	{ HEAD "Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	       "aABlAGwAcAAKAA==\r\n", "help" },
	{ HEAD "Content-Type: text/plain; charset=none-such\r\n\r\nhelp\r\n", "help" },
	{ HEAD "Content-Type: text/html\r\n\r\nhelp\r\n", "" },
	{ HEAD MIME "--b\r\nContent-Type: text/html\r\n\r\nunsubscribe\r\n--b\r\n\r\nhelp\r\n--b--\r\n", "help" },
	{ HEAD MIME "--b\r\n\r\nhelp\r\n--b\r\n\r\nunsubscribe\r\n--b--\r\n", "help" },
	{ HEAD MIME "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nhelp\r\n--c--\r\n--b--\r\n", "help" },
	{ HEAD MIME "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nunsubscribe\r\n--b--\r\n", "" },
	{ HEAD MIME "--b\r\nContent-Disposition: attachment\r\n\r\nunsubscribe\r\n--b--\r\n", "" },
	{ HEAD MIME "preamble\r\nunsubscribe\r\n", "" },
};

START_TEST(from_a_message)
{
	struct message m;
	struct err e;
	struct span subject, text;
	ck_assert(message_parse(arena, span_str(sources[_i].message), &m, &e));
	command_mail(arena, &m, &subject, &text);
	ck_assert_str_eq(read_all(arena_str(arena, subject), arena_str(arena, text)),
	                 sources[_i].is);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof(table[0]))

Suite *command_suite(void)
{
	Suite *suite = suite_create("rules/command");
	TCase *c = tcase_create("command");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, one_line, 0, COUNT(lines));
	tcase_add_loop_test(c, is_no_command, 0, COUNT(no_commands));
	tcase_add_loop_test(c, flags, 0, COUNT(flag_cases));
	tcase_add_test(c, moderated_is_not_for_members);
	tcase_add_test(c, a_change_is_applied);
	tcase_add_loop_test(c, words_there_and_back, 0, COUNT(words));
	tcase_add_loop_test(c, words_that_are_none, 0, COUNT(bad_words));
	tcase_add_loop_test(c, a_mail, 0, COUNT(mails));
	tcase_add_test(c, ten_thousand_commands);
	tcase_add_test(c, a_line_without_end);
	tcase_add_test(c, nul_and_controls_are_no_words);
	tcase_add_loop_test(c, a_suffix, 0, COUNT(suffixes));
	tcase_add_loop_test(c, from_a_message, 0, COUNT(sources));
	suite_add_tcase(suite, c);
	return suite;
}
