/* Authentication-Results: what is written, what gets escaped, and whose a field is. */
#include "auth/verify.h"
#include "samples.h"

#include <check.h>
#include <string.h>

/* The field unfolded, without its name. */
static struct span written(struct arena *arena, const char *id, const struct verdict *v)
{
	struct span field = authres_format(arena, span_str(id), v);
	struct span rest = field;
	struct message m;

	while (rest.n) {
		ck_assert_uint_le(span_line(&rest).n, 998 + 2);
	}
	m = sample_parse(arena, field);
	ck_assert_uint_eq(m.count, 1);
	ck_assert_uint_eq(m.header.n, field.n);
	ck_assert(!m.bare && !m.nul);
	ck_assert(span_is(m.fields[0].name, "Authentication-Results"));
	return span_trim(message_unfold(arena, m.fields[0].value));
}

static void writes(const struct verdict *v, const char *want)
{
	struct arena *arena = arena_new();
	struct span got = written(arena, "mx.example.org", v);

	ck_assert_msg(span_is(got, want), "%.*s", SPAN_FMT(got));
	arena_free(arena);
}

START_TEST(nothing)
{
	struct verdict v = { .temporary = false };

	writes(&v, "mx.example.org; dkim2=none; dkim=none");
}
END_TEST

START_TEST(dkim1)
{
	struct dkim1_result results[] = {
		{ .result = AUTH_PASS,
		  .d = SPAN("example.com"),
		  .s = SPAN("sel"),
		  .a = SPAN("rsa-sha256") },
		{ .result = AUTH_FAIL,
		  .d = SPAN("a.example"),
		  .s = SPAN("s._x"),
		  .a = SPAN("ed25519-sha256"),
		  .text = SPAN("body hash did not verify") },
		{ .result = AUTH_PERMERROR, .text = SPAN("syntax error") },
		{ .result = AUTH_TEMPERROR,
		  .d = SPAN("b.example"),
		  .text = SPAN("key \"s._domainkey.b.example\" could not be fetched") },
	};
	struct verdict v = { .dkim1 = results, .ndkim1 = 4 };

	writes(&v, "mx.example.org; dkim2=none;"
	           " dkim=pass header.d=example.com header.s=sel header.a=rsa-sha256;"
	           " dkim=fail (body hash did not verify) header.d=a.example header.s=s._x"
	           " header.a=ed25519-sha256;"
	           " dkim=permerror (syntax error);"
	           " dkim=temperror (key \"s._domainkey.b.example\" could not be fetched)"
	           " header.d=b.example");
}
END_TEST

START_TEST(dkim2)
{
	struct dkim2_hop hops[] = {
		{ .i = 1, .d = SPAN("a.example"), .result = AUTH_PASS },
		{ .i = 2, .d = SPAN("b.example"), .result = AUTH_FAIL },
	};
	struct verdict v = { .dkim2 = { .result = AUTH_PASS, .hops = hops, .nhops = 1 } };

	writes(&v, "mx.example.org; dkim2=pass (i=1 a.example pass) header.d=a.example; dkim=none");
	v.dkim2 = (struct dkim2_result){
		.result = AUTH_FAIL,
		.hops = hops,
		.nhops = 2,
		.failing = 2,
		.text = SPAN("FAIL: DKIM2-Signature i=2 selector s incorrect signature"),
	};
	writes(&v, "mx.example.org; dkim2=fail (i=1 a.example pass, i=2 b.example fail;"
	           " FAIL: DKIM2-Signature i=2 selector s incorrect signature)"
	           " header.d=a.example header.i=2; dkim=none");
	v.dkim2 = (struct dkim2_result){
		.result = AUTH_PERMERROR,
		.text = SPAN("PERMERROR: Message-Instance m=1 missing"),
	};
	writes(&v, "mx.example.org; dkim2=permerror (PERMERROR: Message-Instance m=1 missing);"
	           " dkim=none");
}
END_TEST

