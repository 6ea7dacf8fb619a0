/*
 * Recipes from JSON. Jansson reads the syntax; what the draft asks beyond it is
 * checked here.
 *
 *   1. Nothing of the JSON tree outlives recipe_parse: every text is copied into the
 *      arena.
 *   2. Keys are compared without regard to case, so "H" is "h", and "H" beside "h" is
 *      a repeated key.
 *   3. Nesting is bounded before Jansson sees the text, which recurses.
 *   4. Names outside the header hash are dropped: undoing them could change nothing.
 */
#include "auth/recipe.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct arena *arena;
	size_t steps;     /* read so far, in all step lists */
	struct span what; /* the first thing that was wrong */
};

/* TEXT without control characters, cut to RECIPE_EXCERPT bytes but not inside a character. */
static struct span excerpt(struct arena *arena, struct span text)
{
	char *copy;
	size_t n = 0;

	if (text.n > RECIPE_EXCERPT) {
		text.n = RECIPE_EXCERPT;
	}
	copy = arena_alloc(arena, text.n + 1);
	while (n < text.n) {
		size_t step = utf8_len(span_from(text, n));

		if (step == 0) {
			break;
		}
		for (size_t i = n; i < n + step; i++) {
			copy[i] = ascii_cntrl(text.p[i]) ? ' ' : text.p[i];
		}
		n += step;
	}
	return (struct span){ copy, n };
}

/* For json_dump_callback: gather the first RECIPE_EXCERPT bytes, then stop. */
static int gather(const char *bytes, size_t n, void *self)
{
	struct buf *out = self;

	if (n > RECIPE_EXCERPT - out->n) {
		n = RECIPE_EXCERPT - out->n;
	}
	buf_add(out, (struct span){ bytes, n });
	return out->n < RECIPE_EXCERPT ? 0 : -1;
}

/* Note VALUE as what is wrong. Always false. */
static bool wrong(struct reader *reader, const json_t *value)
{
	struct buf text = BUF_INIT;

	json_dump_callback(value, gather, &text, JSON_COMPACT | JSON_ENCODE_ANY);
	reader->what = excerpt(reader->arena, buf_span(&text));
	buf_free(&text);
	return false;
}

/* Objects and lists inside each other, strings left out. */
static bool nested_too_deep(struct span json)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (quoted) {
			if (c == '\\') {
				i++;
			} else if (c == '"') {
				quoted = false;
			}
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > LIMIT_RECIPE_DEPTH) {
				return true;
			}
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

struct list {
	struct step *v;
	size_t n, cap;
};

static bool add_step(struct reader *reader, struct list *list, struct step step)
{
	if (++reader->steps > LIMIT_RECIPE_STEPS) {
		return false;
	}
	*ARENA_PUSH(reader->arena, list->v, list->n, list->cap) = step;
	return true;
}

static bool index_of(const json_t *value, uint64_t *out)
{
	if (!json_is_integer(value) || json_integer_value(value) < 1) {
		return false;
	}
	*out = (uint64_t)json_integer_value(value);
	return true;
}

/* "c": ranges ascend over the whole list of steps. */
static bool read_copy(struct reader *reader, const json_t *value, struct list *list)
{
	struct step step = { .kind = STEP_COPY };
	uint64_t last = 0;

	for (size_t i = list->n; i > 0 && last == 0; i--) {
		if (list->v[i - 1].kind == STEP_COPY) {
			last = list->v[i - 1].last;
		}
	}
	if (!json_is_array(value) || json_array_size(value) != 2 ||
	    !index_of(json_array_get(value, 0), &step.first) ||
	    !index_of(json_array_get(value, 1), &step.last) || step.first > step.last ||
	    step.first <= last) {
		return wrong(reader, value);
	}
	return add_step(reader, list, step) || wrong(reader, value);
}

static bool has_line_break(struct span text)
{
	return span_chr(text, '\r') != SPAN_NONE || span_chr(text, '\n') != SPAN_NONE;
}

static struct span string_of(const json_t *value)
{
	return (struct span){ json_string_value(value), json_string_length(value) };
}

/* One base64 text of "u". */
static bool decode(struct arena *arena, struct span text, struct span *out)
{
	struct buf bytes = BUF_INIT;

	for (size_t i = 0; i < text.n; i++) {
		if (ascii_fws(text.p[i])) {
			return false;
		}
	}
	if (!codec_base64_canonical(text) || !codec_unbase64(&bytes, text)) {
		buf_free(&bytes);
		return false;
	}
	*out = buf_move(&bytes, arena);
	return true;
}

/* "d" or, with BASE64, "u". */
static bool read_literals(struct reader *reader, const json_t *value, bool base64,
                          struct list *list)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(value)) {
		return wrong(reader, value);
	}
	json_array_foreach(value, i, item)
	{
		struct step step = { .kind = STEP_TEXT };

		if (!json_is_string(item)) {
			return wrong(reader, item);
		}
		if (base64 && !decode(reader->arena, string_of(item), &step.text)) {
			return wrong(reader, item);
		}
		if (!base64) {
			step.text = arena_copy(reader->arena, string_of(item));
		}
		if (has_line_break(step.text) || !add_step(reader, list, step)) {
			return wrong(reader, item);
		}
	}
	return true;
}

