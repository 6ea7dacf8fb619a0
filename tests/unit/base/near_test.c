#include "base/near.h"

#include <check.h>

static struct arena *arena;

static const char *const names[] = { "footer", "footer-html", "from", "from-name", "member add",
	                             "member rm", "sign", "log", "dev", "eai" };

static const struct {
	const char *word, *best;
} cases[] = {
	{ "footer", "footer" },
	{ "foter", "footer" },
	{ "fotoer", "footer" },    /* swapped */
	{ "futter", "footer" },    /* two changes */
	{ "Footer", "footer" },    /* case is none */
	{ "fooooter", "footer" },  /* two put in */
	{ "foooooter", "" },       /* three */
	{ "footerhtml", "footer-html" },
	{ "form", "from" },
	{ "member ad", "member add" },
	{ "member mr", "member rm" },
	{ "lo", "" },              /* half of a short word is another one */
	{ "loq", "log" },
	{ "xyz", "" },
	{ "x", "" },
	{ "", "" },
	{ "\xff\xfe", "" },
};

START_TEST(finds)
{
	struct near near = near_to(span_str(cases[_i].word));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		near_try(&near, span_str(names[i]));
	}
	ck_assert_msg(span_is(near.best, cases[_i].best), "\"%s\": \"%.*s\"", cases[_i].word,
	              SPAN_FMT(near.best));
}
END_TEST

START_TEST(says)
{
	struct near near = near_to(SPAN("foter"));
	ck_assert_uint_eq(near_hint(arena, &near).n, 0);
	near_try(&near, SPAN("footer"));
	ck_assert(span_is(near_hint(arena, &near), ", did you mean \"footer\"?"));
}
END_TEST

START_TEST(long_words)
{
	static char text[1000];
	for (size_t n = 0; n < sizeof(text); n++) {
		text[n] = 'a';
	}
	for (size_t n = 60; n < 70; n++) {
		struct near near = near_to((struct span){ text, n });
		near_try(&near, (struct span){ text, n });
		near_try(&near, (struct span){ text, sizeof(text) });
		ck_assert((near.best.n > 0) == (n <= 64));
	}
}
END_TEST

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

Suite *near_suite(void);

Suite *near_suite(void)
{
	Suite *s = suite_create("base/near");
	TCase *c = tcase_create("near");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, finds, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(c, says);
	tcase_add_test(c, long_words);
	suite_add_tcase(s, c);
	return s;
}
