/* The fan-out case by case; fanout_model_test.c has the random sequences. */

#include "unit/store/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW   5000
#define REPLY SPAN("250 ok")

static struct fixture f;
static int64_t list;

static void setup(void)
{
	fixture_open(&f);
	list = fixture_list(&f, "dev");
}

static void teardown(void)
{
	if (f.s) {
		fixture_invariants(&f);
	}
	fixture_close(&f);
}

static bool claim(int64_t worker, size_t limit, int64_t now, struct fan_batch *b)
{
	bool found;

	ok(&f, store_fan_claim(f.s, f.arena, worker, limit, now, b, &found, &f.e));
	return found;
}

/* Every recipient ends in STATE. */
static void results(const struct fan_batch *b, enum fan_state state, struct fan_result *v)
{
	for (size_t i = 0; i < b->n; i++) {
		v[i] = (struct fan_result){
			.member = b->v[i].member,
			.state = state,
			.next_at = NOW + 100,
			.attempts = b->v[i].attempts + 1,
			.first_at = NOW,
			.address = b->v[i].address,
			.reply = state == FAN_SENT ? SPAN("") : SPAN("450 later"),
		};
	}
}

static void settle(const struct fan_batch *b, enum fan_state state, int64_t now)
{
	struct fan_result v[100];

	results(b, state, v);
	ok(&f, store_fan_settle(f.s, b, v, b->n, REPLY, now, &f.e));
}

static struct post post_now(int64_t id)
{
	struct post p;
	bool found;

	ok(&f, store_post_get(f.s, f.arena, id, &p, &found, &f.e));
	ck_assert(found);
	return p;
}

static struct fan_counts counts(int64_t post)
{
	struct fan_counts c;

	ok(&f, store_fan_counts(f.s, post, &c, &f.e));
	ck_assert_int_eq(c.total, c.sent + c.deferred + c.failed + c.skipped + c.open);
	return c;
}

static bool one(int64_t post, int64_t member, struct fan_row *row)
{
	bool found;

	ok(&f, store_fan_one(f.s, f.arena, post, member, row, &found, &f.e));
	return found;
}

static int64_t next_at(void)
{
	int64_t at;

	ok(&f, store_fan_next_at(f.s, &at, &f.e));
	return at;
}

static int64_t release(int64_t worker, const struct fan_accepted *v, size_t n)
{
	int64_t released;

	ok(&f, store_fan_release(f.s, worker, v, n, NOW, &released, &f.e));
	return released;
}

static void leave(const char *address)
{
	bool removed;

	ok(&f, store_member_rm(f.s, list, span_str(address), &removed, &f.e));
	ck_assert(removed);
}

static void mute(const char *address)
{
	fixture_nomail(&f, f.s, list, address, true);
}

static void pause_until(const char *address, int64_t until)
{
	struct member m;
	bool found;

	ok(&f, store_member_find(f.s, f.arena, list, span_str(address), &m, &found, &f.e));
	m.paused = until;
	ok(&f, store_member_set(f.s, list, &m, &found, &f.e));
	ck_assert(found);
}

/* --- claim ---------------------------------------------------------------- */

START_TEST(nothing_to_do)
{
	struct fan_batch b;

	ck_assert(!claim(1, 10, NOW, &b));
	fixture_members(&f, list, 3);
	ck_assert(!claim(1, 10, NOW, &b));
	ck_assert_int_eq(next_at(), 0);
}
END_TEST

START_TEST(empty_list_is_done_at_the_first_claim)
{
	int64_t first = fixture_post(&f, list), second, third;
	struct fan_batch b;

	fixture_members(&f, list, 1);
	second = fixture_post(&f, list);
	leave("member00001@example.net");
	third = fixture_post(&f, list);
	ck_assert_int_eq(post_now(first).state, POST_SENDING);
	ck_assert(!claim(1, 10, NOW, &b));
	ck_assert_int_eq(post_now(first).state, POST_DONE);
	ck_assert_int_eq(post_now(first).done, NOW);
	ck_assert_int_eq(post_now(second).state, POST_DONE);
	ck_assert_int_eq(post_now(third).state, POST_DONE);
}
END_TEST

START_TEST(ranges_in_order)
{
	int64_t other = fixture_list(&f, "other"), post;
	struct fan_batch b;

	fixture_members(&f, list, 2);         /* 1, 2 */
	fixture_member(&f, other, "x@y.org"); /* 3 */
	fixture_member(&f, list, "a@y.org");  /* 4 */
	fixture_member(&f, list, "b@y.org");  /* 5 */
	leave("a@y.org");
	fixture_member(&f, list, "c@y.org"); /* 6 */
	post = fixture_post(&f, list);
	fixture_member(&f, list, "late@y.org");

	ck_assert(claim(1, 3, NOW, &b));
	ck_assert(!b.retry);
	ck_assert_int_eq(b.post, post);
	ck_assert_int_eq(b.list, list);
	ck_assert_int_eq(b.worker, 1);
	ck_assert_int_eq(b.lo, 1);
	ck_assert_int_eq(b.hi, 5);
	ck_assert_uint_eq(b.n, 3);
	ck_assert_int_eq(b.v[0].member, 1);
	assert_span(b.v[0].address, "member00001@example.net");
	ck_assert_int_eq(b.v[0].attempts, 0);
	ck_assert_int_eq(b.v[0].first_at, 0);
	ck_assert_int_eq(b.v[2].member, 5);
	ck_assert_int_eq(post_now(post).cursor, 5);
	fixture_invariants(&f);

	ck_assert(claim(2, 3, NOW, &b));
	ck_assert_int_eq(b.lo, 6);
	ck_assert_int_eq(b.hi, 6);
	ck_assert_uint_eq(b.n, 1);
	assert_span(b.v[0].address, "c@y.org");
	ck_assert(!claim(3, 3, NOW, &b));
	ck_assert_int_eq(post_now(post).state, POST_SENDING);
}
END_TEST

