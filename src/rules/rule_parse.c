/*
 * Recursive descent over the words of one line. Depth, tests and length of a rule
 * are bounded, so what evaluates the tree may recurse too.
 */
#include "base/ascii.h"
#include "base/limits.h"
#include "base/unit.h"
#include "rules/field_rule.h"
#include "rules/regex.h"
#include "rules/rule_subject.h"
#include "rules/rule_token.h"

static const struct {
	const char *name;
	bool may, must; /* have a text */
} actions[] = {
	[RULE_ACCEPT] = { "accept", false, false }, [RULE_HOLD] = { "hold", true, false },
	[RULE_REJECT] = { "reject", true, true },   [RULE_DISCARD] = { "discard", true, false },
	[RULE_TAG] = { "tag", true, true },
};

#define WANT_TEST "a condition is wanted, such as member, size or header; ladle-rules(5) has all"

struct parser {
	struct arena *arena;
	struct rule_set *set;
	size_t node_cap, count_cap;
	struct span line, rest;
	unsigned number; /* of the line */
	struct rule_token now;
	unsigned depth, tests;
	struct err *err;
};

static bool fail_at(struct parser *p, const char *at, struct span what, const char *want)
{
	return err_set(p->err, ERR_MISUSE, "", "line %u, column %zu: \"%.*s\": %s", p->number,
	               (size_t)(at - p->line.p) + 1, SPAN_FMT(span_sub(what, 0, 80)), want);
}

static bool fail(struct parser *p, const char *want)
{
	if (p->now.kind == RULE_TOKEN_END) {
		return err_set(p->err, ERR_MISUSE, "", "line %u, column %zu: the rule ends: %s",
		               p->number, p->line.n + 1, want);
	}
	if (p->now.kind == RULE_TOKEN_BAD) {
		want = p->now.text.p;
	}
	return fail_at(p, p->now.raw.p, p->now.raw, want);
}

static void advance(struct parser *p)
{
	p->now = rule_token_next(p->arena, &p->rest);
}

static bool is_word(const struct parser *p, const char *word)
{
	return p->now.kind == RULE_TOKEN_WORD && span_is(p->now.text, word);
}

static size_t push(struct parser *p, struct rule_node node)
{
	*ARENA_PUSH(p->arena, p->set->nodes, p->set->nnodes, p->node_cap) = node;
	return p->set->nnodes - 1;
}

/* ---- values ---- */

static bool scaled(struct span text, enum unit unit, int64_t *out)
{
	uint64_t v;
	if (!unit_read(text, unit, &v) || v > INT64_MAX) {
		return false;
	}
	*out = (int64_t)v;
	return true;
}

/* "5", "-0.5", "12.25" in hundredths. */
static bool read_score(struct span text, int64_t *out)
{
	bool negative = span_starts(text, SPAN("-"));
	struct span rest = span_from(text, negative), whole = span_cut(&rest, '.');
	uint64_t units, hundredths = 0;
	if (!span_u64(whole, &units) || units > 1000000 ||
	    (rest.p && (rest.n > 2 || !span_u64(rest, &hundredths)))) {
		return false;
	}
	int64_t v = (int64_t)(units * 100 + hundredths * (rest.n == 1 ? 10 : 1));
	*out = negative ? -v : v;
	return true;
}

static bool read_number(enum rule_kind kind, struct span text, int64_t *out)
{
	switch (kind) {
	case RULE_SIZE: return scaled(text, UNIT_SIZE, out);
	case RULE_DURATION: return scaled(text, UNIT_DURATION, out);
	case RULE_SCORE: return read_score(text, out);
	default: return scaled(text, UNIT_NONE, out);
	}
}

static bool number_value(struct parser *p, struct rule_test *test)
{
	static const char *const want[] = {
		[RULE_NUMBER] = "a number is wanted",
		[RULE_SIZE] = "a size such as 500k or 2M is wanted",
		[RULE_DURATION] = "a time such as 30m, 12h or 7d is wanted",
		[RULE_SCORE] = "a score such as 5 or 7.5 is wanted",
	};
	if (p->now.kind != RULE_TOKEN_OP) {
		return fail(p, "one of > >= < <= = != is wanted");
	}
	test->op = p->now.op;
	advance(p);
	if (p->now.kind != RULE_TOKEN_WORD ||
	    !read_number(test->subject->kind, p->now.text, &test->number)) {
		return fail(p, want[test->subject->kind]);
	}
	advance(p);
	return true;
}

/* = or !=, and behind it what stands there. */
static bool equality(struct parser *p, struct rule_test *test, const char *want)
{
	if (p->now.kind != RULE_TOKEN_OP ||
	    (p->now.op != RULE_EQUAL && p->now.op != RULE_UNEQUAL)) {
		return fail(p, want);
	}
	test->op = p->now.op;
	advance(p);
	return true;
}

