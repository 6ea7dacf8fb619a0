/* Confirmations, answers, bans, the trail. */

#include "store/pending.h"

#include "store/audit.h"
#include "store/bans.h"
#include "unit/store/fixture.h"

#define DAY 86400

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

static struct pending waiting(struct span token, enum pending_action action)
{
	struct pending p = { .list = list,
		             .action = action,
		             .key = SPAN("a@example.net"),
		             .address = SPAN("A@example.net"),
		             .name = SPAN("Ann"),
		             .other = SPAN("b@example.net"),
		             .delivery = MEMBER_BOTH,
		             .asked_by = SPAN("c@example.net"),
		             .created = 1000,
		             .expires = 2000 };

	ck_assert(pending_hash(token, &p.hash));
	return p;
}

static struct span add(enum pending_action action)
{
	struct env env = env_real();
	struct span token = pending_token(f.arena, &env);
	struct pending p = waiting(token, action);

	ok(&f, store_pending_add(f.s, &p, &f.e));
	return token;
}

static bool find(struct span token, int64_t of, int64_t now, struct pending *out)
{
	struct digest hash;
	bool found;

	ck_assert(pending_hash(token, &hash));
	ok(&f, store_pending_find(f.s, f.arena, of, &hash, now, out, &found, &f.e));
	return found;
}

START_TEST(a_token_is_good_once)
{
	struct span token = add(PENDING_ALIAS), other = add(PENDING_ALIAS);
	struct pending p;
	bool taken;

	ck_assert(!find(token, list + 1, 1500, &p)); /* of another list */
	ck_assert(!find(token, list, 2000, &p));     /* expired */
	ck_assert(find(token, list, 1999, &p));
	ck_assert_int_eq(p.action, PENDING_ALIAS);
	assert_span(p.key, "a@example.net");
	assert_span(p.address, "A@example.net");
	assert_span(p.name, "Ann");
	assert_span(p.other, "b@example.net");
	assert_span(p.asked_by, "c@example.net");
	ck_assert_uint_eq(p.delivery, MEMBER_BOTH);
	ck_assert_int_eq(p.expires, 2000);
	ok(&f, store_pending_take(f.s, &p, &taken, &f.e));
	ck_assert(taken);
	ok(&f, store_pending_take(f.s, &p, &taken, &f.e));
	ck_assert(!taken);
	ck_assert(!find(token, list, 1500, &p));
	ck_assert(find(other, list, 1500, &p));
}
END_TEST

START_TEST(the_token_itself_is_not_kept)
{
	struct span token = add(PENDING_SUBSCRIBE);
	struct span sql = arena_printf(f.arena,
	                               "SELECT count(*) FROM pending WHERE instr(hash, '%.*s')"
	                               " OR length(hash) <> 32",
	                               SPAN_FMT(token));

	ck_assert_int_eq(fixture_number(&f, sql.p), 0);
}
END_TEST

START_TEST(old_ones_go)
{
	struct pending p;
	struct span token = add(PENDING_SUBSCRIBE), third = add(PENDING_ALIAS);

	ok(&f, store_pending_sweep(f.s, 1999, &f.e));
	ck_assert(find(token, list, 1500, &p));
	ok(&f, store_pending_drop(f.s, list, SPAN("a@example.net"), PENDING_SUBSCRIBE, &f.e));
	ck_assert(!find(token, list, 1500, &p));
	ck_assert(find(third, list, 1500, &p));
	ok(&f, store_pending_sweep(f.s, 2000, &f.e));
	ck_assert(!find(third, list, 1500, &p));
	add(PENDING_ALIAS);
	ok(&f, store_list_rm(f.s, list, &f.e));
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM pending"), 0);
}
END_TEST

static struct answer_counts counts(const char *key, int64_t of, enum answer_kind kind, int64_t now)
{
	struct answer_counts c;

	ok(&f, store_answer_count(f.s, span_str(key), of, kind, now, &c, &f.e));
	return c;
}

START_TEST(answers_are_counted)
{
	struct span key = SPAN("a@example.net");
	int64_t now = 10 * DAY;
	struct answer_counts c;

	ok(&f, store_answer_add(f.s, key, list, ANSWER_HELP, now - DAY - 1, &f.e));
	ok(&f, store_answer_add(f.s, key, list, ANSWER_HELP, now - DAY + 1, &f.e));
	ok(&f, store_answer_add(f.s, key, list, ANSWER_CONFIRM, now - 10, &f.e));
	ok(&f, store_answer_add(f.s, key, 7, ANSWER_CONFIRM, now - 10, &f.e));
	ok(&f, store_answer_add(f.s, key, 7, ANSWER_CONFIRM, now - 9, &f.e));
	ok(&f, store_answer_add(f.s, key, 8, ANSWER_CONFIRM, now - 3601, &f.e));
	ok(&f, store_answer_add(f.s, SPAN("b@example.net"), list, ANSWER_HELP, now, &f.e));
	c = counts("a@example.net", list, ANSWER_HELP, now);
	ck_assert_int_eq(c.kind_day, 1);
	ck_assert_int_eq(c.list_day, 2);
	ck_assert_int_eq(c.lists_hour, 1);
	ck_assert_int_eq(c.site_hour, 4);
	c = counts("a@example.net", 9, ANSWER_CONFIRM, now);
	ck_assert_int_eq(c.kind_day, 0);
	ck_assert_int_eq(c.lists_hour, 2);
	ok(&f, store_answer_sweep(f.s, now, &f.e));
	ck_assert_int_eq(counts("a@example.net", list, ANSWER_HELP, now).site_hour, 0);
}
END_TEST

