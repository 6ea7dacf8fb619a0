/* Hashes of the tokens that let a post through. */

#include "store/passes.h"

#include "store/stmt.h"

bool store_pass_add(struct store *s, int64_t list, struct span hash, struct span label, int64_t now,
                    int64_t *id, struct err *e)
{
	if (!stmt_run(s, STMT_PASS_ADD,
	              STMT_ARGS(stmt_int(list), stmt_bytes(hash), stmt_text(label), stmt_int(now)),
	              e)) {
		return false;
	}
	*id = sqlite3_last_insert_rowid(s->db);
	return true;
}

bool store_pass_find(struct store *s, int64_t list, struct span hash, int64_t *id, struct err *e)
{
	return stmt_number(s, STMT_PASS_FIND, STMT_ARGS(stmt_int(list), stmt_bytes(hash)), id, e);
}

bool store_pass_used(struct store *s, int64_t id, int64_t now, struct err *e)
{
	return stmt_run(s, STMT_PASS_USED, STMT_ARGS(stmt_int(id), stmt_int(now)), e);
}

bool store_pass_ls(struct store *s, struct arena *arena, int64_t list, struct pass **out, size_t *n,
                   struct err *e)
{
	struct rows r;
	struct pass *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_PASS_LS, STMT_ARGS(stmt_int(list)), arena);
	while (rows_next(&r)) {
		struct pass *p = ARENA_PUSH(arena, v, count, cap);

		p->id = row_int(&r);
		p->label = row_span(&r);
		p->created = row_int(&r);
		p->used = row_int(&r);
		p->uses = row_int(&r);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_pass_rm(struct store *s, int64_t list, int64_t id, bool *removed, struct err *e)
{
	return stmt_touch(s, STMT_PASS_RM, STMT_ARGS(stmt_int(list), stmt_int(id)), removed, e);
}
