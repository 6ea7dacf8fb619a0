/*
 * Recipes: reading, applying, making. The vectors are from tests/corpus/dkim2/turscar-
 * dkim2-spec02; the law is tried with random edits on every message of
 * tests/corpus/mail.
 */
#include "auth/recipe.h"

#include "../mail/corpus.h"
#include "base/limits.h"
#include "fuzz/edit_model.h"
#include "samples.h"

#include <check.h>

static struct span text_of(const char *s)
{
	return span_str(s);
}

/* ---- reading ---- */

static const struct {
	const char *json;
	enum recipe_error want;
	const char *what; /* NULL: not looked at */
} readings[] = {
	{ "{}", RECIPE_OK, NULL },
	{ "{\"h\":{}}", RECIPE_OK, NULL },
	{ "{\"b\":[]}", RECIPE_OK, NULL },
	{ "{\"b\":null}", RECIPE_OK, NULL },
	{ "{\"B\":[{\"C\":[1,1]}]}", RECIPE_OK, NULL },
	{ "{\"h\":{\"Subject\":[{\"c\":[1,1]}]},\"z\":{\"z\":[1]}}", RECIPE_OK, NULL },
	{ "{\"h\":{\"received\":[],\"X-Mailer\":[]}}", RECIPE_OK, NULL },
	{ "{\"b\":[{\"d\":[]}]}", RECIPE_OK, NULL },
	{ "{\"b\":[{\"d\":[\"a\\u0000b\"]}]}", RECIPE_OK, NULL },
	{ "{\"b\":[{\"u\":[\"/w==\"]}]}", RECIPE_OK, NULL },
	{ " {\"b\" : [ {\"c\" : [1, 2]} , {\"c\":[3,3]} ] } ", RECIPE_OK, NULL },

	{ "", RECIPE_JSON, NULL },
	{ "not json", RECIPE_JSON, NULL },
	{ "{\"b\":[]", RECIPE_JSON, NULL },
	{ "{\"b\":[]}x", RECIPE_JSON, NULL },
	{ "{'b':[]}", RECIPE_JSON, NULL },
	{ "{\"b\":[],}", RECIPE_JSON, NULL },
	{ "{\"b\":[{\"d\":[\"\xff\"]}]}", RECIPE_JSON, NULL },
	{ "{\"b\":[{\"d\":[\"\\ud800\"]}]}", RECIPE_JSON, NULL },
	{ "\xef\xbb\xbf{}", RECIPE_JSON, NULL },

	{ "null", RECIPE_INVALID, "null" },
	{ "[]", RECIPE_INVALID, "[]" },
	{ "\"x\"", RECIPE_INVALID, "\"x\"" },
	{ "{\"h\":null}", RECIPE_INVALID, "null" },
	{ "{\"h\":[]}", RECIPE_INVALID, "[]" },
	{ "{\"h\":{\"subject\":null}}", RECIPE_INVALID, "null" },
	{ "{\"h\":{\"a\":[]},\"h\":{\"b\":[]}}", RECIPE_INVALID, NULL },
	{ "{\"h\":{\"a\":[]},\"H\":{\"b\":[]}}", RECIPE_INVALID, NULL },
	{ "{\"b\":[],\"B\":null}", RECIPE_INVALID, NULL },
	{ "{\"h\":{\"a\":[],\"a\":[]}}", RECIPE_INVALID, NULL },
	{ "{\"h\":{\"From\":[],\"from\":[]}}", RECIPE_INVALID, "from" },
	{ "{\"h\":{\"received\":[],\"Received\":[]}}", RECIPE_INVALID, "received" },
	{ "{\"h\":{\"from \":[]}}", RECIPE_INVALID, "from " },
	{ "{\"h\":{\" from\":[]}}", RECIPE_INVALID, " from" },
	{ "{\"h\":{\"sub:ject\":[]}}", RECIPE_INVALID, "sub:ject" },
	{ "{\"h\":{\"a\\r\\nbcc\":[]}}", RECIPE_INVALID, "a  bcc" },
	{ "{\"h\":{\"\":[]}}", RECIPE_INVALID, "" },
	{ "{\"h\":{\"\\u00e4\":[]}}", RECIPE_INVALID, "\xc3\xa4" },
	{ "{\"b\":[1]}", RECIPE_INVALID, "1" },
	{ "{\"b\":[{}]}", RECIPE_INVALID, "{}" },
	{ "{\"b\":[{\"z\":1}]}", RECIPE_INVALID, "{\"z\":1}" },
	{ "{\"b\":[{\"c\":[1,2],\"d\":[\"x\"]}]}", RECIPE_INVALID, "{\"c\":[1,2],\"d\":[\"x\"]}" },
	{ "{\"b\":[{\"c\":[1,2],\"x\":1}]}", RECIPE_INVALID, NULL },
	{ "{\"b\":[{\"c\":[1]}]}", RECIPE_INVALID, "[1]" },
	{ "{\"b\":[{\"c\":[1,2,3]}]}", RECIPE_INVALID, "[1,2,3]" },
	{ "{\"b\":[{\"c\":[0,1]}]}", RECIPE_INVALID, "[0,1]" },
	{ "{\"b\":[{\"c\":[-1,1]}]}", RECIPE_INVALID, "[-1,1]" },
	{ "{\"b\":[{\"c\":[2,1]}]}", RECIPE_INVALID, "[2,1]" },
	{ "{\"b\":[{\"c\":[1.0,2]}]}", RECIPE_INVALID, "[1.0,2]" },
	{ "{\"b\":[{\"c\":[\"1\",2]}]}", RECIPE_INVALID, NULL },
	{ "{\"b\":[{\"c\":[1,99999999999999999999]}]}", RECIPE_INVALID, NULL },
	{ "{\"b\":[{\"c\":[1,2]},{\"c\":[2,3]}]}", RECIPE_INVALID, "[2,3]" },
	{ "{\"b\":[{\"c\":[5,5]},{\"d\":[\"x\"]},{\"c\":[3,3]}]}", RECIPE_INVALID, "[3,3]" },
	{ "{\"b\":[{\"d\":\"x\"}]}", RECIPE_INVALID, "\"x\"" },
	{ "{\"b\":[{\"d\":[1]}]}", RECIPE_INVALID, "1" },
	{ "{\"b\":[{\"d\":[\"a\\nb\"]}]}", RECIPE_INVALID, "\"a\\nb\"" },
	{ "{\"b\":[{\"d\":[\"a\\rb\"]}]}", RECIPE_INVALID, "\"a\\rb\"" },
	{ "{\"b\":[{\"u\":[\"!!\"]}]}", RECIPE_INVALID, "\"!!\"" },
	{ "{\"b\":[{\"u\":[\"YQ\"]}]}", RECIPE_INVALID, "\"YQ\"" },
	{ "{\"b\":[{\"u\":[\"YR==\"]}]}", RECIPE_INVALID, "\"YR==\"" },
	{ "{\"b\":[{\"u\":[\"YQ ==\"]}]}", RECIPE_INVALID, "\"YQ ==\"" },
	{ "{\"b\":[{\"u\":[\"YQ0K\"]}]}", RECIPE_INVALID, "\"YQ0K\"" },
	{ "[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]", RECIPE_INVALID, NULL },
};

