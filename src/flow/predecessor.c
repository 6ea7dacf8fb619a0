/* What is known of a dead worker: its claims, its journal, the mark of what it was at. */
#include "flow/predecessor.h"

#include "base/limits.h"
#include "store/outbox.h"
#include "store/posts.h"

/* The rows among ACCEPTED, which is sorted: they come first. */
static size_t rows_of(struct arena *arena, const struct fan_accepted *accepted, size_t n,
                      int64_t **out)
{
	size_t count = 0;
	*out = arena_array(arena, n, sizeof(**out));
	while (count < n && accepted[count].post == JOURNAL_OUTBOX) {
		(*out)[count] = accepted[count].member;
		count++;
	}
	return count;
}

bool predecessor_give_back(struct context *c, int64_t worker, int64_t *released, struct err *e)
{
	struct arena *arena = arena_new();
	struct fan_accepted *accepted;
	size_t n, rows;
	int64_t *ids, letters = 0, now = c->env.now(&c->env);
	bool ok = journal_read(arena, c, worker, &accepted, &n, e);
	*released = 0;
	if (ok) {
		rows = rows_of(arena, accepted, n, &ids);
		ok = store_outbox_release(c->store, worker, ids, rows, now, &letters, e) &&
		     store_fan_release(c->store, worker, accepted + rows, n - rows, now, released,
		                       e);
		*released += letters;
	}
	arena_free(arena);
	return ok;
}

bool predecessor_release(struct context *c, int64_t worker, int journal, struct err *e)
{
	int64_t released;
	return predecessor_give_back(c, worker, &released, e) && journal_empty(journal, e);
}

bool predecessor_judge(struct context *c, int64_t worker, struct journal_mark *mark, struct err *e)
{
	struct arena *arena = arena_new();
	bool ok = journal_mark_read(arena, c, worker, mark, e);
	int64_t post = mark->post;
	int64_t deaths = ok && post != 0 ? journal_mark_died(mark, post) : 0;
	if (deaths >= LIMIT_ATTEMPTS) {
		struct span why = arena_printf(arena, "delivering it ended the worker %lld times",
		                               (long long)deaths);
		log_event(&c->log, LOG_LEVEL_ERROR, "stuck",
		          { "post", arena_printf(arena, "%lld", (long long)post) },
		          { "reason", why });
		ok = store_post_set_state(c->store, post, POST_STUCK, why, c->env.now(&c->env), e);
		journal_mark_forget(mark, post);
	}
	mark->post = 0;
	arena_free(arena);
	return ok && journal_mark_write(c, worker, mark, e);
}
