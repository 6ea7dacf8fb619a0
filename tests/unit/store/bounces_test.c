/* Events, groups and standings. */

#include "store/bounces.h"

#include "unit/store/fixture.h"

static struct fixture f;
static int64_t list, post, ann, ben;

static void setup(void)
{
	fixture_open(&f);
	list = fixture_list(&f, "dev");
	ann = fixture_member(&f, list, "ann@one.example");
	ben = fixture_member(&f, list, "ben@two.example");
	fixture_member(&f, list, "bob@sub.two.example");
	fixture_member(&f, list, "bea@two.example");
	post = fixture_post(&f, list);
}

static void teardown(void)
{
	fixture_close(&f);
}

static int64_t add(int64_t member, const char *domain, const char *status, int64_t at)
{
	struct bounce_event ev = { .list = list,
		                   .member = member,
		                   .post = post,
		                   .address = SPAN("x@y"),
		                   .domain = span_str(domain),
		                   .class = BOUNCE_CLASS_ADDRESS_DEAD,
		                   .hard = true,
		                   .status = span_str(status),
		                   .reply = SPAN("550 \xff"),
		                   .at = at };
	int64_t id;
	bool added;

	ok(&f, store_bounce_add(f.s, &ev, &id, &added, &f.e));
	ck_assert(added == (id > 0));
	return id;
}

