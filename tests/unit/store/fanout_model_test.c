/*
 * The fan-out against a simple model: random sequences of claim, settle, release,
 * posting, members that come, go and are muted, posts that get stuck, orders of
 * the operator, by three workers with a connection each. The model knows for
 * each post and person who has the copy or how it ended, and says after every
 * step whether the answer was allowed. At the end everybody who was a member at
 * posting time has ended exactly once.
 */

#include "unit/store/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Databases, and runs in each of them one after the other. */
enum {
	DATABASES = 10,
	RUNS = 8,
	STEPS = 80,
	WORKERS = 3,
	LISTS = 2,
	PEOPLE = 60,
	POSTS = 8,
	BATCHES = 3,
	MOST = 16
};

enum fate {
	NOT_MEANT, /* no member when it was posted */
	OPEN,      /* nobody's yet */
	IN_FLIGHT, /* in a batch of a worker */
	WAITING,   /* deferred */
	ENDED,
	GONE, /* left before it was his turn */
};

struct person {
	int64_t id, list;
	bool present, nomail;
	char address[32];
};

struct copy {
	enum fate fate;
	enum fan_state end;
	int64_t next_at, attempts, first_at;
};

struct sheet {
	int64_t id, list, cursor, member_max;
	bool stuck;
	struct copy copies[PEOPLE];
};

struct held_batch {
	bool used;
	int64_t claimed_at;
	struct fan_batch b;
};

static struct fixture f;
static struct store *connections[WORKERS];
static struct held_batch batches[WORKERS][BATCHES];
static int64_t lists[LISTS];
static struct person people[PEOPLE];
static size_t people_count;
static struct sheet sheets[POSTS];
static size_t sheets_count;
static int64_t now;
static uint64_t seed;

static uint64_t draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

static bool chance(uint64_t percent)
{
	return draw(100) < percent;
}
static struct store *any(void)
{
	return connections[draw(WORKERS)];
}

static void setup(void)
{
	fixture_open(&f);
	fixture_fast(f.s);
	connections[0] = f.s;
	for (size_t i = 1; i < WORKERS; i++) {
		connections[i] = fixture_connect(&f);
		fixture_fast(connections[i]);
	}
	now = 1000000;
}

static void teardown(void)
{
	for (size_t i = 1; i < WORKERS; i++) {
		store_close(connections[i]);
	}
	fixture_close(&f);
}

/* --- the model's view ----------------------------------------------------- */

static struct sheet *sheet_of(int64_t post)
{
	for (size_t i = 0; i < sheets_count; i++) {
		if (sheets[i].id == post) {
			return &sheets[i];
		}
	}
	ck_abort_msg("no such post");
	return NULL;
}

static size_t person_of(int64_t id)
{
	for (size_t i = 0; i < people_count; i++) {
		if (people[i].id == id) {
			return i;
		}
	}
	ck_abort_msg("no such person");
	return 0;
}

static bool receives(const struct person *p)
{
	return p->present && !p->nomail;
}

static void end(struct copy *c, enum fan_state state)
{
	ck_assert_int_ne(c->fate, ENDED);
	c->fate = ENDED;
	c->end = state;
}

static void wait_until(struct copy *c, int64_t next_at, int64_t attempts, int64_t first_at)
{
	*c = (struct copy){ WAITING, FAN_DEFERRED, next_at, attempts, first_at };
}

static bool any_due(void)
{
	for (size_t i = 0; i < sheets_count; i++) {
		for (size_t j = 0; j < people_count; j++) {
			const struct copy *c = &sheets[i].copies[j];

			if (!sheets[i].stuck && c->fate == WAITING && c->next_at <= now &&
			    receives(&people[j])) {
				return true;
			}
		}
	}
	return false;
}

