#include "rules/bounce_score.h"

#include <check.h>
#include <string.h>

#define DAY 86400

/* Events as "day class-letter": D dead hard, d dead soft, f full, p policy, t transient. */
static const struct {
	const char *events;
	int64_t day; /* of the question */
	int64_t score;
	size_t posts;
} folds[] = {
	{ "", 10, 0, 0 },
	{ "1D", 1, 100, 1 },
	{ "1d", 1, 50, 1 },
	{ "1f", 1, 30, 1 },
	{ "1p", 1, 0, 0 },
	{ "1t", 1, 0, 0 },
	{ "1D1D1D", 1, 100, 1 },
	{ "1D2D3D4D", 4, 400, 4 },
	{ "1p1D", 1, 100, 1 },
	{ "1f1D", 1, 30, 1 },
	{ "1D", 7, 100, 1 },
	{ "1D", 8, 50, 1 },
	{ "1D", 15, 0, 0 },
	{ "1D", 200, 0, 0 },
	{ "1D8D", 8, 150, 2 },
	{ "1D16D", 16, 100, 1 },
	/* somebody who gets one post a month is not gone because of three of them */
	{ "1D31D61D", 61, 100, 1 },
};

static size_t parse(const char *text, struct bounce_hit *out)
{
	size_t n = 0;
	while (*text) {
		int64_t day = 0;
		while (*text >= '0' && *text <= '9') {
			day = day * 10 + (*text++ - '0');
		}
		char c = *text++;
		out[n++] = (struct bounce_hit){
			.at = day * DAY + 10 * (int64_t)n,
			.post = (int64_t)n,
			.class = c == 'p'   ? BOUNCE_CLASS_POLICY
			         : c == 't' ? BOUNCE_CLASS_TRANSIENT
			         : c == 'f' ? BOUNCE_CLASS_MAILBOX_FULL
			                    : BOUNCE_CLASS_ADDRESS_DEAD,
			.hard = c == 'D',
		};
	}
	return n;
}

START_TEST(fold)
{
	struct bounce_hit hits[20];
	struct bounce_score score;
	size_t n = parse(folds[_i].events, hits);
	bounce_score_fold(hits, n, folds[_i].day * DAY + 1000, &score);
	ck_assert_msg(score.score == folds[_i].score && score.posts == folds[_i].posts,
	              "%s: %lld over %zu", folds[_i].events, (long long)score.score, score.posts);
}
END_TEST

static const struct {
	enum bounce_state state;
	int64_t days, warnings, score;
	size_t posts;
	bool returned;
	enum bounce_next want;
} steps[] = {
	{ BOUNCE_STATE_GOOD, 0, 0, 399, 9, false, BOUNCE_NEXT_NOTHING },
	{ BOUNCE_STATE_GOOD, 0, 0, 400, 2, false, BOUNCE_NEXT_NOTHING },
	{ BOUNCE_STATE_GOOD, 0, 0, 400, 3, false, BOUNCE_NEXT_PROBE },
	{ BOUNCE_STATE_GOOD, 0, 0, 1000, 1, false, BOUNCE_NEXT_DISABLE },
	{ BOUNCE_STATE_PROBE_DUE, 0, 0, 400, 4, false, BOUNCE_NEXT_NOTHING },
	{ BOUNCE_STATE_PROBE_DUE, 0, 0, 350, 4, false, BOUNCE_NEXT_RESTORE },
	{ BOUNCE_STATE_PROBE_DUE, 0, 0, 1000, 9, false, BOUNCE_NEXT_DISABLE },
	{ BOUNCE_STATE_PROBED, 6, 0, 500, 5, false, BOUNCE_NEXT_NOTHING },
	{ BOUNCE_STATE_PROBED, 1, 0, 500, 5, true, BOUNCE_NEXT_DISABLE },
	{ BOUNCE_STATE_PROBED, 7, 0, 500, 5, false, BOUNCE_NEXT_RESTORE },
	{ BOUNCE_STATE_DISABLED, 6, 0, 0, 0, false, BOUNCE_NEXT_NOTHING },
	{ BOUNCE_STATE_DISABLED, 7, 0, 0, 0, false, BOUNCE_NEXT_WARN },
	{ BOUNCE_STATE_DISABLED, 13, 1, 0, 0, false, BOUNCE_NEXT_NOTHING },
	{ BOUNCE_STATE_DISABLED, 14, 1, 0, 0, false, BOUNCE_NEXT_WARN },
	{ BOUNCE_STATE_DISABLED, 21, 2, 0, 0, false, BOUNCE_NEXT_WARN },
	{ BOUNCE_STATE_DISABLED, 27, 3, 0, 0, false, BOUNCE_NEXT_NOTHING },
	{ BOUNCE_STATE_DISABLED, 28, 3, 0, 0, false, BOUNCE_NEXT_REMOVE },
	{ BOUNCE_STATE_COMPLAINED, 99, 0, 9999, 99, true, BOUNCE_NEXT_NOTHING },
};

START_TEST(step)
{
	const int64_t now = 1000 * DAY;
	const struct bounce_standing st = { steps[_i].state, now - steps[_i].days * DAY,
		                            steps[_i].warnings };
	const struct bounce_score score = { steps[_i].score, steps[_i].posts, 0 };
	ck_assert_int_eq(bounce_score_next(&st, &score, steps[_i].returned, now), steps[_i].want);
}
END_TEST

START_TEST(breaks)
{
	ck_assert(!bounce_score_breaks(4, 4));
	ck_assert(bounce_score_breaks(5, 5));
	ck_assert(bounce_score_breaks(5, 24));
	ck_assert(!bounce_score_breaks(5, 25));
	ck_assert(!bounce_score_breaks(0, 0));
	ck_assert(!bounce_score_breaks(100, 500));
	ck_assert(bounce_score_breaks(101, 500));
}
END_TEST

Suite *bounce_score_suite(void);
Suite *bounce_score_suite(void)
{
	Suite *s = suite_create("rules/bounce_score");
	TCase *t = tcase_create("all");
	tcase_add_loop_test(t, fold, 0, sizeof(folds) / sizeof(*folds));
	tcase_add_loop_test(t, step, 0, sizeof(steps) / sizeof(*steps));
	tcase_add_test(t, breaks);
	suite_add_tcase(s, t);
	return s;
}
