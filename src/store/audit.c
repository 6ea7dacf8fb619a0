/* The trail of changes. Rows are only ever added; they outlive the list. */
#include "store/audit.h"

#include "store/stmt.h"

bool store_audit(struct store *s, const struct audit *a, struct err *e)
{
	return stmt_run(s, STMT_AUDIT_ADD,
	                STMT_ARGS(stmt_int(a->at), stmt_int(a->list), stmt_text(a->list_address),
	                          stmt_text(a->channel), stmt_bytes(a->actor), stmt_text(a->what),
	                          stmt_bytes(a->subject), stmt_bytes(a->detail)),
	                e);
}

bool store_audit_ls(struct store *s, struct arena *arena, int64_t list, int64_t after, size_t limit,
                    struct audit **out, size_t *n, struct err *e)
{
	struct rows r;
	struct audit *v = NULL;
	size_t count = 0, cap = 0;

	if (list < 0) {
		rows_open(&r, s, STMT_AUDIT_LS, STMT_ARGS(stmt_int(after), stmt_limit(limit)),
		          arena);
	} else {
		rows_open(&r, s, STMT_AUDIT_LS_LIST,
		          STMT_ARGS(stmt_int(after), stmt_limit(limit), stmt_int(list)), arena);
	}
	while (rows_next(&r)) {
		struct audit *a = ARENA_PUSH(arena, v, count, cap);

		a->id = row_int(&r);
		a->at = row_int(&r);
		a->list = row_int(&r);
		a->list_address = row_span(&r);
		a->channel = row_span(&r);
		a->actor = row_span(&r);
		a->what = row_span(&r);
		a->subject = row_span(&r);
		a->detail = row_span(&r);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}
