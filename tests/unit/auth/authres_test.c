/* Authentication-Results: what is written, what gets escaped, whose a field is, what SPF said. */
#include "auth/authres.h"
#include "base/buf.h"
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
	{ " \"mx.example.org; none", "mx.example.org", true },
	{ " \"mx.example.org 1; none", "mx.example.org", true },
	{ " b\xc3\xbc"
	  "cher.example; none",
	  "xn--bcher-kva.example", true },
	{ " xn--bcher-kva.example; none",
	  "b\xc3\xbc"
	  "cher.example",
	  true },
	{ " not a domain; none", "not", true },
	{ " \x0cmx.example.org; none", "mx.example.org", true },
	{ "\x0b\x7fmx.exam\x01ple.org; none", "mx.example.org", true },
	{ " mx.example.org\x0c; none", "mx.example.org", true },
	{ " mx.example.org.example; none", "mx.example.org", false },
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

START_TEST(dmarc)
{
	struct verdict v = { .dmarc = { .result = AUTH_PASS,
		                        .author = SPAN("mail.example.com"),
		                        .found = SPAN("example.com"),
		                        .policy = DMARC_POLICY_REJECT } };

	writes(&v, "mx.example.org; dkim2=none; dkim=none;"
	           " dmarc=pass policy.dmarc=reject header.from=mail.example.com");
	v.dmarc.testing = true;
	v.dmarc.result = AUTH_FAIL;
	v.dmarc.text = SPAN("nothing) passed");
	writes(&v, "mx.example.org; dkim2=none; dkim=none; dmarc=fail (nothing\\) passed)"
	           " policy.dmarc=quarantine header.from=mail.example.com");
	v.dmarc = (struct dmarc_result){ .author = SPAN("example.com"), .text = SPAN("no record") };
	writes(&v, "mx.example.org; dkim2=none; dkim=none; dmarc=none (no record)"
	           " header.from=example.com");
}
END_TEST

START_TEST(arc)
{
	struct arc_set sets[3] = { { .i = 1, .body = AUTH_PASS },
		                   { .i = 2, .body = AUTH_PASS },
		                   { .i = 3, .body = AUTH_PASS } };
	struct verdict v = { .arc = { .result = AUTH_PASS, .sets = sets, .nsets = 3 } };

	writes(&v, "mx.example.org; dkim2=none; dkim=none; arc=pass header.oldest-pass=0");
	sets[1].body = AUTH_FAIL;
	writes(&v, "mx.example.org; dkim2=none; dkim=none; arc=pass header.oldest-pass=3");
	sets[2].body = AUTH_NONE;
	writes(&v, "mx.example.org; dkim2=none; dkim=none; arc=pass");
	v.arc.result = AUTH_FAIL;
	v.arc.text = SPAN("i=2");
	writes(&v, "mx.example.org; dkim2=none; dkim=none; arc=fail (i=2)");
	/* RFC 8617 has no such result */
	v.arc.result = AUTH_TEMPERROR;
	writes(&v, "mx.example.org; dkim2=none; dkim=none");
}
END_TEST

/* What somebody else found is not said again. */
START_TEST(no_spf)
{
	struct verdict v = { .spf = { SPAN("pass"), SPAN("example.com") } };

	writes(&v, "mx.example.org; dkim2=none; dkim=none");
}
END_TEST

/* ---- reading ---- */

#define AR(value) "Authentication-Results: " value "\r\n"
#define BY(host)  "Received: from a.example (b.example [192.0.2.1])\r\n\tby " host " (x) with SMTP; date\r\n"