/* The oldest post with a member that nobody has yet. */
static struct sheet *first_open(void)
{
	for (size_t i = 0; i < sheets_count; i++) {
		for (size_t j = 0; j < people_count; j++) {
			if (!sheets[i].stuck && sheets[i].copies[j].fate == OPEN &&
			    people[j].present) {
				return &sheets[i];
			}
		}
	}
	return NULL;
}

/* Claims settle those who cannot receive any more; find out which, and whether rightly. */
static void look_for_skipped(void)
{
	for (size_t i = 0; i < sheets_count; i++) {
		for (size_t j = 0; j < people_count; j++) {
			struct copy *c = &sheets[i].copies[j];
			struct fan_row row;
			bool found;

			if (c->fate != WAITING) {
				continue;
			}
			ok(&f, store_fan_one(f.s, f.arena, sheets[i].id, people[j].id, &row, &found,
			                     &f.e));
			ck_assert(found);
			if (row.state == FAN_DEFERRED) {
				continue;
			}
			ck_assert_int_eq(row.state, FAN_SKIPPED);
			ck_assert(!receives(&people[j]));
			ck_assert_int_le(c->next_at, now);
			end(c, FAN_SKIPPED);
		}
	}
}

/* --- steps ---------------------------------------------------------------- */

static void add_person(void)
{
	struct person *p = &people[people_count];
	struct member m = { .joined = now };
	struct member got;
	bool added, found;

	if (people_count == PEOPLE) {
		return;
	}
	*p = (struct person){ .list = lists[draw(LISTS)], .present = true, .nomail = chance(15) };
	snprintf(p->address, sizeof(p->address), "p%zu@example.net", people_count);
	m.address = span_str(p->address);
	m.delivery = p->nomail ? MEMBER_NOMAIL : MEMBER_MAIL;
	ok(&f, store_member_add(any(), p->list, &m, m.address, &added, &f.e));
	ck_assert(added);
	ok(&f, store_member_find(any(), f.arena, p->list, m.address, &got, &found, &f.e));
	p->id = got.id;
	people_count++;
}

static void remove_person(void)
{
	struct person *p = &people[people_count ? draw(people_count) : 0];
	bool removed;

	if (!people_count || !p->present) {
		return;
	}
	ok(&f, store_member_rm(any(), p->list, span_str(p->address), &removed, &f.e));
	ck_assert(removed);
	p->present = false;
}

static void mute_person(void)
{
	struct person *p = &people[people_count ? draw(people_count) : 0];

	if (!people_count || !p->present) {
		return;
	}
	p->nomail = !p->nomail;
	fixture_nomail(&f, any(), p->list, p->address, p->nomail);
}

static void add_post(void)
{
	struct sheet *s = &sheets[sheets_count];

	if (sheets_count == POSTS) {
		return;
	}
	*s = (struct sheet){ .list = lists[draw(LISTS)] };
	ok(&f, store_member_max(f.s, s->list, &s->member_max, &f.e));
	s->id = fixture_post(&f, s->list);
	for (size_t j = 0; j < people_count; j++) {
		if (people[j].list == s->list && people[j].present) {
			s->copies[j].fate = OPEN;
		}
	}
	sheets_count++;
}

static void check_retry(const struct fan_batch *b, struct sheet *s)
{
	ck_assert_uint_gt(b->n, 0);
	for (size_t i = 0; i < b->n; i++) {
		const struct copy *c = &s->copies[person_of(b->v[i].member)];

		ck_assert_int_eq(c->fate, WAITING);
		ck_assert_int_le(c->next_at, now);
		ck_assert_int_eq(c->attempts, b->v[i].attempts);
		ck_assert_int_eq(c->first_at, b->v[i].first_at);
	}
}