/* Fewer than the limit are left: the range goes to the end, whoever stood there. */
START_TEST(last_range_ends_at_member_max)
{
	struct fan_batch b;
	int64_t post;

	fixture_members(&f, list, 5);
	post = fixture_post(&f, list);
	leave("member00005@example.net");
	ck_assert(claim(1, 10, NOW, &b));
	ck_assert_int_eq(b.hi, 5);
	ck_assert_uint_eq(b.n, 4);
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(post_now(post).state, POST_DONE);
}
END_TEST

START_TEST(full_last_range_before_member_max)
{
	struct fan_batch b;
	int64_t post;

	fixture_members(&f, list, 5);
	post = fixture_post(&f, list);
	leave("member00005@example.net");
	ck_assert(claim(1, 4, NOW, &b));
	ck_assert_int_eq(b.hi, 4);
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(post_now(post).state, POST_SENDING);
	ck_assert(!claim(1, 4, NOW + 1, &b));
	ck_assert_int_eq(post_now(post).state, POST_DONE);
	ck_assert_int_eq(post_now(post).done, NOW + 1);
}
END_TEST

START_TEST(oldest_post_first)
{
	struct fan_batch b;
	int64_t a, c;

	fixture_members(&f, list, 2);
	a = fixture_post(&f, list);
	c = fixture_post(&f, list);
	ck_assert(claim(1, 1, NOW, &b));
	ck_assert_int_eq(b.post, a);
	ck_assert(claim(1, 1, NOW, &b));
	ck_assert_int_eq(b.post, a);
	ck_assert(claim(1, 1, NOW, &b));
	ck_assert_int_eq(b.post, c);
}
END_TEST

START_TEST(nomail_is_skipped)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t post;

	fixture_members(&f, list, 4);
	mute("member00002@example.net");
	mute("member00003@example.net");
	post = fixture_post(&f, list);
	ck_assert(claim(1, 3, NOW, &b));
	ck_assert_uint_eq(b.n, 1);
	ck_assert_int_eq(b.hi, 3);
	ck_assert(one(post, 2, &row));
	ck_assert_int_eq(row.state, FAN_SKIPPED);
	assert_span(row.address, "member00002@example.net");
	ck_assert_uint_gt(row.reply.n, 0);
	ck_assert_int_eq(counts(post).skipped, 2);
	ck_assert_int_eq(counts(post).open, 2);
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(counts(post).sent, 1);
}
END_TEST

START_TEST(unwanted_is_skipped)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t post;

	fixture_members(&f, list, 3);
	post = fixture_post(&f, list);
	ok(&f, store_fan_skip(f.s, post, 2, &f.e));
	ok(&f, store_fan_skip(f.s, post, 2, &f.e));
	ok(&f, store_fan_skip(f.s, fixture_post(&f, list), 1, &f.e));
	ck_assert(claim(1, 3, NOW, &b));
	ck_assert_uint_eq(b.n, 2);
	ck_assert_int_eq(b.v[0].member, 1);
	ck_assert_int_eq(b.v[1].member, 3);
	ck_assert(one(post, 2, &row));
	ck_assert_int_eq(row.state, FAN_SKIPPED);
	assert_span(row.reply, "this member asked for no copy of such a post");
}
END_TEST

/* Mail that was put off comes again by itself. */
START_TEST(a_pause_ends)
{
	struct fan_batch b;

	fixture_members(&f, list, 2);
	pause_until("member00001@example.net", NOW + 1);
	pause_until("member00002@example.net", NOW);
	fixture_post(&f, list);
	ck_assert(claim(1, 3, NOW, &b));
	ck_assert_uint_eq(b.n, 1);
	settle(&b, FAN_SENT, NOW);
	fixture_post(&f, list);
	ck_assert(claim(1, 3, NOW + 1, &b));
	ck_assert_uint_eq(b.n, 2);
	settle(&b, FAN_SENT, NOW + 1);
}
END_TEST

START_TEST(range_without_receivers)
{
	struct fan_batch b;
	int64_t post;

	fixture_members(&f, list, 2);
	mute("member00001@example.net");
	mute("member00002@example.net");
	post = fixture_post(&f, list);
	ck_assert(claim(1, 10, NOW, &b));
	ck_assert_uint_eq(b.n, 0);
	ck_assert_int_eq(post_now(post).state, POST_SENDING);
	ok(&f, store_fan_settle(f.s, &b, NULL, 0, SPAN(""), NOW, &f.e));
	ck_assert_int_eq(post_now(post).state, POST_DONE);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM fan_sent"), 0);
}
END_TEST

START_TEST(bad_claims)
{
	struct fan_batch b;
	bool found;

	fixture_members(&f, list, 2);
	fixture_post(&f, list);
	fails(&f, ERR_BUG, store_fan_claim(f.s, f.arena, 1, 0, NOW, &b, &found, &f.e));
	fails(&f, ERR_BUG, store_fan_claim(f.s, f.arena, -1, 1, NOW, &b, &found, &f.e));
	ok(&f, store_begin(f.s, &f.e));
	fails(&f, ERR_BUG, store_fan_claim(f.s, f.arena, 1, 1, NOW, &b, &found, &f.e));
	ok(&f, store_commit(f.s, &f.e));
	ck_assert(claim(1, SIZE_MAX, NOW, &b));
	ck_assert_uint_eq(b.n, 2);
}
END_TEST

