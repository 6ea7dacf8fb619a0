#include "rules/token.h"

#include "base/ascii.h"
#include "base/limits.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static const struct span secret = SPAN_INIT("0123456789abcdef0123456789abcdef");

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

static const struct token tokens[] = {
	{ 1, 1 }, { 127, 128 }, { 16384, 1 }, { 1, 268435455 }, { 34359738367, 34359738367 },
};
#define TOKENS (int)(sizeof(tokens) / sizeof(tokens[0]))

START_TEST(round_trip)
{
	struct token out;
	struct span text = token_make(arena, secret, TOKEN_BOUNCE, 7, &tokens[_i]);
	ck_assert(token_check(secret, TOKEN_BOUNCE, 7, text, &out));
	ck_assert_int_eq(out.post, tokens[_i].post);
	ck_assert_int_eq(out.member, tokens[_i].member);
	char *upper = arena_str(arena, text);
	for (size_t i = 0; i < text.n; i++) {
		upper[i] = (char)(upper[i] >= 'a' && upper[i] <= 'z' ? upper[i] - 32 : upper[i]);
	}
	ck_assert(token_check(secret, TOKEN_BOUNCE, 7, span_str(upper), &out));
}
END_TEST

START_TEST(for_one_purpose)
{
	struct token out, t = { 5, 9 };
	struct span text = token_make(arena, secret, TOKEN_BOUNCE, 7, &t);
	struct span bye = token_make(arena, secret, TOKEN_UNSUBSCRIBE, 7, &(struct token){ 0, 9 });
	ck_assert(!token_check(secret, TOKEN_BOUNCE, 8, text, &out));
	ck_assert(!token_check(secret, TOKEN_UNSUBSCRIBE, 7, text, &out));
	ck_assert(!token_check(secret, TOKEN_BOUNCE, 7, bye, &out));
	ck_assert(
		!token_check(SPAN("another secret, also 32 octets…"), TOKEN_BOUNCE, 7, text, &out));
}
END_TEST

/* Every single changed character is noticed, and every cut and every addition. */
START_TEST(forged)
{
	struct token out, t = { 5, 9 };
	struct span text = token_make(arena, secret, TOKEN_BOUNCE, 7, &t);
	for (size_t i = 0; i < text.n; i++) {
		char *bad = arena_str(arena, text);
		bad[i] = bad[i] == 'a' ? 'b' : 'a';
		ck_assert(!token_check(secret, TOKEN_BOUNCE, 7, span_str(bad), &out));
		ck_assert(!token_check(secret, TOKEN_BOUNCE, 7, span_sub(text, 0, i), &out));
	}
	ck_assert(!token_check(secret, TOKEN_BOUNCE, 7,
	                       arena_join(arena, text, SPAN("a"), SPAN_END), &out));
	ck_assert(!token_check(secret, TOKEN_BOUNCE, 7, SPAN(""), &out));
	ck_assert(!token_check(secret, TOKEN_BOUNCE, 7, SPAN("////////////////////////////////"),
	                       &out));
	ck_assert(!token_check(secret, TOKEN_BOUNCE, 7,
	                       SPAN("777777777777777777777777777777777777"), &out));
}
END_TEST

/* The longest list name leaves room for the longest token in 64 octets. */
START_TEST(fits)
{
	struct token t = { 34359738367, 34359738367 };
	struct span b = token_make(arena, secret, TOKEN_BOUNCE, 1, &t);
	t = (struct token){ 0, 34359738367 };
	struct span u = token_make(arena, secret, TOKEN_UNSUBSCRIBE, 1, &t);
	ck_assert_uint_le(27 + strlen("+b-") + b.n, LIMIT_LOCAL_PART);
	ck_assert_uint_le(27 + strlen("+unsubscribe-") + u.n, LIMIT_LOCAL_PART);
}
END_TEST

Suite *token_suite(void)
{
	Suite *suite = suite_create("token");
	TCase *tc = tcase_create("token");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, round_trip, 0, TOKENS);
	tcase_add_test(tc, for_one_purpose);
	tcase_add_test(tc, forged);
	tcase_add_test(tc, fits);
	suite_add_tcase(suite, tc);
	return suite;
}