START_TEST(reading)
{
	struct arena *arena = arena_new();
	struct recipe recipe;
	struct span what;

	ck_assert_msg(recipe_parse(arena, text_of(readings[_i].json), &recipe, &what) ==
	                      readings[_i].want,
	              "%s", readings[_i].json);
	if (readings[_i].what) {
		ck_assert_msg(span_is(what, readings[_i].what), "%s: \"%.*s\"", readings[_i].json,
		              SPAN_FMT(what));
	}
	arena_free(arena);
}
END_TEST

START_TEST(reading_values)
{
	struct arena *arena = arena_new();
	struct recipe r;
	struct span what;

	ck_assert(
		recipe_parse(arena,
	                     SPAN("{\"h\":{\"X-A\":[],\"to\":[{\"u\":[\"/w==\"]}],\"List-Id\":[]},"
	                          "\"b\":[{\"c\":[2,3]},{\"d\":[\"a\",\"\"]}]}"),
	                     &r, &what) == RECIPE_OK);
	ck_assert(r.nfields == 2 && span_is(r.fields[0].name, "list-id") && r.fields[0].n == 0);
	ck_assert(span_is(r.fields[1].name, "to") && span_is(r.fields[1].steps[0].text, "\xff"));
	ck_assert(r.has_body && !r.null_body && r.nbody == 3);
	ck_assert(r.body[0].kind == STEP_COPY && r.body[0].first == 2 && r.body[0].last == 3);
	ck_assert(r.body[1].kind == STEP_TEXT && span_is(r.body[1].text, "a") &&
	          r.body[2].text.n == 0);
	arena_free(arena);
}
END_TEST

