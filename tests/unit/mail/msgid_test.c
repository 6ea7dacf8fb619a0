#include "mail/msgid.h"

#include "base/buf.h"

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

/* What msgid_list makes of a value, joined with commas; at most three. */
static const struct {
	struct span value, want;
} lists[] = {
	{ SPAN_INIT(" <a@b>"), SPAN_INIT("a@b") },
	{ SPAN_INIT(" <a@b> <c@d>\r\n\t<e@f>"), SPAN_INIT("a@b,c@d,e@f") },
	{ SPAN_INIT("<a@b><c@d>"), SPAN_INIT("a@b,c@d") },
	{ SPAN_INIT("Message of Monday <a@b>"), SPAN_INIT("a@b") },
	{ SPAN_INIT("<a@\r\n b>"), SPAN_INIT("a@b") },
	{ SPAN_INIT("<1@x> <2@x> <3@x> <4@x> <5@x>"), SPAN_INIT("3@x,4@x,5@x") },
	{ SPAN_INIT("<> < > <a@b>"), SPAN_INIT("a@b") },
	{ SPAN_INIT("<a@b> <c@d"), SPAN_INIT("a@b") },
	{ SPAN_INIT("a@b"), SPAN_INIT("") },
	{ SPAN_INIT(""), SPAN_INIT("") },
};

START_TEST(list)
{
	struct arena *arena = arena_new();
	struct buf got = BUF_INIT;
	struct span *v;
	size_t n = msgid_list(arena, lists[_i].value, 3, &v);

	for (size_t i = 0; i < n; i++) {
		buf_str(&got, i > 0 ? "," : "");
		buf_add(&got, v[i]);
	}
	ck_assert_msg(span_eq(buf_span(&got), lists[_i].want), "%.*s", SPAN_FMT(got));
	buf_free(&got);
	arena_free(arena);
}
END_TEST

Suite *msgid_suite(void)
{
	Suite *suite = suite_create("msgid");
	TCase *tc = tcase_create("msgid");

	tcase_add_loop_test(tc, id, 0, (int)(sizeof(ids) / sizeof(*ids)));
	tcase_add_loop_test(tc, list, 0, (int)(sizeof(lists) / sizeof(*lists)));
	suite_add_tcase(suite, tc);
	return suite;
}