/* Everybody the post was open for in the range is in the batch, skipped, or gone. */
static void check_range(const struct fan_batch *b, struct sheet *s)
{
	size_t taken = 0;

	ck_assert_ptr_eq(s, first_open());
	ck_assert_int_eq(b->lo, s->cursor + 1);
	ck_assert_int_ge(b->hi, b->lo);
	ck_assert_int_le(b->hi, s->member_max);
	s->cursor = b->hi;
	for (size_t j = 0; j < people_count; j++) {
		struct copy *c = &s->copies[j];

		if (people[j].id < b->lo || people[j].id > b->hi || c->fate == NOT_MEANT) {
			continue;
		}
		ck_assert_int_eq(c->fate, OPEN);
		if (!people[j].present) {
			c->fate = GONE;
		} else if (people[j].nomail) {
			end(c, FAN_SKIPPED);
		} else {
			ck_assert(taken < b->n && b->v[taken++].member == people[j].id);
		}
	}
	ck_assert_uint_eq(taken, b->n);
}

static void check_claimed(const struct fan_batch *b, int64_t worker, size_t limit, bool due)
{
	struct sheet *s = sheet_of(b->post);

	ck_assert(!s->stuck);
	ck_assert_int_eq(b->list, s->list);
	ck_assert_int_eq(b->worker, worker);
	ck_assert_uint_le(b->n, limit);
	ck_assert_int_eq(b->retry, due);
	if (b->retry) {
		check_retry(b, s);
	} else {
		check_range(b, s);
	}
	for (size_t i = 0; i < b->n; i++) {
		size_t j = person_of(b->v[i].member);

		ck_assert(!i || b->v[i - 1].member < b->v[i].member);
		ck_assert(receives(&people[j]));
		assert_span(b->v[i].address, people[j].address);
		s->copies[j].fate = IN_FLIGHT;
	}
}

static void claim(size_t worker)
{
	struct held_batch *h = NULL;
	size_t limit = draw(MOST) + 1;
	bool due = any_due(), found;

	for (size_t i = 0; i < BATCHES; i++) {
		if (!batches[worker][i].used) {
			h = &batches[worker][i];
		}
	}
	if (!h) {
		return;
	}
	ok(&f, store_fan_claim(connections[worker], f.arena, (int64_t)worker, limit, now, &h->b,
	                       &found, &f.e));
	if (!found) {
		ck_assert(!due && !first_open());
	} else {
		check_claimed(&h->b, (int64_t)worker, limit, due);
	}
	look_for_skipped();
	h->used = found;
	h->claimed_at = now;
}

static enum fan_state draw_end(void)
{
	uint64_t n = draw(100);

	return n < 55 ? FAN_SENT : n < 85 ? FAN_DEFERRED : n < 95 ? FAN_FAILED : FAN_SKIPPED;
}

static void settle(size_t worker, struct held_batch *h)
{
	struct fan_result v[MOST];
	struct sheet *s = sheet_of(h->b.post);

	for (size_t i = 0; i < h->b.n; i++) {
		const struct fan_recipient *r = &h->b.v[i];
		struct copy *c = &s->copies[person_of(r->member)];

		v[i] = (struct fan_result){
			.member = r->member,
			.state = draw_end(),
			.next_at = now + 1 + (int64_t)draw(50),
			.attempts = r->attempts + 1,
			.first_at = r->first_at ? r->first_at : now,
			.address = r->address,
		};
		ck_assert_int_eq(c->fate, IN_FLIGHT);
		if (v[i].state == FAN_DEFERRED) {
			wait_until(c, v[i].next_at, v[i].attempts, v[i].first_at);
		} else {
			end(c, v[i].state);
		}
	}
	ok(&f, store_fan_settle(connections[worker], &h->b, v, h->b.n, SPAN("ok"), now, &f.e));
	h->used = false;
}

static void settle_any(size_t worker)
{
	struct held_batch *h = &batches[worker][draw(BATCHES)];

	if (h->used) {
		settle(worker, h);
	}
}

