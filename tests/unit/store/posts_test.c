/* Posts, variants, domains that sign. */

#include "base/buf.h"
#include "unit/store/fixture.h"

static struct fixture f;
static int64_t list;

static void setup(void)
{
	fixture_open(&f);
	list = fixture_list(&f, "dev");
}

static void teardown(void)
{
	fixture_close(&f);
}

static struct post get(int64_t id)
{
	struct post p;
	bool found;

	ok(&f, store_post_get(f.s, f.arena, id, &p, &found, &f.e));
	ck_assert(found);
	return p;
}

static int64_t next_number(void)
{
	int64_t number;

	ok(&f, store_post_next_number(f.s, list, &number, &f.e));
	return number;
}

static int64_t add(int64_t to, int64_t number, const char *message_id)
{
	struct post p = { .list = to, .number = number, .message_id = span_str(message_id) };
	int64_t id;

	ok(&f, store_post_add(f.s, &p, &id, &f.e));
	return id;
}

START_TEST(comes_back_whole)
{
	struct post p = {
		.list = list,
		.number = 4,
		.state = POST_STUCK,
		.blob = SPAN("abcd"),
		.message_id = SPAN("<a@b>"),
		.author = SPAN("a@b"),
		.subject = SPAN("\0\377"),
		.verdict = SPAN("{}"),
		.reason = SPAN("no key"),
		.received = 1,
		.member_max = 2,
		.cursor = 1,
		.done = 3,
		.handed_by = SPAN("all@b"),
	};
	struct post out;
	int64_t id;
	bool found;

	ok(&f, store_post_add(f.s, &p, &id, &f.e));
	out = get(id);
	ck_assert_int_eq(out.id, id);
	ck_assert_int_eq(out.list, list);
	ck_assert_int_eq(out.number, 4);
	ck_assert_int_eq(out.state, POST_STUCK);
	assert_span(out.blob, "abcd");
	assert_span(out.message_id, "<a@b>");
	assert_span(out.author, "a@b");
	ck_assert(span_eq(out.subject, p.subject));
	assert_span(out.verdict, "{}");
	assert_span(out.reason, "no key");
	ck_assert_int_eq(out.received, 1);
	ck_assert_int_eq(out.member_max, 2);
	ck_assert_int_eq(out.cursor, 1);
	ck_assert_int_eq(out.done, 3);
	assert_span(out.handed_by, "all@b");
	ok(&f, store_post_get(f.s, f.arena, id + 1, &out, &found, &f.e));
	ck_assert(!found);
}
END_TEST

START_TEST(numbers_grow_by_one)
{
	int64_t other = fixture_list(&f, "other");

	ck_assert_int_eq(next_number(), 1);
	ck_assert_int_eq(next_number(), 1);
	add(list, 1, "");
	add(other, 1, "");
	ck_assert_int_eq(next_number(), 2);
	add(list, 2, "");
	ck_assert_int_eq(next_number(), 3);
	fixture_sql(&f, "DELETE FROM post");
	ck_assert_int_eq(next_number(), 3);
}
END_TEST

