/* Mail of our own on its way out. */

#include "store/outbox.h"

#include "base/limits.h"
#include "store/blob.h"
#include "unit/store/fixture.h"

static struct fixture f;

static void setup(void)
{
	fixture_open(&f);
}

static void teardown(void)
{
	fixture_close(&f);
}

static int64_t put(enum outbox_priority priority, int64_t next_at)
{
	struct outgoing o = {
		.priority = priority,
		.kind = SPAN("test"),
		.recipient = SPAN("ann@one.example"),
		.blob = SPAN("abcd"),
		.domain = SPAN("lists.example"),
		.message_id = SPAN("1@lists.example"),
		.at = 1,
		.next_at = next_at,
	};
	int64_t id;

	ok(&f, store_outbox_put(f.s, &o, &id, &f.e));
	return id;
}

static struct outgoing get(int64_t id)
{
	struct outgoing o;
	bool found;

	ok(&f, store_outbox_get(f.s, f.arena, id, &o, &found, &f.e));
	ck_assert(found);
	return o;
}

static size_t claim(int64_t worker, size_t limit, int64_t now, struct outgoing **v)
{
	size_t n;

	ok(&f, store_outbox_claim(f.s, f.arena, worker, limit, now, v, &n, &f.e));
	return n;
}

static int64_t next_at(void)
{
	int64_t at;

	ok(&f, store_outbox_next_at(f.s, &at, &f.e));
	return at;
}

START_TEST(comes_back_whole)
{
	struct outgoing o = {
		.list = fixture_list(&f, "dev"),
		.priority = OUTBOX_REPORT,
		.kind = SPAN("owner"),
		.mail_from = SPAN("dev+owner-bounces@lists.example"),
		.recipient = SPAN("\303\244@b"),
		.blob = SPAN("abcd"),
		.domain = SPAN("lists.example"),
		.chain = OUTBOX_CONTINUE,
		.via = SPAN("alias.example"),
		.utf8 = true,
		.message_id = SPAN("m\377@i"),
		.about = SPAN("0@one.example"),
		.at = 5,
		.next_at = 7,
	}, got;
	int64_t id;

	ok(&f, store_outbox_put(f.s, &o, &id, &f.e));
	got = get(id);
	ck_assert_int_eq(got.list, o.list);
	ck_assert_int_eq(got.priority, OUTBOX_REPORT);
	assert_span(got.kind, "owner");
	assert_span(got.mail_from, "dev+owner-bounces@lists.example");
	assert_span(got.recipient, "\303\244@b");
	assert_span(got.blob, "abcd");
	assert_span(got.domain, "lists.example");
	ck_assert_int_eq(got.chain, OUTBOX_CONTINUE);
	assert_span(got.via, "alias.example");
	ck_assert(got.utf8);
	assert_span(got.message_id, "m\377@i");
	assert_span(got.about, "0@one.example");
	ck_assert_int_eq(got.state, OUTBOX_WAITING);
	ck_assert_int_eq(got.at, 5);
	ck_assert_int_eq(got.next_at, 7);
	ck_assert_int_eq(got.attempts + got.first_at + (int64_t)got.reply.n, 0);
}
END_TEST

START_TEST(in_the_callers_transaction)
{
	ok(&f, store_begin(f.s, &f.e));
	put(OUTBOX_NOTICE, 0);
	store_rollback(f.s);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM outbox"), 0);
}
END_TEST

START_TEST(order_of_claims)
{
	struct outgoing *v;
	int64_t report = put(OUTBOX_REPORT, 0), late = put(OUTBOX_NOTICE, 20);
	int64_t first = put(OUTBOX_NOTICE, 10), never = put(OUTBOX_NOTICE, 1000);

	ck_assert_int_eq(next_at(), 1);
	ck_assert_uint_eq(claim(0, 10, 100, &v), 2);
	ck_assert_int_eq(v[0].id, first);
	ck_assert_int_eq(v[1].id, late);
	ck_assert_uint_eq(claim(1, 10, 100, &v), 1);
	ck_assert_int_eq(v[0].id, report);
	ck_assert_uint_eq(claim(0, 10, 100, &v), 0);
	ck_assert_int_eq(next_at(), 1000);
	ck_assert_uint_eq(claim(0, 1, 1000, &v), 1);
	ck_assert_int_eq(v[0].id, never);
	ck_assert_int_eq(next_at(), 0);
}
END_TEST

