/* The identifiers that anonymous lists make. */

#include "store/msgids.h"

#include "store/stmt.h"

bool store_msgid_add(struct store *s, const struct msgid *m, struct err *e)
{
	return stmt_run(s, STMT_MSGID_ADD,
	                STMT_ARGS(stmt_bytes(m->made), stmt_int(m->list), stmt_bytes(m->given),
	                          stmt_int(m->post)),
	                e);
}

static bool read_one(struct rows *r, struct msgid *out, bool *found, struct err *e)
{
	*found = rows_next(r);
	if (*found) {
		out->made = row_span(r);
		out->given = row_span(r);
		out->list = row_int(r);
		out->post = row_int(r);
	}
	return rows_close(r, e);
}

bool store_msgid_find(struct store *s, struct arena *arena, struct span made, struct msgid *out,
                      bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_MSGID_FIND, STMT_ARGS(stmt_bytes(made)), arena);
	return read_one(&r, out, found, e);
}

bool store_msgid_of_post(struct store *s, struct arena *arena, int64_t post, struct msgid *out,
                         bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_MSGID_OF_POST, STMT_ARGS(stmt_int(post)), arena);
	return read_one(&r, out, found, e);
}

bool store_msgid_known(struct store *s, struct arena *arena, int64_t list, struct span author,
                       struct span id, struct span *made, bool *found, struct err *e)
{
	struct rows r;
	struct msgid m;

	rows_open(&r, s, STMT_MSGID_KNOWN,
	          STMT_ARGS(stmt_int(list), stmt_bytes(id), stmt_bytes(author)), arena);
	if (!read_one(&r, &m, found, e)) {
		return false;
	}
	if (*found) {
		*made = m.made;
	}
	return true;
}
