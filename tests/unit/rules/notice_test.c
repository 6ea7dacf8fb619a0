#include "rules/notice.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char *const languages[] = { "en", "de", "fr" };

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* --- the table and the built-in texts ------------------------------------------ */

START_TEST(table_is_sound)
{
	for (size_t i = 0; i < notices_count; i++) {
		const struct notice *row = &notices[i];
		ck_assert_ptr_eq(notice_find(span_str(row->name)), row);
		struct template_names names = notice_names(arena, row);
		for (size_t j = 0; j < names.n; j++) {
			ck_assert_msg(notice_variable_find(span_str(names.v[j])) != NULL, "%s: %s",
			              row->name, names.v[j]);
			for (size_t k = 0; k < j; k++) {
				ck_assert_msg(strcmp(names.v[j], names.v[k]) != 0, "%s: %s twice",
				              row->name, names.v[j]);
			}
		}
	}
	for (size_t i = 0; i < notice_variables_count; i++) {
		const struct notice_variable *v = &notice_variables[i];
		ck_assert_ptr_eq(notice_variable_find(span_str(v->name)), v);
		ck_assert_msg(v->lines || !strchr(v->example, '\n'), "%s", v->name);
	}
	ck_assert_ptr_null(notice_find(SPAN("welcom")));
}
END_TEST

START_TEST(every_text_is_there_in_every_language)
{
	for (size_t i = 0; i < notices_count; i++) {
		for (int l = 0; l < LENGTH(languages); l++) {
			struct span text = notice_builtin_text(span_str(languages[l]),
			                                       span_str(notices[i].name));
			ck_assert_msg(text.n > 0, "no %s/%s", languages[l], notices[i].name);
		}
	}
	ck_assert_uint_eq(notice_builtins_count, notices_count * LENGTH(languages));
}
END_TEST

/* Names used in TEXT and not in OTHER. */
static void same_variables(const struct notice *row, const char *language, struct span text,
                           struct span other)
{
	struct template_names names = notice_names(arena, row);
	for (size_t i = 0; i < names.n; i++) {
		struct span name = span_str(names.v[i]);
		/* Words that one language needs and another does not. */
		if (span_is(name, "list") || span_is(name, "owner") || span_is(name, "help")) {
			continue;
		}
		ck_assert_msg(template_uses(text, name) == template_uses(other, name),
		              "%s/%s: {%s} is not used as in English", language, row->name,
		              names.v[i]);
	}
}

START_TEST(built_in_texts_have_no_fault)
{
	for (size_t i = 0; i < notice_builtins_count; i++) {
		const struct notice_builtin *b = &notice_builtins[i];
		const struct notice *row = notice_find(span_str(b->name));
		struct notice_file file, english;
		ck_assert_msg(row != NULL, "%s/%s", b->language, b->name);
		ck_assert_msg(notice_parse(arena, row, span_str(b->text), &file), "%s/%s:%u: %.*s",
		              b->language, b->name, file.faults[0].line,
		              SPAN_FMT(file.faults[0].text));
		notice_parse(arena, row, notice_builtin_text(SPAN("en"), span_str(b->name)),
		             &english);
		same_variables(row, b->language, file.text, english.text);
	}
}
END_TEST

static void examples(const struct notice *row, bool all, struct notice_vars *vars)
{
	struct template_names names = notice_names(arena, row);
	struct span needed = span_str(row->variables);
	for (size_t i = 0; i < names.n; i++) {
		struct span mark = arena_printf(arena, "!%s", names.v[i]);
		const struct notice_variable *v = notice_variable_find(span_str(names.v[i]));
		bool common = span_find(span_str(notice_common), span_str(v->name)) != SPAN_NONE;
		if (all || common || span_find(needed, mark) != SPAN_NONE) {
			notice_set(vars, v->name, span_str(v->example));
		}
	}
}

