/* Log lines: nobody's bytes can forge a line or a key, and nothing is lost on the way. */

#include "base/limits.h"
#include "base/log.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static const struct log to_stderr = { LOG_TARGET_STDERR, LOG_LEVEL_INFO, "process" };

static const struct {
	struct span value;
	const char *want;
} values[] = {
	{ SPAN_INIT("news"), "k=news" },
	{ SPAN_INIT("a@b.example"), "k=a@b.example" },
	{ SPAN_INIT(""), "k=\"\"" },
	{ { NULL, 0 }, "k=\"\"" },
	{ SPAN_INIT("a b"), "k=\"a b\"" },
	{ SPAN_INIT("a=b"), "k=\"a=b\"" },
	{ SPAN_INIT("a\"b"), "k=\"a\\\"b\"" },
	{ SPAN_INIT("a\\b"), "k=\"a\\\\b\"" },
	{ SPAN_INIT("a\r\nlevel=info"), "k=\"a\\r\\nlevel=info\"" },
	{ SPAN_INIT("\t\0\x1b[31m\x7f"), "k=\"\\t\\x00\\x1b[31m\\x7f\"" },
	{ SPAN_INIT("\xc3\xa4"), "k=\xc3\xa4" },
	{ SPAN_INIT("\xf0\x9f\xa5\x84"), "k=\xf0\x9f\xa5\x84" },
	{ SPAN_INIT("\xff\xc3"), "k=\"\\xff\\xc3\"" },
	{ SPAN_INIT("\xe2\x82x"), "k=\"\\xe2\\x82x\"" },
	{ SPAN_INIT("\xc2\x85"), "k=\"\\xc2\\x85\"" }, /* next line */
	{ SPAN_INIT("\xc2\x9b"), "k=\"\\xc2\\x9b\"" }, /* CSI of terminals */
	{ SPAN_INIT("\xc2\xa0"), "k=\xc2\xa0" },
	{ SPAN_INIT("\xe2\x80\xa8"), "k=\"\\xe2\\x80\\xa8\"" }, /* line separator */
	{ SPAN_INIT("\xe2\x80\xae"), "k=\"\\xe2\\x80\\xae\"" }, /* right-to-left override */
	{ SPAN_INIT("\xe2\x81\xa6"), "k=\"\\xe2\\x81\\xa6\"" }, /* isolate */
	{ SPAN_INIT("\xe2\x80\xa7"), "k=\xe2\x80\xa7" },
	{ SPAN_INIT("\xe2\x80\xaf"), "k=\xe2\x80\xaf" },
};

START_TEST(value)
{
	const struct log log = { LOG_TARGET_NONE, LOG_LEVEL_DEBUG, NULL };
	struct log_pair pair = { "k", values[_i].value };
	struct buf line = BUF_INIT;

	log_format(&line, &log, LOG_LEVEL_INFO, "e", &pair, 1);
	ck_assert_ptr_nonnull(strstr(line.p, " k="));
	ck_assert_str_eq(strstr(line.p, " k=") + 1, values[_i].want);
	ck_assert_uint_eq(strlen(line.p), line.n);
	buf_free(&line);
}
END_TEST

/* Every byte, alone and behind others: the line has no control character. */
START_TEST(no_control_character)
{
	char text[4] = { 'a', 0, 'b', 0 };

	for (int i = 0; i < 256; i++) {
		struct log_pair pair = { "k", { text, 3 } };
		struct buf line = BUF_INIT;

		text[1] = (char)i;
		log_format(&line, &to_stderr, LOG_LEVEL_INFO, "e", &pair, 1);
		for (size_t k = 0; k < line.n; k++) {
			ck_assert(line.p[k] >= ' ' && line.p[k] < 0x7f);
		}
		buf_free(&line);
	}
}
END_TEST