START_TEST(a_used_confirmation_does_not_count)
{
	struct span key = SPAN("a@example.net"), token = add(PENDING_SUBSCRIBE);
	struct pending p;
	bool taken;

	ok(&f, store_answer_add(f.s, key, list, ANSWER_CONFIRM, 1000, &f.e));
	ok(&f, store_answer_add(f.s, key, list + 1, ANSWER_CONFIRM, 1000, &f.e));
	ck_assert(find(token, list, 1500, &p));
	ok(&f, store_pending_take(f.s, &p, &taken, &f.e));
	ck_assert_int_eq(counts("a@example.net", list, ANSWER_CONFIRM, 1500).kind_day, 0);
	ck_assert_int_eq(counts("a@example.net", list + 1, ANSWER_CONFIRM, 1500).kind_day, 1);
}
END_TEST

static bool ban(const char *text, int64_t of, int64_t expires)
{
	struct ban b = { .list = of, .reason = SPAN("why"), .created = 5, .expires = expires };
	bool added;

	ok(&f, ban_read(f.arena, span_str(text), &b, &f.e));
	ok(&f, store_ban_add(f.s, &b, &added, &f.e));
	return added;
}

static bool banned(const char *key, int64_t of, int64_t now)
{
	struct ban b;
	bool found;

	ok(&f, store_ban_find(f.s, f.arena, of, span_str(key), now, &b, &found, &f.e));
	return found;
}

START_TEST(bans_of_list_and_site)
{
	int64_t other = fixture_list(&f, "other");
	struct ban b = { .list = list };
	struct ban *v;
	size_t n;
	bool removed;

	ck_assert(ban("bad@example.net", list, 0));
	ck_assert(!ban("Bad@example.net", list, 0));
	ck_assert(ban("bad@example.net", other, 50));
	ck_assert(ban("evil.example", 0, 0));
	ck_assert(ban("^spam", list, 0));
	ck_assert(banned("bad@example.net", list, 100));
	ck_assert(banned("bad@example.net", other, 49));
	ck_assert(!banned("bad@example.net", other, 50));
	ck_assert(banned("x@sub.evil.example", list, 100));
	ck_assert(banned("x@evil.example", other, 100));
	ck_assert(banned("spam1@example.net", list, 100));
	ck_assert(!banned("spam1@example.net", other, 100));
	ck_assert(!banned("good@example.net", list, 100));
	ok(&f, store_ban_ls(f.s, f.arena, list, &v, &n, &f.e));
	ck_assert_uint_eq(n, 3);
	assert_span(v[0].pattern, "evil.example");
	ck_assert_int_eq(v[0].list, 0);
	assert_span(v[1].reason, "why");
	ok(&f, store_ban_ls(f.s, f.arena, 0, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ok(&f, ban_read(f.arena, SPAN("bad@example.net"), &b, &f.e));
	ok(&f, store_ban_rm(f.s, &b, &removed, &f.e));
	ck_assert(removed);
	ok(&f, store_ban_rm(f.s, &b, &removed, &f.e));
	ck_assert(!removed);
	ok(&f, store_ban_sweep(f.s, 60, &f.e));
	ok(&f, store_ban_ls(f.s, f.arena, other, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(the_trail_outlives_the_list)
{
	struct audit a = { .at = 17,
		           .list = list,
		           .list_address = SPAN("dev@example.org"),
		           .channel = SPAN("cli"),
		           .actor = SPAN("root"),
		           .what = SPAN("member add"),
		           .subject = SPAN("\377\0x"),
		           .detail = SPAN("") };
	struct audit *v;
	size_t n;

	ok(&f, store_audit(f.s, &a, &f.e));
	a.list = 0;
	ok(&f, store_audit(f.s, &a, &f.e));
	ok(&f, store_list_rm(f.s, list, &f.e));
	ok(&f, store_audit_ls(f.s, f.arena, -1, 0, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].at, 17);
	assert_span(v[0].list_address, "dev@example.org");
	assert_span(v[0].channel, "cli");
	assert_span(v[0].actor, "root");
	assert_span(v[0].what, "member add");
	ck_assert(span_eq(v[0].subject, a.subject));
	ok(&f, store_audit_ls(f.s, f.arena, list, 0, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ok(&f, store_audit_ls(f.s, f.arena, -1, v[0].id, 10, &v, &n, &f.e));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(v[0].list, 0);
}
END_TEST

Suite *pending_suite(void)
{
	Suite *suite = suite_create("store/pending");
	TCase *c = tcase_create("pending");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_token_is_good_once);
	tcase_add_test(c, the_token_itself_is_not_kept);
	tcase_add_test(c, old_ones_go);
	tcase_add_test(c, answers_are_counted);
	tcase_add_test(c, a_used_confirmation_does_not_count);
	tcase_add_test(c, bans_of_list_and_site);
	tcase_add_test(c, the_trail_outlives_the_list);
	suite_add_tcase(suite, c);
	return suite;
}
