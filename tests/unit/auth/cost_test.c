/*
 * What a message may cost. Nothing here is absolute: operations are counted, and times are
 * processor time against a baseline of the same run, the best of several, with room for a
 * busy machine. What a test refuses is a cost of another order.
 */
#include "auth/verify.h"

#include "base/limits.h"
#include "chain.h"
#include "samples.h"

#include <check.h>
#include <string.h>
#include <time.h>

#define NO_LIST "{\"h\":{\"list-id\":[]}}"

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Verify RAW, TIMES times; the best time, and the last result in *RESULT. */
static double cost(struct chain *chain, struct span raw, int times, struct dkim2_result *result)
{
	double best = 0;

	for (int i = 0; i < times; i++) {
		double start = seconds(), took;
		struct message m = sample_parse(chain->arena, raw);

		dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, result);
		took = seconds() - start;
		best = i == 0 || took < best ? took : best;
	}
	return best;
}

/* SHA-256 over BYTES bytes: what no verifier can do without. */
static double hash_cost(struct chain *chain, size_t bytes)
{
	struct span text = { arena_alloc(chain->arena, bytes), bytes };
	double start = seconds();
	struct digest digest;

	hash_of(HASH_SHA256, text, &digest);
	return seconds() - start;
}

/* ---- hops ---- */

static struct span chain_of(struct chain *chain, size_t hops)
{
	struct arena *arena = chain->arena;
	struct span raw = SPAN("From: a@h1.example\r\nSubject: x\r\n\r\nOne\r\nTwo\r\n");

	for (size_t i = 1; i <= hops; i++) {
		struct message *m = ARENA_NEW(arena, struct message);
		struct chain_hop hop = { .flags = "exploded" };

		hop.d = arena_printf(arena, "h%zu.example", i).p;
		hop.mf = arena_printf(arena, "l@h%zu.example", i).p;
		hop.rt = arena_printf(arena, "l@h%zu.example", i + 1).p;
		if (i > 1) {
			*m = sample_parse(arena, raw);
			hop.edits = edit_new(arena, m);
			edit_field_drop_all(hop.edits, "List-Id");
			edit_field_top(hop.edits, SPAN("List-Id"), arena_printf(arena, "<%zu>", i));
			edit_body(hop.edits, m->body.n, 0, arena_printf(arena, "footer %zu\r\n", i));
			ck_assert(edit_finish(hop.edits, NULL));
		}
		raw = chain_hop(chain, raw, &hop);
	}
	return raw;
}

START_TEST(hops_are_linear)
{
	struct chain *chain = chain_new();
	struct span short_one = chain_of(chain, 10), long_one = chain_of(chain, 50);
	struct dkim2_result result;
	double ten, fifty;

	ten = cost(chain, short_one, 7, &result);
	ck_assert(result.result == AUTH_PASS && result.nhops == 10);
	fifty = cost(chain, long_one, 7, &result);
	ck_assert_msg(result.result == AUTH_PASS, "%.*s", SPAN_FMT(result.text));
	ck_assert_uint_eq(result.nhops, 50);
	/* 5 when linear, 25 when quadratic */
	ck_assert_msg(fifty < 10 * ten, "10 hops %f s, 50 hops %f s", ten, fifty);
	chain_free(chain);
}
END_TEST

/* ---- keys ---- */

struct counting {
	const struct keysource *inner;
	size_t n;
};

static struct txt count_lookup(void *self, struct arena *arena, struct span name)
{
	struct counting *counting = self;

	counting->n++;
	return counting->inner->txt(counting->inner->self, arena, name);
}

/* 50 signatures of eight sets, 400 selectors of different names: 50 look-ups. */
START_TEST(lookups_are_bounded)
{
	struct chain *chain = chain_new();
	struct counting counting = { .inner = &chain->source };
	struct keysource source = { .self = &counting, .txt = count_lookup };
	struct buf raw = BUF_INIT;
	struct verdict v;
	struct message m;

	buf_str(&raw, "Message-Instance: m=1; h=sha256:AAAA:AAAA;\r\n");
	for (unsigned i = 1; i <= LIMIT_SIGNATURES; i++) {
		buf_printf(&raw, "DKIM2-Signature: i=%u; m=1; t=%u; d=a.example; mf=PD4=; rt=PD4=; s=",
		           i, CHAIN_NOW);
		for (unsigned k = 0; k < LIMIT_SETS; k++) {
			buf_printf(&raw, "%sed%u-%u:ed25519-sha256:AAAA", k ? "," : "", i, k);
		}
		buf_str(&raw, ";\r\n");
	}
	for (unsigned i = 0; i < LIMIT_SIGNATURES; i++) {
		buf_printf(&raw, "DKIM-Signature: v=1; a=ed25519-sha256; d=a.example; s=one%u; h=from; "
		                 "bh=AAAA; b=AAAA\r\n", i);
	}
	buf_str(&raw, "From: a@a.example\r\n\r\nx\r\n");
	m = sample_parse(chain->arena, buf_span(&raw));
	verify_message(chain->arena, &m, NULL, &source, &(struct verify_options){ .now = CHAIN_NOW }, &v);
	ck_assert_uint_eq(v.dkim2.nhops, LIMIT_SIGNATURES);
	ck_assert(v.dkim2.result == AUTH_FAIL);
	ck_assert_msg(counting.n == LIMIT_DNS_LOOKUPS, "%zu look-ups", counting.n);
	buf_free(&raw);
	chain_free(chain);
}
END_TEST

