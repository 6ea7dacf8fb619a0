/* The JSON writer: escapes, commas, indentation, depth. */

#include "base/json.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))
#define BAD          "\xef\xbf\xbd"

static void check_out(struct buf *out, const char *want)
{
	ck_assert_str_eq(out->p, want);
	buf_free(out);
}

static const struct {
	struct span s;
	const char *want;
} strings[] = {
	{ SPAN_INIT(""), "\"\"" },
	{ { NULL, 0 }, "\"\"" },
	{ SPAN_INIT("abc"), "\"abc\"" },
	{ SPAN_INIT("a\"b\\c/"), "\"a\\\"b\\\\c/\"" },
	{ SPAN_INIT("\r\n\t\b\f"), "\"\\r\\n\\t\\b\\f\"" },
	{ SPAN_INIT("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\\u007f\"" },
	{ SPAN_INIT("\xc3\xa4\xf0\x9f\xa5\x84"), "\"\xc3\xa4\xf0\x9f\xa5\x84\"" },
	/* what a terminal would obey: C1, line separators, turns of direction */
	{ SPAN_INIT("\xc2\x9b" "2J\xc2\x80\xc2\xa0"), "\"\\u009b2J\\u0080\xc2\xa0\"" },
	{ SPAN_INIT("\xe2\x80\xaegpj.exe\xe2\x80\xa8\xe2\x81\xa9"), "\"\\u202egpj.exe\\u2028\\u2069\"" },
	{ SPAN_INIT("\xff"), "\"" BAD "\"" },
	{ SPAN_INIT("a\xe2\x82"), "\"a" BAD BAD "\"" },
	{ SPAN_INIT("\xe2\x82"
	            "a"),
	  "\"" BAD BAD "a\"" },
	{ SPAN_INIT("\xed\xa0\x80"), "\"" BAD BAD BAD "\"" },
	{ SPAN_INIT("\xc3\""), "\"" BAD "\\\"\"" },
};

START_TEST(string)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	json_span(&j, strings[_i].s);
	check_out(&out, strings[_i].want);
}
END_TEST

static void write_document(struct json *j)
{
	json_open(j, '{');
	json_kstr(j, "list", "news");
	json_kint(j, "min", INT64_MIN);
	json_kbool(j, "open", true);
	json_kstr(j, "none", NULL);
	json_kspan(j, "k\"", SPAN("v"));
	json_key(j, "members");
	json_open(j, '[');
	json_str(j, "a");
	json_int(j, 0);
	json_bool(j, false);
	json_null(j);
	json_open(j, '{');
	json_close(j);
	json_open(j, '[');
	json_close(j);
	json_close(j);
	json_kint(j, "last", INT64_MAX);
	json_close(j);
}

START_TEST(compact)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	write_document(&j);
	check_out(&out, "{\"list\":\"news\",\"min\":-9223372036854775808,\"open\":true,"
	                "\"none\":null,\"k\\\"\":\"v\",\"members\":[\"a\",0,false,null,{},[]],"
	                "\"last\":9223372036854775807}");
}
END_TEST

START_TEST(indented)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	j.indent = true;
	write_document(&j);
	check_out(&out, "{\n  \"list\": \"news\",\n  \"min\": -9223372036854775808,\n"
	                "  \"open\": true,\n  \"none\": null,\n  \"k\\\"\": \"v\",\n"
	                "  \"members\": [\n    \"a\",\n    0,\n    false,\n    null,\n    {},\n"
	                "    []\n  ],\n  \"last\": 9223372036854775807\n}");
}
END_TEST

/* Two values at the top are two documents: no comma between them. */
START_TEST(several_documents)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	json_open(&j, '[');
	json_close(&j);
	buf_chr(&out, '\n');
	json_open(&j, '[');
	json_int(&j, 1);
	json_close(&j);
	check_out(&out, "[]\n[1]");
}
END_TEST

/* What assert says belongs to the test, not on the terminal. */
static void be_silent(void)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

static void open_many(unsigned count)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	for (unsigned i = 0; i < count; i++) {
		json_open(&j, '[');
	}
	for (unsigned i = 0; i < count; i++) {
		json_close(&j);
	}
	ck_assert_uint_eq(out.n, 2 * count);
	buf_free(&out);
}

START_TEST(deepest)
{
	open_many(64);
}
END_TEST
START_TEST(too_deep)
{
	be_silent();
	open_many(65);
}
END_TEST

START_TEST(value_without_key_is_closed)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	be_silent();
	json_open(&j, '{');
	json_key(&j, "k");
	json_close(&j);
}
END_TEST

START_TEST(key_in_array)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	be_silent();
	json_open(&j, '[');
	json_key(&j, "k");
}
END_TEST

Suite *json_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_loop_test(tc, string, 0, COUNT(strings));
	tcase_add_test(tc, compact);
	tcase_add_test(tc, indented);
	tcase_add_test(tc, several_documents);
	tcase_add_test(tc, deepest);
	tcase_add_test_raise_signal(tc, too_deep, SIGABRT);
	tcase_add_test_raise_signal(tc, value_without_key_is_closed, SIGABRT);
	tcase_add_test_raise_signal(tc, key_in_array, SIGABRT);
	suite_add_tcase(suite, tc);
	return suite;
}
