#include "rules/subject.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* WANT: marks, tags, the tag first?, the number right?, the text behind. */
static const struct {
	const char *text, *tag, *want;
} cases[] = {
	{ "", "[dev]", "0 0 n y " },
	{ "hello", "[dev]", "0 0 n y hello" },
	{ "Re: hello", "[dev]", "1 0 n y hello" },
	{ "RE:hello", "[dev]", "1 0 n y hello" },
	{ " Re : hello", "[dev]", "1 0 n y hello" },
	{ "Re[12]: hello", "[dev]", "1 0 n y hello" },
	{ "Re (2): hello", "[dev]", "0 0 n y Re (2): hello" },
	{ "Re(2): hello", "[dev]", "1 0 n y hello" },
	{ "Re^2: hello", "[dev]", "1 0 n y hello" },
	{ "Re*2: hello", "[dev]", "1 0 n y hello" },
	{ "Re2: hello", "[dev]", "1 0 n y hello" },
	{ "Re[]: hello", "[dev]", "0 0 n y Re[]: hello" },
	{ "Re[2: hello", "[dev]", "0 0 n y Re[2: hello" },
	{ "Re hello", "[dev]", "0 0 n y Re hello" },
	{ "Rex: hello", "[dev]", "0 0 n y Rex: hello" },
	{ "aw: SV: Vs: ANTW: odp: r: RIF: Res: hello", "[dev]", "8 0 n y hello" },
	{ "\xef\xbc\xb2\xef\xbd\x85\xef\xbc\x9ahello", "[dev]", "1 0 n y hello" }, /* full width */
	{ "\xef\xbc\xb2\xef\xbc\xa5\xef\xbc\xbb\xef\xbc\x92\xef\xbc\xbd: hello", "[dev]",
	  "1 0 n y hello" },
	{ "\xe5\x9b\x9e\xe5\xa4\x8d\xef\xbc\x9a\xe3\x80\x80hello", "[dev]", "1 0 n y hello" },
	{ "\xe7\xad\x94\xe5\xa4\x8d: hello", "[dev]", "1 0 n y hello" },
	{ "\xe5\x9b\x9e\xe8\xa6\x86\xef\xbc\x9ahello", "[dev]", "1 0 n y hello" },
	{ "\xe8\xbf\x94\xe4\xbf\xa1: hello", "[dev]", "1 0 n y hello" },
	{ "\xed\x9a\x8c\xec\x8b\xa0: hello", "[dev]", "1 0 n y hello" },
	{ "[dev] hello", "[dev]", "0 1 y y hello" },
	{ "[DEV]hello", "[dev]", "0 1 y y hello" },
	{ "[dev] Re: hello", "[dev]", "1 1 y y hello" },
	{ "Re: [dev] hello", "[dev]", "1 1 n y hello" },
	{ "Re: [dev] Re: [dev]", "[dev]", "2 2 n y " },
	{ "[dev] hello [dev]", "[dev]", "0 1 y y hello [dev]" },
	{ "[dev 7] hello", "[dev %d]", "0 1 y y hello" },
	{ "[dev 8] hello", "[dev %d]", "0 1 y n hello" },
	{ "[dev  7] hello", "[dev %d]", "0 1 y y hello" },
	{ "[dev 99999999999999999999] hello", "[dev %d]", "0 1 y n hello" },
	{ "[dev ] hello", "[dev %d]", "0 0 n y [dev ] hello" },
	{ "[dev 7", "[dev %d]", "0 0 n y [dev 7" },
	{ "7 hello", "%d", "0 0 n y 7 hello" },
	{ "100% hello", "100%%", "0 1 y y hello" },
	{ "dev hello", "dev", "0 1 y y hello" },
	{ "developers", "dev", "0 0 n y developers" },
	{ "dev: hello", "dev:", "0 1 y y hello" },
};

START_TEST(read_prefix)
{
	struct span text = span_str(cases[_i].text);
	struct subject s = subject_read(text, span_str(cases[_i].tag), 7);
	char got[200];
	snprintf(got, sizeof(got), "%u %u %c %c %.*s", s.marks, s.tags, s.tag_first ? 'y' : 'n',
	         s.number_right ? 'y' : 'n', SPAN_FMT(span_from(text, s.end)));
	ck_assert_msg(strcmp(got, cases[_i].want) == 0, "%s: %s", cases[_i].text, got);
}
END_TEST

START_TEST(find_tag)
{
	struct span text = SPAN("a [dev] b[dev] xdev");
	size_t from, at = 0;
	ck_assert(subject_find_tag(text, SPAN("[dev]"), &from, &at));
	ck_assert_uint_eq(from, 2);
	ck_assert_uint_eq(at, 8);
	ck_assert(subject_find_tag(text, SPAN("[dev]"), &from, &at));
	ck_assert_uint_eq(from, 9);
	ck_assert(!subject_find_tag(text, SPAN("[dev]"), &from, &at));
	at = 10;
	ck_assert(subject_find_tag(text, SPAN("dev"), &from, &at) && from == 10);
	ck_assert(!subject_find_tag(text, SPAN("dev"), &from, &at));
}
END_TEST

Suite *subject_suite(void);

Suite *subject_suite(void)
{
	Suite *suite = suite_create("subject");
	TCase *tc = tcase_create("subject");
	tcase_add_loop_test(tc, read_prefix, 0, LENGTH(cases));
	tcase_add_test(tc, find_tag);
	suite_add_tcase(suite, tc);
	return suite;
}
