#include "rules/moderation.h"

#include "base/limits.h"
#include "mail/addr.h"
#include "rules/people.h"
#include "rules/setting.h"

#include <check.h>

static struct arena *arena;
static struct site site;
static struct list list;
static const struct span secret = SPAN_INIT("0123456789abcdef0123456789abcdef");

static void setup(void)
{
	arena = arena_new();
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	list.id = 7;
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	list.owners = SPAN("own@one.example");
	list.moderators = SPAN("mod@two.example, Other@two.example");
}

static void teardown(void)
{
	arena_free(arena);
}

/* The route that an address of a moderator's leads to. */
static struct route routed(struct span address)
{
	struct route routes[ROUTE_MAX];
	size_t n = route_address(arena, address, '+', routes);
	ck_assert_uint_ge(n, 2);
	ck_assert(span_eq(routes[1].local, list.local));
	return routes[1];
}

static struct span address(enum moderation action, int64_t held, const char *moderator)
{
	return moderation_address(arena, &site, secret, &list, action, held, span_str(moderator));
}

static bool opens(enum moderation action, struct span token, int64_t *held, struct span *who)
{
	return moderation_open(arena, secret, &list, action, token, held, who);
}

START_TEST(each_action_comes_back)
{
	enum moderation action = (enum moderation)_i, got;
	static const int64_t ids[] = { 1, 127, 128, 1000000, INT64_C(1) << 40 };
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct span a = address(action, ids[i], "MOD@two.example"), who;
		struct route r = routed(a);
		int64_t held;
		ck_assert(moderation_of(r.role, &got));
		ck_assert_int_eq(got, action);
		ck_assert(opens(action, r.token, &held, &who));
		ck_assert_int_eq(held, ids[i]);
		ck_assert(span_is(who, "mod@two.example"));
		/* Mail systems change the case of what they do not know. */
		ck_assert(opens(action, routed(arena_lower(arena, a)).token, &held, &who));
		ck_assert(span_starts(r.word, span_str(moderation_name(action))) ||
		          ids[i] > 1000000);
	}
}
END_TEST

START_TEST(long_names_have_room)
{
	list.local = SPAN("seven-and-twenty-characters");
	for (int i = 0; i <= MODERATION_ALLOW; i++) {
		struct span a = address((enum moderation)i, (1 << 28) - 1, "own@one.example"), who;
		int64_t held;
		ck_assert_uint_le(addr_local(a).n, LIMIT_LOCAL_PART);
		ck_assert(opens((enum moderation)i, routed(a).token, &held, &who));
		ck_assert(span_is(who, "own@one.example"));
	}
}
END_TEST

START_TEST(good_for_nothing_else)
{
	struct span token = routed(address(MODERATION_ACCEPT, 3, "mod@two.example")).token, who;
	int64_t held;
	ck_assert(opens(MODERATION_ACCEPT, token, &held, &who));
	for (int i = MODERATION_REJECT; i <= MODERATION_ALLOW; i++) {
		ck_assert(!opens((enum moderation)i, token, &held, &who));
	}
	/* Of another list, of somebody who is no moderator any more, with another secret. */
	list.id = 8;
	ck_assert(!opens(MODERATION_ACCEPT, token, &held, &who));
	list.id = 7;
	list.moderators = SPAN("other@two.example");
	ck_assert(!opens(MODERATION_ACCEPT, token, &held, &who));
	list.moderators = SPAN("other@two.example,mod@two.example");
	ck_assert(opens(MODERATION_ACCEPT, token, &held, &who));
	ck_assert(!moderation_open(arena, SPAN("x"), &list, MODERATION_ACCEPT, token, &held, &who));
	/* No bit of it can be another. */
	for (size_t i = 0; i < token.n; i++) {
		char *other = arena_str(arena, token);
		other[i] = other[i] == 'a' ? 'b' : 'a';
		ck_assert(!opens(MODERATION_ACCEPT, span_str(other), &held, &who));
	}
	for (size_t n = 0; n < token.n; n++) {
		ck_assert(!opens(MODERATION_ACCEPT, span_sub(token, 0, n), &held, &who));
	}
	ck_assert(!opens(MODERATION_ACCEPT, SPAN("777777777777777777777777777777777777777777777"),
	                 &held, &who));
}
END_TEST

START_TEST(no_moderators_no_tokens)
{
	struct span token = routed(address(MODERATION_ACCEPT, 3, "x@y.example")).token, who;
	int64_t held;
	ck_assert(!opens(MODERATION_ACCEPT, token, &held, &who));
	list.owners = list.moderators = SPAN("");
	ck_assert(!opens(MODERATION_ACCEPT, token, &held, &who));
}
END_TEST

START_TEST(people)
{
	ck_assert(people_is_moderator(&list, SPAN("other@TWO.example")));
	ck_assert(people_is_moderator(&list, SPAN("own@one.example")));
	ck_assert(people_is_owner(&list, SPAN("own@one.example")));
	ck_assert(!people_is_owner(&list, SPAN("mod@two.example")));
	ck_assert(!people_is_moderator(&list, SPAN("")));
	ck_assert(!people_is_moderator(&list, SPAN("two.example")));
	ck_assert(span_eq(people_moderators(&list), list.moderators));
	list.moderators = SPAN("");
	ck_assert(span_eq(people_moderators(&list), list.owners));
	ck_assert(span_is(people_with(arena, SPAN(""), SPAN("a@b")), "a@b"));
	ck_assert(span_is(people_with(arena, SPAN("a@b"), SPAN("c@d")), "a@b, c@d"));
}
END_TEST

START_TEST(passes)
{
	struct span pass = moderation_pass(arena, SPAN("0123456789abcdef"));
	ck_assert_uint_eq(pass.n, 26);
	struct span hash = moderation_pass_hash(arena, pass);
	ck_assert_uint_eq(hash.n, 32);
	ck_assert(!span_eq(hash, moderation_pass_hash(arena, SPAN("x"))));
	ck_assert_int_eq(routed(SPAN("dev+post-abc@lists.example")).role, ROLE_PASS);
}
END_TEST

Suite *moderation_suite(void)
{
	Suite *suite = suite_create("moderation");
	TCase *tc = tcase_create("moderation");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, each_action_comes_back, 0, MODERATION_ALLOW + 1);
	tcase_add_test(tc, long_names_have_room);
	tcase_add_test(tc, good_for_nothing_else);
	tcase_add_test(tc, no_moderators_no_tokens);
	tcase_add_test(tc, people);
	tcase_add_test(tc, passes);
	suite_add_tcase(suite, tc);
	return suite;
}