/* ---- recipes ---- */

static struct span with_recipe(struct chain *chain, struct span raw, struct span json)
{
	struct buf fields = BUF_INIT;
	struct span out;

	buf_str(&fields, "M m=1; h=sha256:%H:%B;\n"
	                 "S i=1; m=1; t=%T; d=a.example; mf=%{<a@a.example>%}; rt=%{<l@b.example>%}; "
	                 "s=ed:ed25519-sha256:%S;\nM m=2; h=sha256:%H:%B; r=%{");
	buf_add(&fields, json);
	buf_str(&fields, "%};\nS i=2; m=2; t=%T; d=b.example; mf=%{<l@b.example>%}; "
	                 "rt=%{<x@c.example>%}; s=ed:ed25519-sha256:%S;\n");
	out = chain_template(chain, raw, raw, fields.p);
	buf_free(&fields);
	return out;
}

static struct span body_of(struct chain *chain, size_t lines)
{
	struct buf out = BUF_INIT;

	buf_str(&out, "From: a@a.example\r\n\r\n");
	for (size_t i = 0; i < lines; i++) {
		buf_printf(&out, "line %zu of a body that is long\r\n", i);
	}
	return buf_move(&out, chain->arena);
}

/* {"b":[STEPS]} of COUNT steps that the function writes. */
static struct span steps_json(struct chain *chain, size_t count, const char *format)
{
	struct buf out = BUF_INIT;

	buf_str(&out, "{\"b\":[");
	for (size_t i = 0; i < count; i++) {
		size_t line = 2 * i + 1;

		buf_str(&out, i ? "," : "");
		for (const char *p = format; *p; p++) {
			if (*p == '#') {
				buf_printf(&out, "%zu", line);
			} else {
				buf_chr(&out, *p);
			}
		}
	}
	buf_str(&out, "]}");
	return buf_move(&out, chain->arena);
}

/* The library has a limit of 256 kB for JSON: over it nothing is read at all. */
START_TEST(large_recipe)
{
	struct arena *arena = arena_new();
	char *json = arena_alloc(arena, 1 << 20);
	double start, whole, half;
	struct recipe recipe;
	struct span what;

	memset(json, '[', 1 << 20);
	memcpy(json, "{\"b\":[{\"d\":[\"", 13);
	memset(json + 13, 'x', (1 << 20) - 17);
	memcpy(json + (1 << 20) - 4, "\"]}]", 4);
	start = seconds();
	ck_assert(recipe_parse(arena, (struct span){ json, 1 << 20 }, &recipe, &what) ==
	          RECIPE_INVALID);
	whole = seconds() - start;
	memcpy(json + LIMIT_RECIPE_IN - 5, "\"]}]}", 5);
	start = seconds();
	ck_assert(recipe_parse(arena, (struct span){ json, LIMIT_RECIPE_IN }, &recipe, &what) ==
	          RECIPE_OK);
	half = seconds() - start;
	/* What is refused is cheaper than a quarter of it that is read. */
	ck_assert_msg(whole < half, "1 MB refused in %f s, 256 kB read in %f s", whole, half);
	arena_free(arena);
}
END_TEST

