/* What people ask about the fan-out, and what they do to those who wait. */

#include "store/stmt.h"

#include "store/fanout.h"

bool store_fan_next_at(struct store *s, int64_t *at, struct err *e)
{
	return stmt_number(s, STMT_FAN_NEXT_AT, STMT_NO_ARGS, at, e);
}

bool store_fan_counts(struct store *s, int64_t post, struct fan_counts *out, struct err *e)
{
	struct rows r;

	*out = (struct fan_counts){ 0 };
	rows_open(&r, s, STMT_FAN_COUNTS, STMT_ARGS(stmt_int(post)), NULL);
	if (rows_next(&r)) {
		out->sent = row_int(&r);
		out->deferred = row_int(&r);
		out->failed = row_int(&r);
		out->skipped = row_int(&r);
		out->open = row_int(&r);
	}
	out->total = out->sent + out->deferred + out->failed + out->skipped + out->open;
	return rows_close(&r, e);
}

static void read_row(struct rows *r, struct fan_row *out)
{
	out->post = row_int(r);
	out->member = row_int(r);
	out->address = row_span(r);
	out->state = (enum fan_state)row_int(r);
	out->at = row_int(r);
	out->next_at = row_int(r);
	out->attempts = row_int(r);
	out->reply = row_span(r);
}

bool store_fan_ls(struct store *s, struct arena *arena, int64_t post, int state, int64_t after_post,
                  int64_t after_member, size_t limit, struct fan_row **out, size_t *n,
                  struct err *e)
{
	struct value from = stmt_int(after_post), member = stmt_int(after_member);
	struct value which = stmt_int(state), most = stmt_limit(limit);
	struct rows r;
	struct fan_row *v = NULL;
	size_t count = 0, cap = 0;

	/* Of one post: a later key has all of it behind, an earlier one nothing. */
	if (post && after_post != post) {
		member = stmt_int(after_post > post ? INT64_MAX : INT64_MIN);
	}
	if (post) {
		rows_open(&r, s, STMT_FAN_LS_POST, STMT_ARGS(stmt_int(post), member, which, most),
		          arena);
	} else if (state == FAN_DEFERRED) {
		rows_open(&r, s, STMT_FAN_LS_DEFERRED, STMT_ARGS(from, member, most), arena);
	} else {
		rows_open(&r, s, STMT_FAN_LS, STMT_ARGS(from, member, which, most), arena);
	}
	while (rows_next(&r)) {
		read_row(&r, ARENA_PUSH(arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_fan_one(struct store *s, struct arena *arena, int64_t post, int64_t member,
                   struct fan_row *out, bool *found, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_FAN_ONE, STMT_ARGS(stmt_int(post), stmt_int(member)), arena);
	*found = rows_next(&r);
	if (*found) {
		read_row(&r, out);
	}
	return rows_close(&r, e);
}

/* The posts that somebody waits for: only POST, or, when it is 0, all. */
static bool read_posts(struct store *s, struct arena *arena, int64_t post, int64_t **out, size_t *n,
                       struct err *e)
{
	struct rows r;
	int64_t *v = NULL;
	size_t count = 0, cap = 0;

	if (post) {
		*ARENA_PUSH(arena, v, count, cap) = post;
	}
	rows_open(&r, s, STMT_FAN_DEFERRED_POSTS, STMT_NO_ARGS, NULL);
	while (!post && rows_next(&r)) {
		*ARENA_PUSH(arena, v, count, cap) = row_int(&r);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

typedef bool change_post(struct store *s, int64_t post, struct span reply, int64_t now,
                         int64_t *changed, struct err *e);

static bool retry_post(struct store *s, int64_t post, struct span reply, int64_t now,
                       int64_t *changed, struct err *e)
{
	(void)reply;
	return stmt_change(s, STMT_FAN_RETRY, STMT_ARGS(stmt_int(post), stmt_int(now)), changed, e);
}

static bool drop_post(struct store *s, int64_t post, struct span reply, int64_t now,
                      int64_t *changed, struct err *e)
{
	return stmt_change(s, STMT_FAN_DROP,
	                   STMT_ARGS(stmt_int(post), stmt_int(now), stmt_bytes(reply)), changed,
	                   e) &&
	       fan_finish(s, post, now, e);
}

static bool change_all(struct store *s, change_post *change, int64_t post, struct span reply,
                       int64_t now, int64_t *count, struct err *e)
{
	struct arena *arena;
	int64_t *v;
	size_t n;
	bool own, ok;

	*count = 0;
	if (!store_enter(s, &own, e)) {
		return false;
	}
	arena = arena_new();
	ok = read_posts(s, arena, post, &v, &n, e);
	for (size_t i = 0; ok && i < n; i++) {
		int64_t changed;

		ok = change(s, v[i], reply, now, &changed, e);
		*count += ok ? changed : 0;
	}
	arena_free(arena);
	return store_leave(s, own, ok, e);
}

bool store_fan_retry(struct store *s, int64_t post, int64_t now, int64_t *count, struct err *e)
{
	return change_all(s, retry_post, post, SPAN(""), now, count, e);
}

bool store_fan_drop(struct store *s, int64_t post, struct span reply, int64_t now, int64_t *count,
                    struct err *e)
{
	bool own, ok;

	if (!store_enter(s, &own, e)) {
		return false;
	}
	ok = (!post || stmt_run(s, STMT_FAN_STOP, STMT_ARGS(stmt_int(post)), e)) &&
	     change_all(s, drop_post, post, reply, now, count, e);
	return store_leave(s, own, ok, e);
}
