/* Passes, and the schedule of what comes round. */

#include "store/passes.h"
#include "store/schedule.h"
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

static int64_t found(int64_t list, const char *hash)
{
	int64_t id;

	ok(&f, store_pass_find(f.s, list, span_str(hash), &id, &f.e));
	return id;
}

START_TEST(used_and_revoked)
{
	int64_t a = fixture_list(&f, "a"), b = fixture_list(&f, "b"), id;
	struct pass *v;
	size_t n;
	bool removed;

	ok(&f, store_pass_add(f.s, a, SPAN("h\377"), SPAN("cron"), 5, &id, &f.e));
	ck_assert_int_eq(found(a, "h\377"), id);
	ck_assert_int_eq(found(b, "h\377"), 0);
	ck_assert_int_eq(found(a, "x"), 0);
	ok(&f, store_pass_used(f.s, id, 7, &f.e));
	ok(&f, store_pass_ls(f.s, f.arena, a, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	assert_span(v[0].label, "cron");
	ck_assert_int_eq(v[0].created, 5);
	ck_assert_int_eq(v[0].used, 7);
	ck_assert_int_eq(v[0].uses, 1);
	ok(&f, store_pass_rm(f.s, b, id, &removed, &f.e));
	ck_assert(!removed);
	ok(&f, store_pass_rm(f.s, a, id, &removed, &f.e));
	ck_assert(removed);
	ck_assert_int_eq(found(a, "h\377"), 0);
}
END_TEST

START_TEST(scheduled)
{
	int64_t at;

	ok(&f, store_schedule_get(f.s, SPAN("x"), 0, &at, &f.e));
	ck_assert_int_eq(at, 0);
	ok(&f, store_schedule_put(f.s, SPAN("x"), 0, 5, &f.e));
	ok(&f, store_schedule_put(f.s, SPAN("x"), 1, 6, &f.e));
	ok(&f, store_schedule_put(f.s, SPAN("x"), 0, 7, &f.e));
	ok(&f, store_schedule_get(f.s, SPAN("x"), 0, &at, &f.e));
	ck_assert_int_eq(at, 7);
}
END_TEST

Suite *passes_suite(void)
{
	Suite *suite = suite_create("store/passes");
	TCase *c = tcase_create("passes");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, used_and_revoked);
	tcase_add_test(c, scheduled);
	suite_add_tcase(suite, c);
	return suite;
}
