/* Members: adding, look-ups, paging, ids. */

#include "unit/store/fixture.h"

#include <stdio.h>

static struct fixture f;
static int64_t list;

static void setup(void)
{
	fixture_open(&f);
	list = fixture_list(&f, "dev");
}

static void teardown(void)
{
	fixture_close(&f);
}

static int64_t count(int64_t of)
{
	int64_t n;

	ok(&f, store_member_count(f.s, of, &n, &f.e));
	return n;
}

static int64_t highest(int64_t of)
{
	int64_t id;

	ok(&f, store_member_max(f.s, of, &id, &f.e));
	return id;
}

static bool find(int64_t of, const char *key, struct member *m)
{
	bool found;

	ok(&f, store_member_find(f.s, f.arena, of, span_str(key), m, &found, &f.e));
	return found;
}

static bool rm(int64_t of, const char *key)
{
	bool removed;

	ok(&f, store_member_rm(f.s, of, span_str(key), &removed, &f.e));
	return removed;
}

START_TEST(comes_back_whole)
{
	struct member m = { .id = 77,
		            .address = SPAN("Jo@example.net"),
		            .name = SPAN("J\303\266"),
		            .delivery = MEMBER_NOMAIL,
		            .joined = 123456789012 };
	struct member got;
	bool added, found;

	ok(&f, store_member_add(f.s, list, &m, SPAN("jo@example.net"), &added, &f.e));
	ck_assert(added);
	ck_assert(find(list, "jo@example.net", &got));
	assert_span(got.address, "Jo@example.net");
	assert_span(got.name, "J\303\266");
	ck_assert_uint_eq(got.delivery, MEMBER_NOMAIL);
	ck_assert_int_eq(got.joined, 123456789012);
	ck_assert_int_eq(got.id, highest(list));
	ok(&f, store_member_get(f.s, f.arena, list, got.id, &got, &found, &f.e));
	ck_assert(found);
	assert_span(got.address, "Jo@example.net");
	ok(&f, store_member_get(f.s, f.arena, list + 1, got.id, &got, &found, &f.e));
	ck_assert(!found);
}
END_TEST

START_TEST(second_add_changes_nothing)
{
	struct member m = { .address = SPAN("A@example.net"),
		            .name = SPAN("new"),
		            .delivery = MEMBER_NOMAIL };
	struct member got;
	bool added = true;

	fixture_member(&f, list, "a@example.net");
	ok(&f, store_member_add(f.s, list, &m, SPAN("a@example.net"), &added, &f.e));
	ck_assert(!added);
	ck_assert(find(list, "a@example.net", &got));
	assert_span(got.address, "a@example.net");
	assert_span(got.name, "");
	ck_assert_uint_eq(got.delivery, MEMBER_MAIL);
	ck_assert_int_eq(count(list), 1);
}
END_TEST

START_TEST(lists_are_apart)
{
	int64_t other = fixture_list(&f, "other");
	int64_t a = fixture_member(&f, list, "a@example.net");
	int64_t b = fixture_member(&f, other, "a@example.net");
	struct member got;

	ck_assert_int_ne(a, b);
	ck_assert(rm(list, "a@example.net"));
	ck_assert(!rm(list, "a@example.net"));
	ck_assert(!find(list, "a@example.net", &got));
	ck_assert(find(other, "a@example.net", &got));
	ck_assert_int_eq(count(list), 0);
	ck_assert_int_eq(highest(list), 0);
	ck_assert_int_eq(highest(other), b);
}
END_TEST

START_TEST(ids_are_never_used_twice)
{
	int64_t last = 0;

	for (int i = 0; i < 20; i++) {
		int64_t id = fixture_member(&f, list, "a@example.net");

		ck_assert_int_gt(id, last);
		last = id;
		ck_assert(rm(list, "a@example.net"));
		if (i % 5 == 0) {
			fixture_disconnect(&f);
			f.s = fixture_connect(&f);
		}
	}
}
END_TEST

START_TEST(delivery_is_set)
{
	struct member got;
	bool found;

	fixture_member(&f, list, "a@example.net");
	ok(&f, store_member_set_delivery(f.s, list, SPAN("a@example.net"), MEMBER_NOMAIL, &found,
	                                 &f.e));
	ck_assert(found);
	ck_assert(find(list, "a@example.net", &got));
	ck_assert_uint_eq(got.delivery, MEMBER_NOMAIL);
	ok(&f, store_member_set_delivery(f.s, list, SPAN("b@example.net"), MEMBER_NOMAIL, &found,
	                                 &f.e));
	ck_assert(!found);
}
END_TEST

START_TEST(pages_see_everybody_once)
{
	size_t limit = (size_t)_i + 1, seen = 0, n;
	int64_t other = fixture_list(&f, "other"), after = 0;
	struct member *v;

	fixture_members(&f, list, 10);
	fixture_member(&f, other, "x@example.net");
	ck_assert(rm(list, "member00004@example.net"));
	do {
		ok(&f, store_member_page(f.s, f.arena, list, after, limit, &v, &n, &f.e));
		ck_assert_uint_le(n, limit);
		for (size_t i = 0; i < n; i++) {
			ck_assert_int_gt(v[i].id, after);
			after = v[i].id;
		}
		seen += n;
	} while (n);
	ck_assert_uint_eq(seen, 9);
	ck_assert_int_eq(after, highest(list));
}
END_TEST

START_TEST(any_bytes_in_a_name)
{
	struct member m = { .address = SPAN("a@example.net"), .name = SPAN("a\0b\377\r\n'\"") };
	struct member got;
	bool added;

	ok(&f, store_member_add(f.s, list, &m, m.address, &added, &f.e));
	ck_assert(find(list, "a@example.net", &got));
	ck_assert(span_eq(got.name, m.name));
}
END_TEST

START_TEST(member_of_no_list)
{
	struct member m = { .address = SPAN("a@example.net") };
	bool added;

	fails(&f, ERR_PERMANENT, store_member_add(f.s, 99, &m, m.address, &added, &f.e));
}
END_TEST

START_TEST(large_import_is_one_transaction)
{
	struct store *other = fixture_connect(&f);
	int64_t n;

	ok(&f, store_begin(f.s, &f.e));
	for (int i = 0; i < 20000; i++) {
		char address[64];
		int length =
			snprintf(address, sizeof(address), "m%d@example.net", (i * 7919) % 20000);
		struct member m = { .address = { address, (size_t)length } };
		bool added;

		ok(&f, store_member_add(f.s, list, &m, m.address, &added, &f.e));
		ck_assert(added);
	}
	ok(&f, store_member_count(other, list, &n, &f.e));
	ck_assert_int_eq(n, 0);
	ok(&f, store_commit(f.s, &f.e));
	ok(&f, store_member_count(other, list, &n, &f.e));
	ck_assert_int_eq(n, 20000);
	store_close(other);
}
END_TEST

Suite *members_suite(void)
{
	Suite *suite = suite_create("store/members");
	TCase *c = tcase_create("members");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, comes_back_whole);
	tcase_add_test(c, second_add_changes_nothing);
	tcase_add_test(c, lists_are_apart);
	tcase_add_test(c, ids_are_never_used_twice);
	tcase_add_test(c, delivery_is_set);
	tcase_add_loop_test(c, pages_see_everybody_once, 0, 11);
	tcase_add_test(c, any_bytes_in_a_name);
	tcase_add_test(c, member_of_no_list);
	tcase_add_test(c, large_import_is_one_transaction);
	suite_add_tcase(suite, c);
	return suite;
}
