#include "rules/setting.h"

#include "rules/list.h"
#include "rules/site.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static struct site site;
static struct list list;

static void setup(void)
{
	arena = arena_new();
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
}

static void teardown(void)
{
	arena_free(arena);
}

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static void *target(const struct setting *row)
{
	return row->scope == SETTING_SITE ? (void *)&site : (void *)&list;
}

/* Every default is a legal value, and text of it reads back as the same. */
START_TEST(defaults)
{
	struct err e = { 0 };
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings[i];
		ck_assert_msg(setting_put(arena, row, span_str(row->preset), target(row), &e),
		              "%s: %s", row->name, e.text);
		struct span text = setting_text(arena, row, target(row));
		ck_assert_msg(setting_put(arena, row, text, target(row), &e), "%s: %s", row->name,
		              e.text);
		ck_assert_msg(span_eq(text, setting_text(arena, row, target(row))), "%s",
		              row->name);
		ck_assert_ptr_eq(setting_find(row->scope, span_str(row->name)), row);
		ck_assert_msg(strlen(row->help) > 10, "%s has no help", row->name);
	}
}
END_TEST

/* WANT: text of the value afterwards; NULL: refused, and nothing changed. */
static const struct {
	const char *name, *value, *want;
} cases[] = {
	{ "aliases", "", "" },
	{ "aliases", "dev@example.net", "dev@example.net" },
	{ "aliases", "dev@example.net, Devel@EXAMPLE.com", "dev@example.net, Devel@EXAMPLE.com" },
	{ "aliases", "dev", NULL },
	{ "aliases", "dev@", NULL },
	{ "aliases", "dev@example.net,", NULL },
	{ "aliases", ",", NULL },
	{ "aliases", "<>", NULL },
	{ "aliases", "dev+help@example.net", NULL },
	{ "aliases", "dev-owner@example.net", NULL },
	{ "aliases", "postmaster@example.net", NULL },
	{ "aliases", "dev@bad..domain", NULL },
	{ "replay", "hold", "hold" },
	{ "replay", "yes", NULL },
	{ "message-size", "25M", "25M" },
	{ "message-size", "26214400", "25M" },
	{ "message-size", "500k", "500k" },
	{ "message-size", "1025", "1025" },
	{ "message-size", "0", NULL },
	{ "message-size", "101M", NULL },
	{ "message-size", "-1", NULL },
	{ "message-size", "1e6", NULL },
	{ "message-size", "", NULL },
	{ "message-size", "99999999999999999999", NULL },
	{ "message-size", "17179869184G", NULL },
	{ "dns-timeout", "1m", "1m" },
	{ "dns-timeout", "90", NULL },
	{ "retry-for", "5d", "5d" },
	{ "retry-for", "36h", "36h" },
	{ "retry-for", "5w", NULL },
	{ "moderated", "yes", "yes" },
	{ "moderated", "true", NULL },
	{ "smtp-tls", "required", "required" },
	{ "smtp-tls", "", NULL },
	{ "smtp-url", "smtps://mx.example:465", "smtps://mx.example:465" },
	{ "smtp-url", "https://x.example/", NULL },
	{ "smtp-url", "smtp://", NULL },
	{ "smtp-url", "smtp://a b", NULL },
	{ "smtp-url", "", NULL },
	{ "smtp-url", "smtp://mx.example", "smtp://mx.example" },
	{ "smtp-url", "smtp://127.0.0.1:2525/", "smtp://127.0.0.1:2525/" },
	{ "smtp-url", "smtp://[::1]:25", "smtp://[::1]:25" },
	{ "smtp-url", "smtp://[::1]", "smtp://[::1]" },
	{ "smtp-url", "smtp://[::1", NULL },
	{ "smtp-url", "smtp://[x]:25", NULL },
	{ "smtp-url", "smtp://mx.example:0", NULL },
	{ "smtp-url", "smtp://mx.example:65536", NULL },
	{ "smtp-url", "smtp://mx.example:", NULL },
	{ "smtp-url", "smtp://:25", NULL },
	{ "smtp-url", "smtp://a:b@mx.example", NULL },
	{ "smtp-url", "smtp://a@mx.example:25", NULL },
	{ "smtp-url", "smtp://mx.example/x", NULL },
	{ "smtp-url", "smtp://mx.example?x", NULL },
	{ "dns-servers", "", "" },
	{ "dns-servers", "127.0.0.1:53, [::1]:53, ::1", "127.0.0.1:53, [::1]:53, ::1" },
	{ "dns-servers", "dns.example", NULL },
	{ "dns-servers", "127.0.0.1,", NULL },
	{ "dns-servers", "127.0.0.1:99999", NULL },
	{ "trusted-authserv-id", "", "" },
	{ "trusted-authserv-id", "mx.example, mx2.example b\xc3\xbc.example",
	  "mx.example, mx2.example b\xc3\xbc.example" },
	{ "trusted-authserv-id", "mx.example; spf=pass", NULL },
	{ "trusted-authserv-id", "\"mx\"", NULL },
	{ "delimiter", "-", "-" },
	{ "delimiter", "=", NULL },
	{ "subject-tag", "[d\xc3\xa9v]", "[d\xc3\xa9v]" },
	{ "subject-tag", "[d\xe9v]", NULL },
	{ "subject-tag", "a\\nb", NULL },
	{ "footer", "a\\nb\\\\n", "a\\nb\\\\n" },
	{ "footer", "a\x01", NULL },
	{ "archive-url", "https://x.example/a", "https://x.example/a" },
	{ "archive-url", "https://x.example/<", NULL },
	{ "archive-url", "javascript://x", NULL },
	{ "rules", "hold if size > 1M\\nreject \"no\" if any-header matches /\\bx\\\\\\\\/",
	  "hold if size > 1M\\nreject \"no\" if any-header matches /\\\\bx\\\\\\\\/" },
	{ "rules", "", "" },
	{ "rules", "hold if subject matches /(/", NULL },
	{ "rules", "hold\\nhold if sise > 1M", NULL },
	{ "filter-command", "/usr/bin/filter -a \"b \\\"c\"", "/usr/bin/filter -a \"b \\\"c\"" },
	{ "filter-command", "filter", NULL },
	{ "filter-command", "/usr/bin/filter \"", NULL },
	{ "footer", "-- \\n{address}", "-- \\n{address}" },
	{ "footer", "{adress}", NULL },
	{ "header-text", "{list} {nobody}", NULL },
	{ "footer-html", "<p style='x{y:z}'>{list}</p>", "<p style='x{y:z}'>{list}</p>" },
	{ "from-name", "{name}\\n", NULL },
	{ "from-name", "{name} via {liste}", NULL },
	{ "archived-at", "https://x.example/{message-id}", "https://x.example/{message-id}" },
	{ "archived-at", "https://x.example/{id}", NULL },
	{ "archived-at", "{archive}", NULL },
	{ "reply-to-address", "a@b.example, c@d.example", "a@b.example, c@d.example" },
	{ "reply-to-address", "nobody", NULL },
	{ "header-add", "X-A: b\\nX-C: {list}", "X-A: b\\nX-C: {list}" },
	{ "header-add", "X-A", NULL },
	{ "header-add", "X-A:", NULL },
	{ "header-add", "X A: b", NULL },
	{ "header-add", "X-A: {nothing}", NULL },
	{ "header-add", "from: x@y.example", NULL },
	{ "header-add", "X-A: b\\nSubject: c", NULL },
	{ "header-add", "Content-Foo: c", NULL },
	{ "header-add", "List-Id: <x>", NULL },
	{ "header-remove", "X-Mailer, User-Agent X-Spam-*", "X-Mailer, User-Agent X-Spam-*" },
	{ "header-remove", "From", NULL },
	{ "header-remove", "X-Mailer date", NULL },
	{ "header-remove", "MESSAGE-ID", NULL },
	{ "header-remove", "*", NULL },
	{ "header-remove", "X-*-Y", NULL },
	{ "header-remove", "X:", NULL },
	{ "modify", "none", "none" },
	{ "modify", "all", NULL },
	{ "subject-tag-place", "after-reply", "after-reply" },
};