/* A claim that cannot have the lock fails, and takes nothing. */
START_TEST(claim_against_a_lock)
{
	struct store *other = fixture_connect(&f);
	struct fan_batch b;
	bool found;

	fixture_members(&f, list, 2);
	fixture_post(&f, list);
	f.s->busy_limit = 20;
	ok(&f, store_begin(other, &f.e));
	fails(&f, ERR_TEMPORARY, store_fan_claim(f.s, f.arena, 1, 10, NOW, &b, &found, &f.e));
	store_rollback(other);
	ck_assert(claim(1, 10, NOW, &b));
	ck_assert_uint_eq(b.n, 2);
	ok(&f, store_begin(other, &f.e));
	fails(&f, ERR_TEMPORARY,
	      store_fan_settle(f.s, &b,
	                       (struct fan_result[]){ { .member = 1, .state = FAN_SENT },
	                                              { .member = 2, .state = FAN_SENT } },
	                       2, REPLY, NOW, &f.e));
	store_rollback(other);
	settle(&b, FAN_SENT, NOW);
	store_close(other);
}
END_TEST

/* --- settle --------------------------------------------------------------- */

START_TEST(successes_are_one_row)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t post;

	fixture_members(&f, list, 50);
	post = fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	ck_assert(!one(post, 7, &row));
	settle(&b, FAN_SENT, NOW + 5);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM fan_sent"), 1);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM fan_exception"), 0);
	ck_assert_int_eq(fixture_number(&f, "SELECT count(*) FROM fan_claim"), 0);
	ck_assert(one(post, 7, &row));
	ck_assert_int_eq(row.post, post);
	ck_assert_int_eq(row.member, 7);
	ck_assert_int_eq(row.state, FAN_SENT);
	ck_assert_int_eq(row.at, NOW + 5);
	ck_assert_int_eq(row.attempts, 1);
	assert_span(row.address, "member00007@example.net");
	assert_span(row.reply, "250 ok");
	ck_assert(!one(post, 51, &row));
	ck_assert(!one(post + 1, 7, &row));
	ck_assert_int_eq(post_now(post).state, POST_DONE);
	ck_assert_int_eq(post_now(post).done, NOW + 5);
}
END_TEST

/* A number in the range that is of another list, or of nobody, was sent nothing. */
START_TEST(range_tells_only_of_members)
{
	int64_t other = fixture_list(&f, "other"), post, stranger;
	struct fan_batch b;
	struct fan_row row;

	fixture_members(&f, list, 2);
	stranger = fixture_member(&f, other, "x@y.org");
	fixture_member(&f, list, "gone@y.org");
	fixture_member(&f, list, "last@y.org");
	leave("gone@y.org");
	post = fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	settle(&b, FAN_SENT, NOW);
	ck_assert(one(post, 1, &row));
	ck_assert(!one(post, stranger, &row));
	ck_assert(!one(post, stranger + 1, &row));
	ck_assert(one(post, stranger + 2, &row));
}
END_TEST

START_TEST(mixed_results)
{
	struct fan_batch b;
	struct fan_result v[4];
	struct fan_row row;
	struct fan_counts c;
	int64_t post;

	fixture_members(&f, list, 4);
	post = fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	results(&b, FAN_SENT, v);
	v[1].state = FAN_DEFERRED;
	v[1].reply = SPAN("451 greylisted");
	v[2].state = FAN_FAILED;
	v[2].reply = SPAN("550 no\0such\377");
	v[3].state = FAN_SKIPPED;
	ok(&f, store_fan_settle(f.s, &b, v, 4, REPLY, NOW, &f.e));
	c = counts(post);
	ck_assert_int_eq(c.sent, 1);
	ck_assert_int_eq(c.deferred, 1);
	ck_assert_int_eq(c.failed, 1);
	ck_assert_int_eq(c.skipped, 1);
	ck_assert_int_eq(c.open, 0);
	ck_assert_int_eq(c.total, 4);
	ck_assert(one(post, 2, &row));
	ck_assert_int_eq(row.state, FAN_DEFERRED);
	ck_assert_int_eq(row.next_at, NOW + 100);
	ck_assert_int_eq(row.attempts, 1);
	assert_span(row.reply, "451 greylisted");
	ck_assert(one(post, 3, &row));
	ck_assert_int_eq(row.state, FAN_FAILED);
	ck_assert_int_eq(row.next_at, 0);
	ck_assert(span_eq(row.reply, v[2].reply));
	ck_assert_int_eq(next_at(), NOW + 100);
	ck_assert_int_eq(post_now(post).state, POST_SENDING);
}
END_TEST

START_TEST(deferred_comes_again)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t post;

	fixture_members(&f, list, 3);
	post = fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(!claim(1, 100, NOW + 99, &b));
	ck_assert(claim(7, 2, NOW + 100, &b));
	ck_assert(b.retry);
	ck_assert_int_eq(b.post, post);
	ck_assert_int_eq(b.list, list);
	ck_assert_int_eq(b.worker, 7);
	ck_assert_uint_eq(b.n, 2);
	ck_assert_int_lt(b.v[0].member, b.v[1].member);
	ck_assert_int_eq(b.v[0].attempts, 1);
	ck_assert_int_eq(b.v[0].first_at, NOW);
	assert_span(b.v[0].address, "member00001@example.net");
	/* What is claimed is still deferred, but due for nobody. */
	ck_assert_int_eq(counts(post).deferred, 3);
	settle(&b, FAN_SENT, NOW + 101);
	ck_assert(one(post, 1, &row));
	ck_assert_int_eq(row.state, FAN_SENT);
	ck_assert_int_eq(row.attempts, 2);
	ck_assert_int_eq(row.at, NOW + 101);
	assert_span(row.reply, "250 ok");
	ck_assert(claim(7, 2, NOW + 100, &b));
	ck_assert_uint_eq(b.n, 1);
	ck_assert_int_eq(post_now(post).state, POST_SENDING);
	settle(&b, FAN_FAILED, NOW + 102);
	ck_assert_int_eq(post_now(post).state, POST_DONE);
	ck_assert_int_eq(counts(post).sent, 2);
	ck_assert_int_eq(counts(post).failed, 1);
	ck_assert_int_eq(next_at(), 0);
}
END_TEST