static bool word_value(struct parser *p, struct rule_test *test)
{
	struct span rest = span_str(test->subject->choices);
	if (!equality(p, test, "= or != is wanted")) {
		return false;
	}
	while (rest.p && p->now.kind == RULE_TOKEN_WORD) {
		if (span_eq(span_cut(&rest, ' '), p->now.text)) {
			test->text = p->now.text;
			advance(p);
			return true;
		}
	}
	return fail(p, arena_printf(p->arena, "one of \"%s\" is wanted", test->subject->choices).p);
}

static bool pattern_value(struct parser *p, struct rule_test *test)
{
	struct err why;
	if (p->now.kind != RULE_TOKEN_PATTERN) {
		return fail(p, "a pattern between slashes is wanted, such as /viagra/i");
	}
	struct regex *r =
		p->now.caseless ? regex_new(p->now.text, &why) : regex_new_case(p->now.text, &why);
	if (!r) {
		return fail(p, arena_str(p->arena, span_str(why.text)));
	}
	regex_free(r);
	test->op = RULE_MATCHES;
	test->text = p->now.text;
	test->caseless = p->now.caseless;
	advance(p);
	return true;
}

static bool text_value(struct parser *p, struct rule_test *test)
{
	if (is_word(p, "matches")) {
		advance(p);
		return pattern_value(p, test);
	}
	if (p->now.kind != RULE_TOKEN_OP && test->subject->takes == RULE_TAKES_FIELD) {
		return true; /* RULE_IS: the field is there */
	}
	if (!equality(p, test, "matches, = or != is wanted")) {
		return false;
	}
	if (p->now.kind != RULE_TOKEN_WORD && p->now.kind != RULE_TOKEN_STRING) {
		return fail(p, "a word or a \"text\" is wanted");
	}
	test->text = p->now.text;
	advance(p);
	return true;
}

static bool parts_value(struct parser *p, struct rule_test *test)
{
	bool types = test->subject->kind == RULE_TYPES;
	struct filter_rules rules;
	if (p->now.kind != RULE_TOKEN_WORD ||
	    !filter_rule_parse(p->arena,
	                       arena_printf(p->arena, "hold %s %.*s", types ? "type" : "extension",
	                                    SPAN_FMT(p->now.text)),
	                       &rules, NULL)) {
		return fail(p, types ? "types such as image/png,image/* are wanted"
		                     : "extensions such as exe,scr are wanted");
	}
	test->parts = rules.v[0];
	test->text = p->now.text;
	advance(p);
	return true;
}

/* ---- conditions ---- */

static bool field_name(struct parser *p, struct rule_test *test)
{
	bool ok = p->now.kind == RULE_TOKEN_WORD && span_chr(p->now.text, ':') == SPAN_NONE;
	for (size_t i = 0; ok && i < p->now.text.n; i++) {
		ok = ascii_graph(p->now.text.p[i]);
	}
	if (!ok) {
		return fail(p, "the name of a header field is wanted, without a colon");
	}
	test->name = p->now.text;
	advance(p);
	return true;
}

static bool period(struct parser *p, struct rule_test *test)
{
	int64_t seconds;
	if (!is_word(p, "in")) {
		return fail(p, "\"in\" and a time are wanted, such as in 1h");
	}
	advance(p);
	if (p->now.kind != RULE_TOKEN_WORD || !scaled(p->now.text, UNIT_DURATION, &seconds) ||
	    seconds < 1 || seconds > LIMIT_RULE_PERIOD) {
		return fail(p, "a time from 1s to 31d is wanted");
	}
	test->count = p->set->ncounts;
	*ARENA_PUSH(p->arena, p->set->counts, p->set->ncounts, p->count_cap) =
		(struct rule_count){ test->subject->of_author, (uint64_t)seconds, 0 };
	advance(p);
	return true;
}

static bool read_value(struct parser *p, struct rule_test *test)
{
	switch (test->subject->kind) {
	case RULE_FLAG: return true;
	case RULE_WORD: return word_value(p, test);
	case RULE_TEXT: return text_value(p, test);
	case RULE_TYPES:
	case RULE_EXTENSIONS: return parts_value(p, test);
	default: return number_value(p, test);
	}
}

static bool read_test(struct parser *p, size_t *node)
{
	struct rule_test test = { .op = RULE_IS };
	const char *start = p->now.raw.p;
	test.subject = p->now.kind == RULE_TOKEN_WORD ? rule_subject_find(p->now.text) : NULL;
	if (!test.subject) {
		return fail(p, WANT_TEST);
	}
	if (++p->tests > LIMIT_RULE_TESTS) {
		return fail(p, "a rule has at most 100 conditions");
	}
	advance(p);
	if ((test.subject->takes == RULE_TAKES_FIELD && !field_name(p, &test)) ||
	    (test.subject->takes == RULE_TAKES_PERIOD && !period(p, &test)) ||
	    !read_value(p, &test)) {
		return false;
	}
	const char *end = p->now.kind == RULE_TOKEN_END ? p->line.p + p->line.n : p->now.raw.p;
	test.source = span_rtrim((struct span){ start, (size_t)(end - start) });
	*node = push(p, (struct rule_node){ .kind = RULE_NODE_TEST, .test = test });
	return true;
}

