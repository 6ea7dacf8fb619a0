#include "rules/bounce_class.h"

#include <check.h>

static struct bounce_said said(const char *status, unsigned code, const char *reply,
                               const char *domain)
{
	return (struct bounce_said){ span_str(status), code, span_str(reply), SPAN(""),
		                     span_str(domain), { SPAN(""), SPAN("") } };
}

static const struct {
	const char *status;
	unsigned code;
	const char *reply, *domain;
	enum bounce_class class;
	bool hard;
} cases[] = {
	{ "5.1.1", 550, "550 5.1.1 user unknown", "", BOUNCE_CLASS_ADDRESS_DEAD, true },
	{ "5.1.1", 0, "", "", BOUNCE_CLASS_ADDRESS_DEAD, true },
	{ "", 550, "550 user unknown", "", BOUNCE_CLASS_ADDRESS_DEAD, false },
	{ "5.2.1", 550, "550 5.2.1 account is disabled", "", BOUNCE_CLASS_ADDRESS_DEAD, false },
	{ "5.1.10", 0, "", "", BOUNCE_CLASS_ADDRESS_DEAD, true },
	{ "5.1.2", 0, "host unknown", "", BOUNCE_CLASS_ADDRESS_DEAD, true },
	{ "5.2.2", 552, "552 5.2.2 mailbox full", "", BOUNCE_CLASS_MAILBOX_FULL, false },
	{ "4.2.2", 452, "452 4.2.2 over quota", "", BOUNCE_CLASS_MAILBOX_FULL, false },
	/* what a third party's policy does is nobody's death */
	{ "5.7.26", 550,
	  "550-5.7.26 Unauthenticated email from example.jp is not accepted due to domain's "
	  "DMARC policy",
	  "gmail.com", BOUNCE_CLASS_POLICY, false },
	{ "5.7.1", 550, "550 5.7.1 <a@b>: user unknown, rejected by DMARC policy", "",
	  BOUNCE_CLASS_POLICY, false },
	{ "5.7.509", 550, "550 5.7.509 Access denied", "outlook.com", BOUNCE_CLASS_POLICY, false },
	{ "5.7.509", 550, "550 5.7.509 Access denied", "example", BOUNCE_CLASS_REPUTATION, false },
	{ "5.7.1", 0, "", "", BOUNCE_CLASS_POLICY, false },
	{ "5.6.7", 553, "", "", BOUNCE_CLASS_POLICY, false },
	{ "5.7.1", 554, "554 5.7.1 blocked using zen.spamhaus.org", "", BOUNCE_CLASS_REPUTATION,
	  false },
	{ "4.7.0", 421, "421 4.7.0 too many connections", "", BOUNCE_CLASS_REPUTATION, false },
	{ "5.7.1", 550, "550 5.7.1 message looks like spam", "", BOUNCE_CLASS_CONTENT, false },
	{ "5.3.4", 552, "552 5.3.4 message size exceeds limit", "", BOUNCE_CLASS_CONTENT, false },
	{ "5.7.1", 554, "554 5.7.1 relay access denied", "", BOUNCE_CLASS_OUR_FAULT, false },
	{ "4.4.1", 0, "connection refused", "", BOUNCE_CLASS_TRANSIENT, false },
	{ "", 450, "450 4.7.1 greylisted", "", BOUNCE_CLASS_TRANSIENT, false },
	{ "", 0, "", "", BOUNCE_CLASS_UNKNOWN, false },
	{ "", 0, "something odd", "", BOUNCE_CLASS_UNKNOWN, false },
};

START_TEST(builtin)
{
	struct err e;
	struct bounce_classes *c = bounce_class_new(SPAN(""), &e);
	ck_assert_msg(c != NULL, "%s", e.text);
	struct bounce_said s =
		said(cases[_i].status, cases[_i].code, cases[_i].reply, cases[_i].domain);
	const struct bounce_rule *r = bounce_class_of(c, &s);
	ck_assert_msg(r->class == cases[_i].class && r->hard == cases[_i].hard, "%s %s: %s %.*s",
	              cases[_i].status, cases[_i].reply, bounce_class_name(r->class),
	              SPAN_FMT(r->words));
	bounce_class_free(c);
}
END_TEST

/* A site's rules come first, and may use and add providers. */
START_TEST(own)
{
	struct err e;
	struct bounce_classes *c = bounce_class_new(
		SPAN("# ours\n\nprovider acme acme.example\r\n"
	             "content soft 5.1.* acme \"they say it to everybody\" user unknown\n"
	             "mailbox-full hard 559 * \"full for good\"\n"
	             "transient soft * google \"x\" ^never$\n"),
		&e);
	ck_assert_msg(c != NULL, "%s", e.text);
	struct bounce_said s = said("5.1.1", 550, "550 5.1.1 user unknown", "mx.acme.example");
	const struct bounce_rule *r = bounce_class_of(c, &s);
	ck_assert(r->class == BOUNCE_CLASS_CONTENT && r->own);
	ck_assert(span_is(r->words, "they say it to everybody"));
	s.domain = SPAN("xacme.example");
	ck_assert_int_eq(bounce_class_of(c, &s)->class, BOUNCE_CLASS_ADDRESS_DEAD);
	s.hosts[0] = SPAN("mx1.acme.example");
	ck_assert_int_eq(bounce_class_of(c, &s)->class, BOUNCE_CLASS_CONTENT);
	s = said("", 559, "559", "");
	r = bounce_class_of(c, &s);
	ck_assert(r->class == BOUNCE_CLASS_MAILBOX_FULL && r->hard);
	bounce_class_free(c);
}
END_TEST

static const struct {
	const char *text, *want;
} bad[] = {
	{ "dead hard 5.1.1 * \"x\"", "line 1: no such class as \"dead\"" },
	{ "\ncontent maybe 5.1.1 * \"x\"", "line 2: hard or soft, not \"maybe\"" },
	{ "content soft 5.x * \"x\"", "line 1: no status as 5.1.1, 5.1.*, 550 or *: \"5.x\"" },
	{ "content soft * nobody \"x\"", "line 1: no provider line for \"nobody\"" },
	{ "content soft * * x", "line 1: no words in double quotes in \"content soft * * x\"" },
	{ "content soft * * \"x", "line 1: no words in double quotes in \"content soft * * \"x\"" },
	{ "provider x", "line 1: no domain for provider \"x\"" },
	{ "content soft * * \"x\" (", "line 1: bad pattern \"(\" at offset 1: missing closing "
	                              "parenthesis" },
};

START_TEST(refused)
{
	struct err e;
	ck_assert(!bounce_class_new(span_str(bad[_i].text), &e));
	ck_assert_str_eq(e.text, bad[_i].want);
}
END_TEST

Suite *bounce_class_suite(void);
Suite *bounce_class_suite(void)
{
	Suite *s = suite_create("rules/bounce_class");
	TCase *t = tcase_create("all");
	tcase_add_loop_test(t, builtin, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(t, own);
	tcase_add_loop_test(t, refused, 0, sizeof(bad) / sizeof(*bad));
	suite_add_tcase(s, t);
	return s;
}