/* The journal for the batch: each recipient accepted with some chance. */
static int64_t lose_batch(struct held_batch *h, struct fan_accepted *journal, size_t *n)
{
	struct sheet *s = sheet_of(h->b.post);
	int64_t given_back = 0;

	for (size_t i = 0; i < h->b.n; i++) {
		const struct fan_recipient *r = &h->b.v[i];
		size_t j = person_of(r->member);
		struct copy *c = &s->copies[j];

		ck_assert_int_eq(c->fate, IN_FLIGHT);
		if (chance(40)) {
			journal[(*n)++] = (struct fan_accepted){ h->b.post, r->member };
			end(c, FAN_SENT);
		} else if (h->b.retry || people[j].present) {
			wait_until(c, now, r->attempts + 1,
			           r->first_at ? r->first_at : h->claimed_at);
			given_back++;
		} else {
			c->fate = GONE;
		}
	}
	h->used = false;
	return given_back;
}

static int by_post_and_member(const void *a, const void *b)
{
	const struct fan_accepted *x = a, *y = b;

	if (x->post != y->post) {
		return x->post < y->post ? -1 : 1;
	}
	return x->member < y->member ? -1 : x->member > y->member;
}

/* WORKER (WORKERS: everyone) dies and is released. */
static void release(size_t worker)
{
	struct fan_accepted journal[WORKERS * BATCHES * MOST];
	size_t n = 0;
	int64_t expected = 0, released;

	for (size_t w = 0; w < WORKERS; w++) {
		for (size_t i = 0; i < BATCHES; i++) {
			if (batches[w][i].used && (w == worker || worker == WORKERS)) {
				expected += lose_batch(&batches[w][i], journal, &n);
			}
		}
	}
	qsort(journal, n, sizeof(*journal), by_post_and_member);
	ok(&f, store_fan_release(any(), worker == WORKERS ? -1 : (int64_t)worker, journal, n, now,
	                         &released, &f.e));
	ck_assert_int_eq(released, expected);
}

static void toggle_stuck(void)
{
	struct sheet *s = &sheets[sheets_count ? draw(sheets_count) : 0];

	if (!sheets_count) {
		return;
	}
	s->stuck = !s->stuck;
	ok(&f, store_post_set_state(any(), s->id, s->stuck ? POST_STUCK : POST_SENDING, SPAN(""),
	                            now, &f.e));
}

static void order(bool drop)
{
	struct sheet *only = sheets_count && chance(70) ? &sheets[draw(sheets_count)] : NULL;
	int64_t expected = 0, count;

	for (size_t i = 0; i < sheets_count; i++) {
		for (size_t j = 0; j < people_count; j++) {
			struct copy *c = &sheets[i].copies[j];

			if (c->fate != WAITING || (only && only != &sheets[i])) {
				continue;
			}
			expected++;
			if (drop) {
				end(c, FAN_FAILED);
			} else {
				c->next_at = now;
			}
		}
	}
	for (size_t j = 0; drop && only && j < people_count; j++) {
		if (only->copies[j].fate == OPEN) {
			only->copies[j].fate = NOT_MEANT;
		}
	}
	if (drop && only) {
		only->member_max = only->cursor;
	}
	if (drop) {
		ok(&f,
		   store_fan_drop(any(), only ? only->id : 0, SPAN("dropped"), now, &count, &f.e));
	} else {
		ok(&f, store_fan_retry(any(), only ? only->id : 0, now, &count, &f.e));
	}
	ck_assert_int_eq(count, expected);
}

static void step(void)
{
	uint64_t n = draw(100);
	size_t worker = draw(WORKERS);

	if (n < 30) {
		claim(worker);
	} else if (n < 60) {
		settle_any(worker);
	} else if (n < 66) {
		release(chance(20) ? WORKERS : worker);
	} else if (n < 74) {
		add_person();
	} else if (n < 80) {
		remove_person();
	} else if (n < 84) {
		mute_person();
	} else if (n < 90) {
		add_post();
	} else if (n < 92) {
		toggle_stuck();
	} else if (n < 94) {
		order(chance(30));
	} else {
		now += (int64_t)draw(20);
	}
}

