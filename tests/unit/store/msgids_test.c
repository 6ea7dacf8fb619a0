/* Identifiers that anonymous lists make. */

#include "store/msgids.h"

#include "unit/store/fixture.h"

static struct fixture f;
static int64_t list, other;

static void setup(void)
{
	fixture_open(&f);
	list = fixture_list(&f, "dev");
	other = fixture_list(&f, "other");
}

static void teardown(void)
{
	fixture_close(&f);
}

static int64_t post_of(int64_t to, int64_t number, const char *author)
{
	struct post p = { .list = to, .number = number, .author = span_str(author) };
	int64_t id;

	ok(&f, store_post_add(f.s, &p, &id, &f.e));
	return id;
}

static int64_t add(int64_t to, int64_t number, const char *author, const char *given,
                   const char *made)
{
	struct msgid m = { .made = span_str(made), .given = span_str(given), .list = to,
		           .post = post_of(to, number, author) };

	ok(&f, store_msgid_add(f.s, &m, &f.e));
	return m.post;
}

/* What AUTHOR may refer to on LIST as ID; "" for nothing. */
static struct span known(int64_t on, const char *author, const char *id)
{
	struct span made;
	bool found;

	ok(&f, store_msgid_known(f.s, f.arena, on, span_str(author), span_str(id), &made, &found,
	                         &f.e));
	return found ? made : SPAN("");
}

START_TEST(who_may_refer)
{
	add(list, 1, "ann@one", "a1@one", "n1@lists");
	add(list, 2, "ben@two", "b1@two", "n2@lists");
	assert_span(known(list, "ann@one", "a1@one"), "n1@lists");
	assert_span(known(list, "ann@one", "n1@lists"), "n1@lists");
	assert_span(known(list, "ben@two", "n1@lists"), "n1@lists");
	/* Trying the identifiers of somebody else tells nothing. */
	assert_span(known(list, "ben@two", "a1@one"), "");
	assert_span(known(list, "ann@one", "x@one"), "");
	assert_span(known(other, "ann@one", "a1@one"), "");
	assert_span(known(other, "ann@one", "n1@lists"), "");
	assert_span(known(list, "ann@one", ""), "");
}
END_TEST

/* An author can give an identifier that the list has made for another post. */
START_TEST(made_goes_first)
{
	add(list, 1, "ann@one", "a1@one", "n1@lists");
	add(list, 2, "ben@two", "n1@lists", "n2@lists");
	assert_span(known(list, "ben@two", "n1@lists"), "n1@lists");
}
END_TEST

START_TEST(comes_back)
{
	struct msgid m;
	bool found;
	int64_t post = add(list, 1, "ann@one", "a1@one", "n1@lists");

	ok(&f, store_msgid_find(f.s, f.arena, SPAN("n1@lists"), &m, &found, &f.e));
	ck_assert(found);
	assert_span(m.given, "a1@one");
	ck_assert_int_eq(m.post, post);
	ck_assert_int_eq(m.list, list);
	ok(&f, store_msgid_of_post(f.s, f.arena, post, &m, &found, &f.e));
	ck_assert(found);
	assert_span(m.made, "n1@lists");
	ok(&f, store_msgid_find(f.s, f.arena, SPAN("a1@one"), &m, &found, &f.e));
	ck_assert(!found);
	ok(&f, store_msgid_of_post(f.s, f.arena, post + 1, &m, &found, &f.e));
	ck_assert(!found);
}
END_TEST

START_TEST(goes_with_its_list)
{
	add(list, 1, "ann@one", "a1@one", "n1@lists");
	add(other, 1, "ann@one", "a1@one", "n2@lists");
	ok(&f, store_list_rm(f.s, list, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM msgid"), 1);
	assert_span(known(other, "ann@one", "a1@one"), "n2@lists");
}
END_TEST

Suite *msgids_suite(void);

Suite *msgids_suite(void)
{
	Suite *s = suite_create("store/msgids");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, who_may_refer);
	tcase_add_test(t, made_goes_first);
	tcase_add_test(t, comes_back);
	tcase_add_test(t, goes_with_its_list);
	suite_add_tcase(s, t);
	return s;
}
