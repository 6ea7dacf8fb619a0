/* Character classes: every byte against what the class is defined to hold. */

#include "base/ascii.h"

#include <check.h>
#include <string.h>

struct class
{
	const char *name;
	bool (*has)(char c);
	const char *members;
};

static const struct class classes[] = {
	{ "wsp", ascii_wsp, " \t" },
	{ "fws", ascii_fws, " \t\r\n" },
	{ "digit", ascii_digit, "0123456789" },
	{ "upper", ascii_upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "alpha", ascii_alpha, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" },
	{ "alnum", ascii_alnum, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" },
};

START_TEST(members)
{
	const struct class *class = &classes[_i];

	for (int i = 0; i < 256; i++) {
		bool want = i && strchr(class->members, i);

		ck_assert_msg(class->has((char)i) == want, "%s: byte 0x%02x", class->name,
		              (unsigned)i);
	}
}
END_TEST

START_TEST(ranges)
{
	for (int i = 0; i < 256; i++) {
		char c = (char)i;

		ck_assert_int_eq(ascii_graph(c), i >= 0x21 && i <= 0x7e);
		ck_assert_int_eq(ascii_8bit(c), i >= 0x80);
		ck_assert_int_eq(ascii_cntrl(c), i < 0x20 || i == 0x7f);
		ck_assert_int_eq(ascii_lower(c), (char)(i >= 'A' && i <= 'Z' ? i + 32 : i));
	}
}
END_TEST

Suite *ascii_suite(void)
{
	Suite *suite = suite_create("ascii");
	TCase *tc = tcase_create("ascii");

	tcase_add_loop_test(tc, members, 0, sizeof(classes) / sizeof(classes[0]));
	tcase_add_test(tc, ranges);
	suite_add_tcase(suite, tc);
	return suite;
}
