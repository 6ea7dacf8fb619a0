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

START_TEST(options_are_set)
{
	struct member got, m;
	bool found;
	int64_t id = fixture_member(&f, list, "a@example.net");

	ck_assert(find(list, "a@example.net", &m));
	m.delivery = MEMBER_BOTH;
	m.paused = 123;
	m.flags = MEMBER_ACK | MEMBER_HIDE;
	m.language = SPAN("de");
	ok(&f, store_member_set(f.s, list, &m, &found, &f.e));
	ck_assert(found);
	ck_assert(find(list, "a@example.net", &got));
	ck_assert_int_eq(got.id, id);
	ck_assert_uint_eq(got.delivery, MEMBER_BOTH);
	ck_assert_int_eq(got.paused, 123);
	ck_assert_uint_eq(got.flags, MEMBER_ACK | MEMBER_HIDE);
	assert_span(got.language, "de");
	ok(&f, store_member_set(f.s, list + 1, &m, &found, &f.e));
	ck_assert(!found);
	m.id = 99;
	ok(&f, store_member_set(f.s, list, &m, &found, &f.e));
	ck_assert(!found);
}
END_TEST

START_TEST(moves_to_another_address)
{
	struct member got;
	bool changed;
	int64_t id = fixture_member(&f, list, "a@example.net");

	fixture_member(&f, list, "b@example.net");
	ok(&f, store_member_move(f.s, list, id, SPAN("C@example.net"), SPAN("c@example.net"),
	                         &changed, &f.e));
	ck_assert(changed);
	ck_assert(!find(list, "a@example.net", &got));
	ck_assert(find(list, "c@example.net", &got));
	ck_assert_int_eq(got.id, id);
	assert_span(got.address, "C@example.net");
	ok(&f, store_member_move(f.s, list, id, SPAN("b@example.net"), SPAN("b@example.net"),
	                         &changed, &f.e));
	ck_assert(!changed);
	ck_assert_int_eq(count(list), 2);
}
END_TEST

START_TEST(is_found_everywhere)
{
	int64_t other = fixture_list(&f, "other");
	struct membership *v;
	size_t n;

	fixture_list(&f, "third");
	fixture_member(&f, other, "a@example.net");
	fixture_member(&f, list, "a@example.net");
	fixture_member(&f, list, "b@example.net");
	ok(&f, store_member_everywhere(f.s, f.arena, SPAN("a@example.net"), &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].list, list);
	ck_assert_int_eq(v[1].list, other);
	assert_span(v[1].member.address, "a@example.net");
	ok(&f, store_member_everywhere(f.s, f.arena, SPAN("x@example.net"), &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(an_alias_is_the_member)
{
	struct member got;
	struct span *v, other = SPAN("o@example.org");
	size_t n;
	bool done, found;
	int64_t a = fixture_member(&f, list, "a@example.net");
	int64_t b = fixture_member(&f, list, "b@example.net");

	ok(&f, store_member_alias_add(f.s, list, a, other, other, &done, &f.e));
	ck_assert(done);
	ok(&f, store_member_alias_add(f.s, list, b, other, other, &done, &f.e));
	ck_assert(!done);
	ok(&f, store_member_by_author(f.s, f.arena, list, other, &got, &found, &f.e));
	ck_assert(found);
	ck_assert_int_eq(got.id, a);
	ok(&f, store_member_by_author(f.s, f.arena, list, SPAN("b@example.net"), &got, &found,
	                              &f.e));
	ck_assert(found);
	ck_assert_int_eq(got.id, b);
	ok(&f, store_member_by_author(f.s, f.arena, list + 1, other, &got, &found, &f.e));
	ck_assert(!found);
	ok(&f, store_member_alias_ls(f.s, f.arena, a, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ok(&f, store_member_alias_rm(f.s, list, b, other, &done, &f.e));
	ck_assert(!done);
	ck_assert(rm(list, "a@example.net")); /* and his aliases with him */
	ok(&f, store_member_by_author(f.s, f.arena, list, other, &got, &found, &f.e));
	ck_assert(!found);
}
END_TEST

/* 64 at a time and the rest one by one: the same as each for itself. */
START_TEST(many_at_once)
{
	size_t total = _i == 0 ? 1 : _i == 1 ? 63 : _i == 2 ? 64 : 200;
	const struct new_member *v[200];
	struct new_member made[200];
	struct member got;
	struct member_key *keys;
	int64_t added;
	size_t n;

	for (size_t i = 0; i < total; i++) {
		struct span key = arena_printf(f.arena, "m%03zu@example.net", i);

		made[i] = (struct new_member){ .key = key,
			                       .address = key,
			                       .name = SPAN("N"),
			                       .delivery = MEMBER_BOTH,
			                       .flags = MEMBER_ACK,
			                       .paused = 5,
			                       .language = SPAN("fr") };
		v[i] = &made[i];
	}
	fixture_member(&f, list, "m000@example.net");
	ok(&f, store_member_add_many(f.s, list, 77, v, total, &added, &f.e));
	ck_assert_int_eq(added, (int64_t)total - 1);
	ok(&f, store_member_add_many(f.s, list, 78, v, total, &added, &f.e));
	ck_assert_int_eq(added, 0);
	ck_assert_int_eq(count(list), (int64_t)total);
	if (total > 1) {
		ck_assert(find(list, "m001@example.net", &got));
		ck_assert_uint_eq(got.delivery, MEMBER_BOTH);
		ck_assert_uint_eq(got.flags, MEMBER_ACK);
		ck_assert_int_eq(got.paused, 5);
		ck_assert_int_eq(got.joined, 77);
		assert_span(got.name, "N");
		assert_span(got.language, "fr");
	}
	ok(&f, store_member_keys(f.s, f.arena, list, SPAN(""), 1000, &keys, &n, &f.e));
	ck_assert_uint_eq(n, total);
	for (size_t i = 0; i < n; i++) {
		ck_assert(span_eq(keys[i].key, made[i].key));
	}
	ok(&f, store_member_keys(f.s, f.arena, list, made[0].key, 1000, &keys, &n, &f.e));
	ck_assert_uint_eq(n, total - 1);
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
	tcase_add_test(c, options_are_set);
	tcase_add_test(c, moves_to_another_address);
	tcase_add_test(c, is_found_everywhere);
	tcase_add_test(c, an_alias_is_the_member);
	tcase_add_loop_test(c, many_at_once, 0, 4);
	tcase_add_loop_test(c, pages_see_everybody_once, 0, 11);
	tcase_add_test(c, any_bytes_in_a_name);
	tcase_add_test(c, member_of_no_list);
	tcase_add_test(c, large_import_is_one_transaction);
	suite_add_tcase(suite, c);
	return suite;
}