START_TEST(long_value_is_cut)
{
	static char text[LIMIT_LOG_VALUE + 10];
	struct log_pair pair = { "k", { text, sizeof(text) } };
	struct buf line = BUF_INIT;

	memset(text, 'a', sizeof(text));
	pair.value.n = LIMIT_LOG_VALUE;
	log_format(&line, &to_stderr, LOG_LEVEL_INFO, "e", &pair, 1);
	ck_assert_int_eq(line.p[line.n - 1], 'a');
	buf_clear(&line);
	pair.value.n = LIMIT_LOG_VALUE + 1;
	log_format(&line, &to_stderr, LOG_LEVEL_INFO, "e", &pair, 1);
	ck_assert_str_eq(line.p + line.n - 4, "a...");
	buf_clear(&line);
	memcpy(text + LIMIT_LOG_VALUE - 1, "\xc3\xa4", 2);
	log_format(&line, &to_stderr, LOG_LEVEL_INFO, "e", &pair, 1);
	ck_assert_str_eq(line.p + line.n - 4, "a...");
	buf_free(&line);
}
END_TEST

/* What WRITE sends to standard error, as a string. */
static char *capture(void (*write_events)(void))
{
	static char text[4096];
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	write_events();
	dup2(saved, STDERR_FILENO);
	close(ends[1]);
	n = read(ends[0], text, sizeof(text) - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(ends[0]);
	close(saved);
	return text;
}

static void write_one(void)
{
	log_event(&to_stderr, LOG_LEVEL_WARNING, "bounce seen", { "list", SPAN("news") },
	          { "who", SPAN("a b") });
}

START_TEST(line_on_stderr)
{
	char *text;
	int year, month, day, hour, minute, second, used = 0;

	setenv("LADLE_NOW", "1700000000", 1);
	text = capture(write_one);
	ck_assert_int_eq(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ %n", &year, &month, &day, &hour,
	                        &minute, &second, &used),
	                 6);
	ck_assert_int_eq(used, 21);
#ifdef LADLE_DEBUG
	ck_assert_mem_eq(text, "2023-11-14T22:13:20Z ", 21);
#endif
	ck_assert_str_eq(text + used, "station=process level=warning event=\"bounce seen\" "
	                              "list=news who=\"a b\"\n");
}
END_TEST

static void write_all_levels(void)
{
	log_write(&to_stderr, LOG_LEVEL_ERROR, "one", NULL, 0);
	log_write(&to_stderr, LOG_LEVEL_WARNING, "two", NULL, 0);
	log_write(&to_stderr, LOG_LEVEL_INFO, "three", NULL, 0);
	log_write(&to_stderr, LOG_LEVEL_DEBUG, "four", NULL, 0);
}

START_TEST(levels)
{
	char *text = capture(write_all_levels);

	ck_assert_ptr_nonnull(strstr(text, "level=error event=one\n"));
	ck_assert_ptr_nonnull(strstr(text, "level=warning event=two\n"));
	ck_assert_ptr_nonnull(strstr(text, "level=info event=three\n"));
	ck_assert_ptr_null(strstr(text, "four"));
}
END_TEST

static void write_elsewhere(void)
{
	struct log log = { LOG_TARGET_NONE, LOG_LEVEL_DEBUG, "process" };

	log_write(&log, LOG_LEVEL_ERROR, "one", NULL, 0);
	log.target = LOG_TARGET_SYSLOG;
	log_write(&log, LOG_LEVEL_DEBUG, "test of the log, %s%n", NULL, 0);
}

START_TEST(other_targets)
{
	ck_assert_str_eq(capture(write_elsewhere), "");
}
END_TEST

/* A reader that has gone does not stop the program with an error. */
static void write_to_closed(void)
{
	close(STDERR_FILENO);
	write_one();
}

START_TEST(closed_stderr)
{
	ck_assert_str_eq(capture(write_to_closed), "");
}
END_TEST

Suite *log_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tc = tcase_create("log");

	tcase_add_loop_test(tc, value, 0, COUNT(values));
	tcase_add_test(tc, no_control_character);
	tcase_add_test(tc, long_value_is_cut);
	tcase_add_test(tc, line_on_stderr);
	tcase_add_test(tc, levels);
	tcase_add_test(tc, other_targets);
	tcase_add_test(tc, closed_stderr);
	suite_add_tcase(suite, tc);
	return suite;
}