/* Nothing a stranger writes gets out of its place. */
START_TEST(escapes)
{
	struct dkim1_result result = {
		.result = AUTH_PERMERROR,
		.d = SPAN("x; dkim=pass header.d=bank.example"),
		.s = SPAN("a\"b\\c\r\nX: y\x80"),
		.text = SPAN("end) ; dkim=pass (\\ \r\nEvil: 1"),
	};
	struct verdict v = { .dkim1 = &result, .ndkim1 = 1 };

	writes(&v, "mx.example.org; dkim2=none;"
	           " dkim=permerror (end\\) ; dkim=pass \\(\\\\ ??Evil: 1)"
	           " header.d=\"x; dkim=pass header.d=bank.example\""
	           " header.s=\"a\\\"b\\\\c??X: y?\"");
}
END_TEST

START_TEST(long_texts)
{
	struct arena *arena = arena_new();
	char *long_text = arena_alloc(arena, 100000);
	struct dkim1_result result = { .result = AUTH_FAIL };
	struct verdict v = { .dkim1 = &result, .ndkim1 = 1 };

	memset(long_text, '(', 100000);
	result.text = result.d = (struct span){ long_text, 100000 };
	ck_assert_uint_lt(written(arena, "mx.example.org", &v).n, 2000);
	arena_free(arena);
}
END_TEST

static const struct {
	const char *value, *id;
	bool ours;
} values[] = {
	{ " mx.example.org; dkim=pass", "mx.example.org", true },
	{ " MX.Example.ORG; dkim=pass", "mx.example.org", true },
	{ "mx.example.org", "mx.example.org", true },
	{ " mx.example.org 1; none", "mx.example.org", true },
	{ " mx.example.org.; none", "mx.example.org", true },
	{ "\r\n\tmx.example.org\r\n\t;none", "mx.example.org", true },
	{ " (comment (nested) \\) x) mx.example.org (x); none", "mx.example.org", true },
	{ " mx.example.org(x); none", "mx.example.org", true },
	{ " \"mx.example.org\"; none", "mx.example.org", true },
	{ " \"mx.ex\\ample.org\"; none", "mx.example.org", true },
	{ " \"mx.example\r\n.org\"; none", "mx.example.org", true },
	{ " \"mx.example.org", "mx.example.org", true },
	{ " b\xc3\xbc"
	  "cher.example; none",
	  "xn--bcher-kva.example", true },
	{ " xn--bcher-kva.example; none",
	  "b\xc3\xbc"
	  "cher.example",
	  true },
	{ " not a domain; none", "not", true },
	{ " mx.example.com; none", "mx.example.org", false },
	{ " amx.example.org; none", "mx.example.org", false },
	{ " mx.example.orga; none", "mx.example.org", false },
	{ " other.example; mx.example.org", "mx.example.org", false },
	{ " (mx.example.org) other.example; none", "mx.example.org", false },
	{ " (unclosed mx.example.org; none", "mx.example.org", false },
	{ "", "mx.example.org", false },
	{ ";", "mx.example.org", false },
	{ " \"", "mx.example.org", false },
	{ " (\\", "mx.example.org", false },
};

START_TEST(ours_table)
{
	ck_assert_msg(authres_is_ours(span_str(values[_i].value), span_str(values[_i].id)) ==
	                      values[_i].ours,
	              "\"%s\"", values[_i].value);
}
END_TEST

/* What we write is recognised, whatever the name. */
START_TEST(own_is_ours)
{
	static const char *const ids[] = { "mx.example.org", "odd name", "a;b", "q\"uote\\",
		                           "LOCAL" };
	struct verdict v = { .temporary = false };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct arena *arena = arena_new();

		ck_assert_msg(authres_is_ours(written(arena, ids[i], &v), span_str(ids[i])), "%s",
		              ids[i]);
		arena_free(arena);
	}
}
END_TEST

Suite *authres_suite(void);

Suite *authres_suite(void)
{
	Suite *suite = suite_create("auth/authres");
	TCase *t = tcase_create("authres");

	tcase_add_test(t, nothing);
	tcase_add_test(t, dkim1);
	tcase_add_test(t, dkim2);
	tcase_add_test(t, escapes);
	tcase_add_test(t, long_texts);
	tcase_add_loop_test(t, ours_table, 0, sizeof(values) / sizeof(values[0]));
	tcase_add_test(t, own_is_ours);
	suite_add_tcase(suite, t);
	return suite;
}
