#ifndef LADLE_TESTS_EDIT_MODEL_H
#define LADLE_TESTS_EDIT_MODEL_H

/*
 * A slow and plain second answer to what edits do, for the fuzz target and the
 * property test: random legal edits are drawn from bytes, given to edit_*, and
 * the new message is put together from their descriptions byte by byte.
 */

#include "base/buf.h"
#include "mail/edit.h"

#include <stdio.h>
#include <stdlib.h>

enum { MODEL_EDITS = 24 };

enum model_kind { MODEL_TOP, MODEL_BEHIND, MODEL_DROP, MODEL_REPLACE, MODEL_BODY, MODEL_KINDS };

struct model_edit {
	enum model_kind kind;
	size_t where; /* field, or offset in the body */
	size_t drop;  /* bytes of the body */
	struct span text;
};

struct model {
	const struct message *m;
	struct model_edit v[MODEL_EDITS];
	size_t n;
};

/* Bytes to decide from; zeros when they have run out. */
struct dice {
	const unsigned char *p;
	size_t n;
};

static inline size_t dice_roll(struct dice *dice, size_t sides)
{
	size_t value = 0;

	for (int i = 0; i < 2 && dice->n > 0; i++, dice->n--) {
		value = value * 256 + *dice->p++;
	}
	return sides > 0 ? value % sides : 0;
}

#define MODEL_REQUIRE(condition)                                                                   \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static const struct span model_fields[] = {
	SPAN_INIT("X-A: 1\r\n"),
	SPAN_INIT("Subject: folded\r\n text\r\n"),
	SPAN_INIT("B:\r\nC: two at once\r\n"),
	SPAN_INIT("D: \xff\r\n"),
};
static const struct span model_texts[] = {
	SPAN_INIT("x"),    SPAN_INIT("\r\n"), SPAN_INIT("footer\r\nof two lines\r\n"),
	SPAN_INIT("\0\r"), SPAN_INIT(""),
};
#define MODEL_PICK(dice, table) (table)[dice_roll(dice, sizeof(table) / sizeof(*(table)))]

static inline bool model_field_taken(const struct model *model, size_t i)
{
	for (size_t k = 0; k < model->n; k++) {
		const struct model_edit *edit = &model->v[k];

		if ((edit->kind == MODEL_DROP || edit->kind == MODEL_REPLACE) && edit->where == i) {
			return true;
		}
	}
	return false;
}

/* Two drops must not share a byte, and nothing is inserted inside a drop. */
static inline bool model_body_taken(const struct model *model, size_t at, size_t drop)
{
	for (size_t k = 0; k < model->n; k++) {
		const struct model_edit *edit = &model->v[k];

		if (edit->kind != MODEL_BODY) {
			continue;
		}
		if (drop == 0 && edit->where < at && at < edit->where + edit->drop) {
			return true;
		}
		if (edit->drop == 0 && at < edit->where && edit->where < at + drop) {
			return true;
		}
		if (drop > 0 && edit->drop > 0 && at < edit->where + edit->drop &&
		    edit->where < at + drop) {
			return true;
		}
	}
	return false;
}

static inline void model_draw_one(struct model *model, struct dice *dice)
{
	struct model_edit edit = { .kind = (enum model_kind)dice_roll(dice, MODEL_KINDS) };

	if (edit.kind == MODEL_BODY) {
		edit.where = dice_roll(dice, model->m->body.n + 1);
		edit.drop = dice_roll(dice, 8);
		if (edit.drop > model->m->body.n - edit.where) {
			edit.drop = model->m->body.n - edit.where;
		}
		edit.text = MODEL_PICK(dice, model_texts);
		if (model_body_taken(model, edit.where, edit.drop)) {
			return;
		}
	} else if (edit.kind != MODEL_TOP) {
		if (model->m->count == 0) {
			return;
		}
		edit.where = dice_roll(dice, model->m->count);
		if (edit.kind != MODEL_BEHIND && model_field_taken(model, edit.where)) {
			return;
		}
	}
	if (edit.kind == MODEL_TOP || edit.kind == MODEL_BEHIND || edit.kind == MODEL_REPLACE) {
		edit.text = MODEL_PICK(dice, model_fields);
	}
	model->v[model->n++] = edit;
}

static inline struct model model_draw(const struct message *m, struct dice *dice)
{
	struct model model = { .m = m, .n = 0 };

	while (dice->n > 0 && model.n < MODEL_EDITS) {
		model_draw_one(&model, dice);
	}
	return model;
}

static inline void model_apply(const struct model *model, struct edits *x)
{
	for (size_t k = 0; k < model->n; k++) {
		const struct model_edit *edit = &model->v[k];

		switch (edit->kind) {
		case MODEL_TOP: edit_raw_top(x, edit->text); break;
		case MODEL_BEHIND: edit_field_insert(x, edit->where, edit->text); break;
		case MODEL_DROP: edit_field_drop(x, edit->where); break;
		case MODEL_REPLACE: edit_field_replace(x, edit->where, edit->text); break;
		default: edit_body(x, edit->where, edit->drop, edit->text); break;
		}
	}
}

