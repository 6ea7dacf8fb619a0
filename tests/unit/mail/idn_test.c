#include "mail/idn.h"

#include <check.h>
#include <string.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))
#define CHECK_SPAN(got, want)                                                                      \
	ck_assert_msg(span_eq((got), (want)), "got \"%.*s\", want \"%.*s\"", SPAN_FMT(got),        \
	              SPAN_FMT(want))

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* A label, and the rest of the longest domain. */
#define L63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define LONG                                                                                       \
	L63 "." L63 "." L63 "."                                                                    \
	    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeef0123456789"

static const struct {
	struct span domain;
	const char *want; /* NULL when it must be refused */
} domains[] = {
	{ SPAN_INIT("example.com"), "example.com" },
	{ SPAN_INIT("EXAMPLE.Com."), "example.com" },
	{ SPAN_INIT("_dmarc.A-b.c1"), "_dmarc.a-b.c1" },
	{ SPAN_INIT("localhost"), "localhost" },
	{ SPAN_INIT("a--b.example"), "a--b.example" },
	{ SPAN_INIT("XN--Bcher-kva.example"), "xn--bcher-kva.example" },
	{ SPAN_INIT("b\xc3\xbc"
	            "cher.example"),
	  "xn--bcher-kva.example" },
	{ SPAN_INIT("B\xc3\x9c"
	            "CHER.Example."),
	  "xn--bcher-kva.example" },
	{ SPAN_INIT("bu\xcc\x88"
	            "cher.example"),
	  "xn--bcher-kva.example" },                     /* not composed */
	{ SPAN_INIT("fa\xc3\x9f.de"), "xn--fa-hia.de" }, /* not transitional */
	/* U+3002 as dot */
	{ SPAN_INIT("\xe4\xbe\x8b\xe3\x80\x82\xe4\xbe\x8b"), "xn--fsq.xn--fsq" },
	{ SPAN_INIT("_dmarc.b\xc3\xbc"
	            "cher.example"),
	  "_dmarc.xn--bcher-kva.example" },
	{ SPAN_INIT(L63 ".x"), L63 ".x" },
	{ SPAN_INIT(LONG), LONG },
	{ SPAN_INIT(LONG "x"), NULL },
	{ SPAN_INIT(L63 "x.x"), NULL },
	{ SPAN_INIT(""), NULL },
	{ SPAN_INIT("."), NULL },
	{ SPAN_INIT(".."), NULL },
	{ SPAN_INIT(".a"), NULL },
	{ SPAN_INIT("a.."), NULL },
	{ SPAN_INIT("a..b"), NULL },
	{ SPAN_INIT("-a.b"), NULL },
	{ SPAN_INIT("a-.b"), NULL },
	{ SPAN_INIT("a b"), NULL },
	{ SPAN_INIT(" a"), NULL },
	{ SPAN_INIT("a\0.b"), NULL },
	{ SPAN_INIT("a\n"), NULL },
	{ SPAN_INIT("a/b"), NULL },
	{ SPAN_INIT("a@b"), NULL },
	{ SPAN_INIT("[192.0.2.1]"), NULL },
	{ SPAN_INIT("*.example"), NULL },
	{ SPAN_INIT("b\xfc"
	            "cher.example"),
	  NULL },
	{ SPAN_INIT("\xc3\xbc\0.example"), NULL },
	{ SPAN_INIT("\xc3\xbc..example"), NULL },
	{ SPAN_INIT("\xc3\xbc a.example"), NULL },
	{ SPAN_INIT("\xe2\x84\x80.example"), NULL }, /* U+2100 would become "a/c" */
	{ SPAN_INIT("a\xe2\x80\xae"
	            "b.example"),
	  NULL }, /* a control of direction */
	{ SPAN_INIT("\xe2\x80\x8b"), NULL },
	{ SPAN_INIT("\xff"), NULL },
};

START_TEST(ascii)
{
	struct err e = { .class = ERR_NONE };
	struct span got = SPAN("?");
	bool ok = idn_ascii(arena, domains[_i].domain, &got, &e);

	ck_assert_msg(ok == (domains[_i].want != NULL), "%.*s", SPAN_FMT(domains[_i].domain));
	if (ok) {
		CHECK_SPAN(got, span_str(domains[_i].want));
	} else {
		ck_assert_int_eq(e.class, ERR_PERMANENT);
	}
	ck_assert_int_eq(idn_ascii(arena, domains[_i].domain, &got, NULL), ok);
}
END_TEST

START_TEST(long_input)
{
	const size_t n = 1000000;
	char *text = arena_alloc(arena, n);
	struct span got;

	for (size_t i = 0; i < n; i += 2) {
		text[i] = '\xc3';
		text[i + 1] = '\xbc';
	}
	ck_assert(!idn_ascii(arena, (struct span){ text, n }, &got, NULL));
	CHECK_SPAN(idn_unicode(arena, (struct span){ text, n }), ((struct span){ text, n }));
}
END_TEST

static const struct {
	struct span domain;
	const char *want;
} people[] = {
	{ SPAN_INIT("example.com"), "example.com" },
	{ SPAN_INIT("xn--bcher-kva.example"), "b\xc3\xbc"
	                                      "cher.example" },
	{ SPAN_INIT("xn--fsq.xn--fsq"), "\xe4\xbe\x8b.\xe4\xbe\x8b" },
	{ SPAN_INIT("xn--a"), "xn--a" },
	{ SPAN_INIT(""), "" },
	{ SPAN_INIT("\xff"), "\xff" },
};

START_TEST(unicode)
{
	struct span got = idn_unicode(arena, people[_i].domain);

	CHECK_SPAN(got, span_str(people[_i].want));
}
END_TEST

static const struct {
	struct span text;
	bool want;
} names[] = {
	{ SPAN_INIT("a"), true },
	{ SPAN_INIT("A._domainkey.x-y.Example"), true },
	{ SPAN_INIT("-a.b-"), true },
	{ SPAN_INIT(""), false },
	{ SPAN_INIT("."), false },
	{ SPAN_INIT("a."), false },
	{ SPAN_INIT(".a"), false },
	{ SPAN_INIT("a..b"), false },
	{ SPAN_INIT("a b"), false },
	{ SPAN_INIT("a\0b"), false },
	{ SPAN_INIT("a\\.b"), false },
	{ SPAN_INIT("\xc3\xa4.b"), false },
};

START_TEST(name)
{
	ck_assert_int_eq(idn_is_name(names[_i].text), names[_i].want);
}
END_TEST

START_TEST(name_length)
{
	char text[IDN_NAME_MAX + 1];

	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = i % 64 == 63 ? '.' : 'a';
	}
	ck_assert(idn_is_name((struct span){ text, 63 }));
	ck_assert(idn_is_name((struct span){ text, IDN_NAME_MAX }));
	ck_assert(!idn_is_name((struct span){ text, IDN_NAME_MAX + 1 }));
	text[63] = 'a';
	ck_assert(!idn_is_name((struct span){ text, 64 }));
}
END_TEST

Suite *idn_suite(void)
{
	Suite *suite = suite_create("idn");
	TCase *tc = tcase_create("idn");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, ascii, 0, LENGTH(domains));
	tcase_add_test(tc, long_input);
	tcase_add_loop_test(tc, name, 0, LENGTH(names));
	tcase_add_test(tc, name_length);
	tcase_add_loop_test(tc, unicode, 0, LENGTH(people));
	suite_add_tcase(suite, tc);
	return suite;
}
