/* Who may come and go, how many answers there are, tokens, bans. */

#include "rules/subscribe.h"

#include "rules/answer.h"
#include "rules/ban.h"
#include "rules/pending.h"

#include <check.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* What becomes of it by proof: none, domain, From, token, invited, moderator. */
static const struct row {
	uint64_t policy;
	const char *acts[PROOF_COUNT];
} coming[] = {
	{ SUBSCRIBE_OPEN, { "silent", "ask", "do", "do", "do", "do" } },
	{ SUBSCRIBE_CONFIRM, { "silent", "ask", "ask", "do", "do", "do" } },
	{ SUBSCRIBE_MODERATE, { "silent", "ask", "hold", "hold", "do", "do" } },
	{ SUBSCRIBE_CONFIRM_MODERATE, { "silent", "ask", "ask", "hold", "do", "do" } },
	{ SUBSCRIBE_CLOSED, { "silent", "refuse", "refuse", "refuse", "do", "do" } },
	{ SUBSCRIBE_INVITE, { "silent", "refuse", "refuse", "refuse", "do", "do" } },
}, leaving[] = {
	{ UNSUBSCRIBE_OPEN, { "silent", "ask", "do", "do", "do", "do" } },
	{ UNSUBSCRIBE_CONFIRM, { "silent", "ask", "ask", "do", "do", "do" } },
	{ UNSUBSCRIBE_MODERATE, { "silent", "ask", "hold", "hold", "do", "do" } },
	{ UNSUBSCRIBE_CONFIRM_MODERATE, { "silent", "ask", "ask", "hold", "do", "do" } },
	{ UNSUBSCRIBE_CLOSED, { "silent", "refuse", "refuse", "refuse", "do", "do" } },
};

static const char *come(const struct list *list, struct subscribe_facts f)
{
	return subscribe_act_name(subscribe_decide(list, &f).act);
}

static const char *leave(const struct list *list, struct subscribe_facts f)
{
	return subscribe_act_name(unsubscribe_decide(list, &f).act);
}

START_TEST(coming_by_policy_and_proof)
{
	struct list list = { .subscribe_policy = coming[_i].policy };
	for (enum subscribe_proof p = 0; p < PROOF_COUNT; p++) {
		struct subscribe_facts f = { .proof = p };
		ck_assert_str_eq(come(&list, f), coming[_i].acts[p]);
		f.banned = true;
		ck_assert_str_eq(come(&list, f), "silent");
		f = (struct subscribe_facts){ .proof = p, .automatic = true };
		ck_assert_str_eq(come(&list, f), "silent");
		f = (struct subscribe_facts){ .proof = p, .member = true };
		ck_assert_str_eq(come(&list, f), p == PROOF_NONE ? "silent" : "already");
	}
}
END_TEST

START_TEST(leaving_by_policy_and_proof)
{
	struct list list = { .unsubscribe_policy = leaving[_i].policy };
	for (enum subscribe_proof p = 0; p < PROOF_COUNT; p++) {
		struct subscribe_facts f = { .proof = p, .member = true };
		ck_assert_str_eq(leave(&list, f), leaving[_i].acts[p]);
		f.banned = true;
		ck_assert_str_eq(leave(&list, f), leaving[_i].acts[p]);
		f.automatic = true;
		ck_assert_str_eq(leave(&list, f), "silent");
		f = (struct subscribe_facts){ .proof = p };
		ck_assert_str_eq(leave(&list, f), p == PROOF_NONE ? "silent" : "already");
	}
}
END_TEST

START_TEST(a_full_list)
{
	struct list list = { .subscribe_policy = SUBSCRIBE_OPEN, .member_limit = 2 };
	struct subscribe_facts f = { .proof = PROOF_FROM, .members = 1 };
	ck_assert_str_eq(come(&list, f), "do");
	f.members = 2;
	ck_assert_str_eq(come(&list, f), "refuse");
	f.proof = PROOF_MODERATOR;
	ck_assert_str_eq(come(&list, f), "refuse");
	list.member_limit = 0;
	ck_assert_str_eq(come(&list, f), "do");
}
END_TEST

static const struct answers {
	enum answer_kind kind;
	struct answer_counts counts;
	bool allowed;
} answers[] = {
	{ ANSWER_CONFIRM, { 0 }, true },
	{ ANSWER_CONFIRM, { .kind_day = 1 }, false },
	{ ANSWER_CONFIRM, { .lists_hour = 2 }, true },
	{ ANSWER_CONFIRM, { .lists_hour = 3 }, false },
	{ ANSWER_CONFIRM, { .list_day = 4 }, true },
	{ ANSWER_CONFIRM, { .list_day = 5 }, false },
	{ ANSWER_HELP, { .lists_hour = 100 }, true },
	{ ANSWER_HELP, { .kind_day = 1 }, false },
	{ ANSWER_HELP, { .list_day = 1 }, false },
	{ ANSWER_STATE, { .kind_day = 1 }, false },
	{ ANSWER_RESULT, { .kind_day = 4, .list_day = 4 }, true },
	{ ANSWER_RESULT, { .kind_day = 5, .list_day = 5 }, false },
	{ ANSWER_RESULT, { .site_hour = 999 }, true },
	{ ANSWER_RESULT, { .site_hour = 1000 }, false },
};