/* What is too large is refused without being read. */
START_TEST(reading_limits)
{
	struct arena *arena = arena_new();
	struct buf json = BUF_INIT;
	struct recipe recipe;
	struct span what;

	buf_str(&json, "{\"b\":[{\"d\":[\"\"");
	while (json.n < LIMIT_RECIPE_IN - 10) {
		buf_str(&json, ",\"\"");
	}
	buf_str(&json, "]}]}");
	ck_assert(recipe_parse(arena, buf_span(&json), &recipe, &what) == RECIPE_OK);
	while (json.n <= LIMIT_RECIPE_IN) {
		buf_chr(&json, ' ');
	}
	ck_assert(recipe_parse(arena, buf_span(&json), &recipe, &what) == RECIPE_INVALID);
	ck_assert(what.n > 0 && what.n <= RECIPE_EXCERPT);
	buf_clear(&json);
	buf_str(&json, "{\"b\":[{\"d\":[\"\xc3\xa4");
	while (json.n < 200) {
		buf_str(&json, "\xc3\xa4");
	}
	buf_str(&json, "\\n\"]}]}");
	ck_assert(recipe_parse(arena, buf_span(&json), &recipe, &what) == RECIPE_INVALID);
	ck_assert_msg(what.n == RECIPE_EXCERPT - 1, "cut inside a character: %zu", what.n);
	buf_clear(&json);
	for (int i = 0; i < 100000; i++) {
		buf_chr(&json, '[');
	}
	ck_assert(recipe_parse(arena, buf_span(&json), &recipe, &what) == RECIPE_INVALID);
	buf_free(&json);
	arena_free(arena);
}
END_TEST

/* ---- applying ---- */

static struct span lines_text(struct arena *arena, const struct lines *lines)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < lines->n; i++) {
		buf_add(&out, lines->v[i].bytes);
		if (lines->v[i].open) {
			buf_str(&out, "\r\n");
		}
	}
	return buf_move(&out, arena);
}

static struct span header_text(struct arena *arena, const struct canon_header *header)
{
	struct buf out = BUF_INIT;

	canon_dkim2_header_text(&out, header);
	return buf_move(&out, arena);
}

static const struct {
	const char *body, *json, *want; /* want NULL: refused */
} bodies[] = {
	{ "1\r\n2\r\n3\r\n", "{\"b\":[{\"c\":[1,2]}]}", "1\r\n2\r\n" },
	{ "1\r\n2\r\n3\r\n", "{\"b\":[{\"c\":[2,3]}]}", "2\r\n3\r\n" },
	{ "1\r\n2\r\n3\r\n", "{\"b\":[{\"c\":[1,1]},{\"d\":[\"x\",\"\"]},{\"c\":[3,3]}]}",
	  "1\r\nx\r\n\r\n3\r\n" },
	{ "1\r\n2\r\n3", "{\"b\":[{\"c\":[3,3]}]}", "3\r\n" },
	{ "1\r\n2\r\n3", "{\"b\":[{\"c\":[1,3]},{\"d\":[\"4\"]}]}", "1\r\n2\r\n3\r\n4\r\n" },
	{ "1\r\n", "{\"b\":[]}", "" },
	{ "", "{\"b\":[{\"d\":[\"1\"]}]}", "1\r\n" },
	{ "1\r\n\r\n\r\n", "{\"b\":[{\"c\":[3,3]}]}", "\r\n" },
	{ "1\n2\r3\r\n4\r\n", "{\"b\":[{\"c\":[2,2]}]}", "4\r\n" },
	{ "1\r\n", "{\"h\":{}}", "1\r\n" },
	{ "1\r\n", "{\"b\":[{\"c\":[1,2]}]}", NULL },
	{ "1\r\n", "{\"b\":[{\"c\":[2,2]}]}", NULL },
	{ "", "{\"b\":[{\"c\":[1,1]}]}", NULL },
	{ "1\r\n2", "{\"b\":[{\"c\":[1,3]}]}", NULL },
	{ "1\r\n", "{\"b\":[{\"c\":[1,9223372036854775807]}]}", NULL },
	{ "1\r\n", "{\"b\":null}", NULL },
};

