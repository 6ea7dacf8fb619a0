/* How much is written. */

#include "store/writers.h"

#include "unit/store/fixture.h"

static struct fixture f;
static int64_t list, other;

static void setup(void)
{
	fixture_open(&f);
	list = fixture_list(&f, "dev");
	other = fixture_list(&f, "other");
}

static void teardown(void)
{
	fixture_close(&f);
}

static int64_t counted(int64_t on, const char *author, int64_t after, int64_t until)
{
	int64_t n;

	ok(&f, store_written_count(f.s, on, span_str(author), after, until, &n, &f.e));
	return n;
}

START_TEST(written)
{
	for (int64_t at = 100; at < 110; at++) {
		ok(&f, store_written_add(f.s, list, at % 2 ? SPAN("b@x") : SPAN("a@x"), at, &f.e));
	}
	ck_assert_int_eq(counted(list, "a@x", 0, 1000), 5);
	ck_assert_int_eq(counted(list, "a@x", 104, 1000), 2);
	ck_assert_int_eq(counted(list, "b@x", 104, 107), 2);
	ck_assert_int_eq(counted(list, "c@x", 0, 1000), 0);
	ck_assert_int_eq(counted(list, "", 0, 1000), 10);
	ck_assert_int_eq(counted(list, "", 105, 107), 2);
	ck_assert_int_eq(counted(other, "", 0, 1000), 0);
	ok(&f, store_written_sweep(f.s, 108, &f.e));
	ck_assert_int_eq(counted(list, "", 0, 1000), 2);
}
END_TEST

START_TEST(posted)
{
	int64_t n;

	ok(&f, store_writer_posts(f.s, list, SPAN("a@x"), &n, &f.e));
	ck_assert_int_eq(n, 0);
	for (int i = 0; i < 3; i++) {
		ok(&f, store_writer_posted(f.s, list, SPAN("a@x"), &f.e));
	}
	ok(&f, store_writer_posts(f.s, list, SPAN("a@x"), &n, &f.e));
	ck_assert_int_eq(n, 3);
	ok(&f, store_writer_posts(f.s, other, SPAN("a@x"), &n, &f.e));
	ck_assert_int_eq(n, 0);
}
END_TEST

Suite *writers_suite(void);

Suite *writers_suite(void)
{
	Suite *suite = suite_create("writers");
	TCase *tc = tcase_create("writers");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, written);
	tcase_add_test(tc, posted);
	suite_add_tcase(suite, tc);
	return suite;
}
