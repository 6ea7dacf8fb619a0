/* Errors: fields, cutting of long texts, sysexits codes. */

#include "base/err.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

START_TEST(set)
{
	struct err e;

	errno = EIO;
	ck_assert(!err_set(&e, ERR_PERMANENT, "5.1.1", "no list \"%s\"", "news"));
	ck_assert_int_eq(errno, EIO);
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	ck_assert_str_eq(e.status, "5.1.1");
	ck_assert_str_eq(e.text, "no list \"news\"");
	ck_assert(!err_set(&e, ERR_BUG, NULL, "x"));
	ck_assert_str_eq(e.status, "");
	ck_assert(!err_set(&e, ERR_BUG, "5.123.456 and more", "x"));
	ck_assert_uint_eq(strlen(e.status), sizeof(e.status) - 1);
}
END_TEST

START_TEST(nobody_listens)
{
	ck_assert(!err_set(NULL, ERR_BUG, "", "x"));
	ck_assert(!err_errno(NULL, "x"));
	ck_assert(!err_prefix(NULL, "x"));
}
END_TEST

static const struct {
	int code;
	const char *status;
} codes[] = {
	{ ENOSPC, "4.3.1" },
	{ EIO, "4.3.0" },
	{ ENOENT, "4.3.0" },
	{ EACCES, "4.3.0" },
};

START_TEST(from_errno)
{
	struct err e;
	char want[200];

	errno = codes[_i].code;
	ck_assert(!err_errno(&e, "cannot open \"%s\"", "x"));
	ck_assert_int_eq(errno, codes[_i].code);
	ck_assert_int_eq(e.class, ERR_TEMPORARY);
	ck_assert_str_eq(e.status, codes[_i].status);
	snprintf(want, sizeof(want), "cannot open \"x\": %s", strerror(codes[_i].code));
	ck_assert_str_eq(e.text, want);
}
END_TEST

START_TEST(prefix)
{
	struct err e;

	err_set(&e, ERR_MISUSE, "", "unknown key");
	ck_assert(!err_prefix(&e, "%s:%d", "site", 3));
	ck_assert_str_eq(e.text, "site:3: unknown key");
	ck_assert_int_eq(e.class, ERR_MISUSE);
}
END_TEST

static void check_cut(const struct err *e)
{
	size_t n = strlen(e->text);

	ck_assert_uint_lt(n, sizeof(e->text));
	ck_assert_uint_ge(n, sizeof(e->text) - 5);
	ck_assert_str_eq(e->text + n - 3, "...");
	ck_assert_int_ne(e->text[n - 4], '.');
}

START_TEST(long_texts)
{
	char text[800];
	struct err e;

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	err_set(&e, ERR_PERMANENT, "", "%s", text);
	check_cut(&e);
	err_prefix(&e, "prefix");
	check_cut(&e);
	ck_assert_mem_eq(e.text, "prefix: aaa", 11);
	errno = EIO;
	err_errno(&e, "%s", text);
	ck_assert_uint_eq(strlen(e.text), sizeof(e.text) - 1);
	err_prefix(&e, "%s", text);
	ck_assert_uint_eq(strlen(e.text), sizeof(e.text) - 1);
}
END_TEST

/* Exactly as long as the field allows: nothing is cut. */
START_TEST(just_fits)
{
	char text[sizeof(((struct err *)NULL)->text)];
	struct err e;

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	err_set(&e, ERR_PERMANENT, "", "%s", text);
	ck_assert_str_eq(e.text, text);
}
END_TEST

/* A cut does not leave half a UTF-8 character: all four phases. */
START_TEST(cut_between_characters)
{
	char text[801];
	struct err e;
	size_t n;

	for (size_t i = 0; i < 800; i += 4) {
		memcpy(text + i, "\xf0\x9f\xa5\x84", 4);
	}
	text[800] = '\0';
	err_set(&e, ERR_PERMANENT, "", "%.*s%s", _i, "xyz", text);
	n = strlen(e.text);
	ck_assert_str_eq(e.text + n - 3, "...");
	ck_assert_uint_eq((n - 3 - (size_t)_i) % 4, 0);
}
END_TEST

static const struct {
	enum err_class class;
	int code;
	const char *name;
} class_cases[] = {
	{ ERR_NONE, 0, "none" },
	{ ERR_TEMPORARY, 75, "temporary" },
	{ ERR_PERMANENT, 65, "permanent" },
	{ ERR_MISUSE, 64, "misuse" },
	{ ERR_BUG, 70, "bug" },
	{ (enum err_class)77, 70, "bug" },
};

START_TEST(exit_codes)
{
	ck_assert_int_eq(err_exit(class_cases[_i].class), class_cases[_i].code);
	ck_assert_str_eq(err_class_name(class_cases[_i].class), class_cases[_i].name);
}
END_TEST

Suite *err_suite(void)
{
	Suite *suite = suite_create("err");
	TCase *tc = tcase_create("err");

	tcase_add_test(tc, set);
	tcase_add_test(tc, nobody_listens);
	tcase_add_loop_test(tc, from_errno, 0, 4);
	tcase_add_test(tc, prefix);
	tcase_add_test(tc, long_texts);
	tcase_add_test(tc, just_fits);
	tcase_add_loop_test(tc, cut_between_characters, 0, 4);
	tcase_add_loop_test(tc, exit_codes, 0, 6);
	suite_add_tcase(suite, tc);
	return suite;
}