static void check_rendered(const char *language, const struct notice *row, bool all)
{
	struct notice_vars vars = { .n = 0 };
	struct notice_text out;
	struct err e;
	examples(row, all, &vars);
	ck_assert(notice_render(arena, NULL, span_str(row->name), span_str(language), vars.v,
	                        vars.n, &out, &e));
	ck_assert_int_eq(out.level, NOTICE_BUILT_IN);
	ck_assert(span_is(out.language, language));
	ck_assert_msg(out.subject.n > 0 && out.subject.n < 100, "%s/%s", language, row->name);
	ck_assert_msg(span_find(out.text, SPAN("{")) == SPAN_NONE, "%.*s", SPAN_FMT(out.text));
	ck_assert_msg(span_find(out.text, SPAN("\n\n\n")) == SPAN_NONE, "%.*s", SPAN_FMT(out.text));
	/* Who sends it. */
	ck_assert_msg(span_find(out.text, SPAN("lists.example.org")) != SPAN_NONE, "%s/%s",
	              language, row->name);
	for (struct span rest = out.text; rest.p && rest.n > 0;) {
		struct span line = span_cut(&rest, '\n');
		size_t columns = 0;
		for (size_t i = 0; i < line.n; i++) {
			columns += ((unsigned char)line.p[i] & 0xc0) != 0x80;
		}
		ck_assert_msg(columns <= 72, "%s/%s: %.*s", language, row->name, SPAN_FMT(line));
		ck_assert_msg(!span_starts(line, SPAN(" ")) || span_starts(line, SPAN("  ")),
		              "%s/%s: %.*s", language, row->name, SPAN_FMT(line));
	}
}

/* With every value there is, and with those only that are always there. */
START_TEST(built_in_texts_read_well)
{
	for (size_t i = 0; i < notices_count; i++) {
		check_rendered(languages[_i], &notices[i], true);
		check_rendered(languages[_i], &notices[i], false);
	}
}
END_TEST

/* --- reading ------------------------------------------------------------------- */

/* As a text of "confirm-subscribe", which needs {confirm} and {token}. FAULTS: "line text-part|…", NULL: fine. */
#define GOOD "{confirm}\n{token}\n"
static const struct {
	const char *text, *faults;
} files[] = {
	{ "Subject: a\n\n" GOOD, NULL },
	{ "subject:a\r\n\r\n" GOOD, NULL },
	{ "\xef\xbb\xbfSubject: a\n\n" GOOD, NULL },
	{ "Subject: {list}\n\n" GOOD "{if expires}x{end}", NULL },
	{ "Subject: gr\xc3\xbc\xc3\x9f\n\n" GOOD, NULL },
	{ "", "1 first line|2 no text|1 {confirm}|1 {token}" },
	{ "Subject:\n\n" GOOD, "1 first line" },
	{ "Subject: \n\n" GOOD, "1 first line" },
	{ "To: x\nSubject: a\n\n" GOOD, "1 first line|2 second line" },
	{ "Subject: a\n" GOOD, "2 second line|1 {confirm}" },
	{ "Subject: a\n\n", "2 no text|1 {confirm}|1 {token}" },
	{ "Subject: a\n\n" GOOD "x {lists}\n", "5 unknown variable \"{lists}\"" },
	{ "Subject: {reason}\n\n" GOOD "{x}", "1 {reason}|5 {x}" },
	{ "Subject: a\n\n" GOOD "{if nothing}\n{end}", "5 {nothing}" },
	{ "Subject: a\n\n" GOOD "\n{if expires}\nx", "6 without \"{end}\"" },
	{ "Subject: a{if list}\n\n{end}" GOOD, "1 without \"{end}\"|3 without an \"{if" },
	{ "Subject: a\n\n" GOOD "\n{end}\n{else}", "6 \"{end}\" without|7 \"{else}\" without" },
	{ "Subject: a\n\n" GOOD "{if list}{else}\n{else}{end}", "6 second \"{else}\"" },
	{ "Subject: a\n\n{confirm}\n{if token}x{end}", "1 lacks \"{token}\"" },
	{ "Subject: {confirm}\n\n{token}", "1 lacks \"{confirm}\"" },
	{ "Subject: a\n\n" GOOD "\n\xe4\n", "6 not UTF-8" },
	{ "Subject: a\n\n" GOOD "\ta\n", "5 control" },
	{ "Subject: a\n\n" GOOD "a\rb\n", "5 control" },
	{ "Subject: a\n\n" GOOD
	  "1234567890123456789012345678901234567890123456789012345678901234567890123\n",
	  "5 73 columns" },
	{ "Subject: a\n\n" GOOD
	  "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
	  "12345678901234567890123456789012345678901234567890123456789012\n",
	  NULL },
};

