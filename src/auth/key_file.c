/*
 * A key source over text: for tests, for messages from the past, and for sites
 * that check without the DNS.
 *
 * Records are kept sorted by name (lower case), those of one name in the order
 * of the file, and are found by bisection.
 */
#include "auth/key.h"

#include <jansson.h>
#include <stdlib.h>

/* As the text of a record: the name cannot be looked up now. */
#define TEMPFAIL "TEMPFAIL"

struct record {
	struct span name;
	struct span text;
	size_t place;
};

struct zone {
	struct arena *arena;
	struct record *v;
	size_t n, cap;
};

static int record_cmp(const void *va, const void *vb)
{
	const struct record *a = va, *b = vb;
	int order = span_cmp(a->name, b->name);

	if (order) {
		return order;
	}
	return a->place < b->place ? -1 : a->place > b->place;
}

static struct span canonical_name(struct arena *arena, struct span name)
{
	if (name.n && name.p[name.n - 1] == '.') {
		name.n--;
	}
	return arena_lower(arena, name);
}

static void add(struct zone *z, struct span name, struct span text)
{
	struct record r = { canonical_name(z->arena, name), text, z->n };

	*ARENA_PUSH(z->arena, z->v, z->n, z->cap) = r;
}

/* Index of the first record that is not before NAME. */
static size_t first_of(const struct zone *z, struct span name)
{
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (span_cmp(z->v[middle].name, name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* Is there a record at NAME or below it? */
static bool exists(const struct zone *z, struct span name)
{
	for (size_t i = 0; i < z->n; i++) {
		struct span other = z->v[i].name;

		if (span_ends(other, name) &&
		    (other.n == name.n || other.p[other.n - name.n - 1] == '.')) {
			return true;
		}
	}
	return false;
}

static struct txt lookup(void *self, struct arena *arena, struct span name)
{
	const struct zone *z = self;
	struct txt answer = { .status = TXT_NONE };
	size_t first, last;

	name = canonical_name(arena, name);
	first = last = first_of(z, name);
	while (last < z->n && span_eq(z->v[last].name, name)) {
		last++;
	}
	if (first == last) {
		answer.no_name = !exists(z, name);
		return answer;
	}
	answer.records = arena_array(arena, last - first, sizeof(*answer.records));
	answer.status = TXT_FOUND;
	for (size_t i = first; i < last; i++) {
		if (span_is(z->v[i].text, TEMPFAIL)) {
			return (struct txt){ .status = TXT_TEMPORARY };
		}
		answer.records[answer.n++] = z->v[i].text;
	}
	return answer;
}

/* ---- TSV ---- */

static bool read_tsv(struct zone *z, struct span text, struct err *e)
{
	for (size_t number = 1; text.p; number++) {
		struct span rest = span_cut(&text, '\n'), name;

		if (span_ends(rest, SPAN("\r"))) {
			rest.n--;
		}
		if (!span_trim(rest).n || rest.p[0] == '#') {
			continue;
		}
		name = span_cut(&rest, '\t');
		if (!rest.p || !name.n) {
			return err_set(e, ERR_PERMANENT, "",
			               "line %zu of the key file is not \"name<TAB>text\"", number);
		}
		add(z, name, arena_copy(z->arena, rest));
	}
	return true;
}

/* ---- JSON ---- */

static struct span json_text(const json_t *string)
{
	return (struct span){ json_string_value(string), json_string_length(string) };
}

static bool is_txt(const json_t *string)
{
	return span_iis(json_text(string), "txt");
}

/*
 * One record: a string, or an array of strings that are joined, the type "txt"
 * before them or not. Of another type: nothing.
 */
static bool add_row(struct zone *z, struct span name, const json_t *row, bool typed)
{
	struct buf text = BUF_INIT;
	const json_t *part;
	size_t i;
	bool ok = json_is_array(row);

	if (json_is_string(row)) {
		add(z, name, arena_copy(z->arena, json_text(row)));
		return true;
	}
	json_array_foreach(row, i, part)
	{
		ok = ok && json_is_string(part);
		if (ok && !(typed && i == 0)) {
			buf_add(&text, json_text(part));
		}
	}
	if (ok && json_array_size(row) && (!typed || is_txt(json_array_get(row, 0)))) {
		add(z, name, arena_copy(z->arena, buf_span(&text)));
	}
	buf_free(&text);
	return ok;
}

static bool add_rows(struct zone *z, struct span name, const json_t *value, bool typed)
{
	const json_t *row;
	size_t i;

	if (json_is_string(value)) {
		return add_row(z, name, value, typed);
	}
	if (!json_is_array(value)) {
		return false;
	}
	json_array_foreach(value, i, row)
	{
		if (!add_row(z, name, row, typed)) {
			return false;
		}
	}
	return true;
}

/* Below a domain: {"TXT": rows} speaks of the name itself, {"label": typed rows} of label.name. */
static bool add_domain(struct zone *z, struct span domain, json_t *labels)
{
	const char *key;
	json_t *value;

	json_object_foreach(labels, key, value)
	{
		struct span label = span_str(key);
		bool itself = span_iis(label, "txt");

		if (!itself) {
			label = arena_join(z->arena, label, SPAN("."), domain, SPAN_END);
		}
		if (!add_rows(z, itself ? domain : label, value, !itself)) {
			return false;
		}
	}
	return true;
}

static bool add_names(struct zone *z, json_t *names)
{
	const char *key;
	json_t *value;

	json_object_foreach(names, key, value)
	{
		struct span name = span_str(key);

		if (json_is_object(value) ? !add_domain(z, name, value)
		                          : !add_rows(z, name, value, false)) {
			return false;
		}
	}
	return true;
}

static bool read_json(struct zone *z, struct span text, struct err *e)
{
	json_error_t error;
	json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
	bool ok = root && json_is_object(root) && add_names(z, root);

	if (!root) {
		err_set(e, ERR_PERMANENT, "", "key file: line %d: %s", error.line, error.text);
	} else if (!ok) {
		err_set(e, ERR_PERMANENT, "", "key file: not names with their texts");
	}
	json_decref(root);
	return ok;
}

bool key_file_source(struct arena *arena, struct span text, struct keysource *out, struct err *e)
{
	struct zone *z = ARENA_NEW(arena, struct zone);
	bool json = span_starts(span_trim(text), SPAN("{"));

	z->arena = arena;
	if (json ? !read_json(z, text, e) : !read_tsv(z, text, e)) {
		return false;
	}
	if (z->n) {
		qsort(z->v, z->n, sizeof(*z->v), record_cmp);
	}
	*out = (struct keysource){ .self = z, .txt = lookup };
	return true;
}
