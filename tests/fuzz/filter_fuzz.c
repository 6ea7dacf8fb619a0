/*
 * Input: one line of settings (flags, then content-filter with \n between rules), then a
 * message. Whatever it is: the edits fit, and nothing that "strip" met is left in the
 * message that comes out, read again, when every part could be seen.
 */
#include "rules/filter.h"
#include "rules/revise_content.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static struct span rules_of(struct arena *arena, struct span line)
{
	char *p = arena_str(arena, line);
	for (size_t i = 0; i < line.n; i++) {
		p[i] = p[i] == '|' ? '\n' : p[i];
	}
	return (struct span){ p, line.n };
}

static void check_result(const struct filter_result *r)
{
	for (size_t i = 0; i < r->n; i++) {
		require(r->v[i].parent <= i && (i == 0 || r->v[i].parent < i));
		require(i > 0 || !r->v[i].gone);
	}
	require(r->action <= FILTER_STRIP || r->reason.n > 0);
	require(!r->changes || r->what.n > 0);
}

static size_t count_met(const struct filter_result *r, enum filter_action action)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++) {
		n += r->v[i].rule && r->v[i].rule->action == action;
	}
	return n;
}

static void run(struct arena *arena, const struct list *list, const struct message *m)
{
	struct filter_result before, after;
	struct message made;
	struct err e;
	filter_judge(arena, list, m, &before);
	check_result(&before);
	struct edits *x = edit_new(arena, m);
	revise_content(x, &before, SPAN("dev@lists.example"));
	require(edit_finish(x, &e));
	require(before.changes == !x->reversible);
	if (!message_parse(arena, edit_print(x), &made, &e)) {
		return;
	}
	filter_judge(arena, list, &made, &after);
	check_result(&after);
	if (before.action != FILTER_STRIP) {
		return;
	}
	/* The note itself is plain text, a rule about that meets it again. */
	if (span_ifind(list->content_filter, SPAN("type text/")) == SPAN_NONE &&
	    span_find(list->content_filter, SPAN("*")) == SPAN_NONE &&
	    span_find(list->content_filter, SPAN("part-size")) == SPAN_NONE) {
		require(count_met(&after, FILTER_STRIP) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span rest = { (const char *)data, size };
	struct span line = span_cut(&rest, '\n');
	struct list list = { .local = SPAN("dev"), .domain = SPAN("lists.example") };
	struct filter_rules rules;
	struct message m;
	if (line.n > 0) {
		list.collapse_alternative = line.p[0] & 1;
		list.drop_html = (line.p[0] >> 1) & 1;
	}
	list.content_filter = rules_of(arena, span_from(line, 1));
	if (rest.p && filter_rule_parse(arena, list.content_filter, &rules, NULL) &&
	    message_parse(arena, rest, &m, NULL) && m.count > 0) {
		run(arena, &list, &m);
	}
	arena_free(arena);
	return 0;
}
