/*
 * A usable message of an older revision. Unlike the verifier, which needs hashed
 * fields in canonical order only, this keeps every field where and how it stands, so
 * that a signature of the author's own that was made over the original can be checked
 * on the result.
 *
 * The header is a list of texts, top first. A recipe replaces the fields of one name:
 * what it copies stays where it is; a literal takes the place of a field that is
 * dropped, or stands next to the one below it, or, when there was no field of that
 * name, comes last.
 */
#include "auth/dkim2_field.h"

#include "base/ascii.h"
#include "mail/word.h"

#include <stdlib.h>

struct text {
	struct span name;
	struct span raw;   /* whole field with its CRLF */
	struct text *next; /* in a stack, the upper one first */
};

struct header {
	struct text *v;
	size_t n, cap;
};

/* ---- literals ---- */

/* Names whose usual form is not simply capitalised words. */
static const char *const usual[] = {
	"Message-ID", "MIME-Version",   "Content-ID",  "Resent-Message-ID",
	"List-Id",    "DKIM-Signature", "Content-MD5", "VBR-Info",
	"PICS-Label", "TLS-Required",   "SIO-Label",   "NNTP-Posting-Host",
};

static struct span capitalised(struct arena *arena, struct span name)
{
	char *copy = arena_str(arena, name);

	for (size_t i = 0; i < name.n; i++) {
		bool first = i == 0 || copy[i - 1] == '-';

		if (first && copy[i] >= 'a' && copy[i] <= 'z') {
			copy[i] = (char)(copy[i] - 'a' + 'A');
		}
	}
	return (struct span){ copy, name.n };
}

/* As the message writes NAME, or as it is usually written. */
static struct span written_name(struct arena *arena, const struct message *m, struct span name)
{
	size_t at = 0;
	const struct field *field = message_next(m, name, &at);

	if (field) {
		return field->name;
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (span_iis(name, usual[i])) {
			return span_str(usual[i]);
		}
	}
	return capitalised(arena, name);
}

static struct text literal(struct arena *arena, const struct message *m,
                           const struct recipe_field *field, struct span value)
{
	struct span name = written_name(arena, m, field->name);
	struct text text = { .name = field->name };

	value = span_trim(value);
	if (name.n + value.n + 2 > LIMIT_LINE_OUT) {
		text.raw = word_fold(arena, name, value);
	} else {
		text.raw = arena_join(arena, name, SPAN(": "), value, SPAN("\r\n"), SPAN_END);
	}
	return text;
}

/* ---- one recipe ---- */

/* What stands at each place of the header after the recipe: stacks. */
struct places {
	struct text **v; /* as many as there are fields */
	size_t n;
	struct text **end; /* behind them, one for each name of the recipe */
	size_t nend;
};

static void push(struct arena *arena, struct text **stack, struct text text)
{
	struct text *copy = ARENA_NEW(arena, struct text);

	*copy = text;
	copy->next = *stack;
	*stack = copy;
}

/* The number of the next field that is copied at or behind step I, or COUNT. */
static size_t next_copy(const struct recipe_field *field, size_t i, size_t count)
{
	for (; i < field->n; i++) {
		if (field->steps[i].kind == STEP_COPY) {
			return (size_t)field->steps[i].first - 1;
		}
	}
	return count;
}

struct undoing {
	struct arena *arena;
	const struct message *m;
	const struct header *now;
	struct places places;
	struct text **end; /* that of the present name */
};

/* HERE: places of the present fields of this name, lowest first. */
static bool place_field(struct undoing *u, const struct recipe_field *field, const size_t *here,
                        size_t count)
{
	size_t filled = 0; /* places of HERE that are done with */
	size_t copy = next_copy(field, 0, count);

	for (size_t i = 0; i < field->n; i++) {
		const struct step *step = &field->steps[i];

		if (step->kind == STEP_COPY) {
			if (step->first < 1 || step->last > count) {
				return false;
			}
			for (uint64_t k = step->first; k <= step->last; k++) {
				push(u->arena, &u->places.v[here[k - 1]], u->now->v[here[k - 1]]);
			}
			filled = (size_t)step->last;
			copy = next_copy(field, i + 1, count);
			continue;
		}
		if (filled < copy && filled < count) {
			filled++;
		}
		push(u->arena, count == 0 ? u->end : &u->places.v[here[filled ? filled - 1 : 0]],
		     literal(u->arena, u->m, field, step->text));
	}
	return true;
}

/* An entry of the index by name, lowest first. */
struct entry {
	struct span name;
	size_t place;
};

static int by_entry(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = span_icmp(x->name, y->name);

	if (order != 0) {
		return order;
	}
	return x->place < y->place ? 1 : -1;
}

static struct entry *index_of(struct arena *arena, const struct header *header)
{
	struct entry *index = arena_array(arena, header->n, sizeof(*index));

	for (size_t i = 0; i < header->n; i++) {
		index[i] = (struct entry){ header->v[i].name, i };
	}
	if (header->n > 1) {
		qsort(index, header->n, sizeof(*index), by_entry);
	}
	return index;
}

static void unstack(struct arena *arena, const struct text *text, struct header *out)
{
	for (; text; text = text->next) {
		*ARENA_PUSH(arena, out->v, out->n, out->cap) = *text;
	}
}

static struct header unstack_all(struct arena *arena, const struct places *places)
{
	struct header header = { NULL, 0, 0 };