START_TEST(due_come_before_ranges_and_of_one_post)
{
	struct fan_batch b;
	int64_t a, c;

	fixture_members(&f, list, 2);
	a = fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	c = fixture_post(&f, list);
	ck_assert(claim(1, 1, NOW, &b));
	ck_assert_int_eq(b.post, c);
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(claim(1, 100, NOW + 200, &b));
	ck_assert(b.retry);
	ck_assert_int_eq(b.post, a);
	ck_assert_uint_eq(b.n, 2);
	ck_assert(claim(1, 100, NOW + 200, &b));
	ck_assert(b.retry);
	ck_assert_int_eq(b.post, c);
	ck_assert_uint_eq(b.n, 1);
	ck_assert(claim(1, 100, NOW + 200, &b));
	ck_assert(!b.retry);
	ck_assert_int_eq(b.post, c);
}
END_TEST

START_TEST(who_left_is_not_tried_again)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t post;

	fixture_members(&f, list, 3);
	post = fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	leave("member00001@example.net");
	mute("member00003@example.net");
	ck_assert(claim(1, 100, NOW + 200, &b));
	ck_assert_uint_eq(b.n, 1);
	ck_assert_int_eq(b.v[0].member, 2);
	leave("member00002@example.net");
	settle(&b, FAN_DEFERRED, NOW + 200);
	ck_assert_int_eq(post_now(post).state, POST_SENDING);
	ck_assert(!claim(1, 100, NOW + 400, &b));
	ck_assert_int_eq(post_now(post).state, POST_DONE);
	ck_assert(one(post, 1, &row));
	ck_assert_int_eq(row.state, FAN_SKIPPED);
	assert_span(row.address, "member00001@example.net");
	ck_assert(one(post, 3, &row));
	ck_assert_int_eq(row.state, FAN_SKIPPED);
	ck_assert_int_eq(counts(post).skipped, 3);
}
END_TEST

/* Whoever left before his range came is simply gone; whoever came later is not meant. */
START_TEST(changes_during_the_fan_out)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t post;

	fixture_members(&f, list, 4);
	post = fixture_post(&f, list);
	ck_assert(claim(1, 2, NOW, &b));
	leave("member00001@example.net");
	leave("member00003@example.net");
	fixture_member(&f, list, "member00003@example.net");
	settle(&b, FAN_SENT, NOW);
	ck_assert(claim(1, 2, NOW, &b));
	ck_assert_uint_eq(b.n, 1);
	ck_assert_int_eq(b.v[0].member, 4);
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(post_now(post).state, POST_DONE);
	ck_assert_int_eq(counts(post).sent, 3);
	ck_assert(!one(post, 3, &row));
	ck_assert(!one(post, 5, &row));
}
END_TEST

START_TEST(wrong_results_settle_nothing)
{
	struct fan_batch b;
	struct fan_result v[3];

	fixture_members(&f, list, 3);
	fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	results(&b, FAN_SENT, v);
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 2, REPLY, NOW, &f.e));
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, NULL, 0, REPLY, NOW, &f.e));
	v[1].member = 3;
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 3, REPLY, NOW, &f.e));
	v[1].member = 2;
	v[1].state = (enum fan_state)4;
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 3, REPLY, NOW, &f.e));
	v[1].state = FAN_SENT;
	b.worker = 2;
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 3, REPLY, NOW, &f.e));
	b.worker = 1;
	b.hi++;
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 3, REPLY, NOW, &f.e));
	b.hi--;
	ck_assert_int_eq(fixture_number(&f, "SELECT n FROM fan_claim"), 3);
	settle(&b, FAN_SENT, NOW);
}
END_TEST

START_TEST(settled_once)
{
	struct fan_batch b, again;
	struct fan_result v[3];

	fixture_members(&f, list, 3);
	fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	results(&b, FAN_DEFERRED, v);
	settle(&b, FAN_DEFERRED, NOW);
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 3, REPLY, NOW, &f.e));
	ck_assert(claim(1, 100, NOW + 100, &again));
	settle(&again, FAN_SENT, NOW);
	results(&again, FAN_FAILED, v);
	fails(&f, ERR_BUG, store_fan_settle(f.s, &again, v, 3, REPLY, NOW, &f.e));
	ck_assert_int_eq(counts(b.post).sent, 3);
}
END_TEST

/* A worker that was given up must not settle what another has by now. */
START_TEST(not_settled_by_another)
{
	struct fan_batch b, other;
	struct fan_result v[3];

	fixture_members(&f, list, 3);
	fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	ck_assert_int_eq(release(1, NULL, 0), 3);
	results(&b, FAN_SENT, v);
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 3, REPLY, NOW, &f.e));
	ck_assert(claim(1, 100, NOW, &b));
	ck_assert(b.retry);
	ck_assert_int_eq(release(1, NULL, 0), 3);
	ck_assert(claim(2, 100, NOW, &other));
	fails(&f, ERR_BUG, store_fan_settle(f.s, &b, v, 3, REPLY, NOW, &f.e));
	settle(&other, FAN_SENT, NOW);
}
END_TEST