/* --- the end -------------------------------------------------------------- */

static void drain(void)
{
	release(WORKERS);
	for (size_t i = 0; i < sheets_count; i++) {
		if (sheets[i].stuck) {
			sheets[i].stuck = false;
			ok(&f, store_post_set_state(f.s, sheets[i].id, POST_SENDING, SPAN(""), now,
			                            &f.e));
		}
	}
	for (int quiet = 0; quiet < 2;) {
		int64_t next;

		claim(0);
		if (batches[0][BATCHES - 1].used) {
			settle(0, &batches[0][BATCHES - 1]);
			quiet = 0;
			continue;
		}
		ok(&f, store_fan_next_at(f.s, &next, &f.e));
		if (next) {
			now = next;
		} else {
			quiet++;
		}
	}
}

static void check_copy(const struct sheet *s, size_t j)
{
	const struct copy *c = &s->copies[j];
	struct fan_row row;
	bool found;

	ok(&f, store_fan_one(f.s, f.arena, s->id, people[j].id, &row, &found, &f.e));
	if (c->fate == NOT_MEANT || c->fate == GONE) {
		ck_assert(!found);
		return;
	}
	if (!people[j].present && c->fate == OPEN) {
		return;
	}
	ck_assert_msg(c->fate == ENDED, "%s has not ended", people[j].address);
	/* Of somebody who left, only an exception can still tell. */
	if (!found) {
		ck_assert(!people[j].present && c->end == FAN_SENT);
	} else {
		ck_assert_int_eq(row.state, c->end);
	}
}

static void check_sheet(const struct sheet *s)
{
	struct fan_counts counts, expected = { 0 };
	struct post p;
	bool found;

	for (size_t j = 0; j < people_count; j++) {
		const struct copy *c = &s->copies[j];

		check_copy(s, j);
		expected.sent += c->fate == ENDED && c->end == FAN_SENT;
		expected.failed += c->fate == ENDED && c->end == FAN_FAILED;
		expected.skipped += c->fate == ENDED && c->end == FAN_SKIPPED;
	}
	ok(&f, store_fan_counts(f.s, s->id, &counts, &f.e));
	ck_assert_int_eq(counts.sent, expected.sent);
	ck_assert_int_eq(counts.failed, expected.failed);
	ck_assert_int_eq(counts.skipped, expected.skipped);
	ck_assert_int_eq(counts.open, 0);
	ck_assert_int_eq(counts.deferred, 0);
	ok(&f, store_post_get(f.s, f.arena, s->id, &p, &found, &f.e));
	ck_assert_int_eq(p.state, POST_DONE);
	ck_assert_int_eq(p.cursor, p.member_max);
}

/* Everything of the model anew; what the database has of earlier runs is done with. */
static void begin(int run)
{
	seed = (uint64_t)run * 0x9e3779b97f4a7c15u + 88172645463325252u;
	people_count = sheets_count = 0;
	memset(batches, 0, sizeof(batches));
	for (size_t i = 0; i < LISTS; i++) {
		lists[i] = fixture_list(&f, arena_printf(f.arena, "list%d-%zu", run, i).p);
	}
	for (int i = 0; i < 20; i++) {
		add_person();
	}
}

START_TEST(random_sequences)
{
	for (int run = _i * RUNS; run < (_i + 1) * RUNS; run++) {
		begin(run);
		for (int i = 0; i < STEPS; i++) {
			step();
			if (i % 20 == 0) {
				fixture_invariants(&f);
			}
		}
		drain();
		fixture_invariants(&f);
		for (size_t i = 0; i < sheets_count; i++) {
			check_sheet(&sheets[i]);
		}
	}
}
END_TEST

Suite *fanout_model_suite(void)
{
	Suite *suite = suite_create("store/fanout_model");
	TCase *c = tcase_create("model");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, random_sequences, 0, DATABASES);
	suite_add_tcase(suite, c);
	return suite;
}
