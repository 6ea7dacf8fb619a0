/* Whether the relay answers. */

#include "store/relay.h"
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

static struct relay get(void)
{
	struct relay relay;

	ok(&f, store_relay_get(f.s, f.arena, &relay, &f.e));
	return relay;
}

START_TEST(down_and_up)
{
	ck_assert_int_eq(get().down_since, 0);
	ok(&f, store_relay_up(f.s, &f.e));
	ok(&f, store_relay_down(f.s, SPAN("connection refused"), 100, &f.e));
	ok(&f, store_relay_down(f.s, SPAN("421 busy"), 200, &f.e));
	ck_assert_int_eq(get().down_since, 100); /* since when, not when last */
	assert_span(get().reply, "421 busy");
	ok(&f, store_relay_up(f.s, &f.e));
	ck_assert_int_eq(get().down_since, 0);
	ck_assert_uint_eq(get().reply.n, 0);
}
END_TEST

Suite *relay_suite(void);

Suite *relay_suite(void)
{
	Suite *suite = suite_create("store/relay");
	TCase *c = tcase_create("relay");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, down_and_up);
	suite_add_tcase(suite, c);
	return suite;
}
