/* The parts of a delivery report. */

#include "mail/dsn.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static struct dsn d;
static struct compose_part parts[2];
static size_t n;

static void setup(void)
{
	arena = arena_new();
	d = (struct dsn){
		.reporting_mta = SPAN("mx.lists.example"),
		.arrived = 1800000000,
		.recipient = SPAN("dev@lists.example"),
		.status = SPAN("5.7.2"),
		.diagnostic = SPAN("the author is not a member"),
	};
}

static void teardown(void)
{
	arena_free(arena);
}

#define assert_span(got, text)                                                                     \
	do {                                                                                       \
		struct span got_ = (got);                                                          \
		ck_assert_msg(span_is(got_, (text)), "\"%.*s\" is not \"%s\"", SPAN_FMT(got_),     \
		              (text));                                                             \
	} while (0)

static void make(struct span raw, bool whole, size_t limit)
{
	struct message m;
	ck_assert(message_parse(arena, raw, &m, NULL));
	dsn_parts(arena, &d, &m, whole, limit, parts, &n);
}

#define MAIL "From: a@b.example\r\n\r\nhi\r\n"

START_TEST(status)
{
	make(SPAN(MAIL), true, 1000);
	assert_span(parts[0].bytes,
	            "Reporting-MTA: dns; mx.lists.example\r\n"
	            "Arrival-Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
	            "\r\n"
	            "Final-Recipient: rfc822; dev@lists.example\r\n"
	            "Action: failed\r\n"
	            "Status: 5.7.2\r\n"
	            "Diagnostic-Code: x-ladle; the author is not a member\r\n");
}
END_TEST

static const struct {
	const char *raw;
	bool whole;
	size_t limit;
	const char *type, *returned; /* NULL: nothing; "" all; else the bytes */
} cases[] = {
	{ MAIL, true, 1000, "message/rfc822", "" },
	{ MAIL, true, sizeof(MAIL) - 1, "message/rfc822", "" },
	{ MAIL, true, sizeof(MAIL) - 2, "text/rfc822-headers", "From: a@b.example\r\n" },
	{ MAIL, false, 1000, "text/rfc822-headers", "From: a@b.example\r\n" },
	{ MAIL "\303\244\r\n", true, 1000, "message/rfc822", "" },
	{ MAIL "bare\nx", true, 1000, "text/rfc822-headers", "From: a@b.example\r\n" },
	{ "From: \303\244@b.example\r\n\r\nx", true, 1000, "message/global", "" },
	{ "From: \303\244@b.example\r\n\r\nx", true, 10, "message/global-headers",
	  "From: \303\244@b.example\r\n" },
	{ "From: a\rb@b.example\r\n\r\nx", true, 1000, NULL, NULL },
	{ "no header\r\n", true, 1000, "message/rfc822", "" },
	{ "no header\r\n", true, 1, NULL, NULL },
};

START_TEST(returned)
{
	struct span raw = span_str(cases[_i].raw);
	make(raw, cases[_i].whole, cases[_i].limit);
	if (!cases[_i].type) {
		ck_assert_uint_eq(n, 1);
		return;
	}
	ck_assert_uint_eq(n, 2);
	assert_span(parts[1].type, cases[_i].type);
	assert_span(parts[1].bytes, cases[_i].returned[0] ? cases[_i].returned : cases[_i].raw);
	bool global = strstr(cases[_i].type, "global") != NULL;
	assert_span(parts[0].type,
	            global ? "message/global-delivery-status" : "message/delivery-status");
}
END_TEST

START_TEST(international_recipient)
{
	d.recipient = SPAN("\303\244@lists.example");
	make(SPAN(MAIL), true, 1000);
	assert_span(parts[0].type, "message/global-delivery-status");
	assert_span(parts[1].type, "message/rfc822");
	ck_assert(span_find(parts[0].bytes, SPAN("Final-Recipient: utf-8; \303\244@lists.ex")) !=
	          SPAN_NONE);
}
END_TEST

/* What strangers wrote cannot add a field, nor use what the part's type does not have. */
START_TEST(hostile)
{
	d.diagnostic = SPAN("a\r\nAction: delivered\n\033[2J\0\303\244\377z");
	d.recipient = SPAN("x\r\nAction: delivered@b");
	make(SPAN(MAIL), true, 1000);
	ck_assert(span_find(parts[0].bytes, SPAN("\nAction: delivered")) == SPAN_NONE);
	ck_assert(span_find(parts[0].bytes, SPAN("x-ladle; a  Action: delivered  [2J ? z\r\n")) !=
	          SPAN_NONE);
	char long_text[5000];
	memset(long_text, 'x', sizeof(long_text));
	d.diagnostic = (struct span){ long_text, sizeof(long_text) };
	make(SPAN(MAIL), true, 1000);
	for (struct span rest = parts[0].bytes; rest.n > 0;) {
		ck_assert_uint_le(span_line(&rest).n, 1000);
	}
}
END_TEST

Suite *dsn_suite(void);

Suite *dsn_suite(void)
{
	Suite *suite = suite_create("mail/dsn");
	TCase *c = tcase_create("dsn");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, status);
	tcase_add_loop_test(c, returned, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(c, international_recipient);
	tcase_add_test(c, hostile);
	suite_add_tcase(suite, c);
	return suite;
}
