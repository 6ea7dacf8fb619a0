/* What became of messages. */

#include "store/inbox.h"
#include "unit/store/fixture.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fixture f;

static void setup(void)
{
	fixture_open(&f);
}
static void teardown(void)
{
	fixture_close(&f);
}

static void put(const char *spool, enum inbox_state state, int64_t at, const char *message_id)
{
	struct inbox in = { .spool = span_str(spool),
		            .state = state,
		            .at = at,
		            .message_id = span_str(message_id) };

	ok(&f, store_inbox_put(f.s, &in, &f.e));
}

static bool get(const char *spool, struct inbox *out)
{
	bool found;

	ok(&f, store_inbox_get(f.s, f.arena, span_str(spool), out, &found, &f.e));
	return found;
}

START_TEST(comes_back_whole)
{
	struct inbox in = {
		.spool = SPAN("1.2.host"),
		.state = INBOX_TRYING,
		.ref = 5,
		.at = 6,
		.first_at = 7,
		.attempts = 8,
		.next_at = 9,
		.recipient = SPAN("dev@example.org"),
		.mail_from = SPAN("\377\0x"),
		.message_id = SPAN("<a@b>"),
		.reason = SPAN("dns\r\n"),
	};
	struct inbox out;

	ok(&f, store_inbox_put(f.s, &in, &f.e));
	ck_assert(get("1.2.host", &out));
	assert_span(out.spool, "1.2.host");
	ck_assert_int_eq(out.state, INBOX_TRYING);
	ck_assert_int_eq(out.ref, 5);
	ck_assert_int_eq(out.at, 6);
	ck_assert_int_eq(out.first_at, 7);
	ck_assert_int_eq(out.attempts, 8);
	ck_assert_int_eq(out.next_at, 9);
	assert_span(out.recipient, "dev@example.org");
	ck_assert(span_eq(out.mail_from, in.mail_from));
	assert_span(out.message_id, "<a@b>");
	assert_span(out.reason, "dns\r\n");
	ck_assert(!get("1.2.hos", &out));
	ck_assert(!get("", &out));
}
END_TEST

START_TEST(put_replaces)
{
	struct inbox out;

	put("a", INBOX_TRYING, 1, "<old@x>");
	put("a", INBOX_POST, 2, "<new@x>");
	ck_assert(get("a", &out));
	ck_assert_int_eq(out.state, INBOX_POST);
	ck_assert_int_eq(out.at, 2);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM inbox"), 1);
	fixture_invariants(&f);
}
END_TEST

START_TEST(listed_oldest_first)
{
	struct inbox *v;
	size_t n;

	put("c", INBOX_STUCK, 30, "");
	put("a", INBOX_STUCK, 10, "");
	put("x", INBOX_POST, 5, "");
	put("b", INBOX_STUCK, 20, "");
	ok(&f, store_inbox_ls(f.s, f.arena, INBOX_STUCK, 100, &v, &n, &f.e));
	ck_assert_uint_eq(n, 3);
	assert_span(v[0].spool, "a");
	assert_span(v[1].spool, "b");
	assert_span(v[2].spool, "c");
	ok(&f, store_inbox_ls(f.s, f.arena, INBOX_STUCK, 2, &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	ok(&f, store_inbox_ls(f.s, f.arena, INBOX_HELD, 100, &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
	ok(&f, store_inbox_ls(f.s, f.arena, INBOX_STUCK, SIZE_MAX, &v, &n, &f.e));
	ck_assert_uint_eq(n, 3);
}
END_TEST

START_TEST(found_by_message_id)
{
	struct inbox *v;
	size_t n;

	put("b", INBOX_DROPPED, 2, "<a@x>");
	put("a", INBOX_POST, 1, "<a@x>");
	put("c", INBOX_POST, 1, "<b@x>");
	put("d", INBOX_POST, 1, "");
	ok(&f, store_inbox_by_message_id(f.s, f.arena, SPAN("<a@x>"), &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	assert_span(v[0].spool, "a");
	assert_span(v[1].spool, "b");
	ok(&f, store_inbox_by_message_id(f.s, f.arena, SPAN("<a@X>"), &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
	ok(&f, store_inbox_by_message_id(f.s, f.arena, SPAN(""), &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
}
END_TEST

static const struct {
	enum inbox_state state;
	int64_t at;
	bool stays;
} sweeps[] = {
	{ INBOX_POST, 99, false },
	{ INBOX_POST, 100, true },
	{ INBOX_HELD, 99, false },
	{ INBOX_DROPPED, 1, false },
	{ INBOX_DROPPED, 101, true },
	/* Not handled: whatever their age. */
	{ INBOX_TRYING, 1, true },
	{ INBOX_STUCK, 1, true },
};

START_TEST(sweep_forgets_what_was_handled)
{
	struct inbox out;

	put("a", sweeps[_i].state, sweeps[_i].at, "");
	ok(&f, store_inbox_sweep(f.s, 100, &f.e));
	ck_assert_int_eq(get("a", &out), sweeps[_i].stays);
}
END_TEST

/* A call outside a transaction is durable when it returns. */
START_TEST(survives_a_kill)
{
	struct inbox out;
	int status;
	pid_t pid;

	fixture_disconnect(&f);
	pid = fork();
	if (pid == 0) {
		f.s = fixture_connect(&f);
		put("a", INBOX_POST, 1, "");
		if (store_begin(f.s, &f.e)) {
			put("b", INBOX_POST, 1, "");
		}
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	f.s = fixture_connect(&f);
	ck_assert(get("a", &out));
	ck_assert(!get("b", &out));
}
END_TEST

Suite *inbox_suite(void)
{
	Suite *suite = suite_create("store/inbox");
	TCase *c = tcase_create("inbox");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, comes_back_whole);
	tcase_add_test(c, put_replaces);
	tcase_add_test(c, listed_oldest_first);
	tcase_add_test(c, found_by_message_id);
	tcase_add_loop_test(c, sweep_forgets_what_was_handled, 0,
	                    sizeof(sweeps) / sizeof(sweeps[0]));
	tcase_add_test(c, survives_a_kill);
	suite_add_tcase(suite, c);
	return suite;
}
