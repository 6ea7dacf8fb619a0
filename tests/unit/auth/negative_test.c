/*
 * The cases of tests/corpus/dkim2/negative: each message is really signed and has one
 * thing wrong. Every verdict and its exact text; that a message which does not pass is
 * not taken for one that does by any of the results beside it. The files are made by
 * tests/tools/d2cases.c; tests/scenario/dkim2-cases.sh sees that they still are.
 */
#include "auth/verify.h"
#include "samples.h"

#include <check.h>
#include <stdio.h>

#define FOLDER "dkim2/negative/"

enum { NAME, MAIL_FROM, RCPT_TO, NOW, KEYS, RESULT, TEXT, CLAUSE, COLUMNS };

static struct envelope envelope_of(struct arena *arena, const struct span *row)
{
	struct envelope envelope = { .known = !span_is(row[RCPT_TO], "-") };
	struct span rest = row[RCPT_TO];
	size_t cap = 0;

	envelope.mail_from = row[MAIL_FROM];
	while (envelope.known && rest.p) {
		*ARENA_PUSH(arena, envelope.rcpt_to, envelope.rcpts, cap) = span_cut(&rest, ',');
	}
	return envelope;
}

/* Says what is wrong with a case; all are run before the test fails. */
static bool judge(const struct span *row, const struct verdict *v)
{
	const struct dkim2_result *r = &v->dkim2;
	bool pass = r->result == AUTH_PASS;
	const char *wrong = NULL;

	if (!span_eq(r->text, row[TEXT])) {
		wrong = "text";
	} else if (!span_is(row[RESULT], auth_result_name(r->result))) {
		wrong = "result";
	} else if (v->from_authentic != pass || v->temporary != (r->result == AUTH_TEMPERROR)) {
		wrong = "what follows from the result";
	} else if (span_starts(row[NAME], SPAN("ok-")) != pass) {
		wrong = "name";
	}
	if (wrong) {
		printf("# %.*s: %s: \"%.*s\", expected \"%.*s\"\n", SPAN_FMT(row[NAME]), wrong,
		       SPAN_FMT(r->text), SPAN_FMT(row[TEXT]));
	}
	return !wrong;
}

static bool run_case(struct arena *arena, const struct span *row, const struct keysource *keys)
{
	struct span raw = sample_file(
		arena, arena_printf(arena, FOLDER "%.*s.eml", SPAN_FMT(row[NAME])).p);
	struct envelope envelope = envelope_of(arena, row);
	struct message m = sample_parse(arena, raw);
	struct verdict v;
	uint64_t now;

	ck_assert(span_u64(row[NOW], &now));
	verify_message(arena, &m, &envelope, keys, &(struct verify_options){ .now = (int64_t)now }, &v);
	return judge(row, &v);
}

START_TEST(all_cases)
{
	struct arena *arena = arena_new();
	struct span table = sample_file(arena, FOLDER "cases.tsv");
	struct keysource keys = sample_keys(arena, FOLDER "keys.tsv");
	size_t cases = 0, good = 0;

	while (table.n) {
		struct span line = span_cut(&table, '\n'), row[COLUMNS];
		struct arena *own = arena_new();

		for (size_t i = 0; line.n && line.p[0] != '#' && i < COLUMNS; i++) {
			row[i] = span_cut(&line, '\t');
			ck_assert_msg((line.p == NULL) == (i + 1 == COLUMNS), "case %zu", cases);
			cases += i + 1 == COLUMNS;
		}
		if (line.p == NULL) {
			good += run_case(own, row, &keys);
		}
		arena_free(own);
	}
	printf("# %zu DKIM2 cases, %zu as expected\n", cases, good);
	ck_assert_uint_ge(cases, 400);
	ck_assert_uint_eq(good, cases);
	arena_free(arena);
}
END_TEST

Suite *negative_suite(void);

Suite *negative_suite(void)
{
	Suite *suite = suite_create("auth/negative");
	TCase *t = tcase_create("negative");

	tcase_add_test(t, all_cases);
	tcase_set_timeout(t, 120);
	suite_add_tcase(suite, t);
	return suite;
}
