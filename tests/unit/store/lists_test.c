/* Lists and their settings. */

#include "store/held.h"
#include "unit/store/fixture.h"

#include <string.h>

static struct fixture f;

static void setup(void)
{
	fixture_open(&f);
}
static void teardown(void)
{
	fixture_close(&f);
}

static struct list get(int64_t id)
{
	struct list list;
	bool found;

	ok(&f, store_list_get(f.s, f.arena, id, &list, &found, &f.e));
	ck_assert(found);
	return list;
}

static const struct setting *setting(const char *name)
{
	const struct setting *row = setting_find(SETTING_LIST, span_str(name));

	ck_assert_ptr_nonnull(row);
	return row;
}

static int64_t settings_kept(void)
{
	return fixture_number(&f, "SELECT count(*) FROM setting");
}

START_TEST(finds_what_was_created)
{
	int64_t id = fixture_list(&f, "dev");
	struct list list;
	bool found;

	ok(&f, store_list_find(f.s, f.arena, SPAN("dev"), SPAN("lists.example.org"), &list, &found,
	                       &f.e));
	ck_assert(found);
	ck_assert_int_eq(list.id, id);
	assert_span(list.local, "dev");
	assert_span(list.domain, "lists.example.org");
	list = get(id);
	assert_span(list.local, "dev");
}
END_TEST

static const struct {
	const char *local, *domain;
} absent[] = {
	{ "de", "lists.example.org" },
	{ "devs", "lists.example.org" },
	{ "DEV", "lists.example.org" },
	{ "dev", "example.org" },
	{ "dev", "" },
	{ "", "lists.example.org" },
	{ "%", "lists.example.org" },
	{ "dev' OR '1'='1", "lists.example.org" },
};

START_TEST(finds_nothing_else)
{
	struct list list;
	bool found = true;

	fixture_list(&f, "dev");
	ok(&f, store_list_find(f.s, f.arena, span_str(absent[_i].local),
	                       span_str(absent[_i].domain), &list, &found, &f.e));
	ck_assert(!found);
	ok(&f, store_list_get(f.s, f.arena, 99 + _i, &list, &found, &f.e));
	ck_assert(!found);
}
END_TEST

START_TEST(second_creation_is_permanent)
{
	int64_t id;

	fixture_list(&f, "dev");
	fails(&f, ERR_PERMANENT,
	      store_list_create(f.s, SPAN("dev"), SPAN("lists.example.org"), 1, &id, &f.e));
	ck_assert_ptr_nonnull(strstr(f.e.text, "\"dev@lists.example.org\""));
	ok(&f, store_list_create(f.s, SPAN("dev"), SPAN("other.example"), 1, &id, &f.e));
}
END_TEST

START_TEST(ids_are_not_used_again)
{
	int64_t a = fixture_list(&f, "a"), b;

	ok(&f, store_list_rm(f.s, a, &f.e));
	b = fixture_list(&f, "a");
	ck_assert_int_gt(b, a);
}
END_TEST

START_TEST(all_by_domain_and_local_part)
{
	static const char *const order[] = { "z@a.example", "a@b.example", "b@b.example" };
	struct list *v;
	size_t n;
	int64_t id;

	ok(&f, store_list_create(f.s, SPAN("b"), SPAN("b.example"), 1, &id, &f.e));
	ok(&f, store_list_create(f.s, SPAN("z"), SPAN("a.example"), 1, &id, &f.e));
	ok(&f, store_list_set(f.s, id, setting("subject-tag"), SPAN("[z]"), &f.e));
	ok(&f, store_list_set(f.s, id, setting("description"), SPAN("last letter"), &f.e));
	ok(&f, store_list_create(f.s, SPAN("a"), SPAN("b.example"), 1, &id, &f.e));
	ok(&f, store_list_all(f.s, f.arena, &v, &n, &f.e));
	ck_assert_uint_eq(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_span(arena_join(f.arena, v[i].local, SPAN("@"), v[i].domain, SPAN_END),
		            order[i]);
	}
	assert_span(v[0].subject_tag, "[z]");
	assert_span(v[0].description, "last letter");
	assert_span(v[1].subject_tag, "");
}
END_TEST