START_TEST(faults_are_found)
{
	struct notice_file f;
	struct span rest = span_str(files[_i].faults);
	bool ok = notice_parse(arena, notice_find(SPAN("confirm-subscribe")), span_str(files[_i].text), &f);
	ck_assert_int_eq(ok, files[_i].faults == NULL);
	for (size_t i = 0; i < f.nfaults; i++) {
		struct span want = span_cut(&rest, '|');
		uint64_t line = 0;
		ck_assert_msg(want.n > 0, "%s: too many: %.*s", files[_i].text,
		              SPAN_FMT(f.faults[i].text));
		span_u64(span_sub(want, 0, 1), &line);
		ck_assert_msg(f.faults[i].line == line &&
		                      span_find(f.faults[i].text, span_from(want, 2)) != SPAN_NONE,
		              "%s: %u %.*s", files[_i].text, f.faults[i].line,
		              SPAN_FMT(f.faults[i].text));
	}
	ck_assert_msg(rest.n == 0 || f.nfaults == 0, "%s: missing %.*s", files[_i].text,
	              SPAN_FMT(rest));
}
END_TEST

START_TEST(large_is_a_fault)
{
	struct notice_file f;
	char *big = arena_alloc(arena, LIMIT_TEMPLATE + 1);
	memset(big, '{', LIMIT_TEMPLATE + 1);
	ck_assert(!notice_parse(arena, NULL, (struct span){ big, LIMIT_TEMPLATE + 1 }, &f));
	ck_assert_uint_eq(f.nfaults, 1);
}
END_TEST

static const struct {
	const char *language;
	bool valid;
} names[] = {
	{ "en", true },  { "de", true },    { "pt-br", true }, { "nds", true },    { "zh-hant-tw", true },
	{ "es-419", true }, { "", false },  { "e", false },    { "engl", false },  { "EN", false },
	{ "..", false }, { "en-", false },  { "en/x", false }, { "e-n", false },   { "en_us", false },
	{ "en.", false }, { "a1", false },
};

START_TEST(languages_have_names)
{
	ck_assert_msg(notice_language_valid(span_str(names[_i].language)) == names[_i].valid, "%s",
	              names[_i].language);
}
END_TEST

/* --- filling ------------------------------------------------------------------- */

#define W "123456789 "
#define W70 W W W W W W W

static const struct {
	const char *text, *want;
} flows[] = {
	{ "", "" },
	{ "a\nb\n", "a b\n" },
	{ "a", "a\n" },
	{ "\n\na\n\n\n\nb\n\n", "a\n\nb\n" },
	{ "a\n  b  c\nd", "a\n  b  c\nd\n" },
	{ W70 "1 2 3", "123456789 123456789 123456789 123456789 123456789 123456789 123456789 1\n2 3\n" },
	{ "  " W70 "1 2", "  123456789 123456789 123456789 123456789 123456789 123456789 123456789\n"
	                  "  1 2\n" },
	{ "a   b", "a b\n" },
	{ "a\n-- \nb\nc\n\n\nd", "a\n-- \nb\nc\n\n\nd" },
	{ "a\n\n-- \nb", "a\n\n-- \nb" },
	{ "   \n\t\na", "a\n" },
};

START_TEST(paragraphs_are_filled)
{
	struct span got = notice_flow(arena, span_str(flows[_i].text));
	ck_assert_msg(span_is(got, flows[_i].want), "\"%s\": \"%.*s\"", flows[_i].text,
	              SPAN_FMT(got));
	ck_assert(span_eq(notice_flow(arena, got), got));
}
END_TEST

/* --- which text is taken -------------------------------------------------------- */

struct shelf {
	const char *path[6], *text[6]; /* "list/de/welcome" */
	char complaint[200];
};

