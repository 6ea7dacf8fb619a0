/* Requests to join among the held messages, and what is decided about them. */

#include "flow/moderate.h"

#include "mail/addr.h"
#include "rules/setting.h"
#include "store/audit.h"
#include "store/blob.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/outbox.h"
#include "unit/flow/scene.h"

#include <string.h>

#define NOW 1800000000

static struct scene s;
static struct list list;

static int64_t fixed(const struct env *env)
{
	return env->fixed_now;
}

static void setup(void)
{
	const struct setting *row = setting_find(SETTING_LIST, SPAN("moderators"));

	scene_open(&s);
	ok(&s, context_need(s.c, CONTEXT_STORE | CONTEXT_SECRET, &s.e));
	s.c->env.now = fixed;
	s.c->env.fixed_now = NOW;
	s.c->site.hostname = SPAN("mx.lists.example");
	setting_defaults(s.arena, SETTING_LIST, &list);
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	list.moderators = SPAN("mod@one.example, two@one.example");
	ok(&s, store_list_create(s.c->store, list.local, list.domain, NOW, &list.id, &s.e));
	ok(&s, store_list_set(s.c->store, list.id, row, list.moderators, &s.e));
}

static void teardown(void)
{
	scene_close(&s);
}

static int64_t ask(const char *address)
{
	int64_t id;

	ok(&s, store_begin(s.c->store, &s.e));
	ok(&s, moderate_ask(s.c, &list, HELD_JOIN, span_str(address), SPAN("Ann"), SPAN("asks by mail"), &id,
	                     &s.e));
	ok(&s, store_commit(s.c->store, &s.e));
	return id;
}

static bool decide(int64_t id, enum moderation action, const char *by)
{
	struct moderate m = {
		.held = id,
		.action = action,
		.by = span_str(by),
		.channel = SPAN(HELD_BY_CLI),
	};
	struct span note;

	return moderate(s.c, s.arena, &m, &note, &s.e);
}

static bool is_member(const char *key)
{
	struct member member;
	bool found;

	ok(&s, store_member_find(s.c->store, s.arena, list.id, span_str(key), &member, &found,
	                         &s.e));
	return found && span_is(member.name, "Ann");
}

/* Our own mail that waits, and the newest of it. */
static size_t letters(struct span *newest)
{
	struct outgoing *v;
	struct file_map map;
	size_t n;

	ok(&s, store_outbox_ls(s.c->store, s.arena, OUTBOX_WAITING, 0, 100, &v, &n, &s.e));
	if (newest) {
		ok(&s, blob_map(s.c->paths.msg, v[n - 1].blob, &map, &s.e));
		*newest = arena_copy(s.arena, map.bytes);
		file_unmap(&map);
	}
	return n;
}

START_TEST(let_in)
{
	int64_t id = ask("ann@two.example");
	struct audit *trail;
	struct span letter;
	size_t n;

	ck_assert_uint_eq(letters(&letter), 2);
	ck_assert_uint_ne(span_find(letter, SPAN("To: two@one.example")), SPAN_NONE);
	ck_assert_uint_ne(span_find(letter, SPAN("ann@two.example")), SPAN_NONE);
	ck_assert_uint_ne(span_find(letter, SPAN("Reply-To: dev+accept-")), SPAN_NONE);
	ck_assert(!is_member("ann@two.example"));
	ck_assert(decide(id, MODERATION_ACCEPT, "mod@one.example"));
	ck_assert(is_member("ann@two.example"));
	ok(&s, store_audit_ls(s.c->store, s.arena, list.id, 0, 10, &trail, &n, &s.e));
	ck_assert_uint_eq(n, 2);
	assert_span(trail[0].what, "held accept");
	assert_span(trail[1].what, "member add");
	assert_span(trail[1].actor, "mod@one.example");
}
END_TEST

START_TEST(kept_out)
{
	int64_t id = ask("ann@two.example");

	ck_assert(decide(id, MODERATION_REJECT, "mod@one.example"));
	fails(&s, ERR_PERMANENT, "was refused by mod@one.example",
	      decide(id, MODERATION_ACCEPT, "two@one.example"));
	ck_assert(!is_member("ann@two.example"));
	id = ask("ann@two.example");
	ck_assert(decide(id, MODERATION_DISCARD, "mod@one.example"));
	ck_assert(!is_member("ann@two.example"));
	/* To two moderators, twice, and to who was refused. */
	ck_assert_uint_eq(letters(NULL), 5);
}
END_TEST

START_TEST(undone_with_its_transaction)
{
	int64_t id;

	ok(&s, store_begin(s.c->store, &s.e));
	ok(&s, moderate_ask(s.c, &list, HELD_JOIN, SPAN("ann@two.example"), SPAN(""), SPAN(""), &id, &s.e));
	store_rollback(s.c->store);
	ck_assert_uint_eq(letters(NULL), 0);
	fails(&s, ERR_PERMANENT, "no held message", decide(id, MODERATION_ACCEPT, "x"));
}
END_TEST

Suite *moderate_suite(void)
{
	Suite *suite = suite_create("flow/moderate");
	TCase *c = tcase_create("moderate");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, let_in);
	tcase_add_test(c, kept_out);
	tcase_add_test(c, undone_with_its_transaction);
	suite_add_tcase(suite, c);
	return suite;
}
