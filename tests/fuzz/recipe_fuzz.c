/*
 * Input: one byte K, K bytes to draw edits from, JSON up to a NUL, a message. The JSON
 * is applied to the message, and to what that gave; the recipe of the edits must undo
 * them.
 */
#include "auth/recipe.h"

#include "base/limits.h"
#include "fuzz/edit_model.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct state {
	struct canon_header header;
	struct lines body;
};

static struct state state_of(struct arena *arena, const struct message *m)
{
	return (struct state){ canon_dkim2_header(arena, m->fields, m->count),
		               recipe_lines(arena, m->body) };
}

static struct span header_text(struct arena *arena, const struct canon_header *header)
{
	struct buf out = BUF_INIT;

	canon_dkim2_header_text(&out, header);
	return buf_move(&out, arena);
}

static size_t bytes_in(const struct lines *lines)
{
	size_t sum = 0;

	for (size_t i = 0; i < lines->n; i++) {
		sum += lines->v[i].bytes.n + 2u * lines->v[i].open;
	}
	return sum;
}

static void check_order(const struct canon_header *header)
{
	for (size_t i = 1; i < header->n; i++) {
		MODEL_REQUIRE(span_icmp(header->v[i - 1].name, header->v[i].name) <= 0);
	}
}

static void apply(struct arena *arena, const struct recipe *recipe, struct state *state)
{
	uint64_t budget = 1 << 20, before = budget;
	struct state old;
	struct span what;
	struct digest digest;

	if (recipe_apply(arena, recipe, &state->header, &state->body, &old.header, &old.body,
	                 &budget, &what) != RECIPE_OK) {
		MODEL_REQUIRE(what.n > 0);
		return;
	}
	MODEL_REQUIRE(budget <= before);
	if (recipe->has_body) {
		MODEL_REQUIRE(bytes_in(&old.body) <= before - budget);
	}
	check_order(&old.header);
	recipe_lines_hash(HASH_SHA256, &old.body, &digest);
	*state = old;
}

static void run_json(struct arena *arena, struct span json, const struct message *m)
{
	struct state state = state_of(arena, m);
	struct recipe recipe;
	struct span what;

	if (recipe_parse(arena, json, &recipe, &what) != RECIPE_OK) {
		MODEL_REQUIRE(what.n <= RECIPE_EXCERPT);
		return;
	}
	apply(arena, &recipe, &state);
	apply(arena, &recipe, &state);
}

static void run_edits(struct arena *arena, const struct message *m, struct dice dice)
{
	struct model model = model_draw(m, &dice);
	struct edits *x = edit_new(arena, m);
	struct state was = state_of(arena, m), now;
	struct digest want, have;
	struct message after;
	struct recipe recipe;
	struct span json, what;

	model_apply(&model, x);
	MODEL_REQUIRE(edit_finish(x, NULL));
	if (!recipe_make(arena, x, &json, NULL)) {
		return;
	}
	MODEL_REQUIRE(json.n <= LIMIT_RECIPE_OUT);
	MODEL_REQUIRE(message_parse(arena, edit_print(x), &after, NULL));
	MODEL_REQUIRE(recipe_parse(arena, json.n ? json : SPAN("{}"), &recipe, &what) == RECIPE_OK);
	now = state_of(arena, &after);
	apply(arena, &recipe, &now);
	MODEL_REQUIRE(span_eq(header_text(arena, &now.header), header_text(arena, &was.header)));
	recipe_lines_hash(HASH_SHA256, &was.body, &want);
	recipe_lines_hash(HASH_SHA256, &now.body, &have);
	MODEL_REQUIRE(span_eq(digest_span(&want), digest_span(&have)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span rest = { (const char *)data, size }, json;
	struct dice dice = { data, 0 };
	struct message m;

	if (size > 0) {
		dice.p = data + 1;
		dice.n = data[0] < size ? data[0] : size - 1;
		rest = span_from(rest, 1 + dice.n);
	}
	json = span_cut(&rest, '\0');
	if (message_parse(arena, rest, &m, NULL)) {
		run_json(arena, json, &m);
		run_edits(arena, &m, dice);
	}
	arena_free(arena);
	return 0;
}
