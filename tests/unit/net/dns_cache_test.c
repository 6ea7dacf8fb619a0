#include "net/dns_cache.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static struct span name_of(char text[32], unsigned i)
{
	snprintf(text, 32, "s%u._domainkey.example", i);
	return span_str(text);
}

static struct dns_entry *add(struct dns_cache *c, unsigned i)
{
	char text[32];
	struct span records[2] = { SPAN("v=DKIM1; p="), { text, 2 } };
	struct txt answer = { TXT_FOUND, records, 2, i % 2, i % 3 == 0 };
	struct dns_entry *e = dns_cache_get(c, name_of(text, i), true);

	dns_cache_set(c, e, &answer, i);
	return e;
}

static const struct dns_entry *find(struct dns_cache *c, unsigned i)
{
	char text[32];

	return dns_cache_get(c, name_of(text, i), false);
}

START_TEST(keeps_what_it_gets)
{
	struct dns_cache *c = dns_cache_new(1000, 1 << 20, 7);

	for (unsigned i = 0; i < 1000; i++)
		add(c, i);
	ck_assert_uint_eq(dns_cache_entries(c), 1000);
	for (unsigned i = 0; i < 1000; i++) {
		const struct dns_entry *e = find(c, i);

		ck_assert_ptr_nonnull(e);
		ck_assert_int_eq(e->status, TXT_FOUND);
		ck_assert_uint_eq(e->n, 2);
		ck_assert(span_is(e->records[0], "v=DKIM1; p="));
		ck_assert_uint_eq(e->records[1].n, 2);
		ck_assert_int_eq(e->authenticated, i % 2);
		ck_assert_int_eq(e->expires, i);
	}
	ck_assert_ptr_null(find(c, 1000));
	ck_assert_uint_eq(dns_cache_entries(c), 1000);
	dns_cache_free(c);
}
END_TEST

START_TEST(fresh_entry)
{
	struct dns_cache *c = dns_cache_new(10, 1 << 20, 7);
	struct dns_entry *e = dns_cache_get(c, SPAN("a.example"), true);

	ck_assert(span_is(e->name, "a.example"));
	ck_assert_str_eq(e->name.p, "a.example");
	ck_assert_int_lt(e->expires, -1000000);
	ck_assert_int_eq(e->status, TXT_TEMPORARY);
	ck_assert_ptr_eq(dns_cache_get(c, SPAN("a.example"), true), e);
	ck_assert_ptr_ne(dns_cache_get(c, SPAN("a.exampl"), true), e);
	dns_cache_free(c);
}
END_TEST

/* The one unused for longest goes first. */
START_TEST(number_is_bounded)
{
	struct dns_cache *c = dns_cache_new(10, 1 << 20, 7);

	for (unsigned i = 0; i < 10; i++)
		add(c, i);
	ck_assert_ptr_nonnull(find(c, 0));
	add(c, 10);
	ck_assert_uint_eq(dns_cache_entries(c), 10);
	ck_assert_ptr_null(find(c, 1));
	ck_assert_ptr_nonnull(find(c, 0));
	ck_assert_ptr_nonnull(find(c, 10));
	for (unsigned i = 0; i < 5000; i++)
		add(c, i);
	ck_assert_uint_eq(dns_cache_entries(c), 10);
	dns_cache_free(c);
}
END_TEST

START_TEST(bytes_are_bounded)
{
	struct dns_cache *c = dns_cache_new(1000, 100000, 7);
	char large[3000];
	struct span record = { large, sizeof(large) };
	struct txt answer = { TXT_FOUND, &record, 1, false, false };
	size_t before;

	memset(large, 'x', sizeof(large));
	for (unsigned i = 0; i < 100; i++) {
		char text[32];

		dns_cache_set(c, dns_cache_get(c, name_of(text, i), true), &answer, 1);
		ck_assert_uint_le(dns_cache_bytes(c), 100000);
	}
	ck_assert_uint_ge(dns_cache_entries(c), 20);
	before = dns_cache_bytes(c);
	answer.n = 0;
	for (unsigned i = 0; i < 100; i++) {
		char text[32];

		dns_cache_set(c, dns_cache_get(c, name_of(text, i), true), &answer, 1);
	}
	ck_assert_uint_lt(dns_cache_bytes(c), before);
	dns_cache_free(c);
}
END_TEST

/* What somebody waits for stays, whatever the bounds. */
START_TEST(awaited_entry_stays)
{
	struct dns_cache *c = dns_cache_new(4, 1 << 20, 7);
	struct dns_entry *e = add(c, 1);

	e->waiting = true;
	for (unsigned i = 10; i < 100; i++)
		add(c, i);
	ck_assert_ptr_eq(find(c, 1), e);
	add(c, 1);
	ck_assert(e->waiting);
	ck_assert_uint_eq(dns_cache_entries(c), 4);
	e->waiting = false;
	for (unsigned i = 10; i < 100; i++)
		add(c, i);
	ck_assert_ptr_null(find(c, 1));
	dns_cache_free(c);
}
END_TEST

/* Setting an answer that does not fit does not throw away the entry it is for. */
START_TEST(too_large_for_all)
{
	struct dns_cache *c = dns_cache_new(4, 100, 7);
	struct dns_entry *e = add(c, 1);

	ck_assert_uint_eq(dns_cache_entries(c), 1);
	ck_assert(span_is(e->records[0], "v=DKIM1; p="));
	add(c, 2);
	ck_assert_uint_eq(dns_cache_entries(c), 1);
	dns_cache_free(c);
}
END_TEST

Suite *dns_cache_suite(void);
Suite *dns_cache_suite(void)
{
	Suite *s = suite_create("net/dns_cache");
	TCase *c = tcase_create("dns_cache");

	tcase_add_test(c, keeps_what_it_gets);
	tcase_add_test(c, fresh_entry);
	tcase_add_test(c, number_is_bounded);
	tcase_add_test(c, bytes_are_bounded);
	tcase_add_test(c, awaited_entry_stays);
	tcase_add_test(c, too_large_for_all);
	suite_add_tcase(s, c);
	return s;
}