START_TEST(applying_bodies)
{
	struct arena *arena = arena_new();
	struct lines lines = recipe_lines(arena, text_of(bodies[_i].body)), old;
	uint64_t budget = 1000;
	struct recipe recipe;
	struct span what;

	ck_assert(recipe_parse(arena, text_of(bodies[_i].json), &recipe, &what) == RECIPE_OK);
	if (!bodies[_i].want) {
		ck_assert(recipe_apply_body(arena, &recipe, &lines, &old, &budget, &what) ==
		          RECIPE_INVALID);
		ck_assert(what.n > 0);
	} else {
		ck_assert(recipe_apply_body(arena, &recipe, &lines, &old, &budget, &what) ==
		          RECIPE_OK);
		ck_assert_msg(span_is(lines_text(arena, &old), bodies[_i].want), "%s",
		              bodies[_i].json);
	}
	arena_free(arena);
}
END_TEST

/* A recipe applied to what a recipe gave: runs of all kinds. */
START_TEST(applying_twice)
{
	struct arena *arena = arena_new();
	struct lines lines = recipe_lines(arena, SPAN("1\r\n2\r\n3")), middle, old;
	uint64_t budget = 1000;
	struct recipe first, second;
	struct span what;

	recipe_parse(arena, SPAN("{\"b\":[{\"d\":[\"a\",\"\"]},{\"c\":[2,3]},{\"d\":[\"b\"]}]}"),
	             &first, &what);
	recipe_parse(arena, SPAN("{\"b\":[{\"c\":[2,3]},{\"d\":[\"x\"]},{\"c\":[4,5]}]}"), &second,
	             &what);
	ck_assert(recipe_apply_body(arena, &first, &lines, &middle, &budget, &what) == RECIPE_OK);
	ck_assert(recipe_apply_body(arena, &second, &middle, &old, &budget, &what) == RECIPE_OK);
	ck_assert(span_is(lines_text(arena, &old), "\r\n2\r\nx\r\n3\r\nb\r\n"));
	arena_free(arena);
}
END_TEST

START_TEST(applying_budget)
{
	struct arena *arena = arena_new();
	struct lines lines = recipe_lines(arena, SPAN("1234567890\r\n")), old;
	uint64_t budget = 20;
	struct recipe recipe;
	struct span what;

	recipe_parse(arena, SPAN("{\"b\":[{\"c\":[1,1]}]}"), &recipe, &what);
	ck_assert(recipe_apply_body(arena, &recipe, &lines, &old, &budget, &what) == RECIPE_OK);
	ck_assert(budget < 20);
	ck_assert(recipe_apply_body(arena, &recipe, &lines, &old, &budget, &what) ==
	          RECIPE_INVALID);
	arena_free(arena);
}
END_TEST

static const struct {
	const char *header, *json, *want;
} headers[] = {
	{ "A: 1\r\nB: 2\r\nA: 3\r\n", "{\"h\":{\"a\":[{\"c\":[1,1]}]}}", "a:3\r\nb:2\r\n" },
	{ "A: 1\r\nB: 2\r\nA: 3\r\n", "{\"h\":{\"A\":[{\"c\":[2,2]}]}}", "a:1\r\nb:2\r\n" },
	{ "A: 1\r\nA: 3\r\n", "{\"h\":{\"a\":[{\"d\":[\"x\"]},{\"c\":[1,2]},{\"d\":[\"y\"]}]}}",
	  "a:x\r\na:3\r\na:1\r\na:y\r\n" },
	{ "A: 1\r\n", "{\"h\":{\"a\":[]}}", "" },
	{ "B: 1\r\n", "{\"h\":{\"a\":[{\"d\":[\"x\"]}],\"c\":[{\"d\":[\"z\"]}]}}",
	  "a:x\r\nb:1\r\nc:z\r\n" },
	{ "B: 1\r\n", "{\"h\":{\"received\":[{\"d\":[\"x\"]}]}}", "b:1\r\n" },
	{ "Ab: 1\r\nA: 2\r\n", "{\"h\":{\"a-b\":[{\"d\":[\"x\"]}]}}", "a:2\r\na-b:x\r\nab:1\r\n" },
	{ "A: 1\r\n", "{\"h\":{\"a\":[{\"c\":[1,2]}]}}", NULL },
	{ "A: 1\r\n", "{\"h\":{\"b\":[{\"c\":[1,1]}]}}", NULL },
};