static struct span shelf_read(void *ctx, struct arena *a, enum notice_level level,
                              struct span language, struct span name)
{
	const struct shelf *s = ctx;
	struct span path = arena_printf(a, "%s/%.*s/%.*s", level == NOTICE_LIST ? "list" : "site",
	                                SPAN_FMT(language), SPAN_FMT(name));
	for (int i = 0; i < LENGTH(s->path); i++) {
		if (s->path[i] && span_is(path, s->path[i])) {
			return span_str(s->text[i]);
		}
	}
	return SPAN_END;
}

static void shelf_complain(void *ctx, enum notice_level level, struct span language,
                           struct span name, const struct notice_fault *fault)
{
	struct shelf *s = ctx;
	snprintf(s->complaint, sizeof(s->complaint), "%d %.*s %.*s %u %.*s", (int)level,
	         SPAN_FMT(language), SPAN_FMT(name), fault->line, SPAN_FMT(fault->text));
}

static const struct {
	struct shelf shelf;
	const char *language, *subject, *complaint;
} choices[] = {
	{ { .path = { 0 } }, "de", "Willkommen bei dev", "" },
	{ { .path = { 0 } }, "", "Welcome to dev", "" },
	{ { .path = { 0 } }, "nl", "Welcome to dev", "" },
	{ { .path = { 0 } }, "../../etc", "Welcome to dev", "" },
	{ { .path = { 0 } }, "de-at", "Willkommen bei dev", "" },
	{ { .path = { "site/de/welcome" }, .text = { "Subject: site {list}\n\nx" } }, "de",
	  "site dev", "" },
	{ { .path = { "site/de/welcome" }, .text = { "Subject: site {list}\n\nx" } }, "fr",
	  "Bienvenue \xc3\xa0 dev", "" },
	{ { .path = { "site/de/welcome", "list/de/welcome" },
	    .text = { "Subject: site\n\nx", "Subject: list\n\nx" } },
	  "de", "list", "" },
	{ { .path = { "site/de-at/welcome", "list/de/welcome" },
	    .text = { "Subject: Servus\n\nx", "Subject: list\n\nx" } },
	  "de-at", "Servus", "" },
	{ { .path = { "site/de/welcome", "list/de/welcome" },
	    .text = { "Subject: site\n\nx", "Subject: list\n\n{reason}" } },
	  "de", "site", "0 de welcome 3 unknown variable \"{reason}\"" },
	{ { .path = { "list/de/welcome" }, .text = { "nothing" } }, "de", "Willkommen bei dev",
	  "0 de welcome 1 the first line" },
	{ { .path = { "list/en/welcome" }, .text = { "Subject: list\n\nx" } }, "de",
	  "Willkommen bei dev", "" },
	{ { .path = { "list/en/welcome" }, .text = { "Subject: list\n\nx" } }, "nl", "list", "" },
};

START_TEST(the_nearest_text_is_taken)
{
	struct shelf shelf = choices[_i].shelf;
	struct notice_source where = { shelf_read, shelf_complain, &shelf };
	struct notice_vars vars = { .n = 0 };
	struct notice_text out;
	struct err e;
	notice_set(&vars, "list", SPAN("dev"));
	ck_assert(notice_render(arena, &where, SPAN("welcome"), span_str(choices[_i].language),
	                        vars.v, vars.n, &out, &e));
	ck_assert_msg(span_is(out.subject, choices[_i].subject), "%s: %.*s", choices[_i].language,
	              SPAN_FMT(out.subject));
	ck_assert_msg(strncmp(shelf.complaint, choices[_i].complaint,
	                      strlen(choices[_i].complaint)) == 0,
	              "%s", shelf.complaint);
	ck_assert(choices[_i].complaint[0] || !shelf.complaint[0]);
}
END_TEST

/* --- values --------------------------------------------------------------------- */