START_TEST(settled)
{
	struct outgoing *v;
	int64_t sent = put(OUTBOX_NOTICE, 0), deferred = put(OUTBOX_NOTICE, 2);
	int64_t failed = put(OUTBOX_NOTICE, 3), stuck = put(OUTBOX_NOTICE, 4);
	struct outbox_counts n;

	ck_assert_uint_eq(claim(3, 10, 100, &v), 4);
	for (size_t i = 0; i < 4; i++) {
		static const enum outbox_state states[] = { OUTBOX_SENT, OUTBOX_WAITING,
			                                    OUTBOX_FAILED, OUTBOX_STUCK };
		v[i].state = states[i];
		v[i].attempts = 1;
		v[i].first_at = 100;
		v[i].next_at = 400;
		v[i].reply = SPAN("250 2.0.0 fine");
	}
	/* Of somebody else's claim nothing can be settled. */
	ok(&f, store_outbox_settle(f.s, 4, v, 4, 200, &f.e));
	ck_assert_int_eq(get(sent).state, OUTBOX_WAITING);
	ok(&f, store_outbox_settle(f.s, 3, v, 4, 200, &f.e));
	ck_assert_int_eq(get(sent).state, OUTBOX_SENT);
	ck_assert_int_eq(get(sent).at, 200);
	assert_span(get(sent).blob, "");
	assert_span(get(sent).reply, "250 2.0.0 fine");
	ck_assert_int_eq(get(deferred).state, OUTBOX_WAITING);
	assert_span(get(deferred).blob, "abcd");
	ck_assert_int_eq(get(deferred).attempts, 1);
	ck_assert_int_eq(get(deferred).first_at, 100);
	ck_assert_int_eq(next_at(), 400);
	ck_assert_int_eq(get(failed).state, OUTBOX_FAILED);
	ck_assert_int_eq(get(stuck).state, OUTBOX_STUCK);
	ok(&f, store_outbox_counts(f.s, &n, &f.e));
	ck_assert(n.waiting == 1 && n.failed == 1 && n.stuck == 1);
}
END_TEST

START_TEST(given_back)
{
	struct outgoing *v;
	int64_t a = put(OUTBOX_NOTICE, 0), b = put(OUTBOX_NOTICE, 2), other = put(OUTBOX_REPORT, 0);
	int64_t accepted[] = { a, other, 999 }, released;

	ck_assert_uint_eq(claim(0, 10, 100, &v), 2);
	ck_assert_uint_eq(claim(1, 10, 100, &v), 1);
	ok(&f, store_outbox_release(f.s, 0, accepted, 3, 150, &released, &f.e));
	ck_assert_int_eq(released, 1);
	ck_assert_int_eq(get(a).state, OUTBOX_SENT);
	assert_span(get(a).blob, "");
	ck_assert_int_eq(get(b).attempts, 1);
	ck_assert_int_eq(get(b).first_at, 150);
	ck_assert_int_eq(get(other).state, OUTBOX_WAITING); /* another worker's */
	ck_assert_int_eq(next_at(), 150);
	ok(&f, store_outbox_release(f.s, -1, NULL, 0, 160, &released, &f.e));
	ck_assert_int_eq(released, 1);
	ck_assert_int_eq(get(other).attempts, 1);
}
END_TEST

/* What ends its worker is tried alone, and not for ever; its neighbours are sent. */
START_TEST(deadly)
{
	struct outgoing *v;
	int64_t a = put(OUTBOX_NOTICE, 0), b = put(OUTBOX_NOTICE, 0), released;

	ck_assert_uint_eq(claim(0, 10, 100, &v), 2);
	ok(&f, store_outbox_release(f.s, 0, NULL, 0, 101, &released, &f.e));
	put(OUTBOX_NOTICE, 0);
	for (int64_t i = 2; i <= LIMIT_ATTEMPTS; i++) {
		ck_assert_uint_eq(claim(0, 10, 200, &v), 1);
		ck_assert_int_eq(v[0].id, i == 2 ? a : b);
		if (i == 2) { /* this one was not it */
			v[0].state = OUTBOX_SENT;
			ok(&f, store_outbox_settle(f.s, 0, v, 1, 200, &f.e));
			ck_assert_uint_eq(claim(0, 10, 200, &v), 1);
			ck_assert_int_eq(v[0].id, b);
		}
		ok(&f, store_outbox_release(f.s, 0, NULL, 0, 200, &released, &f.e));
	}
	ck_assert_int_eq(get(b).state, OUTBOX_STUCK);
	assert_span(get(b).reply, "the worker ended before an answer was known");
	ck_assert_uint_eq(claim(0, 10, 200, &v), 1);
	ck_assert(v[0].id != a && v[0].id != b);
}
END_TEST