static enum recipe_error apply_to(struct arena *arena, struct span raw, struct span json,
                                  struct canon_header *old, struct lines *old_body)
{
	struct message m = sample_parse(arena, raw);
	struct canon_header header = canon_dkim2_header(arena, m.fields, m.count);
	struct lines lines = recipe_lines(arena, m.body);
	uint64_t budget = UINT64_MAX;
	struct recipe recipe;
	struct span what;

	ck_assert_msg(recipe_parse(arena, json, &recipe, &what) == RECIPE_OK, "%.*s: %.*s",
	              SPAN_FMT(json), SPAN_FMT(what));
	return recipe_apply(arena, &recipe, &header, &lines, old, old_body, &budget, &what);
}

START_TEST(applying_headers)
{
	struct arena *arena = arena_new();
	struct canon_header old;
	struct lines body;
	enum recipe_error result = apply_to(arena, text_of(headers[_i].header),
	                                    text_of(headers[_i].json), &old, &body);

	if (!headers[_i].want) {
		ck_assert(result == RECIPE_INVALID);
	} else {
		ck_assert_msg(result == RECIPE_OK &&
		                      span_is(header_text(arena, &old), headers[_i].want),
		              "%s: %.*s", headers[_i].json, SPAN_FMT(header_text(arena, &old)));
	}
	arena_free(arena);
}
END_TEST

/*
 * The vectors. Where they differ: in spec-02 {"h":{}} meant "cannot be undone"; it now
 * changes nothing, so that cannot_recreate has no counterpart.
 */
static struct span vector(struct arena *arena, const char *name)
{
	struct span path = arena_printf(arena, "dkim2/turscar-dkim2-spec02/%s", name);
	struct span text = sample_crlf(arena, sample_file(arena, arena_str(arena, path)));

	return span_ends(text, SPAN("\r\n")) ? text
	                                     : arena_join(arena, text, SPAN("\r\n"), SPAN_END);
}

static void check_vector(const char *from, struct span json, const char *to)
{
	struct arena *arena = arena_new();
	struct message want = sample_parse(arena, vector(arena, to));
	struct canon_header want_header = canon_dkim2_header(arena, want.fields, want.count), old;
	struct lines body;

	ck_assert(apply_to(arena, vector(arena, from), json, &old, &body) == RECIPE_OK);
	ck_assert_msg(span_eq(header_text(arena, &old), header_text(arena, &want_header)), "%s",
	              from);
	arena_free(arena);
}

START_TEST(vectors)
{
	static const char *const recipes[] = { "copy_one", "no_change", "preserve_unmentioned" };
	static const char *const diffs[] = { "deleted", "ranges", "reorder" };
	struct arena *arena = arena_new();
	struct canon_header old;
	struct lines body;

	for (size_t i = 0; i < 3; i++) {
		const char *in = arena_printf(arena, "recipe/%s.in", recipes[i]).p;
		const char *want = arena_printf(arena, "recipe/%s.want", recipes[i]).p;
		struct span json =
			vector(arena, arena_printf(arena, "recipe/%s.json", recipes[i]).p);

		check_vector(in, json, want);
	}
	for (size_t i = 0; i < 3; i++) {
		const char *in = arena_printf(arena, "diff/%s.new", diffs[i]).p;
		const char *want = arena_printf(arena, "diff/%s.old", diffs[i]).p;
		struct span json =
			vector(arena, arena_printf(arena, "diff/%s.want.json", diffs[i]).p);

		check_vector(in, arena_join(arena, SPAN("{\"h\":"), json, SPAN("}"), SPAN_END),
		             want);
	}
	ck_assert(
		apply_to(arena,
	                 arena_join(arena, SPAN("\r\n"), vector(arena, "body/body.new"), SPAN_END),
	                 vector(arena, "body/body.want.json"), &old, &body) == RECIPE_OK);
	ck_assert(span_eq(lines_text(arena, &body), vector(arena, "body/body.old")));
	arena_free(arena);
}
END_TEST

/* ---- making ---- */

/* One edit of the body, of the field named, or a field on top. */
struct change {
	const char *drop_field; /* name: its topmost field goes */
	const char *put_field;  /* instead of it, or on top */
	size_t at, drop;        /* in the body, with INSERT */
	const char *insert;
};