static bool read_step(struct reader *reader, json_t *value, struct list *list)
{
	void *at;
	struct span key;

	if (!json_is_object(value) || json_object_size(value) != 1) {
		return wrong(reader, value);
	}
	at = json_object_iter(value);
	key = span_str(json_object_iter_key(at));
	if (span_iis(key, "c")) {
		return read_copy(reader, json_object_iter_value(at), list);
	}
	if (span_iis(key, "d") || span_iis(key, "u")) {
		return read_literals(reader, json_object_iter_value(at), span_iis(key, "u"), list);
	}
	return wrong(reader, value);
}

static bool read_steps(struct reader *reader, const json_t *value, struct step **steps, size_t *n)
{
	struct list list = { NULL, 0, 0 };
	json_t *item;
	size_t i;

	if (!json_is_array(value)) {
		return wrong(reader, value);
	}
	json_array_foreach(value, i, item)
	{
		if (!read_step(reader, item, &list)) {
			return false;
		}
	}
	*steps = list.v;
	*n = list.n;
	return true;
}

/* RFC 5322 3.6.8 */
static bool is_field_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!ascii_graph(name.p[i]) || name.p[i] == ':') {
			return false;
		}
	}
	return name.n > 0;
}

static int by_name(const void *a, const void *b)
{
	return span_cmp(((const struct recipe_field *)a)->name,
	                ((const struct recipe_field *)b)->name);
}

/* Sort, refuse names that are equal but for case, drop those that are not hashed. */
static bool settle_names(struct reader *reader, struct recipe *out)
{
	size_t kept = 0;

	if (out->nfields > 1) {
		qsort(out->fields, out->nfields, sizeof(*out->fields), by_name);
	}
	for (size_t i = 1; i < out->nfields; i++) {
		if (span_eq(out->fields[i - 1].name, out->fields[i].name)) {
			reader->what = excerpt(reader->arena, out->fields[i].name);
			return false;
		}
	}
	for (size_t i = 0; i < out->nfields; i++) {
		if (!canon_dkim2_unhashed(out->fields[i].name)) {
			out->fields[kept++] = out->fields[i];
		}
	}
	out->nfields = kept;
	return true;
}

static bool read_header(struct reader *reader, json_t *value, struct recipe *out)
{
	const char *key;
	json_t *steps;

	if (!json_is_object(value)) {
		return wrong(reader, value);
	}
	out->fields = arena_array(reader->arena, json_object_size(value), sizeof(*out->fields));
	json_object_foreach(value, key, steps)
	{
		struct recipe_field *field = &out->fields[out->nfields++];

		if (!is_field_name(span_str(key))) {
			reader->what = excerpt(reader->arena, span_str(key));
			return false;
		}
		field->name = arena_lower(reader->arena, span_str(key));
		if (!read_steps(reader, steps, &field->steps, &field->n)) {
			return false;
		}
	}
	return settle_names(reader, out);
}

static bool read_body(struct reader *reader, const json_t *value, struct recipe *out)
{
	out->has_body = true;
	out->null_body = json_is_null(value);
	return out->null_body || read_steps(reader, value, &out->body, &out->nbody);
}

static bool read_recipe(struct reader *reader, json_t *root, struct recipe *out)
{
	bool header = false;
	const char *key;
	json_t *value;

	if (!json_is_object(root)) {
		return wrong(reader, root);
	}
	json_object_foreach(root, key, value)
	{
		bool is_header = span_iis(span_str(key), "h");

		if (!is_header && !span_iis(span_str(key), "b")) {
			continue;
		}
		if (is_header ? header : out->has_body) {
			return wrong(reader, root);
		}
		if (is_header ? !read_header(reader, value, out) : !read_body(reader, value, out)) {
			return false;
		}
		header = header || is_header;
	}
	return true;
}

/*
 * JSON that is well-formed but that Jansson does not take is an invalid recipe, not
 * invalid JSON.
 */
static enum recipe_error refusal(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_out_of_memory:
		mem_free(mem_resize_array(NULL, SIZE_MAX, 2)); /* ends the process,
		        see base/mem.h */
		return RECIPE_INVALID;
	case json_error_duplicate_key:
	case json_error_numeric_overflow:
	case json_error_null_byte_in_key: return RECIPE_INVALID;
	default: return RECIPE_JSON;
	}
}

enum recipe_error recipe_parse(struct arena *arena, struct span json, struct recipe *out,
                               struct span *what)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
	struct reader reader = { .arena = arena };
	json_error_t error;
	json_t *root;
	bool ok;

	memset(out, 0, sizeof(*out));
	*what = excerpt(arena, json);
	if (json.n > LIMIT_RECIPE_IN || nested_too_deep(json)) {
		return RECIPE_INVALID;
	}
	root = json_loadb(json.n ? json.p : "", json.n, flags, &error);
	if (!root) {
		return refusal(&error);
	}
	ok = read_recipe(&reader, root, out);
	json_decref(root);
	if (ok) {
		return RECIPE_OK;
	}
	*what = reader.what;
	return RECIPE_INVALID;
}
