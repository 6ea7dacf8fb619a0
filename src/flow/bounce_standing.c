/* A standing is always decided from the events that count at that moment: no arithmetic undoes. */
#include "flow/bounce_standing.h"

#include "flow/trail.h"
#include "store/members.h"

#define PAGE 500

bool bounce_standing_score(struct context *c, struct arena *arena, int64_t member,
                           struct bounce_score *out, struct err *e)
{
	struct bounce_hit *hits;
	size_t n;
	int64_t now = c->env.now(&c->env);
	if (!store_bounce_hits(c->store, arena, member, now - BOUNCE_SCORE_KEEP, &hits, &n, e)) {
		return false;
	}
	bounce_score_fold(hits, n, now, out);
	return true;
}

void bounce_standing_log(const struct context *c, struct arena *arena, const struct bounce_row *row,
                         const struct bounce_score *score)
{
	log_event(&c->log, LOG_LEVEL_INFO, "bounce-standing",
	          { "member", arena_printf(arena, "%lld", (long long)row->member) },
	          { "state", span_str(bounce_state_name(row->standing.state)) },
	          { "score", arena_printf(arena, "%lld.%02lld", (long long)score->score / 100,
	                                  (long long)score->score % 100) });
}

/* The delivery of a member whose standing was good until now. False in *FOUND: he has left. */
bool bounce_standing_load(struct context *c, struct arena *arena, struct bounce_row *row,
                          bool *found, struct err *e)
{
	struct member member;
	if (!store_member_get(c->store, arena, row->list, row->member, &member, found, e)) {
		return false;
	}
	if (*found && row->standing.state == BOUNCE_STATE_GOOD) {
		row->delivery = member.delivery;
	}
	row->address = *found ? member.address : SPAN("");
	return true;
}

bool bounce_standing_audit(struct context *c, struct arena *arena, int64_t list, const char *what,
                           struct span address, struct span why, struct err *e)
{
	const struct audit a = {
		.channel = SPAN("system"),
		.actor = SPAN("bounces"),
		.what = span_str(what),
		.subject = address,
		.detail = why,
	};
	return trail_add_of(c, arena, list, a, e);
}

static const enum bounce_state follows[] = {
	[BOUNCE_NEXT_PROBE] = BOUNCE_STATE_PROBE_DUE,
	[BOUNCE_NEXT_DISABLE] = BOUNCE_STATE_DISABLED,
	[BOUNCE_NEXT_RESTORE] = BOUNCE_STATE_GOOD,
};

/* Decide about MEMBER of LIST anew. RETURNED: his probe, if one is out, came back. */
bool bounce_standing_decide(struct context *c, struct arena *arena, int64_t list, int64_t member,
                            bool returned, struct err *e)
{
	struct bounce_row row;
	struct bounce_score score;
	bool found;
	if (!store_bounce_standing(c->store, member, &row, e) ||
	    !bounce_standing_score(c, arena, member, &score, e)) {
		return false;
	}
	row.list = list;
	enum bounce_next next =
		bounce_score_next(&row.standing, &score, returned, c->env.now(&c->env));
	if (next != BOUNCE_NEXT_PROBE && next != BOUNCE_NEXT_DISABLE &&
	    next != BOUNCE_NEXT_RESTORE) {
		return true;
	}
	if (!bounce_standing_load(c, arena, &row, &found, e) || !found) {
		return !found;
	}
	row.standing = (struct bounce_standing){ follows[next], c->env.now(&c->env), 0 };
	bounce_standing_log(c, arena, &row, &score);
	return store_bounce_standing_put(c->store, &row, e) &&
	       (next != BOUNCE_NEXT_DISABLE ||
	        bounce_standing_audit(c, arena, list, "delivery off", row.address,
	                              SPAN("mail came back"), e));
}

/* Events were taken out: what they had brought about goes, too. */
static bool relieve(struct context *c, struct arena *arena, const struct bounce_event *v, size_t n,
                    struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct bounce_row row;
		struct bounce_score score;
		if (!store_bounce_standing(c->store, v[i].member, &row, e) ||
		    !bounce_standing_score(c, arena, v[i].member, &score, e)) {
			return false;
		}
		bool bad = v[i].complaint ? row.standing.state == BOUNCE_STATE_COMPLAINED
		                          : row.standing.state != BOUNCE_STATE_GOOD &&
		                                    row.standing.state != BOUNCE_STATE_COMPLAINED &&
		                                    score.score < BOUNCE_SCORE_PROBE;
		if (!bad) {
			continue;
		}
		row.standing = (struct bounce_standing){ 0 };
		bounce_standing_log(c, arena, &row, &score);
		if (!store_bounce_standing_put(c->store, &row, e)) {
			return false;
		}
	}
	return true;
}

/* Relieve all members with events that F meets. */
bool bounce_standing_relieve(struct context *c, struct arena *arena, const struct bounce_filter *f,
                             struct err *e)
{
	struct bounce_event *v;
	size_t n = PAGE;
	int64_t before = 0;
	while (n == PAGE) {
		if (!store_bounce_ls(c->store, arena, f, before, PAGE, &v, &n, e) ||
		    !relieve(c, arena, v, n, e)) {
			return false;
		}
		before = n > 0 ? v[n - 1].id : 0;
	}
	return true;
}

/* As if nothing had come back, and delivery as before. */
bool bounce_standing_reset(struct context *c, int64_t member, int64_t *count, struct err *e)
{
	struct bounce_row row;
	if (!store_bounce_forget(c->store, member, count, e) ||
	    !store_bounce_standing(c->store, member, &row, e)) {
		return false;
	}
	row.standing = (struct bounce_standing){ 0 };
	return store_bounce_standing_put(c->store, &row, e);
}