static bool read_any(struct parser *p, size_t *node);

static bool read_one(struct parser *p, size_t *node)
{
	bool negated = is_word(p, "not"), group = p->now.kind == RULE_TOKEN_OPEN;
	if (!negated && !group) {
		return read_test(p, node);
	}
	if (++p->depth > LIMIT_RULE_DEPTH) {
		return fail(p, "parentheses and nots are nested too deep");
	}
	advance(p);
	bool ok = negated ? read_one(p, node) : read_any(p, node);
	p->depth--;
	if (ok && negated) {
		*node = push(p, (struct rule_node){ .kind = RULE_NODE_NOT, .left = *node });
	}
	if (ok && group) {
		if (p->now.kind != RULE_TOKEN_CLOSE) {
			return fail(p, "and, or or a closing parenthesis is wanted");
		}
		advance(p);
	}
	return ok;
}

static bool read_chain(struct parser *p, const char *word, enum rule_node_kind kind,
                       bool (*part)(struct parser *p, size_t *node), size_t *node)
{
	size_t right;
	if (!part(p, node)) {
		return false;
	}
	while (is_word(p, word)) {
		advance(p);
		if (!part(p, &right)) {
			return false;
		}
		*node = push(p, (struct rule_node){ .kind = kind, .left = *node, .right = right });
	}
	return true;
}

static bool read_all(struct parser *p, size_t *node)
{
	return read_chain(p, "and", RULE_NODE_AND, read_one, node);
}

static bool read_any(struct parser *p, size_t *node)
{
	return read_chain(p, "or", RULE_NODE_OR, read_all, node);
}

/* ---- rules ---- */

static bool read_action(struct parser *p, struct rule *rule)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (is_word(p, actions[i].name)) {
			rule->action = (enum rule_action)i;
			advance(p);
			return true;
		}
	}
	return fail(p, "accept, hold, reject, discard or tag is wanted first");
}

/* A tag is for the subject, or "Name: value". */
static bool check_tag(struct parser *p)
{
	struct err why;
	if (p->now.text.n > LIMIT_RULE_TAG) {
		return fail(p, "a tag has at most 200 bytes");
	}
	if (span_find(p->now.text, SPAN(": ")) == SPAN_NONE) {
		return true;
	}
	return field_rule_check_add(p->now.text, &why) ||
	       fail(p, arena_str(p->arena, span_str(why.text)));
}

static bool read_text(struct parser *p, struct rule *rule)
{
	bool text = p->now.kind == RULE_TOKEN_STRING ||
	            (p->now.kind == RULE_TOKEN_WORD && !is_word(p, "if"));
	if (!actions[rule->action].may || (!text && !actions[rule->action].must)) {
		return true;
	}
	if (!text || p->now.text.n == 0) {
		return fail(p, rule->action == RULE_TAG
		                       ? "the tag is wanted: a word or a \"text\""
		                       : "the reason is wanted: a word or a \"text\"");
	}
	if (rule->action == RULE_TAG && !check_tag(p)) {
		return false;
	}
	rule->text = p->now.text;
	advance(p);
	return true;
}

static bool read_rule(struct parser *p, struct rule *rule)
{
	*rule = (struct rule){ .line = p->number, .source = span_trim(p->line), .always = true };
	p->rest = p->line;
	p->depth = p->tests = 0;
	if (p->line.n > LIMIT_RULE_LINE) {
		return fail_at(p, p->line.p + LIMIT_RULE_LINE, span_sub(p->line, 0, 20),
		               "a rule has at most 2000 bytes");
	}
	advance(p);
	if (!read_action(p, rule) || !read_text(p, rule)) {
		return false;
	}
	if (is_word(p, "if")) {
		rule->always = false;
		advance(p);
		if (!read_any(p, &rule->node)) {
			return false;
		}
	}
	return p->now.kind == RULE_TOKEN_END ||
	       fail(p, rule->always ? "if, or the end of the rule, is wanted"
	                            : "and, or, or the end of the rule is wanted");
}

bool rule_parse(struct arena *arena, struct span text, struct rule_set *out, struct err *e)
{
	struct parser p = { .arena = arena, .set = out, .err = e };
	size_t cap = 0;
	*out = (struct rule_set){ 0 };
	for (struct span rest = text; rest.p;) {
		struct rule rule;
		p.line = span_rtrim(span_cut(&rest, '\n'));
		p.number++;
		struct span trimmed = span_trim(p.line);
		if (trimmed.n == 0 || trimmed.p[0] == '#') {
			continue;
		}
		if (out->n >= LIMIT_RULES) {
			return err_set(e, ERR_MISUSE, "", "line %u: more than %u rules", p.number,
			               LIMIT_RULES);
		}
		if (!read_rule(&p, &rule)) {
			return false;
		}
		*ARENA_PUSH(arena, out->v, out->n, cap) = rule;
	}
	return true;
}
