/*
 * The walk over a condition. Its depth is bounded by the parser (LIMIT_RULE_DEPTH and
 * LIMIT_RULE_TESTS), the work for each pattern by the limits of rules/regex.h. What a
 * condition needs lives in an arena of its own.
 */
#include "rules/rule_ask.h"

#include "base/ascii.h"
#include "rules/filter_tree.h"
#include "rules/regex.h"

/* Bytes of a text, and of all of it, that are shown. */
enum { SHOWN_TEXT = 60, SHOWN_ALL = 600 };

struct asking {
	const struct rule_set *set;
	const struct policy_input *in;
	struct arena *arena; /* of one condition */
	struct buf why;
};

static void note(struct asking *a, const struct rule_test *t, struct span found)
{
	if (a->why.n > SHOWN_ALL) {
		return;
	}
	buf_printf(&a->why, "%s%s", a->why.n > 0 ? ", " : "", t->subject->name);
	if (t->subject->takes == RULE_TAKES_FIELD) {
		buf_printf(&a->why, " %.*s", SPAN_FMT(t->name));
	}
	if (t->subject->takes == RULE_TAKES_PERIOD) {
		buf_printf(&a->why, " in %llus",
		           (unsigned long long)a->set->counts[t->count].period);
	}
	buf_printf(&a->why, ": %.*s", SPAN_FMT(found));
}

static enum rule_answer answer_of(bool yes)
{
	return yes ? RULE_YES : RULE_NO;
}

static enum rule_answer negated(enum rule_answer answer)
{
	return answer == RULE_UNKNOWN ? answer : answer_of(answer == RULE_NO);
}

/* ---- one condition ---- */

static enum rule_answer ask_flag(struct asking *a, const struct rule_test *t)
{
	enum rule_answer answer = t->subject->flag(a->arena, a->in);
	note(a, t,
	     answer == RULE_UNKNOWN ? SPAN("unknown, DNS does not answer")
	     : answer == RULE_YES   ? SPAN("yes")
	                            : SPAN("no"));
	return answer;
}

static bool compare(enum rule_op op, int64_t found, int64_t wanted)
{
	switch (op) {
	case RULE_LESS: return found < wanted;
	case RULE_LESS_EQUAL: return found <= wanted;
	case RULE_MORE: return found > wanted;
	case RULE_MORE_EQUAL: return found >= wanted;
	case RULE_UNEQUAL: return found != wanted;
	default: return found == wanted;
	}
}

static struct span number_text(struct arena *arena, enum rule_kind kind, int64_t v)
{
	if (kind == RULE_SCORE) {
		int64_t positive = v < 0 ? -v : v;
		return arena_printf(arena, "%s%lld.%02lld", v < 0 ? "-" : "",
		                    (long long)(positive / 100), (long long)(positive % 100));
	}
	return arena_printf(arena, "%lld%s", (long long)v, kind == RULE_DURATION ? "s" : "");
}

static enum rule_answer ask_number(struct asking *a, const struct rule_test *t)
{
	int64_t v;
	bool there = true;
	if (t->subject->takes == RULE_TAKES_PERIOD) {
		v = a->set->counts[t->count].n;
	} else {
		there = t->subject->number(a->arena, a->in, &v);
	}
	note(a, t, there ? number_text(a->arena, t->subject->kind, v) : SPAN("not there"));
	return answer_of(there && compare(t->op, v, t->number));
}

static enum rule_answer ask_word(struct asking *a, const struct rule_test *t)
{
	struct span found = t->subject->word(a->in);
	note(a, t, found);
	return answer_of(span_eq(found, t->text) == (t->op == RULE_EQUAL));
}

static void note_text(struct asking *a, const struct rule_test *t, size_t n, struct span last)
{
	note(a, t,
	     n == 0  ? SPAN("not there")
	     : n > 1 ? arena_printf(a->arena, "%zu texts", n)
	             : arena_join(a->arena, SPAN("\""),
	                          filter_printable(a->arena, last, SHOWN_TEXT), SPAN("\""),
	                          SPAN_END));
}

static struct regex *pattern_of(const struct rule_test *t)
{
	return t->op != RULE_MATCHES ? NULL
	       : t->caseless         ? regex_new(t->text, NULL)
	                             : regex_new_case(t->text, NULL);
}

/* Texts are compared until one fits; "!=" says that none is equal. */
static enum rule_answer ask_text(struct asking *a, const struct rule_test *t)
{
	struct regex *r = pattern_of(t);
	struct span text = SPAN("");
	size_t at = 0, n = 0;
	bool limited = t->op == RULE_MATCHES && !r, fits = false;
	while (!fits && !limited && t->subject->text(a->arena, a->in, t->name, &at, &text)) {
		n++;
		fits = t->op == RULE_IS ||
		       (r ? regex_match(r, text, &limited) : span_ieq(span_trim(text), t->text));
	}
	regex_free(r);
	if (limited) {
		note(a, t, SPAN("the pattern met a limit"));
		return RULE_UNKNOWN;
	}
	note_text(a, t, n, text);
	return answer_of(fits == (t->op != RULE_UNEQUAL));
}

static enum rule_answer ask_parts(struct asking *a, const struct rule_test *t)
{
	struct filter_rule rule = t->parts;
	struct filter_rules rules = { &rule, 1 };
	struct filter_tree tree;
	filter_tree_read(a->arena, &rules, a->in->message, &tree);
	for (size_t i = 0; i < tree.n; i++) {
		if (tree.v[i].rule) {
			note(a, t, filter_describe(a->arena, &tree.v[i]));
			return RULE_YES;
		}
	}
	note(a, t, tree.doubt ? span_str(tree.doubt) : SPAN("no such part"));
	return tree.doubt ? RULE_UNKNOWN : RULE_NO;
}

static enum rule_answer ask_test(struct asking *a, const struct rule_test *t)
{
	a->arena = arena_new();
	enum rule_answer answer;
	switch (t->subject->kind) {
	case RULE_FLAG: answer = ask_flag(a, t); break;
	case RULE_WORD: answer = ask_word(a, t); break;
	case RULE_TEXT: answer = ask_text(a, t); break;
	case RULE_TYPES:
	case RULE_EXTENSIONS: answer = ask_parts(a, t); break;
	default: answer = ask_number(a, t);
	}
	arena_free(a->arena);
	return answer;
}

/* ---- conditions ---- */

static enum rule_answer ask_node(struct asking *a, size_t i)
{
	const struct rule_node *node = &a->set->nodes[i];
	if (node->kind == RULE_NODE_TEST) {
		return ask_test(a, &node->test);
	}
	enum rule_answer left = ask_node(a, node->left);
	if (node->kind == RULE_NODE_NOT) {
		return negated(left);
	}
	enum rule_answer ends = answer_of(node->kind == RULE_NODE_OR);
	if (left == ends) {
		return left;
	}
	enum rule_answer right = ask_node(a, node->right);
	return right == ends ? right : left == RULE_UNKNOWN ? left : right;
}

struct rule_said rule_ask(struct arena *arena, const struct rule_set *set, const struct rule *rule,
                          const struct policy_input *in)
{
	struct asking a = { .set = set, .in = in, .why = BUF_INIT };
	if (rule->always) {
		return (struct rule_said){ RULE_YES, SPAN("no condition") };
	}
	enum rule_answer answer = ask_node(&a, rule->node);
	return (struct rule_said){ answer, buf_move(&a.why, arena) };
}
