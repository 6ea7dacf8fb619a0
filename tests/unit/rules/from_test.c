#include "rules/from.h"

#include "rules/domains.h"

#include <check.h>

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
	const char *list, *domain;
	bool have;
} memberships[] = {
	{ "", "example.org", false },
	{ "example.org", "example.org", true },
	{ "example.org", "EXAMPLE.org", true },
	{ "example.org", "mx.example.org", true },
	{ "example.org", "badexample.org", false },
	{ "example.org", "org", false },
	{ "a.example, b.example\tc.example", "c.example", true },
	{ "a.example,,b.example", "b.example", true },
	{ "yahoo.*", "yahoo.com", true },
	{ "yahoo.*", "yahoo.co.uk", true },
	{ "yahoo.*", "mail.Yahoo.de", true },
	{ "yahoo.*", "notyahoo.com", false },
	{ "yahoo.*", "yahoo", false },
	{ "yahoo.*", "yahoo.", false },
	{ "yahoo.*", "", false },
	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example", true },
	{ "xn--bcher-kva.example", "b\xc3\xbc" "cher.example", true },
};

START_TEST(membership)
{
	ck_assert_int_eq(domains_have(span_str(memberships[_i].list), span_str(memberships[_i].domain)),
	                 memberships[_i].have);
}
END_TEST

static const struct {
	const char *list;
	bool valid;
} lists[] = {
	{ "", true },
	{ " , ", true },
	{ "example.org", true },
	{ "yahoo.* b\xc3\xbc" "cher.example", true },
	{ "*", false },
	{ "*.example.org", false },
	{ "a..example", false },
	{ ".*", false },
	{ "user@example.org", false },
};

START_TEST(validity)
{
	ck_assert_int_eq(domains_valid(span_str(lists[_i].list)), lists[_i].valid);
}
END_TEST

#define KEEP   FROM_KEEP
#define MUNGE  FROM_MUNGE
#define SPLIT  FROM_SPLIT
#define NONE   DMARC_POLICY_NONE
#define QUAR   DMARC_POLICY_QUARANTINE
#define REJECT DMARC_POLICY_REJECT

static const struct {
	enum list_from from;
	enum dmarc_policy policy;
	bool testing, unknown, survives, continues, receivers;
	const char *author; /* a.example: in no list; gmail.com: always; kept.example: never */
	enum from_plan want;
} cases[] = {
	{ LIST_FROM_AUTO, NONE, false, false, false, false, true, "a.example", KEEP },
	{ LIST_FROM_AUTO, NONE, false, false, false, true, true, "a.example", KEEP },
	{ LIST_FROM_AUTO, QUAR, false, false, false, false, true, "a.example", MUNGE },
	{ LIST_FROM_AUTO, REJECT, false, false, false, false, true, "a.example", MUNGE },
	{ LIST_FROM_AUTO, REJECT, false, false, false, true, true, "a.example", SPLIT },
	{ LIST_FROM_AUTO, REJECT, false, false, false, true, false, "a.example", MUNGE },
	/* t=y: reject is quarantine, quarantine is none */
	{ LIST_FROM_AUTO, QUAR, true, false, false, false, true, "a.example", KEEP },
	{ LIST_FROM_AUTO, REJECT, true, false, false, false, true, "a.example", MUNGE },
	{ LIST_FROM_AUTO, REJECT, false, false, true, false, true, "a.example", KEEP },
	{ LIST_FROM_AUTO, REJECT, false, false, true, true, true, "a.example", KEEP },
	{ LIST_FROM_AUTO, NONE, false, true, false, false, true, "a.example", MUNGE },
	{ LIST_FROM_AUTO, NONE, false, true, true, false, true, "a.example", KEEP },
	{ LIST_FROM_AUTO, NONE, false, false, false, false, true, "gmail.com", MUNGE },
	{ LIST_FROM_AUTO, NONE, false, false, false, true, true, "gmail.com", SPLIT },
	{ LIST_FROM_AUTO, NONE, false, false, true, false, true, "gmail.com", KEEP },
	{ LIST_FROM_AUTO, REJECT, false, false, false, true, true, "kept.example", KEEP },
	{ LIST_FROM_AUTO, NONE, false, true, false, false, true, "mx.kept.example", KEEP },
	{ LIST_FROM_KEEP, REJECT, false, true, false, false, true, "gmail.com", KEEP },
	{ LIST_FROM_MUNGE, NONE, false, false, true, true, true, "kept.example", MUNGE },
};

START_TEST(plan)
{
	struct site site = { .dkim2_receivers = span_str(cases[_i].receivers ? "r.example" : "") };
	struct list list = { .from = cases[_i].from,
		             .always_munge = SPAN("gmail.com yahoo.*"),
		             .never_munge = SPAN("kept.example") };
	struct dmarc_result dmarc = { .result = cases[_i].unknown ? AUTH_TEMPERROR : AUTH_FAIL,
		                      .found = SPAN("a.example"),
		                      .policy = cases[_i].policy,
		                      .testing = cases[_i].testing };
	struct from_input in = { .site = &site,
		                 .list = &list,
		                 .dmarc = &dmarc,
		                 .author_domain = span_str(cases[_i].author),
		                 .survives = cases[_i].survives,
		                 .continues = cases[_i].continues };
	struct from_choice got = from_choose(&in);

	ck_assert_int_eq(got.plan, cases[_i].want);
	ck_assert_ptr_nonnull(got.why);
}
END_TEST

START_TEST(receivers)
{
	struct site site = { .dkim2_receivers = SPAN("r.example") };

	ck_assert(from_kept_for(&site, SPAN("R.example")));
	ck_assert(from_kept_for(&site, SPAN("mx.r.example")));
	ck_assert(!from_kept_for(&site, SPAN("s.example")));
}
END_TEST

Suite *from_suite(void);
Suite *from_suite(void)
{
	Suite *s = suite_create("rules/from");
	TCase *t = tcase_create("from");

	tcase_add_loop_test(t, membership, 0, LENGTH(memberships));
	tcase_add_loop_test(t, validity, 0, LENGTH(lists));
	tcase_add_loop_test(t, plan, 0, LENGTH(cases));
	tcase_add_test(t, receivers);
	suite_add_tcase(s, t);
	return s;
}