START_TEST(answers_are_few)
{
	ck_assert_int_eq(answer_refused(answers[_i].kind, &answers[_i].counts) == NULL,
	                 answers[_i].allowed);
}
END_TEST

START_TEST(tokens_of_their_own)
{
	struct env env = env_real();
	struct digest a, b;
	struct span one = pending_token(arena, &env), two = pending_token(arena, &env);
	ck_assert_uint_eq(one.n, 26);
	ck_assert(!span_eq(one, two));
	ck_assert(pending_hash(one, &a) && pending_hash(two, &b));
	ck_assert(!span_eq(digest_span(&a), digest_span(&b)));
	char *upper = arena_str(arena, one);
	for (size_t i = 0; i < one.n; i++) {
		upper[i] = upper[i] >= 'a' ? (char)(upper[i] - 32) : upper[i];
	}
	ck_assert(pending_hash(span_str(upper), &b));
	ck_assert(span_eq(digest_span(&a), digest_span(&b)));
	ck_assert(!pending_hash(SPAN(""), &a));
	ck_assert(!pending_hash(span_sub(one, 0, 25), &a));
	ck_assert(!pending_hash(SPAN("abcdefghijklmnopqrstuvwx!!"), &a));
	ck_assert(!pending_hash(arena_join(arena, one, one, one, SPAN_END), &a));
}
END_TEST

START_TEST(tokens_live_long_enough)
{
	for (enum pending_action a = 0; a < PENDING_ACTIONS; a++) {
		const struct pending_kind *k = pending_kind(a);
		ck_assert_ptr_nonnull(k->name);
		int64_t days = a == PENDING_INVITE ? 14 : 7;
		ck_assert_int_eq(k->lifetime, days * 86400);
	}
}
END_TEST

static const struct ban_case {
	const char *text;
	const char *kind; /* NULL: refused */
	const char *hit, *miss;
} ban_cases[] = {
	{ "Bad@Example.org", "address", "bad@example.org", "bad2@example.org" },
	{ "example.org", "domain", "any@sub.example.org", "any@notexample.org" },
	{ "@example.org", "domain", "any@example.org", "example.org@other.example" },
	{ "^spam[0-9]+@", "regex", "spam17@one.example", "spam@one.example" },
	{ "^(a+)+$", "regex", "aaaa", "b@c.example" },
	{ "^((", NULL, "", "" },
	{ "@", NULL, "", "" },
	{ "", NULL, "", "" },
	{ "a b", NULL, "", "" },
};

START_TEST(bans)
{
	const struct ban_case *c = &ban_cases[_i];
	struct ban b = { 0 };
	struct err e = { 0 };
	ck_assert_int_eq(ban_read(arena, span_str(c->text), &b, &e), c->kind != NULL);
	if (!c->kind) {
		ck_assert_str_ne(e.text, "");
		return;
	}
	ck_assert_str_eq(ban_kind_name(b.kind), c->kind);
	ck_assert(ban_strikes(&b, span_str(c->hit), 100));
	ck_assert(!ban_strikes(&b, span_str(c->miss), 100));
	b.expires = 100;
	ck_assert(!ban_strikes(&b, span_str(c->hit), 100));
	ck_assert(ban_strikes(&b, span_str(c->hit), 99));
	ck_assert_ptr_eq(ban_find(&b, 1, span_str(c->hit), 99), &b);
	ck_assert_ptr_null(ban_find(&b, 1, span_str(c->miss), 99));
}
END_TEST

START_TEST(a_pattern_that_backtracks_is_bounded)
{
	struct ban b = { 0 };
	struct err e;
	ck_assert(ban_read(arena, SPAN("^(a|aa)+$"), &b, &e));
	struct buf long_one = BUF_INIT;
	for (int i = 0; i < 300; i++) {
		buf_chr(&long_one, 'a');
	}
	buf_str(&long_one, "@b");
	/* The limit strikes, and so does the ban: rather too much than too little. */
	ck_assert(ban_strikes(&b, buf_span(&long_one), 0));
	buf_free(&long_one);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof(table[0]))

Suite *subscribe_suite(void)
{
	Suite *suite = suite_create("rules/subscribe");
	TCase *c = tcase_create("subscribe");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, coming_by_policy_and_proof, 0, COUNT(coming));
	tcase_add_loop_test(c, leaving_by_policy_and_proof, 0, COUNT(leaving));
	tcase_add_test(c, a_full_list);
	tcase_add_loop_test(c, answers_are_few, 0, COUNT(answers));
	tcase_add_test(c, tokens_of_their_own);
	tcase_add_test(c, tokens_live_long_enough);
	tcase_add_loop_test(c, bans, 0, COUNT(ban_cases));
	tcase_add_test(c, a_pattern_that_backtracks_is_bounded);
	suite_add_tcase(suite, c);
	return suite;
}
