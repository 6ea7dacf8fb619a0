/*
 * Retry and drop. What is in spool/stuck has a row that says so; the order of row and
 * file decides what a kill in between leaves (see the two functions for the spool).
 */
#include "flow/queue.h"

#include "base/fault.h"
#include "base/file.h"
#include "store/fanout.h"
#include "store/inbox.h"
#include "store/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE 1000

bool queue_nothing(const char *name, struct err *e)
{
	return err_set(e, ERR_PERMANENT, "", "nothing called \"%s\" waits (ladle queue ls)", name);
}

bool queue_retry_post(struct context *c, const struct post *post, int64_t *count, struct err *e)
{
	int64_t now = c->env.now(&c->env);
	return (post->state != POST_STUCK ||
	        store_post_set_state(c->store, post->id, POST_SENDING, SPAN(""), now, e)) &&
	       store_fan_retry(c->store, post->id, now, count, e);
}

bool queue_drop_post(struct context *c, const struct post *post, int64_t *count, struct err *e)
{
	if (post->state == POST_DONE) {
		return err_set(e, ERR_PERMANENT, "", "post %lld waits for nobody",
		               (long long)post->id);
	}
	return store_fan_drop(c->store, post->id, SPAN("dropped by hand"), c->env.now(&c->env),
	                      count, e);
}

static const char *file_in(struct arena *arena, const char *folder, const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name).p;
}

/* The row of a message that waits; one that no station has seen yet gets its first. */
static bool find_waiting(struct context *c, struct arena *arena, const char *name,
                         struct inbox *out, struct err *e)
{
	bool found;
	if (!store_inbox_get(c->store, arena, span_str(name), out, &found, e)) {
		return false;
	}
	if (!found && file_exists(file_in(arena, c->paths.spool_new, name))) {
		*out = (struct inbox){ .spool = span_str(name), .first_at = c->env.now(&c->env) };
		return true;
	}
	return (found && (out->state == INBOX_STUCK || out->state == INBOX_TRYING)) ||
	       queue_nothing(name, e);
}

static bool put_row(struct context *c, struct inbox *row, enum inbox_state state,
                    struct span reason, struct err *e)
{
	row->attempts = 0;
	row->next_at = 0;
	row->state = state;
	row->reason = reason;
	row->at = c->env.now(&c->env);
	return store_inbox_put(c->store, row, e);
}

/* The row first, so that process, which may be quick, does not set the file aside again. */
static bool retry_spooled(struct context *c, struct arena *arena, const char *name, struct err *e)
{
	struct inbox row;
	const char *stuck = file_in(arena, c->paths.spool_stuck, name);
	const char *new = file_in(arena, c->paths.spool_new, name);
	if (!find_waiting(c, arena, name, &row, e) ||
	    !put_row(c, &row, INBOX_TRYING, SPAN("to be tried again"), e)) {
		return false;
	}
	(void)fault_point("queue-move");
	return rename(stuck, new) == 0 || errno == ENOENT ||
	       err_errno(e, "cannot move \"%s\"", stuck);
}

/*
 * The file first, or a kill would leave one that no row asks for. What is still in
 * spool/new is removed by process.
 */
static bool drop_spooled(struct context *c, struct arena *arena, const char *name, struct err *e)
{
	struct inbox row;
	const char *stuck = file_in(arena, c->paths.spool_stuck, name);
	if (!find_waiting(c, arena, name, &row, e)) {
		return false;
	}
	(void)fault_point("queue-move");
	if (unlink(stuck) != 0 && errno != ENOENT) {
		return err_errno(e, "cannot remove \"%s\"", stuck);
	}
	return put_row(c, &row, INBOX_DROPPED, SPAN("dropped by hand"), e);
}

bool queue_retry_spooled(struct context *c, const char *name, struct err *e)
{
	struct arena *arena = arena_new();
	bool ok = retry_spooled(c, arena, name, e);
	arena_free(arena);
	return ok;
}

bool queue_drop_spooled(struct context *c, const char *name, struct err *e)
{
	struct arena *arena = arena_new();
	bool ok = drop_spooled(c, arena, name, e);
	arena_free(arena);
	return ok;
}

static bool letter_waits(int64_t id, int64_t count, struct err *e)
{
	return count > 0 ||
	       err_set(e, ERR_PERMANENT, "",
	               "\"m%lld\" does not wait, or is being sent (ladle queue ls)", (long long)id);
}

bool queue_retry_letter(struct context *c, int64_t id, int64_t *count, struct err *e)
{
	return store_outbox_retry(c->store, id, c->env.now(&c->env), count, e) &&
	       letter_waits(id, *count, e);
}

bool queue_drop_letter(struct context *c, int64_t id, int64_t *count, struct err *e)
{
	return store_outbox_drop(c->store, id, SPAN("dropped by hand"), c->env.now(&c->env), count,
	                         e) &&
	       letter_waits(id, *count, e);
}

/* Every stuck post is sending afterwards, so each page holds others. */
static bool retry_posts(struct context *c, struct arena *arena, int64_t *count, struct err *e)
{
	struct post *stuck;
	for (size_t n = PAGE; n == PAGE;) {
		int64_t some;
		if (!store_post_ls(c->store, arena, POST_STUCK, PAGE, &stuck, &n, e)) {
			return false;
		}
		for (size_t i = 0; i < n; i++) {
			if (!queue_retry_post(c, &stuck[i], &some, e)) {
				return false;
			}
			*count += some;
		}
	}
	return true;
}

/* One page of those in STATE; *N: how many. */
static bool retry_messages(struct context *c, struct arena *arena, enum inbox_state state,
                           size_t *n, int64_t *count, struct err *e)
{
	struct inbox *rows;
	if (!store_inbox_ls(c->store, arena, state, PAGE, &rows, n, e)) {
		return false;
	}
	for (size_t i = 0; i < *n; i++) {
		if (!retry_spooled(c, arena, arena_str(arena, rows[i].spool), e)) {
			return false;
		}
		++*count;
	}
	return true;
}

bool queue_retry_all(struct context *c, int64_t *count, struct err *e)
{
	struct arena *arena = arena_new();
	int64_t deferred = 0, letters = 0;
	size_t n;
	*count = 0;
	bool ok = retry_posts(c, arena, count, e) &&
	          store_fan_retry(c->store, 0, c->env.now(&c->env), &deferred, e) &&
	          store_outbox_retry(c->store, 0, c->env.now(&c->env), &letters, e) &&
	          retry_messages(c, arena, INBOX_TRYING, &n, count, e);
	/* Stuck ones are no longer, so each page holds others. */
	for (n = PAGE; ok && n == PAGE;) {
		ok = retry_messages(c, arena, INBOX_STUCK, &n, count, e);
	}
	*count += deferred + letters;
	arena_free(arena);
	return ok;
}
