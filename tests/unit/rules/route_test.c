#include "rules/route.h"

#include "base/buf.h"

#include "rules/list.h"

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

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* WANT: candidates, best first, "local role token" with ',' between. */
static const struct {
	const char *address;
	char delimiter;
	const char *want;
} cases[] = {
	{ "dev@lists.example", '+', "dev posting" },
	{ "Dev@LISTS.Example.", '+', "dev posting" },
	{ "<dev@lists.example>", '+', "dev posting" },
	{ "dev+owner@lists.example", '+', "dev+owner posting,dev owner" },
	{ "dev+b-aBc7@lists.example", '+', "dev+b-abc7 posting,dev bounce aBc7" },
	{ "dev+unsubscribe-XyZ@lists.example", '+',
	  "dev+unsubscribe-xyz posting,dev unsubscribe XyZ" },
	{ "dev+unsubscribe@lists.example", '+', "dev+unsubscribe posting,dev unsubscribe" },
	{ "dev+unsubscribed@lists.example", '+', "dev+unsubscribed posting,dev unknown" },
	{ "dev+holiday@lists.example", '+', "dev+holiday posting,dev unknown" },
	{ "dev+accept-AbC@lists.example", '+', "dev+accept-abc posting,dev accept AbC" },
	{ "dev+accept-allow-AbC@lists.example", '+',
	  "dev+accept-allow-abc posting,dev accept-allow AbC" },
	{ "dev+reject-x@lists.example", '+', "dev+reject-x posting,dev reject x" },
	{ "dev+md-x@lists.example", '+', "dev+md-x posting,dev discard x" },
	{ "dev+post-x@lists.example", '+', "dev+post-x posting,dev pass x" },
	{ "dev+a-ann=one.example@lists.example", '+',
	  "dev+a-ann=one.example posting,dev author ann=one.example" },
	{ "dev-accept-x@lists.example", '+', "dev-accept-x posting" },
	{ "dev-request@lists.example", '+', "dev-request posting,dev request" },
	{ "dev+owner-bounces@lists.example", '+', "dev+owner-bounces posting,dev owner bounce,"
	  "dev+owner bounce" },
	{ "dev-owner-bounces@lists.example", '+', "dev-owner-bounces posting,dev owner bounce" },
	{ "dev-owner-bounces@lists.example", '-', "dev-owner-bounces posting,dev owner bounce,"
	  "dev owner bounce" },
	{ "my-list-owner@lists.example", '+', "my-list-owner posting,my-list owner" },
	{ "my-list@lists.example", '+', "my-list posting" },
	{ "my-list-b-abc@lists.example", '-', "my-list-b-abc posting,my-list bounce abc" },
	{ "my-list@lists.example", '-', "my-list posting" },
	{ "-owner@lists.example", '+', "-owner posting" },
	{ "+owner@lists.example", '+', "+owner posting" },
	{ "dev+@lists.example", '+', "dev+ posting,dev unknown" },
	{ "dev-bounces+ann=one.example@lists.example", '+', "dev-bounces+ann=one.example posting,"
	  "dev bounce,dev-bounces unknown" },
	{ "dev+bounces-5-ann=one.example@lists.example", '+', "dev+bounces-5-ann=one.example posting,"
	  "dev bounce,dev bounce 5-ann=one.example" },
	{ "dev-return-5-ann=one.example@lists.example", '+', "dev-return-5-ann=one.example posting,"
	  "dev bounce" },
	{ "bounce+ann==a==one.example==dev@lists.example", '+', "bounce+ann==a==one.example==dev posting,"
	  "dev bounce,bounce unknown" },
	{ "nobody", '+', "" },
	{ "", '+', "" },
	{ "<>", '+', "" },
	{ "dev@", '+', "" },
	{ "dev@bad..domain", '+', "" },
	{ "a\r\nb@lists.example", '+', "" },
};

static void describe(struct buf *out, const struct route *r, bool first)
{
	buf_printf(out, "%s%.*s %s%s%.*s", first ? "" : ",", SPAN_FMT(r->local), role_name(r->role),
	           r->token.n ? " " : "", SPAN_FMT(r->token));
	ck_assert(span_is(r->domain, "lists.example"));
}

START_TEST(candidates)
{
	struct route routes[ROUTE_MAX];
	struct buf got = BUF_INIT;
	size_t n = route_address(arena, span_str(cases[_i].address), cases[_i].delimiter, routes);
	buf_str(&got, "");
	for (size_t i = 0; i < n; i++) {
		describe(&got, &routes[i], i == 0);
	}
	ck_assert_msg(span_is(buf_span(&got), cases[_i].want), "%s: %s", cases[_i].address, got.p);
	buf_free(&got);
}
END_TEST

static const char *const good[] = { "dev", "my-list", "a", "x.y_z-1",
	                            "seven-and-twenty-characters" };
static const char *const bad[] = {
	"",           "Dev",
	"-dev",       "dev-",
	"a b",        "a@b",
	"dev+x",      "postmaster",
	"abuse",      "dev-request",
	"owner",      "x-unsubscribe",
	"d\xc3\xa9v", "eight-and-twenty-characters-",
	"noreply",
};

START_TEST(names)
{
	struct err e;
	for (int i = 0; i < LENGTH(good); i++) {
		ck_assert_msg(route_name_valid(span_str(good[i]), &e), "%s", good[i]);
	}
	for (int i = 0; i < LENGTH(bad); i++) {
		ck_assert_msg(!route_name_valid(span_str(bad[i]), &e), "%s", bad[i]);
		ck_assert_int_eq(e.class, ERR_MISUSE);
	}
}
END_TEST

START_TEST(made)
{
	struct list list = { .local = SPAN_INIT("dev"), .domain = SPAN_INIT("lists.example") };
	ck_assert(span_is(route_make(arena, &list, '+', SPAN("")), "dev@lists.example"));
	ck_assert(span_is(route_make(arena, &list, '+', SPAN("owner")), "dev+owner@lists.example"));
	ck_assert(span_is(route_make(arena, &list, '-', SPAN("b-x")), "dev-b-x@lists.example"));
}
END_TEST

Suite *route_suite(void)
{
	Suite *suite = suite_create("route");
	TCase *tc = tcase_create("route");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, candidates, 0, LENGTH(cases));
	tcase_add_test(tc, names);
	tcase_add_test(tc, made);
	suite_add_tcase(suite, tc);
	return suite;
}
