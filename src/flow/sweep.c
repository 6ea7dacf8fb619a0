/* The day of the last sweep is the time of the file data/swept. */
#include "flow/sweep.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/limits.h"
#include "base/unit.h"
#include "store/bans.h"
#include "store/blob.h"
#include "store/bounces.h"
#include "store/held.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/pending.h"
#include "store/posts.h"
#include "store/refusals.h"
#include "store/writers.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A first signature is good for 14 days, and may be of a clock a day ahead; one more to be sure. */
#define KEEP_SEEN 16
/* Days for which `trace` knows what became of a message that was not distributed. */
#define KEEP_INBOX 90
/* The same for our own mail, sent and failed (which can be tried again as long). */
#define KEEP_SENT   14
#define KEEP_FAILED 30

static int64_t time_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_mtime : 0;
}

/* Receiving takes a minute at most: what is a day old in spool/tmp was cut short. */
static bool sweep_tmp(struct context *c, struct arena *arena, int64_t before, struct err *e)
{
	struct span *names;
	size_t n;
	if (!folder_names(arena, c->paths.spool_tmp, SPAN(""), &names, &n, e)) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; i < n; i++) {
		const char *path =
			arena_printf(arena, "%s/%.*s", c->paths.spool_tmp, SPAN_FMT(names[i])).p;
		if (time_of(path) < before) {
			(void)fault_point("sweep-unlink");
			ok = ok &&
			     (unlink(path) == 0 || err_errno(e, "cannot remove \"%s\"", path));
		}
	}
	return ok;
}

void sweep_due(struct context *c)
{
	struct arena *arena = arena_new();
	struct err e = { 0 };
	const char *mark = arena_printf(arena, "%s/swept", c->paths.data).p;
	int64_t now = c->env.now(&c->env);
	int64_t removed = 0;
	if (now - time_of(mark) >= UNIT_DAY) {
		if (!sweep_tmp(c, arena, now - UNIT_DAY, &e) ||
		    !store_outbox_sweep(c->store, now - KEEP_SENT * UNIT_DAY,
		                        now - KEEP_FAILED * UNIT_DAY, &e) ||
		    !store_held_sweep(c->store, now - KEEP_INBOX * UNIT_DAY, &e) ||
		    !blob_sweep(c->store, c->paths.msg, now - UNIT_DAY, &removed, &e) ||
		    !store_seen_sweep(c->store, now - KEEP_SEEN * UNIT_DAY, &e) ||
		    !store_pending_sweep(c->store, now, &e) ||
		    !store_answer_sweep(c->store, now - UNIT_DAY, &e) ||
		    !store_ban_sweep(c->store, now, &e) ||
		    !store_written_sweep(c->store, now - LIMIT_RULE_PERIOD - UNIT_DAY, &e) ||
		    !store_bounce_sweep(c->store, now - BOUNCE_SCORE_KEEP, &e) ||
		    !store_inbox_sweep(c->store, now - KEEP_INBOX * UNIT_DAY, &e) ||
		    !store_refusal_sweep(c->store, now - KEEP_INBOX * UNIT_DAY, &e) ||
		    !file_replace(mark, SPAN(""), 0600, &e)) {
			log_event(&c->log, LOG_LEVEL_WARNING, "sweep",
			          { "error", span_str(e.text) });
		}
	}
	arena_free(arena);
}
