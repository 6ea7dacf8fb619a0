/* What follows from an event: once each, tallies, the circuit breaker, standings, undone. */

#include "flow/bounces.h"

#include "flow/bounce_standing.h"
#include "mail/addr.h"
#include "rules/setting.h"
#include "store/bounces.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/posts.h"
#include "unit/flow/scene.h"

#define NOW     1800000000
#define DAY     86400
#define MEMBERS 40

static struct scene s;
static struct list list;
static int64_t members[MEMBERS];
static struct span addresses[MEMBERS];

static int64_t fixed(const struct env *env)
{
	return env->fixed_now;
}

/* Ten at small.example, the others at large.example. */
static void add_member(size_t i)
{
	struct member m = { .address = arena_printf(s.arena, "m%zu@%s.example", i,
		                                    i < 10 ? "small" : "large") },
		      found;
	struct span key;
	bool is;
	ok(&s, addr_key(s.arena, m.address, &key, &s.e));
	ok(&s, store_member_add(s.c->store, list.id, &m, key, &is, &s.e));
	ok(&s, store_member_find(s.c->store, s.arena, list.id, key, &found, &is, &s.e));
	members[i] = found.id;
	addresses[i] = m.address;
}

static void setup(void)
{
	scene_open(&s);
	ok(&s, context_need(s.c, CONTEXT_STORE | CONTEXT_SECRET, &s.e));
	s.c->env.now = fixed;
	s.c->log.level = LOG_LEVEL_ERROR;
	s.c->env.fixed_now = NOW;
	setting_defaults(s.arena, SETTING_LIST, &list);
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	ok(&s, store_list_create(s.c->store, list.local, list.domain, NOW, &list.id, &s.e));
	for (size_t i = 0; i < MEMBERS; i++) {
		add_member(i);
	}
	for (int64_t n = 1; n <= 8; n++) {
		struct post p = { .list = list.id, .number = n, .received = NOW,
			          .member_max = members[MEMBERS - 1] };
		int64_t id;
		ok(&s, store_post_add(s.c->store, &p, &id, &s.e));
		ck_assert_int_eq(id, n);
	}
}

static void teardown(void)
{
	scene_close(&s);
}

/* Post POST to member I failed for CLASS, AT. Was it something new? */
static bool came_back(size_t i, int64_t post, enum bounce_class class, int64_t at)
{
	struct bounce_event ev = { .list = list.id, .member = members[i], .post = post,
		                   .class = class, .hard = true, .status = SPAN(""),
		                   .reply = SPAN("550 no"), .at = at };
	bool added;
	s.c->env.fixed_now = at;
	bounces_address(s.arena, &ev, addresses[i]);
	ok(&s, store_begin(s.c->store, &s.e));
	ok(&s, bounces_record(s.c, s.arena, &ev, &added, &s.e));
	ok(&s, store_commit(s.c->store, &s.e));
	return added;
}

static int64_t score(size_t i)
{
	struct bounce_score out;
	ok(&s, bounce_standing_score(s.c, s.arena, members[i], &out, &s.e));
	return out.score;
}

static enum bounce_state state(size_t i)
{
	struct bounce_row row;
	ok(&s, store_bounce_standing(s.c->store, members[i], &row, &s.e));
	return row.standing.state;
}

START_TEST(once)
{
	ck_assert(came_back(20, 1, BOUNCE_CLASS_ADDRESS_DEAD, NOW));
	ck_assert(!came_back(20, 1, BOUNCE_CLASS_MAILBOX_FULL, NOW + 2 * DAY));
	ck_assert_int_eq(score(20), 100);
	ck_assert(came_back(20, 2, BOUNCE_CLASS_ADDRESS_DEAD, NOW + DAY));
	ck_assert_int_eq(score(20), 200);
	ck_assert_int_eq(score(21), 0);
}
END_TEST

