/*
 * Input: a message. Whatever it is: no more commands than the limits say, each a span of
 * what was read, none from a quoted line; and a suffix of an address, the first line.
 */
#include "rules/command.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static bool inside(struct span part, struct span whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check(const struct command_list *l, struct span subject, struct span text)
{
	require(l->n <= COMMAND_MAX);
	require(!l->more || l->n == COMMAND_MAX);
	for (size_t i = 0; i < l->n; i++) {
		const struct command_line *c = &l->v[i];
		require(c->verb < VERB_END);
		require(inside(c->argument, subject) || inside(c->argument, text));
		require(c->argument.n <= COMMAND_LINE_SIZE);
		require(c->change.days >= 0 && c->change.days <= MEMBER_DAYS_MAX);
		require((c->change.on & c->change.off) == 0);
		require((c->change.on & MEMBER_MODERATED) == 0);
		require((c->change.off & MEMBER_MODERATED) == 0);
		require(c->change.delivery <= MEMBER_BOTH);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { (const char *)data, size };
	struct arena *arena = arena_new();
	struct message m;
	struct err e;
	struct command_list l;
	struct command_line c = { 0 };
	struct span subject, text, rest = input;
	if (size == 0) {
		rest = SPAN("");
	}
	(void)command_suffix(arena, span_cut(&rest, '\n'), &c);
	command_read(SPAN(""), input, &l);
	check(&l, input, input);
	if (message_parse(arena, input, &m, &e)) {
		command_mail(arena, &m, &subject, &text);
		command_read(subject, text, &l);
		check(&l, subject, text);
	}
	arena_free(arena);
	return 0;
}
