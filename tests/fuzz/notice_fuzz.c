/*
 * Input: one line that chooses a notice and is the value of its variables, then the text
 * as a file has it. Whatever it is: the filling ends and fits; a text without a fault is
 * used, and what comes out is clean UTF-8 that filling again does not change.
 */
#include "base/utf8.h"
#include "rules/notice.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static struct span give(void *ctx, struct arena *arena, enum notice_level level,
                        struct span language, struct span name)
{
	const struct span *text = ctx;
	(void)arena;
	(void)language;
	(void)name;
	return level == NOTICE_LIST ? *text : SPAN_END;
}

static void clean(struct span s, bool lines)
{
	while (s.n > 0) {
		size_t n = lines && s.p[0] == '\n' ? 1 : utf8_printable(s);
		require(n > 0);
		s = span_from(s, n);
	}
}

static void render(struct arena *arena, const struct notice *row, struct span value,
                   struct span text)
{
	struct notice_source where = { .read = give, .ctx = &text };
	struct template_names names = notice_names(arena, row);
	struct notice_vars vars = { .n = 0 };
	struct notice_text out;
	struct notice_file file;
	struct err e;
	for (size_t i = 0; i < names.n; i++) {
		notice_set(&vars, names.v[i], i % 2 ? value : SPAN(""));
	}
	bool good = notice_parse(arena, row, text, &file);
	require(good == (file.nfaults == 0));
	require(notice_render(arena, &where, span_str(row->name), SPAN("en"), vars.v, vars.n, &out,
	                      &e));
	require((out.level == NOTICE_LIST) == good);
	clean(out.subject, false);
	clean(out.text, true);
	require(span_eq(notice_flow(arena, out.text), out.text));
}

/* A text with faults is filled as well. */
static void fill(struct arena *arena, const struct notice *row, struct span value, struct span text)
{
	struct template_names names = notice_names(arena, row);
	struct span *values = arena_array(arena, names.n, sizeof(*values));
	for (size_t i = 0; i < names.n; i += 2) {
		values[i] = value;
	}
	for (int form = TEMPLATE_PLAIN; form <= TEMPLATE_URL; form++) {
		template_fill(arena, text, names, values, (enum template_form)form);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span rest = { (const char *)data, size };
	struct span line = span_cut(&rest, '\n');
	const struct notice *row =
		&notices[(line.n > 0 ? (unsigned char)line.p[0] : 0) % notices_count];
	if (rest.p) {
		render(arena, row, line, rest);
		fill(arena, row, line, rest);
	}
	arena_free(arena);
	return 0;
}