START_TEST(whose_fault)
{
	static const enum bounce_class not_his[] = { BOUNCE_CLASS_POLICY, BOUNCE_CLASS_REPUTATION,
		                                     BOUNCE_CLASS_CONTENT, BOUNCE_CLASS_OUR_FAULT,
		                                     BOUNCE_CLASS_TRANSIENT, BOUNCE_CLASS_UNKNOWN };
	for (size_t k = 0; k < sizeof(not_his) / sizeof(not_his[0]); k++) {
		ck_assert(came_back(20, (int64_t)k + 1, not_his[k], NOW + (int64_t)k * DAY));
	}
	ck_assert_int_eq(score(20), 0);
	ck_assert_int_eq(state(20), BOUNCE_STATE_GOOD);
}
END_TEST

START_TEST(to_a_probe_and_back)
{
	int64_t count;
	for (int64_t n = 0; n < 4; n++) {
		ck_assert_int_eq(state(20), BOUNCE_STATE_GOOD);
		came_back(20, n + 1, BOUNCE_CLASS_ADDRESS_DEAD, NOW + n * DAY);
	}
	ck_assert_int_eq(state(20), BOUNCE_STATE_PROBE_DUE);
	ok(&s, bounces_undo(s.c, 1, 0, &count, &s.e));
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(score(20), 300);
	ck_assert_int_eq(state(20), BOUNCE_STATE_GOOD);
	ok(&s, bounces_undo(s.c, 1, 0, &count, &s.e));
	ck_assert_int_eq(count, 0);
	ok(&s, bounces_reset(s.c, members[20], &count, &s.e));
	ck_assert_int_eq(count, 3);
	ck_assert_int_eq(score(20), 0);
}
END_TEST

/* Five of the ten at one domain: nobody's own fault, also not of those before and after. */
START_TEST(breaker)
{
	struct bounce_group *g;
	size_t n;
	for (size_t i = 0; i < 4; i++) {
		came_back(i, 1, BOUNCE_CLASS_ADDRESS_DEAD, NOW);
		ck_assert_int_eq(score(i), 100);
	}
	came_back(30, 1, BOUNCE_CLASS_ADDRESS_DEAD, NOW);
	for (size_t i = 4; i < 7; i++) {
		came_back(i, 1, BOUNCE_CLASS_ADDRESS_DEAD, NOW);
	}
	for (size_t i = 0; i < 7; i++) {
		ck_assert_int_eq(score(i), 0);
	}
	ck_assert_int_eq(score(30), 100);
	ok(&s, store_bounce_groups(s.c->store, s.arena, list.id, 10, &g, &n, &s.e));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(g[0].what, BOUNCE_TALLY_DOMAIN);
	assert_span(g[0].name, "small.example");
	ck_assert_int_eq(g[0].n, 7);
	ck_assert_int_eq(g[0].total, 10);
	/* Another post is another matter. */
	came_back(0, 2, BOUNCE_CLASS_ADDRESS_DEAD, NOW + DAY);
	ck_assert_int_eq(score(0), 100);
}
END_TEST

START_TEST(spread_out)
{
	/* Eight of forty is a fifth, which is not yet too many. */
	for (size_t i = 10; i < 18; i++) {
		came_back(i, 1, BOUNCE_CLASS_ADDRESS_DEAD, NOW);
	}
	/* But at their domain it is eight of thirty. */
	ck_assert_int_eq(score(10), 0);
	for (size_t i = 0; i < 4; i++) {
		came_back(i, 2, BOUNCE_CLASS_ADDRESS_DEAD, NOW);
		came_back(20 + i, 2, BOUNCE_CLASS_ADDRESS_DEAD, NOW);
		ck_assert_int_eq(score(i), 100);
	}
	came_back(24, 2, BOUNCE_CLASS_ADDRESS_DEAD, NOW);
	ck_assert_int_eq(score(0), 0);
}
END_TEST

Suite *bounces_record_suite(void)
{
	Suite *suite = suite_create("bounces_record");
	TCase *tc = tcase_create("bounces_record");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, once);
	tcase_add_test(tc, whose_fault);
	tcase_add_test(tc, to_a_probe_and_back);
	tcase_add_test(tc, breaker);
	tcase_add_test(tc, spread_out);
	suite_add_tcase(suite, tc);
	return suite;
}