START_TEST(no_lists_at_all)
{
	struct list *v;
	size_t n = 9;

	ok(&f, store_list_all(f.s, f.arena, &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* Every setting: its default is not kept, another value comes back, the default removes it. */
START_TEST(settings_come_back)
{
	int64_t id = fixture_list(&f, "dev"), other = fixture_list(&f, "other");
	struct list fresh = get(id);
	int tried = 0;

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings[i];
		struct span preset = span_str(row->preset);
		struct span value = SPAN("other text");
		struct list list = get(id);

		if (row->scope != SETTING_LIST) {
			continue;
		}
		if (row->type == SETTING_CHOICE) {
			value = span_from(span_str(row->choices),
			                  span_rchr(span_str(row->choices), ' ') + 1);
		} else if (row->type == SETTING_BOOL) {
			value = span_is(preset, "yes") ? SPAN("no") : SPAN("yes");
		} else if (row->type != SETTING_TEXT && row->type != SETTING_LINES) {
			continue;
		}
		if (span_eq(value, preset)) {
			value = span_sub(span_str(row->choices), 0,
			                 span_chr(span_str(row->choices), ' '));
		}
		if (!setting_put(f.arena, row, value, &list, &f.e)) {
			continue; /* a text with rules of its own */
		}
		tried++;
		ok(&f, store_list_set(f.s, id, row, value, &f.e));
		ck_assert_int_eq(settings_kept(), 1);
		list = get(id);
		ck_assert_msg(span_eq(setting_text(f.arena, row, &list), value), "%s", row->name);
		list = get(other);
		ck_assert_msg(span_eq(setting_text(f.arena, row, &list), preset), "%s", row->name);
		ok(&f, store_list_set(f.s, id, row, preset, &f.e));
		ck_assert_int_eq(settings_kept(), 0);
		list = get(id);
		ck_assert(span_eq(setting_text(f.arena, row, &list),
		                  setting_text(f.arena, row, &fresh)));
	}
	ck_assert_int_ge(tried, 6);
}
END_TEST

START_TEST(setting_is_replaced)
{
	int64_t id = fixture_list(&f, "dev");

	ok(&f, store_list_set(f.s, id, setting("subject-tag"), SPAN("[a]"), &f.e));
	ok(&f, store_list_set(f.s, id, setting("subject-tag"), SPAN("[b]"), &f.e));
	assert_span(get(id).subject_tag, "[b]");
}
END_TEST

/* What a newer version has written is no reason to guess. */
START_TEST(unknown_setting_is_an_error)
{
	int64_t id = fixture_list(&f, "dev");
	struct list list;
	bool found;

	fixture_sql(&f, "INSERT INTO setting VALUES (1, 'moderated', 'perhaps')");
	fails(&f, ERR_BUG, store_list_get(f.s, f.arena, id, &list, &found, &f.e));
	fixture_sql(&f, "UPDATE setting SET name = 'no-such-thing'");
	fails(&f, ERR_BUG, store_list_get(f.s, f.arena, id, &list, &found, &f.e));
	ck_assert_ptr_nonnull(strstr(f.e.text, "no-such-thing"));
	/* The statement is free again. */
	fixture_sql(&f, "DELETE FROM setting");
	ck_assert_int_eq(get(id).id, id);
}
END_TEST

START_TEST(setting_of_a_list_that_went)
{
	fails(&f, ERR_PERMANENT,
	      store_list_set(f.s, 42, setting("subject-tag"), SPAN("[a]"), &f.e));
}
END_TEST

static int64_t at(const char *local, const char *domain)
{
	int64_t id;
	struct list list;
	bool found;

	ok(&f, store_list_at(f.s, span_str(local), span_str(domain), &id, &f.e));
	ok(&f, store_list_find(f.s, f.arena, span_str(local), span_str(domain), &list, &found,
	                       &f.e));
	ck_assert(found == (id != 0));
	ck_assert(!found || list.id == id);
	return id;
}

START_TEST(found_by_alias)
{
	int64_t id = fixture_list(&f, "dev"), other = fixture_list(&f, "other"), none;
	const struct setting *aliases = setting("aliases");

	ok(&f, store_list_set(f.s, id, aliases, SPAN("Dev@Example.NET, devel@example.net"), &f.e));
	ck_assert_int_eq(at("dev", "example.net"), id);
	ck_assert_int_eq(at("devel", "example.net"), id);
	ck_assert_int_eq(at("dev", "lists.example.org"), id);
	ck_assert_int_eq(at("dev", "example.com"), 0);
	assert_span(get(id).aliases, "Dev@Example.NET, devel@example.net");

	/* An address is one list's: nothing is changed where it is taken. */
	static const char *const taken[] = { "new@example.net, devel@example.net",
		                             "dev@lists.example.org", "other@lists.example.org",
		                             "new@example.net,NEW@example.net" };
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		fails(&f, ERR_PERMANENT,
		      store_list_set(f.s, other, aliases, span_str(taken[i]), &f.e));
		ck_assert_int_eq(at("new", "example.net"), 0);
	}
	fails(&f, ERR_PERMANENT,
	      store_list_create(f.s, SPAN("dev"), SPAN("example.net"), 1, &none, &f.e));

	/* Those that are gone are free. */
	ok(&f, store_list_set(f.s, id, aliases, SPAN("dev@example.net"), &f.e));
	ok(&f, store_list_set(f.s, other, aliases, SPAN("devel@example.net"), &f.e));
	ck_assert_int_eq(at("devel", "example.net"), other);
	ok(&f, store_list_set(f.s, other, aliases, SPAN(""), &f.e));
	ck_assert_int_eq(at("devel", "example.net"), 0);
	ok(&f, store_list_rm(f.s, id, &f.e));
	ck_assert_int_eq(at("dev", "example.net"), 0);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM alias"), 0);
}
END_TEST

START_TEST(removal_takes_everything)
{
	int64_t list = fixture_list(&f, "dev"), keep = fixture_list(&f, "keep"), post, id;
	struct held held = { .list = list, .state = HELD_WAITING };
	struct variant variant = { .mode = SPAN("plain") };
	struct fan_batch batch;
	struct fan_result failed = { .state = FAN_DEFERRED, .next_at = 5, .attempts = 1 };
	bool found;

	ok(&f, store_list_set(f.s, list, setting("subject-tag"), SPAN("[a]"), &f.e));
	fixture_members(&f, list, 5);
	fixture_member(&f, keep, "a@example.com");
	ok(&f, store_held_add(f.s, &held, &id, &f.e));
	held.list = 0;
	ok(&f, store_held_add(f.s, &held, &id, &f.e));
	post = fixture_post(&f, list);
	variant.post = post;
	ok(&f, store_variant_add(f.s, &variant, &f.e));
	ok(&f, store_fan_claim(f.s, f.arena, 1, 1, 1, &batch, &found, &f.e));
	failed.member = batch.v[0].member;
	ok(&f, store_fan_settle(f.s, &batch, &failed, 1, SPAN(""), 1, &f.e));
	ok(&f, store_fan_claim(f.s, f.arena, 1, 1, 1, &batch, &found, &f.e));
	ck_assert(found);

	ok(&f, store_list_rm(f.s, list, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM list"), 1);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM member"), 1);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM held"), 1);
	ck_assert_int_eq(
		fixture_number(
			&f, "SELECT (SELECT count(*) FROM setting) + (SELECT count(*) FROM post)"
			    " + (SELECT count(*) FROM variant) + (SELECT count(*) FROM fan_claim)"
			    " + (SELECT count(*) FROM fan_exception)"
			    " + (SELECT count(*) FROM fan_sent)"),
		0);
	/* The worker that still has the batch is not to blame. */
	failed.member = batch.v[0].member;
	ok(&f, store_fan_settle(f.s, &batch, &failed, 1, SPAN(""), 1, &f.e));
	fixture_invariants(&f);
	ok(&f, store_list_rm(f.s, list, &f.e));
}
END_TEST

Suite *lists_suite(void)
{
	Suite *suite = suite_create("store/lists");
	TCase *c = tcase_create("lists");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, finds_what_was_created);
	tcase_add_loop_test(c, finds_nothing_else, 0, sizeof(absent) / sizeof(absent[0]));
	tcase_add_test(c, second_creation_is_permanent);
	tcase_add_test(c, ids_are_not_used_again);
	tcase_add_test(c, all_by_domain_and_local_part);
	tcase_add_test(c, no_lists_at_all);
	tcase_add_test(c, settings_come_back);
	tcase_add_test(c, setting_is_replaced);
	tcase_add_test(c, unknown_setting_is_an_error);
	tcase_add_test(c, setting_of_a_list_that_went);
	tcase_add_test(c, found_by_alias);
	tcase_add_test(c, removal_takes_everything);
	suite_add_tcase(suite, c);
	return suite;
}
