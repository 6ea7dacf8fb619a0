#include "flow/handover.h"

#include "store/lists.h"
#include "unit/flow/scene.h"

#include <string.h>

static struct scene s;

static void setup(void)
{
	scene_open(&s);
}

static void teardown(void)
{
	scene_close(&s);
}

/* Names that receive makes have a process number, in hexadecimal, where ours have an 'h'. */
START_TEST(names)
{
	static const char *const all[] = { "2.0.h1.2", "1.0.h1.3", "1.0.abc.h0", "h.0.1.2",
		                           "1.h.2.3", "1", "1.0" };
	struct span *v;
	size_t n;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const char *path = arena_printf(s.arena, "data/spool/new/%s", all[i]).p;
		scene_write(&s, path, SPAN("x"), 0600);
	}
	ok(&s, handover_names(s.arena, s.c, &v, &n, &s.e));
	ck_assert_uint_eq(n, 2);
	assert_span(v[0], "1.0.h1.3");
	assert_span(v[1], "2.0.h1.2");
}
END_TEST

static const struct {
	const char *address;
	bool wanted;
} addresses[] = {
	{ "dev@lists.example", true },
	{ "DEV@Lists.Example", true },
	{ "dev@example.net", true },
	{ "dev+help@lists.example", false },
	{ "dev+b-token@lists.example", false },
	{ "dev-request@lists.example", false },
	{ "ann@lists.example", false },
	{ "dev@lists.example.net", false },
	{ "\"dev\"@lists.example", false },
	{ "dev", false },
	{ "", false },
};

START_TEST(wanted)
{
	int64_t id = 0;
	ok(&s, context_need(s.c, CONTEXT_STORE, &s.e));
	ok(&s, store_list_create(s.c->store, SPAN("dev"), SPAN("lists.example"), 1, &id, &s.e));
	ok(&s, store_list_set(s.c->store, id, setting_find(SETTING_LIST, SPAN("aliases")),
	                      SPAN("dev@example.net"), &s.e));
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		bool is_list;
		ok(&s, handover_wanted(s.c, s.arena, span_str(addresses[i].address), &is_list,
		                       &s.e));
		ck_assert_msg(is_list == addresses[i].wanted, "%s", addresses[i].address);
	}
}
END_TEST

Suite *handover_suite(void);

Suite *handover_suite(void)
{
	Suite *suite = suite_create("flow/handover");
	TCase *c = tcase_create("handover");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, names);
	tcase_add_test(c, wanted);
	suite_add_tcase(suite, c);
	return suite;
}
