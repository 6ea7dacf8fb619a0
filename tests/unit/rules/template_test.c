#include "rules/template.h"

#include <check.h>
#include <string.h>

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* With list "d&v", archive "https://x/", no description. ERROR: what the check says, NULL: fine. */
static const struct {
	const char *text;
	enum template_form form;
	const char *want, *error;
} cases[] = {
	{ "", TEMPLATE_PLAIN, "", NULL },
	{ "no variable", TEMPLATE_PLAIN, "no variable", NULL },
	{ "{list}", TEMPLATE_PLAIN, "d&v", NULL },
	{ "a{list}b{list}", TEMPLATE_PLAIN, "ad&vbd&v", NULL },
	{ "<{list}>", TEMPLATE_HTML, "<d&amp;v>", NULL },
	{ "<a title='{name}'>", TEMPLATE_HTML, "<a title='&#39;&quot;&lt;&gt;'>", NULL },
	{ "/{list}/{archive}", TEMPLATE_URL, "/d%26v/https%3A%2F%2Fx%2F", NULL },
	{ "({description})", TEMPLATE_PLAIN, "()", NULL },
	{ "{{list}", TEMPLATE_PLAIN, "{list}", NULL },
	{ "{{{list}", TEMPLATE_PLAIN, "{d&v", NULL },
	{ "b { color: red }", TEMPLATE_HTML, "b { color: red }", NULL },
	{ "{} {LIST} {li", TEMPLATE_PLAIN, "{} {LIST} {li", NULL },
	{ "{", TEMPLATE_PLAIN, "{", NULL },
	{ "{lists}", TEMPLATE_PLAIN, "{lists}", "{lists}" },
	{ "{list} {message_id} {message-ids}", TEMPLATE_PLAIN, "d&v {message_id} {message-ids}",
	  "{message-ids}" },
	{ "{list} {-}", TEMPLATE_PLAIN, "d&v {-}", "{-}" },
};

START_TEST(expand)
{
	struct arena *arena = arena_new();
	struct template_values values = { 0 };
	struct err e = { 0 };
	struct span text = span_str(cases[_i].text);
	values.v[TEMPLATE_LIST] = SPAN("d&v");
	values.v[TEMPLATE_ARCHIVE] = SPAN("https://x/");
	values.v[TEMPLATE_NAME] = SPAN("'\"<>");
	struct span got = template_expand(arena, text, &values, cases[_i].form);
	ck_assert_msg(span_is(got, cases[_i].want), "%s: %.*s", cases[_i].text, SPAN_FMT(got));
	ck_assert_int_eq(template_check(text, &e), cases[_i].error == NULL);
	if (cases[_i].error) {
		ck_assert_int_eq(e.class, ERR_MISUSE);
		ck_assert_msg(strstr(e.text, cases[_i].error) && strstr(e.text, "{unsubscribe}"),
		              "%s", e.text);
	}
	arena_free(arena);
}
END_TEST

Suite *template_suite(void);

Suite *template_suite(void)
{
	Suite *suite = suite_create("template");
	TCase *tc = tcase_create("template");
	tcase_add_loop_test(tc, expand, 0, LENGTH(cases));
	suite_add_tcase(suite, tc);
	return suite;
}
