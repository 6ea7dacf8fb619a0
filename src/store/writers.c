/* Two tables: a number that stays, and rows that are counted and swept. */
#include "store/writers.h"

#include "store/stmt.h"

bool store_written_add(struct store *s, int64_t list, struct span author, int64_t at, struct err *e)
{
	return stmt_run(s, STMT_WRITTEN_ADD,
	                STMT_ARGS(stmt_int(list), stmt_text(author), stmt_int(at)), e);
}

bool store_written_count(struct store *s, int64_t list, struct span author, int64_t after,
                         int64_t until, int64_t *n, struct err *e)
{
	if (author.n == 0) {
		return stmt_number(s, STMT_WRITTEN_COUNT_LIST,
		                   STMT_ARGS(stmt_int(list), stmt_int(after), stmt_int(until)), n,
		                   e);
	}
	return stmt_number(
		s, STMT_WRITTEN_COUNT,
		STMT_ARGS(stmt_int(list), stmt_int(after), stmt_int(until), stmt_text(author)), n,
		e);
}

bool store_written_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_WRITTEN_SWEEP, STMT_ARGS(stmt_int(before)), e);
}

bool store_writer_posted(struct store *s, int64_t list, struct span author, struct err *e)
{
	return stmt_run(s, STMT_WRITER_POSTED, STMT_ARGS(stmt_int(list), stmt_text(author)), e);
}

bool store_writer_posts(struct store *s, int64_t list, struct span author, int64_t *n,
                        struct err *e)
{
	return stmt_number(s, STMT_WRITER_POSTS, STMT_ARGS(stmt_int(list), stmt_text(author)), n,
	                   e);
}