START_TEST(values_are_made_harmless)
{
	struct shelf shelf = { .path = { "site/en/post-rejected" },
		               .text = { "Subject: [{list}] {address}\n\nWhy:\n\n    {reason}\n"
		                         "to {recipient}.\n" } };
	struct notice_source where = { shelf_read, shelf_complain, &shelf };
	struct notice_vars vars = { .n = 0 };
	struct notice_text out;
	struct err e;
	notice_set(&vars, "list", SPAN("d\r\nBcc: x\0y"));
	notice_set(&vars, "address", SPAN("{list}\xff\xe2\x80\xae"));
	notice_set(&vars, "reason", SPAN("one\r\ntwo {owner}\n\tthree\n"));
	notice_set(&vars, "recipient", SPAN("old"));
	notice_set(&vars, "recipient", SPAN("a@b\n\nc"));
	notice_set(&vars, "count", SPAN("not of this notice"));
	ck_assert(notice_render(arena, &where, SPAN("post-rejected"), SPAN("en"), vars.v, vars.n,
	                        &out, &e));
	ck_assert_msg(span_is(out.subject, "[d  Bcc: x?y] {list}????"), "%.*s",
	              SPAN_FMT(out.subject));
	ck_assert_msg(span_is(out.text, "Why:\n\n    one\n    two {owner}\n     three\nto a@b c.\n"),
	              "%.*s", SPAN_FMT(out.text));
}
END_TEST

START_TEST(names_that_are_not_there)
{
	struct notice_var var = { SPAN("listt"), SPAN("x") };
	struct notice_text out;
	struct err e;
	ck_assert(!notice_render(arena, NULL, SPAN("welcom"), SPAN("en"), NULL, 0, &out, &e));
	ck_assert_int_eq(e.class, ERR_BUG);
	ck_assert(!notice_render(arena, NULL, SPAN("welcome"), SPAN("en"), &var, 1, &out, &e));
	ck_assert_int_eq(e.class, ERR_BUG);
}
END_TEST

START_TEST(common_values)
{
	struct site site = { .hostname = SPAN("host.example") };
	struct list list = { .local = SPAN("dev"),
		             .domain = SPAN("lists.example"),
		             .help_url = SPAN("https://x/") };
	struct notice_vars vars = { .n = 0 };
	struct notice_text out;
	struct err e;
	notice_set_common(arena, &vars, &site, &list, SPAN("joe@example.com"));
	ck_assert(notice_render(arena, NULL, SPAN("goodbye"), SPAN("en"), vars.v, vars.n, &out, &e));
	ck_assert(span_find(out.text, SPAN("    dev+subscribe@lists.example\n")) != SPAN_NONE);
	ck_assert(span_find(out.text, SPAN("dev+owner@lists.example")) != SPAN_NONE);
	vars.n = 0;
	notice_set_common(arena, &vars, &site, NULL, SPAN("joe@example.com"));
	notice_set(&vars, "address", SPAN("nobody@host.example"));
	ck_assert(notice_render(arena, NULL, SPAN("refused"), SPAN("en"), vars.v, vars.n, &out, &e));
	ck_assert_msg(span_ends(out.text, SPAN("was not distributed.\n")), "%.*s",
	              SPAN_FMT(out.text));
	notice_set(&vars, "lists", SPAN("a@x\n  About a\nb@x"));
	ck_assert(notice_render(arena, NULL, SPAN("which"), SPAN("en"), vars.v, vars.n, &out, &e));
	ck_assert_msg(span_is(out.text,
	                      "joe@example.com is a member of these mailing lists at host.example:\n"
	                      "\n    a@x\n      About a\n    b@x\n"),
	              "%.*s", SPAN_FMT(out.text));
}
END_TEST

Suite *notice_suite(void);

Suite *notice_suite(void)
{
	Suite *suite = suite_create("notice");
	TCase *tc = tcase_create("notice");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, table_is_sound);
	tcase_add_test(tc, every_text_is_there_in_every_language);
	tcase_add_test(tc, built_in_texts_have_no_fault);
	tcase_add_loop_test(tc, built_in_texts_read_well, 0, LENGTH(languages));
	tcase_add_loop_test(tc, faults_are_found, 0, LENGTH(files));
	tcase_add_test(tc, large_is_a_fault);
	tcase_add_loop_test(tc, languages_have_names, 0, LENGTH(names));
	tcase_add_loop_test(tc, paragraphs_are_filled, 0, LENGTH(flows));
	tcase_add_loop_test(tc, the_nearest_text_is_taken, 0, LENGTH(choices));
	tcase_add_test(tc, values_are_made_harmless);
	tcase_add_test(tc, names_that_are_not_there);
	tcase_add_test(tc, common_values);
	suite_add_tcase(suite, tc);
	return suite;
}