START_TEST(settle_inside_a_transaction)
{
	struct fan_batch b;
	int64_t post;

	fixture_members(&f, list, 3);
	post = fixture_post(&f, list);
	ck_assert(claim(1, 100, NOW, &b));
	ok(&f, store_begin(f.s, &f.e));
	settle(&b, FAN_SENT, NOW);
	store_rollback(f.s);
	ck_assert_int_eq(counts(post).open, 3);
	ok(&f, store_begin(f.s, &f.e));
	settle(&b, FAN_SENT, NOW);
	ok(&f, store_commit(f.s, &f.e));
	ck_assert_int_eq(counts(post).sent, 3);
}
END_TEST

/* --- release -------------------------------------------------------------- */

START_TEST(released_are_due_at_once)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t post;

	fixture_members(&f, list, 4);
	mute("member00002@example.net");
	post = fixture_post(&f, list);
	ck_assert(claim(1, 3, NOW - 10, &b));
	ck_assert(claim(2, 3, NOW - 10, &b));
	ck_assert_int_eq(release(3, NULL, 0), 0);
	ck_assert_int_eq(release(1, NULL, 0), 2);
	ck_assert_int_eq(release(1, NULL, 0), 0);
	fixture_invariants(&f);
	ck_assert(one(post, 1, &row));
	ck_assert_int_eq(row.state, FAN_DEFERRED);
	ck_assert_int_eq(row.next_at, NOW);
	ck_assert_int_eq(row.attempts, 1);
	ck_assert(one(post, 2, &row));
	ck_assert_int_eq(row.state, FAN_SKIPPED);
	ck_assert_int_eq(counts(post).open, 1);
	ck_assert_int_eq(next_at(), NOW);
	settle(&b, FAN_SENT, NOW);
	ck_assert(claim(3, 10, NOW, &b));
	ck_assert_uint_eq(b.n, 2);
	ck_assert_int_eq(b.v[0].first_at, NOW - 10);
	ck_assert_int_eq(release(-1, NULL, 0), 2);
	ck_assert(claim(3, 10, NOW, &b));
	ck_assert_int_eq(b.v[0].attempts, 2);
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(post_now(post).state, POST_DONE);
	ck_assert_int_eq(counts(post).sent, 3);
}
END_TEST

START_TEST(accepted_are_sent)
{
	static const struct fan_accepted journal[] = {
		{ 1, 1 }, { 1, 3 }, { 1, 3 }, { 1, 4 }, { 2, 2 }, { 3, 1 },
	};
	struct fan_batch b;
	struct fan_row row;

	fixture_members(&f, list, 5);
	ck_assert_int_eq(fixture_post(&f, list), 1);
	ck_assert_int_eq(fixture_post(&f, list), 2);
	ck_assert(claim(1, 5, NOW, &b));
	leave("member00004@example.net");
	ck_assert_int_eq(release(1, journal, sizeof(journal) / sizeof(journal[0])), 2);
	ck_assert(one(1, 1, &row));
	ck_assert_int_eq(row.state, FAN_SENT);
	ck_assert(one(1, 2, &row));
	ck_assert_int_eq(row.state, FAN_DEFERRED);
	ck_assert(one(1, 3, &row));
	ck_assert_int_eq(row.state, FAN_SENT);
	ck_assert_int_eq(counts(1).sent, 3); /* with the one who left */
	ck_assert_int_eq(counts(1).deferred, 2);
	ck_assert_int_eq(counts(2).open, 4);
}
END_TEST

START_TEST(all_accepted_is_done)
{
	static const struct fan_accepted journal[] = { { 1, 1 }, { 1, 2 } };
	struct fan_batch b;

	fixture_members(&f, list, 2);
	fixture_post(&f, list);
	ck_assert(claim(1, 5, NOW, &b));
	ck_assert_int_eq(release(-1, journal, 2), 0);
	ck_assert_int_eq(post_now(1).state, POST_DONE);
	ck_assert_int_eq(counts(1).sent, 2);
}
END_TEST

