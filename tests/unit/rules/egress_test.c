#include "rules/egress.h"

#include <check.h>

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* The table of the design, row by row: what came, what is done, what follows. */
static const struct {
	enum auth_result dkim2;
	bool fields, reversible, munged, ours;
	enum egress want;
} cases[] = {
	{ AUTH_PASS, true, true, false, false, EGRESS_CONTINUE },
	{ AUTH_PASS, true, true, true, false, EGRESS_CONTINUE },
	{ AUTH_PASS, true, false, false, false, EGRESS_REFUSED },
	{ AUTH_PASS, true, false, false, true, EGRESS_REFUSED },
	{ AUTH_PASS, true, false, true, false, EGRESS_OPAQUE },
	{ AUTH_NONE, false, true, false, false, EGRESS_PLAIN },
	{ AUTH_NONE, false, false, false, false, EGRESS_PLAIN },
	{ AUTH_NONE, false, true, false, true, EGRESS_NEW_ORIGIN },
	{ AUTH_NONE, false, true, true, false, EGRESS_NEW_ORIGIN },
	{ AUTH_NONE, false, false, true, false, EGRESS_OPAQUE },
	{ AUTH_FAIL, true, true, false, false, EGRESS_REFUSED },
	{ AUTH_FAIL, true, true, false, true, EGRESS_REFUSED },
	{ AUTH_FAIL, true, true, true, false, EGRESS_OPAQUE },
	{ AUTH_PERMERROR, true, true, true, false, EGRESS_OPAQUE },
	{ AUTH_PERMERROR, true, true, false, false, EGRESS_REFUSED },
	{ AUTH_TEMPERROR, true, true, true, false, EGRESS_OPAQUE },
	{ AUTH_TEMPERROR, true, true, false, false, EGRESS_REFUSED },
};

/* A chain that verified, sent to an address whose domain does not lead to the list's. */
static const struct {
	enum egress_custody custody;
	bool reversible, munged;
	enum egress want;
} elsewhere[] = {
	{ EGRESS_BY_HOP, true, false, EGRESS_CONTINUE },
	{ EGRESS_BY_HOP, true, true, EGRESS_CONTINUE },
	{ EGRESS_BY_HOP, false, false, EGRESS_REFUSED },
	{ EGRESS_BY_HOP, false, true, EGRESS_OPAQUE },
	{ EGRESS_NO_KEY, true, false, EGRESS_REFUSED },
	{ EGRESS_NO_KEY, true, true, EGRESS_NEW_ORIGIN },
	{ EGRESS_NO_KEY, false, false, EGRESS_REFUSED },
	{ EGRESS_NO_KEY, false, true, EGRESS_OPAQUE },
};

START_TEST(custody)
{
	struct egress_input in = {
		.sign = true, .dkim2 = AUTH_PASS, .has_dkim2_fields = true,
		.reversible = elsewhere[_i].reversible, .munged = elsewhere[_i].munged,
		.custody = elsewhere[_i].custody,
	};
	struct egress_choice got = egress_choose(&in);
	ck_assert_str_eq(egress_name(got.mode), egress_name(elsewhere[_i].want));
	in.custody = EGRESS_FITS;
	ck_assert_str_ne(egress_choose(&in).why,
	                 elsewhere[_i].reversible ? got.why : "something else");
}
END_TEST

START_TEST(mode)
{
	struct egress_input in = {
		.sign = true,
		.dkim2 = cases[_i].dkim2,
		.has_dkim2_fields = cases[_i].fields,
		.reversible = cases[_i].reversible,
		.munged = cases[_i].munged,
		.from_ours = cases[_i].ours,
	};
	struct egress_choice got = egress_choose(&in);
	ck_assert_str_eq(egress_name(got.mode), egress_name(cases[_i].want));
	ck_assert_ptr_nonnull(got.why);
	in.sign = false;
	ck_assert_int_eq(egress_choose(&in).mode, EGRESS_PLAIN);
}
END_TEST

/* Whatever the input: From kept never goes with a chain that did not verify, nor a recipe with what
 * cannot be undone. */
START_TEST(never)
{
	for (unsigned bits = 0; bits < 3 * 5 * 16; bits++) {
		struct egress_input in = {
			.sign = true,
			.dkim2 = (enum auth_result)(bits / 16 % 5),
			.custody = (enum egress_custody)(bits / 16 / 5),
			.has_dkim2_fields = bits & 1,
			.reversible = bits & 2,
			.munged = bits & 4,
			.from_ours = bits & 8,
		};
		enum egress m = egress_choose(&in).mode;
		bool recipe = m == EGRESS_CONTINUE || m == EGRESS_NEW_ORIGIN;
		ck_assert(!recipe || in.reversible);
		ck_assert(m != EGRESS_CONTINUE || in.dkim2 == AUTH_PASS);
		ck_assert(m != EGRESS_CONTINUE || in.custody != EGRESS_NO_KEY);
		ck_assert(m != EGRESS_OPAQUE || in.munged);
		ck_assert(m != EGRESS_PLAIN || !in.has_dkim2_fields);
	}
}
END_TEST

Suite *egress_suite(void)
{
	Suite *suite = suite_create("egress");
	TCase *tc = tcase_create("egress");
	tcase_add_loop_test(tc, mode, 0, LENGTH(cases));
	tcase_add_loop_test(tc, custody, 0, LENGTH(elsewhere));
	tcase_add_test(tc, never);
	suite_add_tcase(suite, tc);
	return suite;
}