/* State of event ID: void, and the group it is in. */
static int64_t state(int64_t id, int64_t *group)
{
	const struct bounce_filter only = { .id = id, .class = -1, .domain = SPAN("") };
	struct bounce_event *v;
	size_t n;

	ok(&f, store_bounce_ls(f.s, f.arena, &only, 0, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	assert_span(v[0].reply, "550 \xff");
	*group = v[0].group;
	return v[0].voided;
}

START_TEST(once)
{
	struct bounce_hit *hits;
	size_t n;

	ck_assert_int_gt(add(ann, "one.example", "5.1.1", 100), 0);
	ck_assert_int_eq(add(ann, "one.example", "5.2.2", 200), 0);
	ok(&f, store_bounce_hits(f.s, f.arena, ann, 0, &hits, &n, &f.e));
	ck_assert(n == 1 && hits[0].at == 100 && hits[0].hard);
	ok(&f, store_bounce_hits(f.s, f.arena, ann, 101, &hits, &n, &f.e));
	ck_assert_uint_eq(n, 0);
}
END_TEST

static int64_t group(enum bounce_tally_what what, const char *name)
{
	struct bounce_tally t = { .post = post, .what = what, .name = span_str(name) };
	struct bounce_group g = { .list = list, .post = post, .what = what,
		                  .name = span_str(name), .at = 500 };

	ok(&f, store_bounce_tally_add(f.s, &t, &f.e));
	ok(&f, store_bounce_group_add(f.s, &g, &t.group, &f.e));
	ok(&f, store_bounce_tally_put(f.s, &t, &f.e));
	ok(&f, store_bounce_gather(f.s, &t, &f.e));
	return t.group;
}

/* What says more about the cause takes its events out of what says less, and never back. */
START_TEST(groups)
{
	int64_t one = add(ann, "one.example", "5.1.1", 1), two = add(ben, "two.example", "5.1.1", 2);
	int64_t of, changed;
	struct bounce_group *v;
	size_t n;

	int64_t domain = group(BOUNCE_TALLY_DOMAIN, "two.example");
	ck_assert_int_eq(state(one, &of), BOUNCE_COUNTS);
	ck_assert(state(two, &of) == BOUNCE_VOID_GROUP && of == domain);
	int64_t all = group(BOUNCE_TALLY_POST, "");
	ck_assert(state(one, &of) == BOUNCE_VOID_GROUP && of == all);
	ck_assert(state(two, &of) == BOUNCE_VOID_GROUP && of == domain);
	int64_t status = group(BOUNCE_TALLY_STATUS, "5.1.1");
	ck_assert(state(one, &of) == BOUNCE_VOID_GROUP && of == status);
	ck_assert(state(two, &of) == BOUNCE_VOID_GROUP && of == domain);
	ok(&f, store_bounce_alerts(f.s, f.arena, 500, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 2); /* the one of the post is empty */
	ok(&f, store_bounce_alerted(f.s, post, 600, &f.e));
	ok(&f, store_bounce_alerts(f.s, f.arena, 500, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
	(void)group(BOUNCE_TALLY_DOMAIN, "one.example"); /* the owner knows already */
	ok(&f, store_bounce_alerts(f.s, f.arena, 500, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
	ok(&f, store_bounce_undo(f.s, 0, domain, &changed, &f.e));
	ck_assert_int_eq(changed, 1);
	ck_assert_int_eq(state(two, &of), BOUNCE_VOID_UNDONE);
}
END_TEST

START_TEST(recipients)
{
	struct bounce_tally t = { .post = post, .what = BOUNCE_TALLY_DOMAIN,
		                  .name = SPAN("two.example") };
	int64_t total;

	fixture_member(&f, list, "late@two.example");
	ok(&f, store_bounce_recipients(f.s, &t, &total, &f.e));
	ck_assert_int_eq(total, 2);
	t.what = BOUNCE_TALLY_STATUS;
	ok(&f, store_bounce_recipients(f.s, &t, &total, &f.e));
	ck_assert_int_eq(total, 4);
	for (int64_t i = 1; i < 4; i++) {
		ok(&f, store_bounce_tally_add(f.s, &t, &f.e));
		ck_assert_int_eq(t.n, i);
	}
}
END_TEST

static int64_t delivery(int64_t member)
{
	struct member m;
	bool found;

	ok(&f, store_member_get(f.s, f.arena, list, member, &m, &found, &f.e));
	return (int64_t)m.delivery;
}

static void stand(int64_t member, enum bounce_state to, int64_t since)
{
	struct bounce_row row;

	ok(&f, store_bounce_standing(f.s, member, &row, &f.e));
	row.list = list;
	row.delivery = row.standing.state == BOUNCE_STATE_GOOD ? (uint64_t)delivery(member)
	                                                       : row.delivery;
	row.standing = (struct bounce_standing){ to, since, 0 };
	ok(&f, store_bounce_standing_put(f.s, &row, &f.e));
}

/* Mail stops when disabled and comes back as it was; who was only asked keeps what he has. */
START_TEST(standings)
{
	struct bounce_row *v;
	size_t n;

	stand(ann, BOUNCE_STATE_PROBED, 1000);
	ck_assert_int_eq(delivery(ann), MEMBER_MAIL);
	stand(ann, BOUNCE_STATE_DISABLED, 2000);
	ck_assert_int_eq(delivery(ann), MEMBER_NOMAIL);
	ok(&f, store_bounce_standings(f.s, f.arena, 2000 + BOUNCE_SCORE_WEEK - 1, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
	ok(&f, store_bounce_standings(f.s, f.arena, 2000 + BOUNCE_SCORE_WEEK, 10, &v, &n, &f.e));
	ck_assert(n == 1 && v[0].member == ann && v[0].list == list);
	stand(ann, BOUNCE_STATE_GOOD, 0);
	ck_assert_int_eq(delivery(ann), MEMBER_MAIL);
	stand(ben, BOUNCE_STATE_COMPLAINED, 3000);
	ck_assert_int_eq(delivery(ben), MEMBER_NOMAIL);
	ok(&f, store_bounce_standings(f.s, f.arena, INT64_MAX, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 0);
	/* nomail of his own choice is none of ours */
	fixture_sql(&f, "UPDATE member SET delivery = 1 WHERE address = 'ann@one.example'");
	stand(ann, BOUNCE_STATE_PROBED, 4000);
	fixture_sql(&f, "UPDATE member SET delivery = 0 WHERE address = 'ann@one.example'");
	stand(ann, BOUNCE_STATE_GOOD, 0);
	ck_assert_int_eq(delivery(ann), MEMBER_MAIL);
}
END_TEST

START_TEST(goes_with_the_list)
{
	int64_t id = add(ann, "one.example", "5.1.1", 1), of;

	stand(ann, BOUNCE_STATE_DISABLED, 1);
	ok(&f, store_bounce_forged(f.s, list, 1, &f.e));
	ok(&f, store_bounce_forged(f.s, list, 1, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT n FROM bounce_forged"), 2);
	ck_assert_int_eq(state(id, &of), BOUNCE_COUNTS);
	fixture_sql(&f, "DELETE FROM member WHERE address = 'ann@one.example'");
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM bounce_member"), 0);
	ok(&f, store_list_rm(f.s, list, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM bounce_event"), 0);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM bounce_forged"), 0);
}
END_TEST

Suite *bounces_suite(void);
Suite *bounces_suite(void)
{
	Suite *s = suite_create("store/bounces");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, once);
	tcase_add_test(t, groups);
	tcase_add_test(t, recipients);
	tcase_add_test(t, standings);
	tcase_add_test(t, goes_with_the_list);
	suite_add_tcase(s, t);
	return s;
}