START_TEST(accepted_retries_are_sent)
{
	static const struct fan_accepted journal[] = { { 1, 1 }, { 1, 2 } };
	struct fan_batch b;
	struct fan_row row;

	fixture_members(&f, list, 3);
	fixture_post(&f, list);
	ck_assert(claim(1, 5, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(claim(1, 5, NOW + 100, &b));
	ck_assert_int_eq(release(1, journal, 2), 1);
	ck_assert(one(1, 2, &row));
	ck_assert_int_eq(row.state, FAN_SENT);
	ck_assert_int_eq(row.attempts, 2);
	ck_assert(one(1, 3, &row));
	ck_assert_int_eq(row.state, FAN_DEFERRED);
	assert_span(row.reply, "450 later");
	ck_assert_int_eq(row.attempts, 2);
	ck_assert_int_eq(post_now(1).state, POST_SENDING);
	ck_assert(claim(1, 5, NOW + 100, &b));
	ck_assert_int_eq(release(1, (const struct fan_accepted[]){ { 1, 3 } }, 1), 0);
	ck_assert_int_eq(post_now(1).state, POST_DONE);
}
END_TEST

/* Settled, then released with a journal that still names what was settled. */
START_TEST(old_journal_does_no_harm)
{
	static const struct fan_accepted journal[] = { { 1, 1 }, { 1, 2 }, { 1, 3 } };
	struct fan_batch b;

	fixture_members(&f, list, 4);
	fixture_post(&f, list);
	ck_assert(claim(1, 2, NOW, &b));
	settle(&b, FAN_SENT, NOW);
	ck_assert(claim(1, 2, NOW, &b));
	ck_assert_int_eq(release(1, journal, 3), 1);
	ck_assert_int_eq(counts(1).sent, 3);
	ck_assert_int_eq(counts(1).deferred, 1);
	ck_assert_int_eq(release(1, journal, 3), 0);
}
END_TEST

/* --- reports and orders --------------------------------------------------- */

START_TEST(stuck_posts_give_nothing)
{
	struct fan_batch b;
	int64_t post;

	fixture_members(&f, list, 6);
	post = fixture_post(&f, list);
	ck_assert(claim(1, 2, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(claim(2, 2, NOW, &b));
	ok(&f, store_post_set_state(f.s, post, POST_STUCK, SPAN("no key"), NOW, &f.e));
	fixture_invariants(&f);
	ck_assert_int_eq(next_at(), 0);
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(!claim(1, 2, NOW + 500, &b));
	ck_assert_int_eq(next_at(), 0);
	ok(&f, store_post_set_state(f.s, post, POST_SENDING, SPAN(""), NOW, &f.e));
	fixture_invariants(&f);
	ck_assert_int_eq(next_at(), NOW + 100);
	ck_assert(claim(1, 10, NOW + 100, &b));
	ck_assert(b.retry);
	ck_assert_uint_eq(b.n, 4);
	settle(&b, FAN_SENT, NOW);
	ck_assert(claim(1, 10, NOW + 100, &b));
	ck_assert(!b.retry);
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(post_now(post).state, POST_DONE);
}
END_TEST

/* A post that is set to sending with nothing left ends by itself. */
START_TEST(reopened_post_ends)
{
	struct fan_batch b;

	fixture_members(&f, list, 1);
	fixture_post(&f, list);
	ck_assert(claim(1, 2, NOW, &b));
	settle(&b, FAN_SENT, NOW);
	ok(&f, store_post_set_state(f.s, 1, POST_SENDING, SPAN(""), NOW, &f.e));
	ck_assert(!claim(1, 2, NOW + 7, &b));
	ck_assert_int_eq(post_now(1).state, POST_DONE);
	ck_assert_int_eq(post_now(1).done, NOW + 7);
	ck_assert_int_eq(counts(1).sent, 1);
}
END_TEST

START_TEST(retry_makes_due)
{
	struct fan_batch b;
	int64_t n;

	fixture_members(&f, list, 3);
	fixture_post(&f, list);
	fixture_post(&f, list);
	ck_assert(claim(1, 3, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(claim(1, 3, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	ok(&f, store_fan_retry(f.s, 2, NOW + 1, &n, &f.e));
	ck_assert_int_eq(n, 3);
	ck_assert_int_eq(next_at(), NOW + 1);
	ck_assert(claim(1, 1, NOW + 1, &b));
	ck_assert_int_eq(b.post, 2);
	/* What a worker has is not touched. */
	ok(&f, store_fan_retry(f.s, 0, NOW + 2, &n, &f.e));
	ck_assert_int_eq(n, 5);
	ok(&f, store_fan_retry(f.s, 9, NOW + 2, &n, &f.e));
	ck_assert_int_eq(n, 0);
	settle(&b, FAN_SENT, NOW);
}
END_TEST

START_TEST(drop_ends_them)
{
	struct fan_batch b;
	struct fan_row row;
	int64_t n;

	fixture_members(&f, list, 3);
	fixture_post(&f, list);
	fixture_post(&f, list);
	ck_assert(claim(1, 3, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(claim(1, 3, NOW, &b));
	settle(&b, FAN_DEFERRED, NOW);
	ck_assert(claim(1, 1, NOW + 100, &b));
	ck_assert_int_eq(b.post, 1);
	ok(&f, store_fan_drop(f.s, 1, SPAN("dropped by hand"), NOW, &n, &f.e));
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(post_now(1).state, POST_SENDING);
	ck_assert(one(1, 3, &row));
	ck_assert_int_eq(row.state, FAN_FAILED);
	assert_span(row.reply, "dropped by hand");
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(post_now(1).state, POST_DONE);
	ok(&f, store_fan_drop(f.s, 0, SPAN("all"), NOW, &n, &f.e));
	ck_assert_int_eq(n, 3);
	ck_assert_int_eq(post_now(2).state, POST_DONE);
	ok(&f, store_fan_drop(f.s, 0, SPAN("all"), NOW, &n, &f.e));
	ck_assert_int_eq(n, 0);
}
END_TEST

/* Posts 1 and 2, members 1 to 6: every second deferred, the others failed. */
static void many_exceptions(void)
{
	fixture_members(&f, list, 6);
	for (int i = 0; i < 2; i++) {
		struct fan_batch b;
		struct fan_result v[6];

		fixture_post(&f, list);
		ck_assert(claim(1, 10, NOW, &b));
		results(&b, FAN_FAILED, v);
		for (size_t j = 0; j < b.n; j += 2) {
			v[j].state = FAN_DEFERRED;
		}
		ok(&f, store_fan_settle(f.s, &b, v, b.n, REPLY, NOW, &f.e));
	}
}

static const struct {
	int64_t post;
	int state;
	int64_t after_post, after_member;
	size_t limit, n;
	int64_t first_post, first_member;
} pages[] = {
	{ 0, -1, 0, 0, 100, 12, 1, 1 },
	{ 0, -1, 1, 5, 100, 7, 1, 6 },
	{ 0, -1, 1, 6, 100, 6, 2, 1 },
	{ 0, -1, 1, 5, 3, 3, 1, 6 },
	{ 0, -1, 2, 6, 3, 0, 0, 0 },
	{ 0, FAN_DEFERRED, 0, 0, 100, 6, 1, 1 },
	{ 0, FAN_DEFERRED, 1, 1, 100, 5, 1, 3 },
	{ 0, FAN_FAILED, 1, 6, 100, 3, 2, 2 },
	{ 0, FAN_SENT, 0, 0, 100, 0, 0, 0 },
	{ 2, -1, 0, 0, 100, 6, 2, 1 },
	{ 2, -1, 2, 3, 100, 3, 2, 4 },
	{ 2, -1, 1, 3, 100, 6, 2, 1 },
	{ 1, -1, 2, 3, 100, 0, 0, 0 },
	{ 1, FAN_DEFERRED, 0, 0, 2, 2, 1, 1 },
	{ 1, FAN_FAILED, 1, 2, 100, 2, 1, 4 },
	{ 3, -1, 0, 0, 100, 0, 0, 0 },
};

START_TEST(exceptions_are_listed)
{
	struct fan_row *v;
	size_t n;

	many_exceptions();
	ok(&f, store_fan_ls(f.s, f.arena, pages[_i].post, pages[_i].state, pages[_i].after_post,
	                    pages[_i].after_member, pages[_i].limit, &v, &n, &f.e));
	ck_assert_uint_eq(n, pages[_i].n);
	for (size_t i = 0; i < n; i++) {
		ck_assert(pages[_i].state < 0 || (int)v[i].state == pages[_i].state);
		ck_assert(!i || v[i - 1].post < v[i].post ||
		          (v[i - 1].post == v[i].post && v[i - 1].member < v[i].member));
	}
	if (n) {
		ck_assert_int_eq(v[0].post, pages[_i].first_post);
		ck_assert_int_eq(v[0].member, pages[_i].first_member);
	}
}
END_TEST

START_TEST(counts_of_no_post)
{
	ck_assert_int_eq(counts(77).total, 0);
}
END_TEST

START_TEST(names_of_states)
{
	ck_assert_str_eq(fan_state_name(FAN_DEFERRED), "deferred");
	ck_assert_str_eq(fan_state_name(FAN_FAILED), "failed");
	ck_assert_str_eq(fan_state_name(FAN_SKIPPED), "skipped");
	ck_assert_str_eq(fan_state_name(FAN_SENT), "sent");
	ck_assert_str_eq(fan_state_name((enum fan_state)9), "unknown");
}
END_TEST

/* --- death ---------------------------------------------------------------- */

START_TEST(claimed_and_killed)
{
	struct fan_batch b;
	int status;
	pid_t pid;

	fixture_members(&f, list, 5);
	fixture_post(&f, list);
	fixture_disconnect(&f);
	pid = fork();
	if (pid == 0) {
		f.s = fixture_connect(&f);
		claim(4, 3, NOW, &b);
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	f.s = fixture_connect(&f);
	ck_assert_int_eq(counts(1).open, 5);
	ck_assert_int_eq(release(4, NULL, 0), 3);
	ck_assert(claim(1, 100, NOW, &b));
	ck_assert_uint_eq(b.n, 3);
	settle(&b, FAN_SENT, NOW);
	ck_assert(claim(1, 100, NOW, &b));
	ck_assert_uint_eq(b.n, 2);
	settle(&b, FAN_SENT, NOW);
	ck_assert_int_eq(post_now(1).state, POST_DONE);
	ck_assert_int_eq(counts(1).sent, 5);
}
END_TEST

#ifdef LADLE_DEBUG
#define PEOPLE 12

/* What both processes know: how often each member was sent the post, and whether that was settled.
 */
struct shared {
	int sends[PEOPLE + 1];
	bool settled[PEOPLE + 1];
};

/* Work until nothing is due: send, defer every fifth once, settle. */
static void work(struct shared *shared, int64_t worker, int64_t now)
{
	struct fan_batch b;

	while (claim(worker, 3, now, &b)) {
		struct fan_result v[3];

		results(&b, FAN_SENT, v);
		for (size_t i = 0; i < b.n; i++) {
			if (v[i].member % 5 == 0 && !b.v[i].attempts) {
				v[i].state = FAN_DEFERRED;
			} else {
				shared->sends[v[i].member]++;
			}
			v[i].next_at = now;
		}
		ok(&f, store_fan_settle(f.s, &b, v, b.n, REPLY, now, &f.e));
		for (size_t i = 0; i < b.n; i++) {
			shared->settled[v[i].member] |= v[i].state == FAN_SENT;
		}
	}
}

/* The worker dies before its NTHth statement (or behind its NTHth commit); true when it did. */
static bool die_at(struct shared *shared, const char *point, int nth)
{
	char fault[32];
	int status;
	pid_t pid;

	fixture_disconnect(&f);
	fixture_fault_reset(&f);
	snprintf(fault, sizeof(fault), "%s:%d", point, nth);
	pid = fork();
	if (pid == 0) {
		int64_t released;

		f.s = fixture_connect(&f);
		fixture_fast(f.s);
		fixture_fault(&f, fault);
		ok(&f, store_fan_release(f.s, 1, NULL, 0, NOW, &released, &f.e));
		work(shared, 1, NOW);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	f.s = fixture_connect(&f);
	fixture_fast(f.s);
	fixture_invariants(&f);
	ck_assert(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	return WIFSIGNALED(status);
}

static void new_database(void)
{
	fixture_close(&f);
	fixture_open(&f);
	fixture_fast(f.s);
	list = fixture_list(&f, "dev");
	fixture_members(&f, list, PEOPLE);
	mute("member00004@example.net");
	fixture_post(&f, list);
}

/*
 * One death: nobody is lost, who was settled is not sent again, nobody is sent
 * more than twice, and only one batch is in doubt.
 */
static void check_after_death(struct shared *shared)
{
	int twice = 0;
	bool was_settled[PEOPLE + 1];
	int64_t released;

	for (int i = 1; i <= PEOPLE; i++) {
		was_settled[i] = shared->settled[i];
	}
	ok(&f, store_fan_release(f.s, 1, NULL, 0, NOW, &released, &f.e));
	fixture_invariants(&f);
	work(shared, 2, NOW);
	for (int i = 1; i <= PEOPLE; i++) {
		if (i == 4) {
			ck_assert_int_eq(shared->sends[i], 0);
			continue;
		}
		ck_assert_int_ge(shared->sends[i], 1);
		ck_assert_int_le(shared->sends[i], was_settled[i] ? 1 : 2);
		twice += shared->sends[i] == 2;
	}
	ck_assert_int_le(twice, 3);
	ck_assert_int_eq(post_now(1).state, POST_DONE);
	ck_assert_int_eq(counts(1).sent, PEOPLE - 1);
	ck_assert_int_eq(counts(1).skipped, 1);
	fixture_invariants(&f);
}

static const struct {
	const char *point;
	int least;
} points[] = { { "sql", 40 }, { "committed", 10 } };

START_TEST(killed_at_every_statement)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int deaths = 0;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	for (int nth = 1;; nth++) {
		*shared = (struct shared){ .sends = { 0 } };
		new_database();
		if (!die_at(shared, points[_i].point, nth)) {
			break;
		}
		deaths++;
		check_after_death(shared);
	}
	ck_assert_int_ge(deaths, points[_i].least);
}
END_TEST

/* Dying again and again while what the last one left is taken back. */
START_TEST(killed_while_releasing)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct fan_batch b;

	ck_assert_ptr_ne(shared, MAP_FAILED);
	new_database();
	ck_assert(claim(1, 5, NOW, &b));
	for (int nth = 1; die_at(shared, "sql", nth); nth++) {
		ck_assert_int_lt(nth, 500);
	}
	ck_assert_int_eq(post_now(1).state, POST_DONE);
	ck_assert_int_eq(counts(1).sent, PEOPLE - 1);
	for (int i = 1; i <= PEOPLE; i++) {
		ck_assert(i == 4 || shared->sends[i] >= 1);
	}
}
END_TEST
#endif

static void add_claim_tests(TCase *c)
{
	tcase_add_test(c, nothing_to_do);
	tcase_add_test(c, empty_list_is_done_at_the_first_claim);
	tcase_add_test(c, ranges_in_order);
	tcase_add_test(c, last_range_ends_at_member_max);
	tcase_add_test(c, full_last_range_before_member_max);
	tcase_add_test(c, oldest_post_first);
	tcase_add_test(c, nomail_is_skipped);
	tcase_add_test(c, a_pause_ends);
	tcase_add_test(c, unwanted_is_skipped);
	tcase_add_test(c, range_without_receivers);
	tcase_add_test(c, bad_claims);
	tcase_add_test(c, claim_against_a_lock);
}

static void add_settle_tests(TCase *c)
{
	tcase_add_test(c, successes_are_one_row);
	tcase_add_test(c, range_tells_only_of_members);
	tcase_add_test(c, mixed_results);
	tcase_add_test(c, deferred_comes_again);
	tcase_add_test(c, due_come_before_ranges_and_of_one_post);
	tcase_add_test(c, who_left_is_not_tried_again);
	tcase_add_test(c, changes_during_the_fan_out);
	tcase_add_test(c, wrong_results_settle_nothing);
	tcase_add_test(c, settled_once);
	tcase_add_test(c, not_settled_by_another);
	tcase_add_test(c, settle_inside_a_transaction);
}

static void add_other_tests(TCase *c)
{
	tcase_add_test(c, released_are_due_at_once);
	tcase_add_test(c, accepted_are_sent);
	tcase_add_test(c, all_accepted_is_done);
	tcase_add_test(c, accepted_retries_are_sent);
	tcase_add_test(c, old_journal_does_no_harm);
	tcase_add_test(c, stuck_posts_give_nothing);
	tcase_add_test(c, reopened_post_ends);
	tcase_add_test(c, retry_makes_due);
	tcase_add_test(c, drop_ends_them);
	tcase_add_loop_test(c, exceptions_are_listed, 0, sizeof(pages) / sizeof(pages[0]));
	tcase_add_test(c, counts_of_no_post);
	tcase_add_test(c, names_of_states);
	tcase_add_test(c, claimed_and_killed);
}

Suite *fanout_suite(void)
{
	Suite *suite = suite_create("store/fanout");
	TCase *c = tcase_create("fanout"), *deaths = tcase_create("deaths");

	tcase_add_checked_fixture(c, setup, teardown);
	add_claim_tests(c);
	add_settle_tests(c);
	add_other_tests(c);
	suite_add_tcase(suite, c);
	tcase_add_checked_fixture(deaths, setup, teardown);
	tcase_set_timeout(deaths, 120);
#ifdef LADLE_DEBUG
	tcase_add_loop_test(deaths, killed_at_every_statement, 0, 2);
	tcase_add_test(deaths, killed_while_releasing);
#endif
	suite_add_tcase(suite, deaths);
	return suite;
}
