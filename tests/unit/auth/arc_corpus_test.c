/*
 * ARC: the validation suite of its authors, and chains that were really sealed by
 * others. All keys are there.
 */
#include "auth/arc.h"

#include "samples.h"

#include <check.h>
#include <jansson.h>

static const int64_t year_2022 = 1667843700;

/*
 * The suite is older than the RFC in one thing: RFC 6376, 3.5 and 5.4, which RFC 8617
 * refers to, wants names in h=, From among them.
 */
static const struct {
	const char *name, *text;
} stricter[] = {
	{ "ams_fields_h_empty", "ARC-Message-Signature i=1: empty name in h=" },
	{ "ams_fields_h_mis_hdr", "ARC-Message-Signature i=1: empty name in h=" },
};

static const char *wanted_text(const char *name)
{
	for (size_t i = 0; i < sizeof(stricter) / sizeof(stricter[0]); i++) {
		if (span_is(span_str(name), stricter[i].name)) {
			return stricter[i].text;
		}
	}
	return NULL;
}

/* The suite leaves "cv" empty where cv=fail ended the chain: that is a failure here. */
static enum auth_result wanted_result(const char *name, const json_t *test)
{
	struct span cv = span_str(json_string_value(json_object_get(test, "cv")));

	if (wanted_text(name)) {
		return AUTH_FAIL;
	}
	return span_is(cv, "Pass") ? AUTH_PASS : span_is(cv, "None") ? AUTH_NONE : AUTH_FAIL;
}

static struct keysource scenario_keys(struct arena *arena, const json_t *scenario)
{
	const char *name;
	json_t *value;
	struct buf tsv = BUF_INIT;
	struct keysource source;
	struct err e;

	json_object_foreach(json_object_get(scenario, "txt-records"), name, value)
	{
		buf_printf(&tsv, "%s\t%s\n", name, json_string_value(value));
	}
	ck_assert_msg(key_file_source(arena, buf_move(&tsv, arena), &source, &e), "%s", e.text);
	return source;
}

static void run_case(const json_t *scenario, const char *name, const json_t *test)
{
	struct arena *arena = arena_new();
	struct keysource keys = scenario_keys(arena, scenario);
	struct span text = span_str(json_string_value(json_object_get(test, "message")));
	struct message m = sample_parse(arena, sample_crlf(arena, text));
	enum auth_result want = wanted_result(name, test);
	struct arc_result r;

	arc_verify(arena, &m, &keys, 12345, &r);
	ck_assert_msg(r.result == want, "%s: %s, %.*s", name, auth_result_name(r.result),
	              SPAN_FMT(r.text));
	ck_assert_msg((r.text.n == 0) == (want != AUTH_FAIL), "%s: %.*s", name, SPAN_FMT(r.text));
	if (wanted_text(name)) {
		ck_assert_msg(span_is(r.text, wanted_text(name)), "%s: %.*s", name,
		              SPAN_FMT(r.text));
	}
	arena_free(arena);
}

START_TEST(validation_suite)
{
	struct arena *arena = arena_new();
	struct span text = sample_file(arena, "arc/valimail/arc-draft-validation-tests.json");
	json_t *scenarios = json_loadb(text.p, text.n, 0, NULL), *scenario, *test;
	size_t i, run = 0;
	const char *name;

	json_array_foreach(scenarios, i, scenario)
	{
		json_object_foreach(json_object_get(scenario, "tests"), name, test)
		{
			run_case(scenario, name, test);
			run++;
		}
	}
	ck_assert_uint_eq(run, 171);
	json_decref(scenarios);
	arena_free(arena);
}
END_TEST

static const struct {
	const char *file;
	bool keys_before;
	enum auth_result want;
	unsigned sets;
	const char *text;
} files[] = {
	{ "mail-auth/001.txt", true, AUTH_PASS, 1, "" },
	{ "mail-auth/002.txt", true, AUTH_PASS, 2, "" },
	{ "mailauth/arc-pass.eml", false, AUTH_PASS, 2, "" },
	{ "mailauth/arc-pass2.eml", false, AUTH_PASS, 2, "" },
	{ "mailauth/arc-fail.eml", false, AUTH_FAIL, 2,
	  "ARC-Seal i=2: signature did not verify" },
	{ "mailauth/arc-fail2.eml", false, AUTH_FAIL, 2,
	  "ARC-Seal i=2: signature did not verify" },
	{ "mailauth/arc-fail3.eml", false, AUTH_FAIL, 2,
	  "ARC-Seal i=2: cv=fail ended the chain" },
};

START_TEST(sealed_by_others)
{
	struct arena *arena = arena_new();
	struct keysource keys = sample_keys(arena, "arc/keys.tsv");
	struct span text = sample_file(arena, arena_printf(arena, "arc/%s", files[_i].file).p);
	struct message m;
	struct arc_result r;

	if (files[_i].keys_before) {
		text = span_from(text, span_find(text, SPAN("\n\n")) + 2);
	}
	m = sample_parse(arena, sample_crlf(arena, text));
	arc_verify(arena, &m, &keys, year_2022, &r);
	ck_assert_msg(r.result == files[_i].want, "%s: %s, %.*s", files[_i].file,
	              auth_result_name(r.result), SPAN_FMT(r.text));
	ck_assert_msg(span_is(r.text, files[_i].text), "%s: %.*s", files[_i].file,
	              SPAN_FMT(r.text));
	ck_assert_uint_eq(r.nsets, files[_i].sets);
	arena_free(arena);
}
END_TEST

Suite *arc_corpus_suite(void);

Suite *arc_corpus_suite(void)
{
	Suite *s = suite_create("auth/arc_corpus");
	TCase *t = tcase_create("corpus");

	tcase_add_test(t, validation_suite);
	tcase_add_loop_test(t, sealed_by_others, 0, sizeof(files) / sizeof(files[0]));
	suite_add_tcase(s, t);
	return s;
}
