#include "rules/revise_anonymous.h"

#include "base/buf.h"
#include "rules/setting.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static struct site site;
static struct list list;

static void setup(void)
{
	arena = arena_new();
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
}

static void teardown(void)
{
	arena_free(arena);
}

static const char *revised(const char *text, struct anonymous a)
{
	struct message m;
	struct err e = { 0 };
	a.arena = arena;
	a.site = &site;
	a.list = &list;
	a.message_id = SPAN("new@lists.example");
	a.now = 1795800000;
	ck_assert(message_parse(arena, span_str(text), &m, &e));
	struct edits *x = edit_new(arena, &m);
	revise_anonymous(x, &a);
	ck_assert_msg(edit_finish(x, &e), "%s", e.text);
	ck_assert(!x->reversible);
	return arena_str(arena, edit_print(x));
}

/* "ann" stands for what must not be found again. */
static const char *const telling[] = {
	"From: Ann <ann@one.example>",
	"Sender: ann@one.example",
	"Reply-To: ann@one.example",
	"To: ann@one.example",
	"Cc: ann@one.example",
	"Bcc: ann@one.example",
	"Date: Fri, 27 Nov 2026 12:00:00 +0545 (ann)",
	"Message-ID: <ann@one.example>",
	"References: <ann@one.example>",
	"In-Reply-To: <ann@one.example>",
	"Return-Path: <ann@one.example>",
	"Received: from ann (ann [192.0.2.1]) by mx.one.example",
	"Received-SPF: pass (ann)",
	"Authentication-Results: mx; dkim=pass header.d=ann",
	"ARC-Seal: i=1; d=ann",
	"ARC-Message-Signature: i=1; d=ann",
	"ARC-Authentication-Results: i=1; ann",
	"DKIM-Signature: v=1; d=ann",
	"DKIM2-Signature: i=1; d=ann",
	"Message-Instance: m=1; ann",
	"DomainKey-Signature: d=ann",
	"Organization: ann",
	"Organisation: ann",
	"User-Agent: annmail",
	"X-Mailer: annmail",
	"X-Originating-IP: [ann]",
	"X-Originating-Email: ann",
	"X-Sender: ann",
	"X-MailFrom: ann",
	"X-Envelope-From: ann",
	"X-Google-Original-From: ann",
	"X-Face: ann",
	"Face: ann",
	"Phone: ann",
	"List-Id: <ann>",
	"Thread-Index: ann",
	"Disposition-Notification-To: ann",
	"Resent-From: ann@one.example",
	"Autocrypt: addr=ann",
	"OpenPGP: id=ann",
	"Content-ID: <ann@one.example>",
	"Content-Location: http://ann.example",
	"Comments: ann",
	"X-Loop: ann@one.example",
	"X-Loop: ann",
	"X-Loop: one.example (ann)",
	"MIME-Version: 1.0 (annmail 1.2)",
	"MIME-Version: (ann) 1.0",
	"Auto-Submitted: auto-notified; owner-email=\"ann@one.example\"",
	"Auto-Submitted: no (ann)",
	"Auto-Submitted: auto-ann",
	"Unheard-Of: ann",
};

START_TEST(gone)
{
	const char *out = revised(arena_printf(arena, "%s\r\nSubject: x\r\n\r\nbody\r\n",
	                                       telling[_i]).p,
	                          (struct anonymous){ 0 });
	ck_assert_msg(span_ifind(span_str(out), SPAN("ann")) == SPAN_NONE, "%s", out);
}
END_TEST

/* Or it would never end. */
START_TEST(loops)
{
	const char *out = revised("X-Loop: other.lists.example\r\nSubject: x\r\n"
	                          "X-Loop:\r\n third_one.lists.example\r\n\r\nbody\r\n",
	                          (struct anonymous){ 0 });
	ck_assert_msg(strstr(out, "X-Loop: other.lists.example\r\n"), "%s", out);
	ck_assert_msg(strstr(out, "X-Loop:\r\n third_one.lists.example\r\n"), "%s", out);
}
END_TEST

START_TEST(words)
{
	const char *out = revised("MIME-Version: 1.0\r\n (annmail)\r\nSubject: x\r\n"
	                          "Auto-Submitted:AUTO-Notified;owner-email=\"ann@one.example\"\r\n"
	                          "\r\nbody\r\n",
	                          (struct anonymous){ 0 });
	ck_assert_msg(strstr(out, "MIME-Version: 1.0\r\nSubject: x\r\n"
	                          "Auto-Submitted: auto-notified\r\n\r\n"), "%s", out);
}
END_TEST

START_TEST(whole)
{
	const struct span references[] = { SPAN_INIT("1@lists.example"), SPAN_INIT("2@lists.example") };
	list.description = SPAN("The list");
	const char *out = revised("From: ann@one.example\r\nMIME-Version: 1.0\r\n"
	                          "Subject: =?utf-8?q?h=C3=A9?=\r\n  there\r\nX-Y: z\r\n"
	                          "Content-Type: text/plain;\r\n\tcharset=utf-8\r\n"
	                          "Content-Transfer-Encoding: 8bit\r\n\r\nbody\r\n",
	                          (struct anonymous){ .references = references,
	                                              .nreferences = 2,
	                                              .in_reply_to = SPAN("2@lists.example") });
	ck_assert_str_eq(out, "From: The list <dev@lists.example>\r\nTo: dev@lists.example\r\n"
	                      "Date: Fri, 27 Nov 2026 17:20:00 +0000\r\n"
	                      "Message-ID: <new@lists.example>\r\n"
	                      "In-Reply-To: <2@lists.example>\r\n"
	                      "References: <1@lists.example>\r\n <2@lists.example>\r\n"
	                      "MIME-Version: 1.0\r\nSubject: =?utf-8?q?h=C3=A9?=\r\n  there\r\n"
	                      "Content-Type: text/plain;\r\n\tcharset=utf-8\r\n"
	                      "Content-Transfer-Encoding: 8bit\r\n\r\nbody\r\n");
}
END_TEST

Suite *revise_anonymous_suite(void);

Suite *revise_anonymous_suite(void)
{
	Suite *s = suite_create("revise_anonymous");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, gone, 0, (int)(sizeof(telling) / sizeof(telling[0])));
	tcase_add_test(t, whole);
	tcase_add_test(t, loops);
	tcase_add_test(t, words);
	suite_add_tcase(s, t);
	return s;
}