START_TEST(by_hand)
{
	struct outgoing *v;
	int64_t a = put(OUTBOX_NOTICE, 1000), b = put(OUTBOX_NOTICE, 0), n;

	ck_assert_uint_eq(claim(0, 10, 100, &v), 1);
	ok(&f, store_outbox_retry(f.s, b, 100, &n, &f.e));
	ck_assert_int_eq(n, 0); /* it is being sent */
	ok(&f, store_outbox_drop(f.s, b, SPAN("x"), 100, &n, &f.e));
	ck_assert_int_eq(n, 0);
	v[0].state = OUTBOX_STUCK;
	v[0].attempts = 4;
	ok(&f, store_outbox_settle(f.s, 0, v, 1, 100, &f.e));
	ok(&f, store_outbox_retry(f.s, 0, 100, &n, &f.e));
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(get(b).state, OUTBOX_WAITING);
	ck_assert_int_eq(get(b).attempts, 0);
	ck_assert_int_eq(get(a).next_at, 100);
	ok(&f, store_outbox_drop(f.s, a, SPAN("dropped"), 110, &n, &f.e));
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(get(a).state, OUTBOX_FAILED);
	assert_span(get(a).reply, "dropped");
	ok(&f, store_outbox_retry(f.s, 0, 120, &n, &f.e));
	ck_assert_int_eq(n, 1); /* all: not what failed */
	ok(&f, store_outbox_retry(f.s, a, 120, &n, &f.e));
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(get(a).state, OUTBOX_WAITING);
}
END_TEST

START_TEST(listed)
{
	struct outgoing *v;
	int64_t a = put(OUTBOX_NOTICE, 0), b = put(OUTBOX_REPORT, 0);
	size_t n;

	ok(&f, store_outbox_ls(f.s, f.arena, OUTBOX_WAITING, 0, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].id, a);
	ok(&f, store_outbox_ls(f.s, f.arena, OUTBOX_WAITING, a, 1, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(v[0].id, b);
	ok(&f, store_outbox_by_message_id(f.s, f.arena, SPAN("1@lists.example"), &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	struct outgoing answer = { .kind = SPAN("x"), .about = SPAN("1@lists.example") };
	ok(&f, store_outbox_put(f.s, &answer, &a, &f.e));
	ok(&f, store_outbox_by_message_id(f.s, f.arena, SPAN("1@lists.example"), &v, &n, &f.e));
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(v[0].id, a);
	ok(&f, store_outbox_by_message_id(f.s, f.arena, SPAN(""), &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(forgotten)
{
	struct outgoing *v;
	int64_t n;

	put(OUTBOX_NOTICE, 0);
	put(OUTBOX_NOTICE, 2);
	ck_assert_uint_eq(claim(0, 10, 100, &v), 2);
	v[0].state = OUTBOX_SENT;
	v[1].state = OUTBOX_FAILED;
	ok(&f, store_outbox_settle(f.s, 0, v, 2, 100, &f.e));
	put(OUTBOX_NOTICE, 0);
	ok(&f, store_outbox_sweep(f.s, 100, 100, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM outbox"), 3);
	ok(&f, store_outbox_sweep(f.s, 101, 100, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM outbox"), 2);
	ok(&f, store_outbox_sweep(f.s, 101, 101, &f.e));
	n = fixture_number(&f, "SELECT state FROM outbox");
	ck_assert_int_eq(n, OUTBOX_WAITING);
}
END_TEST

START_TEST(goes_with_its_list)
{
	struct outgoing o = { .list = fixture_list(&f, "dev"), .kind = SPAN("x") };
	int64_t id;

	ok(&f, store_outbox_put(f.s, &o, &id, &f.e));
	put(OUTBOX_NOTICE, 0);
	ok(&f, store_list_rm(f.s, o.list, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM outbox"), 1);
}
END_TEST

/* The sweep of msg/ keeps what a row names, until it was sent. */
START_TEST(keeps_its_bytes)
{
	char name[BLOB_NAME + 1];
	struct outgoing o = { .kind = SPAN("x") }, *v;
	int64_t id, removed;

	ok(&f, blob_put(f.dir, SPAN("bytes"), name, &f.e));
	o.blob = span_str(name);
	ok(&f, store_outbox_put(f.s, &o, &id, &f.e));
	ok(&f, blob_sweep(f.s, f.dir, INT64_MAX, &removed, &f.e));
	ck_assert_int_eq(removed, 0);
	ck_assert_uint_eq(claim(0, 10, 100, &v), 1);
	v[0].state = OUTBOX_SENT;
	ok(&f, store_outbox_settle(f.s, 0, v, 1, 100, &f.e));
	ok(&f, blob_sweep(f.s, f.dir, INT64_MAX, &removed, &f.e));
	ck_assert_int_eq(removed, 1);
}
END_TEST

Suite *outbox_suite(void);

Suite *outbox_suite(void)
{
	Suite *suite = suite_create("store/outbox");
	TCase *c = tcase_create("outbox");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, comes_back_whole);
	tcase_add_test(c, in_the_callers_transaction);
	tcase_add_test(c, order_of_claims);
	tcase_add_test(c, settled);
	tcase_add_test(c, given_back);
	tcase_add_test(c, deadly);
	tcase_add_test(c, by_hand);
	tcase_add_test(c, listed);
	tcase_add_test(c, forgotten);
	tcase_add_test(c, goes_with_its_list);
	tcase_add_test(c, keeps_its_bytes);
	suite_add_tcase(suite, c);
	return suite;
}