static const struct {
	const char *old;
	struct change change[3];
	const char *want; /* JSON, "" for none, NULL for refused */
} makings[] = {
	{ "A: 1\r\n\r\nx\r\n", { { 0 } }, "" },
	{ "A: 1\r\n\r\nx\r\n", { { .put_field = "X-B: 1\r\n" } }, "" },
	{ "A: 1\r\n\r\nx\r\n", { { .put_field = "B: 1\r\n" } }, "{\"h\":{\"b\":[]}}" },
	{ "A: 1\r\n\r\nx\r\n", { { .put_field = "a: 0\r\n" } }, "{\"h\":{\"a\":[{\"c\":[1,1]}]}}" },
	{ "A: 1\r\nA: 2\r\nA: 3\r\n\r\n",
	  { { .drop_field = "A" } },
	  "{\"h\":{\"a\":[{\"c\":[1,2]},{\"d\":[\"1\"]}]}}" },
	{ "Subject: a\r\n b \r\n\r\n",
	  { { .drop_field = "Subject", .put_field = "Subject: [l] a b\r\n" } },
	  "{\"h\":{\"subject\":[{\"d\":[\"a b\"]}]}}" },
	{ "Subject: a\r\n b \r\n\r\n",
	  { { .drop_field = "Subject", .put_field = "subject:a b\r\n" } },
	  "" },
	{ "From: a@b\r\n\r\n", { { .drop_field = "From", .put_field = "From:\ta@b\r\n" } }, "" },
	{ "From: a@b\r\n\r\n",
	  { { .drop_field = "From", .put_field = "From: l@b\r\n" } },
	  "{\"h\":{\"from\":[{\"d\":[\"a@b\"]}]}}" },
	{ "Subject: \xff\"\\\x01\r\n\r\n",
	  { { .drop_field = "Subject" } },
	  "{\"h\":{\"subject\":[{\"u\":[\"/yJcAQ==\"]}]}}" },
	{ "Subject: \"\\\x01\xc3\xa4\r\n\r\n",
	  { { .drop_field = "Subject" } },
	  "{\"h\":{\"subject\":[{\"d\":[\"\\\"\\\\\\u0001\xc3\xa4\"]}]}}" },
	{ "B: 1\r\nReceived: x\r\n\r\n",
	  { { .drop_field = "Received" },
	    { .drop_field = "B" },
	    { .put_field = "C: 1\r\nB: 0\r\n" } },
	  "{\"h\":{\"b\":[{\"d\":[\"1\"]}],\"c\":[]}}" },

	{ "A: 1\r\n\r\nx\r\ny\r\n",
	  { { .at = 6, .insert = "--\r\nfooter\r\n" } },
	  "{\"b\":[{\"c\":[1,2]}]}" },
	{ "A: 1\r\n\r\nx\r\ny",
	  { { .at = 4, .insert = "\r\n--\r\n" } },
	  "{\"b\":[{\"c\":[1,2]}]}" },
	{ "A: 1\r\n\r\nx\r\ny",
	  { { .at = 4, .insert = " z" } },
	  "{\"b\":[{\"c\":[1,1]},{\"d\":[\"y\"]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\n",
	  { { .at = 0, .insert = "top\r\n" } },
	  "{\"b\":[{\"c\":[2,3]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\n",
	  { { .at = 0, .insert = "top" } },
	  "{\"b\":[{\"d\":[\"x\"]},{\"c\":[2,2]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\nz\r\n",
	  { { .at = 3, .drop = 1, .insert = "Y" } },
	  "{\"b\":[{\"c\":[1,1]},{\"d\":[\"y\"]},{\"c\":[3,3]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\nz\r\n",
	  { { .at = 3, .drop = 3 } },
	  "{\"b\":[{\"c\":[1,1]},{\"d\":[\"y\"]},{\"c\":[2,2]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\nz\r\n",
	  { { .at = 0, .drop = 9 } },
	  "{\"b\":[{\"d\":[\"x\",\"y\",\"z\"]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\nz\r\n",
	  { { .at = 3, .insert = "n\r\n" } },
	  "{\"b\":[{\"c\":[1,1]},{\"c\":[3,4]}]}" },
	{ "A: 1\r\n\r\nx\r\n\r\n\r\n",
	  { { .at = 0, .insert = "t\r\n" } },
	  "{\"b\":[{\"c\":[2,2]}]}" },
	{ "A: 1\r\n\r\nx\r\n\r\n\r\n", { { .at = 3, .drop = 2 } }, "" },
	{ "A: 1\r\n\r\nx\r\n", { { .at = 3, .insert = "\r\n\r\n" } }, "" },
	{ "A: 1\r\n\r\nx\r\n\r\n", { { .at = 4, .drop = 1 } }, "{\"b\":[{\"c\":[1,1]}]}" },
	{ "A: 1\r\n\r\nx", { { .at = 1, .insert = "\r\n" } }, "" },
	{ "A: 1\r\n\r\n", { { .at = 0, .insert = "t\r\n" } }, "{\"b\":[]}" },
	{ "A: 1\r\n\r\n\r\n", { { .at = 0, .insert = "t\r\n" } }, "{\"b\":[]}" },
	{ "A: 1\r\n", { { .at = 0, .insert = "t\r\n" } }, "{\"b\":[]}" },
	{ "A: 1\r\n\r\n\r\n\r\n", { { .at = 0, .drop = 2 } }, "" },
	{ "A: 1\r\n\r\nx\xff\r\n\xff\r\ny\r\n",
	  { { .at = 0, .drop = 9 } },
	  "{\"b\":[{\"u\":[\"eP8=\",\"/w==\"]},{\"d\":[\"y\"]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\n", { { .at = 2, .drop = 1 } }, "{\"b\":[{\"d\":[\"x\",\"y\"]}]}" },
	{ "A: 1\r\n\r\nx\r\ny\r\n",
	  { { .at = 1, .drop = 1 }, { .at = 1, .insert = "1\r" } },
	  "{\"b\":[{\"d\":[\"x\",\"y\"]}]}" },

	{ "A: 1\r\n\r\nx\n\r\n", { { .put_field = "B: 1\r\n" } }, NULL },
	{ "A: 1\r\n\r\nx\r", { { .put_field = "B: 1\r\n" } }, NULL },
	{ "A: 1\nB: 2\r\n\r\nx", { { .put_field = "C: 1\r\n" } }, NULL },
};

