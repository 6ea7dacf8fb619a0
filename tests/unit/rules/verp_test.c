#include "rules/verp.h"

#include <check.h>

static const struct {
	const char *local, *list, *member; /* NULL: none of these forms */
} cases[] = {
	{ "dev-bounces+ann=one.example", "dev", "ann@one.example" },
	{ "Dev-Bounces+Ann=One.example", "dev", "Ann@One.example" },
	{ "my-list-bounces+a=b=one.example", "my-list", "a=b@one.example" },
	{ "dev-bounces+ann-return-5-x=one.example", "dev", "ann-return-5-x@one.example" },
	{ "dev+bounces-17-ann=one.example", "dev", "ann@one.example" },
	{ "dev+bounces-17-4-ever=one.example", "dev", "4-ever@one.example" },
	{ "dev+bounces-probe-ann=one.example", "dev", "ann@one.example" },
	{ "dev-return-17-ann=one.example", "dev", "ann@one.example" },
	{ "dev-return-1-ann+x=one.example", "dev", "ann+x@one.example" },
	{ "bounce+ann==a==one.example==dev", "dev", "ann@one.example" },
	{ "bounce+ann=x==a==one.example==My-List", "my-list", "ann=x@one.example" },
	{ "dev", NULL, NULL },
	{ "", NULL, NULL },
	{ "dev-bounces", NULL, NULL },
	{ "dev-bounces+", NULL, NULL },
	{ "dev-bounces+0123abc", NULL, NULL },
	{ "dev-bounces+=one.example", NULL, NULL },
	{ "dev-bounces+ann=", NULL, NULL },
	{ "-bounces+ann=one.example", NULL, NULL },
	{ "dev+bounces-ann=one.example", NULL, NULL },
	{ "dev+bounces-17", NULL, NULL },
	{ "dev+bounces-17-", NULL, NULL },
	{ "dev+b-aebry3ix2magv7t5vnxa", NULL, NULL },
	{ "dev-return-17-", NULL, NULL },
	{ "dev-return-ann=one.example", NULL, NULL },
	{ "bounce+ann==a==one.example", NULL, NULL },
	{ "bounce+ann==a==one.example==", NULL, NULL },
	{ "bounce+==a==one.example==dev", NULL, NULL },
	{ "bounce+ann==a====dev", NULL, NULL },
};

START_TEST(forms)
{
	struct arena *arena = arena_new();
	struct verp v;
	bool read = verp_read(arena, span_str(cases[_i].local), &v);
	ck_assert_msg(read == (cases[_i].list != NULL), "%s: %d", cases[_i].local, read);
	if (read) {
		ck_assert_msg(span_is(v.list, cases[_i].list), "%s: %.*s", cases[_i].local,
		              SPAN_FMT(v.list));
		ck_assert_msg(span_is(v.member, cases[_i].member), "%s: %.*s", cases[_i].local,
		              SPAN_FMT(v.member));
	}
	arena_free(arena);
}
END_TEST

Suite *verp_suite(void)
{
	Suite *suite = suite_create("verp");
	TCase *tc = tcase_create("verp");
	tcase_add_loop_test(tc, forms, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