	for (size_t i = 0; i < places->n; i++) {
		unstack(arena, places->v[i], &header);
	}
	for (size_t i = 0; i < places->nend; i++) {
		unstack(arena, places->end[i], &header);
	}
	return header;
}

static bool undo_header(struct arena *arena, const struct message *m, const struct recipe *recipe,
                        struct header *header)
{
	struct undoing u = { .arena = arena, .m = m, .now = header };
	struct entry *index = index_of(arena, header);
	size_t *here = arena_array(arena, header->n, sizeof(*here));
	size_t at = 0;

	u.places = (struct places){ .n = header->n, .nend = recipe->nfields };
	u.places.v = arena_array(arena, header->n, sizeof(*u.places.v));
	u.places.end = arena_array(arena, recipe->nfields, sizeof(*u.places.end));
	for (size_t f = 0; f < recipe->nfields; f++) {
		const struct recipe_field *field = &recipe->fields[f];
		size_t count = 0;

		for (; at < header->n && span_icmp(index[at].name, field->name) < 0; at++) {
			push(arena, &u.places.v[index[at].place], header->v[index[at].place]);
		}
		for (; at < header->n && span_ieq(index[at].name, field->name); at++) {
			here[count++] = index[at].place;
		}
		u.end = &u.places.end[f];
		if (!place_field(&u, field, here, count)) {
			return false;
		}
	}
	for (; at < header->n; at++) {
		push(arena, &u.places.v[index[at].place], header->v[index[at].place]);
	}
	*header = unstack_all(arena, &u.places);
	return true;
}

/* ---- all of them ---- */

static bool dropped(const struct dkim2_chain *chain, const struct field *field, uint64_t to)
{
	for (size_t k = 0; k < chain->nsigs; k++) {
		if (chain->sigs[k].field == field) {
			return chain->sigs[k].hop.m > to;
		}
	}
	for (size_t k = 0; k < chain->ninstances; k++) {
		if (chain->instances[k].field == field) {
			return chain->instances[k].m > to;
		}
	}
	return false;
}

static struct header present_header(struct arena *arena, const struct message *m,
                                    const struct dkim2_chain *chain, uint64_t to)
{
	struct header header = { NULL, 0, 0 };

	for (size_t i = 0; i < m->count; i++) {
		struct text text = { .name = m->fields[i].name, .raw = m->fields[i].raw };

		if (dropped(chain, &m->fields[i], to)) {
			continue;
		}
		if (!span_ends(text.raw, SPAN("\r\n"))) {
			text.raw = arena_join(arena, text.raw, SPAN("\r\n"), SPAN_END);
		}
		*ARENA_PUSH(arena, header.v, header.n, header.cap) = text;
	}
	return header;
}

static struct span print(struct arena *arena, const struct header *header, const struct lines *body)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < header->n; i++) {
		buf_add(&out, header->v[i].raw);
	}
	buf_str(&out, "\r\n");
	for (size_t i = 0; i < body->n; i++) {
		buf_add(&out, body->v[i].bytes);
		if (body->v[i].open) {
			buf_str(&out, "\r\n");
		}
	}
	return buf_move(&out, arena);
}

static bool bad_recipe(struct err *e, const struct dkim2_mi *mi, struct span what)
{
	return err_set(e, ERR_PERMANENT, "", "recipe of m=%llu cannot be undone: \"%.*s\"",
	               (unsigned long long)mi->m, SPAN_FMT(what));
}

static bool undo_one(struct arena *arena, const struct message *m, const struct dkim2_mi *mi,
                     struct header *header, struct lines *body, uint64_t *budget, struct err *e)
{
	struct span what = SPAN("range");
	struct lines older = *body;

	if (!mi->has_recipe) {
		return true;
	}
	if (!undo_header(arena, m, &mi->recipe, header)) {
		return bad_recipe(e, mi, what);
	}
	if (recipe_apply_body(arena, &mi->recipe, body, &older, budget, &what) != RECIPE_OK) {
		return bad_recipe(e, mi, what);
	}
	*body = older;
	return true;
}

bool dkim2_undo(struct arena *arena, const struct message *m, uint64_t to, struct span *out,
                struct err *e)
{
	uint64_t budget = dkim2_budget(m);
	struct dkim2_chain chain;
	struct dkim2_fault fault = dkim2_chain_parse(arena, m->fields, m->count, &chain);
	struct header header;
	struct lines body, untouched;

	if (fault.id == DKIM2_OK) {
		fault = dkim2_chain_check(&chain);
	}
	if (fault.id != DKIM2_OK) {
		return err_set(e, ERR_PERMANENT, "", "%.*s",
		               SPAN_FMT(dkim2_fault_text(arena, &fault)));
	}
	if (to > chain.ninstances) {
		return err_set(e, ERR_PERMANENT, "", "there is no revision m=%llu",
		               (unsigned long long)to);
	}
	header = present_header(arena, m, &chain, to);
	body = untouched = recipe_lines(arena, m->body);
	for (size_t k = chain.ninstances; k > to; k--) {
		if (!undo_one(arena, m, &chain.instances[k - 1], &header, &body, &budget, e)) {
			return false;
		}
	}
	if (body.v == untouched.v && body.n > 0) {
		body.v[0].open = false;
	}
	*out = print(arena, &header, &body);
	return true;
}