/* Two posts cannot have the same number, and the failed one leaves nothing. */
START_TEST(number_is_taken_once)
{
	struct post p = { .list = list, .number = 1 };
	int64_t id;

	add(list, 1, "");
	fails(&f, ERR_BUG, store_post_add(f.s, &p, &id, &f.e));
	p.number = 0;
	fails(&f, ERR_BUG, store_post_add(f.s, &p, &id, &f.e));
	p.list = 99;
	p.number = 2;
	fails(&f, ERR_PERMANENT, store_post_add(f.s, &p, &id, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM post"), 1);
	ck_assert_int_eq(next_number(), 2);
}
END_TEST

START_TEST(found_by_message_id)
{
	int64_t other = fixture_list(&f, "other");
	int64_t a = add(list, 1, "<a@x>"), b = add(other, 1, "<a@x>");
	struct post *v;
	size_t n;

	add(list, 2, "");
	ok(&f, store_post_by_message_id(f.s, f.arena, SPAN("<a@x>"), &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].id, b);
	ck_assert_int_eq(v[1].id, a);
	/* No identifier is no duplicate. */
	ok(&f, store_post_by_message_id(f.s, f.arena, SPAN(""), &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(listed_by_state)
{
	int64_t a = add(list, 1, ""), b = add(list, 2, ""), c = add(list, 3, "");
	struct post *v;
	size_t n;

	ok(&f, store_post_set_state(f.s, b, POST_STUCK, SPAN("no key"), 50, &f.e));
	ok(&f, store_post_ls(f.s, f.arena, POST_SENDING, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].id, a);
	ck_assert_int_eq(v[1].id, c);
	ok(&f, store_post_ls(f.s, f.arena, POST_STUCK, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	assert_span(v[0].reason, "no key");
	ok(&f, store_post_ls(f.s, f.arena, POST_SENDING, 1, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(done_has_a_time)
{
	int64_t id = add(list, 1, "");

	ok(&f, store_post_set_state(f.s, id, POST_DONE, SPAN("given up"), 50, &f.e));
	ck_assert_int_eq(get(id).done, 50);
	ok(&f, store_post_set_state(f.s, id, POST_SENDING, SPAN(""), 60, &f.e));
	ck_assert_int_eq(get(id).done, 0);
}
END_TEST

START_TEST(variant_comes_back_whole)
{
	struct variant v = {
		.post = add(list, 1, ""),
		.munged = true,
		.mode = SPAN("continue"),
		.why = SPAN("verified"),
		.header = SPAN("A: b\r\n"),
		.body = SPAN("\0\1\2"),
		.recipe = SPAN("{}"),
		.body_hash_simple = SPAN("s"),
		.body_hash_relaxed = SPAN("r"),
		.mi = 1,
		.mi_top = 2,
		.hop = 3,
		.utf8 = true,
		.via = SPAN("a.example"),
	};
	struct variant out;
	bool found;

	ok(&f, store_variant_add(f.s, &v, &f.e));
	ok(&f, store_variant_get(f.s, f.arena, v.post, false, &out, &found, &f.e));
	ck_assert(!found);
	ok(&f, store_variant_get(f.s, f.arena, v.post, true, &out, &found, &f.e));
	ck_assert(found);
	ck_assert_int_eq(out.post, v.post);
	ck_assert(out.munged);
	assert_span(out.mode, "continue");
	assert_span(out.why, "verified");
	assert_span(out.header, "A: b\r\n");
	ck_assert(span_eq(out.body, v.body));
	assert_span(out.recipe, "{}");
	assert_span(out.body_hash_simple, "s");
	assert_span(out.body_hash_relaxed, "r");
	ck_assert_int_eq(out.mi, 1);
	ck_assert_int_eq(out.mi_top, 2);
	ck_assert_int_eq(out.hop, 3);
	ck_assert(out.utf8);
	assert_span(out.via, "a.example");
	v.munged = false;
	v.utf8 = false;
	ok(&f, store_variant_add(f.s, &v, &f.e));
	ok(&f, store_variant_get(f.s, f.arena, v.post, false, &out, &found, &f.e));
	ck_assert(found && !out.munged && !out.utf8 && !out.ascii);
	fails(&f, ERR_BUG, store_variant_add(f.s, &v, &f.e));
	ok(&f, store_variant_ascii(f.s, f.arena, v.post, &out, &found, &f.e));
	ck_assert(!found);
	v.ascii = true;
	ok(&f, store_variant_add(f.s, &v, &f.e));
	ok(&f, store_variant_ascii(f.s, f.arena, v.post, &out, &found, &f.e));
	ck_assert(found && out.ascii && !out.munged);
}
END_TEST

START_TEST(large_variant)
{
	struct buf b = BUF_INIT;
	struct variant v = { .post = add(list, 1, "") }, out;
	bool found;

	for (int i = 0; i < 300000; i++) {
		buf_chr(&b, (char)i);
	}
	v.header = buf_span(&b);
	ok(&f, store_variant_add(f.s, &v, &f.e));
	ok(&f, store_variant_get(f.s, f.arena, v.post, false, &out, &found, &f.e));
	ck_assert(found && span_eq(out.header, v.header));
	buf_free(&b);
}
END_TEST

static bool signs(const char *domain)
{
	bool known;

	ok(&f, store_domain_signs(f.s, span_str(domain), &known, &f.e));
	return known;
}

START_TEST(domains_that_sign)
{
	ck_assert(!signs("example.net"));
	ok(&f, store_domain_signed(f.s, SPAN("example.net"), 1000, &f.e));
	ck_assert(signs("example.net"));
	ck_assert(!signs("example.ne"));
	/* Written once a day. */
	ok(&f, store_domain_signed(f.s, SPAN("example.net"), 1000 + 86399, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT at FROM signer"), 1000);
	ok(&f, store_domain_signed(f.s, SPAN("example.net"), 1000 + 86400, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT at FROM signer"), 1000 + 86400);
}
END_TEST

static bool seen(int64_t on, const char *hashes)
{
	bool out;

	ok(&f, store_seen(f.s, on, span_str(hashes), &out, &f.e));
	return out;
}

START_TEST(seen_on_this_list)
{
	int64_t other = fixture_list(&f, "other");

	ck_assert(!seen(list, "sha256:a:b"));
	ok(&f, store_seen_add(f.s, list, SPAN("sha256:a:b"), 100, &f.e));
	ck_assert(seen(list, "sha256:a:b"));
	ck_assert(!seen(list, "sha256:a:B"));
	ck_assert(!seen(other, "sha256:a:b"));
	/* Seen again is no later: that is what the replay is about. */
	ok(&f, store_seen_add(f.s, list, SPAN("sha256:a:b"), 300, &f.e));
	ok(&f, store_seen_add(f.s, other, SPAN("sha256:a:b"), 200, &f.e));
	ok(&f, store_seen_sweep(f.s, 100, &f.e));
	ck_assert(seen(list, "sha256:a:b"));
	ok(&f, store_seen_sweep(f.s, 101, &f.e));
	ck_assert(!seen(list, "sha256:a:b"));
	ck_assert(seen(other, "sha256:a:b"));
	ok(&f, store_list_rm(f.s, other, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM seen"), 0);
}
END_TEST

Suite *posts_suite(void)
{
	Suite *suite = suite_create("store/posts");
	TCase *c = tcase_create("posts");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, comes_back_whole);
	tcase_add_test(c, numbers_grow_by_one);
	tcase_add_test(c, number_is_taken_once);
	tcase_add_test(c, found_by_message_id);
	tcase_add_test(c, listed_by_state);
	tcase_add_test(c, done_has_a_time);
	tcase_add_test(c, variant_comes_back_whole);
	tcase_add_test(c, large_variant);
	tcase_add_test(c, domains_that_sign);
	tcase_add_test(c, seen_on_this_list);
	suite_add_tcase(suite, c);
	return suite;
}
