/* Held messages. */

#include "store/held.h"
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

static int64_t hold(int64_t list)
{
	struct held h = { .list = list, .state = HELD_WAITING, .arrived = 1 };
	int64_t id;

	ok(&f, store_held_add(f.s, &h, &id, &f.e));
	return id;
}

static bool get(int64_t id, struct held *out)
{
	bool found;

	ok(&f, store_held_get(f.s, f.arena, id, out, &found, &f.e));
	return found;
}

static size_t listed(int64_t list, enum held_state state, int64_t after, size_t limit,
                     struct held **v)
{
	size_t n;

	ok(&f, store_held_ls(f.s, f.arena, list, state, after, limit, v, &n, &f.e));
	return n;
}

static bool decide(struct store *s, int64_t id, enum held_state state, int64_t at, const char *by,
                   enum held_back back)
{
	struct held_decision d = { state, at, span_str(by), SPAN("cli"), SPAN("why\377"), back };
	bool changed;

	ok(&f, store_held_decide(s, id, &d, &changed, &f.e));
	return changed;
}

static int64_t counted(int64_t list, enum held_state state)
{
	int64_t n;

	ok(&f, store_held_count(f.s, list, state, &n, &f.e));
	return n;
}

START_TEST(comes_back_whole)
{
	struct held h = {
		.id = 99,
		.list = fixture_list(&f, "dev"),
		.state = HELD_REFUSED,
		.blob = SPAN("abcd"),
		.mail_from = SPAN("a@b"),
		.recipient = SPAN("dev@x"),
		.author = SPAN("c@d"),
		.subject = SPAN("\303\244\377\0"),
		.message_id = SPAN("<m@i>"),
		.rule = SPAN("nonmember"),
		.reason = SPAN("why"),
		.verdict = SPAN("{}"),
		.arrived = 1,
		.decided = 2,
		.size = 3,
		.truncated = true,
		.kind = HELD_JOIN,
		.signed_at = 4,
	};
	struct held out;
	int64_t id;

	ok(&f, store_held_add(f.s, &h, &id, &f.e));
	ck_assert(get(id, &out));
	ck_assert_int_eq(out.id, id);
	ck_assert_int_eq(out.list, h.list);
	ck_assert_int_eq(out.state, HELD_REFUSED);
	assert_span(out.blob, "abcd");
	assert_span(out.mail_from, "a@b");
	assert_span(out.recipient, "dev@x");
	assert_span(out.author, "c@d");
	ck_assert(span_eq(out.subject, h.subject));
	assert_span(out.message_id, "<m@i>");
	assert_span(out.rule, "nonmember");
	assert_span(out.reason, "why");
	assert_span(out.verdict, "{}");
	ck_assert_int_eq(out.arrived, 1);
	ck_assert_int_eq(out.decided, 2);
	ck_assert_int_eq(out.size, 3);
	ck_assert(out.truncated);
	ck_assert_int_eq(out.kind, HELD_JOIN);
	ck_assert_int_eq(out.signed_at, 4);
	ck_assert_uint_eq(out.decided_by.n + out.channel.n + out.note.n, 0);
	ck_assert(!get(id + 1, &out));
}
END_TEST

START_TEST(without_a_list)
{
	struct held out;

	ck_assert(get(hold(0), &out));
	ck_assert_int_eq(out.list, 0);
	ck_assert(!out.truncated);
	ck_assert_int_eq(counted(0, HELD_WAITING), 1);
}
END_TEST

START_TEST(listed_by_list_and_state)
{
	int64_t a = fixture_list(&f, "a"), b = fixture_list(&f, "b");
	int64_t first = hold(a), second = hold(b), third = hold(a), fourth = hold(0);
	struct held *v;

	ck_assert_uint_eq(listed(0, HELD_WAITING, 0, 10, &v), 4);
	ck_assert_int_eq(v[0].id, first);
	ck_assert_int_eq(v[3].id, fourth);
	ck_assert_uint_eq(listed(a, HELD_WAITING, 0, 10, &v), 2);
	ck_assert_int_eq(v[1].id, third);
	ck_assert_uint_eq(listed(a, HELD_WAITING, first, 10, &v), 1);
	ck_assert_uint_eq(listed(0, HELD_WAITING, second, 1, &v), 1);
	ck_assert_int_eq(v[0].id, third);
	ck_assert_uint_eq(listed(b, HELD_ACCEPTED, 0, 10, &v), 0);
	ck_assert(decide(f.s, second, HELD_ACCEPTED, 9, "ann", HELD_BACK_RULES));
	ck_assert_uint_eq(listed(b, HELD_ACCEPTED, 0, 10, &v), 1);
	ck_assert_uint_eq(listed(b, HELD_WAITING, 0, 10, &v), 0);
	ck_assert_int_eq(counted(0, HELD_WAITING), 3);
	ck_assert_int_eq(counted(a, HELD_WAITING), 2);
	ck_assert_int_eq(counted(b, HELD_ACCEPTED), 1);
	ck_assert_int_eq(counted(0, HELD_DISCARDED), 0);
}
END_TEST

