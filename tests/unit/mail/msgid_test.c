#include "mail/msgid.h"

#include <check.h>

static const struct {
	struct span raw, want;
} ids[] = {
	{ SPAN_INIT("Message-ID: <a@example.org>\r\n\r\n"), SPAN_INIT("a@example.org") },
	{ SPAN_INIT("message-id:<a@example.org>\r\n\r\n"), SPAN_INIT("a@example.org") },
	{ SPAN_INIT("Message-ID:\r\n <a@example.org>\r\n\r\n"), SPAN_INIT("a@example.org") },
	{ SPAN_INIT("Message-ID: <a@\r\n example.org>\r\n\r\n"), SPAN_INIT("a@example.org") },
	{ SPAN_INIT("Message-ID: < a@example.org >\r\n\r\n"), SPAN_INIT("a@example.org") },
	{ SPAN_INIT("Message-ID: (no <b@c>) <a@d> (more)\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: (a (b) \\) c) <a@d>\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: (a \\) <b@c>) <a@d>\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: (a)(b) (c)<a@d>\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: <a@d> <b@d>\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: <first@d>\r\nMessage-ID: <second@d>\r\n\r\n"),
	  SPAN_INIT("first@d") },
	{ SPAN_INIT("Message-ID: a@d\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: a@d trailing\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: <a@d\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: text <a@d>\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Message-ID: <no at>\r\n\r\n"), SPAN_INIT("noat") },
	{ SPAN_INIT("Message-ID: <\xc3\xa4@d>"), SPAN_INIT("\xc3\xa4@d") },
	{ SPAN_INIT("Message-ID: <a\0@d>\r\n\r\n"), SPAN_INIT("a\0@d") },
	{ SPAN_INIT("Message-ID: <>\r\n\r\n"), SPAN_INIT("") },
	{ SPAN_INIT("Message-ID: <\r\n\r\n"), SPAN_INIT("") },
	{ SPAN_INIT("Message-ID:\r\n\r\n"), SPAN_INIT("") },
	{ SPAN_INIT("Message-ID: (open <a@d>\r\n\r\n"), SPAN_INIT("") },
	{ SPAN_INIT("Message-ID: ((((\\\r\n\r\n"), SPAN_INIT("") },
	{ SPAN_INIT("Message-ID: ) <a@d>\r\n\r\n"), SPAN_INIT("a@d") },
	{ SPAN_INIT("Subject: x\r\n\r\nMessage-ID: <a@d>\r\n"), SPAN_INIT("") },
	{ SPAN_INIT(""), SPAN_INIT("") },
};

START_TEST(id)
{
	struct arena *arena = arena_new();
	struct message m;
	struct span got;

	ck_assert(message_parse(arena, ids[_i].raw, &m, NULL));
	got = msgid_of(arena, &m);
	ck_assert_msg(span_eq(got, ids[_i].want), "%.*s", SPAN_FMT(got));
	arena_free(arena);
}
END_TEST

Suite *msgid_suite(void)
{
	Suite *suite = suite_create("msgid");
	TCase *tc = tcase_create("msgid");

	tcase_add_loop_test(tc, id, 0, (int)(sizeof(ids) / sizeof(*ids)));
	suite_add_tcase(suite, tc);
	return suite;
}
