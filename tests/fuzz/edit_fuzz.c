/*
 * Input: one byte K, K bytes to draw edits from, a message. Legal edits must
 * give what the model says; wild ones must be refused or print without harm.
 */
#include "fuzz/edit_model.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_wild(struct arena *arena, const struct message *m, struct dice dice)
{
	struct edits *x = edit_new(arena, m);

	while (dice.n > 0) {
		size_t where = dice_roll(&dice, m->raw.n + 2), drop = dice_roll(&dice, 16);

		if (drop == 15) {
			edit_body(x, SIZE_MAX - where, SIZE_MAX, SPAN("x"));
		} else if (drop == 14) {
			edit_body(x, where, SIZE_MAX - drop, SPAN("x"));
		} else if (drop == 13) {
			edit_field_drop(x, where);
		} else if (drop == 12) {
			edit_field_top(x, SPAN("X"), span_from(m->raw, where));
		} else {
			edit_body(x, where, drop, SPAN("y"));
		}
	}
	if (!edit_finish(x, NULL)) {
		return;
	}
	MODEL_REQUIRE(edit_print(x).n == edit_header(x).n + 2 + edit_segments(x).bytes);
	model_check_segments(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span raw = { (const char *)data, size };
	struct dice dice = { data, 0 };
	struct message m;

	if (size > 0) {
		dice.p = data + 1;
		dice.n = data[0] < size ? data[0] : size - 1;
		raw = span_from(raw, 1 + dice.n);
	}
	if (message_parse(arena, raw, &m, NULL)) {
		run_wild(arena, &m, dice);
		model_run_nothing(arena, &m);
		model_run(arena, &m, &dice);
	}
	arena_free(arena);
	return 0;
}
