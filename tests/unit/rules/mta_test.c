#include "rules/mta.h"

#include <check.h>
#include <string.h>

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* dev@lists.example, with an alias at another domain. */
static struct mta one_list(char delimiter)
{
	struct list list = { .local = SPAN("dev"),
		             .domain = SPAN("lists.example"),
		             .aliases = SPAN("a.b@old.example, dev@lists.example") };
	struct mta m = { .arena = arena,
		         .delimiter = delimiter,
		         .program = SPAN("/bin/ladle"),
		         .config = SPAN("/etc/ladle.conf"),
		         .user = SPAN("ladle") };
	mta_add(&m, &list);
	return m;
}

START_TEST(addresses)
{
	struct mta m = one_list('+');
	size_t n;
	ck_assert_uint_eq(m.n, 2);
	ck_assert_uint_eq(m.ndomains, 2);
	struct span *forms = mta_forms(&m, &m.addresses[1], &n);
	ck_assert_uint_gt(n, 7);
	ck_assert(span_is(forms[0], "a.b@old.example"));
	ck_assert(span_is(forms[2], "a.b-request@old.example"));
}
END_TEST

/* Everything that is printed passes its check; an empty file does not. */
START_TEST(printed_is_right)
{
	static const char delimiters[] = { '+', '-' };
	for (size_t i = 0; i < mta_kinds_count * 2; i++) {
		const struct mta_kind *kind = &mta_kinds[i / 2];
		struct mta m = one_list(delimiters[i % 2]);
		struct mta_findings found = { 0 };
		struct buf text = BUF_INIT;
		kind->print(&m, &text);
		kind->check(&m, buf_span(&text), &found);
		ck_assert_msg(found.n == 0, "%s: %.*s", kind->name,
		              SPAN_FMT(found.n > 0 ? found.v[0].text : SPAN("")));
		kind->check(&m, SPAN(""), &found);
		ck_assert_msg(found.n > 0, "%s", kind->name);
		buf_free(&text);
	}
}
END_TEST

/* Of a table of transports: what is found, "" for nothing; the first finding only. */
static const struct {
	const char *text, *want;
} maps[] = {
	{ "/./ ladle:\n", "" },
	{ "/./x ladle:box\n", "" },
	{ "# comment\n\n/LISTS/\n  ladle:\n/old/ ladle:", "" },
	{ "lists.example ladle:\nold.example\tladle:\n", "" },
	{ "@lists.example ladle:\n@OLD.example ladle:\n", "" },
	{ "if /lists/\n/lists/ ladle:\nendif\n!/lists/ ladle:\n", "" },
	{ "other.example smtp:\n/./ ladle:\n", "" },
	{ "gone.example ladle:\n/./ ladle:\n", "1 extra: no list has \"gone.example\"" },
	{ "lists.example ladle:\n", "0 missing: a.b@old.example" },
	{ "dev@lists.example ladle:\nold.example ladle:\n", "0 missing: dev-owner@lists.example" },
	{ "\n/./ smtp:\n", "2 wrong: dev@lists.example has \"smtp:\"" },
	{ "/abc", "1 the pattern has no end" },
	{ "/", "1 the pattern has no end" },
	{ "!/", "1 the pattern has no end" },
	{ "/a\\", "1 the pattern has no end" },
	{ "/a\\/ ladle:", "1 the pattern has no end" },
	{ "/(/ ladle:", "1 bad pattern" },
	{ "  /./ ladle:", "" },
};

START_TEST(tables_are_looked_up)
{
	struct mta m = one_list('+');
	struct mta_findings found = { 0 };
	mta_check_map(&m, span_str(maps[_i].text), "ladle:", &found);
	struct span got = SPAN("");
	if (found.n > 0) {
		got = arena_printf(arena, "%u %.*s", found.v[0].line, SPAN_FMT(found.v[0].text));
	}
	ck_assert_msg(span_starts(got, span_str(maps[_i].want)) &&
	                      (maps[_i].want[0] != '\0') == (found.n > 0),
	              "%s: %.*s", maps[_i].text, SPAN_FMT(got));
}
END_TEST

START_TEST(lines_are_joined)
{
	struct span rest = SPAN("\n# a\nb = c\n# d\n\n  e\n\tf  \ng\n  # h\n");
	struct mta_line line;
	unsigned number = 0;
	ck_assert(mta_next_line(arena, &rest, &number, &line));
	ck_assert(span_is(line.text, "b = c e f") && line.number == 3);
	ck_assert(mta_next_line(arena, &rest, &number, &line));
	ck_assert(span_is(line.text, "g") && line.number == 8);
	ck_assert(!mta_next_line(arena, &rest, &number, &line));
}
END_TEST

Suite *mta_suite(void);

Suite *mta_suite(void)
{
	Suite *suite = suite_create("mta");
	TCase *tc = tcase_create("mta");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, addresses);
	tcase_add_test(tc, printed_is_right);
	tcase_add_loop_test(tc, tables_are_looked_up, 0, LENGTH(maps));
	tcase_add_test(tc, lines_are_joined);
	suite_add_tcase(suite, tc);
	return suite;
}