static void make_change(struct edits *x, const struct change *change)
{
	size_t i = 0;

	if (change->insert || change->drop) {
		edit_body(x, change->at, change->drop, span_str(change->insert));
	}
	if (!change->drop_field) {
		if (change->put_field) {
			edit_raw_top(x, span_str(change->put_field));
		}
		return;
	}
	while (!span_is(x->m->fields[i].name, change->drop_field)) {
		i++;
	}
	if (change->put_field) {
		edit_field_replace(x, i, span_str(change->put_field));
	} else {
		edit_field_drop(x, i);
	}
}

/* The recipe undoes what X did, as far as hashes see it. */
static void check_law(struct arena *arena, const struct edits *x, struct span json,
                      const char *name)
{
	struct canon_header before = canon_dkim2_header(arena, x->m->fields, x->m->count), old;
	struct lines lines = recipe_lines(arena, x->m->body), body;
	struct digest want, have;

	if (json.n == 0) {
		json = SPAN("{}");
	}
	ck_assert_msg(apply_to(arena, edit_print(x), json, &old, &body) == RECIPE_OK, "%s", name);
	ck_assert_msg(span_eq(header_text(arena, &old), header_text(arena, &before)),
	              "%s: header\n%.*s", name, SPAN_FMT(json));
	recipe_lines_hash(HASH_SHA256, &lines, &want);
	recipe_lines_hash(HASH_SHA256, &body, &have);
	ck_assert_msg(span_eq(digest_span(&want), digest_span(&have)), "%s: body\n%.*s", name,
	              SPAN_FMT(json));
}

START_TEST(making)
{
	struct arena *arena = arena_new();
	struct message m = sample_parse(arena, text_of(makings[_i].old));
	struct edits *x = edit_new(arena, &m);
	struct span json;
	struct err e;
	bool made;

	for (size_t i = 0; i < 3; i++) {
		make_change(x, &makings[_i].change[i]);
	}
	ck_assert(edit_finish(x, &e));
	made = recipe_make(arena, x, &json, &e);
	if (!makings[_i].want) {
		ck_assert(!made && e.class == ERR_PERMANENT);
	} else {
		ck_assert_msg(made, "%s", e.text);
		ck_assert_msg(span_is(json, makings[_i].want), "%d: %.*s", _i, SPAN_FMT(json));
		check_law(arena, x, json, makings[_i].want);
	}
	arena_free(arena);
}
END_TEST