/* Nested lists are refused before a parser that recurses sees them. */
START_TEST(deep_recipe)
{
	struct arena *arena = arena_new();
	char *json = arena_alloc(arena, LIMIT_RECIPE_IN);
	struct recipe recipe;
	struct span what;
	double start, deep, flat;

	memset(json, '[', LIMIT_RECIPE_IN);
	start = seconds();
	ck_assert(recipe_parse(arena, (struct span){ json, LIMIT_RECIPE_IN }, &recipe, &what) ==
	          RECIPE_INVALID);
	deep = seconds() - start;
	memset(json, ' ', LIMIT_RECIPE_IN);
	memcpy(json + LIMIT_RECIPE_IN - 8, "{\"b\":[]}", 8);
	start = seconds();
	ck_assert(recipe_parse(arena, (struct span){ json, LIMIT_RECIPE_IN }, &recipe, &what) ==
	          RECIPE_OK);
	flat = seconds() - start;
	ck_assert_msg(deep < flat, "deep %f s, flat %f s", deep, flat);
	arena_free(arena);
}
END_TEST

/* Many steps over many lines: linear in both. 13 bytes a step is what fits into 256 kB. */
START_TEST(many_steps)
{
	struct chain *chain = chain_new();
	struct span body = span_from(body_of(chain, 100000), 21);
	struct lines lines = recipe_lines(chain->arena, body), old;
	double took[2] = { 0, 0 };

	for (size_t i = 0; i < 2; i++) {
		size_t count = i ? 50000 : 5000;
		struct step *steps = arena_array(chain->arena, count, sizeof(*steps));
		struct recipe recipe = { .body = steps, .nbody = count, .has_body = true };
		uint64_t budget = UINT64_MAX;
		struct span what;
		double start;

		for (size_t k = 0; k < count; k++) {
			uint64_t line = (k + 1) * (100000 / count);

			steps[k] = (struct step){ .kind = STEP_COPY, .first = line, .last = line };
		}
		start = seconds();
		ck_assert(recipe_apply_body(chain->arena, &recipe, &lines, &old, &budget, &what) ==
		          RECIPE_OK);
		took[i] = seconds() - start;
		ck_assert_uint_eq(old.n, count);
	}
	/* The lines are the same, the steps ten times as many. */
	ck_assert_msg(took[1] < 15 * took[0], "5,000 steps %f s, 50,000 %f s", took[0], took[1]);
	chain_free(chain);
}
END_TEST

/* The whole of it, against what must be hashed in any case. */
START_TEST(recipe_of_steps)
{
	struct chain *chain = chain_new();
	struct span body = body_of(chain, 100000);
	struct span raw = with_recipe(chain, body, steps_json(chain, 10000, "{\"c\":[#,#]}"));
	struct dkim2_result result;
	double took, hashing, parsing, start;

	took = cost(chain, raw, 3, &result);
	ck_assert_msg(span_is(result.text, "FAIL: Message-Instance m=1 body hash sha256 mismatch"),
	              "%.*s", SPAN_FMT(result.text));
	hashing = hash_cost(chain, 2 * raw.n);
	start = seconds();
	sample_parse(chain->arena, raw);
	parsing = seconds() - start;
	ck_assert_msg(took < 60 * (hashing + parsing), "%f s, hashing alone %f s", took, hashing);
	chain_free(chain);
}
END_TEST

/* Rebuilding more than eight times the message ends at the budget, not at the end. */
START_TEST(rebuilding_is_bounded)
{
	struct chain *chain = chain_new();
	struct recipe recipe = { .has_body = true };
	struct span body = span_from(body_of(chain, 1000), 21), what;
	struct lines lines = recipe_lines(chain->arena, body), old;
	struct canon_header header = { NULL, 0 };
	uint64_t budget = LIMIT_REBUILD * body.n;
	struct step copy = { .kind = STEP_COPY, .first = 1, .last = 1000 };
	size_t rounds = 0;

	recipe.body = &copy;
	recipe.nbody = 1;
	while (recipe_apply(chain->arena, &recipe, &header, &lines, &header, &old, &budget, &what) ==
	       RECIPE_OK) {
		rounds++;
		ck_assert_uint_le(rounds, LIMIT_REBUILD);
	}
	ck_assert_uint_eq(rounds, LIMIT_REBUILD - 1);
	ck_assert(span_is(what, "[1,1000]"));
	chain_free(chain);
}
END_TEST

Suite *cost_suite(void);

Suite *cost_suite(void)
{
	Suite *suite = suite_create("auth/cost");
	TCase *t = tcase_create("cost");

	tcase_add_test(t, hops_are_linear);
	tcase_add_test(t, lookups_are_bounded);
	tcase_add_test(t, large_recipe);
	tcase_add_test(t, deep_recipe);
	tcase_add_test(t, many_steps);
	tcase_add_test(t, recipe_of_steps);
	tcase_add_test(t, rebuilding_is_bounded);
	tcase_set_timeout(t, 300);
	suite_add_tcase(suite, t);
	return suite;
}