static const struct {
	const char *header, *result, *domain;
} spfs[] = {
	/* RFC 8601 B.2 to B.7 */
	{ AR("example.org 1; none"), "", "" },
	{ AR("example.com;\r\n spf=pass smtp.mailfrom=example.net"), "pass", "example.net" },
	{ AR("example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n"
	     " spf=pass smtp.mailfrom=example.net"),
	  "pass", "example.net" },
	{ AR("example.com; iprev=pass\r\n policy.iprev=192.0.2.200")
	  AR("example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.com;\r\n"
	     " spf=fail smtp.mailfrom=example.com"),
	  "fail", "example.com" },
	{ AR("example.com;\r\n dkim=pass reason=\"good signature\"\r\n"
	     " header.i=@mail-router.example.net;\r\n"
	     " dkim=fail reason=\"bad signature\"\r\n header.i=@newyork.example.com"),
	  "", "" },
	{ AR("example.com (foobar) 1 (baz);\r\n spf (Because I like it) / 1 (One yay)"
	     " = (wait for it) fail\r\n smtp (A dot can go here) . (like that) mailfrom\r\n"
	     " (this surprised me) = (as I wasn't expecting it) example.net"),
	  "fail", "example.net" },
	/* as programs write it */
	{ AR("example.com; dmarc=pass action=none header.from=a.example;"
	     " spf=softfail (domain of x@b.example does not) smtp.mailfrom=x@b.example smtp.helo=h"),
	  "softfail", "b.example" },
	{ AR("example.com; spf=pass smtp.mailfrom=\"x y\"@b.example"), "pass", "b.example" },
	{ AR("example.com; spf=pass smtp.mailfrom=\"x@b.example\""), "pass", "b.example" },
	{ AR("example.com; spf=pass smtp.mailfrom=<x@b.example>"), "pass", "b.example" },
	{ AR("example.com; spf=pass smtp.mailfrom=\"<x@b.example>\""), "pass", "b.example" },
	{ AR("example.com;spf=pass smtp.mailfrom=x@b.example;"), "pass", "b.example" },
	{ AR("example.com; spf=PASS smtp.MailFrom=x@B.Example"), "pass", "b.example" },
	{ AR("example.com; spf=pass smtp.mailfrom=x@b\xc3\xbc"
	     "cher.example"),
	  "pass", "xn--bcher-kva.example" },
	{ AR("example.com; spf=none smtp.mailfrom=<>"), "none", "" },
	{ AR("example.com; spf=pass smtp.mailfrom=not..domain"), "pass", "" },
	{ AR("EXAMPLE.com; spf=pass smtp.mailfrom=b.example"), "pass", "b.example" },
	{ AR("\r\n example.com; spf=pass smtp.mailfrom=b.example"), "pass", "b.example" },
	/* spellings by which a stranger's field gets past who removes those with this id */
	{ AR("\"example.com\"; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com.; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com/1; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("(x) example.com; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com(x); spf=pass smtp.mailfrom=b.example"), "", "" },
	{ "Authentication-Results : example.com; spf=pass smtp.mailfrom=b.example\r\n", "", "" },
	{ AR("mx2.example; spf=pass smtp.mailfrom=b.example"), "pass", "b.example" },
	/* HELO is passed over; the first about MAIL FROM decides */
	{ AR("example.com; spf=pass smtp.helo=h.example; spf=fail smtp.mailfrom=b.example"), "fail",
	  "b.example" },
	{ AR("example.com; spf=pass smtp.helo=h.example")
	  AR("example.com; spf=pass smtp.mailfrom=b.example"),
	  "pass", "b.example" },
	{ AR("example.com; spf=fail smtp.mailfrom=b.example; spf=pass smtp.mailfrom=b.example"),
	  "fail", "b.example" },
	{ AR("example.com; spf=fail smtp.mailfrom=b.example smtp.mailfrom=c.example"), "fail",
	  "b.example" },
	{ AR("example.com; spf=fail smtp.mailfrom=b.example")
	  AR("example.com; spf=pass smtp.mailfrom=b.example"),
	  "fail", "b.example" },
	/* nobody we know, or another version */
	{ AR("example.net; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("mx.example.com; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com 2; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.net; none; example.com; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("(example.com) example.net; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ "X-" AR("example.com; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ "ARC-" AR("example.com; spf=pass smtp.mailfrom=b.example"), "", "" },
	/* inside comments, strings and reasons nothing is said */
	{ AR("example.com; dkim=fail (; spf=pass smtp.mailfrom=b.example)"), "", "" },
	{ AR("example.com; dkim=fail reason=\"; spf=pass smtp.mailfrom=b.example\""), "", "" },
	{ AR("example.com; dkim=fail (\\); spf=pass smtp.mailfrom=b.example)"), "", "" },
	{ AR("example.com; dkim=fail (a (b) ; spf=pass smtp.mailfrom=b.example)"), "", "" },
	/* a comment that a stranger's address ends */
	{ AR("example.com; spf=fail (of x); spf=pass smtp.mailfrom=x@b.example does not)"
	     " smtp.mailfrom=x@c.example"),
	  "fail", "" },
	/* what cannot be read, and all behind it */
	{ AR("\"example.com; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com; spf"), "", "" },
	{ AR("example.com; spf="), "", "" },
	{ AR("example.com; =pass; spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com; spf=pass smtp.mailfrom"), "", "" },
	{ AR("example.com; spf=pass smtp.mailfrom=\"x@b.example"), "", "" },
	{ AR("example.com; spf=pass \""), "", "" },
	{ AR("example.com; spf=pass junk smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR("example.com"), "", "" },
	{ AR("example.com;;spf=pass smtp.mailfrom=b.example"), "", "" },
	{ AR(""), "", "" },
	{ AR("\""), "", "" },
	{ AR("("), "", "" },
	/* hops: ours is the topmost, those we trust, and localhost */
	{ BY("relay.example") AR("example.com; spf=pass smtp.mailfrom=b.example"), "pass",
	  "b.example" },
	{ BY("relay.example") BY("localhost") BY("relay.example") BY("mx1.example.com")
	  AR("example.com; spf=pass smtp.mailfrom=b.example"),
	  "pass", "b.example" },
	{ BY("relay.example") BY("stranger.example")
	  AR("example.com; spf=pass smtp.mailfrom=b.example"),
	  "", "" },
	{ BY("relay.example") "Received: from example.com (by example.com)\r\n"
	  AR("example.com; spf=pass smtp.mailfrom=b.example"),
	  "", "" },
	{ BY("relay.example") AR("example.com; spf=fail smtp.mailfrom=b.example")
	  BY("stranger.example") AR("example.com; spf=pass smtp.mailfrom=b.example"),
	  "fail", "b.example" },
};

START_TEST(spf_table)
{
	struct arena *arena = arena_new();
	struct span raw = arena_join(arena, span_str(spfs[_i].header), SPAN("From: a@b.example\r\n\r\n"),
	                             SPAN_END);
	struct message m = sample_parse(arena, raw);
	struct spf_result r;

	authres_spf(arena, &m, SPAN("mx2.example,example.com"), &r);
	ck_assert_msg(span_is(r.result, spfs[_i].result), "%s: %.*s", spfs[_i].header,
	              SPAN_FMT(r.result));
	ck_assert_msg(span_is(r.domain, spfs[_i].domain), "%s: %.*s", spfs[_i].header,
	              SPAN_FMT(r.domain));
	authres_spf(arena, &m, SPAN(""), &r);
	ck_assert(!r.result.n && !r.domain.n);
	authres_spf(arena, &m, SPAN(" ,, "), &r);
	ck_assert(!r.result.n && !r.domain.n);
	arena_free(arena);
}
END_TEST

/* Fields as long as a header may be end in linear time. */
START_TEST(long_fields)
{
	static const char *const pieces[] = { "(", "\"", "; spf=pass", "a.b=c ", "\\", ";", "(x)" };
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf raw = BUF_INIT;
		struct message m;
		struct spf_result r;

		buf_str(&raw, "Authentication-Results: example.com; x=y ");
		while (raw.n < 200000) {
			buf_str(&raw, pieces[i]);
		}
		buf_str(&raw, "\r\n\r\n");
		m = sample_parse(arena, buf_move(&raw, arena));
		authres_spf(arena, &m, SPAN("example.com"), &r);
		ck_assert(!r.domain.n);
	}
	arena_free(arena);
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
	tcase_add_test(t, dmarc);
	tcase_add_test(t, arc);
	tcase_add_test(t, no_spf);
	tcase_add_loop_test(t, spf_table, 0, sizeof(spfs) / sizeof(spfs[0]));
	tcase_add_test(t, long_fields);
	suite_add_tcase(suite, t);
	return suite;
}