START_TEST(making_refused)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct message m;
	struct edits *x;
	struct span json;
	struct err e;

	buf_str(&text, "A: 1\r\n\r\n");
	for (unsigned i = 0; i < LIMIT_RECIPE_OUT / 8; i++) {
		buf_str(&text, "1234567\r\n");
	}
	m = sample_parse(arena, buf_span(&text));
	x = edit_new(arena, &m);
	edit_body(x, 0, m.body.n, SPAN("gone\r\n"));
	ck_assert(edit_finish(x, &e));
	ck_assert(!recipe_make(arena, x, &json, &e) && e.class == ERR_PERMANENT);
	x = edit_new(arena, &m);
	edit_irreversible(x);
	edit_raw_top(x, SPAN("B: 1\r\n"));
	ck_assert(edit_finish(x, &e));
	ck_assert(!recipe_make(arena, x, &json, &e) && e.class == ERR_PERMANENT);
	buf_free(&text);
	m = sample_parse(arena, SPAN("A: 1\r\n\r\n\0\r\n"));
	x = edit_new(arena, &m);
	ck_assert(edit_finish(x, &e));
	ck_assert(!recipe_make(arena, x, &json, &e) && e.class == ERR_PERMANENT);
	arena_free(arena);
}
END_TEST

/* ---- the law, for any message and any edits ---- */

static size_t made_count, refused_count;
static uint64_t random_state = 88172645463325252u;

static unsigned char random_byte(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned char)(random_state >> 24);
}

static void one_law(const char *path, const struct message *m)
{
	struct arena *arena = arena_new();
	unsigned char bytes[100];
	struct dice dice = { bytes, sizeof(bytes) };
	struct edits *x = edit_new(arena, m);
	struct model model;
	struct span json;
	struct err e;

	dice.n = 4u + random_byte() % (sizeof(bytes) - 4);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = random_byte();
	}
	model = model_draw(m, &dice);
	model_apply(&model, x);
	ck_assert(edit_finish(x, &e));
	if (recipe_make(arena, x, &json, &e)) {
		made_count++;
		check_law(arena, x, json, path);
	} else {
		refused_count++;
		ck_assert_msg(e.class == ERR_PERMANENT, "%s: %s", path, e.text);
	}
	arena_free(arena);
}

static void law_of(const char *path, struct span raw)
{
	struct arena *arena = arena_new();
	struct message m;

	if (message_parse(arena, raw, &m, NULL)) {
		for (int i = 0; i < 40; i++) {
			one_law(path, &m);
		}
	}
	arena_free(arena);
}

START_TEST(law)
{
	corpus_each(law_of);
	ck_assert_msg(made_count > 1000 && made_count > refused_count / 4, "%zu made, %zu refused",
	              made_count, refused_count);
}
END_TEST

/* A body of 50 MB takes the time of counting its lines, whatever was edited. */
START_TEST(making_is_linear)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct message m;
	struct edits *x;
	struct span json;
	struct err e;

	buf_str(&text, "A: 1\r\n\r\n");
	buf_reserve(&text, 50u << 20);
	while (text.n < 50u << 20) {
		buf_str(&text, "\r\n\r\nx\r\n");
	}
	m = sample_parse(arena, buf_span(&text));
	x = edit_new(arena, &m);
	for (size_t at = 0; at < 400; at++) {
		edit_body(x, at * 7000, 0, SPAN("i\r\n"));
	}
	ck_assert(edit_finish(x, &e));
	ck_assert_msg(recipe_make(arena, x, &json, &e), "%s", e.text);
	check_law(arena, x, json, "large");
	buf_free(&text);
	arena_free(arena);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *recipe_suite(void)
{
	Suite *suite = suite_create("recipe");
	TCase *tcase = tcase_create("recipe");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, reading, 0, ROWS(readings));
	tcase_add_test(tcase, reading_values);
	tcase_add_test(tcase, reading_limits);
	tcase_add_loop_test(tcase, applying_bodies, 0, ROWS(bodies));
	tcase_add_test(tcase, applying_twice);
	tcase_add_test(tcase, applying_budget);
	tcase_add_loop_test(tcase, applying_headers, 0, ROWS(headers));
	tcase_add_test(tcase, vectors);
	tcase_add_loop_test(tcase, making, 0, ROWS(makings));
	tcase_add_test(tcase, making_refused);
	tcase_add_test(tcase, law);
	tcase_add_test(tcase, making_is_linear);
	suite_add_tcase(suite, tcase);
	return suite;
}