/* What the edits of KIND at WHERE put there, in the order of the calls. */
static inline void model_add(const struct model *model, struct buf *out, enum model_kind kind,
                             size_t where)
{
	for (size_t k = 0; k < model->n; k++) {
		const struct model_edit *edit = &model->v[k];

		if (edit->kind == kind && edit->where == where && edit->drop == 0) {
			buf_add(out, edit->text);
		}
	}
}

static inline void model_header(const struct model *model, struct buf *out)
{
	model_add(model, out, MODEL_TOP, 0);
	for (size_t i = 0; i < model->m->count; i++) {
		struct span raw = model->m->fields[i].raw;

		if (!model_field_taken(model, i)) {
			buf_add(out, raw);
			if (!span_ends(raw, SPAN("\r\n"))) {
				buf_str(out, "\r\n");
			}
		}
		model_add(model, out, MODEL_REPLACE, i);
		model_add(model, out, MODEL_BEHIND, i);
	}
}

static inline void model_body(const struct model *model, struct buf *out)
{
	size_t skip = 0;

	for (size_t at = 0; at <= model->m->body.n; at++) {
		model_add(model, out, MODEL_BODY, at);
		for (size_t k = 0; k < model->n; k++) {
			const struct model_edit *edit = &model->v[k];

			if (edit->kind != MODEL_BODY || edit->where != at || edit->drop == 0) {
				continue;
			}
			buf_add(out, edit->text);
			skip = edit->drop;
		}
		if (skip > 0) {
			skip--;
		} else if (at < model->m->body.n) {
			buf_chr(out, model->m->body.p[at]);
		}
	}
}

static inline void model_check_segments(const struct edits *x)
{
	struct segments s = edit_segments(x);
	struct span body = x->m->body;
	size_t sum = 0;

	for (size_t i = 0; i < s.n; i++) {
		struct span bytes = s.v[i].bytes;
		bool inside = bytes.p >= body.p && bytes.p + bytes.n <= body.p + body.n;

		MODEL_REQUIRE(bytes.n > 0);
		MODEL_REQUIRE(s.v[i].kept == inside);
		if (i > 0 && s.v[i].kept && s.v[i - 1].kept) {
			MODEL_REQUIRE(s.v[i - 1].bytes.p + s.v[i - 1].bytes.n < bytes.p);
		}
		sum += bytes.n;
	}
	MODEL_REQUIRE(sum == s.bytes);
}

/* The new header reads back as exactly the header. */
static inline void model_check_parse(const struct edits *x, struct span printed, size_t header)
{
	struct message again;

	if (!message_parse(x->arena, printed, &again, NULL)) {
		return; /* over a limit */
	}
	MODEL_REQUIRE(again.header.n == header);
	MODEL_REQUIRE(again.separator.n == 2);
}

/* Draw edits from DICE, apply them to M, compare with the model. Aborts on a difference. */
static inline void model_run(struct arena *arena, const struct message *m, struct dice *dice)
{
	struct model model = model_draw(m, dice);
	struct edits *x = edit_new(arena, m);
	struct buf want = BUF_INIT;
	struct err e;
	size_t header;

	model_apply(&model, x);
	MODEL_REQUIRE(edit_finish(x, &e));
	model_header(&model, &want);
	MODEL_REQUIRE(span_eq(edit_header(x), buf_span(&want)));
	header = want.n;
	buf_str(&want, "\r\n");
	model_body(&model, &want);
	MODEL_REQUIRE(span_eq(edit_print(x), buf_span(&want)));
	for (size_t i = 0; i < m->count; i++) {
		MODEL_REQUIRE(edit_field_kept(x, i) != model_field_taken(&model, i));
	}
	model_check_segments(x);
	model_check_parse(x, buf_span(&want), header);
	buf_free(&want);
}

/* Without an edit the input comes out, with the line ends that it lacked. */
static inline void model_run_nothing(struct arena *arena, const struct message *m)
{
	struct edits *x = edit_new(arena, m);
	struct span header, printed;

	MODEL_REQUIRE(edit_finish(x, NULL));
	header = edit_header(x);
	printed = edit_print(x);
	MODEL_REQUIRE(span_starts(header, m->header));
	MODEL_REQUIRE(header.n == 0 || span_ends(header, SPAN("\r\n")));
	MODEL_REQUIRE(header.n <= m->header.n + 2);
	MODEL_REQUIRE(m->separator.n == 0 || span_eq(printed, m->raw));
	MODEL_REQUIRE(span_eq(span_from(printed, header.n + 2), m->body));
	MODEL_REQUIRE(edit_segments(x).n == (m->body.n > 0));
}

#endif