START_TEST(decided_once)
{
	struct store *other = fixture_connect(&f);
	int64_t id = hold(0);
	struct held out;

	ck_assert(decide(other, id, HELD_DISCARDED, 7, "ann", HELD_BACK_RULES));
	ck_assert(!decide(f.s, id, HELD_ACCEPTED, 8, "ben", HELD_BACK_ALL));
	ck_assert(get(id, &out));
	ck_assert_int_eq(out.state, HELD_DISCARDED);
	ck_assert_int_eq(out.decided, 7);
	assert_span(out.decided_by, "ann");
	assert_span(out.channel, "cli");
	assert_span(out.note, "why\377");
	ck_assert(!decide(f.s, id + 1, HELD_ACCEPTED, 8, "ben", HELD_BACK_ALL));
	store_close(other);
}
END_TEST

/* A rule's refusal is open to all, a person's only to who says that he takes it back. */
START_TEST(taken_back)
{
	struct held h = { .state = HELD_REFUSED };
	int64_t by_rule, by_ann = hold(0);

	ok(&f, store_held_add(f.s, &h, &by_rule, &f.e));
	ck_assert(decide(f.s, by_ann, HELD_REFUSED, 1, "ann", HELD_BACK_RULES));
	ck_assert(!decide(f.s, by_ann, HELD_REFUSED, 2, "ben", HELD_BACK_ALL));
	ck_assert(!decide(f.s, by_ann, HELD_ACCEPTED, 2, "ben", HELD_BACK_RULES));
	ck_assert(decide(f.s, by_ann, HELD_ACCEPTED, 3, "ben", HELD_BACK_ALL));
	ck_assert(!decide(f.s, by_rule, HELD_DISCARDED, 4, "ben", HELD_BACK_NONE));
	ck_assert(decide(f.s, by_rule, HELD_DISCARDED, 4, "ben", HELD_BACK_RULES));
}
END_TEST

START_TEST(expired)
{
	int64_t list = fixture_list(&f, "dev"), *ids;
	size_t n;
	struct held h = { .list = list, .arrived = 10 };
	int64_t old, none = hold(0), young, lists;

	ok(&f, store_held_add(f.s, &h, &old, &f.e));
	h.arrived = 20;
	ok(&f, store_held_add(f.s, &h, &young, &f.e));
	ok(&f, store_held_expired(f.s, f.arena, list, 20, 10, &ids, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(ids[0], old);
	ok(&f, store_held_expired(f.s, f.arena, 0, 20, 10, &ids, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(ids[0], none);
	ok(&f, store_held_lists(f.s, f.arena, &ids, &n, &f.e));
	lists = (int64_t)n;
	ck_assert_int_eq(lists, 2);
	ck_assert_int_eq(ids[0], 0);
	ck_assert_int_eq(ids[1], list);
	ck_assert(decide(f.s, old, HELD_DISCARDED, 30, "", HELD_BACK_RULES));
	ok(&f, store_held_expired(f.s, f.arena, list, 20, 10, &ids, &n, &f.e));
	ck_assert_uint_eq(n, 0);
	ok(&f, store_held_sweep(f.s, 30, &f.e));
	ck_assert_int_eq(counted(0, HELD_DISCARDED), 1);
	ok(&f, store_held_sweep(f.s, 31, &f.e));
	ck_assert_int_eq(counted(0, HELD_DISCARDED), 0);
	ck_assert_int_eq(counted(0, HELD_WAITING), 2);
}
END_TEST

START_TEST(counted_by_rule)
{
	struct held h = { .list = fixture_list(&f, "dev"), .rule = SPAN("nonmember"), .arrived = 5 };
	struct held_count *v;
	int64_t id;
	size_t n;

	hold(0);
	for (int i = 0; i < 3; i++) {
		ok(&f, store_held_add(f.s, &h, &id, &f.e));
		h.arrived--;
	}
	ok(&f, store_held_counts(f.s, f.arena, 0, HELD_WAITING, &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].list, 0);
	ck_assert_int_eq(v[1].n, 3);
	ck_assert_int_eq(v[1].oldest, 3);
	assert_span(v[1].rule, "nonmember");
	ok(&f, store_held_counts(f.s, f.arena, h.list, HELD_WAITING, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(of_a_list_that_went)
{
	struct held h = { .list = 99 };
	int64_t id;

	fails(&f, ERR_PERMANENT, store_held_add(f.s, &h, &id, &f.e));
}
END_TEST

Suite *held_suite(void)
{
	Suite *suite = suite_create("store/held");
	TCase *c = tcase_create("held");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, comes_back_whole);
	tcase_add_test(c, without_a_list);
	tcase_add_test(c, listed_by_list_and_state);
	tcase_add_test(c, decided_once);
	tcase_add_test(c, taken_back);
	tcase_add_test(c, expired);
	tcase_add_test(c, counted_by_rule);
	tcase_add_test(c, of_a_list_that_went);
	suite_add_tcase(suite, c);
	return suite;
}