START_TEST(value)
{
	struct err e = { 0 };
	const struct setting *row = setting_find(SETTING_SITE, span_str(cases[_i].name));
	row = row ? row : setting_find(SETTING_LIST, span_str(cases[_i].name));
	struct span before = setting_text(arena, row, target(row));
	bool ok = setting_put(arena, row, span_str(cases[_i].value), target(row), &e);
	ck_assert_msg(ok == (cases[_i].want != NULL), "%s = %s: %s", cases[_i].name,
	              cases[_i].value, e.text);
	struct span after = setting_text(arena, row, target(row));
	ck_assert(ok ? span_is(after, cases[_i].want) : span_eq(after, before));
	ck_assert(ok || (e.class == ERR_MISUSE && strstr(e.text, cases[_i].name)));
}
END_TEST

START_TEST(footer_has_lines)
{
	struct err e;
	ck_assert(setting_put(arena, setting_find(SETTING_LIST, SPAN("footer")), SPAN("a\\nb"),
	                      &list, &e));
	ck_assert(span_is(list.footer, "a\nb"));
}
END_TEST

/* WANT: NULL when the file is fine, else what the error says. */
static const struct {
	const char *text, *want;
} files[] = {
	{ "", NULL },
	{ "# nothing\n\n   \n", NULL },
	{ "workers = 3\n", NULL },
	{ "workers=3", NULL },
	{ "dns-servers = 127.0.0.1,\n   127.0.0.2\n", NULL },
	{ "workers = 3\r\nhostname = x\r\n", NULL },
	{ "\n\nworkers = x\n", "f:3: workers: bad value \"x\"" },
	{ "a = b\n", "f:1: unknown key \"a\"" },
	{ "workers\n", "f:1: \"workers\" is not \"key = value\"" },
	{ "workers = 1\nworkers = 1\n", "f:2: key \"workers\" is there twice" },
	{ "from = keep\n", "f:1: unknown key \"from\", which is a setting of lists" },
	{ " workers = 1\n", NULL },
	{ "\nworker = 1\n", "f:2: unknown key \"worker\", did you mean \"workers\"?" },
};

START_TEST(file)
{
	struct err e = { 0 };
	bool ok = setting_read_site(arena, span_str(files[_i].text), "f", &site, &e);
	ck_assert_msg(ok == !files[_i].want, "%d: %s", _i, e.text);
	ck_assert_msg(ok || strncmp(e.text, files[_i].want, strlen(files[_i].want)) == 0, "%s",
	              e.text);
}
END_TEST

START_TEST(continued)
{
	struct err e;
	ck_assert(setting_read_site(arena, SPAN("trusted-authserv-id = a,\n  b\n\tc\nworkers = 2\n"), "f",
	                            &site, &e));
	ck_assert(span_is(site.trusted_authserv_id, "a, b c"));
	ck_assert_uint_eq(site.workers, 2);
}
END_TEST

Suite *setting_suite(void)
{
	Suite *suite = suite_create("setting");
	TCase *tc = tcase_create("setting");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, defaults);
	tcase_add_loop_test(tc, value, 0, LENGTH(cases));
	tcase_add_test(tc, footer_has_lines);
	tcase_add_loop_test(tc, file, 0, LENGTH(files));
	tcase_add_test(tc, continued);
	suite_add_tcase(suite, tc);
	return suite;
}
