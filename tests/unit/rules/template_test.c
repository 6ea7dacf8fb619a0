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
	{ "{if archive}a{end}b", TEMPLATE_PLAIN, "ab", NULL },
	{ "{if description}a{end}b", TEMPLATE_PLAIN, "b", NULL },
	{ "{if description}a{else}{list}{end}b", TEMPLATE_PLAIN, "d&vb", NULL },
	{ "{if archive}a{else}c{end}b", TEMPLATE_PLAIN, "ab", NULL },
	{ "{if list}{if description}a{else}b{end}{else}{if list}c{end}d{end}e", TEMPLATE_PLAIN,
	  "be", NULL },
	{ "{if description}{if list}a{else}b{end}{else}{if list}c{end}d{end}e", TEMPLATE_PLAIN,
	  "cde", NULL },
	{ "a\n{if list}\nb\n{else}\nc\n{end}\nd", TEMPLATE_PLAIN, "a\nb\nd", NULL },
	{ "{if list}\nb\n  {end} \t", TEMPLATE_PLAIN, "b\n", NULL },
	{ "{if list} b\n{end}x\n", TEMPLATE_PLAIN, " b\nx\n", NULL },
	{ "{if list}{end}\n", TEMPLATE_PLAIN, "\n", NULL },
	{ "{{if list}", TEMPLATE_PLAIN, "{if list}", NULL },
	{ "{if list} {if} {else", TEMPLATE_PLAIN, " {if} {else", "{if}" },
	{ "{IF list}{if  list}{if list }", TEMPLATE_PLAIN, "{IF list}{if  list}{if list }", NULL },
	{ "a{end}b{else}", TEMPLATE_PLAIN, "a{end}b{else}", "without an" },
	{ "{if list}a", TEMPLATE_PLAIN, "a", "without \"{end}\"" },
	{ "{if lists}a{else}b{end}", TEMPLATE_PLAIN, "b", "{lists}" },
	{ "{if list}{if list}{if list}{if list}{if list}{if list}{if list}{if list}x{end}{end}"
	  "{end}{end}{end}{end}{end}{end}",
	  TEMPLATE_PLAIN, "x", NULL },
	{ "{if list}{if list}{if list}{if list}{if list}{if list}{if list}{if list}{if list}"
	  "x{end}{end}{end}{end}{end}{end}{end}{end}{end}",
	  TEMPLATE_PLAIN, "{if list}x{end}", "more than 7" },
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
		ck_assert_msg(strstr(e.text, cases[_i].error), "%s", e.text);
		ck_assert_msg(!strstr(e.text, "unknown") || strstr(e.text, "{unsubscribe}"), "%s",
		              e.text);
	}
	arena_free(arena);
}
END_TEST

/* Lines of a value behind the first are indented like the line it stands in. */
START_TEST(lines)
{
	static const char *const names[] = { "a" };
	struct arena *arena = arena_new();
	struct span value = SPAN("1\n\n2");
	struct template_names one = { names, 1 };
	struct span got =
		template_fill(arena, SPAN("x\n  - {a}\n{a}"), one, &value, TEMPLATE_PLAIN);
	ck_assert_msg(span_is(got, "x\n  - 1\n  \n  2\n1\n\n2"), "%.*s", SPAN_FMT(got));
	ck_assert(template_uses(SPAN("{a}"), SPAN("a")));
	ck_assert(!template_uses(SPAN("{{a}{if a}{end}"), SPAN("a")));
	arena_free(arena);
}
END_TEST

Suite *template_suite(void);

Suite *template_suite(void)
{
	Suite *suite = suite_create("template");
	TCase *tc = tcase_create("template");
	tcase_add_loop_test(tc, expand, 0, LENGTH(cases));
	tcase_add_test(tc, lines);
	suite_add_tcase(suite, tc);
	return suite;
}
