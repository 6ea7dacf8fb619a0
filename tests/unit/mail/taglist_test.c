#include "mail/taglist.h"

#include "base/buf.h"

#include <check.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* WANT: "name=value|name=value" of what was read; NULL when it must be refused. */
static const struct {
	struct span text;
	unsigned flags;
	const char *want;
} lists[] = {
	{ SPAN_INIT("a=1"), 0, "a=1" },
	{ SPAN_INIT("a=1;"), 0, "a=1" },
	{ SPAN_INIT("a=1; "), 0, "a=1" },
	{ SPAN_INIT(" a = 1 ; b\t=\r\n 2;\r\n\tc=3 ;\r\n "), 0, "a=1|b=2|c=3" },
	{ SPAN_INIT("a="), 0, "a=" },
	{ SPAN_INIT("a=;b= ;"), 0, "a=|b=" },
	{ SPAN_INIT("p=AB\r\n CD=="), 0, "p=AB\r\n CD==" },
	{ SPAN_INIT("a==1=2"), 0, "a==1=2" },
	{ SPAN_INIT("a=1;A=2"), 0, "a=1|A=2" },
	{ SPAN_INIT("a_1=x;bC9_=y"), 0, "a_1=x|bC9_=y" },
	{ SPAN_INIT("a=1;;b=2"), TAGLIST_EMPTY_TAGS, "a=1|b=2" },
	{ SPAN_INIT(";a=1; ;\r\n ;b=2;;"), TAGLIST_EMPTY_TAGS, "a=1|b=2" },
	{ SPAN_INIT("a=\xc3\xa4"), 0, "a=\xc3\xa4" },
	{ SPAN_INIT(""), 0, NULL },
	{ SPAN_INIT("  \r\n "), 0, NULL },
	{ SPAN_INIT(";"), 0, NULL },
	{ SPAN_INIT(""), TAGLIST_EMPTY_TAGS, NULL },
	{ SPAN_INIT(";; ;"), TAGLIST_EMPTY_TAGS, NULL },
	{ SPAN_INIT("a=1;;b=2"), 0, NULL },
	{ SPAN_INIT(";a=1"), 0, NULL },
	{ SPAN_INIT("a=1;;"), 0, NULL },
	{ SPAN_INIT("a=1; ;b=2"), 0, NULL },
	{ SPAN_INIT("a"), 0, NULL },
	{ SPAN_INIT("a=1;b"), 0, NULL },
	{ SPAN_INIT("a=1;b;"), TAGLIST_EMPTY_TAGS, NULL },
	{ SPAN_INIT("=1"), 0, NULL },
	{ SPAN_INIT(" =1"), 0, NULL },
	{ SPAN_INIT("1a=1"), 0, NULL },
	{ SPAN_INIT("_a=1"), 0, NULL },
	{ SPAN_INIT("a-b=1"), 0, NULL },
	{ SPAN_INIT("a b=1"), 0, NULL },
	{ SPAN_INIT("a\r\n b=1"), 0, NULL },
	{ SPAN_INIT("a\0=1"), 0, NULL },
	{ SPAN_INIT("\fa=1"), 0, NULL },
	{ SPAN_INIT("a\v=1"), 0, NULL },
	{ SPAN_INIT("\xc3\xa4=1"), 0, NULL },
	{ SPAN_INIT("a=1;a=1"), 0, NULL },
	{ SPAN_INIT("a=1;b=2;a=3"), 0, NULL },
	{ SPAN_INIT("a=1;b=2; a =3"), TAGLIST_EMPTY_TAGS, NULL },
};

START_TEST(list)
{
	struct buf got = BUF_INIT;
	struct taglist l;
	struct err e;

	if (!lists[_i].want) {
		ck_assert(!taglist_parse(lists[_i].text, lists[_i].flags, &l, &e));
		ck_assert_int_eq(e.class, ERR_PERMANENT);
		ck_assert(!taglist_parse(lists[_i].text, lists[_i].flags, &l, NULL));
		return;
	}
	ck_assert_msg(taglist_parse(lists[_i].text, lists[_i].flags, &l, &e), "%s", e.text);
	for (size_t i = 0; i < l.n; i++) {
		buf_str(&got, i > 0 ? "|" : "");
		buf_add(&got, l.v[i].name);
		buf_chr(&got, '=');
		buf_add(&got, l.v[i].value);
	}
	ck_assert_str_eq(got.p, lists[_i].want);
	buf_free(&got);
}
END_TEST

START_TEST(look_up)
{
	struct taglist l;

	ck_assert(taglist_parse(SPAN("d=example.org; s=; D=other"), 0, &l, NULL));
	ck_assert(span_is(taglist_find(&l, "d")->value, "example.org"));
	ck_assert(span_is(taglist_find(&l, "D")->value, "other"));
	ck_assert_uint_eq(taglist_find(&l, "s")->value.n, 0);
	ck_assert_ptr_null(taglist_find(&l, "x"));
	ck_assert_ptr_null(taglist_find(&l, ""));
}
END_TEST

static struct span many(size_t count)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < count; i++) {
		buf_printf(&b, "t%zu=%zu;", i, i);
	}
	return buf_move(&b, arena);
}

START_TEST(limit)
{
	struct taglist l;
	struct err e;

	ck_assert(taglist_parse(many(LIMIT_TAGS), 0, &l, &e));
	ck_assert_uint_eq(l.n, LIMIT_TAGS);
	ck_assert(!taglist_parse(many(LIMIT_TAGS + 1), 0, &l, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	ck_assert(!taglist_parse(many(200000), 0, &l, &e));
}
END_TEST

static const struct {
	struct span value, want;
} squeezes[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("abc"), SPAN_INIT("abc") },
	{ SPAN_INIT(" a b\tc\r\n d "), SPAN_INIT("abcd") },
	{ SPAN_INIT(" \r\n\t"), SPAN_INIT("") },
	{ SPAN_INIT("a\fb\vc\0 d"), SPAN_INIT("a\fb\vc\0d") },
};

START_TEST(squeeze)
{
	ck_assert(span_eq(taglist_squeeze(arena, squeezes[_i].value), squeezes[_i].want));
}
END_TEST

START_TEST(squeeze_borrows)
{
	struct span value = SPAN("AbCd==");

	ck_assert_ptr_eq(taglist_squeeze(arena, value).p, value.p);
}
END_TEST

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

Suite *taglist_suite(void)
{
	Suite *suite = suite_create("taglist");
	TCase *tc = tcase_create("taglist");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, list, 0, LENGTH(lists));
	tcase_add_test(tc, look_up);
	tcase_add_test(tc, limit);
	tcase_add_loop_test(tc, squeeze, 0, LENGTH(squeezes));
	tcase_add_test(tc, squeeze_borrows);
	suite_add_tcase(suite, tc);
	return suite;
}
