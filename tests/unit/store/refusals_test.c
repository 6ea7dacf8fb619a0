/* Refusals and who was told. */

#include "store/refusals.h"
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

static void add(const char *address, const char *domain, int64_t at)
{
	struct refused r = {
		.at = at,
		.code = SPAN("told"),
		.address = span_str(address),
		.domain = span_str(domain),
		.message = SPAN("abcd"),
		.recipient = SPAN("dev@lists.example"),
	};

	ok(&f, store_refusal_add(f.s, &r, &f.e));
}

static bool known(const char *message, const char *address, const char *recipient)
{
	struct refused r = {
		.message = span_str(message),
		.address = span_str(address),
		.recipient = span_str(recipient),
	};
	bool out;

	ok(&f, store_refusal_known(f.s, &r, &out, &f.e));
	return out;
}

START_TEST(counted)
{
	int64_t n[3], told, silent;

	add("ann@one.example", "one.example", 100);
	add("ann@one.example", "one.example", 200);
	add("ben@one.example", "one.example", 200);
	add("cid@two.example", "two.example", 200);
	add("", "", 200);
	add("", "", 50);
	ok(&f, store_refusal_counts(f.s, SPAN("ann@one.example"), SPAN("one.example"), 200, n,
	                            &f.e));
	ck_assert(n[0] == 1 && n[1] == 2 && n[2] == 3);
	ok(&f, store_refusal_counts(f.s, SPAN("ann@one.example"), SPAN("one.example"), 100, n,
	                            &f.e));
	ck_assert(n[0] == 2 && n[1] == 3 && n[2] == 4);
	ok(&f, store_refusal_totals(f.s, 100, &told, &silent, &f.e));
	ck_assert(told == 4 && silent == 1);
	ok(&f, store_refusal_sweep(f.s, 200, &f.e));
	ok(&f, store_refusal_totals(f.s, 0, &told, &silent, &f.e));
	ck_assert(told == 3 && silent == 1);
}
END_TEST

START_TEST(remembered)
{
	add("ann@one.example", "one.example", 100);
	ck_assert(known("abcd", "ann@one.example", "dev@lists.example"));
	ck_assert(!known("abce", "ann@one.example", "dev@lists.example"));
	ck_assert(!known("abcd", "ben@one.example", "dev@lists.example"));
	ck_assert(!known("abcd", "ann@one.example", "ops@lists.example"));
}
END_TEST

Suite *refusals_suite(void);

Suite *refusals_suite(void)
{
	Suite *suite = suite_create("store/refusals");
	TCase *c = tcase_create("refusals");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, counted);
	tcase_add_test(c, remembered);
	suite_add_tcase(suite, c);
	return suite;
}
